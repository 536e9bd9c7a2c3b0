package exam

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/timing"
)

// OverrideWanted is an exception for one entry, or for a unit with everything below it.
type OverrideWanted struct {
	PeriodID int64 // 0: all
	EntryID  int64
	UnitID   int64
	ExtraUs  int64
	OpensUs  int64 // another window; 0: the period's
	ClosesUs int64
	Attempts int
	Reason   string
}

// OverrideEffect is what an exception does now.
type OverrideEffect struct {
	ID      int64 `json:"id,omitzero"`
	State   State `json:"state" enum:"asked,granted,refused,revoked"`
	Entries int   `json:"entries" doc:"Active entries that it is for"`
	Running int   `json:"running" doc:"Attempts whose clock changes at once"`
	Second  bool  `json:"second" doc:"It needs another person's consent before it holds"`
	Reopens bool  `json:"reopens" doc:"The period was over and settled, and is open again for these"`
	Over    bool  `json:"over" doc:"The period is over for these: without another window it helps nobody"`
	// Known is what those who come late may have learned: right answers never are among it, an exception is refused then.
	Known []Learned `json:"known,omitempty" enum:"actual,board,score" doc:"What whoever comes late may know already; right answers never: the exception is refused once they were shown"`
}

// Learned is something of a period that was shown before an exception for it.
type Learned string

// What may have been learned.
const (
	LearnedActual Learned = "actual" // what the guess was about
	LearnedBoard  Learned = "board"  // the standings, and how many took part
	LearnedScore  Learned = "score"  // their own points of an earlier attempt
)

// State is where an exception stands.
type State string

// States of an exception.
const (
	OverrideAsked   State = "asked"
	OverrideGranted State = "granted"
	OverrideRefused State = "refused"
	OverrideRevoked State = "revoked"
)

// Bounds of what may be granted.
const (
	maxExtraUs  = 24 * timing.Hour
	maxAttempts = 100
)

var (
	errOverride = fault.New(fault.Invalid, "override_invalid",
		"Trường hợp riêng chưa đúng: chọn một thí sinh hoặc một đơn vị, và cho ít nhất một trong ba: thêm giờ (đến 24 giờ), khung giờ khác, thêm lượt. Chưa có gì thay đổi.",
		"The exception is not right: choose one entry or one unit, and at least one of extra time (up to 24 hours), another window, or more attempts. Nothing has changed.")
	errOverrideWindow = fault.New(fault.Invalid, "override_window",
		"Khung giờ riêng cần kết thúc sau lúc bắt đầu và sau bây giờ. Chưa có gì thay đổi.",
		"The window must end after it begins, and after now. Nothing has changed.")
	errOverridePeriod = fault.New(fault.Invalid, "override_period",
		"Khung giờ riêng cần chọn một kỳ thi. Chưa có gì thay đổi.", "Another window needs one period to be chosen. Nothing has changed.")
	errNoOverride      = fault.New(fault.NotFound, "override_missing", "Không tìm thấy trường hợp riêng này.", "There is no such exception.")
	errOverrideDecided = conflict("override_decided",
		"Trường hợp riêng này đã có người quyết định. Hãy xem lại danh sách.", "Somebody has decided on this exception already. Look at the list again.")
	errSecondPerson = fault.New(fault.Forbidden, "override_second_person",
		"Trường hợp riêng của một thí sinh cần người thứ hai đồng ý: người đề nghị không tự duyệt được.",
		"An exception for one entry needs a second person: whoever asked for it can't grant it.")
	errKeysShown = conflict("override_keys_shown",
		"Đáp án của kỳ này đã cho thí sinh xem nên không mở thêm giờ thi hoặc lượt thi được nữa. Chưa có gì thay đổi.",
		"The right answers of this period have been shown, so no more time or attempts can be given. Nothing has changed.")
	errNoUnitEntry = fault.New(fault.NotFound, "override_nobody",
		"Không tìm thấy thí sinh hoặc đơn vị này trong hội thi.", "There is no such entry or unit in the contest.")
)

// check tells what of a wish can't be.
func (w *OverrideWanted) check(nowUs int64) (err error) {
	if w.Reason, err = cleanReason(w.Reason, 3); err != nil {
		return err
	}
	switch {
	case (w.EntryID == 0) == (w.UnitID == 0), w.ExtraUs < 0 || w.ExtraUs > maxExtraUs, w.Attempts < 0 || w.Attempts > maxAttempts,
		w.ExtraUs == 0 && w.OpensUs == 0 && w.ClosesUs == 0 && w.Attempts == 0:
		return errOverride
	case w.OpensUs < 0, w.ClosesUs < 0, w.OpensUs != 0 && w.ClosesUs != 0 && w.ClosesUs <= w.OpensUs, w.ClosesUs != 0 && w.ClosesUs <= nowUs:
		return errOverrideWindow
	}
	return nil
}

