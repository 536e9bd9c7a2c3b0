package roster

import (
	"context"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// EventKind says what happened to a registration or an entry.
type EventKind string

const (
	EventRegistered     EventKind = "registered"
	EventWaitlisted     EventKind = "waitlisted"
	EventMovedUp        EventKind = "moved_up"
	EventChanged        EventKind = "changed"
	EventApproved       EventKind = "approved"
	EventRejected       EventKind = "rejected"
	EventWithdrawn      EventKind = "withdrawn"
	EventRestored       EventKind = "restored"
	EventChangeAsked    EventKind = "change_asked"
	EventChangeAccepted EventKind = "change_accepted"
	EventChangeDeclined EventKind = "change_declined"
	EventDuplicateKept  EventKind = "duplicate_kept"
	EventAccountBound   EventKind = "account_bound"
	EventAccountUnbound EventKind = "account_unbound"
)

// Event is one line of the history of a registration or entry.
type Event struct {
	Kind        EventKind
	Reason      string
	ByOrganizer bool
	Who         string // an account's name; "" for the registrant. Not for registrants to read.
	At          time.Time
}

// note writes the same line into the histories of several registrations and entries; lists may be nil, pairs stand at the
// same place.
func note(ctx context.Context, q *rosterdb.Queries, contestID int64, kind EventKind, reason string, registrations, entries []int64) error {
	n := max(len(registrations), len(entries))
	if n == 0 {
		return nil
	}
	fill := func(ids []int64) []int64 { return append(append([]int64{}, ids...), make([]int64, n-len(ids))...) }
	return q.InsertEvents(ctx, rosterdb.InsertEventsParams{ContestID: contestID, Kind: string(kind), Reason: reason,
		ByOrganizer: account.From(ctx).AccountID != 0, AccountID: actor(ctx), RegistrationIds: fill(registrations), EntryIds: fill(entries)})
}

// history reads what happened, oldest first.
func (s *Service) history(ctx context.Context, registrationID, entryID int64) ([]Event, error) {
	rows, err := s.q.EventsOf(ctx, rosterdb.EventsOfParams{RegistrationID: registrationID, EntryID: entryID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = Event{Kind: EventKind(r.Kind), Reason: r.Reason, ByOrganizer: r.ByOrganizer, Who: r.Who, At: r.At}
	}
	return events, nil
}

// noteDuplicates keeps the pairs that the rules have found for an organizer to decide about.
func noteDuplicates(ctx context.Context, q *rosterdb.Queries, contestID, registrationID, entryID int64, found []Finding) error {
	var p rosterdb.InsertDuplicatesParams
	for _, f := range found {
		if f.Code != FoundDuplicate || f.EntryID == 0 && f.RegistrationID == 0 {
			continue
		}
		p.Likenesses = append(p.Likenesses, string(f.Likeness))
		p.OneRegistrations, p.OneEntries = append(p.OneRegistrations, f.RegistrationID), append(p.OneEntries, f.EntryID)
		p.OtherRegistrations, p.OtherEntries = append(p.OtherRegistrations, registrationID), append(p.OtherEntries, entryID)
	}
	if len(p.Likenesses) == 0 {
		return nil
	}
	p.ContestID = contestID
	return q.InsertDuplicates(ctx, p)
}
