package judging

import (
	"context"
	"reflect"
	"strconv"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
)

// What the hall sees of a judged round.
const (
	// AudienceTopic carries StageView: KindStageView.
	AudienceTopic = "audience/judging/{round}"
	KindStageView = "judging_audience"
)

// StageView is for projectors and phones in the hall: who is on stage, who comes when, and of the marks what Public lets
// through.
type StageView struct {
	RoundID          int64            `json:"round_id"`
	Contest          string           `json:"contest"`
	Round            string           `json:"round"`
	Closed           bool             `json:"closed" doc:"The round is over"`
	TimeLimitSeconds int64            `json:"time_limit_seconds" doc:"0: no limit"`
	OnStage          int64            `json:"on_stage" doc:"The performance on stage now; 0: none"`
	Overtime         scoring.Overtime `json:"overtime" doc:"What is taken off for overtime"`
	CountDown        bool             `json:"count_down" doc:"The clock shows the time left instead of the time used"`
	Warnings         []int64          `json:"warnings" doc:"Seconds left at which the clock changes its colour, the most first"`
	Sound            bool             `json:"sound" doc:"The timekeeper's device gives tones"`
	Changed          *ChangeSeen      `json:"changed,omitempty" doc:"The newest change of the running order"`
	MaxScore         int64            `json:"max_score" doc:"Highest score of the part, hundredths of a point"`
	Marks            PublicMarks      `json:"marks" enum:"totals,seats,names" doc:"How much of a score's making is public"`
	Turns            []TurnView       `json:"turns" doc:"In running order, without entries that were withdrawn before their turn"`
}

// ChangeSeen is a change of the running order as the hall sees it: without the reason, which may be somebody's own matter.
type ChangeSeen struct {
	AtUs   int64      `json:"at_us"`
	Kind   ChangeKind `json:"kind" enum:"move,last,leave_out,bring_back,add"`
	Entry  string     `json:"entry"`
	Before string     `json:"before" doc:"Place before; may be empty"`
	After  string     `json:"after"`
}

// TurnView is an entry's turn as everybody may see it.
type TurnView struct {
	ID        int64            `json:"id"`
	Position  int              `json:"position" doc:"Place in the running order, from 1"`
	EntryID   int64            `json:"entry_id"`
	Number    string           `json:"number" doc:"Candidate number"`
	EntryName string           `json:"entry_name"`
	UnitName  string           `json:"unit_name" doc:"May be empty"`
	Title     string           `json:"title" doc:"Title of the piece; may be empty"`
	State     PerformanceState `json:"state" enum:"planned,on_stage,done"`
	StartedUs int64            `json:"started_us" doc:"Contest time in microseconds; 0: not yet"`
	EndedUs   int64            `json:"ended_us" doc:"0: not yet"`
	Clock     ClockView        `json:"clock"`
	Seconds   *int64           `json:"seconds,omitempty" doc:"Time that counts; absent until done"`
	// Score comes when it may be public, and goes when it may not any more: a sheet was reopened.
	Score *PublicScore `json:"score,omitempty"`
}

