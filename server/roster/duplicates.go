package roster

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// Duplicate is a pair in which the same person seems to stand twice.
type Duplicate struct {
	ID         int64
	Likeness   Likeness
	CreatedAt  time.Time
	One, Other Side
}

// Side is one of a pair: an entry, or a registration that waits.
type Side struct {
	RegistrationID int64 // 0: it did not come by registration
	EntryID        int64 // 0: not an entry yet
	Number         string
	Name           string
	UnitName       string
	State          string
}

// Duplicates lists the pairs that nobody has decided about.
func (s *Service) Duplicates(ctx context.Context, contestID, after int64) ([]Duplicate, int64, error) {
	rows, err := s.q.OpenDuplicates(ctx, rosterdb.OpenDuplicatesParams{ContestID: contestID, After: after, Most: PageSize + 1})
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	next := int64(0)
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		next = rows[PageSize-1].ID
	}
	out := make([]Duplicate, len(rows))
	for i, r := range rows {
		out[i] = duplicate(r)
	}
	return out, next, nil
}

func duplicate(r rosterdb.OpenDuplicatesRow) Duplicate {
	number := func(n int32) string {
		if n == 0 {
			return ""
		}
		return NumberText(int(n))
	}
	return Duplicate{ID: r.ID, Likeness: Likeness(r.Likeness), CreatedAt: r.CreatedAt,
		One:   Side{RegistrationID: r.OneRegistration, EntryID: r.OneEntry, Number: number(r.OneNumber), Name: r.OneName, UnitName: r.OneUnit, State: r.OneState},
		Other: Side{RegistrationID: r.OtherRegistration, EntryID: r.OtherEntry, Number: number(r.OtherNumber), Name: r.OtherName, UnitName: r.OtherUnit, State: r.OtherState}}
}

// Kept says who of a pair stays.
type Kept string

const (
	KeepBoth  Kept = "both"
	KeepOne   Kept = "one"
	KeepOther Kept = "other"
)

// DecideDuplicate keeps both of a pair, or takes one out: a registration is rejected, an entry withdrawn.
func (s *Service) DecideDuplicate(ctx context.Context, contestID, id int64, keep Kept, reason string) error {
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	var out Side
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		rows, err := q.OpenDuplicates(ctx, rosterdb.OpenDuplicatesParams{ContestID: contestID, ID: id, Most: 1})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.NothingHere
		}
		if err := changeable(c); err != nil {
			return err
		}
		pair := duplicate(rows[0])
		if keep == KeepBoth {
			return s.keepBoth(ctx, tx, q, contestID, pair, reason)
		}
		if out = pair.One; keep == KeepOne {
			out = pair.Other
		}
		if out.EntryID != 0 {
			return s.setStateIn(ctx, tx, q, c, out.EntryID, EntryWithdrawn, reason, "withdraw")
		}
		if _, err := s.reject(ctx, tx, q, contestID, []int64{out.RegistrationID}, reason); err != nil {
			return err
		}
		_, err = s.fillPlaces(ctx, tx, q, c)
		return err
	})
	if err != nil || out.EntryID == 0 {
		return err
	}
	return postgres.Fault(s.accounts.EndEntrySessions(ctx, out.EntryID, 0))
}

func (s *Service) keepBoth(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID int64, pair Duplicate, reason string) error {
	n, err := q.KeepDuplicate(ctx, rosterdb.KeepDuplicateParams{ID: pair.ID, ContestID: contestID, Reason: reason, DecidedBy: actor(ctx)})
	if err != nil || n == 0 {
		return err
	}
	for _, side := range []Side{pair.One, pair.Other} {
		if err := note(ctx, q, contestID, EventDuplicateKept, reason, []int64{side.RegistrationID}, []int64{side.EntryID}); err != nil {
			return err
		}
	}
	return record(ctx, tx, contestID, "keep_duplicate", map[string]any{"duplicate": pair.ID})
}
