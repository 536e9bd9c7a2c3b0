package contest

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest/contestdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

var (
	notNext = fault.New(fault.Conflict, "not_the_next_state",
		"Hội thi không thể chuyển thẳng sang trạng thái này. Hãy tải lại để xem trạng thái hiện tại.",
		"The contest cannot go to this state from where it is. Reload to see where it stands.")
	stillMissing = fault.New(fault.Conflict, "still_missing",
		"Còn việc phải làm trước khi chuyển sang bước này; xem các mục được liệt kê.",
		"Some things must be done before this step; see the list.")
	byResult = fault.New(fault.Conflict, "finalize_results",
		"Hội thi được chốt ở trang Kết quả.", "A contest is finalized on its results page.")
)

// Checklist says what is done and what is still missing, the contest's own lines first, then each round's.
func (s *Service) Checklist(ctx context.Context, c Contest) ([]Missing, error) {
	list := []Missing{
		{Code: "rules", Done: c.Rules != "", Vi: "Viết thể lệ", En: "Write the rules"},
		{Code: "schedule", Done: c.StartsAt != nil, Vi: "Đặt ngày giờ thi", En: "Set date and time"},
		{Code: "rounds", Done: len(c.Rounds) > 0, Blocks: Running, Vi: "Có ít nhất một vòng thi", En: "Have at least one round"},
	}
	for _, check := range s.checks {
		more, err := check(ctx, c)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	for _, r := range c.Rounds {
		more, err := s.kinds[r.Kind].Missing(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, m := range more {
			m.RoundID = r.ID
			list = append(list, m)
		}
	}
	return list, nil
}

// Step is a preview of the next step in a contest's life.
type Step struct {
	To State `json:"to" enum:"open,running,ended,archived"`
	// Vi and En say what the step does and who will see it.
	Vi      string    `json:"vi"`
	En      string    `json:"en"`
	Missing []Missing `json:"missing" doc:"What still blocks the step"`
}

var stepTexts = map[State][2]string{
	Open: {"Trang hội thi sẽ công khai; đơn vị và thí sinh đăng ký được trong thời gian nhận đăng ký.",
		"The contest's page becomes public; units and contestants can register within the registration window."},
	Running: {"Ngừng nhận đăng ký; các vòng thi có thể bắt đầu, giám khảo chấm được.",
		"Registration ends; rounds can start and judges can mark."},
	Ended: {"Không vòng nào mở được nữa. Bảng điểm vẫn là tạm tính cho đến khi chốt kết quả.",
		"All rounds are over and none can be started. The board stays provisional until the results are finalized."},
	Archived: {"Hội thi được cất vào lưu trữ: chỉ còn xem, không còn trên trang chủ.",
		"The contest goes to the archive: it can only be read, and leaves the home page."},
}

// NextStep previews the next step; nil: there is none here (finalizing belongs to the results).
func (s *Service) NextStep(ctx context.Context, c Contest) (*Step, error) {
	to := c.State.Next()
	text, ok := stepTexts[to]
	if !ok {
		return nil, nil
	}
	step := &Step{To: to, Vi: text[0], En: text[1], Missing: []Missing{}}
	list, err := s.Checklist(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if !m.Done && m.Blocks == to {
			step.Missing = append(step.Missing, m)
		}
	}
	if to == Ended {
		for _, r := range c.Rounds {
			if r.State == RoundRunning || r.State == Paused {
				vi, en := roundRuns(r.Name)
				step.Missing = append(step.Missing, Missing{Code: "round_running", Blocks: Ended, RoundID: r.ID, Vi: vi, En: en})
			}
		}
	}
	return step, nil
}

// Advance takes the next step. from is where the caller thinks the contest stands.
func (s *Service) Advance(ctx context.Context, contestID int64, from, to State) (Contest, error) {
	c, err := s.Get(ctx, contestID)
	if err != nil {
		return Contest{}, err
	}
	if to == Finalized {
		return Contest{}, byResult
	}
	step, err := s.NextStep(ctx, c)
	if err != nil {
		return Contest{}, err
	}
	if step == nil || c.State != from || step.To != to {
		return Contest{}, notNext
	}
	if len(step.Missing) > 0 {
		f := stillMissing
		for _, m := range step.Missing {
			f = f.At(m.Code, m.Vi, m.En)
		}
		return Contest{}, f
	}
	err = postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		// The contest's row first: a round that is being started holds it, and is then seen.
		if err := s.SetState(ctx, tx, contestID, from, to); err != nil || to != Ended {
			return err
		}
		return s.noneRuns(ctx, tx, contestID)
	})
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	s.changed(contestID)
	return s.Get(ctx, contestID)
}

