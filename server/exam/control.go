package exam

import (
	"context"
	"crypto/rand"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/timing"
)

// ControlView is what those who run a round see of it at a glance: numbers alone, so that ten thousand contestants make
// no more messages than ten.
type ControlView struct {
	RoundID   int64           `json:"round_id"`
	Seq       int64           `json:"seq"`
	Phase     Phase           `json:"phase" enum:"planned,ready,running,paused,closed,scored"`
	PausedUs  int64           `json:"paused_us,omitzero" doc:"Since when the round stands still"`
	NowUs     int64           `json:"now_us"`
	Entries   int             `json:"entries" doc:"Active entries of the contest"`
	Started   int             `json:"started" doc:"Entries (people) that have begun an attempt"`
	Submitted int             `json:"submitted" doc:"Entries (people) with a finished attempt, each counted once"`
	Running   int             `json:"running" doc:"Attempts that run"`
	Finished  int             `json:"finished" doc:"Finished attempts of all periods: one entry may have several"`
	Gone      int             `json:"gone" doc:"Attempts that run without a connection of their device"`
	Devices   int             `json:"devices" doc:"Devices that look at the round now"`
	Saves     int             `json:"saves" doc:"Answers saved within the last minute"`
	Today     int             `json:"today" doc:"First attempts begun today, period by period"`
	Unscored  int             `json:"unscored" doc:"Finished attempts whose points are still to come"`
	Waiting   ControlWaiting  `json:"waiting"`
	Periods   []ControlPeriod `json:"periods"`
}

// ControlWaiting is what waits for somebody.
type ControlWaiting struct {
	Questions int `json:"questions"`
	Overrides int `json:"overrides"`
	Appeals   int `json:"appeals"`
}

// ControlPeriod is how far a period is.
type ControlPeriod struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	OpensUs  int64  `json:"opens_us" doc:"With all exceptions"`
	ClosesUs int64  `json:"closes_us"`
	Started  int    `json:"started" doc:"Entries (people) that have begun"`
	Running  int    `json:"running" doc:"Attempts that run"`
	Finished int    `json:"finished" doc:"Entries (people) with a finished attempt"`
	Attempts int    `json:"attempts" doc:"Finished attempts: one entry may have several"`
	Today    int    `json:"today" doc:"Entries that began today for the first time"`
	Settled  bool   `json:"settled"`
}

func organizerTopic(roundID int64) string { return fmt.Sprintf("organizer/exam/%d", roundID) }

// hintPulse carries what one node alone knows of a round: round, node, devices, saves of the last minute.
const hintPulse = "exam/pulse"

// pulseLasts is how long a node's word holds: one that has died is forgotten.
const pulseLasts = 15 * time.Second

// control is what a node keeps for those who run rounds.
type control struct {
	node string

	mu     sync.Mutex
	rounds map[int64]*followed
}

// followed is a round as this node follows it.
type followed struct {
	saves  [60]int // of the last minute, by second
	at     int64   // the second of the newest
	pulses map[string]pulse
	last   ControlView
	next   time.Time // no earlier count: counting takes at most a tenth of the time
	stir   bool
}

type pulse struct {
	devices, saves int
	heard          time.Time
}

func (c *control) of(roundID int64) *followed {
	if c.rounds == nil {
		c.rounds = map[int64]*followed{}
	}
	f := c.rounds[roundID]
	if f == nil {
		f = &followed{pulses: map[string]pulse{}}
		c.rounds[roundID] = f
	}
	return f
}

// saved notes that a response of a round was stored by way of this node.
func (c *control) saved(roundID, atUs int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.of(roundID)
	f.advance(atUs / timing.Second)
	f.saves[f.at%60]++
}

func (f *followed) advance(second int64) {
	if second-f.at > 60 {
		f.at = second - 60
	}
	for f.at < second {
		f.at++
		f.saves[f.at%60] = 0
	}
}

// stir makes the next count come at once.
func (c *control) stir(roundID int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of(roundID).stir = true
}

// hear takes the word of a node, this one too.
func (c *control) hear(_, payload string) {
	parts := strings.Split(payload, "/")
	if len(parts) != 4 {
		return
	}
	round, err1 := strconv.ParseInt(parts[0], 10, 64)
	devices, err2 := strconv.Atoi(parts[2])
	saves, err3 := strconv.Atoi(parts[3])
	if err1 != nil || err2 != nil || err3 != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of(round).pulses[parts[1]] = pulse{devices, saves, time.Now()}
}

// pulseOf is this node's own part.
func (c *control) pulseOf(roundID, nowUs int64) (saves int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.of(roundID)
	f.advance(nowUs / timing.Second)
	for _, n := range f.saves {
		saves += n
	}
	return saves
}

// together adds up what all nodes have said lately.
func (c *control) together(roundID int64) (devices, saves int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.of(roundID)
	for node, p := range f.pulses {
		if time.Since(p.heard) > pulseLasts {
			delete(f.pulses, node)
			continue
		}
		devices, saves = devices+p.devices, saves+p.saves
	}
	return devices, saves
}

// due tells whether a round is to be counted now, and takes the turn.
func (c *control) due(roundID int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.of(roundID)
	if time.Now().Before(f.next) && !f.stir {
		return false
	}
	f.stir = false
	return true
}

// counted keeps a count, and tells whether it says anything new.
func (c *control) counted(roundID int64, v ControlView, took time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.of(roundID)
	f.next = time.Now().Add(10 * took)
	before := f.last
	f.last = v
	before.NowUs = v.NowUs
	return !reflect.DeepEqual(before, v)
}

