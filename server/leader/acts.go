package leader

import (
	"bytes"
	"context"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/roster"
)

// Register takes a registration of the leader's units.
func (s *Service) Register(ctx context.Context, contestID int64, d roster.Draft, consent roster.LedConsent) (roster.Registered, error) {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return roster.Registered{}, err
	}
	return s.Roster.RegisterLed(ctx, contestID, led, d, consent)
}

// Change changes a registration of the leader's units that still waits.
func (s *Service) Change(ctx context.Context, contestID, registrationID int64, d roster.Draft) (roster.Registered, error) {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return roster.Registered{}, err
	}
	return s.Roster.ChangeLed(ctx, contestID, led, registrationID, d)
}

// Draft reads a registration or an entry of the leader's units, to be changed.
func (s *Service) Draft(ctx context.Context, contestID int64, one roster.LedOne) (roster.Draft, roster.RegistrationState, error) {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return roster.Draft{}, "", err
	}
	return s.Roster.LedDraft(ctx, contestID, led, one)
}

// AskChange asks the organizers for a change of what is approved already, was entered by them, or comes after the window
// has closed.
func (s *Service) AskChange(ctx context.Context, contestID int64, one roster.LedOne, d roster.Draft, text string) error {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return err
	}
	return s.Roster.AskChangeLed(ctx, contestID, led, one, d, text)
}

// WithdrawChange takes back a request for a change that nobody has answered.
func (s *Service) WithdrawChange(ctx context.Context, contestID int64, one roster.LedOne) error {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return err
	}
	return s.Roster.WithdrawChangeLed(ctx, contestID, led, one)
}

// WithdrawRegistration takes back a registration of the leader's units that still waits.
func (s *Service) WithdrawRegistration(ctx context.Context, contestID, registrationID int64, reason string) error {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return err
	}
	return s.Roster.WithdrawLed(ctx, contestID, led, registrationID, reason)
}

// one refuses an entry that is not of the leader's units.
func (s *Service) one(ctx context.Context, contestID, entryID int64) error {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return err
	}
	_, err = s.Roster.LedEntries(ctx, contestID, led, []int64{entryID})
	return err
}

// WithdrawEntry takes an entry of the leader's units out of the contest.
func (s *Service) WithdrawEntry(ctx context.Context, contestID, entryID int64, reason string) error {
	if err := s.one(ctx, contestID, entryID); err != nil {
		return err
	}
	return s.Roster.Withdraw(ctx, contestID, entryID, reason)
}

// Reissue gives an entry of the leader's units a new code and link.
func (s *Service) Reissue(ctx context.Context, contestID, entryID int64) (roster.Reissued, error) {
	if err := s.one(ctx, contestID, entryID); err != nil {
		return roster.Reissued{}, err
	}
	return s.Roster.Reissue(ctx, contestID, entryID)
}

// Cards prints the cards of the leader's units: of the chosen entries, or of all active ones.
func (s *Service) Cards(ctx context.Context, contestID int64, ids []int64, address, locale string) ([]byte, []rune, error) {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return nil, nil, err
	}
	if ids, err = s.Roster.LedEntries(ctx, contestID, led, ids); err != nil {
		return nil, nil, err
	}
	return s.Roster.Cards(ctx, contestID, ids, address, locale)
}

// Keys opens the codes and links of the leader's entries, to be passed on. That they were seen is recorded first.
func (s *Service) Keys(ctx context.Context, contestID int64, ids []int64) ([]roster.EntryKey, error) {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return nil, err
	}
	if ids, err = s.Roster.LedEntries(ctx, contestID, led, ids); err != nil {
		return nil, err
	}
	if err := s.recorded(ctx, contestID, "show_codes", map[string]any{"entries": len(ids)}); err != nil {
		return nil, err
	}
	return s.Roster.KeysOf(ctx, contestID, ids)
}

