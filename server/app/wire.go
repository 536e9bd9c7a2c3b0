package app

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/stage"
	"github.com/hoithi/hoithi/server/vote"
)

// The rooms declare what they need of each other as small interfaces; here one room's operations are given to another.

// newBanks gives contests the making of their bank; the bank room is opened after that of the contests.
type newBanks struct{ app *App }

func (n newBanks) NewBank(ctx context.Context, tx pgx.Tx, name string) (int64, error) {
	return n.app.Bank.NewBank(ctx, tx, name)
}

// bankOf tells the bank room which bank a contest uses.
type bankOf struct{ contests *contest.Service }

func (b bankOf) BankOf(ctx context.Context, contestID int64) (int64, error) {
	c, err := b.contests.Get(ctx, contestID)
	return c.BankID, err
}

// itemVersions gives the stage the contents of its items.
type itemVersions struct{ bank *bank.Service }

func (i itemVersions) ItemVersions(ctx context.Context, bankID int64, ids []int64) ([]stage.Version, error) {
	found, err := i.bank.Versions(ctx, bankID, ids)
	if err != nil {
		return nil, err
	}
	bars, err := i.bank.Barred(ctx, bankID, ids)
	if err != nil {
		return nil, err
	}
	versions := make([]stage.Version, 0, len(found))
	for _, v := range found {
		versions = append(versions, stage.Version{ID: v.ID, ItemID: v.ItemID, Content: v.Content, Hash: v.Hash, Bar: stage.Bar(bars[v.ID])})
	}
	return versions, nil
}

func (i itemVersions) ItemHistory(ctx context.Context, contestID, itemID int64) ([]stage.Numbered, error) {
	found, err := i.bank.History(ctx, contestID, itemID)
	if err != nil {
		return nil, err
	}
	versions := make([]stage.Numbered, 0, len(found))
	for _, v := range found {
		versions = append(versions, stage.Numbered{Number: v.Version, At: v.At,
			Version: stage.Version{ID: v.ID, ItemID: v.ItemID, Content: v.Content, Hash: v.Hash}})
	}
	return versions, nil
}

// activeEntries gives the stage those who take part.
type activeEntries struct{ roster *roster.Service }

func (a activeEntries) RoundEntries(ctx context.Context, contestID, roundID int64) ([]roster.Entry, error) {
	all, err := a.roster.RoundEntries(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	active := make([]roster.Entry, 0, len(all))
	for _, e := range all {
		if e.State == roster.EntryActive {
			active = append(active, e)
		}
	}
	return active, nil
}

// stageScores gives the boards the scores of host-led rounds.
type stageScores struct{ stage *stage.Service }

func (s stageScores) Scores(ctx context.Context, roundID int64) (leaderboard.Scores, error) {
	// The scores first: if the board may be shown when it is asked for afterwards, they are none from behind a curtain.
	scores, err := s.stage.Scores(ctx, roundID)
	if err != nil {
		return leaderboard.Scores{}, err
	}
	shown, seq, err := s.stage.BoardShown(ctx, roundID)
	if err != nil {
		return leaderboard.Scores{}, err
	}
	out := leaderboard.Scores{Version: seq, Hidden: !shown}
	for _, x := range scores {
		out.Rows = append(out.Rows, leaderboard.Score{EntryID: x.EntryID, Points: x.Points, Correct: x.Correct, TimeUs: x.TimeUs})
	}
	return out, nil
}

func (s stageScores) Version(ctx context.Context, roundID int64) (int64, error) {
	_, seq, err := s.stage.Seq(ctx, roundID)
	return seq, err
}

// judgedScores gives the boards the scores of judged rounds.
type judgedScores struct{ judging *judging.Service }

func (s judgedScores) Scores(ctx context.Context, roundID int64) (leaderboard.Scores, error) {
	version, scores, err := s.judging.Scores(ctx, roundID)
	if err != nil {
		return leaderboard.Scores{}, err
	}
	// The scores first; see stageScores.
	hidden, err := s.judging.HiddenFromPublic(ctx, roundID)
	if err != nil {
		return leaderboard.Scores{}, err
	}
	out := leaderboard.Scores{Version: version, Hidden: hidden}
	for _, x := range scores {
		out.Rows = append(out.Rows, leaderboard.Score{EntryID: x.EntryID, Points: x.Score})
	}
	return out, nil
}

// givePrizes writes what the panel's ballots have decided into the awards.
func (a *App) givePrizes(ctx context.Context, tx pgx.Tx, contestID int64, won []judging.Prize) error {
	prizes := make([]result.SidePrize, 0, len(won))
	for _, p := range won {
		prizes = append(prizes, result.SidePrize{Name: p.Name, Prize: p.Prize, EntryID: p.EntryID, Note: p.Note})
	}
	return a.Results.AddPrizes(ctx, tx, contestID, prizes)
}

func (s judgedScores) Version(ctx context.Context, roundID int64) (int64, error) {
	return s.judging.Version(ctx, roundID)
}

// voteScores gives the boards the scores of public votes.
type voteScores struct{ votes *vote.Service }

func (s voteScores) Scores(ctx context.Context, roundID int64) (leaderboard.Scores, error) {
	version, hidden, scores, err := s.votes.Scores(ctx, roundID)
	if err != nil {
		return leaderboard.Scores{}, err
	}
	out := leaderboard.Scores{Version: version, Hidden: hidden}
	for _, x := range scores {
		out.Rows = append(out.Rows, leaderboard.Score{EntryID: x.EntryID, Points: x.Points})
	}
	return out, nil
}

func (s voteScores) Version(ctx context.Context, roundID int64) (int64, error) {
	return s.votes.Version(ctx, roundID)
}

// examScores gives the boards the scores of online exams.
type examScores struct{ exam *exam.Service }

func (s examScores) Scores(ctx context.Context, roundID int64) (leaderboard.Scores, error) {
	// The scores first; see stageScores.
	scores, err := s.exam.Scores(ctx, roundID)
	if err != nil {
		return leaderboard.Scores{}, err
	}
	shown, version, err := s.exam.BoardShown(ctx, roundID)
	if err != nil {
		return leaderboard.Scores{}, err
	}
	out := leaderboard.Scores{Version: version, Hidden: !shown, Rows: make([]leaderboard.Score, 0, len(scores))}
	if out.Order, err = s.exam.Order(ctx, roundID); err != nil {
		return out, err
	}
	if out.Discreet, err = s.exam.Discreet(ctx, roundID); err != nil {
		return out, err
	}
	for _, x := range scores {
		out.Rows = append(out.Rows, leaderboard.Score{EntryID: x.EntryID, Points: x.Points, Correct: x.Correct, TimeUs: x.TimeUs,
			Distance: x.Distance, SubmittedUs: x.SubmittedUs})
	}
	return out, nil
}

// Discreet says also before a round has begun that nothing public may tell how many take part.
func (s examScores) Discreet(ctx context.Context, roundID int64) (bool, error) {
	return s.exam.Discreet(ctx, roundID)
}

func (s examScores) Version(ctx context.Context, roundID int64) (int64, error) {
	return s.exam.Version(ctx, roundID)
}
