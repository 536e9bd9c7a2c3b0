package judging

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// UsePrizes plugs in where a decided ballot's prizes go, in the transaction that decides.
func (s *Service) UsePrizes(f func(ctx context.Context, tx pgx.Tx, contestID int64, won []Prize) error) {
	s.prizes = f
}

// Book is all ballots of a contest as they stood at one moment, with the seats of its panels.
type Book struct {
	ContestID  int64
	Epoch, Seq int64
	Ballots    []Ballot
	seats      []judgingdb.BallotSeatsRow
}

// Ballots reads the ballots of a contest.
func (s *Service) Ballots(ctx context.Context, contestID int64) (Book, error) {
	if _, err := s.contests.Get(ctx, contestID); err != nil {
		return Book{}, err
	}
	var b Book
	// One snapshot: a vote and the close that counts it are seen together or not at all.
	err := postgres.InTxWith(ctx, s.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var err error
		b, err = readBook(ctx, s.q.WithTx(tx), contestID)
		return err
	})
	return b, postgres.Fault(err)
}

func readBook(ctx context.Context, q *judgingdb.Queries, contestID int64) (Book, error) {
	book := Book{ContestID: contestID, Seq: 1}
	row, err := q.BallotBook(ctx, contestID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return book, err
	}
	if err == nil {
		book.Epoch, book.Seq = row.Epoch, row.Seq
	}
	if book.seats, err = q.BallotSeats(ctx, contestID); err != nil {
		return book, err
	}
	ballots, err := q.Ballots(ctx, contestID)
	if err != nil || len(ballots) == 0 {
		return book, err
	}
	at := map[int64]*Ballot{}
	for _, b := range ballots {
		book.Ballots = append(book.Ballots, Ballot{ID: b.ID, RoundName: b.RoundName, PanelName: map[int64]string{}, State: BallotState(b.State),
			EndedUs: value(b.EndedUs), EndedName: b.EndedName, Reason: b.Reason,
			BallotRules: BallotRules{Name: b.Name, Prize: b.Prize, RoundID: value(b.RoundID), Panels: []int64{}, Places: int(b.Places),
				VotesEach: int(b.VotesEach), Named: b.Named, Head: b.Head}})
	}
	for i := range book.Ballots {
		at[book.Ballots[i].ID] = &book.Ballots[i]
	}
	panels, err := q.BallotPanels(ctx, contestID)
	if err != nil {
		return book, err
	}
	for _, p := range panels {
		b := at[p.BallotID]
		b.Panels, b.PanelName[p.RoundID] = append(b.Panels, p.RoundID), p.Name
	}
	winners, err := q.BallotWinners(ctx, contestID)
	if err != nil {
		return book, err
	}
	for _, w := range winners {
		b := at[w.BallotID]
		b.Winners = append(b.Winners, Winner{EntryID: w.EntryID, Number: int(w.Number), Name: w.Name, UnitName: w.UnitName, Run: int(w.Run),
			Votes: int(w.Votes), ByHead: w.ByHead})
	}
	return book, readRuns(ctx, q, contestID, at)
}

func readRuns(ctx context.Context, q *judgingdb.Queries, contestID int64, at map[int64]*Ballot) error {
	runs, err := q.BallotRuns(ctx, contestID)
	if err != nil {
		return err
	}
	for _, r := range runs {
		b := at[r.BallotID]
		b.Runs = append(b.Runs, BallotRun{Number: int(r.Number), Places: int(r.Places), VotesEach: int(r.VotesEach), OpenedUs: r.OpenedUs,
			OpenedName: r.OpenedName, ClosedUs: value(r.ClosedUs), ClosedName: r.ClosedName, Reason: r.Reason})
	}
	// Runs are numbered from 1 without a hole.
	run := func(ballotID int64, number int32) *BallotRun { return &at[ballotID].Runs[number-1] }
	choices, err := q.BallotChoices(ctx, contestID)
	if err != nil {
		return err
	}
	for _, c := range choices {
		r := run(c.BallotID, c.Run)
		r.Choices = append(r.Choices, Choice{EntryID: c.EntryID, Number: int(c.Number), Name: c.Name, UnitName: c.UnitName, Votes: int(value(c.Votes))})
	}
	voters, err := q.BallotVoters(ctx, contestID)
	if err != nil {
		return err
	}
	for _, v := range voters {
		r := run(v.BallotID, v.Run)
		r.Voters = append(r.Voters, Voter{AccountID: v.AccountID, Name: v.Name, Version: v.Version, VotedUs: value(v.VotedUs), Barred: map[int64]bool{}})
	}
	voter := func(ballotID int64, number int32, accountID int64) *Voter {
		r := run(ballotID, number)
		return &r.Voters[slices.IndexFunc(r.Voters, func(v Voter) bool { return v.AccountID == accountID })]
	}
	bars, err := q.BallotBars(ctx, contestID)
	if err != nil {
		return err
	}
	for _, x := range bars {
		voter(x.BallotID, x.Run, x.AccountID).Barred[x.EntryID] = true
	}
	votes, err := q.BallotVotes(ctx, contestID)
	if err != nil {
		return err
	}
	for _, x := range votes {
		v := voter(x.BallotID, x.Run, x.AccountID)
		v.Paper = append(v.Paper, x.EntryID)
	}
	return nil
}

