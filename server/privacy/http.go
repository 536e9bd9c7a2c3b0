package privacy

import (
	"bytes"
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

// A person is known here in two ways: by the secret that was given at registration, or by a device that is signed in as
// the entry. Both may do the same, with one difference: a device may be somebody else's for a moment, so that the code is
// asked for again before a citizen number is shown in full.

// ReceiptIn carries the secret of a registration. It stands in the body, where no log sees it.
type ReceiptIn struct {
	Receipt string `json:"receipt" minLength:"10" maxLength:"64"`
}

type ownOut struct{ Body OwnView }

// Routes registers the operations of personal data.
func Routes(api *web.API, s *Service) {
	registrantRoutes(api, s)
	contestantRoutes(api, s)
	organizerRoutes(api, s)
}

func (s *Service) shown(ctx context.Context, who roster.Who, full bool) (*ownOut, error) {
	own, err := s.Look(ctx, who)
	if err != nil {
		return nil, err
	}
	return &ownOut{Body: own.view(account.From(ctx).Locale, full)}, nil
}

func (s *Service) download(ctx context.Context, who roster.Who, format string, full bool) (*web.Download, error) {
	own, err := s.Look(ctx, who)
	if err != nil {
		return nil, err
	}
	locale := account.From(ctx).Locale
	v := own.view(locale, full)
	if format == "pdf" {
		body, err := writePDF(v, locale, zoneOf(own.Contest.TimeZone))
		if err != nil {
			return nil, err
		}
		return web.NewDownload("du-lieu-ca-nhan-"+v.ContestSlug+".pdf", web.PDF, body), nil
	}
	var b bytes.Buffer
	if err := writeJSON(&b, v); err != nil {
		return nil, err
	}
	return web.NewDownload("du-lieu-ca-nhan-"+v.ContestSlug+".json", "application/json", b.Bytes()), nil
}

// decide changes an answer; the evidence is how this person was seen to do it.
func (s *Service) decide(ctx context.Context, who roster.Who, purpose string, given bool, agent string) error {
	return s.roster.Decide(ctx, who, purpose, given, roster.Evidence{Method: roster.ByOwnPage, Agent: agent})
}

func registrantRoutes(api *web.API, s *Service) {
	const base = "/api/audience/my-data"
	web.Handle(api, web.Op{ID: "look-at-my-data-by-receipt", Method: http.MethodPost, Path: base, Summary: "All that is known of me, by my registration's secret", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				ReceiptIn
				Full bool `json:"full,omitempty" doc:"Show citizen numbers as they are"`
			}
		}) (*ownOut, error) {
			who, err := s.roster.WhoByReceipt(ctx, in.Body.Receipt)
			if err != nil {
				return nil, err
			}
			return s.shown(ctx, who, in.Body.Full)
		})
	web.Handle(api, web.Op{ID: "decide-by-receipt", Method: http.MethodPost, Path: base + "/consent", Summary: "Change an answer to an optional purpose", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			UserAgent string `header:"User-Agent" maxLength:"1000"`
			Body      struct {
				ReceiptIn
				Purpose string `json:"purpose" maxLength:"40"`
				Given   bool   `json:"given"`
			}
		}) (*ownOut, error) {
			who, err := s.roster.WhoByReceipt(ctx, in.Body.Receipt)
			if err != nil {
				return nil, err
			}
			if err := s.decide(ctx, who, in.Body.Purpose, in.Body.Given, in.UserAgent); err != nil {
				return nil, err
			}
			return s.shown(ctx, who, false)
		})
	web.Handle(api, web.Op{ID: "ask-by-receipt", Method: http.MethodPost, Path: base + "/requests", Summary: "Ask something about my data", MaxBody: 16 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				ReceiptIn
				AskView
			}
		}) (*ownOut, error) {
			who, err := s.roster.WhoByReceipt(ctx, in.Body.Receipt)
			if err != nil {
				return nil, err
			}
			if err := s.Ask(ctx, who, in.Body.Kind, in.Body.Words); err != nil {
				return nil, err
			}
			return s.shown(ctx, who, false)
		})
	web.Handle(api, web.Op{ID: "cancel-request-by-receipt", Method: http.MethodPost, Path: base + "/requests/{request}/cancel", Summary: "Take a request back", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			Request int64 `path:"request" minimum:"1"`
			Body    ReceiptIn
		}) (*ownOut, error) {
			who, err := s.roster.WhoByReceipt(ctx, in.Body.Receipt)
			if err != nil {
				return nil, err
			}
			if err := s.Cancel(ctx, who, in.Request); err != nil {
				return nil, err
			}
			return s.shown(ctx, who, false)
		})
	web.Handle(api, web.Op{ID: "export-my-data-by-receipt", Method: http.MethodPost, Path: base + "/export", Summary: "Take my data along", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				ReceiptIn
				Format string `json:"format" enum:"json,pdf"`
			}
		}) (*web.Download, error) {
			who, err := s.roster.WhoByReceipt(ctx, in.Body.Receipt)
			if err != nil {
				return nil, err
			}
			return s.download(ctx, who, in.Body.Format, true)
		})
}

