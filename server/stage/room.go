package stage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

// room is this node's copy of a round: what the events in Postgres amount to, and the views made from it. It can be
// thrown away at any moment.
type room struct {
	s  *Service
	id int64

	refreshing sync.Mutex // one refresh at a time, so that views go out in order
	readFrom   time.Time  // when the last good look at Postgres began; guarded by refreshing

	mu         sync.Mutex
	loaded     bool
	info       info
	state      State
	events     []Event
	contents   map[int64]Version
	sealed     sealedFiles
	frames     frames
	changed    chan struct{} // closed when the state changes
	poked      bool
	pokedAgain bool
	lastUse    time.Time

	shown   shownTimes
	tries   tries
	results results
	answers lane[arrival, stored]
	devices lane[deviceAsk, int32]
	sockets sockets
	own     lane[int64, ownPart]
	counts  ConsoleCounts
	// hallCount is what the hall was told last.
	hallCount HallCount
}

// info is what a round is, beside its course.
type info struct {
	contestID   int64
	draft       bool
	contestName string
	roundName   string
	bankID      int64
	epoch       int64
	version     int64
	setup       Settings
	setupItems  []SetupItem
	entries     []roster.Entry
	entryAt     map[int64]int
}

func newRoom(s *Service, id int64) *room {
	r := &room{s: s, id: id, contents: map[int64]Version{}, changed: make(chan struct{}), lastUse: time.Now(),
		tries: tries{most: maxTries}}
	store := &answerStore{db: s.cfg.DB, roundID: id, log: s.log,
		graceUs: func() int64 { st := r.snapshot(); return st.Settings.GraceUs() }}
	r.answers = newLane(1000, store.kept(s.ctx, s.health).Flush)
	r.devices = newLane(1000, r.flushDevices)
	r.own = newLane(500, r.flushOwn)
	return r
}

func (r *room) isLoaded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastUse = time.Now()
	return r.loaded
}

func (r *room) idleFor() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.lastUse)
}

// inUse tells whether somebody on this node looks at the round, or this node ticks it.
func (r *room) inUse() bool {
	h := r.s.cfg.Hub
	if h.Count(contestantTopic(r.id)) > 0 || h.Count(audienceTopic(r.id)) > 0 || h.Count(organizerTopic(r.id)) > 0 {
		return true
	}
	return r.s.keeper.holds(r.id)
}

func (r *room) behind(seq, version int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.loaded || seq > r.state.Seq || version != r.info.version
}

// snapshot is the state as this node knows it. It must not be changed.
func (r *room) snapshot() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

func (r *room) details() info {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.info
}

// poke makes the room look at Postgres soon; many pokes make one look.
func (r *room) poke() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.s.ctx.Err() != nil {
		return
	}
	if r.poked {
		r.pokedAgain = true
		return
	}
	r.poked = true
	r.s.tasks.Go(func() {
		for {
			r.s.guarded(func(ctx context.Context) {
				ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
				defer cancel()
				if err := r.refresh(ctx); err != nil && ctx.Err() == nil {
					r.s.log.Warn("a round can't be read", "round", r.id, "error", err)
				}
			})
			r.mu.Lock()
			again := r.pokedAgain
			r.pokedAgain = false
			r.poked = again
			r.mu.Unlock()
			if !again {
				return
			}
		}
	})
}

// refresh reads what is new and tells everybody on this node who looks at the round.
func (r *room) refresh(ctx context.Context) error { return r.refreshSince(ctx, time.Now()) }

// recent is refresh for those who come: a round that is followed here was read within the last second anyway, and what
// is newer reaches them as a message. Thousands may come at once.
func (r *room) recent(ctx context.Context) error {
	return r.refreshSince(ctx, time.Now().Add(-time.Second))
}

// refreshSince is content with a look at Postgres that began after enough: of many who wait only one looks.
func (r *room) refreshSince(ctx context.Context, enough time.Time) error {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	if r.readFrom.After(enough) {
		return nil
	}
	from := time.Now()
	err := r.read(ctx)
	r.s.health.Report(err)
	if err == nil {
		r.readFrom = from
	}
	return err
}

func (r *room) read(ctx context.Context) error {
	row, err := r.s.q.Round(ctx, r.id)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.NothingHere
	}
	if err != nil {
		return postgres.Fault(err)
	}
	r.mu.Lock()
	loaded, in, state, events := r.loaded, r.info, r.state, r.events
	r.mu.Unlock()
	if loaded && row.Seq <= state.Seq && row.Version == in.version {
		return nil
	}
	before := state
	if !loaded || row.Version != in.version {
		if in, err = r.readInfo(ctx, row); err != nil {
			return err
		}
		phase := PhasePlanned
		if len(in.setupItems) > 0 {
			phase = PhaseReady
		}
		state, events = NewState(phase, in.setup, frozenItems(in.setup, in.setupItems)), nil
	}
	rows, err := r.s.q.EventsAfter(ctx, stagedb.EventsAfterParams{RoundID: r.id, Seq: state.Seq})
	if err != nil {
		return postgres.Fault(err)
	}
	news := make([]Event, 0, len(rows))
	for _, row := range rows {
		e, err := DecodeEvent(row.Payload)
		if err != nil {
			return fmt.Errorf("round %d, event %d: %w", r.id, row.Seq, err)
		}
		state, news = Apply(state, e), append(news, e)
		if e.Kind == EventShown || e.Kind == EventStarted {
			entries, at, err := r.readEntries(ctx, in.contestID)
			if err != nil {
				return err
			}
			if !maps.Equal(at, in.entryAt) {
				r.results.forget()
			}
			in.entries, in.entryAt = entries, at
		}
	}
	contents, err := r.readContents(ctx, in, &state)
	if err != nil {
		return err
	}
	sealed, err := r.readSealed(ctx, contents)
	if err != nil {
		return err
	}
	made, err := r.makeFrames(ctx, in, &state, append(events[:len(events):len(events)], news...), contents, sealed)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.loaded, r.info, r.state, r.contents, r.sealed, r.frames = true, in, state, contents, sealed, made
	r.events = append(events[:len(events):len(events)], news...)
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
	if loaded {
		r.tell(&before, &state, made)
	}
	return nil
}

