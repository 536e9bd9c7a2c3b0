package roster

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

var decisionEmpty = fault.New(fault.Invalid, "nothing_chosen",
	"Hãy chọn ít nhất một đăng ký và không quá 500.", "Choose at least one registration and no more than 500.")

// Decided is the outcome of a decision about several registrations.
type Decided struct {
	Entries []Entry // made of the approved ones
	Done    int
	// Skipped were decided by someone else in the meantime.
	Skipped int
	// Refused by the rules: they wait on until an organizer gives a reason to take them all the same.
	Refused []RefusedRegistration
	// MovedUp got the places that have become free.
	MovedUp int
}

// RefusedRegistration is one that the rules keep out.
type RefusedRegistration struct {
	ID       int64
	Name     string
	Findings []Finding
}

// maxDecided is how many registrations one decision may concern.
const maxDecided = 500

// Approve makes entries of registrations: candidate numbers in the order of registration, and codes. What the rules
// refuse is left, unless despite says why it is taken all the same.
func (s *Service) Approve(ctx context.Context, contestID int64, ids []int64, despite string) (Decided, error) {
	if len(ids) == 0 || len(ids) > maxDecided {
		return Decided{}, decisionEmpty
	}
	despite, err := despiteReason(despite)
	if err != nil {
		return Decided{}, err
	}
	var out Decided
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		rules, err := s.rulesOf(ctx, q, c)
		if err != nil {
			return err
		}
		drafts, err := s.undecided(ctx, q, contestID, rules, ids)
		if err != nil {
			return err
		}
		out = Decided{Skipped: len(ids) - len(drafts)}
		fit, err := s.fitting(ctx, q, c, rules, drafts, despite, &out)
		if err != nil {
			return err
		}
		if out.Entries, err = s.enter(ctx, tx, q, c, rules, fit, fromRegistration); err != nil {
			return err
		}
		if out.Done = len(out.Entries); out.Done == 0 {
			return nil
		}
		return s.approved(ctx, tx, q, contestID, fit, out.Entries, despite)
	})
	return out, err
}

// undecided locks the registrations that can still be decided and makes drafts of them, in the order of registration.
func (s *Service) undecided(ctx context.Context, q *rosterdb.Queries, contestID int64, rules Rules, ids []int64) ([]weighed, error) {
	rows, err := q.LockUndecided(ctx, rosterdb.LockUndecidedParams{ContestID: contestID, Ids: ids})
	if err != nil {
		return nil, err
	}
	there := make([]int64, len(rows)) // an id may be another contest's: its people are not to be read
	for i, r := range rows {
		there[i] = r.ID
	}
	people, err := s.registrantsOf(ctx, q, contestID, there)
	if err != nil {
		return nil, err
	}
	drafts := make([]weighed, len(rows))
	for i, r := range rows {
		drafts[i] = weighed{RegistrationID: r.ID, Draft: Draft{DivisionID: r.DivisionID, UnitID: deref(r.UnitID), UnitName: r.UnitName, Name: r.Name,
			Members: people[r.ID], Phone: r.Phone, Email: r.Email}.Clean(rules)}
	}
	return drafts, nil
}

// fitting parts what may enter from what the rules refuse.
func (s *Service) fitting(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, drafts []weighed, despite string, out *Decided) ([]weighed, error) {
	rules.WaitingList = false
	found, err := s.weigh(ctx, q, c, rules, drafts, false)
	if err != nil {
		return nil, err
	}
	var fit []weighed
	for i, w := range drafts {
		w.Findings = found[i]
		if Refused(found[i]) && despite == "" {
			out.Refused = append(out.Refused, RefusedRegistration{ID: w.RegistrationID, Name: w.Draft.Name, Findings: found[i]})
			continue
		}
		fit = append(fit, w)
	}
	return fit, nil
}

func (s *Service) approved(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID int64, fit []weighed, entries []Entry, despite string) error {
	var registrations, entryIDs []int64
	for i, e := range entries {
		var unitID *int64
		if e.UnitID != 0 {
			unitID = &e.UnitID
		}
		err := q.ApproveRegistration(ctx, rosterdb.ApproveRegistrationParams{ID: fit[i].RegistrationID, EntryID: &e.ID, UnitID: unitID, DecidedBy: actor(ctx)})
		if err != nil {
			return fmt.Errorf("approve registration: %w", err)
		}
		registrations, entryIDs = append(registrations, fit[i].RegistrationID), append(entryIDs, e.ID)
	}
	if err := note(ctx, q, contestID, EventApproved, despite, registrations, entryIDs); err != nil {
		return err
	}
	if err := s.tellApproved(ctx, tx, q, contestID, fit, entries); err != nil {
		return err
	}
	return record(ctx, tx, contestID, "approve", withReason(map[string]any{"registrations": registrations, "numbers": numbersOf(entries)}, despite))
}

// Reject turns registrations down with a reason that the registrants can read.
func (s *Service) Reject(ctx context.Context, contestID int64, ids []int64, reason string) (Decided, error) {
	if len(ids) == 0 || len(ids) > maxDecided {
		return Decided{}, decisionEmpty
	}
	reason, err := checkReason(reason)
	if err != nil {
		return Decided{}, err
	}
	var out Decided
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		done, err := s.reject(ctx, tx, q, contestID, ids, reason)
		if err != nil {
			return err
		}
		out = Decided{Done: len(done), Skipped: len(ids) - len(done)}
		if len(done) > 0 {
			out.MovedUp, err = s.fillPlaces(ctx, tx, q, c)
		}
		return err
	})
	return out, err
}

func (s *Service) reject(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID int64, ids []int64, reason string) ([]int64, error) {
	done, err := q.RejectRegistrations(ctx, rosterdb.RejectRegistrationsParams{ContestID: contestID, Ids: ids, Reason: reason, DecidedBy: actor(ctx)})
	if err != nil || len(done) == 0 {
		return nil, err
	}
	if err := note(ctx, q, contestID, EventRejected, reason, done, nil); err != nil {
		return nil, err
	}
	if err := closeChanges(ctx, q, contestID, "Khép lại vì đăng ký đã bị từ chối.", done, nil); err != nil {
		return nil, err
	}
	if err := s.tellOf(ctx, tx, q, contestID, done, News{Kind: NewsRejected, Reason: reason}); err != nil {
		return nil, err
	}
	return done, record(ctx, tx, contestID, "reject", map[string]any{"registrations": done})
}

// tellOf tells the registrants of some registrations the same news.
func (s *Service) tellOf(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID int64, ids []int64, news News) error {
	if s.onNews == nil {
		return nil
	}
	rows, err := q.Addresses(ctx, rosterdb.AddressesParams{ContestID: contestID, Ids: ids})
	if err != nil {
		return err
	}
	all := make([]News, len(rows))
	for i, r := range rows {
		all[i] = news
		all[i].ContestID, all[i].RegistrationID, all[i].Email, all[i].Name = contestID, r.ID, r.Email, r.Name
	}
	return s.tell(ctx, tx, all...)
}
