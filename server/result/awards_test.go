package result_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/result"
)

var bangA = []contest.Division{{ID: 1, Name: "Bảng A", Position: 1}}

// standings makes one division from places; equal ones are tied.
func standings(places ...int) []result.Standing {
	var list []result.Standing
	for i, p := range places {
		tied := i > 0 && places[i-1] == p || i+1 < len(places) && places[i+1] == p
		list = append(list, result.Standing{EntryID: int64(i + 1), DivisionID: 1, Place: p, Tied: tied, Total: int64(1000 - 10*p)})
	}
	return list
}

func words(given []result.Given) string {
	var b []string
	for _, g := range given {
		var who []string
		for _, r := range g.Entries {
			who = append(who, fmt.Sprint(r.EntryID))
		}
		b = append(b, g.Name+":"+strings.Join(who, ","))
	}
	return strings.Join(b, " ")
}

func TestWhoReceivesWhat(t *testing.T) {
	t.Parallel()
	plan := func(withheld int) []result.Award {
		p := []result.Award{{DivisionID: 1, Name: "Nhất", Count: 1}, {DivisionID: 1, Name: "Nhì", Count: 2}, {DivisionID: 1, Name: "Ba", Count: 3}}
		p[0].Withheld = withheld
		return p
	}
	for _, c := range []struct {
		what     string
		withheld int
		places   []int
		want     string
	}{
		{"by place", 0, []int{1, 2, 3, 4, 5, 6, 7}, "Nhất:1 Nhì:2,3 Ba:4,5,6"},
		{"two share the first place, so one second is left", 0, []int{1, 1, 3, 4, 5, 6, 7}, "Nhất:1,2 Nhì:3 Ba:4,5,6"},
		{"three share the second place, none is left out", 0, []int{1, 2, 2, 2, 5, 6, 7}, "Nhất:1 Nhì:2,3,4 Ba:5,6"},
		{"equals at the last place all receive it", 0, []int{1, 2, 3, 4, 5, 6, 6}, "Nhất:1 Nhì:2,3 Ba:4,5,6,7"},
		{"no first prize: two seconds", 1, []int{1, 2, 3, 4, 5, 6}, "Nhất: Nhì:1,2 Ba:3,4,5"},
		{"who has no score receives nothing", 0, []int{1, 0}, "Nhất:1 Nhì: Ba:"},
	} {
		if got := words(result.Give(plan(c.withheld), bangA, standings(c.places...))); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	together := result.Give(plan(0), bangA, standings(1, 2, 2, 2))
	if together[0].Key != "winner" || !together[1].Together || together[0].Together {
		t.Errorf("keys and sharing: %+v", together)
	}
	two := append([]contest.Division{{ID: 2, Name: "Bảng B", Position: 2}}, bangA...)
	if g := result.Give(plan(0), two, nil); g[0].Key != "group-winner-1" {
		t.Errorf("the first award of one division among two is %s", g[0].Key)
	}
}

func TestUnitsReceive(t *testing.T) {
	t.Parallel()
	var list []result.Standing
	for i, x := range []struct {
		unit  int64
		total int64
		place int
	}{{10, 900, 1}, {10, 800, 2}, {20, 1000, 1}, {20, 0, 0}, {30, 860, 3}, {30, 850, 4}, {0, 999, 1}} {
		list = append(list, result.Standing{EntryID: int64(i + 1), DivisionID: 1, UnitID: x.unit, UnitName: fmt.Sprint("Đơn vị ", x.unit), Total: x.total, Place: x.place})
	}
	plan := []result.Award{{Name: "Tập thể Nhất", Count: 1, Measure: result.ByMean, Best: 2}, {Name: "Tập thể Nhì", Count: 1, Measure: result.ByMean, Best: 2},
		{Name: "Đông nhất", Count: 1, Measure: result.ByEntries}}
	given := result.Give(plan[:2], bangA, list)
	// 10: (900 + 800) / 2 = 850; 30: (860 + 850) / 2 = 855; 20 has one score only: 1000 / 2 = 500.
	if given[0].Units[0].UnitID != 30 || given[0].Units[0].Value != 855 || given[1].Units[0].UnitID != 10 {
		t.Errorf("by the mean of the best two: %+v", given)
	}
	given = result.Give(plan[2:], bangA, list)
	if len(given[0].Units) != 2 || given[0].Units[0].Value != 2 || !given[0].Units[0].Tied || !given[0].Together {
		t.Errorf("by entries, two units are equal: %+v", given)
	}
}

// Whatever the plan and the standings: nobody receives two awards, equals receive the same, no better one receives a lower
// award, and nobody is left out while a place that was given is worse.
func TestAwardsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var places []int
		for n := rapid.IntRange(0, 20).Draw(t, "entries"); len(places) < n; {
			same := rapid.IntRange(1, 4).Draw(t, "same")
			place := len(places) + 1
			for range min(same, n-len(places)) {
				places = append(places, place)
			}
		}
		var plan []result.Award
		for range rapid.IntRange(0, 6).Draw(t, "awards") {
			n := rapid.IntRange(1, 4).Draw(t, "count")
			plan = append(plan, result.Award{DivisionID: 1, Name: fmt.Sprint("Giải ", len(plan)), Count: n, Withheld: rapid.IntRange(0, n).Draw(t, "withheld")})
		}
		list := standings(places...)
		level := map[int64]int{}
		for i, g := range result.Give(plan, bangA, list) {
			for _, r := range g.Entries {
				if old, twice := level[r.EntryID]; twice {
					t.Fatalf("entry %d receives %d and %d", r.EntryID, old, i)
				}
				level[r.EntryID] = i
			}
		}
		for i := 1; i < len(list); i++ {
			better, ok := level[list[i-1].EntryID]
			worse, has := level[list[i].EntryID]
			same := list[i-1].Place == list[i].Place
			if same && (ok != has || better != worse) || has && (!ok || better > worse) {
				t.Fatalf("place %d receives %d (%v), place %d receives %d (%v)", list[i-1].Place, better, ok, list[i].Place, worse, has)
			}
		}
	})
}