// AskOverride grants a unit's exception at once. One for a single entry, or for a unit that has but one, waits for a
// second person. With preview nothing is kept.
func (s *Service) AskOverride(ctx context.Context, contestID, roundID int64, w OverrideWanted, preview bool) (OverrideEffect, error) {
	if preview && w.Reason == "" {
		w.Reason = "xem trước"
	}
	if err := w.check(s.nowUs()); err != nil {
		return OverrideEffect{}, err
	}
	var done OverrideEffect
	err := s.act(ctx, contestID, roundID, func(a *act) error {
		row, units, entries, err := a.overrideRow(w)
		if err != nil {
			return err
		}
		// Whoever is no organizer asks for a unit's exception too.
		alone := account.From(a.ctx).Has(a.contestID, account.RoleOrganizer)
		done = OverrideEffect{State: OverrideGranted, Entries: entries, Second: row.EntryID != nil || entries == 1 || !alone}
		if err := a.mayGrant(row); err != nil {
			return err
		}
		if preview || done.Second {
			if done.Running, done.Reopens, done.Over, done.Known, err = a.wouldMove(row, units); err != nil || preview {
				return err
			}
			done.State = OverrideAsked
			row.State, row.DecidedUs, row.DecidedBy = string(OverrideAsked), 0, 0
		}
		if done.ID, err = a.q.AddOverride(a.ctx, row); err != nil {
			return err
		}
		if done.Second {
			return audit.Append(a.ctx, a.tx, a.contestID, "exam.override_asked", map[string]any{"round": roundID, "override": done.ID, "entry": w.EntryID,
				"unit": w.UnitID, "extra_us": w.ExtraUs, "attempts": w.Attempts, "reason": w.Reason})
		}
		done.Running, done.Reopens, err = a.applyOverride(done.ID, row, units, true, w.Reason)
		return err
	})
	if err != nil {
		return OverrideEffect{}, err
	}
	s.control.stir(roundID)
	return done, nil
}

// DecideOverride is the second person's word on an exception that was asked for.
func (s *Service) DecideOverride(ctx context.Context, contestID, roundID, id int64, grant bool, word string) (OverrideEffect, error) {
	least := 3
	if grant {
		least = 0
	}
	word, err := cleanReason(word, least)
	if err != nil {
		return OverrideEffect{}, err
	}
	var done OverrideEffect
	err = s.act(ctx, contestID, roundID, func(a *act) error {
		o, units, err := a.lockOverride(id)
		if err != nil {
			return err
		}
		by := account.From(a.ctx).AccountID
		done = OverrideEffect{ID: id, State: OverrideRefused, Second: true}
		switch {
		case State(o.State) != OverrideAsked:
			return errOverrideDecided
		case grant && by == o.AskedBy:
			return errSecondPerson
		}
		decide := examdb.DecideOverrideParams{ID: id, State: string(OverrideRefused), DecidedUs: a.nowUs, DecidedBy: by, Decision: word}
		if !grant {
			if err := a.q.DecideOverride(a.ctx, decide); err != nil {
				return err
			}
			return audit.Append(a.ctx, a.tx, a.contestID, "exam.override_refused", map[string]any{"round": roundID, "override": id, "reason": word})
		}
		row := rowOf(o)
		if o.ClosesUs != nil && *o.ClosesUs <= a.nowUs {
			return errOverrideWindow
		}
		if err := a.mayGrant(row); err != nil {
			return err
		}
		before, err := a.overrides()
		if err != nil {
			return err
		}
		decide.State, done.State = string(OverrideGranted), OverrideGranted
		if err := a.q.DecideOverride(a.ctx, decide); err != nil {
			return err
		}
		done.Running, done.Reopens, err = a.overridden(id, row, units, before, true, o.Reason)
		return err
	})
	s.control.stir(roundID)
	return done, err
}

// RevokeOverride takes an exception back. A clock that it had made longer is shortened again, but never into the past: what
// was saved counts.
func (s *Service) RevokeOverride(ctx context.Context, contestID, roundID, id int64, reason string) (OverrideEffect, error) {
	reason, err := cleanReason(reason, 3)
	if err != nil {
		return OverrideEffect{}, err
	}
	var done OverrideEffect
	err = s.act(ctx, contestID, roundID, func(a *act) error {
		o, units, err := a.lockOverride(id)
		if err != nil {
			return err
		}
		if State(o.State) != OverrideGranted {
			return errOverrideDecided
		}
		before, err := a.overrides()
		if err != nil {
			return err
		}
		// Who granted it, and when, stays: the event says who took it back.
		if err := a.q.DecideOverride(a.ctx, examdb.DecideOverrideParams{ID: id, State: string(OverrideRevoked), DecidedUs: o.DecidedUs,
			DecidedBy: o.DecidedBy, Decision: reason}); err != nil {
			return err
		}
		done = OverrideEffect{ID: id, State: OverrideRevoked}
		done.Running, _, err = a.overridden(id, rowOf(o), units, before, false, reason)
		return err
	})
	s.control.stir(roundID)
	return done, err
}

