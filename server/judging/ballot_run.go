package judging

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// mayRun refuses acts of the office by those who vote, and outside the time of ballots.
func (s *Service) mayRun(ctx context.Context, tx pgx.Tx, book Book, b Ballot) error {
	c, err := s.contests.GetTx(ctx, tx, book.ContestID) // nobody finalizes meanwhile
	if err != nil {
		return err
	}
	if c.State != contest.Running && c.State != contest.Ended {
		return errBallotTime
	}
	me := account.From(ctx).AccountID
	if run, ok := b.Run(); ok {
		if _, votes := run.voter(me); votes {
			return errBallotVoterActs
		}
	} else if slices.ContainsFunc(book.seats, func(x judgingdb.BallotSeatsRow) bool { return x.AccountID == me && b.votes(x.RoundID) }) {
		return errBallotVoterActs
	}
	return nil
}

// OpenBallot opens a ballot, or opens it again among those who are tied. at is the run that stood on the screen (0: never
// opened): a second press opens nothing twice.
func (s *Service) OpenBallot(ctx context.Context, contestID, id int64, at int) error {
	return s.inBook(ctx, contestID, func(tx pgx.Tx, q *judgingdb.Queries, book Book) error {
		b, err := book.ballot(id)
		if err != nil {
			return err
		}
		if err := s.mayRun(ctx, tx, book, b); err != nil {
			return err
		}
		run, again := b.Run()
		if run.Number != at || b.State != BallotPlanned && b.State != BallotCounted {
			return errBallotMoved
		}
		places := b.Places
		var choices []int64
		if again {
			o := run.Outcome()
			if len(o.Tied) == 0 {
				return errBallotMoved
			}
			places, choices = o.Left, o.Tied
		} else if choices, err = s.choices(ctx, q, book, b); err != nil {
			return err
		}
		return s.openRun(ctx, tx, q, book, b, at+1, places, choices)
	})
}

// choices are the entries that a ballot is among.
func (s *Service) choices(ctx context.Context, q *judgingdb.Queries, book Book, b Ballot) (ids []int64, err error) {
	if slices.ContainsFunc(book.seats, func(x judgingdb.BallotSeatsRow) bool { return x.RoundID == b.RoundID && x.Hidden }) {
		return nil, errBlindBallot
	}
	if b.RoundID == 0 {
		ids, err = q.ContestEntries(ctx, book.ContestID)
	} else if ids, err = q.PerformingEntries(ctx, b.RoundID); err == nil && len(ids) == 0 {
		ids, err = q.EnteringEntries(ctx, b.RoundID)
	}
	switch {
	case err != nil:
		return nil, err
	case len(ids) < 2:
		return nil, errNoChoices
	case len(ids) > 200:
		return nil, errManyChoices
	}
	return ids, nil
}

func (s *Service) openRun(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, book Book, b Ballot, number, places int, choices []int64) error {
	voters, bars := map[int64]string{}, map[int64]bool{}
	for _, x := range book.seats {
		if b.votes(x.RoundID) && !x.Absent {
			voters[x.AccountID] = x.Name
		}
		if (b.votes(x.RoundID) || x.RoundID == b.RoundID) && ConflictRule(x.ConflictRule) == ConflictBarred {
			bars[x.AccountID] = true
		}
	}
	if len(voters) == 0 {
		return errNoVoters
	}
	if b.Head && !book.hasHead(b) {
		return errNoBallotHead
	}
	each := EachOf(b.VotesEach, len(choices))
	if err := q.AddBallotRun(ctx, judgingdb.AddBallotRunParams{BallotID: b.ID, Number: int32(number), Places: int32(places), VotesEach: int32(each),
		OpenedUs: s.nowUs(), OpenedName: account.From(ctx).Name}); err != nil {
		return err
	}
	for i, entry := range choices {
		if err := q.AddBallotChoice(ctx, judgingdb.AddBallotChoiceParams{BallotID: b.ID, Run: int32(number), EntryID: entry, Position: int32(i)}); err != nil {
			return err
		}
	}
	ids, barred := []int64{}, []int64{}
	for id, name := range voters {
		ids = append(ids, id)
		if bars[id] {
			barred = append(barred, id)
		}
		if err := q.AddBallotVoter(ctx, judgingdb.AddBallotVoterParams{BallotID: b.ID, Run: int32(number), AccountID: id, Name: name}); err != nil {
			return err
		}
	}
	ties, err := q.BallotTies(ctx, judgingdb.BallotTiesParams{ContestID: book.ContestID, Accounts: barred, Entries: choices})
	if err != nil {
		return err
	}
	for _, t := range ties {
		if err := q.AddBallotBar(ctx, judgingdb.AddBallotBarParams{BallotID: b.ID, Run: int32(number), AccountID: t.AccountID, EntryID: t.EntryID}); err != nil {
			return err
		}
	}
	if err := q.SetBallotState(ctx, judgingdb.SetBallotStateParams{ID: b.ID, State: string(BallotOpen)}); err != nil {
		return err
	}
	slices.Sort(ids)
	return audit.Append(ctx, tx, book.ContestID, "judging.ballot_open", map[string]any{"ballot": b.ID, "name": b.Name, "run": number, "entries": choices, "voters": ids})
}

