package judging

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

func (s *Service) ask(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, r Request) error {
	who := account.From(ctx)
	for _, open := range j.Signing.Requests {
		if open.State == Asked && (open.Kind == Revoke) == (r.Kind == Revoke) && open.PerformanceID == r.PerformanceID && open.AccountID == r.AccountID {
			return errRequested
		}
	}
	p := judgingdb.AddRequestParams{RoundID: j.RoundID, Kind: string(r.Kind), Reason: r.Reason, Replaces: r.Replaces, Correction: r.Correction,
		AskedBy: who.AccountID, AskedName: who.Name, AskedUs: s.nowUs()}
	if r.PerformanceID != 0 {
		p.PerformanceID, p.AccountID = &r.PerformanceID, &r.AccountID
	}
	if r.Kind == Paper {
		body, _, err := canonicalMarks(r.Marks)
		if err != nil {
			return err
		}
		p.Marks = body
	}
	id, err := q.AddRequest(ctx, p)
	if err != nil {
		return err
	}
	return record(ctx, tx, j, "ask_"+string(r.Kind), map[string]any{"round": j.RoundID, "request": id, "performance": r.PerformanceID, "judge": r.AccountID, "reason": r.Reason})
}

// AskReopen asks that a locked sheet be opened again, with a reason: after a talk of the panel, or because the secretary
// found something. Nothing changes before a second person has confirmed it.
func (s *Service) AskReopen(ctx context.Context, contestID, roundID, performanceID int64, seat int, door Door, reason string) error {
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.changeUntilClosed(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		p, owner, err := j.sheetAt(performanceID, seat)
		if err != nil {
			return err
		}
		if err := j.mayAsk(account.From(ctx).AccountID, door, owner.AccountID); err != nil {
			return err
		}
		if j.Sheet(p.ID, owner.AccountID).State != Locked {
			return errNotLocked
		}
		return s.ask(ctx, tx, q, j, Request{Kind: Reopen, PerformanceID: p.ID, AccountID: owner.AccountID, Reason: reason})
	})
}

// AskPaper types in the marks of a paper sheet. They count once somebody else has typed the same.
func (s *Service) AskPaper(ctx context.Context, contestID, roundID, performanceID int64, seat int, marks []MarkValue, replaces bool, note string) error {
	note = tidy(note)
	if !fits(note, 0, maxReason) || replaces && !fits(note, 2, maxReason) {
		return errReason
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		p, owner, err := j.sheetAt(performanceID, seat)
		if err != nil {
			return err
		}
		if err := j.mayAsk(account.From(ctx).AccountID, Office, owner.AccountID); err != nil {
			return err
		}
		if err := j.checkPaper(p, owner, marks, replaces); err != nil {
			return err
		}
		return s.ask(ctx, tx, q, j, Request{Kind: Paper, PerformanceID: p.ID, AccountID: owner.AccountID, Reason: note, Marks: marks, Replaces: replaces})
	})
}

// AskRevoke asks that the signatures of a closed part be revoked. Once the contest's result is final it is a correction:
// the part is signed again, and the result goes out in a new revision.
func (s *Service) AskRevoke(ctx context.Context, contestID, roundID int64, door Door, correction bool, reason string) error {
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.changeAlways(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if err := j.mayAsk(account.From(ctx).AccountID, door, 0); err != nil {
			return err
		}
		if !j.Closed() {
			return errNotClosed
		}
		if err := s.mayRevoke(ctx, tx, j, correction); err != nil {
			return err
		}
		return s.ask(ctx, tx, q, j, Request{Kind: Revoke, Reason: reason, Correction: correction})
	})
}

// mayRevoke looks at the contest: a final result changes by a correction only, an archived one not at all. Nobody makes a
// result final before the transaction ends.
func (s *Service) mayRevoke(ctx context.Context, tx pgx.Tx, j Judging, correction bool) error {
	state, _, err := s.contests.HoldState(ctx, tx, j.ContestID)
	if err != nil {
		return err
	}
	switch {
	case state == contest.Archived:
		return errArchived
	case state == contest.Finalized && !correction:
		return errFinalResult
	}
	return nil
}

