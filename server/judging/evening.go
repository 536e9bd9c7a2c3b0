package judging

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"time"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
)

// An evening has several judged parts, and the stage moves from one to the next. These topics say where it is.
const (
	// JudgeEveningTopic carries EveningView, to each judge the parts in which the judge sits: KindEvening.
	JudgeEveningTopic = "judge/evening/{contest}"
	// CrewEveningTopic carries EveningView with all judged parts: KindEvening.
	CrewEveningTopic = "organizer/evening/{contest}"
	KindEvening      = "judging_evening"
)

// EveningView is the judged parts of a contest and where the stage is.
type EveningView struct {
	ContestID int64         `json:"contest_id"`
	Parts     []EveningPart `json:"parts" doc:"In the contest's order"`
}

// EveningPart is one judged round of the evening. It names no entry: some rounds are blind.
type EveningPart struct {
	RoundID   int64  `json:"round_id"`
	RoundName string `json:"round_name"`
	Closed    bool   `json:"closed"`
	OnStage   int64  `json:"on_stage" doc:"The performance on stage now; 0: none"`
	SinceUs   int64  `json:"since_us" doc:"Since when it is on stage; where two parts have one, the later leads"`
}

type evening struct {
	view       EveningView
	seats      map[int64]map[int64]bool // rounds by account
	epoch, seq int64
}

// evening reads the parts of a contest.
func (s *Service) evening(ctx context.Context, contestID int64) (evening, error) {
	rows, err := s.q.EveningRounds(ctx, contestID)
	if err != nil {
		return evening{}, postgres.Fault(err)
	}
	seats, err := s.q.EveningSeats(ctx, contestID)
	if err != nil {
		return evening{}, postgres.Fault(err)
	}
	e := evening{view: EveningView{ContestID: contestID, Parts: []EveningPart{}}, seats: map[int64]map[int64]bool{}}
	for _, seat := range seats {
		if e.seats[seat.AccountID] == nil {
			e.seats[seat.AccountID] = map[int64]bool{}
		}
		e.seats[seat.AccountID][seat.RoundID] = true
	}
	for _, r := range rows {
		// Each round counts its own changes; their sum rises with every one of them.
		e.epoch, e.seq = max(e.epoch, r.Epoch), e.seq+r.Seq
		e.view.Parts = append(e.view.Parts, EveningPart{RoundID: r.ID, RoundName: r.Name, Closed: r.Closed, OnStage: r.OnStage, SinceUs: r.SinceUs})
	}
	return e, nil
}

// of keeps the parts in which a judge sits.
func (e evening) of(accountID int64) EveningView {
	v := EveningView{ContestID: e.view.ContestID, Parts: []EveningPart{}}
	for _, p := range e.view.Parts {
		if e.seats[accountID][p.RoundID] {
			v.Parts = append(v.Parts, p)
		}
	}
	return v
}

func (e evening) message(v EveningView) live.Message {
	return live.Message{Kind: KindEvening, Epoch: e.epoch, Seq: e.seq, Data: v}
}

// eveningTopics registers the topics of the evening.
func (l *Live) eveningTopics() {
	live.Declare[EveningView](l.hub, KindEvening)
	l.hub.Topic(JudgeEveningTopic, live.TopicSpec{Need: "topic:" + JudgeEveningTopic, ByAccount: true,
		Open: func(ctx context.Context, c *live.Client, p live.Params) (live.Snapshot, error) {
			e, err := l.s.evening(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			v := e.of(c.Principal().AccountID)
			if len(v.Parts) == 0 {
				return nil, errNotOnPanel
			}
			return live.Snapshot{e.message(v)}, nil
		}})
	l.hub.Topic(CrewEveningTopic, live.TopicSpec{Need: "topic:" + CrewEveningTopic, ByAccount: true,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			if _, err := l.s.contests.Get(ctx, p["contest"]); err != nil {
				return nil, err
			}
			e, err := l.s.evening(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			return live.Snapshot{e.message(e.view)}, nil
		}})
}

// publishEvening tells those who watch the evening of a round's contest, where it has changed: a mark changes nothing.
func (l *Live) publishEvening(ctx context.Context, roundID int64) {
	if len(l.hub.Topics(JudgeEveningTopic))+len(l.hub.Topics(CrewEveningTopic)) == 0 {
		clear(l.evenings)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	round, err := l.s.contests.Round(ctx, 0, roundID)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, fault.NothingHere) {
			l.log.Warn("judging: the contest of a round not read", "round", roundID, "error", err)
		}
		return
	}
	judges, crew := l.hub.Keys(judgeEveningOf(round.ContestID)), l.hub.Keys(crewEveningOf(round.ContestID))
	if len(judges)+len(crew) == 0 {
		delete(l.evenings, round.ContestID)
		return
	}
	e, err := l.s.evening(ctx, round.ContestID)
	if err != nil {
		if ctx.Err() == nil {
			l.log.Warn("judging: the evening not read", "contest", round.ContestID, "error", err)
		}
		return
	}
	old, known := l.evenings[round.ContestID]
	l.evenings[round.ContestID] = e
	if known && reflect.DeepEqual(old.view, e.view) && reflect.DeepEqual(old.seats, e.seats) {
		return
	}
	for key := range crew {
		l.hub.PublishKey(crewEveningOf(round.ContestID), key, e.message(e.view))
	}
	for accountID := range e.seats {
		if key := live.AccountKey(accountID); judges[key] > 0 {
			l.hub.PublishKey(judgeEveningOf(round.ContestID), key, e.message(e.of(accountID)))
		}
	}
}

// lookAtEvenings asks for the versions of the evenings that somebody watches here, for what a lost hint would have told.
func (l *Live) lookAtEvenings(ctx context.Context) {
	var ids []int64
	for _, pattern := range []string{JudgeEveningTopic, CrewEveningTopic} {
		for _, p := range l.hub.Topics(pattern) {
			ids = append(ids, p["contest"])
		}
	}
	if len(ids) == 0 {
		return
	}
	rows, err := l.s.q.EveningVersions(ctx, ids)
	if err != nil {
		return // the caller's own reading has said so
	}
	for _, r := range rows {
		if e, known := l.evenings[r.ContestID]; !known || e.seq != r.Seq {
			if e, err := l.s.evening(ctx, r.ContestID); err == nil && len(e.view.Parts) > 0 {
				l.publishEvening(ctx, e.view.Parts[0].RoundID)
			}
		}
	}
}

func judgeEveningOf(contestID int64) string {
	return "judge/evening/" + strconv.FormatInt(contestID, 10)
}

func crewEveningOf(contestID int64) string {
	return "organizer/evening/" + strconv.FormatInt(contestID, 10)
}
