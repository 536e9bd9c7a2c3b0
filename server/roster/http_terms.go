package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

// FindingView is what the rules say, in the reader's language.
type FindingView struct {
	Code           string   `json:"code"`
	Severity       Severity `json:"severity" enum:"refuse,warn"`
	Field          string   `json:"field" doc:"JSON path in the draft; empty: the whole"`
	Text           string   `json:"text"`
	EntryID        int64    `json:"entry_id" doc:"The other one of a duplicate; 0: none"`
	RegistrationID int64    `json:"registration_id"`
}

func findingViews(found []Finding, locale string) []FindingView {
	out := make([]FindingView, len(found))
	for i, f := range found {
		out[i] = FindingView{Code: f.Code, Severity: f.Severity, Field: f.Field, Text: pick(locale, f.Vi, f.En), EntryID: f.EntryID, RegistrationID: f.RegistrationID}
	}
	return out
}

// EventView is one line of the history of a registration or entry.
type EventView struct {
	Kind        EventKind `json:"kind"`
	Reason      string    `json:"reason"`
	ByOrganizer bool      `json:"by_organizer"`
	Who         string    `json:"who"`
	At          time.Time `json:"at"`
}

func eventViews(events []Event) []EventView {
	out := make([]EventView, len(events))
	for i, e := range events {
		out[i] = EventView(e)
	}
	return out
}

// TermsView are a contest's registration rules with what their editor needs.
type TermsView struct {
	Terms
	Kind       Kind `json:"kind" enum:"person,team"`
	Changeable bool `json:"changeable"`
}

func termsRoutes(api *web.API, s *Service) {
	type termsOut struct{ Body TermsView }
	give := func(ctx context.Context, contestID int64, rules Rules, err error) (*termsOut, error) {
		if err != nil {
			return nil, err
		}
		c, err := s.contests.Get(ctx, contestID)
		if err != nil {
			return nil, err
		}
		return &termsOut{Body: TermsView{Terms: rules.Terms, Kind: rules.Kind, Changeable: changeable(c) == nil}}, nil
	}
	web.Handle(api, web.Op{ID: "get-registration-terms", Method: http.MethodGet, Path: base + "/registration-terms", Summary: "What a contest asks of those who register"},
		func(ctx context.Context, in *ContestIn) (*termsOut, error) {
			rules, err := s.Rules(ctx, in.Contest)
			return give(ctx, in.Contest, rules, err)
		})
	web.Handle(api, web.Op{ID: "set-registration-terms", Method: http.MethodPut, Path: base + "/registration-terms", Summary: "Set what a contest asks of those who register", MaxBody: 2 << 20},
		func(ctx context.Context, in *struct {
			ContestIn
			Body Terms
		}) (*termsOut, error) {
			rules, err := s.SetTerms(ctx, in.Contest, in.Body)
			return give(ctx, in.Contest, rules, err)
		})
}

// SideView is one of a pair in which the same person seems to stand twice.
type SideView struct {
	RegistrationID int64  `json:"registration_id" doc:"0: it did not come by registration"`
	EntryID        int64  `json:"entry_id" doc:"0: not an entry yet"`
	Number         string `json:"number"`
	Name           string `json:"name"`
	UnitName       string `json:"unit_name"`
	State          string `json:"state" enum:"active,withdrawn,pending,waitlisted,approved,rejected"`
}

// DuplicateView is a pair that nobody has decided about.
type DuplicateView struct {
	ID        int64     `json:"id"`
	Likeness  Likeness  `json:"likeness" enum:"citizen,phone,name_birth"`
	CreatedAt time.Time `json:"created_at"`
	One       SideView  `json:"one"`
	Other     SideView  `json:"other"`
}

// AfterIn pages through a list of a contest.
type AfterIn struct {
	ContestIn
	After int64 `query:"after" minimum:"0"`
}

