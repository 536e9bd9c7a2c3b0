package exam

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
)

var vietnam = time.FixedZone("ICT", 7*3600)

func TestWeeksGoFromMondayTenToTheNextMondayNine(t *testing.T) {
	monday10, monday9 := contest.WeekTime{Day: time.Monday, Hour: 10}, contest.WeekTime{Day: time.Monday, Hour: 9}
	from := time.Date(2026, 11, 26, 8, 0, 0, 0, vietnam) // a Thursday
	got := Weeks(vietnam, from, monday10, monday9, 4)
	for i, w := range got {
		opens := time.Date(2026, 11, 30+7*i, 10, 0, 0, 0, vietnam)
		closes := time.Date(2026, 12, 7+7*i, 9, 0, 0, 0, vietnam)
		if w.OpensUs != opens.UnixMicro() || w.ClosesUs != closes.UnixMicro() {
			t.Errorf("week %d: %s to %s", i+1, time.UnixMicro(w.OpensUs).In(vietnam), time.UnixMicro(w.ClosesUs).In(vietnam))
		}
	}
	if len(got) != 4 {
		t.Fatalf("%d weeks", len(got))
	}
	late := time.Date(2026, 11, 30, 10, 0, 1, 0, vietnam)
	if w := Weeks(vietnam, late, monday10, monday9, 1)[0]; w.OpensUs != time.Date(2026, 12, 7, 10, 0, 0, 0, vietnam).UnixMicro() {
		t.Errorf("a second too late for this Monday, it opens %s", time.UnixMicro(w.OpensUs).In(vietnam))
	}
}

func TestWeeksFollowEachOtherByTheClock(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris") // a zone that changes its clock
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		time1 := func(name string) contest.WeekTime {
			return contest.WeekTime{Day: time.Weekday(rapid.IntRange(0, 6).Draw(t, name)), Hour: rapid.IntRange(4, 23).Draw(t, name), Minute: rapid.IntRange(0, 59).Draw(t, name)}
		}
		opens, closes := time1("opens"), time1("closes")
		from := time.UnixMicro(rapid.Int64Range(1_700_000_000_000_000, 1_900_000_000_000_000).Draw(t, "from"))
		var before int64
		for i, w := range Weeks(paris, from, opens, closes, 8) {
			o, c := time.UnixMicro(w.OpensUs).In(paris), time.UnixMicro(w.ClosesUs).In(paris)
			if o.Weekday() != opens.Day || o.Hour() != opens.Hour || o.Minute() != opens.Minute ||
				c.Weekday() != closes.Day || c.Hour() != closes.Hour || c.Minute() != closes.Minute {
				t.Fatalf("week %d is %s to %s", i, o, c)
			}
			if !c.After(o) || c.Sub(o) > 7*24*time.Hour+time.Hour || o.Before(from) || w.OpensUs < before {
				t.Fatalf("week %d is %s to %s, from %s", i, o, c, from)
			}
			if i == 0 && o.Sub(from) > 7*24*time.Hour+time.Hour {
				t.Fatalf("the first week opens %s, a week after %s", o, from)
			}
			before = w.ClosesUs
		}
	})
}

const hour = int64(3600) * 1_000_000

func spell(id, opens, closes int64) Period {
	return Period{ID: id, Name: "Tuần", Windows: []Window{{OpensUs: opens * hour, ClosesUs: closes * hour}}}
}

