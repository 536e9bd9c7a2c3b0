package judging

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/live"
)

// Live commands of judges, all on JudgeTopic.
const (
	CommandClaim = "claim_sheets"
	CommandMark  = "mark"
	CommandLock  = "lock_sheet"
	CommandNote  = "note"
)

// SheetsClaimed answers claim_sheets: this device writes from now on, under this number.
type SheetsClaimed struct {
	Writer int64 `json:"writer"`
}

// MarkData is the data of the command mark. Writer and Seq make its key: a device counts Seq up with each mark and
// sends a mark again, unchanged, until it is answered.
type MarkData struct {
	PerformanceID int64  `json:"performance_id" minimum:"1"`
	CriterionID   int64  `json:"criterion_id" minimum:"1"`
	Writer        int64  `json:"writer" minimum:"1" doc:"The number that claim_sheets gave"`
	Seq           int64  `json:"seq" minimum:"1" doc:"Rises with each mark of this device"`
	Value         *int64 `json:"value,omitempty" minimum:"0" maximum:"100000" doc:"Hundredths of a point; absent: the mark is taken back"`
}

// MarkSaved answers mark: it is stored.
type MarkSaved struct {
	ReceivedUs int64 `json:"received_us" doc:"Contest time under which the mark is stored"`
}

// LockSheetData is the data of the command lock_sheet: the marks as the judge sees them.
type LockSheetData struct {
	PerformanceID int64       `json:"performance_id" minimum:"1"`
	Writer        int64       `json:"writer" minimum:"1"`
	Marks         []MarkValue `json:"marks" maxItems:"30" doc:"All marks on the screen; they must equal what is stored"`
	// A lock that heard no answer is sent again, perhaps long after: it must not undo what two people did meanwhile.
	Reopened int `json:"reopened" minimum:"0" doc:"How often the sheet had been opened again when the judge locked it on the screen; another number is refused"`
}

// SheetLocked answers lock_sheet.
type SheetLocked struct {
	LockedUs int64 `json:"locked_us"`
}

const hintPrefix = "judging/"

// Live brings the views of judged rounds to those who watch, and judges' commands to the service.
type Live struct {
	s     *Service
	hub   *live.Hub
	log   *slog.Logger
	relay *live.Relay

	mu    sync.Mutex
	dirty map[int64]bool
	wake  chan struct{}
	sent  map[int64]int64 // the seq last published by this node; used by the loop alone
	// stages are the views last sent to the hall; used by the loop alone.
	stages map[int64]StageView
	// evenings are the parts of contests as they were last sent; used by the loop alone.
	evenings map[int64]evening
	// shown is how far the curtain stood open for what was last sent to the hall; used by the loop alone.
	shown map[int64]shownAs
	// books are contests whose ballots have changed (behind mu), sentBooks the seq last published; used by the loop alone.
	books     map[int64]bool
	sentBooks map[int64]int64
}

const (
	// settle is the least time between two rounds of publishing: marks that come together travel together.
	settle = 100 * time.Millisecond
	// lookAgain is how often a node looks by itself for what a lost hint would have told.
	lookAgain = time.Second
)

