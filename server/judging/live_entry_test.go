package judging_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/testkit"
)

// A browser that has once come in as a contestant somewhere is its account's all the same: a judge's gets the marks' views,
// and whoever is seated after having opened the table gets no more of it.
func TestAnEntryInTheBrowserChangesNothingForTheCrew(t *testing.T) {
	const entry = "; entry=1"
	h := open(t, 1, 1)
	url := h.node(testkit.Redis(t))
	secretary := h.screen(url, h.organizer, judging.OrganizerTopicOf(h.roundID))
	judge := h.screenWith(url, h.judges[0], judging.JudgeTopicOf(h.roundID), entry)
	late := h.person("Người dẫn được mời chấm")
	h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'judge'), ($1, $2, 'host')`, idOf(late), h.contestID)
	table := h.screenWith(url, late, judging.OrganizerTopicOf(h.roundID), entry)
	h.must(h.s.SetPanel(h.organizer, h.contestID, h.roundID, []int64{idOf(h.judges[0]), idOf(late)}, idOf(h.judges[0])))
	p := h.performance(0)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, p))
	d := h.device(0)
	first := h.criteria()[0].ID
	for _, value := range []int64{450, 550} {
		d.mark(p, first, value)
		await(judge, "the own mark", func(v judging.JudgeView) bool {
			return len(v.Performances) == 1 && v.Performances[0].Sheet.Total == value
		})
		await(secretary, "the mark at the table", func(v judging.JudgingView) bool {
			return len(v.Performances) == 1 && v.Performances[0].Sheets[0].Total == value
		})
	}
	// The second publishing has begun after the first, and this answer comes after both.
	wantsRefusal(t, table.do("subscribe", judging.OrganizerTopicOf(h.roundID), nil, nil), "judges_see_own_marks")
	for _, m := range table.all() {
		if tells(t, m, 450) {
			t.Fatalf("who is seated is sent the marks of others: %s", m)
		}
	}
}

func wantsRefusal(t *testing.T, err error, code string) {
	t.Helper()
	var f *liveclient.Fault
	if !errors.As(err, &f) || f.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

// tells looks for a total of a sheet.
func tells(t *testing.T, message []byte, total int64) bool {
	t.Helper()
	var v judging.JudgingView
	if err := json.Unmarshal(message, &v); err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(v.Performances, func(p judging.MarkedTurn) bool {
		return slices.ContainsFunc(p.Sheets, func(s judging.SheetView) bool { return s.Total == total })
	})
}
