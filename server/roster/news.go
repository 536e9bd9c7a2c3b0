package roster

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// NewsKind says what those concerned are to hear of.
type NewsKind string

const (
	NewsRegistered     NewsKind = "registered"
	NewsApproved       NewsKind = "approved"
	NewsRejected       NewsKind = "rejected"
	NewsWaitlisted     NewsKind = "waitlisted"
	NewsMovedUp        NewsKind = "moved_up"
	NewsChangeAnswered NewsKind = "change_answered"
)

// News is an act that the registrant should hear of. Receipt and Link are secrets: they must not be stored in the clear.
type News struct {
	Kind           NewsKind
	ContestID      int64
	RegistrationID int64
	EntryID        int64
	Email          string
	Name           string
	Number         string
	Reason         string
	Locale         string // of the registrant, when they act themselves
	Receipt        string // the status page's secret
	Link           string // the personal link's token
}

// OnNews is told of acts within their transaction, so that a letter is queued when the act is kept, and only then.
// Without it, or without an address, nobody is told: no step needs it.
func (s *Service) OnNews(f func(ctx context.Context, tx pgx.Tx, n News) error) { s.onNews = f }

func (s *Service) tell(ctx context.Context, tx pgx.Tx, all ...News) error {
	if s.onNews == nil {
		return nil
	}
	for _, n := range all {
		if n.Email == "" {
			continue
		}
		if account.From(ctx).AccountID == 0 {
			n.Locale = account.From(ctx).Locale
		}
		if err := s.onNews(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// tellApproved hides the names that are not to be published, and tells those approved how to come in.
func (s *Service) tellApproved(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID int64, drafts []weighed, entries []Entry) error {
	ids := make([]int64, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	if err := q.HideAsRefused(ctx, rosterdb.HideAsRefusedParams{ContestID: contestID, Ids: ids}); err != nil || s.onNews == nil {
		return err
	}
	rows, err := q.SecretsOf(ctx, rosterdb.SecretsOfParams{ContestID: contestID, Ids: ids})
	if err != nil {
		return err
	}
	links := make(map[int64]string, len(rows))
	for _, r := range rows {
		if links[r.ID], err = s.secrets.opened("link", contestID, r.LinkSealed); err != nil {
			return err
		}
	}
	for i, e := range entries {
		err := s.tell(ctx, tx, News{Kind: NewsApproved, ContestID: contestID, RegistrationID: drafts[i].RegistrationID, EntryID: e.ID,
			Email: drafts[i].Draft.Email, Name: e.Name, Number: e.Number, Link: links[e.ID]})
		if err != nil {
			return err
		}
	}
	return nil
}

// OnLook is told when an account looks at an entry's personal data.
func (s *Service) OnLook(f func(ctx context.Context, contestID, entryID int64) error) { s.onLook = f }

// Look is Detail for somebody who reads it: that they did is noted, for the person to see.
func (s *Service) Look(ctx context.Context, contestID, entryID int64) (Detailed, error) {
	d, err := s.Detail(ctx, contestID, entryID)
	if err != nil || s.onLook == nil {
		return d, err
	}
	return d, s.onLook(ctx, contestID, entryID)
}