// NewLive registers topics, messages and commands. Nothing is published before Start.
func NewLive(s *Service, hub *live.Hub, log *slog.Logger) *Live {
	l := &Live{s: s, hub: hub, log: log, dirty: map[int64]bool{}, wake: make(chan struct{}, 1), sent: map[int64]int64{}, stages: map[int64]StageView{}, evenings: map[int64]evening{},
		shown: map[int64]shownAs{}, books: map[int64]bool{}, sentBooks: map[int64]int64{}}
	l.ballotTopics()
	l.audienceTopic()
	l.eveningTopics()
	live.Declare[JudgeView](hub, KindJudgeView)
	live.Declare[JudgingView](hub, KindJudgingView)
	hub.Topic(JudgeTopic, live.TopicSpec{Need: "topic:" + JudgeTopic, ByAccount: true, Open: func(ctx context.Context, c *live.Client, p live.Params) (live.Snapshot, error) {
		v, j, err := s.JudgeView(account.With(ctx, c.Principal()), 0, p["round"])
		if err != nil {
			return nil, err
		}
		return live.Snapshot{j.message(KindJudgeView, v)}, nil
	}})
	hub.Topic(OrganizerTopic, live.TopicSpec{Need: "topic:" + OrganizerTopic, ByAccount: true, Open: func(ctx context.Context, c *live.Client, p live.Params) (live.Snapshot, error) {
		v, j, err := s.Table(account.With(ctx, c.Principal()), 0, p["round"])
		if err != nil {
			return nil, err
		}
		return live.Snapshot{j.message(KindJudgingView, v)}, nil
	}})
	spec := func(kind string) live.CommandSpec {
		return live.CommandSpec{Need: "command:" + kind, Topic: JudgeTopic}
	}
	live.Handle(hub, CommandClaim, spec(CommandClaim), func(ctx context.Context, c *live.Client, cmd live.Command, _ live.Nothing) (SheetsClaimed, error) {
		writer, err := s.Claim(account.With(ctx, c.Principal()), 0, cmd.Params["round"])
		return SheetsClaimed{Writer: writer}, err
	})
	live.Handle(hub, CommandMark, spec(CommandMark), func(ctx context.Context, c *live.Client, cmd live.Command, d MarkData) (MarkSaved, error) {
		us, err := s.Mark(account.With(ctx, c.Principal()), 0, cmd.Params["round"], NewMark{PerformanceID: d.PerformanceID,
			CriterionID: d.CriterionID, Writer: d.Writer, Seq: d.Seq, Value: d.Value, ReceivedUs: cmd.ReceivedUs})
		return MarkSaved{ReceivedUs: us}, err
	})
	live.Handle(hub, CommandLock, spec(CommandLock), func(ctx context.Context, c *live.Client, cmd live.Command, d LockSheetData) (SheetLocked, error) {
		us, err := s.Lock(account.With(ctx, c.Principal()), 0, cmd.Params["round"], d)
		return SheetLocked{LockedUs: us}, err
	})
	live.Handle(hub, CommandNote, spec(CommandNote), func(ctx context.Context, c *live.Client, cmd live.Command, d NoteData) (NoteSaved, error) {
		us, err := s.Note(account.With(ctx, c.Principal()), 0, cmd.Params["round"], d)
		return NoteSaved{SavedUs: us}, err
	})
	s.OnChange(func(_, roundID int64) {
		l.look(roundID)
		if l.relay != nil {
			l.relay.Hint(hintPrefix+strconv.FormatInt(roundID, 10), "")
		}
	})
	return l
}

func (j Judging) message(kind string, view any) live.Message {
	return live.Message{Kind: kind, Epoch: j.Epoch, Seq: j.Seq, Data: view}
}

// Start publishes from now on, until the returned function is called. It comes before the first request.
func (l *Live) Start(relay *live.Relay) (stop func(context.Context) error) {
	l.relay = relay
	relay.On(hintPrefix, func(channel, _ string) {
		if id, err := strconv.ParseInt(strings.TrimPrefix(channel, hintPrefix), 10, 64); err == nil {
			l.look(id)
		} // else hints were missed: the loop looks by itself within a second
	})
	relay.On(ballotHint, func(channel, _ string) {
		if id, err := strconv.ParseInt(strings.TrimPrefix(channel, ballotHint), 10, 64); err == nil {
			l.lookAtBallots(id)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.loop(ctx)
	}()
	return func(end context.Context) error {
		cancel()
		select {
		case <-ended:
			return nil
		case <-end.Done():
			return end.Err()
		}
	}
}

// look notes that a round has changed.
func (l *Live) look(roundID int64) {
	l.mu.Lock()
	l.dirty[roundID] = true
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Live) loop(ctx context.Context) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
			l.mu.Lock()
			dirty := l.dirty
			books := l.books
			l.dirty, l.books = map[int64]bool{}, map[int64]bool{}
			l.mu.Unlock()
			for contestID := range books {
				l.publishBallots(ctx, contestID)
			}
			for roundID := range dirty {
				l.publishEvening(ctx, roundID)
				l.publish(ctx, roundID)
			}
			select {
			case <-ctx.Done():
			case <-time.After(settle):
			}
		case <-tick.C:
			l.lookAgain(ctx)
			l.lookAtEvenings(ctx)
			l.missedBallots(ctx)
			l.curtains(ctx)
		}
	}
}