// ProgressFile writes how far the units are, and who has not taken the round, as .xlsx.
func (s *Service) ProgressFile(ctx context.Context, contestID int64, led *roster.Led, roundID int64, locale string) ([]byte, error) {
	p, err := s.Progress(ctx, contestID, led, roundID)
	if err != nil {
		return nil, err
	}
	w := wordsFor(locale)
	units := export.Sheet{Name: w.units, Columns: []export.Column{{Title: w.unit, Width: 36}, {Title: w.above, Width: 30}, {Title: w.block, Width: 20},
		{Title: w.target, Width: 10}, {Title: w.registered, Width: 12}, {Title: w.pending, Width: 12}, {Title: w.approved, Width: 12},
		{Title: w.missing, Width: 10}, {Title: w.percent, Width: 10}, {Title: w.entered, Width: 10}, {Title: w.left, Width: 10}, {Title: w.standing, Width: 18}}}
	line := func(name, above, block string, target int, c Count, registered int, standing string) []any {
		row := []any{name, above, block, nil, c.Registered(), c.Pending, c.Approved, nil, nil, nil, nil, standing}
		if target > 0 {
			row[3], row[7], row[8] = target, max(target-registered, 0), Percent(registered, target)
		}
		if p.RoundID != 0 {
			row[9], row[10] = c.Entered, c.Approved-c.Entered
		}
		return row
	}
	for _, r := range p.Rows {
		units.Rows = append(units.Rows, line(r.Name, r.Above, r.Block, r.Target, r.Count, r.Registered(), w.of(r.Standing())))
	}
	total := Sum(p.Rows)
	units.Rows = append(units.Rows, line(w.total, "", "", total.Target, total.Count, total.Registered, ""))
	sheets := []export.Sheet{units}
	if p.RoundID != 0 {
		left := export.Sheet{Name: w.notEntered, Columns: []export.Column{{Title: w.number, Width: 12}, {Title: w.name, Width: 30}, {Title: w.unit, Width: 36}, {Title: w.phone, Width: 16}}}
		for _, e := range p.Left {
			left.Rows = append(left.Rows, []any{e.Number, e.Name, e.UnitName, e.Phone})
		}
		sheets = append(sheets, left)
	}
	if err := s.recorded(ctx, contestID, "export_progress", map[string]any{"units": len(p.Rows), "all": led == nil}); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = export.WriteWorkbook(&b, sheets...)
	return b.Bytes(), err
}

// progressWords are the titles of the written progress.
type progressWords struct {
	units, unit, above, block, target, registered, pending, approved, missing, percent, entered, left, standing, total string
	notEntered, number, name, phone, none, below, reached                                                              string
}

func wordsFor(locale string) progressWords {
	if locale == "en" {
		return progressWords{units: "Units", unit: "Unit", above: "Under", block: "Block", target: "Target", registered: "Registered", pending: "Waiting", approved: "Approved",
			missing: "Missing", percent: "Percent", entered: "Entered", left: "Not yet", standing: "Standing", total: "Total",
			notEntered: "Not entered yet", number: "Number", name: "Name", phone: "Phone", none: "Not registered", below: "Below target", reached: "Reached"}
	}
	return progressWords{units: "Đơn vị", unit: "Đơn vị", above: "Trực thuộc", block: "Khối", target: "Chỉ tiêu", registered: "Đã đăng ký", pending: "Chờ duyệt", approved: "Đã duyệt",
		missing: "Còn thiếu", percent: "Đạt %", entered: "Đã thi", left: "Chưa thi", standing: "Tình trạng", total: "Tổng",
		notEntered: "Chưa thi", number: "Số báo danh", name: "Họ tên hoặc đội", phone: "Số điện thoại", none: "Chưa đăng ký", below: "Chưa đủ chỉ tiêu", reached: "Đạt"}
}

func (w progressWords) of(s Standing) string {
	switch s {
	case NotBegun:
		return w.none
	case Below:
		return w.below
	case Reached:
	}
	return w.reached
}
