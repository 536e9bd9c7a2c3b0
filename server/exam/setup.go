package exam

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Setup is a round as organizers set it up.
type Setup struct {
	Round    contest.Round
	Contest  contest.Contest
	Version  int64
	Phase    Phase
	Settings Settings
	Periods  []Standing
	Pools    []Frozen
}

// Frozen is a pool from which papers are drawn: its period and division (0: all without their own).
type Frozen struct {
	ID, PeriodID, DivisionID, BlueprintID, CreatedUs int64
}

var (
	errSetupChanged = fault.New(fault.Conflict, "setup_changed",
		"Người khác vừa sửa thiết lập của vòng thi này nên thay đổi của bạn chưa được lưu. Hãy tải lại rồi sửa tiếp.",
		"Somebody else has just changed this round's set-up, so yours was not saved. Reload, then go on.")
	errSetupOver = fault.New(fault.Conflict, "contest_over",
		"Hội thi đã kết thúc nên thiết lập của vòng thi không đổi được nữa.",
		"The contest is over, so the round's set-up can no longer change.")
	errNoBlueprint = fault.New(fault.Conflict, "exam_no_blueprint",
		"Chưa chọn ma trận đề cho kỳ và bảng này nên chưa có đề để xem. Hãy chọn ma trận trước.",
		"No blueprint is chosen for this period and division, so there is no paper to see. Choose one first.")
)

// SetUp gives a new round its settings and periods, in the transaction that makes it (contest.RoundKind).
func (s *Service) SetUp(ctx context.Context, tx pgx.Tx, round contest.Round, spec contest.RoundSpec) error {
	settings := settingsOf(spec.Exam)
	if f := settings.Check(); f != nil {
		return f
	}
	b, err := encodeSettings(settings)
	if err != nil {
		return err
	}
	q := s.q.WithTx(tx)
	if err := q.SetupCreate(ctx, examdb.SetupCreateParams{RoundID: round.ID, Settings: b}); err != nil {
		return err
	}
	c, err := s.contests.GetTx(ctx, tx, round.ContestID)
	if err != nil {
		return err
	}
	periods := firstPeriods(spec.Exam, zoneOf(c))
	if first := firstOpening(periods); first != nil {
		if err := s.contests.FillRoundStart(ctx, tx, round.ID, *first, nil); err != nil {
			return err
		}
	}
	return s.putPeriods(ctx, q, round.ID, periods)
}

func zoneOf(c contest.Contest) *time.Location {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func encodeSettings(s Settings) ([]byte, error) { return audit.Canonical(s.Normalized()) }

func decodeSettings(b []byte) (Settings, error) {
	var s Settings
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("exam: stored settings: %w", err)
	}
	return s, nil
}

