package bank

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Act is a legal act that items rest on.
type Act struct {
	ID         int64      `json:"id"`
	Title      string     `json:"title" doc:"'Nghị định 61/2018/NĐ-CP'"`
	ForceFrom  string     `json:"force_from" doc:"YYYY-MM-DD; empty: not known"`
	ForceTo    string     `json:"force_to" doc:"The last day, YYYY-MM-DD; empty: none"`
	ReplacedBy int64      `json:"replaced_by" doc:"The act that took its place; 0: none"`
	LapsedAt   *time.Time `json:"lapsed_at,omitempty" doc:"From when on its questions must be looked at again"`
	Lapsed     bool       `json:"lapsed" doc:"That moment has come"`
	Note       string     `json:"note"`
	CheckedAt  *time.Time `json:"checked_at,omitempty"`
	CheckedBy  string     `json:"checked_by"`
	Version    int        `json:"version"`
	Items      int        `json:"items" doc:"Active questions that rest on it"`
	Barred     int        `json:"barred" doc:"Of these, how many are barred from drawing until somebody has looked at them"`
	Unchecked  int        `json:"unchecked" doc:"Of these, how many were looked at long ago"`
}

func (a Act) lapsed(now time.Time) bool { return a.LapsedAt != nil && !a.LapsedAt.After(now) }

// ActDraft is what is to be known of an act.
type ActDraft struct {
	Title      string `json:"title" minLength:"1" maxLength:"300"`
	ForceFrom  string `json:"force_from" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"`
	ForceTo    string `json:"force_to" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"`
	ReplacedBy int64  `json:"replaced_by" minimum:"0"`
	Note       string `json:"note" maxLength:"2000"`
	Version    int    `json:"version" minimum:"0" doc:"The one that was read; 0: a new act"`
	Checked    bool   `json:"checked" doc:"It was looked up just now"`
}

var (
	errActTaken = fault.New(fault.Conflict, "act_exists",
		"Ngân hàng đã có văn bản này.", "The bank already has this act.")
	errActChanged = fault.New(fault.Conflict, "act_changed",
		"Văn bản này vừa được người khác sửa. Hãy tải lại rồi sửa tiếp.",
		"Somebody else has just changed this act. Reload and try again.")
	errActDates = fault.New(fault.Invalid, "act_dates",
		"Ngày hiệu lực chưa hợp lệ.", "The dates are not valid.")
	errActCircle = fault.New(fault.Invalid, "act_replaces_itself",
		"Văn bản thay thế không thể là chính nó hoặc văn bản mà nó đã thay thế.",
		"An act can't be replaced by itself, or by one that it replaced.")
	errActUsed = fault.New(fault.Conflict, "act_in_use",
		"Còn câu hỏi hoặc văn bản khác dẫn tới văn bản này nên không xóa được.",
		"Questions or other acts refer to this act, so it can't be removed.")
)

// vietnam is where acts come into force and lapse: the whole country has one time.
var vietnam = time.FixedZone("ICT", 7*3600)

func day(s string) (pgtype.Date, *time.Time, bool) {
	if s == "" {
		return pgtype.Date{}, nil, true
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return pgtype.Date{}, nil, false
	}
	begin := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, vietnam)
	return pgtype.Date{Time: t, Valid: true}, &begin, true
}

func dayText(d pgtype.Date) string {
	if !d.Valid {
		return ""
	}
	return d.Time.Format(time.DateOnly)
}

// Acts gives the acts of a contest's bank, by name.
func (s *Service) Acts(ctx context.Context, contestID int64) ([]Act, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	acts, _, err := s.acts(ctx, bankID)
	return acts, err
}

func (s *Service) acts(ctx context.Context, bankID int64) ([]Act, Review, error) {
	b, err := s.q.BankByID(ctx, bankID)
	if err != nil {
		return nil, Review{}, postgres.Fault(err)
	}
	review := reviewOf(b)
	rows, err := s.q.Acts(ctx, bankdb.ActsParams{BankID: bankID, Now: s.now(), CheckBefore: review.checkBefore(s.now())})
	if err != nil {
		return nil, Review{}, postgres.Fault(err)
	}
	acts := make([]Act, 0, len(rows))
	for _, r := range rows {
		a := Act{ID: r.ID, Title: r.Title, ForceFrom: dayText(r.ForceFrom), ForceTo: dayText(r.ForceTo), ReplacedBy: id64(r.ReplacedBy),
			LapsedAt: r.LapsedAt, Note: r.Note, CheckedAt: r.CheckedAt, CheckedBy: r.CheckedBy, Version: int(r.Version),
			Items: int(r.Items), Barred: int(r.Barred), Unchecked: int(r.Unchecked)}
		a.Lapsed = a.lapsed(s.now())
		acts = append(acts, a)
	}
	return acts, review, nil
}

