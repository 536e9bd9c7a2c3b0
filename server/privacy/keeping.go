package privacy

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/privacy/privacydb"
	"github.com/hoithi/hoithi/server/roster"
)

// Keeping is how long a contest keeps its personal data, and how much there is.
type Keeping struct {
	Months        int
	Ended         *time.Time
	Until         *time.Time // nil: the contest has not ended
	Over          bool
	Entries       int // that still have personal data
	Registrations int // that did not become entries, and still have it
}

func (s *Service) keeping(ctx context.Context, contestID int64) (Keeping, error) {
	k := Keeping{Months: DefaultKeepMonths}
	row, err := s.q.Keeping(ctx, contestID)
	if err != nil && !isNone(err) {
		return k, postgres.Fault(err)
	}
	if err == nil {
		k.Months, k.Ended = int(row.KeepMonths), row.EndedAt
	}
	if k.Ended != nil {
		until := KeepUntil(*k.Ended, k.Months)
		k.Until, k.Over = &until, !time.Now().Before(until)
	}
	return k, nil
}

// Keeping tells how long a contest keeps its personal data.
func (s *Service) Keeping(ctx context.Context, contestID int64) (Keeping, error) {
	if err := s.q.NoteEnds(ctx, contestID); err != nil {
		return Keeping{}, postgres.Fault(err)
	}
	k, err := s.keeping(ctx, contestID)
	if err != nil {
		return k, err
	}
	left, err := s.q.CountKept(ctx, contestID)
	k.Entries, k.Registrations = int(left.Entries), int(left.Registrations)
	return k, postgres.Fault(err)
}

var badMonths = fault.New(fault.Invalid, "keep_months_invalid",
	"Thời hạn lưu từ 1 đến 120 tháng. Chưa có gì thay đổi.", "Data is kept for 1 to 120 months. Nothing has changed.")

// SetKeeping changes how long a contest keeps its personal data.
func (s *Service) SetKeeping(ctx context.Context, contestID int64, months int) error {
	if months < 1 || months > 120 {
		return badMonths.At("keep_months", badMonths.Vi, badMonths.En)
	}
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := s.q.WithTx(tx).SetKeepMonths(ctx, privacydb.SetKeepMonthsParams{ContestID: contestID, KeepMonths: int32(months)}); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "keeping", map[string]any{"months": months})
	}))
}

// Remind tells organizers of contests whose personal data has been kept as long as was announced. It erases nothing.
func (s *Service) Remind(ctx context.Context) error {
	if err := s.q.NoteEnds(ctx, 0); err != nil {
		return fmt.Errorf("note which contests have ended: %w", err)
	}
	due, err := s.q.KeptTooLong(ctx)
	if err != nil {
		return err
	}
	for _, c := range due {
		err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
			q := s.q.WithTx(tx)
			n, err := q.NoteReminded(ctx, c.ContestID)
			if err != nil || n == 0 {
				return err // another node was first
			}
			left, err := q.CountKept(ctx, c.ContestID)
			if err != nil {
				return err
			}
			people, err := q.OrganizersOf(ctx, c.ContestID)
			if err != nil {
				return err
			}
			for _, p := range people {
				err := s.mail.Send(ctx, tx, mail.Letter{Contest: c.ContestID, Template: mail.KeepingOver, To: p.Login, Content: mail.Content{Contest: c.Name,
					Organizer: c.OrganizerName, Name: p.Name, Count: int(left.Entries), Path: fmt.Sprintf("/organizer/contests/%d/privacy", c.ContestID)}})
				if err != nil {
					return err
				}
			}
			return record(ctx, tx, c.ContestID, "keeping_over", map[string]any{"entries": left.Entries, "registrations": left.Registrations})
		})
		if err != nil {
			return fmt.Errorf("remind of contest %d: %w", c.ContestID, err)
		}
	}
	return nil
}

// EraseSome makes people of a contest anonymous whose data has been kept long enough, a few hundred at a time, and tells
// how many are left. confirm is the contest's address, typed by the one who decides.
func (s *Service) EraseSome(ctx context.Context, contestID int64, confirm string) (left int, err error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return 0, err
	}
	if confirm != c.Slug {
		return 0, wrongConfirm.At("confirm", wrongConfirm.Vi, wrongConfirm.En)
	}
	k, err := s.Keeping(ctx, contestID)
	if err != nil {
		return 0, err
	}
	if !k.Over {
		return 0, notKeptLong
	}
	rows, err := s.q.NextToErase(ctx, contestID)
	if err != nil {
		return 0, postgres.Fault(err)
	}
	for _, r := range rows {
		who := roster.Who{ContestID: contestID, RegistrationID: r.RegistrationID}
		if r.EntryID != 0 {
			if who, err = s.roster.WhoByEntry(ctx, contestID, r.EntryID); err != nil {
				return 0, err
			}
		}
		if err := s.erase(ctx, who, mail.Letter{}, func(pgx.Tx) error { return nil }); err != nil {
			return 0, err
		}
	}
	return max(k.Entries+k.Registrations-len(rows), 0), nil
}