// sheetAt finds the sheet of a seat for a performance.
func (j Judging) sheetAt(performanceID int64, seat int) (Performance, Seat, error) {
	p, ok := j.Performance(performanceID)
	if !ok {
		return p, Seat{}, fault.NothingHere
	}
	for _, x := range j.Panel {
		if x.Number == seat {
			return p, x, nil
		}
	}
	return p, Seat{}, fault.NothingHere
}

// Confirm is the second person's act: it does what was asked for. Of paper, typed are the marks as this person reads
// them. Confirming what this person has confirmed already gives the same answer.
func (s *Service) Confirm(ctx context.Context, contestID, roundID, requestID int64, door Door, typed []MarkValue) error {
	return s.certainly(func() error {
		return s.changeAlways(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
			who := account.From(ctx)
			r, ok := j.Request(requestID)
			if !ok {
				return fault.NothingHere
			}
			if r.State == Confirmed && r.DecidedBy == who.AccountID {
				return nil
			}
			if err := j.mayConfirm(r, who.AccountID, door); err != nil {
				return err
			}
			if err := q.DecideRequest(ctx, judgingdb.DecideRequestParams{ID: r.ID, State: string(Confirmed), DecidedBy: who.AccountID, DecidedName: who.Name, DecidedUs: s.nowUs()}); err != nil {
				return err
			}
			if err := record(ctx, tx, j, "confirm_"+string(r.Kind), map[string]any{"round": roundID, "request": r.ID}); err != nil {
				return err
			}
			switch r.Kind {
			case Reopen:
				return s.reopen(ctx, q, j, r)
			case Paper:
				return s.takePaper(ctx, tx, q, j, r, typed)
			case Revoke:
				return s.revoke(ctx, tx, q, j, r)
			}
			return fault.NothingHere
		})
	})
}

// reopen gives a locked sheet back to its judge. A part that was checked has to be checked again.
func (s *Service) reopen(ctx context.Context, q *judgingdb.Queries, j Judging, r Request) error {
	if j.Closed() {
		return errClosed
	}
	sheet := j.Sheet(r.PerformanceID, r.AccountID)
	if sheet.State != Locked {
		return errNotLocked
	}
	if j.State() == PartChecked {
		if err := s.uncheck(ctx, q, j, r.Reason); err != nil {
			return err
		}
	}
	if _, err := q.EndSheetVersion(ctx, judgingdb.EndSheetVersionParams{SheetID: sheet.ID, EndedUs: s.nowUs(), EndedBy: r.ID}); err != nil {
		return err
	}
	if sheet.Paper {
		// Marks from paper stand above those of the device: it has to take the sheets over again to write above them.
		writer, err := q.NextWriter(ctx)
		if err != nil {
			return err
		}
		if err := q.SetSeatWriter(ctx, judgingdb.SetSeatWriterParams{RoundID: j.RoundID, AccountID: r.AccountID, Writer: writer}); err != nil {
			return err
		}
	}
	return q.ReopenSheet(ctx, sheet.ID)
}

