package judging

import (
	"context"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// NewChange is a change of the running order on the night, with its reason. Judges and the hall see it at once.
type NewChange struct {
	Kind ChangeKind `json:"kind" enum:"move,last,leave_out,bring_back,add"`
	// PerformanceID is the turn that is changed; EntryID the entry that is added.
	PerformanceID int64  `json:"performance_id,omitempty" minimum:"0" doc:"0 only for add"`
	EntryID       int64  `json:"entry_id,omitempty" minimum:"0" doc:"Only for add"`
	To            int    `json:"to,omitempty" minimum:"0" maximum:"500" doc:"Only for move: the new place, from 1"`
	Reason        string `json:"reason" minLength:"2" maxLength:"500"`
}

// ChangeOrder changes the order of turns to come: one is moved, put last, left out of this part or brought back, or an
// entry is added at the end. Turns that have begun keep their places.
func (s *Service) ChangeOrder(ctx context.Context, contestID, roundID int64, n NewChange) error {
	reason, err := Reason(n.Reason)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		c := Change{Kind: n.Kind, Reason: reason}
		if n.Kind == Added {
			return s.addTurn(ctx, tx, q, j, n.EntryID, c)
		}
		p, ok := j.Performance(n.PerformanceID)
		if !ok || p.EntryID == 0 {
			return fault.NothingHere
		}
		if p.State != Planned {
			return errNotPlanned
		}
		shown, _ := j.For(0).Performance(p.ID)
		c.EntryID, c.Entry, c.Before = p.EntryID, shown.EntryName, strconv.Itoa(p.Position)
		switch n.Kind {
		case LeftOut, BroughtIn:
			if p.LeftOut == (n.Kind == LeftOut) {
				return errOrderSame
			}
			if err := q.LeaveOut(ctx, judgingdb.LeaveOutParams{ID: p.ID, LeftOut: n.Kind == LeftOut}); err != nil {
				return err
			}
			return s.noteChange(ctx, tx, q, j, c)
		case Moved, PutLast, Added, Redrawn, Replaced, Joined, Headed, WentAway, CameBack, TiesKnown, NamesHeld:
		}
		to, err := j.move(ctx, q, p, n)
		if err != nil {
			return err
		}
		c.After = strconv.Itoa(to)
		return s.noteChange(ctx, tx, q, j, c)
	})
}

// move gives a planned turn another place among those to come, and tells which.
func (j Judging) move(ctx context.Context, q *judgingdb.Queries, p Performance, n NewChange) (int, error) {
	var order []Performance
	first := 0
	for _, x := range j.Performances {
		if x.EntryID == 0 {
			continue
		}
		if x.State != Planned {
			first = len(order) + 1
		}
		order = append(order, x)
	}
	from := slices.IndexFunc(order, func(x Performance) bool { return x.ID == p.ID })
	to := n.To - 1
	if n.Kind == PutLast {
		to = len(order) - 1
	}
	if to < first || to >= len(order) {
		return 0, errOrderPlace
	}
	if to == from {
		return 0, errOrderSame
	}
	moved := slices.Insert(slices.Delete(slices.Clone(order), from, from+1), to, p)
	for i, x := range moved {
		if x.Position == order[i].Position {
			continue
		}
		// The places themselves stay: turns that belong to nobody may stand among them.
		if err := q.MovePerformance(ctx, judgingdb.MovePerformanceParams{ID: x.ID, Position: int32(order[i].Position), Title: x.Title}); err != nil {
			return 0, err
		}
	}
	return order[to].Position, nil
}

func (s *Service) addTurn(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, entryID int64, c Change) error {
	if err := j.mayOrder(ctx); err != nil {
		return err
	}
	numbers, err := entries(ctx, q, j.RoundID)
	if err != nil {
		return err
	}
	// What became of the others is no matter here: some have performed in another order, or withdrawn.
	before := j.turns()
	_, enters := numbers[entryID]
	switch {
	case len(before) >= maxPlaces:
		return errOrder.At("entry_id", "Thứ tự có tối đa 500 lượt.", "A running order has at most 500 turns.")
	case slices.ContainsFunc(before, func(t Turn) bool { return t.EntryID == entryID }):
		return errOrder.At("entry_id", "Đội, thí sinh này đã có trong thứ tự.", "This entry stands in the order already.")
	case !enters:
		return errOrder.At("entry_id", "Đội, thí sinh này không vào vòng này.", "This entry does not enter this round.")
	}
	turns := append(before, Turn{EntryID: entryID})
	if err := putOrder(ctx, q, j, turns); err != nil {
		return err
	}
	c.EntryID, c.After = entryID, strconv.Itoa(len(turns))
	return s.noteChange(ctx, tx, q, j, c)
}

// sameOrder tells whether turns are the order as it stands, apart from titles.
func (j Judging) sameOrder(turns []Turn) bool {
	return slices.EqualFunc(j.turns(), turns, func(a, b Turn) bool { return a.EntryID == b.EntryID })
}
