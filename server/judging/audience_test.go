package judging_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/testkit"
)

// The hall follows the stage, and where scores wait for the result nothing that the panel does reaches it: not a mark, not
// a score, not even that a sheet was locked.
func TestTheHallSeesTheStageAndNoMark(t *testing.T) {
	h := open(t, 2, 3)
	h.must(h.s.SetPublicity(h.organizer, h.contestID, h.roundID, judging.Publicity{Marks: judging.TotalsOnly, Hall: judging.Never}))
	url := h.node(testkit.Redis(t))
	hall := h.screen(url, context.Background(), judging.AudienceTopicOf(h.roundID))
	await(hall, "the running order", func(v judging.StageView) bool { return len(v.Turns) == 3 && v.OnStage == 0 })

	first := h.performance(0)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, first))
	v := await(hall, "the first performance", func(v judging.StageView) bool { return v.OnStage == first })
	if turn := v.Turns[0]; turn.State != judging.OnStage || turn.StartedUs == 0 || turn.EntryName != "Đội 1" || turn.Number != "001" {
		t.Errorf("on stage: %+v", turn)
	}
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, first))
	await(hall, "its end", func(v judging.StageView) bool { return v.OnStage == 0 && v.Turns[0].EndedUs != 0 })

	before := len(hall.all())
	for judge := range h.judges {
		d := h.device(judge)
		_, err := d.lock(first, d.fill(first, 850, 550, 350))
		h.must(err)
	}
	// The next turn comes after all of the marks: whatever they had sent would have come before it.
	second := h.performance(1)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, second))
	await(hall, "the second performance", func(v judging.StageView) bool { return v.OnStage == second })
	if got := hall.all(); len(got) != before+1 {
		t.Errorf("marks made the hall's screens change %d times", len(got)-before-1)
	}
	for _, frame := range hall.all() {
		for _, secret := range []string{"850", "1750", "Giám khảo", `"sheets"`, `"score"`} {
			if bytes.Contains(frame, []byte(secret)) {
				t.Errorf("the hall was sent %q: %s", secret, frame)
			}
		}
	}
}

func TestTheHallSeesNothingOfADraft(t *testing.T) {
	h := open(t, 1, 2)
	h.exec(`UPDATE contest SET state = 'draft' WHERE id = $1`, h.contestID)
	_, _, err := h.s.Stage(context.Background(), h.roundID)
	wants(t, "the stage of a draft", err, "not_found")
	h.exec(`UPDATE contest SET state = 'open' WHERE id = $1`, h.contestID)
	_, _, err = h.s.Stage(context.Background(), h.roundID)
	h.must(err)
}
