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
	// Seconds is the time used on stage, from which the deduction follows.
	Seconds int64
	// Complete: the performance is over and every sheet that is waited for is locked.
	Complete bool
	Working  scoring.Working
}

// Scores computes every performance from its locked sheets, in running order.
func (j Judging) Scores() []Score {
	rubric := j.Rubric()
	scores, turns := make([]Score, 0, len(j.Performances)), make([]scoring.Turn, 0, len(j.Performances))
	for _, p := range j.counting() {
		if p.sitsOut() {
			continue
		}
		score, turn := j.turn(p)
		scores, turns = append(scores, score), append(turns, turn)
	}
	for i, w := range scoring.CombineRound(rubric, j.Rules.Combining, turns) {
		scores[i].Working, scores[i].Score = w, w.Score
		scores[i].Complete = scores[i].Complete && !w.Waiting
	}
	return scores
}

// max is the most that an entry can reach in the round. Where places were to be added up and no judge has marked every
// performance, the mean of the sheets stands, and with it the highest total of a sheet.
func (j Judging) max() int64 {
	if slices.ContainsFunc(j.Scores(), func(s Score) bool { return s.Working.LeftOut == scoring.LeftOutNoFullJudge }) {
		return j.Rubric().Max(j.Rules.Combining.Decimals)
	}
	return j.Rules.Combining.Max(j.Rubric(), len(j.Panel), j.performing())
}

// byPerformance are the scores by performance, for views that show several.
func (j Judging) byPerformance() map[int64]Score {
	scores := make(map[int64]Score, len(j.Performances))
	for _, s := range j.Scores() {
		scores[s.PerformanceID] = s
	}
	return scores
}

// turn gathers the sheets of a performance that count.
func (j Judging) turn(p Performance) (Score, scoring.Turn) {
	s := Score{PerformanceID: p.ID, EntryID: p.EntryID}
	if p.Seconds != nil {
		s.Seconds = *p.Seconds
	}
	turn := scoring.Turn{ID: p.ID, Overtime: j.Rules.Overtime.Deduct(s.Seconds)}
	for _, seat := range j.Panel {
		if sheet := j.Sheet(p.ID, seat.AccountID); sheet.State == Locked && !j.Barred(p, seat.AccountID) {
			turn.Sheets = append(turn.Sheets, scoring.Sheet{Seat: seat.Number, Marks: sheet.Values()})
		}
	}
	s.Complete = p.State == Done && len(turn.Sheets) > 0 && len(j.awaited(p)) == 0
	turn.Open = !s.Complete
	return s, turn
}

// awaited are the judges whose sheets a performance still waits for. Who is absent is waited for only when the rules say
// so. Of markers who work in pairs the first two are waited for, and the next one when they are too far apart.
func (j Judging) awaited(p Performance) []Seat {
	var waits []Seat
	var totals []int64
	for _, seat := range j.Panel {
		sheet := j.Sheet(p.ID, seat.AccountID)
		if j.Barred(p, seat.AccountID) || sheet.State != Locked && (!j.Sits(p, seat) || j.gone(seat)) {
			continue
		}
		if j.Rules.Combining.Method == scoring.TwoMarkers {
			taken := len(totals) + len(waits)
			if taken >= 3 || taken == 2 && (len(waits) > 0 || !j.Rules.Combining.Disagree(j.Rubric(), totals[0], totals[1])) {
				break
			}
		}
		if sheet.State != Locked {
			waits = append(waits, seat)
			continue
		}
		_, total, _ := j.Rubric().Total(sheet.Values(), j.Rules.Combining.Decimals)
		totals = append(totals, total)
	}
	return waits
}

// gone tells whether a sheet that is not locked yet will not come: of who has been replaced never, of who is absent by the
// rules.
func (j Judging) gone(seat Seat) bool {
	return seat.LeftUs != 0 || seat.Absent && j.Rules.Absent != AbsenceWaits
}

// Gap is one thing that is still to be done.
type Gap struct {
	Code string `json:"code" enum:"rubric,panel,order,head,request_open,performance_open,sheet_open,no_sheet,third_sheet"`
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
	if n := scoring.LeastMarkers; j.Rules.Combining.Method == scoring.TwoMarkers && len(j.Panel) > 0 && len(j.Panel) < n {
		gaps = append(gaps, Gap{Code: "panel", Vi: fmt.Sprintf("Cách chấm hai người cần ít nhất %d giám khảo: người thứ ba chấm khi hai người chênh lệch nhiều", n),
			En: fmt.Sprintf("Marking by two needs at least %d judges: the third marks when the two are far apart", n)})
	}
	if len(j.Panel) == 0 {
		gaps = append(gaps, Gap{Code: "panel", Vi: "Chưa có ban giám khảo", En: "There is no panel yet"})
	}
	if j.Rules.Combining.Method == scoring.RankSum && !j.Started() && len(j.Panel) > 0 && !j.anyFullJudge() {
		gaps = append(gaps, Gap{Code: "panel", Vi: "Cộng thứ hạng cần ít nhất một giám khảo chấm mọi lượt, mà giám khảo nào cũng có lượt không được chấm vì xung đột lợi ích: hãy đổi ban giám khảo hoặc cách tính",
			En: "A sum of places needs at least one judge who marks every turn, and each of these may not mark some turn because of a conflict of interest: change the panel or the way of counting"})
	}
	if len(j.counting()) == 0 {
		gaps = append(gaps, Gap{Code: "order", Vi: "Chưa có thứ tự trình bày", En: "There is no running order yet"})
	}
	return gaps
}