// StageView makes the view of the hall. masks stand for names that are not to be published.
func (j Judging) StageView(contestName string, masks map[int64]roster.Mask, showing Showing) StageView {
	j = j.For(0)
	public := j.Public(showing)
	v := StageView{RoundID: j.RoundID, Contest: contestName, Round: j.RoundName, Closed: j.Closed(),
		TimeLimitSeconds: j.Rules.Overtime.LimitSeconds, Overtime: j.Rules.Overtime,
		MaxScore: j.max(), Marks: j.Publicity.Marks, CountDown: j.Conduct.CountDown, Warnings: j.Conduct.Warnings, Sound: j.Conduct.Sound, Turns: []TurnView{}}
	for _, p := range j.counting() {
		if p.State == OnStage {
			v.OnStage = p.ID
		}
		if p.Withdrawn && p.State == Planned {
			continue
		}
		full := performanceView(p)
		if m, ok := masks[p.EntryID]; ok {
			full.EntryName = m.Name
		}
		turn := TurnView{ID: full.ID, Position: len(v.Turns) + 1, EntryID: full.EntryID, Number: full.Number,
			EntryName: full.EntryName, UnitName: full.UnitName, Title: full.Title, State: full.State,
			StartedUs: full.StartedUs, EndedUs: full.EndedUs, Clock: full.Clock, Seconds: full.Seconds}
		if x, ok := public[p.ID]; ok {
			turn.Score = &x
		}
		v.Turns = append(v.Turns, turn)
	}
	for _, c := range j.Changes {
		if c.ofOrder() {
			if m, ok := masks[c.EntryID]; ok {
				c.Entry = m.Name
			}
			v.Changed = &ChangeSeen{AtUs: c.AtUs, Kind: c.Kind, Entry: c.Entry, Before: c.Before, After: c.After}
		}
	}
	return v
}

// Stage is what everybody may see of a round. A round of a draft does not exist for the public.
func (s *Service) Stage(ctx context.Context, roundID int64) (StageView, Judging, error) {
	j, err := s.Get(ctx, 0, roundID)
	if err != nil {
		return StageView{}, j, err
	}
	c, err := s.contests.Get(ctx, j.ContestID)
	if err != nil {
		return StageView{}, j, err
	}
	if c.State == contest.Draft {
		return StageView{}, j, fault.NothingHere
	}
	masks, err := s.masks(ctx, j.ContestID)
	if err != nil {
		return StageView{}, j, err
	}
	showing, err := s.showing(ctx, j.ContestID)
	return j.StageView(c.Name, masks, showing), j, err
}

// audienceTopic registers the topic of the hall.
func (l *Live) audienceTopic() {
	live.Declare[StageView](l.hub, KindStageView)
	l.hub.Topic(AudienceTopic, live.TopicSpec{Need: "topic:" + AudienceTopic,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			v, j, err := l.s.Stage(ctx, p["round"])
			if err != nil {
				return nil, err
			}
			return live.Snapshot{j.message(KindStageView, v)}, nil
		}})
}

// publishStage sends the hall's view where it has changed: a mark changes nothing in it, nor does a locked sheet before
// the last one, so it tells nobody that marks are coming in. false: it could not be made.
func (l *Live) publishStage(ctx context.Context, j Judging) bool {
	topic := AudienceTopicOf(j.RoundID)
	if l.hub.Count(topic) == 0 {
		delete(l.stages, j.RoundID)
		delete(l.shown, j.RoundID)
		return true
	}
	c, err := l.s.contests.Get(ctx, j.ContestID)
	if err != nil {
		if ctx.Err() == nil {
			l.log.Warn("judging: the contest of a round not read", "round", j.RoundID, "error", err)
		}
		return false
	}
	masks, err := l.s.masks(ctx, j.ContestID)
	if err != nil {
		if ctx.Err() == nil {
			l.log.Warn("judging: the names that are not to be published not read", "round", j.RoundID, "error", err)
		}
		return false
	}
	showing, err := l.s.showing(ctx, j.ContestID)
	if err != nil {
		if ctx.Err() == nil {
			l.log.Warn("judging: what the public may see not read", "round", j.RoundID, "error", err)
		}
		return false
	}
	l.shown[j.RoundID] = shownAs{Showing: showing, contestID: j.ContestID}
	v := j.StageView(c.Name, masks, showing)
	if old, ok := l.stages[j.RoundID]; ok && reflect.DeepEqual(old, v) {
		return true
	}
	l.stages[j.RoundID] = v
	l.hub.Publish(topic, l.hub.Prepare(topic, j.message(KindStageView, v)))
	return true
}

// AudienceTopicOf is the topic of the hall for a round.
func AudienceTopicOf(roundID int64) string {
	return "audience/judging/" + strconv.FormatInt(roundID, 10)
}
