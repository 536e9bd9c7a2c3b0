package judging

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
)

// Publicity is what the public may see of a part's marks. It is agreed before the night: once the first sheet is locked it
// can only become less. No score follows from it.
type Publicity struct {
	Marks PublicMarks `json:"marks" enum:"totals,seats,names" doc:"totals: the score alone; seats: with each judge's total, as GK1, GK2...; names: with the judges' names"`
	Hall  HallScore   `json:"hall" enum:"at_once,after_part,never" doc:"When a provisional score is shown: as soon as all sheets of the performance are locked; when the part is closed; not before the result is told"`
}

// PublicMarks is how much of a score's making is public.
type PublicMarks string

// HallScore is when a provisional score is public.
type HallScore string

const (
	TotalsOnly PublicMarks = "totals"
	BySeat     PublicMarks = "seats"
	WithNames  PublicMarks = "names"

	AtOnce    HallScore = "at_once"
	AfterPart HallScore = "after_part"
	Never     HallScore = "never"
)

// DefaultPublicity shows totals, as they come.
func DefaultPublicity() Publicity { return Publicity{Marks: TotalsOnly, Hall: AtOnce} }

// Both lists go from the least that the public sees to the most.
var (
	marksUp = []PublicMarks{TotalsOnly, BySeat, WithNames}
	hallUp  = []HallScore{Never, AfterPart, AtOnce}
)

// Widens tells whether the public would see more by it than by what stands.
func (p Publicity) Widens(stands Publicity) bool {
	return slices.Index(marksUp, p.Marks) > slices.Index(marksUp, stands.Marks) || slices.Index(hallUp, p.Hall) > slices.Index(hallUp, stands.Hall)
}

var errPublicityStands = conflict("publicity_stands",
	"Đã có phiếu được chốt nên chỉ có thể cho khán giả xem ít hơn, không thể xem nhiều hơn mức đã định trước đêm thi.",
	"A sheet has been locked, so the public can only be shown less than what was agreed before, not more.")

// EverLocked tells whether any sheet that counts is or was locked.
func (j Judging) EverLocked() bool {
	trial := map[int64]bool{}
	for _, p := range j.Performances {
		trial[p.ID] = p.Calibration
	}
	return slices.ContainsFunc(j.Sheets, func(s Sheet) bool { return s.State == Locked && !trial[s.PerformanceID] }) ||
		slices.ContainsFunc(j.Signing.Ended, func(v SheetVersion) bool { return !trial[v.PerformanceID] })
}

// SetPublicity says what the public sees of the part's marks.
func (s *Service) SetPublicity(ctx context.Context, contestID, roundID int64, p Publicity) error {
	if !slices.Contains(marksUp, p.Marks) || !slices.Contains(hallUp, p.Hall) {
		return invalid("publicity_invalid", "Hãy chọn mức công khai điểm trong danh sách.", "Choose one of the listed ways.")
	}
	return s.changeAlways(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if p == j.Publicity {
			return nil
		}
		if p.Widens(j.Publicity) && (j.EverLocked() || j.Closed()) {
			return errPublicityStands
		}
		if err := q.SetPublicity(ctx, judgingdb.SetPublicityParams{RoundID: roundID, PublicMarks: string(p.Marks), HallScore: string(p.Hall)}); err != nil {
			return err
		}
		return record(ctx, tx, j, "publicity", map[string]any{"round": roundID, "marks": string(p.Marks), "hall": string(p.Hall)})
	})
}

// UseFrozen asks whether the public board of a contest stands still: then no score reaches the public from here either.
func (s *Service) UseFrozen(f func(ctx context.Context, contestID int64) (bool, error)) { s.frozen = f }

// UseTold asks whether the final result of a contest is public: then nothing is held back any more that the setting of a
// part has only put off.
func (s *Service) UseTold(f func(ctx context.Context, contestID int64) (bool, error)) { s.told = f }

// Stir lets everybody be sent the parts of a contest again: the public board has stopped, or goes on.
func (s *Service) Stir(ctx context.Context, contestID int64) error {
	ids, err := s.q.StirAll(ctx, contestID)
	if err != nil {
		return postgres.Fault(err)
	}
	for _, id := range ids {
		s.changed(contestID, id)
	}
	return nil
}

// PublicScore is what the public sees of a performance's marks.
type PublicScore struct {
	Score    int64         `json:"score" doc:"Hundredths of a point"`
	Deducted int64         `json:"deducted" doc:"Taken off for overtime; it is in the score already"`
	Final    bool          `json:"final" doc:"The part is closed; else the score is provisional"`
	Sheets   []PublicSheet `json:"sheets" doc:"By seat; empty where only totals are public"`
}

// PublicSheet is one judge's total.
type PublicSheet struct {
	Seat  int    `json:"seat" doc:"3 is GK3"`
	Name  string `json:"name,omitempty" doc:"Only where the judges' names are public"`
	Total int64  `json:"total"`
	Out   bool   `json:"out" doc:"Does not count: struck out by the rule of the part"`
}

// Showing is how far the curtain stands open.
type Showing struct {
	held bool // the public board stands still, or its state is not known
	told bool // the final result is public
}

// showing asks how far the curtain stands open. The caller has read the marks before: what is shown then was open after
// they were read.
func (s *Service) showing(ctx context.Context, contestID int64) (Showing, error) {
	held, err := s.frozen(ctx, contestID)
	if err != nil {
		return Showing{held: true}, err
	}
	told, err := s.told(ctx, contestID)
	return Showing{held: held, told: told}, err
}

// Public are the scores of a part that the public may see now, by performance: of turns that are over and whose sheets are
// all locked, never of performances for practice, and nothing while the board stands still. In a blind round they wait for
// the close, as a score beside a code would stay in memory.
func (j Judging) Public(x Showing) map[int64]PublicScore {
	shown := map[int64]PublicScore{}
	if x.held || j.Blind && !j.Closed() || !j.opened(x.told) {
		return shown
	}
	if x.told && !j.Closed() {
		return shown // opened again for a correction: what was told stands until that is made
	}
	names := map[int]string{}
	if j.Publicity.Marks == WithNames {
		for _, seat := range j.Panel {
			names[seat.Number] = seat.Name
		}
	}
	for _, s := range j.Scores() {
		if !s.Complete {
			continue
		}
		p := PublicScore{Score: s.Score, Deducted: s.Working.Overtime.Deduction, Final: j.Closed(), Sheets: []PublicSheet{}}
		if j.Publicity.Marks != TotalsOnly {
			for _, sheet := range s.Working.Sheets {
				p.Sheets = append(p.Sheets, PublicSheet{Seat: sheet.Seat, Name: names[sheet.Seat], Total: sheet.Total, Out: sheet.Dropped != scoring.Kept})
			}
		}
		shown[s.PerformanceID] = p
	}
	return shown
}

// opened tells whether the part's setting lets its scores be public now.
func (j Judging) opened(told bool) bool {
	return told || j.Publicity.Hall == AtOnce || j.Publicity.Hall == AfterPart && j.Closed()
}

// HiddenFromPublic tells whether the part's setting keeps its scores off the public board now.
func (s *Service) HiddenFromPublic(ctx context.Context, roundID int64) (bool, error) {
	j, err := s.Get(ctx, 0, roundID)
	if err != nil {
		return true, err
	}
	told, err := s.told(ctx, j.ContestID)
	return !j.opened(told), err
}
