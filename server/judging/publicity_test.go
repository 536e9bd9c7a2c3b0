package judging_test

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/testkit"
)

// curtain is the public board of a contest as the hall's views ask for it.
type curtain struct {
	frozen, told, away atomic.Bool
	asked              atomic.Int64 // in vain, while it was away
}

func (c *curtain) hang(s *judging.Service) {
	s.UseFrozen(func(context.Context, int64) (bool, error) {
		if c.away.Load() {
			c.asked.Add(1)
			return true, errors.New("the board cannot be read")
		}
		return c.frozen.Load(), nil
	})
	s.UseTold(func(context.Context, int64) (bool, error) { return c.told.Load(), nil })
}

// scored is what the hall sees of the marks of the first turn.
func (h *hall) scored() *judging.PublicScore {
	h.t.Helper()
	v, _, err := h.s.Stage(context.Background(), h.roundID)
	h.must(err)
	return v.Turns[0].Score
}

func (h *hall) publicity(marks judging.PublicMarks, at judging.HallScore) error {
	return h.s.SetPublicity(h.organizer, h.contestID, h.roundID, judging.Publicity{Marks: marks, Hall: at})
}

// The public sees of the marks what was fixed before the night: nothing before the last sheet is locked, the judges only
// where that was agreed, nothing while the board stands still; and a sheet that is reopened takes the score back.
func TestThePublicSeesWhatWasFixedBeforeTheNight(t *testing.T) {
	t.Parallel()
	h := open(t, 5, 3)
	c := h.curtain
	h.must(h.publicity(judging.WithNames, judging.AtOnce))
	first := h.perform(0, 60)
	for judge := range h.judges {
		if h.scored() != nil {
			t.Fatalf("a score is public after %d of 5 sheets", judge)
		}
		d := h.device(judge)
		_, err := d.lock(first, d.fill(first, int64(500+50*judge), 300, 200))
		h.must(err)
	}
	// Totals 10, 10.5, 11, 11.5, 12: the trimmed mean drops the first and the last.
	v := h.scored()
	if v == nil || v.Score != 1100 || v.Final || len(v.Sheets) != 5 || !v.Sheets[0].Out || v.Sheets[1].Out || !v.Sheets[4].Out ||
		v.Sheets[2].Total != 1100 || v.Sheets[2].Name != "Giám khảo 3" {
		t.Fatalf("with names: %+v", v)
	}
	h.must(h.publicity(judging.BySeat, judging.AtOnce))
	if v := h.scored(); v.Sheets[2].Name != "" || v.Sheets[2].Seat != 3 {
		t.Errorf("by seat: %+v", v)
	}
	h.must(h.publicity(judging.TotalsOnly, judging.AtOnce))
	if v := h.scored(); v.Score != 1100 || len(v.Sheets) != 0 {
		t.Errorf("totals: %+v", v)
	}
	wants(t, "more than was agreed", h.publicity(judging.BySeat, judging.AtOnce), "publicity_stands")

	c.frozen.Store(true)
	if h.scored() != nil {
		t.Error("a score is public while the board is frozen")
	}
	c.frozen.Store(false)
	h.exec(`UPDATE sheet SET state = 'draft', locked_us = NULL WHERE performance_id = $1 AND account_id = $2`, first, idOf(h.judges[1]))
	if h.scored() != nil {
		t.Error("the score stays while a sheet is open again")
	}
	h.exec(`UPDATE sheet SET state = 'locked', locked_us = 1 WHERE performance_id = $1 AND account_id = $2`, first, idOf(h.judges[1]))

	h.must(h.publicity(judging.TotalsOnly, judging.AfterPart))
	wants(t, "earlier than was agreed", h.publicity(judging.TotalsOnly, judging.AtOnce), "publicity_stands")
	if hidden, err := h.s.HiddenFromPublic(context.Background(), h.roundID); err != nil || !hidden || h.scored() != nil {
		t.Errorf("before the part is closed: hidden %v, %v", hidden, err)
	}
	h.exec(`UPDATE judged_round SET closed_us = 5 WHERE round_id = $1`, h.roundID)
	if v := h.scored(); v == nil || !v.Final {
		t.Errorf("after the part: %+v", v)
	}
	h.must(h.publicity(judging.TotalsOnly, judging.Never))
	if h.scored() != nil {
		t.Error("a score is public that never should be before the result")
	}
	c.told.Store(true)
	if h.scored() == nil {
		t.Error("the result is told, and the score is not public")
	}
	h.exec(`UPDATE judged_round SET closed_us = NULL WHERE round_id = $1`, h.roundID)
	if h.scored() != nil {
		t.Error("a part that was opened for a correction shows its marks after the result was told")
	}
}

