package ceremony

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
)

var bangA = []contest.Division{{ID: 1, Name: "Bảng A", Position: 1}}

// material is one division with these places, and awards of 1, 1, 2.
func material(places ...int) Material {
	m := Material{Contest: "CCHC", Organizer: "Tỉnh đoàn", Seal: "ABCDE-23456", Revision: 1, Divisions: bangA, Sheets: map[int64]Sheets{}}
	for i, p := range places {
		tied := i > 0 && places[i-1] == p || i+1 < len(places) && places[i+1] == p
		m.Standings = append(m.Standings, result.Standing{EntryID: int64(i + 1), Number: fmt.Sprintf("%03d", i+1), Name: fmt.Sprintf("Tên%d.", i+1),
			UnitName: fmt.Sprintf("Đơnvị%d.", i+1), DivisionID: 1, Place: p, Tied: tied, Total: int64(777000 - 1000*p - i)})
		score := int64(555000 + i)
		m.Sheets[int64(i+1)] = Sheets{EntryID: int64(i + 1), Round: "Tiểu phẩm", Score: &score, Sheets: []Sheet{{Seat: 1, Total: 100, Dropped: true}, {Seat: 2, Total: 200}}}
	}
	m.Awards = result.Give([]result.Award{{DivisionID: 1, Name: "Giải Nhất", Count: 1}, {DivisionID: 1, Name: "Giải Nhì", Count: 1}, {DivisionID: 1, Name: "Giải Ba", Count: 2}}, bangA, m.Standings)
	return m
}

func told(s Script) string {
	var list []string
	for _, st := range s.Steps {
		var who []string
		for _, r := range st.Rows {
			who = append(who, fmt.Sprint(r.EntryID))
		}
		list = append(list, strings.TrimSuffix(string(st.Kind)+" "+strings.Join(who, ","), " "))
	}
	return strings.Join(list, " · ")
}

func TestTheScriptGoesFromTheBottomUp(t *testing.T) {
	t.Parallel()
	set := Settings{Slow: 2, Rest: RestPages, Cut: 3, CutLabel: "3 đội vào chung kết"}
	got := told(Write(set, material(1, 2, 3, 4, 5, 6)))
	want := "opening · division · rest 5,6 · award · row 4 · cut · row 3 · award · place · name 2 · points 2 · award · place · name 1 · points 1 · summary · seal · closing"
	if got != want {
		t.Errorf("told\n%s, want\n%s", got, want)
	}
	// Equals are told together, and what is opened of the panel's sheets comes before the points.
	set = Settings{Slow: 1, Rest: RestSkip, MarksRound: 9, MarksAgreed: true}
	got = told(Write(set, material(1, 1, 3, 4, 5)))
	want = "opening · division · award · row 4 · row 3 · award · place · name 1,2 · marks 1,2 · strike 1,2 · points 1,2 · summary · seal · closing"
	if got != want {
		t.Errorf("told\n%s, want\n%s", got, want)
	}
	set.MarksAgreed = false
	if got := told(Write(set, material(1, 2))); strings.Contains(got, "marks") {
		t.Errorf("sheets were opened although the panel has not agreed: %s", got)
	}
	// An award that is withheld is said to be, after those below it.
	m := material(1, 2, 3)
	m.Awards = result.Give([]result.Award{{DivisionID: 1, Name: "Giải Nhất", Count: 1, Withheld: 1, Reason: "Không đội nào đạt"}, {DivisionID: 1, Name: "Giải Nhì", Count: 2}}, bangA, m.Standings)
	s := Write(Settings{Slow: 0, Rest: RestPages}, m)
	at := slices.IndexFunc(s.Steps, func(x Step) bool { return x.Kind == StepAward && x.Withheld == 1 })
	if got, want := told(s), "opening · division · rest 3 · award · row 2 · row 1 · award · summary · seal · closing"; got != want || s.Steps[at].Note != "Không đội nào đạt" {
		t.Errorf("told\n%s, want\n%s (%+v)", got, want, s.Steps[at])
	}
}