func TestWhatHasOpenedKeepsItsTime(t *testing.T) {
	now := []Standing{{Period: spell(1, 10, 20)}, {Period: spell(2, 30, 40)}}
	at := 15 * hour
	code := func(f *fault.Fault) string {
		if f == nil {
			return ""
		}
		return f.Code
	}
	renamed := spell(1, 10, 20)
	renamed.Name = "Tuần mở màn"
	for name, c := range map[string]struct {
		phase Phase
		wish  []Period
		want  string
	}{
		"a name":                         {PhaseRunning, []Period{renamed, spell(2, 30, 40)}, ""},
		"what lies ahead":                {PhaseRunning, []Period{spell(1, 10, 20), spell(2, 31, 50), spell(0, 60, 70)}, ""},
		"what lies ahead goes":           {PhaseRunning, []Period{spell(1, 10, 20)}, ""},
		"the running one":                {PhaseRunning, []Period{spell(1, 10, 22), spell(2, 30, 40)}, "exam_period_opened"},
		"the running one goes":           {PhasePaused, []Period{spell(2, 30, 40)}, "exam_period_opened"},
		"a new one in the past":          {PhaseRunning, []Period{spell(1, 10, 20), spell(2, 12, 40)}, "exam_period_opened"},
		"a new one without time":         {PhaseReady, []Period{spell(1, 10, 20), spell(2, 30, 40), {Name: "x"}}, "exam_period_opened"},
		"everything while it is planned": {PhasePlanned, []Period{spell(1, 1, 2)}, ""},
		"nothing after the end":          {PhaseScored, []Period{spell(1, 10, 20), spell(2, 30, 40), spell(0, 60, 70)}, "exam_period_opened"},
	} {
		if got := code(CheckMove(c.phase, now, c.wish, at)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	now[1].Taken = true // by an exception, before its time
	if got := code(CheckMove(PhasePlanned, now, []Period{spell(1, 10, 20)}, at)); got != "exam_taken" {
		t.Errorf("a period that was taken goes: %q", got)
	}
}

func TestSettingsThatWereTakenStand(t *testing.T) {
	was := DefaultSettings()
	was.Attempts, was.Sources = 2, []Source{{BlueprintID: 7}}
	taken := []Standing{{Period: spell(1, 10, 20), Taken: true}}
	change := func(alter func(*Settings)) Settings {
		s := was.Normalized()
		alter(&s)
		return s
	}
	for name, alter := range map[string]func(*Settings){
		"duration": func(s *Settings) { s.DurationS = 60 }, "fewer attempts": func(s *Settings) { s.Attempts = 1 },
		"counts": func(s *Settings) { s.Counts = CountLast }, "ranking": func(s *Settings) { s.Ranking = []Metric{ByPoints} },
		"guess": func(s *Settings) { s.Guess = GuessEntrants }, "pass": func(s *Settings) { s.PassPercent = 50 },
		"division": func(s *Settings) { s.Divisions = []Division{{DivisionID: 1, DurationS: 60}} },
	} {
		if f := CheckChange(PhaseRunning, was, change(alter), taken, nil); f == nil || f.Code != "exam_taken" {
			t.Errorf("%s changes: %v", name, f)
		}
		if f := CheckChange(PhaseReady, was, change(alter), []Standing{{Period: spell(1, 10, 20)}}, nil); f != nil {
			t.Errorf("%s can't change before anybody has taken it: %v", name, f)
		}
	}
	for name, alter := range map[string]func(*Settings){
		"more attempts": func(s *Settings) { s.Attempts = 0 }, "what is shown": func(s *Settings) { s.ShowScore, s.ShowBoard = Never, Published },
		"appeals": func(s *Settings) { s.AppealDays = 9 }, "open entry": func(s *Settings) { s.OpenEntry = true },
	} {
		if f := CheckChange(PhaseRunning, was, change(alter), taken, nil); f != nil {
			t.Errorf("%s can't change: %v", name, f)
		}
	}
}

func TestABlueprintStandsOnceItsPapersArePrepared(t *testing.T) {
	divisions := []contest.Division{{ID: 1}, {ID: 2}}
	was := DefaultSettings()
	was.Sources = []Source{{BlueprintID: 7}, {DivisionID: 2, BlueprintID: 8}}
	wish := was.Normalized()
	wish.Sources[1].BlueprintID = 9
	one := Standing{Period: spell(1, 10, 20), Prepared: []int64{1}}
	if f := CheckChange(PhaseReady, was, wish, []Standing{one}, divisions); f != nil {
		t.Errorf("only division 1 is prepared, and it keeps its blueprint: %v", f)
	}
	one.Prepared = []int64{1, 2}
	if f := CheckChange(PhaseReady, was, wish, []Standing{one}, divisions); f == nil || f.Code != "exam_prepared" {
		t.Errorf("division 2 was prepared: %v", f)
	}
	if f := CheckChange(PhasePlanned, was, wish, []Standing{one}, divisions); f != nil {
		t.Errorf("a planned round is prepared anew: %v", f)
	}
	if got := was.moved(wish, one, divisions); len(got) != 1 || got[0] != 2 {
		t.Errorf("thrown away: %v, want 2", got)
	}
}

func TestPeriodsAreChecked(t *testing.T) {
	divisions := []contest.Division{{ID: 1}}
	wrong := map[string]Period{
		"no name":             {Name: "  ", Windows: spell(0, 1, 2).Windows},
		"closes first":        spell(0, 2, 1),
		"a division not ours": {Name: "x", Windows: []Window{{DivisionID: 9, OpensUs: hour, ClosesUs: 2 * hour}}},
		"a division twice":    {Name: "x", Windows: append(spell(0, 1, 2).Windows, spell(0, 3, 4).Windows...)},
	}
	for name, p := range wrong {
		if _, f := CheckPeriods([]Period{p}, divisions); f == nil || f.Code != "exam_periods" {
			t.Errorf("%s: %v", name, f)
		}
	}
	got, f := CheckPeriods([]Period{{Name: "  Tuần   1 ", Windows: []Window{{DivisionID: 1, OpensUs: hour, ClosesUs: 2 * hour}, {OpensUs: hour, ClosesUs: 3 * hour}}}}, divisions)
	if f != nil || got[0].Name != "Tuần 1" || got[0].Position != 1 || got[0].Windows[0].DivisionID != 0 {
		t.Errorf("%+v, %v", got, f)
	}
}