func TestAwardsBecomeFinal(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700}, [2]int64{600, 600})
	division := h.entries[0].DivisionID
	plan := result.AwardPlan{Awards: []result.Award{{DivisionID: division, Name: "  Giải   Nhất ", Count: 1}, {DivisionID: division, Name: "Giải Nhì", Count: 1}},
		SidePrizes: []result.SidePrize{{Name: "Diễn viên xuất sắc", EntryID: h.entries[2].ID, Receiver: "Nguyễn Văn A"}}}
	h.must(h.results.SaveAwards(h.ctx, h.contestID, plan))
	h.wants("saving over somebody else's change", h.results.SaveAwards(h.ctx, h.contestID, plan), "awards_moved")
	saved, err := h.results.Awards(h.ctx, h.contestID)
	h.must(err)
	saved.Awards[0].Withheld = 1
	h.wants("withheld without a reason", h.results.SaveAwards(h.ctx, h.contestID, saved), "invalid_awards")
	// Awards that change between the preview and the act stop it.
	p, err := h.results.Preview(h.ctx, h.contestID)
	h.must(err)
	saved.Awards[0].Reason = "Không đội nào đạt mức giải Nhất"
	h.must(h.results.SaveAwards(h.ctx, h.contestID, saved))
	_, err = h.results.Finalize(h.ctx, h.contestID, p.InputsHash, "")
	h.wants("awards changed unseen", err, "results_moved")
	r, err := h.finalize("")
	h.must(err)
	if got := words(r.Snapshot.Awards); got != fmt.Sprintf("Giải Nhất: Giải Nhì:%d", h.entries[0].ID) || r.Snapshot.Format != 2 {
		t.Errorf("final awards: %s", got)
	}
	final, err := h.results.Final(h.ctx, "cchc")
	h.must(err)
	if final.Awards[0].Reason == "" || final.SidePrizes[0].Receiver != "Nguyễn Văn A" {
		t.Errorf("the public reads %+v, %+v", final.Awards, final.SidePrizes)
	}
	// The next year's copy gives the same awards, with nothing withheld. A correction of the awards alone is a correction.
	saved, err = h.results.Awards(h.ctx, h.contestID)
	h.must(err)
	saved.Awards[0].Withheld = 0
	h.must(h.results.SaveAwards(h.ctx, h.contestID, saved))
	p, err = h.results.Preview(h.ctx, h.contestID)
	h.must(err)
	if len(p.Changes) != 2 || p.Changes[0].OldAward != "Giải Nhì" || p.Changes[0].NewAward != "Giải Nhất" {
		t.Errorf("the correction would change %+v", p.Changes)
	}
	if found := h.found(); found != "" {
		t.Errorf("verify finds %s: awards that are planned otherwise afterwards are no fault of the final result", found)
	}
	if _, err := h.finalize("Trao lại giải Nhất theo kiến nghị"); err != nil {
		t.Fatal(err)
	}
	h.tamper(`UPDATE final_result SET snapshot = convert_to(replace(convert_from(snapshot, 'UTF8'), '"name":"Giải Nhì","to":2', '"name":"Giải Nhì","to":3'), 'UTF8') WHERE revision = 2`)
	if found := h.found(); !strings.Contains(found, "awards") {
		t.Errorf("awards that do not follow from the standings: verify finds %q", found)
	}
}

// What became final before there were awards stays readable, verifiable, and unchanged until somebody corrects it.
func TestResultsOfTheFirstFormat(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700})
	_, err := h.finalize("")
	h.must(err)
	var body []byte
	h.must(h.db.QueryRow(h.ctx, `SELECT snapshot FROM final_result`).Scan(&body))
	var snap result.Snapshot
	h.must(json.Unmarshal(body, &snap))
	snap.Format = 1
	for i := range snap.Standings {
		snap.Standings[i].UnitID = 0
	}
	old, err := audit.Canonical(snap)
	h.must(err)
	h.tamper(`UPDATE final_result SET snapshot = $1, hash = sha256($1)`, old)
	h.tamper(`UPDATE audit_event SET payload = convert_to(regexp_replace(convert_from(payload, 'UTF8'), '"hash":"[0-9a-f]*"', '"hash":"' || encode(sha256($1::bytea), 'hex') || '"'), 'UTF8')
		WHERE action = 'result.finalize'`, old)
	if found := h.found(); found != "audit_chain" { // which was rewritten just now
		t.Errorf("verify finds %q", found)
	}
	final, err := h.results.Final(h.ctx, "cchc")
	h.must(err)
	if len(final.Standings) != 2 || len(final.Awards) != 0 {
		t.Errorf("the public reads %+v", final)
	}
	_, err = h.finalize("Không có gì thay đổi cả")
	h.wants("a correction of nothing", err, "nothing_changed")
}