func (c *control) forget(known map[int64]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.rounds {
		if !known[id] {
			delete(c.rounds, id)
		}
	}
}

// startControl tells once a second the other nodes what only this one knows, and those who run rounds how they stand.
func (s *Service) startControl() {
	s.control.node = rand.Text()
	if s.cfg.Relay != nil {
		s.cfg.Relay.On(hintPulse, s.control.hear)
		s.cfg.Relay.On(hintNews, s.heardNews)
	}
	s.tasks.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-s.ctx.Done():
				return
			case <-ticker.C:
				s.guarded(s.controlTurn)
			}
		}
	})
}

func (s *Service) controlTurn(ctx context.Context) {
	known := map[int64]bool{}
	for _, r := range s.allRooms() {
		known[r.id] = true
		devices, saves := s.cfg.Hub.Count(contestantTopic(r.id)), s.control.pulseOf(r.id, s.nowUs())
		if devices > 0 || saves > 0 {
			payload := fmt.Sprintf("%d/%s/%d/%d", r.id, s.control.node, devices, saves)
			s.control.hear(hintPulse, payload)
			if s.cfg.Relay != nil {
				s.cfg.Relay.Hint(hintPulse, payload)
			}
		}
		if s.cfg.Hub.Count(organizerTopic(r.id)) == 0 || !s.control.due(r.id) {
			continue
		}
		began := time.Now()
		view, err := r.controlView(ctx)
		s.health.Report(err)
		if err != nil {
			continue // the page keeps the last numbers; the next second asks again
		}
		if s.control.counted(r.id, view, time.Since(began)) {
			s.cfg.Hub.Publish(organizerTopic(r.id), live.Message{Kind: KindControl, Data: view})
		}
	}
	s.control.forget(known)
}

// controlView counts a round.
func (r *room) controlView(ctx context.Context) (ControlView, error) {
	ctx, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	f := r.known()
	now := r.s.nowUs()
	v := ControlView{RoundID: r.id, Seq: f.seq + f.version, Phase: f.phase, PausedUs: f.pausedUs, NowUs: now, Periods: []ControlPeriod{}}
	totals, err := r.s.q.ControlTotals(ctx, r.id)
	if err != nil {
		return v, postgres.Fault(err)
	}
	rows, err := r.s.q.ControlPeriods(ctx, examdb.ControlPeriodsParams{RoundID: r.id, SinceUs: f.todayUs(now)})
	if err != nil {
		return v, postgres.Fault(err)
	}
	v.Entries, v.Started, v.Submitted = int(totals.Entries), int(totals.Started), int(totals.Submitted)
	v.Waiting = ControlWaiting{int(totals.Questions), int(totals.Asked), int(totals.Appeals)}
	for _, p := range f.periods {
		line := ControlPeriod{ID: p.ID, Name: p.Name, OpensUs: f.opensUs(p), ClosesUs: f.closesUs(p), Settled: p.SettledUs != 0}
		for _, x := range rows {
			if x.PeriodID != p.ID {
				continue
			}
			line.Started, line.Running, line.Finished, line.Today, line.Attempts = int(x.Started), int(x.Running), int(x.Finished), int(x.Today), int(x.Attempts)
			v.Running, v.Finished, v.Today = v.Running+line.Running, v.Finished+line.Attempts, v.Today+line.Today
			v.Gone, v.Unscored = v.Gone+int(x.Gone), v.Unscored+int(x.Unscored)
		}
		v.Periods = append(v.Periods, line)
	}
	v.Devices, v.Saves = r.s.control.together(r.id)
	return v, nil
}

// todayUs is when the day began where the contest is held.
func (f *facts) todayUs(nowUs int64) int64 {
	zone := zoneOf(f.contest)
	now := time.UnixMicro(nowUs).In(zone)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone).UnixMicro()
}

var errNotStaff = fault.New(fault.Forbidden, "not_permitted", "Tài khoản này không có quyền điều hành vòng thi.", "This account may not run the round.")

// registerControl puts what organizers follow, and contestants' questions, on the hub.
func (s *Service) registerControl(h *live.Hub) {
	live.Declare[ControlView](h, KindControl)
	h.Topic(TopicOrganizer, live.TopicSpec{Need: "topic:" + TopicOrganizer, Open: s.openOrganizer})
	live.Handle(h, "ask", spec("ask", false), func(ctx context.Context, c *live.Client, cmd live.Command, data AskCommand) (live.Nothing, error) {
		return live.Nothing{}, s.Ask(ctx, c.Principal(), cmd.Params["round"], cmd.ReceivedUs, data)
	})
}

func (s *Service) openOrganizer(ctx context.Context, c *live.Client, params live.Params) (live.Snapshot, error) {
	return s.follow(ctx, c.Principal(), params["round"])
}

// follow is what somebody who runs a round sees first.
func (s *Service) follow(ctx context.Context, p account.Principal, roundID int64) (live.Snapshot, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	if id := r.known().contest.ID; !p.Has(id, account.RoleHost) && !p.Has(id, account.RoleSecretary) {
		return nil, errNotStaff
	}
	if err := r.recent(ctx); err != nil {
		return nil, err
	}
	view, err := r.controlView(ctx)
	if err != nil {
		return nil, err
	}
	return live.Snapshot{{Kind: KindControl, Data: view}}, nil
}
