package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

// Phase says where the window for registration stands.
type Phase string

const (
	BeforeWindow Phase = "before"
	WindowOpen   Phase = "open"
	WindowClosed Phase = "closed"
)

func phaseOf(c contest.Contest, now time.Time) Phase {
	switch {
	case c.RegistrationOpen(now):
		return WindowOpen
	case (c.State == contest.Draft || c.State == contest.Open) && (c.RegistrationClosesAt == nil || now.Before(*c.RegistrationClosesAt)):
		return BeforeWindow
	}
	return WindowClosed
}

// ReceiptView tells a registrant how the registration stands and what can be done with it.
type ReceiptView struct {
	ContestSlug string              `json:"contest_slug"`
	ContestName string              `json:"contest_name"`
	Name        string              `json:"name"`
	UnitName    string              `json:"unit_name"`
	State       RegistrationState   `json:"state" enum:"pending,waitlisted,approved,rejected,withdrawn"`
	Reason      string              `json:"reason"`
	CreatedAt   time.Time           `json:"created_at"`
	Number      string              `json:"number" doc:"Candidate number, once approved"`
	EnterPath   string              `json:"enter_path" doc:"The personal link on this server, once approved"`
	InLine      int                 `json:"in_line" doc:"Place in the waiting list; 0: not in line"`
	CanChange   bool                `json:"can_change" doc:"By oneself"`
	CanAsk      bool                `json:"can_ask" doc:"By a request to the organizers"`
	CanWithdraw bool                `json:"can_withdraw"`
	Kind        Kind                `json:"kind" enum:"person,team"`
	Draft       DraftView           `json:"draft" doc:"As it stands now"`
	Fields      []Field             `json:"fields"`
	Changes     []ReceiptChangeView `json:"changes"`
	History     []ReceiptEventView  `json:"history"`
}

// ReceiptChangeView is a registrant's own request for a change.
type ReceiptChangeView struct {
	State       ChangeState      `json:"state" enum:"open,accepted,declined,withdrawn"`
	Note        string           `json:"note"`
	Reason      string           `json:"reason" doc:"Of the answer"`
	CreatedAt   time.Time        `json:"created_at"`
	DecidedAt   *time.Time       `json:"decided_at,omitempty"`
	Differences []DifferenceView `json:"differences"`
}

// DifferenceView is one value that would change.
type DifferenceView struct {
	Label  string `json:"label"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// ReceiptEventView is one line of the history as the registrant reads it: without who in the committee did it.
type ReceiptEventView struct {
	Kind        EventKind `json:"kind"`
	Reason      string    `json:"reason"`
	ByOrganizer bool      `json:"by_organizer"`
	At          time.Time `json:"at"`
}

func differenceViews(list []Difference, locale string) []DifferenceView {
	out := make([]DifferenceView, len(list))
	for i, d := range list {
		out[i] = DifferenceView{Label: pick(locale, d.Vi, d.En), Before: d.Before, After: d.After}
	}
	return out
}

func changeViews(changes []Change, locale string) []ReceiptChangeView {
	out := make([]ReceiptChangeView, len(changes))
	for i, c := range changes {
		out[i] = ReceiptChangeView{State: c.State, Note: c.Note, Reason: c.Reason, CreatedAt: c.CreatedAt, DecidedAt: c.DecidedAt,
			Differences: differenceViews(c.Differences, locale)}
	}
	return out
}

func receiptView(r Receipt, locale string) ReceiptView {
	view := ReceiptView{ContestSlug: r.Contest.Slug, ContestName: r.Contest.Name, Name: r.Name, UnitName: r.UnitName, State: r.State, Reason: r.Reason,
		CreatedAt: r.CreatedAt, Number: r.Number, InLine: r.InLine, CanChange: r.CanChange, CanAsk: r.CanAsk, CanWithdraw: r.CanWithdraw,
		Kind: Kind(r.Contest.EntryKind), Draft: draftView(r.Draft), Fields: notNil(r.Rules.Asked()), Changes: changeViews(r.Changes, locale), History: []ReceiptEventView{}}
	if r.Withdrawn {
		view.State = RegistrationWithdrawn
	}
	if r.Link != "" {
		view.EnterPath = EntryPath + "#" + r.Link
	}
	for _, e := range r.History {
		if e.Kind != EventDuplicateKept {
			view.History = append(view.History, ReceiptEventView{Kind: e.Kind, Reason: e.Reason, ByOrganizer: e.ByOrganizer, At: e.At})
		}
	}
	return view
}

type receiptIn struct {
	Body struct {
		Receipt string `json:"receipt" minLength:"10" maxLength:"64"`
	}
}

func receiptRoutes(api *web.API, s *Service) {
	type receiptOut struct{ Body ReceiptView }
	const path = "/api/audience/registration"
	look := func(ctx context.Context, receipt string, err error) (*receiptOut, error) {
		if err != nil {
			return nil, err
		}
		r, err := s.LookAtReceipt(ctx, receipt)
		if err != nil {
			return nil, err
		}
		return &receiptOut{Body: receiptView(r, account.From(ctx).Locale)}, nil
	}
	web.Handle(api, web.Op{ID: "look-at-registration", Method: http.MethodPost, Path: path, Summary: "How my registration stands"},
		func(ctx context.Context, in *receiptIn) (*receiptOut, error) { return look(ctx, in.Body.Receipt, nil) })
	web.Handle(api, web.Op{ID: "withdraw-registration", Method: http.MethodPost, Path: path + "/withdraw", Summary: "Take back a registration"},
		func(ctx context.Context, in *struct {
			Body struct {
				Receipt string `json:"receipt" minLength:"10" maxLength:"64"`
				Reason  string `json:"reason,omitempty" maxLength:"500"`
			}
		}) (*receiptOut, error) {
			return look(ctx, in.Body.Receipt, s.WithdrawRegistration(ctx, in.Body.Receipt, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "change-registration", Method: http.MethodPost, Path: path + "/change", Summary: "Change what I have registered, while the window is open", MaxBody: 64 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				DraftView
				Receipt string `json:"receipt" minLength:"10" maxLength:"64"`
			}
		}) (*receiptOut, error) {
			return look(ctx, in.Body.Receipt, s.ChangeRegistration(ctx, in.Body.Receipt, in.Body.draft()))
		})
	web.Handle(api, web.Op{ID: "ask-change", Method: http.MethodPost, Path: path + "/ask", Summary: "Ask the organizers for a change", MaxBody: 64 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				DraftView
				Receipt string `json:"receipt" minLength:"10" maxLength:"64"`
				Note    string `json:"note,omitempty" maxLength:"500"`
			}
		}) (*receiptOut, error) {
			return look(ctx, in.Body.Receipt, s.AskChange(ctx, in.Body.Receipt, in.Body.draft(), in.Body.Note))
		})
	web.Handle(api, web.Op{ID: "withdraw-change", Method: http.MethodPost, Path: path + "/ask/withdraw", Summary: "Take back my request for a change"},
		func(ctx context.Context, in *receiptIn) (*receiptOut, error) {
			return look(ctx, in.Body.Receipt, s.WithdrawChange(ctx, in.Body.Receipt))
		})
}