func (a *act) overrideRow(w OverrideWanted) (row examdb.AddOverrideParams, units []int64, entries int, err error) {
	ref := func(v int64) *int64 {
		if v == 0 {
			return nil
		}
		return &v
	}
	by := account.From(a.ctx).AccountID
	row = examdb.AddOverrideParams{RoundID: a.round.RoundID, PeriodID: ref(w.PeriodID), EntryID: ref(w.EntryID), UnitID: ref(w.UnitID), ExtraUs: w.ExtraUs,
		OpensUs: ref(w.OpensUs), ClosesUs: ref(w.ClosesUs), Attempts: int32(w.Attempts), Reason: w.Reason, State: string(OverrideGranted),
		AskedUs: a.nowUs, AskedBy: by, DecidedUs: a.nowUs, DecidedBy: by}
	if w.PeriodID != 0 {
		periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
		if err != nil {
			return row, nil, 0, err
		}
		if _, ok := (&facts{periods: periods}).period(w.PeriodID); !ok {
			return row, nil, 0, errNoPeriod
		}
	}
	if w.EntryID != 0 {
		e, err := a.q.ControlEntry(a.ctx, examdb.ControlEntryParams{ID: w.EntryID, ContestID: a.contestID})
		if errors.Is(err, pgx.ErrNoRows) || err == nil && e.State != "active" {
			return row, nil, 0, errNoUnitEntry
		}
		return row, []int64{}, 1, err
	}
	if units, err = a.q.UnitAndBelow(a.ctx, w.UnitID); err != nil {
		return row, nil, 0, err
	}
	n, err := a.q.CountEntriesOf(a.ctx, examdb.CountEntriesOfParams{RoundID: a.round.RoundID, UnitIds: units})
	if err == nil && n == 0 {
		err = errNoUnitEntry
	}
	return row, units, int(n), err
}

func rowOf(o examdb.ExamOverride) examdb.AddOverrideParams {
	return examdb.AddOverrideParams{RoundID: o.RoundID, PeriodID: o.PeriodID, EntryID: o.EntryID, UnitID: o.UnitID, ExtraUs: o.ExtraUs, OpensUs: o.OpensUs,
		ClosesUs: o.ClosesUs, Attempts: o.Attempts, Reason: o.Reason}
}

func (a *act) lockOverride(id int64) (o examdb.ExamOverride, units []int64, err error) {
	o, err = a.q.LockOverride(a.ctx, examdb.LockOverrideParams{ID: id, RoundID: a.round.RoundID})
	if errors.Is(err, pgx.ErrNoRows) {
		return o, nil, errNoOverride
	}
	units = []int64{}
	if err == nil && o.UnitID != nil {
		units, err = a.q.UnitAndBelow(a.ctx, *o.UnitID)
	}
	return o, units, err
}

// mayGrant refuses more time for a period whose right answers contestants have seen.
func (a *act) mayGrant(row examdb.AddOverrideParams) error {
	periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
	if err != nil {
		return err
	}
	if row.PeriodID == nil && len(periods) > 1 && (row.OpensUs != nil || row.ClosesUs != nil) {
		return errOverridePeriod
	}
	f := &facts{settings: a.settings, published: a.published, periods: periods}
	for _, p := range periods {
		if (row.PeriodID == nil || *row.PeriodID == p.ID) && f.shows(a.settings.ShowKeys, p) {
			// An exception for all periods goes on for those whose answers are still closed.
			if row.PeriodID != nil || len(periods) == 1 {
				return errKeysShown
			}
		}
	}
	return nil
}

func (a *act) overrides() ([]override, error) {
	f := &facts{roundID: a.round.RoundID}
	err := f.readOverrides(a.ctx, a.q)
	return f.overrides, err
}

// OverrideList gives all exceptions of a round, those that wait first.
func (s *Service) OverrideList(ctx context.Context, contestID, roundID int64) ([]examdb.OverridesRow, error) {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return nil, err
	}
	rows, err := s.q.Overrides(ctx, roundID)
	return rows, postgres.Fault(err)
}