// lookAgain asks for the versions of the rounds that somebody watches here.
func (l *Live) lookAgain(ctx context.Context) {
	watched := map[int64]bool{}
	for _, pattern := range []string{JudgeTopic, OrganizerTopic, AudienceTopic} {
		for _, p := range l.hub.Topics(pattern) {
			watched[p["round"]] = true
		}
	}
	for id := range l.sent {
		if !watched[id] {
			delete(l.sent, id)
		}
	}
	if len(watched) == 0 {
		return
	}
	ids := make([]int64, 0, len(watched))
	for id := range watched {
		ids = append(ids, id)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	rows, err := l.s.q.Versions(ctx, ids)
	if err != nil {
		if ctx.Err() == nil {
			l.log.Debug("judging: versions not read", "error", err)
		}
		return
	}
	for _, r := range rows {
		if l.sent[r.RoundID] != r.Seq {
			l.look(r.RoundID)
		}
	}
}

// publish sends the views of a round to those who watch it here.
func (l *Live) publish(ctx context.Context, roundID int64) {
	judges, watchers := l.hub.Keys(JudgeTopicOf(roundID)), l.hub.Keys(OrganizerTopicOf(roundID))
	if len(judges)+len(watchers)+l.hub.Count(AudienceTopicOf(roundID)) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	j, err := l.s.Get(ctx, 0, roundID)
	if err != nil {
		// The screens keep what they show; the next look brings the rest.
		if ctx.Err() == nil {
			l.log.Warn("judging: round not read", "round", roundID, "error", err)
		}
		return
	}
	if l.sent[roundID] == j.Seq {
		return // the hint of an own change comes back to this node as well
	}
	l.sent[roundID] = j.Seq
	if !l.publishStage(ctx, j) {
		delete(l.sent, roundID) // the next look tries again
	}
	for _, seat := range j.Panel {
		key := live.AccountKey(seat.AccountID)
		// Who was seated after having opened the table of all marks gets no more of it.
		if !j.Closed() {
			delete(watchers, key)
		}
		if v, ok := j.JudgeView(seat.AccountID); ok && judges[key] > 0 {
			l.hub.PublishKey(JudgeTopicOf(roundID), key, j.message(KindJudgeView, v))
		}
	}
	if len(watchers) > 0 && !j.Closed() {
		// Marks that a revocation has opened again are no longer for those who may read closed ones only.
		only, err := l.s.q.OnlySupervisors(ctx, j.ContestID)
		if err != nil {
			l.log.Warn("judging: supervisors not read", "round", roundID, "error", err)
			delete(l.sent, roundID)
			return
		}
		for _, id := range only {
			delete(watchers, live.AccountKey(id))
		}
	}
	if len(watchers) == 0 {
		return
	}
	if key := live.AccountKey(j.BlindKeeper); j.BlindKeeper != 0 && watchers[key] > 0 {
		l.hub.PublishKey(OrganizerTopicOf(roundID), key, j.message(KindJudgingView, j.For(j.BlindKeeper).View()))
		delete(watchers, key)
	}
	table := l.hub.Prepare(OrganizerTopicOf(roundID), j.message(KindJudgingView, j.For(0).View()))
	for key := range watchers {
		l.hub.PublishKey(OrganizerTopicOf(roundID), key, table)
	}
}