// Vote is a judge's paper for a run.
type Vote struct {
	Run     int     `json:"run" minimum:"1"`
	Seen    int64   `json:"seen" minimum:"0" doc:"The paper's version that stood on the screen; another device may have changed it since"`
	Entries []int64 `json:"entries" maxItems:"10" doc:"Who is chosen; none: a blank vote"`
}

// CastVote stores the asking judge's paper. It replaces the one before until the ballot is closed. The same paper sent
// again is harmless: nothing that was acknowledged is ever lost, and nothing counts twice.
func (s *Service) CastVote(ctx context.Context, contestID, id int64, v Vote) error {
	me := account.From(ctx).AccountID
	slices.Sort(v.Entries)
	cast := func(_ pgx.Tx, q *judgingdb.Queries, book Book) error {
		b, err := book.ballot(id)
		if err != nil {
			return err
		}
		run, opened := b.Run()
		voter, votes := run.voter(me)
		switch {
		case !opened || b.State != BallotOpen || run.Number != v.Run:
			return errBallotClosed
		case !votes:
			return errNoVoter
		case voter.VotedUs != 0 && slices.Equal(voter.Paper, v.Entries):
			return nil
		case voter.Version != v.Seen:
			return errPaperMoved
		}
		if err := run.MayVote(voter, v.Entries); err != nil {
			return err
		}
		if err := q.DropPaper(ctx, judgingdb.DropPaperParams{BallotID: id, Run: int32(v.Run), AccountID: me}); err != nil {
			return err
		}
		for _, entry := range v.Entries {
			if err := q.AddBallotVote(ctx, judgingdb.AddBallotVoteParams{BallotID: id, Run: int32(v.Run), AccountID: me, EntryID: entry}); err != nil {
				return err
			}
		}
		return q.MarkVoted(ctx, judgingdb.MarkVotedParams{BallotID: id, Run: int32(v.Run), AccountID: me, VotedUs: s.nowUs()})
	}
	// The same paper twice is harmless, so a commit of which nothing is known is made sure of.
	return s.ballotsChanged(contestID, s.certainly(func() error { return s.turn(ctx, contestID, cast) }))
}

// CloseBallot closes the open run and counts it. While somebody has not voted that needs a reason. Where no head judge has
// to confirm and nobody is tied, the ballot is decided by it.
func (s *Service) CloseBallot(ctx context.Context, contestID, id int64, at int, reason string) error {
	reason = tidy(reason)
	return s.inBook(ctx, contestID, func(tx pgx.Tx, q *judgingdb.Queries, book Book) error {
		b, err := book.ballot(id)
		if err != nil {
			return err
		}
		if err := s.mayRun(ctx, tx, book, b); err != nil {
			return err
		}
		run, _ := b.Run()
		if b.State != BallotOpen || run.Number != at {
			return errBallotMoved
		}
		if run.voted() == len(run.Voters) {
			reason = ""
		} else if !fits(reason, 2, maxReason) {
			return errBallotReason
		}
		counts := map[int64]int{}
		for _, v := range run.Voters {
			for _, entry := range v.Paper {
				counts[entry]++
			}
		}
		last := &b.Runs[len(b.Runs)-1]
		for i := range last.Choices {
			c := &last.Choices[i]
			c.Votes = counts[c.EntryID]
			if err := q.CountBallotChoice(ctx, judgingdb.CountBallotChoiceParams{BallotID: id, Run: int32(at), EntryID: c.EntryID, Votes: int32(c.Votes)}); err != nil {
				return err
			}
		}
		if !b.Named {
			if err := q.MixPapers(ctx, judgingdb.MixPapersParams{BallotID: id, Run: int32(at)}); err != nil {
				return err
			}
		}
		if err := q.CloseBallotRun(ctx, judgingdb.CloseBallotRunParams{BallotID: id, Number: int32(at), ClosedUs: s.nowUs(), ClosedName: account.From(ctx).Name, Reason: reason}); err != nil {
			return err
		}
		if err := q.SetBallotState(ctx, judgingdb.SetBallotStateParams{ID: id, State: string(BallotCounted)}); err != nil {
			return err
		}
		if err := audit.Append(ctx, tx, contestID, "judging.ballot_close", map[string]any{"ballot": id, "name": b.Name, "run": at, "voted": run.voted(),
			"voters": len(run.Voters), "counts": last.tallies(), "reason": reason}); err != nil {
			return err
		}
		if b.Head || len(last.Outcome().Tied) > 0 {
			return nil
		}
		return s.decideBallot(ctx, tx, q, book, b, []int64{}, "")
	})
}

