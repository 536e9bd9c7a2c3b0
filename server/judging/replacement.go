package judging

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// Sits tells whether a seat judges a performance. Who has been replaced judges what had begun by then and what they have
// locked; who came instead judges the rest. So each turn has one of the two, and no sheet ever changes its judge.
func (j Judging) Sits(p Performance, seat Seat) bool {
	if p.away != nil {
		return !p.away[seat.AccountID]
	}
	if j.Sheet(p.ID, seat.AccountID).State == Locked {
		return true
	}
	if seat.LeftUs != 0 && (p.State == Planned || p.StartedUs >= seat.LeftUs) {
		return false
	}
	return j.reached(p, seat)
}

// reached tells whether a turn ever was a seat's to judge: who sat there before does not
// judge it, and could not have left it to somebody else.
func (j Judging) reached(p Performance, seat Seat) bool {
	for _, former := range j.Panel {
		if former.Number == seat.Replaces {
			return !j.Sits(p, former) && j.reached(p, former)
		}
	}
	return true
}

// away are the seats that do not judge a performance.
func (j Judging) away(p Performance) []int {
	seats := []int{}
	for _, seat := range j.Panel {
		if !j.Sits(p, seat) {
			seats = append(seats, seat.Number)
		}
	}
	return seats
}

// Replace seats another judge in the place of one. Who has given no mark gives the seat away while no turn is over. Later
// the newcomer has a seat of their own and judges the turns that are still to begin: the locked sheets stay those of the
// judge who made them, and nobody signs for another.
func (s *Service) Replace(ctx context.Context, contestID, roundID int64, seat int, accountID int64, reason string) error {
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		n := slices.IndexFunc(j.Panel, func(x Seat) bool { return x.Number == seat })
		switch {
		case n < 0:
			return fault.NothingHere
		case j.Panel[n].LeftUs != 0:
			return errHasLeft
		case j.Blind && accountID == j.BlindKeeper:
			return errKeeper
		}
		list, err := candidates(ctx, q, j.ContestID)
		if err != nil {
			return err
		}
		late, err := j.tooLate(ctx, q, j.Panel[n])
		if err != nil {
			return err
		}
		accounts := make([]int64, 0, len(j.Panel)+1)
		for i, x := range j.Panel {
			if i == n && !late {
				x.AccountID = accountID
			}
			accounts = append(accounts, x.AccountID)
		}
		if late {
			accounts = append(accounts, accountID)
		}
		if err := checkPanel(list, accounts, 0); err != nil {
			return err
		}
		name := list[slices.IndexFunc(list, func(c Candidate) bool { return c.AccountID == accountID })].Name
		c := Change{Kind: Replaced, Seat: seat, Before: j.Panel[n].Name, After: name, Reason: reason}
		if late {
			c = Change{Kind: Joined, Seat: len(j.Panel) + 1, Before: itoa(seat) + " (" + j.Panel[n].Name + ")", After: name, Reason: reason}
			if err := q.LeaveSeat(ctx, judgingdb.LeaveSeatParams{RoundID: roundID, Seat: int32(seat), LeftUs: s.nowUs(), Reason: reason}); err != nil {
				return err
			}
			err = q.JoinPanel(ctx, judgingdb.JoinPanelParams{RoundID: roundID, Seat: int32(c.Seat), AccountID: accountID, Replaces: int32(seat)})
		} else {
			err = q.ReplaceSeat(ctx, judgingdb.ReplaceSeatParams{RoundID: roundID, Seat: int32(seat), AccountID: accountID})
		}
		if err != nil {
			return err
		}
		if err := s.keepConflicts(ctx, q, j); err != nil {
			return err
		}
		return s.noteChange(ctx, tx, q, j, c)
	})
}

// tooLate tells whether a seat cannot pass to somebody else any more: it has marks, or a turn is over that who comes now
// has not seen.
func (j Judging) tooLate(ctx context.Context, q *judgingdb.Queries, seat Seat) (bool, error) {
	if slices.ContainsFunc(j.Performances, func(p Performance) bool { return p.State == Done && p.EntryID != 0 }) {
		return true, nil
	}
	return q.MarksOfSeat(ctx, judgingdb.MarksOfSeatParams{RoundID: j.RoundID, AccountID: seat.AccountID})
}

var (
	errHasLeft = conflict("judge_replaced",
		"Giám khảo này đã được thay và người thay đang chấm các lượt còn lại, nên không đổi được nữa. Các phiếu đã chốt vẫn nguyên.",
		"This judge has been replaced, and the other one judges the remaining turns, so this cannot be changed. Locked sheets are untouched.")
	errOtherTurn = fault.New(fault.Forbidden, "not_this_turn",
		"Lượt này do giám khảo trước hoặc người thay chấm, không phải của ghế này. Các phiếu khác vẫn nguyên.",
		"This turn belongs to the judge before or after this seat, not to it. Other sheets are untouched.")
	errHeadAbsent = conflict("head_absent",
		"Giám khảo này đang vắng nên không làm Trưởng ban được. Hãy chọn người có mặt.",
		"This judge is absent and cannot be the head. Choose one who is present.")
)
