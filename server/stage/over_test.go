package stage

import (
	"bytes"
	"testing"
)

// When the contest is over, its scores belong to the results: a round that was finished can't be opened again by an undo.
// Voiding an item and taking that back stay possible.
func TestAFinishedRoundStaysFinished(t *testing.T) {
	h := newHall(t, 2)
	n := h.addNode("a", nil, false)
	h.setUp(n, DefaultSettings())
	h.cue(n, Command{Cue: CueStart})
	h.open(n)
	h.closeItem(n)
	h.cue(n, Command{Cue: CueReveal})
	h.cue(n, Command{Cue: CueFinish})
	if s := h.cue(n, Command{Cue: CueUndo}); s.Phase != PhaseRunning {
		t.Fatalf("while the contest runs, an undo of the finish gives %s", s.Phase)
	}
	s := h.cue(n, Command{Cue: CueFinish})
	for _, state := range []string{"ended", "finalized", "archived"} {
		if _, err := h.db.Exec(t.Context(), `UPDATE contest SET state = $2 WHERE id = $1`, h.contestID, state); err != nil {
			t.Fatal(err)
		}
		_, err := n.Give(t.Context(), h.round.ID, s.Seq, Command{Cue: CueUndo, By: 1})
		wantCode(t, err, "contest_over")
	}
	h.cue(n, Command{Cue: CueVoid, Play: 1, Policy: VoidNobody, Reason: "Đề sai"})
	if s = h.cue(n, Command{Cue: CueUndo}); s.Phase != PhaseClosed || s.Play(1).Void != "" {
		t.Fatalf("taking a void back gives %s, %q", s.Phase, s.Play(1).Void)
	}
}

// The set-up of a round that never took place belongs to the inputs of the result: it stands when the contest is over.
func TestSetUpStandsWhenTheContestIsOver(t *testing.T) {
	h := newHall(t, 1)
	n := h.addNode("a", nil, false)
	h.setUp(n, DefaultSettings())
	before, err := n.Inputs(t.Context(), h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	setup, err := n.Setup(t.Context(), h.contestID, h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"ended", "finalized", "archived"} {
		if _, err := h.db.Exec(t.Context(), `UPDATE contest SET state = $2 WHERE id = $1`, h.contestID, state); err != nil {
			t.Fatal(err)
		}
		_, err = n.SaveItems(t.Context(), h.contestID, h.round.ID, setup.Version, []SetupItem{{VersionID: h.versions[0].ID}})
		wantCode(t, err, "contest_over")
		_, err = n.SaveSettings(t.Context(), h.contestID, h.round.ID, setup.Version, DefaultSettings())
		wantCode(t, err, "contest_over")
	}
	if after, err := n.Inputs(t.Context(), h.round.ID); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the inputs have changed (%v)", err)
	}
}
