package result

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/plan"
)

// twoCuts is a final result of five entries: four went on to the second round, two of those to the last one.
func twoCuts() Snapshot {
	best := contest.Intake{Who: contest.WhoBest}
	return Snapshot{Divisions: []contest.Division{{ID: 1, Name: "Bảng A"}},
		Rounds: []SnapshotRound{{ID: 10, Name: "Vòng loại"}, {ID: 11, Name: "Bán kết"}, {ID: 12, Name: "Chung kết"}, {ID: 13, Name: "Câu hỏi phụ"}},
		Standings: []Standing{{EntryID: 1, Number: "001", Name: "Hạc Thành", DivisionID: 1, Place: 1, Level: 2}, {EntryID: 2, Number: "002", Name: "Sông Mã", DivisionID: 1, Place: 2, Level: 2},
			{EntryID: 3, Number: "003", Name: "Hàm Rồng", DivisionID: 1, Place: 3, Level: 1}, {EntryID: 4, Number: "004", Name: "Lam Kinh", DivisionID: 1, Place: 3, Level: 1, Tied: true},
			{EntryID: 5, Number: "005", Name: "Sầm Sơn", DivisionID: 1, Place: 5}},
		Plan: &plan.Sealed{Rounds: []plan.SealedRound{{RoundID: 10}, {RoundID: 11, Intake: best}, {RoundID: 12, Intake: best}},
			Promotions: []plan.SealedPromotion{{RoundID: 11, Entries: []int64{1, 2, 3, 4}}, {RoundID: 12, Entries: []int64{1, 2}}},
			Decisions: []plan.SealedDecision{
				{What: "entry", Method: plan.ByLots, Subjects: []int64{2, 3}, Numbers: []int{2, 3}, Places: []int{1, 2}, Seed: "k3f9"},
				{What: "entry", Method: plan.ByRound, TieRound: 13, Subjects: []int64{1, 2}, Numbers: []int{1, 2}, Places: []int{1, 2}},
				{What: "unit", RoundID: 11, Method: plan.ByHead, Decider: "Lê Thu Trang", Reason: "Đông thí sinh hơn", Subjects: []int64{70, 71}, Numbers: []int{1, 2}, Places: []int{2, 1}}}}}
}

func TestLinesOfAFinalResult(t *testing.T) {
	t.Parallel()
	s := twoCuts()
	want := []CutLine{{DivisionID: 1, RoundID: 12, Round: "Chung kết", Count: 2, After: 2, Place: 2}, {DivisionID: 1, RoundID: 11, Round: "Bán kết", Count: 4, After: 4, Place: 3}}
	if got := s.Cuts(); !reflect.DeepEqual(got, want) {
		t.Errorf("the lines are %+v, want %+v", got, want)
	}
	s.Standings = s.Standings[:4] // nobody stands beneath the first line any more
	if got := s.Cuts(); len(got) != 1 || got[0].RoundID != 12 {
		t.Errorf("a line beneath everybody is drawn: %+v", got)
	}
	if got := (Snapshot{}).Cuts(); len(got) != 0 {
		t.Errorf("a plain sum has lines: %+v", got)
	}
}

// Whoever draws lots, takes them back and draws again is seen doing it by everybody who reads the minutes.
func TestLotsThatWereTakenBackAreTold(t *testing.T) {
	t.Parallel()
	s := twoCuts()
	s.Plan.Decisions[0].Earlier = []plan.SealedEarlier{{Method: plan.ByLots, Subjects: []int64{2, 3}, Numbers: []int{2, 3}, Places: []int{2, 1}, Seed: "a1b2", Why: "Bốc lại"}}
	ties := s.Ties(nil)
	if want := "Trước đó: Bốc thăm, mã a1b2 (1. 003 Hàm Rồng; 2. 002 Sông Mã), đã thu hồi vì: Bốc lại."; ties[0].note() != want || ties[1].note() != "" {
		t.Errorf("told %q and %q, want %q", ties[0].note(), ties[1].note(), want)
	}
	if e := ties[0].Earlier; len(e) != 1 || e[0].Order[0].Name != "Hàm Rồng" {
		t.Errorf("the page is told %+v", e)
	}
}

func TestHowTiesWereResolvedIsTold(t *testing.T) {
	t.Parallel()
	ties := twoCuts().Ties(map[int64]string{70: "Phường Hạc Thành", 71: "Xã Lam Sơn"})
	var about []string
	for _, x := range ties {
		about = append(about, x.about()+" | "+x.how()+" | "+x.Reason+" | "+x.order())
	}
	want := []string{"2 đội, thí sinh đúng vạch vào “Chung kết” | Bốc thăm, mã k3f9 |  | 1. 002 Sông Mã; 2. 003 Hàm Rồng",
		"2 đội, thí sinh đồng hạng 1 | Vòng phân định “Câu hỏi phụ” |  | 1. 001 Hạc Thành; 2. 002 Sông Mã",
		"2 đơn vị đúng vạch vào “Bán kết” | Lê Thu Trang quyết định | Đông thí sinh hơn | 1. Xã Lam Sơn; 2. Phường Hạc Thành"}
	if !reflect.DeepEqual(about, want) {
		t.Errorf("told\n%s, want\n%s", strings.Join(about, "\n"), strings.Join(want, "\n"))
	}
}
