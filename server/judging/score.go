package judging

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/hoithi/hoithi/server/scoring"
)

// Score is what an entry reached in the round, with the working. Only complete performances have one that counts.
type Score struct {
	PerformanceID int64
	EntryID       int64
	// Score in hundredths of a point.
	Score int64
	// Seconds is the time used on stage, a metric by which ties can be broken.
	Seconds int64
	// Complete: the performance is over and every sheet that is waited for is locked.
	Complete bool
	Working  scoring.Working
}

// Scores computes every performance from its locked sheets, in running order.
func (j Judging) Scores() []Score {
	rubric := j.Rubric()
	scores := make([]Score, 0, len(j.Performances))
	for _, p := range j.Performances {
		scores = append(scores, j.score(rubric, p))
	}
	return scores
}

func (j Judging) score(rubric scoring.Rubric, p Performance) Score {
	s := Score{PerformanceID: p.ID, EntryID: p.EntryID, Complete: p.State == Done}
	if p.Seconds != nil {
		s.Seconds = *p.Seconds
	}
	var sheets []scoring.Sheet
	for _, seat := range j.Panel {
		sheet := j.Sheet(p.ID, seat.AccountID)
		switch {
		case sheet.State == Locked:
			sheets = append(sheets, scoring.Sheet{Seat: seat.Number, Marks: sheet.Values()})
		case !seat.Absent:
			s.Complete = false
		}
	}
	s.Complete = s.Complete && len(sheets) > 0
	s.Working = scoring.Combine(rubric, j.Rules.Combining, sheets, j.Rules.Overtime.Deduct(s.Seconds))
	s.Score = s.Working.Score
	return s
}

// Gap is one thing that is still to be done.
type Gap struct {
	Code string `json:"code" enum:"rubric,panel,order,performance_open,sheet_open,no_sheet"`
	// PerformanceID and Seat say where; 0: the round as a whole.
	PerformanceID int64  `json:"performance_id,omitzero"`
	Seat          int    `json:"seat,omitzero"`
	Vi            string `json:"vi"`
	En            string `json:"en"`
}

// SetUpGaps is what a round lacks before its first performance.
func (j Judging) SetUpGaps() []Gap {
	gaps := []Gap{}
	if len(j.Criteria) == 0 {
		gaps = append(gaps, Gap{Code: "rubric", Vi: "Chưa có biểu điểm", En: "There is no rubric yet"})
	}
	if len(j.Panel) == 0 {
		gaps = append(gaps, Gap{Code: "panel", Vi: "Chưa có ban giám khảo", En: "There is no panel yet"})
	}
	if len(j.Performances) == 0 {
		gaps = append(gaps, Gap{Code: "order", Vi: "Chưa có thứ tự trình bày", En: "There is no running order yet"})
	}
	return gaps
}

// Gaps is what stands between the round and its close.
func (j Judging) Gaps() []Gap {
	gaps := j.SetUpGaps()
	for _, p := range j.Performances {
		if p.State != Done {
			gaps = append(gaps, Gap{Code: "performance_open", PerformanceID: p.ID,
				Vi: p.EntryName + ": chưa trình bày xong", En: p.EntryName + ": the performance is not over"})
			continue
		}
		locked := 0
		for _, seat := range j.Panel {
			switch {
			case j.Sheet(p.ID, seat.AccountID).State == Locked:
				locked++
			case !seat.Absent:
				gaps = append(gaps, Gap{Code: "sheet_open", PerformanceID: p.ID, Seat: seat.Number,
					Vi: fmt.Sprintf("%s: GK%d (%s) chưa chốt phiếu", p.EntryName, seat.Number, seat.Name),
					En: fmt.Sprintf("%s: judge %d (%s) has not locked the sheet", p.EntryName, seat.Number, seat.Name)})
			}
		}
		if locked == 0 && !slices.ContainsFunc(j.Panel, func(s Seat) bool { return !s.Absent }) {
			gaps = append(gaps, Gap{Code: "no_sheet", PerformanceID: p.ID,
				Vi: p.EntryName + ": không có phiếu chấm nào", En: p.EntryName + ": there is no sheet at all"})
		}
	}
	return gaps
}

// Draw puts entries into an order that only the seed decides: by the SHA-256 of "seed:number", so that everybody can
// check a draw with the seed and the candidate numbers.
func Draw(seed string, numbers map[int64]int) []int64 {
	type lot struct {
		entryID int64
		key     [sha256.Size]byte
	}
	lots := make([]lot, 0, len(numbers))
	for id, n := range numbers {
		lots = append(lots, lot{entryID: id, key: sha256.Sum256([]byte(seed + ":" + strconv.Itoa(n)))})
	}
	slices.SortFunc(lots, func(a, b lot) int { return slices.Compare(a.key[:], b.key[:]) })
	order := make([]int64, len(lots))
	for i, l := range lots {
		order[i] = l.entryID
	}
	return order
}

