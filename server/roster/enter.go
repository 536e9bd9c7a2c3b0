package roster

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

var (
	wrongCode = fault.New(fault.Unauthenticated, "wrong_code",
		"Số báo danh hoặc mã dự thi chưa đúng. Hãy xem lại thẻ dự thi; nếu mất thẻ, Ban Tổ chức cấp lại được ngay.",
		"The candidate number or the code is not right. Look at your entry card; if it is lost, the organizers can give you a new one at once.")
	wrongLink = fault.New(fault.Unauthenticated, "wrong_link",
		"Liên kết này không còn dùng được: có thể mã đã được cấp lại. Hãy nhập số báo danh và mã trên thẻ mới, hoặc hỏi Ban Tổ chức.",
		"This link no longer works: a new code may have been issued. Type the number and code of the new card, or ask the organizers.")
	entryWithdrawn = fault.New(fault.Forbidden, "entry_withdrawn",
		"Số báo danh này đã rút khỏi hội thi. Hãy liên hệ Ban Tổ chức nếu có nhầm lẫn.",
		"This entry has been withdrawn from the contest. Ask the organizers if that is a mistake.")
	contestNotOpen = fault.New(fault.Conflict, "contest_not_open",
		"Hội thi này chưa mở hoặc đã lưu trữ nên chưa vào được. Số báo danh và mã vẫn giữ nguyên.",
		"This contest is not open yet, or is archived. Your number and code stay as they are.")
)

// Entered is a device that has just come in as an entry.
type Entered struct {
	Token       string // of the session's cookie
	DeviceID    int64
	EntryID     int64
	ContestID   int64
	ContestSlug string
}

// Enter signs a device in by candidate number and code. Wrong codes slow down devices that are unknown to the entry,
// never one that has entered before.
func (s *Service) Enter(ctx context.Context, p account.Principal, slug, number, code, agent string) (Entered, error) {
	c, err := s.enterable(s.contests.Visible(ctx, slug))
	if err != nil {
		return Entered{}, err
	}
	scope := entryScope(c.ID, ParseNumber(number))
	entryID, err := s.byCode(ctx, p, c, number, code)
	if err != nil {
		return Entered{}, err
	}
	return s.admit(ctx, p, c, entryID, scope, agent)
}

// byCode finds the active entry of a candidate number, for one who knows its code.
func (s *Service) byCode(ctx context.Context, p account.Principal, c contest.Contest, number, code string) (int64, error) {
	n := ParseNumber(number)
	scope := entryScope(c.ID, n)
	if err := s.flooded(ctx, p, scope); err != nil {
		return 0, err
	}
	if err := s.accounts.Slowdown(ctx, p, scope); err != nil {
		return 0, err
	}
	row, err := s.q.EntryByNumber(ctx, rosterdb.EntryByNumberParams{ContestID: c.ID, Number: int32(n)})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, postgres.Fault(err)
	}
	// The same work is done for a number that does not exist, so that the answer's time says nothing.
	if !hmac.Equal(row.CodeMac, s.secrets.codeMAC(c.ID, CleanCode(code))) || err != nil {
		_ = s.codePace.take(p.Address, time.Now()) // an empty bucket is met at the next try
		if err := s.accounts.Failed(ctx, p, scope); err != nil {
			return 0, err
		}
		return 0, wrongCode
	}
	if row.State != string(EntryActive) {
		return 0, entryWithdrawn
	}
	return row.ID, nil
}

// How many wrong codes one address may send to a node before it is slowed down. A school of two thousand of whom everybody
// mistypes once passes; right codes never count.
const (
	codeBurst = 3000
	codeEach  = 200 * time.Millisecond
)

// flooded refuses a try from where a flood of wrong codes comes. It is there for the work that a flood makes: a code of
// eight random signs is not found by trying. Devices that were in before, and personal links, go by.
func (s *Service) flooded(ctx context.Context, p account.Principal, scope string) error {
	left := s.codePace.over(p.Address, time.Now())
	if left == 0 {
		return nil
	}
	known, err := s.accounts.Known(ctx, p, scope)
	if err != nil || known {
		return err
	}
	return account.SlowDown(left)
}

// EnterByLink signs a device in by the secret of a personal link.
func (s *Service) EnterByLink(ctx context.Context, p account.Principal, token, agent string) (Entered, error) {
	// 128 random bits cannot be guessed, so nothing is slowed down: a few old cards, or a joker, must not keep a school
	// that stands behind one address from entering.
	row, err := s.q.EntryByLink(ctx, s.secrets.linkMAC(clipRunes(token, 100)))
	if errors.Is(err, pgx.ErrNoRows) {
		return Entered{}, wrongLink
	}
	if err != nil {
		return Entered{}, postgres.Fault(err)
	}
	if row.State != string(EntryActive) {
		return Entered{}, entryWithdrawn
	}
	c, err := s.enterable(s.contests.Get(ctx, row.ContestID))
	if err != nil {
		return Entered{}, err
	}
	return s.admit(ctx, p, c, row.ID, entryScope(c.ID, int(row.Number)), agent)
}

func (s *Service) enterable(c contest.Contest, err error) (contest.Contest, error) {
	if err == nil && (c.State == contest.Draft || c.State == contest.Archived) {
		return c, contestNotOpen
	}
	return c, err
}

func (s *Service) admit(ctx context.Context, p account.Principal, c contest.Contest, entryID int64, scope, agent string) (Entered, error) {
	token, device, err := s.accounts.StartEntrySession(ctx, c.ID, entryID, agent)
	if err != nil {
		return Entered{}, err
	}
	if err := s.accounts.Succeeded(ctx, p, scope); err != nil {
		return Entered{}, err
	}
	return Entered{Token: token, DeviceID: device, EntryID: entryID, ContestID: c.ID, ContestSlug: c.Slug}, nil
}

// entryScope names an entry where wrong tries are counted.
func entryScope(contestID int64, number int) string {
	return fmt.Sprintf("entry:%d:%d", contestID, number)
}