// takePaper locks the sheet of a judge with the marks that two people have read from paper.
func (s *Service) takePaper(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, r Request, typed []MarkValue) error {
	switch j.State() {
	case PartClosed:
		return errClosed
	case PartChecked:
		return errChecked
	case PartOpen:
	}
	p, _ := j.Performance(r.PerformanceID)
	seat, ok := j.SeatOf(r.AccountID)
	if !ok {
		return fault.NothingHere
	}
	if err := j.checkPaper(p, seat, r.Marks, r.Replaces); err != nil {
		return err
	}
	if err := j.differs(r.Marks, typed); err != nil {
		return err
	}
	if err := q.CreateSheet(ctx, judgingdb.CreateSheetParams{PerformanceID: p.ID, AccountID: r.AccountID}); err != nil {
		return err
	}
	sheet, err := q.SheetOf(ctx, judgingdb.SheetOfParams{PerformanceID: p.ID, AccountID: r.AccountID})
	if err != nil {
		return err
	}
	writer, err := q.NextWriter(ctx)
	if err != nil {
		return err
	}
	now := s.nowUs()
	for i, m := range r.Marks {
		if err := q.AddMark(ctx, judgingdb.AddMarkParams{SheetID: sheet.ID, CriterionID: m.CriterionID, Writer: writer, Seq: int64(i + 1), Value: &m.Value, ReceivedUs: now}); err != nil {
			return err
		}
	}
	if err := q.LockPaperSheet(ctx, judgingdb.LockPaperSheetParams{ID: sheet.ID, LockedUs: now}); err != nil {
		return err
	}
	if err := addVersion(ctx, q, sheet.ID, r.Marks, now, r.ID); err != nil {
		return err
	}
	return record(ctx, tx, j, "paper_sheet", map[string]any{"round": j.RoundID, "performance": p.ID, "entry": p.EntryID, "judge": r.AccountID})
}

// revoke opens a closed part again. The signatures and the bytes under them stay, ended.
func (s *Service) revoke(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, r Request) error {
	if !j.Closed() {
		return errNotClosed
	}
	if err := s.mayRevoke(ctx, tx, j, r.Correction); err != nil {
		return err
	}
	if r.Correction {
		by, err := s.organizes(ctx, q, j.ContestID, r.AskedBy)
		if err != nil {
			return err
		}
		if !by && !account.From(ctx).Has(j.ContestID, account.RoleOrganizer) {
			return errFinalResult
		}
	}
	if _, err := q.EndSignatures(ctx, judgingdb.EndSignaturesParams{RoundID: j.RoundID, EndedUs: s.nowUs(), EndedName: account.From(ctx).Name, Reason: r.Reason, RequestID: &r.ID}); err != nil {
		return err
	}
	if err := q.ReopenJudgedRound(ctx, j.RoundID); err != nil {
		return err
	}
	return s.contests.SetRoundState(ctx, tx, j.RoundID, contest.RoundRunning)
}

// organizes tells whether an account is an organizer of the contest.
func (s *Service) organizes(ctx context.Context, q *judgingdb.Queries, contestID, accountID int64) (bool, error) {
	rows, err := q.RolesOf(ctx, contestID)
	if err != nil {
		return false, postgres.Fault(err)
	}
	for _, r := range rows {
		if r.ID == accountID && account.Role(r.Role) == account.RoleOrganizer {
			return true, nil
		}
	}
	return false, nil
}

// Refuse is the second person's no; nothing changes.
func (s *Service) Refuse(ctx context.Context, contestID, roundID, requestID int64, door Door) error {
	return s.decide(ctx, contestID, roundID, requestID, Refused, func(j Judging, r Request, who int64) error { return j.mayConfirm(r, who, door) })
}

// Withdraw takes an own request back.
func (s *Service) Withdraw(ctx context.Context, contestID, roundID, requestID int64) error {
	return s.decide(ctx, contestID, roundID, requestID, Withdrawn, func(_ Judging, r Request, who int64) error {
		switch {
		case r.State != Asked:
			return errDecided
		case r.AskedBy != who:
			return errNotAsker
		}
		return nil
	})
}

func (s *Service) decide(ctx context.Context, contestID, roundID, requestID int64, state RequestState, may func(j Judging, r Request, who int64) error) error {
	return s.changeAlways(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		who := account.From(ctx)
		r, ok := j.Request(requestID)
		if !ok {
			return fault.NothingHere
		}
		if err := may(j, r, who.AccountID); err != nil {
			return err
		}
		if err := q.DecideRequest(ctx, judgingdb.DecideRequestParams{ID: r.ID, State: string(state), DecidedBy: who.AccountID, DecidedName: who.Name, DecidedUs: s.nowUs()}); err != nil {
			return err
		}
		return record(ctx, tx, j, string(state), map[string]any{"round": roundID, "request": r.ID})
	})
}
