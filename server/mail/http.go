package mail

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/web"
)

// RecordView is a letter in the organizer's list.
type RecordView struct {
	ID        int64      `json:"id"`
	Template  Template   `json:"template" enum:"registered,approved,declined,waitlisted,moved_up,change_answered,data_answered,data_erased,invitation,keeping_over,vote_code"`
	To        string     `json:"to"`
	Number    int        `json:"number" doc:"Candidate number; 0: none yet"`
	State     State      `json:"state" enum:"queued,sending,sent,failed"`
	Tries     int        `json:"tries"`
	Problem   string     `json:"problem" doc:"Why the last try failed: unreachable, refused, bad_address, rejected, busy, too_many, gave_up; empty: it did not"`
	Reply     string     `json:"reply" doc:"The mail server's own words"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
}

// ListView is a page of letters. Without a mail server and without old letters there is nothing to show.
type ListView struct {
	On       bool         `json:"on" doc:"A mail server is configured"`
	Mails    []RecordView `json:"mails"`
	Queued   int          `json:"queued"`
	Sent     int          `json:"sent"`
	Failed   int          `json:"failed"`
	PageSize int          `json:"page_size"`
}

// MailIn names a letter in the path.
type MailIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Mail    int64 `path:"mail" minimum:"1"`
}

// Routes registers the operations of letters.
func Routes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/mails"
	type listOut struct{ Body ListView }
	web.Handle(api, web.Op{ID: "list-mails", Method: http.MethodGet, Path: base, Summary: "Letters of a contest, newest first"},
		func(ctx context.Context, in *struct {
			Contest int64 `path:"contest" minimum:"1"`
			State   State `query:"state" enum:"queued,sent,failed"`
			Page    int   `query:"page" minimum:"1" maximum:"10000" default:"1"`
		}) (*listOut, error) {
			rows, counts, err := s.List(ctx, in.Contest, in.State, in.Page)
			if err != nil {
				return nil, err
			}
			v := ListView{On: s.On(), Mails: make([]RecordView, 0, len(rows)), Queued: counts[Queued] + counts[Sending],
				Sent: counts[Sent], Failed: counts[Failed], PageSize: PageSize}
			for _, r := range rows {
				v.Mails = append(v.Mails, RecordView{ID: r.ID, Template: r.Template, To: r.To, Number: r.Number, State: r.State, Tries: r.Tries,
					Problem: string(r.Problem), Reply: r.Reply, CreatedAt: r.CreatedAt, SentAt: r.SentAt})
			}
			return &listOut{Body: v}, nil
		})
	web.Handle(api, web.Op{ID: "send-mail-again", Method: http.MethodPost, Path: base + "/{mail}/again", Summary: "Send a letter once more"},
		func(ctx context.Context, in *MailIn) (*struct{}, error) {
			return nil, s.Again(ctx, in.Contest, in.Mail)
		})
}