// SaveAct enters an act (id 0) or changes what is known of it. An act that lapses bars its items from being drawn until
// somebody has looked at them.
func (s *Service) SaveAct(ctx context.Context, contestID, id int64, d ActDraft) error {
	d.Title, d.Note = CleanLine(d.Title), CleanText(d.Note)
	key := actKey(d.Title)
	from, _, okFrom := day(d.ForceFrom)
	to, end, okTo := day(d.ForceTo)
	if key == "" {
		return invalidContent.At("title", "Hãy ghi tên hoặc số hiệu văn bản.", "Give the act's name or number.")
	}
	if !okFrom || !okTo || from.Valid && to.Valid && to.Time.Before(from.Time) {
		return errActDates.At("force_to", "Ngày hết hiệu lực phải sau ngày có hiệu lực.", "The last day is before the first.")
	}
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		q := s.q.WithTx(tx)
		var before bankdb.LegalAct
		if id == 0 {
			if _, err := q.ActByKey(ctx, bankdb.ActByKeyParams{BankID: bankID, TitleKey: key}); !errors.Is(err, pgx.ErrNoRows) {
				if err == nil {
					return errActTaken
				}
				return err
			}
			var err error
			if id, err = q.AddAct(ctx, bankdb.AddActParams{BankID: bankID, Title: d.Title, TitleKey: key}); err != nil {
				return err
			}
		}
		before, err := q.LockAct(ctx, bankdb.LockActParams{ID: id, BankID: bankID})
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.NothingHere
		}
		if err != nil {
			return err
		}
		if d.Version != 0 && int(before.Version) != d.Version {
			return errActChanged
		}
		if err := s.follows(ctx, bankID, id, d.ReplacedBy); err != nil {
			return err
		}
		params := bankdb.SaveActParams{ID: id, Title: d.Title, TitleKey: key, ForceFrom: from, ForceTo: to, ReplacedBy: above(d.ReplacedBy), Note: d.Note,
			LapsedAt: Lapse(end, d.ReplacedBy != 0, before.LapsedAt, s.now()), CheckedAt: before.CheckedAt, CheckedBy: before.CheckedBy}
		if d.Checked {
			now := s.now()
			params.CheckedAt, params.CheckedBy = &now, account.From(ctx).Name
		}
		err = q.SaveAct(ctx, params)
		if postgres.IsUniqueViolation(err) {
			return errActTaken
		}
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "bank.save_act", map[string]any{"act": id, "name": d.Title, "to": d.ForceTo, "replaced_by": d.ReplacedBy})
	})
	return err
}

// follows makes sure that the acts which replace each other form no circle.
func (s *Service) follows(ctx context.Context, bankID, id, replacedBy int64) error {
	if replacedBy == 0 {
		return nil
	}
	acts, _, err := s.acts(ctx, bankID)
	if err != nil {
		return err
	}
	next := map[int64]int64{}
	for _, a := range acts {
		next[a.ID] = a.ReplacedBy
	}
	if _, ok := next[replacedBy]; !ok {
		return fault.NothingHere
	}
	for at, steps := replacedBy, 0; at != 0; at, steps = next[at], steps+1 {
		if at == id || steps > len(acts) {
			return errActCircle.At("replaced_by", errActCircle.Vi, errActCircle.En)
		}
	}
	return nil
}

// RemoveAct removes an act that nothing refers to.
func (s *Service) RemoveAct(ctx context.Context, contestID, id int64) error {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		acts, _, err := s.acts(ctx, bankID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(acts, func(a Act) bool { return a.ID == id })
		if at < 0 {
			return fault.NothingHere
		}
		n, err := s.q.WithTx(tx).RemoveAct(ctx, bankdb.RemoveActParams{ID: id, BankID: bankID})
		if err != nil {
			return err
		}
		if n == 0 {
			return errActUsed
		}
		return audit.Append(ctx, tx, contestID, "bank.remove_act", map[string]any{"name": acts[at].Title})
	})
	return err
}