// inBook runs fn behind all other changes of the contest's ballots, and tells the listeners after the commit.
func (s *Service) inBook(ctx context.Context, contestID int64, fn inBook) error {
	return s.ballotsChanged(contestID, s.turn(ctx, contestID, fn))
}

// inBook is what an act does to the ballots as they stand.
type inBook = func(tx pgx.Tx, q *judgingdb.Queries, book Book) error

func (s *Service) turn(ctx context.Context, contestID int64, fn inBook) error {
	if _, err := s.contests.Get(ctx, contestID); err != nil {
		return err
	}
	return postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.CreateBallotBook(ctx, contestID); err != nil {
			return err
		}
		if _, err := q.NextBallotSeq(ctx, contestID); err != nil {
			return err
		}
		// A statement of its own, after the lock: it sees everything that was committed before.
		book, err := readBook(ctx, q, contestID)
		if err != nil {
			return err
		}
		return fn(tx, q, book)
	})
}

func (s *Service) ballotsChanged(contestID int64, err error) error {
	if err != nil {
		return postgres.Fault(err)
	}
	for _, f := range s.onBallot {
		f(contestID)
	}
	return nil
}

// ballot finds one of the book.
func (b Book) ballot(id int64) (Ballot, error) {
	for _, x := range b.Ballots {
		if x.ID == id {
			return x, nil
		}
	}
	return Ballot{}, fault.NothingHere
}

// votes tells whether a seat is of a part whose judges vote.
func (b Ballot) votes(roundID int64) bool {
	return len(b.Panels) == 0 || slices.Contains(b.Panels, roundID)
}

// isHead tells whether an account is a head judge, present, of a part whose judges vote.
func (b Book) isHead(x Ballot, accountID int64) bool {
	return slices.ContainsFunc(b.seats, func(s judgingdb.BallotSeatsRow) bool {
		return s.AccountID == accountID && s.Head && !s.Absent && x.votes(s.RoundID)
	})
}

func (b Book) hasHead(x Ballot) bool {
	return slices.ContainsFunc(b.seats, func(s judgingdb.BallotSeatsRow) bool { return s.Head && !s.Absent && x.votes(s.RoundID) })
}

// AddBallot plans a ballot; SaveBallot changes one that has not been opened, RemoveBallot takes it out.
func (s *Service) AddBallot(ctx context.Context, contestID int64, r BallotRules) (id int64, err error) {
	if err := s.checkBallot(ctx, contestID, &r); err != nil {
		return 0, err
	}
	err = s.inBook(ctx, contestID, func(tx pgx.Tx, q *judgingdb.Queries, book Book) error {
		if len(book.Ballots) >= 50 {
			return conflict("ballots_enough", "Mỗi hội thi có tối đa 50 cuộc bỏ phiếu.", "A contest has at most 50 ballots.")
		}
		p := judgingdb.AddBallotParams{ContestID: contestID, Name: r.Name, Prize: r.Prize, RoundID: orNull(r.RoundID), Places: int32(r.Places),
			VotesEach: int32(r.VotesEach), Named: r.Named, Head: r.Head}
		var err error
		if id, err = q.AddBallot(ctx, p); err != nil {
			return err
		}
		if err := putPanels(ctx, q, id, r.Panels); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "judging.ballot_plan", map[string]any{"ballot": id, "rules": r})
	})
	return id, err
}