func (r BallotRun) tallies() []map[string]any {
	list := []map[string]any{}
	for _, c := range r.Choices {
		list = append(list, map[string]any{"entry": c.EntryID, "votes": c.Votes})
	}
	return list
}

// ConfirmBallot is the head judge's word that the count stands, or the answer to a tie: entries are chosen among the tied,
// with a reason; none of them: what is left is not given.
func (s *Service) ConfirmBallot(ctx context.Context, contestID, id int64, at int, entries []int64, reason string) error {
	reason = tidy(reason)
	return s.inBook(ctx, contestID, func(tx pgx.Tx, q *judgingdb.Queries, book Book) error {
		b, err := book.ballot(id)
		if err != nil {
			return err
		}
		run, _ := b.Run()
		switch {
		case !book.isHead(b, account.From(ctx).AccountID):
			return errBallotHead
		case b.State != BallotCounted || run.Number != at:
			return errBallotMoved
		}
		c, err := s.contests.GetTx(ctx, tx, contestID)
		if err != nil {
			return err
		}
		if c.State != contest.Running && c.State != contest.Ended {
			return errBallotTime
		}
		o := run.Outcome()
		if len(o.Tied) == 0 {
			if len(entries) > 0 {
				return errHeadsChoice
			}
			return s.decideBallot(ctx, tx, q, book, b, []int64{}, "")
		}
		slices.Sort(entries)
		if len(slices.Compact(slices.Clone(entries))) != len(entries) || len(entries) > o.Left ||
			slices.ContainsFunc(entries, func(x int64) bool { return !slices.Contains(o.Tied, x) }) {
			return errHeadsChoice
		}
		if !fits(reason, 2, maxReason) {
			return errReason
		}
		return s.decideBallot(ctx, tx, q, book, b, entries, reason)
	})
}

// CancelBallot ends a ballot that was opened without a prize, with a reason. What was counted stays to be read.
func (s *Service) CancelBallot(ctx context.Context, contestID, id int64, reason string) error {
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.inBook(ctx, contestID, func(tx pgx.Tx, q *judgingdb.Queries, book Book) error {
		b, err := book.ballot(id)
		if err != nil {
			return err
		}
		if err := s.mayRun(ctx, tx, book, b); err != nil {
			return err
		}
		if b.State != BallotOpen && b.State != BallotCounted {
			return errBallotMoved
		}
		run, _ := b.Run()
		at := s.nowUs()
		if run.ClosedUs == 0 {
			if err := q.MixPapers(ctx, judgingdb.MixPapersParams{BallotID: id, Run: int32(run.Number)}); err != nil {
				return err
			}
			if err := q.CloseBallotRun(ctx, judgingdb.CloseBallotRunParams{BallotID: id, Number: int32(run.Number), ClosedUs: at, ClosedName: account.From(ctx).Name, Reason: reason}); err != nil {
				return err
			}
		}
		if err := q.SetBallotState(ctx, judgingdb.SetBallotStateParams{ID: id, State: string(BallotCancelled), EndedUs: &at, EndedName: account.From(ctx).Name, Reason: reason}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "judging.ballot_cancel", map[string]any{"ballot": id, "name": b.Name, "run": run.Number, "reason": reason})
	})
}

// ballotSeqs asks for the versions of the ballots of some contests.
func (s *Service) ballotSeqs(ctx context.Context, ids []int64) (map[int64]int64, error) {
	rows, err := s.q.BallotSeqs(ctx, ids)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	seqs := map[int64]int64{}
	for _, r := range rows {
		seqs[r.ContestID] = r.Seq
	}
	return seqs, nil
}