// AskView is a request in the making.
type AskView struct {
	Kind  Kind   `json:"kind" enum:"see,correct,withdraw,export,erase"`
	Words string `json:"words,omitempty" maxLength:"1000"`
}

// CodeIn carries the entry's code, to show what is masked.
type CodeIn struct {
	Code string `json:"code,omitempty" maxLength:"60" doc:"The entry's code: shows citizen numbers as they are"`
}

func contestantRoutes(api *web.API, s *Service) {
	const base = "/api/contestant/my-data"
	me := func(ctx context.Context) (roster.Who, error) {
		e := account.From(ctx).Entry
		if e == nil {
			return roster.Who{}, fault.NothingHere
		}
		return s.roster.WhoByEntry(ctx, e.ContestID, e.EntryID)
	}
	fits := func(ctx context.Context, code string) (bool, error) {
		if code == "" {
			return false, nil
		}
		p := account.From(ctx)
		return true, s.roster.CodeFits(ctx, p, p.Entry.EntryID, code)
	}
	web.Handle(api, web.Op{ID: "look-at-my-data", Method: http.MethodPost, Path: base, Summary: "All that is known of me, by a device that is signed in", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct{ Body CodeIn }) (*ownOut, error) {
			who, err := me(ctx)
			if err != nil {
				return nil, err
			}
			full, err := fits(ctx, in.Body.Code)
			if err != nil {
				return nil, err
			}
			return s.shown(ctx, who, full)
		})
	web.Handle(api, web.Op{ID: "decide-consent", Method: http.MethodPost, Path: base + "/consent", Summary: "Change an answer to an optional purpose", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			UserAgent string `header:"User-Agent" maxLength:"1000"`
			Body      struct {
				Purpose string `json:"purpose" maxLength:"40"`
				Given   bool   `json:"given"`
			}
		}) (*ownOut, error) {
			who, err := me(ctx)
			if err != nil {
				return nil, err
			}
			if err := s.decide(ctx, who, in.Body.Purpose, in.Body.Given, in.UserAgent); err != nil {
				return nil, err
			}
			return s.shown(ctx, who, false)
		})
	web.Handle(api, web.Op{ID: "ask-about-my-data", Method: http.MethodPost, Path: base + "/requests", Summary: "Ask something about my data", MaxBody: 16 << 10},
		func(ctx context.Context, in *struct{ Body AskView }) (*ownOut, error) {
			who, err := me(ctx)
			if err != nil {
				return nil, err
			}
			if err := s.Ask(ctx, who, in.Body.Kind, in.Body.Words); err != nil {
				return nil, err
			}
			return s.shown(ctx, who, false)
		})
	web.Handle(api, web.Op{ID: "cancel-my-request", Method: http.MethodPost, Path: base + "/requests/{request}/cancel", Summary: "Take a request back"},
		func(ctx context.Context, in *struct {
			Request int64 `path:"request" minimum:"1"`
		}) (*ownOut, error) {
			who, err := me(ctx)
			if err != nil {
				return nil, err
			}
			if err := s.Cancel(ctx, who, in.Request); err != nil {
				return nil, err
			}
			return s.shown(ctx, who, false)
		})
	web.Handle(api, web.Op{ID: "export-my-data", Method: http.MethodPost, Path: base + "/export", Summary: "Take my data along", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				CodeIn
				Format string `json:"format" enum:"json,pdf"`
			}
		}) (*web.Download, error) {
			who, err := me(ctx)
			if err != nil {
				return nil, err
			}
			full, err := fits(ctx, in.Body.Code)
			if err != nil {
				return nil, err
			}
			return s.download(ctx, who, in.Body.Format, full)
		})
}