func duplicateRoutes(api *web.API, s *Service) {
	type duplicatesOut struct {
		Body struct {
			Duplicates []DuplicateView `json:"duplicates"`
			Next       int64           `json:"next" doc:"after of the next page; 0: this is the last"`
		}
	}
	web.Handle(api, web.Op{ID: "list-duplicates", Method: http.MethodGet, Path: base + "/duplicates", Summary: "People who seem to have entered twice"},
		func(ctx context.Context, in *AfterIn) (*duplicatesOut, error) {
			list, next, err := s.Duplicates(ctx, in.Contest, in.After)
			out := &duplicatesOut{}
			out.Body.Next = next
			for _, d := range list {
				out.Body.Duplicates = append(out.Body.Duplicates, DuplicateView{ID: d.ID, Likeness: d.Likeness, CreatedAt: d.CreatedAt, One: SideView(d.One), Other: SideView(d.Other)})
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "decide-duplicate", Method: http.MethodPost, Path: base + "/duplicates/{duplicate}/decide", Summary: "Keep both of a pair, or take one out"},
		func(ctx context.Context, in *struct {
			ContestIn
			Duplicate int64 `path:"duplicate" minimum:"1"`
			Body      struct {
				Keep   Kept   `json:"keep" enum:"both,one,other"`
				Reason string `json:"reason" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.DecideDuplicate(ctx, in.Contest, in.Duplicate, in.Body.Keep, in.Body.Reason)
		})
}

// ChangeView is a registrant's request for a change, as organizers see it.
type ChangeView struct {
	ID             int64            `json:"id"`
	RegistrationID int64            `json:"registration_id"`
	EntryID        int64            `json:"entry_id"`
	Number         string           `json:"number"`
	Name           string           `json:"name"`
	UnitName       string           `json:"unit_name"`
	Note           string           `json:"note"`
	State          ChangeState      `json:"state" enum:"open,accepted,declined,withdrawn"`
	Reason         string           `json:"reason"`
	CreatedAt      time.Time        `json:"created_at"`
	DecidedAt      *time.Time       `json:"decided_at,omitempty"`
	Differences    []DifferenceView `json:"differences"`
}

func changeRoutes(api *web.API, s *Service) {
	type changesOut struct {
		Body struct {
			Changes []ChangeView `json:"changes"`
			Next    int64        `json:"next" doc:"after of the next page; 0: this is the last"`
		}
	}
	web.Handle(api, web.Op{ID: "list-changes", Method: http.MethodGet, Path: base + "/changes", Summary: "Requests for a change, oldest first"},
		func(ctx context.Context, in *struct {
			AfterIn
			State ChangeState `query:"state" enum:"open,accepted,declined,withdrawn"`
		}) (*changesOut, error) {
			list, next, err := s.Changes(ctx, in.Contest, in.State, in.After)
			out := &changesOut{}
			out.Body.Next = next
			for _, c := range list {
				out.Body.Changes = append(out.Body.Changes, ChangeView{ID: c.ID, RegistrationID: c.RegistrationID, EntryID: c.EntryID, Number: c.Number, Name: c.Name,
					UnitName: c.UnitName, Note: c.Note, State: c.State, Reason: c.Reason, CreatedAt: c.CreatedAt, DecidedAt: c.DecidedAt,
					Differences: differenceViews(c.Differences, account.From(ctx).Locale)})
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "answer-change", Method: http.MethodPost, Path: base + "/changes/{change}/answer", Summary: "Accept or decline a request for a change"},
		func(ctx context.Context, in *struct {
			ContestIn
			Change int64 `path:"change" minimum:"1"`
			Body   struct {
				Accept  bool   `json:"accept"`
				Reason  string `json:"reason,omitempty" maxLength:"500" doc:"Needed to decline"`
				Despite string `json:"despite,omitempty" maxLength:"500" doc:"Why it is taken although the rules refuse it"`
			}
		}) (*struct{}, error) {
			return nil, s.AnswerChange(ctx, in.Contest, in.Change, in.Body.Accept, in.Body.Reason, in.Body.Despite)
		})
}