// inputs is everything that the scores follow from, in a form that can be hashed and computed again.
type inputs struct {
	RoundID      int64              `json:"round_id"`
	Rules        MarkingRules       `json:"rules"`
	Criteria     scoring.Rubric     `json:"criteria"`
	Panel        []seatInput        `json:"panel"`
	Performances []performanceInput `json:"performances"`
	Closed       bool               `json:"closed"`
}

type seatInput struct {
	Seat      int   `json:"seat"`
	AccountID int64 `json:"account_id"`
	Head      bool  `json:"head"`
	Absent    bool  `json:"absent"`
}

type performanceInput struct {
	ID      int64            `json:"id"`
	EntryID int64            `json:"entry_id"`
	State   PerformanceState `json:"state"`
	Seconds *int64           `json:"seconds"`
	Sheets  []sheetInput     `json:"sheets"` // by seat
}

type sheetInput struct {
	Seat  int         `json:"seat"`
	State SheetState  `json:"state"`
	Marks []markInput `json:"marks"` // by criterion
}

type markInput struct {
	CriterionID int64 `json:"criterion_id"`
	Value       int64 `json:"value"`
	Writer      int64 `json:"writer"`
	Seq         int64 `json:"seq"`
	ReceivedUs  int64 `json:"received_us"`
}

// Inputs are the canonical bytes of everything that the scores follow from: the same round, the same bytes. Names are
// not among them: a corrected name changes no score.
func (j Judging) Inputs() []byte {
	in := inputs{RoundID: j.RoundID, Rules: j.Rules, Criteria: j.Rubric(), Closed: j.Closed(),
		Panel: []seatInput{}, Performances: []performanceInput{}}
	for _, s := range j.Panel {
		in.Panel = append(in.Panel, seatInput{Seat: s.Number, AccountID: s.AccountID, Head: s.Head, Absent: s.Absent})
	}
	for _, p := range j.Performances {
		pi := performanceInput{ID: p.ID, EntryID: p.EntryID, State: p.State, Seconds: p.Seconds, Sheets: []sheetInput{}}
		for _, seat := range j.Panel {
			sheet := j.Sheet(p.ID, seat.AccountID)
			if sheet.ID == 0 {
				continue
			}
			si := sheetInput{Seat: seat.Number, State: sheet.State, Marks: []markInput{}}
			for _, c := range j.Criteria {
				if m, ok := sheet.Marks[c.ID]; ok {
					si.Marks = append(si.Marks, markInput{CriterionID: c.ID, Value: m.Value, Writer: m.Writer, Seq: m.Seq, ReceivedUs: m.ReceivedUs})
				}
			}
			pi.Sheets = append(pi.Sheets, si)
		}
		in.Performances = append(in.Performances, pi)
	}
	b, err := json.Marshal(in)
	if err != nil {
		// Integers, strings of our own and lists of them always encode.
		panic(err)
	}
	return b
}

// Recompute computes the scores from nothing but the bytes of Inputs.
func Recompute(canonical []byte) ([]Score, error) {
	var in inputs
	if err := json.Unmarshal(canonical, &in); err != nil {
		return nil, fmt.Errorf("judging: read inputs: %w", err)
	}
	j := Judging{RoundID: in.RoundID, Rules: in.Rules}
	accounts := map[int]int64{}
	for _, c := range in.Criteria {
		j.Criteria = append(j.Criteria, Criterion{Criterion: c})
	}
	for _, s := range in.Panel {
		accounts[s.Seat] = s.AccountID
		j.Panel = append(j.Panel, Seat{Number: s.Seat, AccountID: s.AccountID, Head: s.Head, Absent: s.Absent})
	}
	for _, p := range in.Performances {
		j.Performances = append(j.Performances, Performance{ID: p.ID, EntryID: p.EntryID, State: p.State, Seconds: p.Seconds})
		for _, s := range p.Sheets {
			sheet := Sheet{PerformanceID: p.ID, AccountID: accounts[s.Seat], State: s.State, Marks: map[int64]Mark{}}
			for _, m := range s.Marks {
				sheet.Marks[m.CriterionID] = Mark{Value: m.Value}
			}
			j.Sheets = append(j.Sheets, sheet)
		}
	}
	return j.Scores(), nil
}