// anyFullJudge tells whether somebody on the panel may mark every performance that counts.
func (j Judging) anyFullJudge() bool {
	return slices.ContainsFunc(j.Panel, func(seat Seat) bool {
		return !slices.ContainsFunc(j.counting(), func(p Performance) bool { return !p.sitsOut() && j.Barred(p, seat.AccountID) })
	})
}

// Gaps is what stands between the round and its close.
func (j Judging) Gaps() []Gap {
	gaps := j.SetUpGaps()
	missing := map[int64]bool{}
	for _, s := range j.Scores() {
		missing[s.PerformanceID] = s.Working.Waiting
	}
	for _, p := range j.Performances {
		if p.Calibration && p.State != OnStage {
			continue
		}
		if p.sitsOut() {
			continue // nobody waits for who does not perform
		}
		if p.State != Done {
			gaps = append(gaps, Gap{Code: "performance_open", PerformanceID: p.ID,
				Vi: p.EntryName + ": chưa trình bày xong", En: p.EntryName + ": the performance is not over"})
			continue
		}
		waits := j.awaited(p)
		for _, seat := range waits {
			g := Gap{Code: "sheet_open", PerformanceID: p.ID, Seat: seat.Number,
				Vi: fmt.Sprintf("%s: GK%d (%s) chưa chốt phiếu", p.EntryName, seat.Number, seat.Name),
				En: fmt.Sprintf("%s: judge %d (%s) has not locked the sheet", p.EntryName, seat.Number, seat.Name)}
			if seat.Absent {
				g.Vi, g.En = g.Vi+"; thể lệ chờ cả giám khảo vắng", g.En+"; by the rules an absent judge is waited for"
			}
			gaps = append(gaps, g)
		}
		if _, turn := j.turn(p); len(waits) == 0 && len(turn.Sheets) == 0 {
			gaps = append(gaps, Gap{Code: "no_sheet", PerformanceID: p.ID,
				Vi: p.EntryName + ": không có phiếu chấm nào", En: p.EntryName + ": there is no sheet at all"})
		}
		if missing[p.ID] && len(waits) == 0 {
			gaps = append(gaps, Gap{Code: "third_sheet", PerformanceID: p.ID,
				Vi: p.EntryName + ": hai người chấm chênh lệch quá mức mà không còn ai chấm lần thứ ba",
				En: p.EntryName + ": the two markers are too far apart, and nobody is left for a third marking"})
		}
	}
	return append(gaps, j.signGaps()...)
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
	Left      bool  `json:"left,omitempty"` // replaced: open sheets are not waited for
}

type performanceInput struct {
	ID      int64            `json:"id"`
	EntryID int64            `json:"entry_id"`
	State   PerformanceState `json:"state"`
	Seconds *int64           `json:"seconds"`
	Barred  []int            `json:"barred,omitempty"` // seats whose sheets are left out for a conflict of interest
	Away    []int            `json:"away,omitempty"`   // seats whose judges came later or had left
	Sheets  []sheetInput     `json:"sheets"`           // by seat
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
	j = j.named()
	in := inputs{RoundID: j.RoundID, Rules: j.Rules, Criteria: j.Rubric(), Closed: j.Closed(),
		Panel: []seatInput{}, Performances: []performanceInput{}}
	for _, s := range j.Panel {
		in.Panel = append(in.Panel, seatInput{Seat: s.Number, AccountID: s.AccountID, Head: s.Head, Absent: s.Absent, Left: s.LeftUs != 0})
	}
	for _, p := range j.counting() {
		if p.sitsOut() {
			continue
		}
		pi := performanceInput{ID: p.ID, EntryID: p.EntryID, State: p.State, Seconds: p.Seconds, Sheets: []sheetInput{}}
		for _, seat := range j.Panel {
			if j.Barred(p, seat.AccountID) {
				pi.Barred = append(pi.Barred, seat.Number)
			}
			if !j.Sits(p, seat) {
				pi.Away = append(pi.Away, seat.Number)
			}
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
		seat := Seat{Number: s.Seat, AccountID: s.AccountID, Head: s.Head, Absent: s.Absent}
		if s.Left {
			seat.LeftUs = 1
		}
		j.Panel = append(j.Panel, seat)
	}
	for _, p := range in.Performances {
		turn := Performance{ID: p.ID, EntryID: p.EntryID, State: p.State, Seconds: p.Seconds, Conflicts: map[int64]Why{}, away: map[int64]bool{}}
		for _, seat := range p.Away {
			turn.away[accounts[seat]] = true
		}
		for _, seat := range p.Barred {
			turn.Conflicts[accounts[seat]], j.Conflict = Declared, ConflictBarred
		}
		j.Performances = append(j.Performances, turn)
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
