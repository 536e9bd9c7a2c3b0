package judging

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Claim makes the asking device the one that may write the judge's sheets of a round, and gives its number. Devices
// with a lower number are refused from now on; what they had saved stays.
func (s *Service) Claim(ctx context.Context, contestID, roundID int64) (writer int64, err error) {
	judge := account.From(ctx).AccountID
	err = s.changeUntilClosed(ctx, contestID, roundID, func(_ pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if _, ok := j.SeatOf(judge); !ok {
			return errNotOnPanel
		}
		var err error
		writer, err = q.ClaimSeat(ctx, judgingdb.ClaimSeatParams{RoundID: roundID, AccountID: judge})
		return err
	})
	return writer, err
}

// NewMark is a mark on its way from a judge's device. (Writer, Seq) is its key: sending the same again is harmless.
type NewMark struct {
	PerformanceID int64
	CriterionID   int64
	Writer        int64
	Seq           int64
	// Value nil takes the mark back.
	Value *int64
	// ReceivedUs is when the server read it.
	ReceivedUs int64
}

// Mark stores a mark of the asking judge and gives the time under which it is stored: when it returns without a
// fault, the mark is committed. The same mark sent again gets the same answer, also after the lock or the close.
func (s *Service) Mark(ctx context.Context, contestID, roundID int64, m NewMark) (storedUs int64, err error) {
	judge := account.From(ctx).AccountID
	err = s.certainly(func() error {
		stored, found, err := s.storedMark(ctx, judge, m)
		if err != nil {
			return err
		}
		if found {
			storedUs = stored.ReceivedUs
			return sameMark(stored, m)
		}
		storedUs = m.ReceivedUs
		refused := s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
			return s.addMark(ctx, tx, q, j, judge, m)
		})
		if refused == nil || postgres.IsUnknownCommit(refused) {
			return refused
		}
		// The same mark may have come twice at once, and the other one was first: then it is stored.
		if stored, found, err = s.storedMark(ctx, judge, m); err == nil && found {
			storedUs = stored.ReceivedUs
			return sameMark(stored, m)
		}
		return refused
	})
	return storedUs, err
}

