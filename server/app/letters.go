package app

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/privacy"
	"github.com/hoithi/hoithi/server/roster"
)

// tellByLetter writes to registrants about what happens to their registration, in the transaction in which it happens.
func (a *App) tellByLetter(ctx context.Context, tx pgx.Tx, n roster.News) error {
	if !a.Mail.On() {
		return nil
	}
	c, err := a.Contests.Get(ctx, n.ContestID)
	if err != nil {
		return err
	}
	if c.RehearsalOf != 0 {
		return nil
	}
	l := mail.Letter{Contest: c.ID, Registration: n.RegistrationID, Entry: n.EntryID, To: n.Email, Locale: n.Locale,
		Content: mail.Content{Contest: c.Name, Organizer: c.OrganizerName, Name: n.Name, Number: n.Number, Reason: n.Reason}}
	switch n.Kind {
	case roster.NewsRegistered:
		l.Template = mail.Registered
	case roster.NewsApproved:
		l.Template, l.Content.Path = mail.Approved, roster.EntryPath+"#"+n.Link
	case roster.NewsRejected:
		l.Template = mail.Declined
	case roster.NewsWaitlisted:
		l.Template = mail.Waitlisted
	case roster.NewsMovedUp:
		l.Template = mail.MovedUp
	case roster.NewsChangeAnswered:
		l.Template = mail.ChangeDone
	}
	if n.Receipt != "" {
		l.Content.Path = "/audience/" + c.Slug + "/registration#" + n.Receipt
	}
	return a.Mail.Send(ctx, tx, l)
}

// inviteByLetter writes to organizers, judges and leaders whose login is an address.
func (a *App) inviteByLetter(ctx context.Context, tx pgx.Tx, i account.Invitation) error {
	if !a.Mail.On() || !mail.IsAddress(i.Login) {
		return nil
	}
	c, err := a.Contests.Get(ctx, i.ContestID)
	if err != nil {
		return err
	}
	return a.Mail.Send(ctx, tx, mail.Letter{Contest: c.ID, Template: mail.Invitation, To: i.Login, Locale: account.From(ctx).Locale,
		Content: mail.Content{Contest: c.Name, Organizer: c.OrganizerName, Name: i.Name, Role: string(i.Role), Path: "/link#" + i.Token}})
}

// ownResults are those of an entry on the public board.
func (a *App) ownResults(ctx context.Context, contestID, entryID int64) ([]privacy.Result, error) {
	own, rounds, err := a.Boards.Own(ctx, contestID, entryID)
	if err != nil || own.Row == nil || len(own.Row.Scores) == 0 {
		return nil, err
	}
	results := make([]privacy.Result, 0, len(own.Row.Scores)+1)
	for _, s := range own.Row.Scores {
		for _, r := range rounds {
			if r.ID == s.RoundID {
				results = append(results, privacy.Result{Round: r.Name, Points: s.Points, Place: s.Place})
			}
		}
	}
	return append(results, privacy.Result{Points: own.Row.Total, Place: own.Row.Place}), nil
}
