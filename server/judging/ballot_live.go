package judging

import (
	"context"
	"strconv"
	"time"

	"github.com/hoithi/hoithi/server/live"
)

// Ballots travel like the rounds: whole views, of which a newer (epoch, seq) replaces an older one.
const (
	// JudgeBallotsTopic carries MyBallotsView, another one to each judge: KindMyBallots.
	JudgeBallotsTopic = "judge/ballots/{contest}"
	KindMyBallots     = "my_ballots"
	// CrewBallotsTopic carries BallotsView: KindBallots.
	CrewBallotsTopic = "organizer/ballots/{contest}"
	KindBallots      = "ballots"

	ballotHint = "ballots/"
)

func (b Book) message(kind string, view any) live.Message {
	return live.Message{Kind: kind, Epoch: b.Epoch, Seq: b.Seq, Data: view}
}

// ballotTopics registers the topics of ballots.
func (l *Live) ballotTopics() {
	live.Declare[MyBallotsView](l.hub, KindMyBallots)
	live.Declare[BallotsView](l.hub, KindBallots)
	l.hub.Topic(JudgeBallotsTopic, live.TopicSpec{Need: "topic:" + JudgeBallotsTopic, ByAccount: true,
		Open: func(ctx context.Context, c *live.Client, p live.Params) (live.Snapshot, error) {
			b, err := l.s.Ballots(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			return live.Snapshot{b.message(KindMyBallots, b.Mine(c.Principal().AccountID))}, nil
		}})
	l.hub.Topic(CrewBallotsTopic, live.TopicSpec{Need: "topic:" + CrewBallotsTopic, ByAccount: true,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			b, err := l.s.Ballots(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			return live.Snapshot{b.message(KindBallots, b.View())}, nil
		}})
	l.s.onBallot = append(l.s.onBallot, func(contestID int64) {
		l.lookAtBallots(contestID)
		if l.relay != nil {
			l.relay.Hint(ballotHint+strconv.FormatInt(contestID, 10), "")
		}
	})
}

// lookAtBallots notes that the ballots of a contest have changed.
func (l *Live) lookAtBallots(contestID int64) {
	l.mu.Lock()
	l.books[contestID] = true
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// missedBallots asks for the versions of the ballots that somebody watches here, for what a lost hint would have told.
func (l *Live) missedBallots(ctx context.Context) {
	watched := map[int64]bool{}
	for _, pattern := range []string{JudgeBallotsTopic, CrewBallotsTopic} {
		for _, p := range l.hub.Topics(pattern) {
			watched[p["contest"]] = true
		}
	}
	ids := make([]int64, 0, len(watched))
	for id := range watched {
		ids = append(ids, id)
	}
	for id := range l.sentBooks {
		if !watched[id] {
			delete(l.sentBooks, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	seqs, err := l.s.ballotSeqs(ctx, ids)
	if err != nil {
		if ctx.Err() == nil {
			l.log.Debug("judging: versions of ballots not read", "error", err)
		}
		return
	}
	for id, seq := range seqs {
		if l.sentBooks[id] != seq {
			l.lookAtBallots(id)
		}
	}
}

// publishBallots sends the ballots of a contest to those who watch them here.
func (l *Live) publishBallots(ctx context.Context, contestID int64) {
	judges, crew := l.hub.Keys(judgeBallotsOf(contestID)), l.hub.Keys(crewBallotsOf(contestID))
	if len(judges)+len(crew) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	b, err := l.s.Ballots(ctx, contestID)
	if err != nil {
		// The screens keep what they show; the next look brings the rest.
		if ctx.Err() == nil {
			l.log.Warn("judging: ballots not read", "contest", contestID, "error", err)
		}
		return
	}
	if l.sentBooks[contestID] == b.Seq {
		return
	}
	l.sentBooks[contestID] = b.Seq
	if len(crew) > 0 {
		view := l.hub.Prepare(crewBallotsOf(contestID), b.message(KindBallots, b.View()))
		for key := range crew {
			l.hub.PublishKey(crewBallotsOf(contestID), key, view)
		}
	}
	for _, id := range b.accounts() {
		if key := live.AccountKey(id); judges[key] > 0 {
			l.hub.PublishKey(judgeBallotsOf(contestID), key, b.message(KindMyBallots, b.Mine(id)))
		}
	}
}

// accounts are all who may hold a paper, or held one.
func (b Book) accounts() []int64 {
	seen, ids := map[int64]bool{}, []int64{}
	add := func(id int64) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, s := range b.seats {
		add(s.AccountID)
	}
	for _, x := range b.Ballots {
		for _, r := range x.Runs {
			for _, v := range r.Voters {
				add(v.AccountID)
			}
		}
	}
	return ids
}

func judgeBallotsOf(contestID int64) string {
	return "judge/ballots/" + strconv.FormatInt(contestID, 10)
}

func crewBallotsOf(contestID int64) string {
	return "organizer/ballots/" + strconv.FormatInt(contestID, 10)
}

// curtains looks whether the public board of the contests in the hall has stopped or goes on, or a result was told: then
// what the hall may see has changed without a change of the round.
func (l *Live) curtains(ctx context.Context) {
	watched := map[int64]bool{}
	for _, p := range l.hub.Topics(AudienceTopic) {
		watched[p["round"]] = true
	}
	asked := map[int64]bool{}
	for round, x := range l.shown {
		if !watched[round] {
			delete(l.shown, round)
			continue
		}
		if asked[x.contestID] {
			continue
		}
		asked[x.contestID] = true
		now, err := l.s.showing(ctx, x.contestID)
		if err == nil && now != x.Showing {
			err = l.s.Stir(ctx, x.contestID)
		}
		if err != nil && ctx.Err() == nil {
			l.log.Debug("judging: the public board not read", "contest", x.contestID, "error", err)
		}
	}
}

// shownAs is how far the curtain stood open when a round was last sent to the hall.
type shownAs struct {
	Showing
	contestID int64
}
