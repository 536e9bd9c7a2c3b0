package roster

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Receipt is what a registrant may know about the registration.
type Receipt struct {
	Contest   contest.Contest
	Name      string
	State     RegistrationState
	Reason    string
	CreatedAt time.Time
	Number    string // "" until approved
	Link      string // the personal link's token, once approved; "" when the entry has been withdrawn
}

// LookAtReceipt tells how a registration stands, to the one who holds its secret.
func (s *Service) LookAtReceipt(ctx context.Context, receipt string) (Receipt, error) {
	row, err := s.q.RegistrationByReceipt(ctx, s.secrets.receiptMAC(clipRunes(receipt, 100)))
	if errors.Is(err, pgx.ErrNoRows) {
		return Receipt{}, fault.NothingHere
	}
	if err != nil {
		return Receipt{}, postgres.Fault(err)
	}
	c, err := s.contests.Get(ctx, row.ContestID)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Contest: c, Name: row.Name, State: RegistrationState(row.State), Reason: row.Reason, CreatedAt: row.CreatedAt}
	if row.Number > 0 {
		r.Number = NumberText(int(row.Number))
	}
	if row.EntryState == string(EntryActive) && len(row.LinkSealed) > 0 {
		if r.Link, err = s.secrets.opened("link", row.ContestID, row.LinkSealed); err != nil {
			return Receipt{}, err
		}
	}
	return r, nil
}

// WithdrawRegistration takes back a registration that is still waiting.
func (s *Service) WithdrawRegistration(ctx context.Context, receipt string) error {
	n, err := s.q.WithdrawByReceipt(ctx, s.secrets.receiptMAC(clipRunes(receipt, 100)))
	if err != nil {
		return postgres.Fault(err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "already_decided",
			"Đăng ký này đã được xử lý. Hãy liên hệ Ban Tổ chức để rút.", "This registration has been decided already. Ask the organizers to withdraw it.")
	}
	return nil
}