// noneRuns refuses while a round of the contest is under way.
func (s *Service) noneRuns(ctx context.Context, tx pgx.Tx, contestID int64) error {
	names, err := s.q.WithTx(tx).UnfinishedRounds(ctx, contestID)
	if err != nil || len(names) == 0 {
		return err
	}
	f := stillMissing
	for _, name := range names {
		vi, en := roundRuns(name)
		f = f.At("round_running", vi, en)
	}
	return f
}

func roundRuns(name string) (vi, en string) {
	return "Vòng “" + name + "” đang thi: hãy kết thúc vòng này trước", "Round “" + name + "” is running: finish it first"
}

// HoldState tells where a contest stands and whether it is a rehearsal. It stays there until tx ends.
func (s *Service) HoldState(ctx context.Context, tx pgx.Tx, contestID int64) (state State, rehearsal bool, err error) {
	row, err := s.q.WithTx(tx).HoldContest(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, fault.NothingHere
	}
	return State(row.State), row.Rehearsal, err
}

// SetState moves the state within the caller's transaction and records it (finalizing is the results' act).
func (s *Service) SetState(ctx context.Context, tx pgx.Tx, contestID int64, from, to State) error {
	n, err := s.q.WithTx(tx).SetContestState(ctx, contestdb.SetContestStateParams{ID: contestID, FromState: string(from), ToState: string(to)})
	if err != nil {
		return err
	}
	if n == 0 {
		return notNext
	}
	return record(ctx, tx, contestID, "state", map[string]any{"from": from, "to": to})
}

// Clone makes a new draft with the same set-up: divisions, rounds with their items and rubrics, plan, people and bank;
// nothing of what happened.
func (s *Service) Clone(ctx context.Context, contestID int64, name string, startsAt *time.Time) (Contest, error) {
	if err := notPaired(ctx); err != nil {
		return Contest{}, err
	}
	return s.copy(ctx, contestID, func(c *Contest) { c.Name, c.StartsAt, c.RehearsalOf = name, startsAt, 0 })
}

// Rehearse makes a copy that never counts and that only its robots and organizers can reach. DeleteRehearsal ends it.
func (s *Service) Rehearse(ctx context.Context, contestID int64) (Contest, error) {
	return s.copy(ctx, contestID, func(c *Contest) {
		c.Name, c.RehearsalOf, c.Unlisted = "Chạy thử: "+clip(c.Name, 140), contestID, true
		c.EntryKind, c.TeamMin = PersonEntry, 1 // a robot is one person
	})
}

// DeleteRehearsal removes a rehearsal with all that it left; a real contest is never removed.
func (s *Service) DeleteRehearsal(ctx context.Context, tx pgx.Tx, contestID int64) (removed bool, err error) {
	n, err := s.q.WithTx(tx).DeleteRehearsal(ctx, contestID)
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.accounts.DropGrants(ctx, tx, contestID)
}

func (s *Service) copy(ctx context.Context, contestID int64, alter func(*Contest)) (Contest, error) {
	var made Contest
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		c, err := s.GetTx(ctx, tx, contestID)
		if err != nil {
			return err
		}
		made = c
		made.RegistrationOpensAt, made.RegistrationClosesAt, made.StartsAt = nil, nil, nil
		alter(&made)
		if err := made.Check(); err != nil {
			return err
		}
		if err := s.insert(ctx, tx, &made); err != nil {
			return err
		}
		for _, d := range c.Divisions {
			if err := s.addDivision(ctx, tx, made.ID, d.Name, d.Position); err != nil {
				return err
			}
		}
		q := s.q.WithTx(tx)
		for _, r := range c.Rounds {
			if r.TieBreak() {
				continue // it belongs to what happened
			}
			row, err := q.CreateRound(ctx, contestdb.CreateRoundParams{ContestID: made.ID, Position: int32(r.Position),
				Kind: string(r.Kind), Name: r.Name, Weight: int32(r.Weight), MaxScore: r.MaxScore, Intake: []byte("{}")})
			if err != nil {
				return err
			}
			if err := s.kinds[r.Kind].Copy(ctx, tx, r, roundFromRow(row)); err != nil {
				return err
			}
		}
		if err := s.accounts.CopyGrants(ctx, tx, c.ID, made.ID); err != nil {
			return err
		}
		if made, err = s.GetTx(ctx, tx, made.ID); err != nil {
			return err
		}
		if made, err = s.copyPlan(ctx, tx, c, made); err != nil {
			return err
		}
		for _, f := range s.onCopy {
			if err := f(ctx, tx, c, made); err != nil {
				return err
			}
		}
		return record(ctx, tx, made.ID, "clone", map[string]any{"from": contestID, "name": made.Name})
	})
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	return s.Get(ctx, made.ID)
}

func clip(s string, runes int) string {
	r := []rune(s)
	if len(r) > runes {
		r = r[:runes]
	}
	return string(r)
}