// SaveBallot changes a ballot that has not been opened.
func (s *Service) SaveBallot(ctx context.Context, contestID, id int64, r BallotRules) error {
	if err := s.checkBallot(ctx, contestID, &r); err != nil {
		return err
	}
	return s.inBook(ctx, contestID, func(tx pgx.Tx, q *judgingdb.Queries, book Book) error {
		b, err := book.ballot(id)
		if err != nil {
			return err
		}
		if b.State != BallotPlanned {
			return errBallotBegun
		}
		if err := q.SaveBallot(ctx, judgingdb.SaveBallotParams{ID: id, Name: r.Name, Prize: r.Prize, RoundID: orNull(r.RoundID), Places: int32(r.Places),
			VotesEach: int32(r.VotesEach), Named: r.Named, Head: r.Head}); err != nil {
			return err
		}
		if err := errors.Join(q.DropBallotPanels(ctx, id), putPanels(ctx, q, id, r.Panels)); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "judging.ballot_plan", map[string]any{"ballot": id, "rules": r})
	})
}

// RemoveBallot takes a ballot out that has not been opened.
func (s *Service) RemoveBallot(ctx context.Context, contestID, id int64) error {
	return s.inBook(ctx, contestID, func(tx pgx.Tx, q *judgingdb.Queries, book Book) error {
		b, err := book.ballot(id)
		if err != nil {
			return err
		}
		if b.State != BallotPlanned {
			return errBallotBegun
		}
		if err := q.RemoveBallot(ctx, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "judging.ballot_remove", map[string]any{"ballot": id, "name": b.Name})
	})
}

func (s *Service) checkBallot(ctx context.Context, contestID int64, r *BallotRules) error {
	if err := r.Check(); err != nil {
		return err
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return err
	}
	f := errBallotRules
	if r.RoundID != 0 && !slices.ContainsFunc(c.Rounds, func(x contest.Round) bool { return x.ID == r.RoundID }) {
		f = f.At("round_id", "Vòng thi này không còn nữa.", "This round is no longer there.")
	}
	for _, id := range r.Panels {
		if !slices.ContainsFunc(c.Rounds, func(x contest.Round) bool { return x.ID == id && x.Kind == contest.Judged }) {
			f = f.At("panels", "Chỉ chọn trong các phần thi có giám khảo chấm.", "Choose among the judged parts.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func putPanels(ctx context.Context, q *judgingdb.Queries, id int64, panels []int64) error {
	for _, round := range panels {
		if err := q.AddBallotPanel(ctx, judgingdb.AddBallotPanelParams{BallotID: id, RoundID: round}); err != nil {
			return err
		}
	}
	return nil
}

func orNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// noteOf tells in one line how the prize was decided; it is printed beside the prize.
func (b Ballot) noteOf(w Winner) string {
	r := b.Runs[w.Run-1]
	note := fmt.Sprintf("Ban Giám khảo bỏ phiếu: %d/%d phiếu", w.Votes, r.voted())
	if w.Run > 1 {
		note += fmt.Sprintf(" (lần %d)", w.Run)
	}
	if w.ByHead {
		note += "; bằng phiếu, Trưởng ban quyết định"
	}
	return note
}

// decideBallot ends a ballot: the winners stand, and their prizes go to the awards in the same transaction.
func (s *Service) decideBallot(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, book Book, b Ballot, chosen []int64, reason string) error {
	run, _ := b.Run()
	winners := b.won()
	for _, id := range chosen {
		winners = append(winners, run.winner(id, true))
	}
	prizes := make([]Prize, 0, len(winners))
	for _, w := range winners {
		if err := q.AddBallotWinner(ctx, judgingdb.AddBallotWinnerParams{BallotID: b.ID, EntryID: w.EntryID, Run: int32(w.Run), Votes: int32(w.Votes), ByHead: w.ByHead}); err != nil {
			return err
		}
		prizes = append(prizes, Prize{Name: b.Name, Prize: b.Prize, EntryID: w.EntryID, Note: b.noteOf(w)})
	}
	at := s.nowUs()
	if err := q.SetBallotState(ctx, judgingdb.SetBallotStateParams{ID: b.ID, State: string(BallotDecided), EndedUs: &at, EndedName: account.From(ctx).Name, Reason: reason}); err != nil {
		return err
	}
	if len(prizes) > 0 {
		if err := s.prizes(ctx, tx, book.ContestID, prizes); err != nil {
			return err
		}
	}
	entries := make([]int64, 0, len(winners))
	for _, w := range winners {
		entries = append(entries, w.EntryID)
	}
	return audit.Append(ctx, tx, book.ContestID, "judging.ballot_decide", map[string]any{"ballot": b.ID, "name": b.Name, "entries": entries, "by_head": chosen, "reason": reason})
}