// After each step, and whatever the settings: nobody is named who stands above what was told, no points come before the
// name, no seal before its step, and what has been told of a division is a tail of its standings.
func TestNothingIsToldEarly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var places []int
		for n := rapid.IntRange(1, 25).Draw(t, "entries"); len(places) < n; {
			place := len(places) + 1
			for range min(rapid.IntRange(1, 3).Draw(t, "same"), n-len(places)) {
				places = append(places, place)
			}
		}
		m := material(places...)
		set := Settings{Slow: rapid.IntRange(0, 5).Draw(t, "slow"), Rest: rapid.SampledFrom([]Rest{RestPages, RestSkip}).Draw(t, "rest"),
			Cut: rapid.IntRange(0, 6).Draw(t, "cut"), CutLabel: "Vạch", MarksRound: 1, MarksAgreed: rapid.Bool().Draw(t, "marks")}
		script := Write(set, m)
		for position := range len(script.Steps) + 1 {
			v := script.Shown(position)
			body, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			text := string(body)
			named, pointed := 1<<30, 1<<30 // the best place that has been told
			for _, step := range script.Steps[:position] {
				for _, r := range step.Rows {
					named = min(named, r.Place)
					if r.Total != nil {
						pointed = min(pointed, r.Place)
					}
				}
			}
			for _, s := range m.Standings {
				if s.Place < named && (strings.Contains(text, s.Name) || strings.Contains(text, s.UnitName)) {
					t.Fatalf("step %d names place %d: %s", position, s.Place, text)
				}
				if s.Place < pointed && strings.Contains(text, fmt.Sprint(s.Total)) {
					t.Fatalf("step %d tells the points of place %d: %s", position, s.Place, text)
				}
				if strings.Contains(text, fmt.Sprint(*m.Sheets[s.EntryID].Score)) && (s.Place < named || !set.MarksAgreed) {
					t.Fatalf("step %d tells the score of place %d: %s", position, s.Place, text)
				}
			}
			if strings.Contains(text, m.Seal) && !slices.ContainsFunc(script.Steps[:position], func(x Step) bool { return x.Kind == StepSeal }) {
				t.Fatalf("step %d shows the seal", position)
			}
			if v.Board != nil && !slices.IsSortedFunc(v.Board.Rows, func(a, b Row) int { return a.Place - b.Place }) {
				t.Fatalf("step %d: the board is out of order: %+v", position, v.Board.Rows)
			}
		}
		last := script.Shown(len(script.Steps))
		if set.Rest == RestPages && len(last.Told) != len(places) {
			t.Fatalf("%d of %d were told in the end", len(last.Told), len(places))
		}
	})
}

// Every cue does what it says or is refused; the position stays within the script.
func TestTheMachineStaysInItsScript(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		script := Write(DefaultSettings(), material(1, 2, 3))
		s := standing{state: Running, position: 1, script: &script}
		for range 60 {
			before := s
			cue := rapid.SampledFrom([]Cue{CueNext, CueNext, CueNext, CueBack, CueJump, CuePause, CueResume, CueBlack, CueLight, CueFinish}).Draw(t, "cue")
			err := s.take(cue, rapid.IntRange(-1, 40).Draw(t, "to"))
			switch {
			case err != nil && (s.state != before.state || s.position != before.position || s.black != before.black):
				t.Fatalf("%s was refused and did something", cue)
			case s.position < 1 || s.position > len(script.Steps):
				t.Fatalf("%s led to %d", cue, s.position)
			case before.state == Paused && cue == CueNext && err == nil:
				t.Fatal("a key went on while paused")
			case s.state == Over && before.state != Over && before.position != len(script.Steps):
				t.Fatal("it ended before everything was told")
			}
		}
	})
}

func TestNamesThatAreNotToBePublished(t *testing.T) {
	t.Parallel()
	m := material(1, 2, 3)
	m.SidePrizes = []result.SidePrize{{Name: "Diễn viên", EntryID: 1, Receiver: "Nguyễn Văn Diễn"}}
	script := Write(Settings{Slow: 3, Rest: RestPages}, m)
	masks := map[int64]roster.Mask{1: {Name: "T.1"}}
	for position := range len(script.Steps) + 1 {
		v := script.Shown(position)
		v.mask(masks)
		body, err := json.Marshal(v)
		if err != nil || strings.Contains(string(body), "Tên1.") || strings.Contains(string(body), "Nguyễn Văn Diễn") {
			t.Fatalf("step %d: %s, %v", position, body, err)
		}
	}
	if !script.forget(1, "Đội ẩn danh") || script.forget(1, "Đội ẩn danh") {
		t.Error("an erased name stays in the script")
	}
	body, err := json.Marshal(script)
	if err != nil || strings.Contains(string(body), "Tên1.") || strings.Contains(string(body), "Nguyễn Văn Diễn") {
		t.Errorf("the script after an erasure: %s, %v", body, err)
	}
}