// firstOpening is when something of a round can first be taken; nil: nobody has said.
func firstOpening(periods []Period) *time.Time {
	var first int64
	for _, p := range periods {
		if at := p.OpensUs(); at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	if first == 0 {
		return nil
	}
	at := time.UnixMicro(first).UTC()
	return &at
}

// putPeriods writes periods as they are wished for: known ones are changed, new ones added, others dropped.
func (s *Service) putPeriods(ctx context.Context, q *examdb.Queries, roundID int64, periods []Period) error {
	kept := []int64{}
	for _, p := range periods {
		if p.ID != 0 {
			kept = append(kept, p.ID)
		}
	}
	if err := q.SetupDropPeriods(ctx, examdb.SetupDropPeriodsParams{RoundID: roundID, Kept: kept}); err != nil {
		return err
	}
	for i, p := range periods {
		id := p.ID
		var err error
		if id == 0 {
			id, err = q.SetupAddPeriod(ctx, examdb.SetupAddPeriodParams{RoundID: roundID, Position: int32(i + 1), Name: p.Name})
		} else {
			err = q.SetupPeriod(ctx, examdb.SetupPeriodParams{ID: id, RoundID: roundID, Position: int32(i + 1), Name: p.Name})
		}
		if err != nil {
			return err
		}
		if err := q.SetupDropWindows(ctx, id); err != nil {
			return err
		}
		for _, w := range p.Windows {
			if err := q.SetupAddWindow(ctx, examdb.SetupAddWindowParams{PeriodID: id, DivisionID: w.DivisionID, OpensUs: w.OpensUs, ClosesUs: w.ClosesUs}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Setup reads a round of a contest as organizers set it up.
func (s *Service) Setup(ctx context.Context, contestID, roundID int64) (Setup, error) {
	round, err := s.contests.Round(ctx, contestID, roundID)
	if err != nil {
		return Setup{}, err
	}
	c, err := s.contests.Get(ctx, round.ContestID)
	if err != nil {
		return Setup{}, err
	}
	row, err := s.q.SetupRow(ctx, roundID)
	if errors.Is(err, pgx.ErrNoRows) {
		return Setup{}, errNotExam
	}
	if err != nil {
		return Setup{}, postgres.Fault(err)
	}
	return s.setupOf(ctx, s.q, c, round, examdb.SetupLockRow(row))
}

func (s *Service) setupOf(ctx context.Context, q *examdb.Queries, c contest.Contest, round contest.Round, row examdb.SetupLockRow) (Setup, error) {
	x := Setup{Round: round, Contest: c, Version: row.Version, Phase: Phase(row.Phase), Periods: []Standing{}, Pools: []Frozen{}}
	var err error
	if x.Settings, err = decodeSettings(row.Settings); err != nil {
		return x, err
	}
	periods, err := q.SetupPeriods(ctx, round.ID)
	if err != nil {
		return x, postgres.Fault(err)
	}
	windows, err := q.SetupWindows(ctx, round.ID)
	if err != nil {
		return x, postgres.Fault(err)
	}
	pools, err := q.SetupPools(ctx, round.ID)
	if err != nil {
		return x, postgres.Fault(err)
	}
	for _, p := range periods {
		n := Standing{Period: Period{ID: p.ID, Position: int(p.Position), Name: p.Name, Windows: []Window{}, Actual: p.Actual, SettledUs: p.SettledUs}, Taken: p.Taken}
		for _, w := range windows {
			if w.PeriodID == p.ID {
				n.Windows = append(n.Windows, Window{DivisionID: w.DivisionID, OpensUs: w.OpensUs, ClosesUs: w.ClosesUs})
			}
		}
		for _, f := range pools {
			if f.PeriodID == p.ID {
				n.Prepared = append(n.Prepared, f.DivisionID)
				x.Pools = append(x.Pools, Frozen{ID: f.ID, PeriodID: f.PeriodID, DivisionID: f.DivisionID, BlueprintID: f.BlueprintID, CreatedUs: f.CreatedUs})
			}
		}
		x.Periods = append(x.Periods, n)
	}
	return x, nil
}

// Editable tells whether anything of the set-up can still change.
func (x Setup) Editable() bool {
	switch x.Contest.State {
	case contest.Ended, contest.Finalized, contest.Archived:
		return false
	case contest.Draft, contest.Open, contest.Running:
	}
	return true
}

// alter locks a round's set-up as version has it, runs fn and records the act.
func (s *Service) alter(ctx context.Context, contestID, roundID, version int64, action string, fn func(tx pgx.Tx, q *examdb.Queries, x Setup) (any, error)) (Setup, error) {
	err := postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		c, err := s.contests.GetTx(ctx, tx, contestID)
		if err != nil {
			return err
		}
		round, ok := c.Round(roundID)
		if !ok {
			return fault.NothingHere
		}
		q := s.q.WithTx(tx)
		row, err := q.SetupLock(ctx, roundID)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNotExam
		}
		if err != nil {
			return err
		}
		if row.Version != version {
			return errSetupChanged
		}
		x, err := s.setupOf(ctx, q, c, round, row)
		if err != nil {
			return err
		}
		if !x.Editable() {
			return errSetupOver
		}
		payload, err := fn(tx, q, x)
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, action, payload)
	})
	if err != nil {
		return Setup{}, postgres.Fault(err)
	}
	s.changed(roundID)
	if err := s.refreshMax(ctx, contestID, roundID); err != nil {
		return Setup{}, err
	}
	return s.Setup(ctx, contestID, roundID)
}

// SaveSettings changes the rules of a round; version is the one that the organizer saw.
func (s *Service) SaveSettings(ctx context.Context, contestID, roundID, version int64, settings Settings) (Setup, error) {
	settings = settings.Normalized()
	if f := settings.Check(); f != nil {
		return Setup{}, f
	}
	blueprints, err := s.papers.Blueprints(ctx, contestID)
	if err != nil {
		return Setup{}, err
	}
	ids := make([]int64, len(blueprints))
	for i, b := range blueprints {
		ids[i] = b.ID
	}
	return s.alter(ctx, contestID, roundID, version, "exam.settings", func(_ pgx.Tx, q *examdb.Queries, x Setup) (any, error) {
		if f := settings.CheckReferences(x.Periods, x.Contest.Divisions, ids); f != nil {
			return nil, f
		}
		if f := CheckChange(x.Phase, x.Settings, settings, x.Periods, x.Contest.Divisions); f != nil {
			return nil, f
		}
		// Only a planned round comes here with pools of another blueprint: they are prepared anew.
		for _, p := range x.Periods {
			for _, division := range x.Settings.moved(settings, p, x.Contest.Divisions) {
				if err := q.SetupDropPool(ctx, examdb.SetupDropPoolParams{RoundID: roundID, PeriodID: p.ID, DivisionID: division}); err != nil {
					return nil, err
				}
			}
		}
		b, err := encodeSettings(settings)
		if err != nil {
			return nil, err
		}
		return map[string]any{"round": roundID, "settings": settings}, q.SetupSettings(ctx, examdb.SetupSettingsParams{RoundID: roundID, Settings: b})
	})
}

// SavePeriods replaces the list of periods with their windows, in order; version is the one that the organizer saw. What
// a setting says of a period that goes (its blueprint) goes with it.
func (s *Service) SavePeriods(ctx context.Context, contestID, roundID, version int64, periods []Period) (Setup, error) {
	return s.alter(ctx, contestID, roundID, version, "exam.periods", func(tx pgx.Tx, q *examdb.Queries, x Setup) (any, error) {
		tidy, f := CheckPeriods(periods, x.Contest.Divisions)
		if f != nil {
			return nil, f
		}
		for i, p := range tidy {
			if p.ID != 0 && !slices.ContainsFunc(x.Periods, func(n Standing) bool { return n.ID == p.ID }) {
				return nil, errPeriods.At(fmt.Sprintf("periods[%d]", i), "Kỳ thi này không còn.", "This period is gone.")
			}
		}
		if f := CheckMove(x.Phase, x.Periods, tidy, s.nowUs()); f != nil {
			return nil, f
		}
		settings := x.Settings
		settings.Sources = slices.DeleteFunc(slices.Clone(settings.Sources), func(source Source) bool {
			return source.PeriodID != 0 && !slices.ContainsFunc(tidy, func(p Period) bool { return p.ID == source.PeriodID })
		})
		b, err := encodeSettings(settings)
		if err != nil {
			return nil, err
		}
		if err := q.SetupSettings(ctx, examdb.SetupSettingsParams{RoundID: roundID, Settings: b}); err != nil {
			return nil, err
		}
		if first := firstOpening(tidy); first != nil {
			var before []Period
			for _, p := range x.Periods {
				before = append(before, p.Period)
			}
			if err := s.contests.FillRoundStart(ctx, tx, roundID, *first, firstOpening(before)); err != nil {
				return nil, err
			}
		}
		return map[string]any{"round": roundID, "periods": tidy}, s.putPeriods(ctx, q, roundID, tidy)
	})
}