// A performance for practice never reaches the hall, and in a blind round nothing does before the close.
func TestPracticeAndCodesStayBehindTheCurtain(t *testing.T) {
	t.Parallel()
	h := open(t, 1, 2)
	h.must(h.s.AddCalibration(h.organizer, h.contestID, h.roundID, "Tiết mục thử"))
	trial := h.performance(0)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, trial))
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, trial))
	d := h.device(0)
	_, err := d.lock(trial, d.fill(trial, 1000, 600, 400))
	h.must(err)
	if v, _, err := h.s.Stage(context.Background(), h.roundID); err != nil || len(v.Turns) != 2 || v.Turns[0].Score != nil {
		t.Errorf("a performance for practice: %+v, %v", v, err)
	}
	h.must(h.publicity(judging.BySeat, judging.AtOnce)) // its sheet fixes nothing

	blind := open(t, 1, 2)
	keeper := blind.person("Thư ký")
	blind.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'secretary')`, idOf(keeper), blind.contestID)
	blind.must(blind.s.SetBlind(blind.organizer, blind.contestID, blind.roundID, true, idOf(keeper), ""))
	turn := blind.perform(0, 30)
	d = blind.device(0)
	_, err = d.lock(turn, d.fill(turn, 1000, 600, 400))
	blind.must(err)
	v, _, err := blind.s.Stage(context.Background(), blind.roundID)
	blind.must(err)
	for _, x := range v.Turns {
		if x.Score != nil {
			t.Errorf("a score stands beside the code %s", x.EntryName)
		}
	}
}

// A freeze takes the scores off the phones that are open already, and a thaw brings them back, without a change of the
// round.
func TestAFreezeReachesTheHall(t *testing.T) {
	t.Parallel()
	h := open(t, 1, 2)
	c := h.curtain
	url := h.node(testkit.Redis(t))
	phone := h.screen(url, context.Background(), judging.AudienceTopicOf(h.roundID))
	await(phone, "the running order", func(v judging.StageView) bool { return len(v.Turns) == 2 })
	turn := h.perform(0, 30)
	d := h.device(0)
	_, err := d.lock(turn, d.fill(turn, 1000, 600, 400))
	h.must(err)
	await(phone, "the score", func(v judging.StageView) bool { return v.Turns[0].Score != nil && v.Turns[0].Score.Score == 2000 })
	c.frozen.Store(true)
	await(phone, "the freeze", func(v judging.StageView) bool { return v.Turns[0].Score == nil })
	c.frozen.Store(false)
	await(phone, "the thaw", func(v judging.StageView) bool { return v.Turns[0].Score != nil })
	// What could not be made for a moment comes as soon as it can be.
	c.away.Store(true)
	next := h.performance(1)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, next))
	for deadline := time.Now().Add(20 * time.Second); c.asked.Load() < 3 && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	if c.asked.Load() < 3 {
		t.Fatal("nobody tried again while the state of the board could not be read")
	}
	c.away.Store(false)
	await(phone, "who is on stage", func(v judging.StageView) bool { return v.OnStage == next })
	for _, frame := range phone.all() {
		if bytes.Contains(frame, []byte(`"sheets":[{`)) {
			t.Errorf("a judge's total reached the hall: %s", frame)
		}
	}
}