func (r *room) readInfo(ctx context.Context, row stagedb.StageRound) (info, error) {
	round, err := r.s.cfg.Contests.Round(ctx, 0, r.id)
	if err != nil {
		return info{}, err
	}
	c, err := r.s.cfg.Contests.Get(ctx, round.ContestID)
	if err != nil {
		return info{}, err
	}
	in := info{contestID: c.ID, draft: c.State == contest.Draft, contestName: c.Name, roundName: round.Name, bankID: c.BankID, epoch: row.Epoch, version: row.Version,
		setup: settingsOf(row)}
	items, err := r.s.q.Items(ctx, r.id)
	if err != nil {
		return info{}, postgres.Fault(err)
	}
	in.setupItems = setupItemsOf(items)
	in.entries, in.entryAt, err = r.readEntries(ctx, c.ID)
	return in, err
}

func (r *room) readEntries(ctx context.Context, contestID int64) ([]roster.Entry, map[int64]int, error) {
	entries, err := r.s.cfg.Entries.RoundEntries(ctx, contestID, r.id)
	if err != nil {
		return nil, nil, err
	}
	at := make(map[int64]int, len(entries))
	for i := range entries {
		at[entries[i].ID] = i
	}
	return entries, at, nil
}

// readContents fetches the versions that the state names and this node has not seen.
func (r *room) readContents(ctx context.Context, in info, s *State) (map[int64]Version, error) {
	r.mu.Lock()
	known := maps.Clone(r.contents)
	r.mu.Unlock()
	var missing []int64
	want := func(id int64) {
		if _, ok := known[id]; !ok && id != 0 {
			known[id] = Version{}
			missing = append(missing, id)
		}
	}
	for _, it := range s.Items {
		want(it.VersionID)
	}
	for _, p := range s.Plays {
		want(p.VersionID)
		want(p.KeyVersionID)
	}
	if len(missing) == 0 {
		return known, nil
	}
	versions, err := r.s.cfg.Bank.ItemVersions(ctx, in.bankID, missing)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		known[v.ID] = v
	}
	return known, nil
}

// entry finds who an entry is in this round. Somebody who was registered a moment ago is looked up once more.
func (r *room) entry(ctx context.Context, entryID int64) (roster.Entry, error) {
	in := r.details()
	if i, ok := in.entryAt[entryID]; ok {
		return in.entries[i], nil
	}
	entries, at, err := r.readEntries(ctx, in.contestID)
	if err != nil {
		return roster.Entry{}, err
	}
	i, ok := at[entryID]
	if !ok {
		return roster.Entry{}, errNotInRound
	}
	r.mu.Lock()
	r.info.entries, r.info.entryAt = entries, at
	r.mu.Unlock()
	r.results.forget()
	return entries[i], nil
}

// tell sends the views to everybody on this node who looks.
func (r *room) tell(before, after *State, made frames) {
	hub := r.s.cfg.Hub
	contestants := made.contestant
	if p := after.CurrentPlay(); p != nil && p.Status == PlayOpen {
		number, opensUs := p.Number, p.OpensUs
		contestants.OnWritten = func(c *live.Client, us int64) {
			if e := c.Principal().Entry; e != nil {
				r.shown.note(number, e.EntryID, min(us, opensUs+ShownCapUs))
			}
		}
	}
	hub.Publish(contestantTopic(r.id), contestants)
	hub.Publish(audienceTopic(r.id), made.audience)
	hub.Publish(organizerTopic(r.id), made.console)
	if scoreMark(before) != scoreMark(after) && r.s.ctx.Err() == nil {
		seq := after.Seq
		r.s.tasks.Go(func() {
			r.s.guarded(func(context.Context) {
				for _, f := range r.s.onChange {
					f(r.id, seq)
				}
			})
		})
		r.tellOwn()
	}
}

// scoreMark changes whenever the scores of the round may have changed.
func scoreMark(s *State) string {
	mark := fmt.Sprint(s.Phase == PhaseClosed || s.Phase == PhaseScored)
	for i := range s.Plays {
		if p := &s.Plays[i]; s.Counts(p) {
			mark += fmt.Sprintf(" %d/%d", p.Number, p.Rev)
		}
	}
	return mark
}