// A rehearsal has the shape of the contest and none of its names.
func TestARehearsalIsMadeUp(t *testing.T) {
	t.Parallel()
	c := contest.Contest{Name: "CCHC", Divisions: bangA, EntryKind: contest.TeamEntry}
	m := Pretend(c, map[int64]int{1: 12}, []result.Award{{DivisionID: 1, Name: "Giải Nhất", Count: 1}, {DivisionID: 1, Name: "Giải Nhì", Count: 2}},
		[]result.SidePrize{{Name: "Diễn viên xuất sắc", EntryID: 7, Receiver: "Trần Thị Thật"}}, "Tiểu phẩm")
	script := Write(Settings{Slow: 3, Rest: RestPages, MarksRound: 1, MarksAgreed: true}, m)
	for position := range len(script.Steps) + 1 {
		v := script.Shown(position)
		if !v.Rehearsal {
			t.Fatalf("step %d is not marked", position)
		}
		for _, r := range append(v.Told, v.Prizes...) {
			if !strings.Contains(r.Name, "thử") || r.EntryID > 0 {
				t.Fatalf("a row of a rehearsal: %+v", r)
			}
		}
	}
	if v := script.Shown(len(script.Steps)); len(v.Told) != 12 || len(v.Prizes) != 1 || !strings.Contains(told(script), "strike") {
		t.Errorf("the rehearsal told %d entries, %d prizes: %s", len(v.Told), len(v.Prizes), told(script))
	}
}

// Where the plan had a cut the line stands there by itself; a number typed by hand, or none at all, goes before.
func TestTheLineComesFromThePlan(t *testing.T) {
	t.Parallel()
	m := material(1, 2, 2, 4, 5, 6)
	m.Teams = true
	m.Cuts = []result.CutLine{{DivisionID: 1, RoundID: 9, Round: "Chung kết", Count: 3, After: 3, Place: 2},
		{DivisionID: 1, RoundID: 8, Round: "Bán kết", Count: 5, After: 5, Place: 5}, {DivisionID: 2, RoundID: 9, Round: "Chung kết", Count: 1, Place: 1}}
	line := func(set Settings) string {
		for _, s := range Write(set, m).Steps {
			if s.Kind == StepCut {
				return fmt.Sprint(s.Place, " ", s.Note)
			}
		}
		return ""
	}
	for set, want := range map[*Settings]string{{Rest: RestPages}: "2 3 đội vào “Chung kết”", {Rest: RestPages, Cut: 4, CutLabel: "Đạt"}: "4 Đạt", {Rest: RestPages, CutOff: true}: ""} {
		if got := line(*set); got != want {
			t.Errorf("%+v: the line is %q, want %q", *set, got, want)
		}
	}
}

// Where persons became teams, both stand in the result, each with places of its own; only the teams are told.
func TestOnlyTeamsAreToldWherePersonsBecameTeams(t *testing.T) {
	t.Parallel()
	m := material(1, 2, 3)
	m.Teams = true
	for i := range m.Standings {
		m.Standings[i].Kind = roster.KindTeam
		person := m.Standings[i]
		person.EntryID, person.Name, person.Kind, person.Total = person.EntryID+100, fmt.Sprintf("Người%d.", i+1), roster.KindPerson, 9900
		m.Standings = append(m.Standings, person)
	}
	m.Awards = result.Give([]result.Award{{DivisionID: 1, Name: "Giải Nhất", Count: 1}}, bangA, m.Standings)
	script := Write(Settings{Slow: 1, Rest: RestPages}, m)
	if got, want := told(script), "opening · division · rest 2,3 · award · place · name 1 · points 1 · summary · seal · closing"; got != want {
		t.Errorf("told\n%s, want\n%s", got, want)
	}
	v := script.Shown(len(script.Steps))
	if body, err := json.Marshal(script); err != nil || strings.Contains(string(body), "Người") || !v.Teams || len(v.Told) != 3 {
		t.Errorf("teams %t, %d told, %v: %s", v.Teams, len(v.Told), err, body)
	}
	// A rehearsal has as many teams as there are, not as many as there are persons.
	c := contest.Contest{Divisions: bangA, EntryKind: contest.PersonEntry, Rounds: []contest.Round{{EntryKind: contest.TeamEntry}}}
	if p := Pretend(c, map[int64]int{1: 10}, nil, nil, ""); !p.Teams || len(p.Standings) != 10 || !strings.HasPrefix(p.Standings[0].Name, "Đội") {
		t.Errorf("a rehearsal of %d, teams %t: %+v", len(p.Standings), p.Teams, p.Standings[0])
	}
}