func (s *Service) storedMark(ctx context.Context, judge int64, m NewMark) (judgingdb.Mark, bool, error) {
	row, err := s.q.MarkByKey(ctx, judgingdb.MarkByKeyParams{PerformanceID: m.PerformanceID, AccountID: judge,
		CriterionID: m.CriterionID, Writer: m.Writer, Seq: m.Seq})
	if errors.Is(err, pgx.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, postgres.Fault(err)
}

func sameMark(stored judgingdb.Mark, m NewMark) error {
	if (stored.Value == nil) != (m.Value == nil) || stored.Value != nil && *stored.Value != *m.Value {
		return errMarkConflict
	}
	return nil
}

func (s *Service) addMark(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, judge int64, m NewMark) error {
	p, err := j.mayMark(judge, m.PerformanceID, m.Writer)
	if err != nil {
		return err
	}
	c, ok := j.Criterion(m.CriterionID)
	if !ok {
		return fault.NothingHere
	}
	if m.Seq <= 0 || m.Value != nil && c.CheckMark(*m.Value) != nil {
		return errMark
	}
	if p.State == Planned {
		if err := s.openFreely(ctx, tx, q, j, p); err != nil {
			return err
		}
	}
	if err := q.CreateSheet(ctx, judgingdb.CreateSheetParams{PerformanceID: p.ID, AccountID: judge}); err != nil {
		return err
	}
	sheet, err := q.SheetOf(ctx, judgingdb.SheetOfParams{PerformanceID: p.ID, AccountID: judge})
	if err != nil {
		return err
	}
	if err := q.AddMark(ctx, judgingdb.AddMarkParams{SheetID: sheet.ID, CriterionID: c.ID, Writer: m.Writer, Seq: m.Seq,
		Value: m.Value, ReceivedUs: m.ReceivedUs}); err != nil {
		return err
	}
	return q.TouchSheet(ctx, judgingdb.TouchSheetParams{ID: sheet.ID, Writer: m.Writer})
}

// openFreely begins a performance with its first mark, where judges may choose: it counts as over, its clock never ran.
// The secretary may still bring it on stage. What ties judges to the entry is kept as when a stage begins it.
func (s *Service) openFreely(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error {
	state, _, err := s.contests.HoldState(ctx, tx, j.ContestID)
	if err != nil {
		return err
	}
	if state != contest.Running {
		return errContestNotRunning
	}
	if gaps := j.SetUpGaps(); len(gaps) > 0 {
		return withGaps(errNotReady, gaps)
	}
	if !j.Started() {
		if err := s.contests.SetRoundState(ctx, tx, j.RoundID, contest.RoundRunning); err != nil {
			return err
		}
	}
	if err := s.keepConflicts(ctx, q, j, p.ID); err != nil {
		return err
	}
	if err := q.OpenFreely(ctx, p.ID); err != nil {
		return err
	}
	return record(ctx, tx, j, "open_freely", map[string]any{"round": j.RoundID, "performance": p.ID, "entry": p.EntryID})
}

// markedFreely tells whether the performance has begun by a judge's mark and was never on stage.
func (p Performance) markedFreely() bool { return p.State == Done && p.StartedUs == 0 }

// mayMark tells whether the judge's device may write the sheet of a performance.
func (j Judging) mayMark(judge, performanceID, writer int64) (Performance, error) {
	seat, ok := j.SeatOf(judge)
	if !ok {
		return Performance{}, errNotOnPanel
	}
	p, ok := j.Performance(performanceID)
	switch {
	case !ok:
		return p, fault.NothingHere
	case j.Sheet(p.ID, judge).State == Locked:
		return p, errSheetLocked
	case !j.Sits(p, seat) && !seat.Absent:
		return p, errOtherTurn
	case j.Barred(p, judge):
		return p, errBarred
	case writer <= 0 || writer > seat.Writer:
		return p, errWriter
	case writer < seat.Writer:
		return p, errSuperseded
	case seat.Absent:
		return p, errAbsent
	case p.State == Planned && (j.Conduct.Choosing != Freely || p.Calibration || p.Withdrawn):
		return p, errNotBegun
	}
	return p, nil
}

// Lock makes the asking judge's sheet final. d.Marks are those on the judge's screen: what is locked is what was
// seen, or nothing. Locking a locked sheet again with the same marks gives the same answer; a sheet that was opened again
// since is not locked by an act from before.
func (s *Service) Lock(ctx context.Context, contestID, roundID int64, d LockSheetData) (lockedUs int64, err error) {
	judge := account.From(ctx).AccountID
	err = s.certainly(func() error {
		// Read before the gate: after the close a repeated lock is still answered.
		j, err := s.Get(ctx, contestID, roundID)
		if err != nil {
			return err
		}
		if sheet := j.Sheet(d.PerformanceID, judge); sheet.State == Locked {
			lockedUs = sheet.LockedUs
			return sheet.matches(d.Marks)
		}
		return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
			// A device that heard no answer asks again while its first lock is still on the way.
			if sheet := j.Sheet(d.PerformanceID, judge); sheet.State == Locked {
				lockedUs = sheet.LockedUs
				return sheet.matches(d.Marks)
			}
			p, err := j.mayMark(judge, d.PerformanceID, d.Writer)
			if err != nil {
				return err
			}
			if d.Reopened != len(j.Versions(p.ID, judge)) {
				return errSheetReopened
			}
			sheet := j.Sheet(p.ID, judge)
			if err := sheet.matches(d.Marks); err != nil {
				return err
			}
			_, total, missing := j.Rubric().Total(sheet.Values(), j.Rules.Combining.Decimals)
			if missing > 0 {
				return errSheetIncomplete
			}
			lockedUs = s.nowUs()
			if err := q.LockSheet(ctx, judgingdb.LockSheetParams{ID: sheet.ID, LockedUs: lockedUs, Writer: d.Writer}); err != nil {
				return err
			}
			if err := addVersion(ctx, q, sheet.ID, d.Marks, lockedUs, 0); err != nil {
				return err
			}
			return record(ctx, tx, j, "lock_sheet", map[string]any{"round": roundID, "performance": p.ID, "entry": p.EntryID,
				"judge": judge, "total": total})
		})
	})
	return lockedUs, err
}

// matches tells whether the marks of the sheet are those that were seen.
func (s Sheet) matches(seen []MarkValue) error {
	if len(seen) != len(s.Marks) {
		return errSheetDiffers
	}
	for i, v := range seen {
		m, ok := s.Marks[v.CriterionID]
		if !ok || m.Value != v.Value || slices.ContainsFunc(seen[:i], func(w MarkValue) bool { return w.CriterionID == v.CriterionID }) {
			return errSheetDiffers
		}
	}
	return nil
}

// certainly runs an act that may safely be run again until it is known whether it was committed.
func (s *Service) certainly(act func() error) error {
	const tries = 3
	var err error
	for range tries {
		if err = act(); !postgres.IsUnknownCommit(err) {
			return err
		}
	}
	return err
}
