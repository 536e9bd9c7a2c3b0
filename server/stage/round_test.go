package stage

import (
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live"
)

func TestRoundFromSetUpToScores(t *testing.T) {
	h := newHall(t, 3)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	for i := range h.entries {
		h.claim(a, i, int64(10+i))
	}
	p := h.open(a)
	h.nowUs.Add(2_000_000)
	send := func(n *node, entry int, options ...string) {
		t.Helper()
		if _, err := h.answer(n, entry, int64(10+entry), AnswerCommand{Play: p.Number, Writer: 1, Seq: 1, Options: options}); err != nil {
			t.Fatal(err)
		}
	}
	send(a, 0, "b") // right
	send(b, 1, "c") // wrong, on the other node
	h.closeItem(b)
	if scores, err := a.Scores(t.Context(), h.round.ID); err != nil || scores[0].Points != 0 {
		t.Fatalf("points before the reveal: %+v %v", scores, err)
	}
	h.cue(b, Command{Cue: CueReveal})
	check := func(n *node, want ...int64) {
		t.Helper()
		scores, err := n.Scores(t.Context(), h.round.ID)
		if err != nil {
			t.Fatal(err)
		}
		again, err := n.Recompute(t.Context(), h.round.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if scores[i].Points != w || scores[i] != again[i] {
				t.Fatalf("entry %d: %+v, recomputed %+v, want %d", i, scores[i], again[i], w)
			}
		}
	}
	check(a, 1000, 0, 0)
	check(b, 1000, 0, 0)
	h.cue(a, Command{Cue: CueVoid, Play: 1, Policy: VoidEverybody})
	check(b, 1000, 1000, 1000)
	h.cue(b, Command{Cue: CueUndo})
	check(a, 1000, 0, 0)
	// A corrected key counts everywhere at once; the other item's versions are refused.
	_, err := a.Give(t.Context(), h.round.ID, h.state(a).Seq, Command{Cue: CueCorrect, Play: 1, Version: h.versions[2].ID})
	wantCode(t, err, "correction_of_other_item")
	better := h.versions[0]
	better.ID, better.Content = 999_999, choice("Câu một", "c")
	h.versions = append(h.versions, better)
	// What it would do is shown before it is done.
	preview, err := b.Corrections(t.Context(), h.contestID, h.round.ID, 1)
	if err != nil || preview.Present.VersionID != h.versions[0].ID || len(preview.Versions) != 1 {
		t.Fatalf("%+v %v", preview, err)
	}
	if e := preview.Versions[0].Effect; preview.Versions[0].VersionID != better.ID || e.Gain != 1 || e.Lose != 1 ||
		e.Gaining[0].ID != h.entries[1].ID || e.Losing[0].ID != h.entries[0].ID {
		t.Fatalf("%+v", preview.Versions[0])
	}
	check(b, 1000, 0, 0)
	h.cue(a, Command{Cue: CueCorrect, Play: 1, Version: better.ID})
	check(b, 0, 1000, 0)
	before, err := a.Inputs(t.Context(), h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	same, err := b.Inputs(t.Context(), h.round.ID)
	if err != nil || string(before) != string(same) {
		t.Fatalf("two nodes give different inputs: %v", err)
	}
	h.cue(a, Command{Cue: CueFinish})
	h.cue(a, Command{Cue: CueScored})
	round, err := contest.New(h.db, nil, nil).Round(t.Context(), h.contestID, h.round.ID)
	if err != nil || round.State != contest.Scored || round.MaxScore != 3000 {
		t.Fatalf("%+v %v", round, err)
	}
	if after, _ := a.Inputs(t.Context(), h.round.ID); string(after) == string(before) {
		t.Fatal("the inputs don't know of the last events")
	}
	if findings, err := a.Check(t.Context(), h.round.ID); err != nil || len(findings) > 0 {
		t.Fatalf("%v %v", findings, err)
	}
}

// TestNoKeyBeforeReveal reads every message that goes to contestants and audience.
func TestNoKeyBeforeReveal(t *testing.T) {
	h := newHall(t, 2)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	a.hub.keys[live.EntryKey(h.entries[0].ID)] = 1
	h.claim(a, 0, 10)
	p := h.open(a)
	if _, err := h.answer(a, 0, 10, AnswerCommand{Play: p.Number, Writer: 1, Seq: 1, Options: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	h.cue(a, Command{Cue: CuePause})
	h.cue(a, Command{Cue: CueResume})
	h.closeItem(a)
	a.ownChanged(h.round.ID, h.entries[0].ID)
	eventually(t, "the own part", func() bool {
		for _, m := range a.hub.messages() {
			if strings.Contains(m, KindOwn) {
				return true
			}
		}
		return false
	})
	hidden := []string{"bí mật", `"key"`, `"reveal"`, `"result"`, `"tally"`, `"verdict"`}
	public := 0
	for _, m := range a.hub.messages() {
		if strings.HasPrefix(m, "organizer/") {
			continue
		}
		public++
		for _, word := range hidden {
			if strings.Contains(m, word) {
				t.Fatalf("before the reveal: %s", m)
			}
		}
		if strings.Contains(m, `"status":"shown"`) && strings.Contains(m, "Hai") {
			t.Fatalf("options before the opening: %s", m)
		}
	}
	if public < 8 {
		t.Fatalf("only %d messages were read", public)
	}
	h.cue(a, Command{Cue: CueReveal})
	view := a.hub.newest(contestantTopic(h.round.ID), KindContestant).Data.(ContestantView)
	if view.Play.Reveal == nil || view.Play.Reveal.Options[0] != "b" {
		t.Fatalf("%+v", view.Play)
	}
	audience := a.hub.newest(audienceTopic(h.round.ID), KindAudience).Data.(AudienceView)
	if len(audience.Tally) != 4 || audience.Tally[1].Count != 1 {
		t.Fatalf("%+v", audience.Tally)
	}
	h.cue(a, Command{Cue: CueUndo})
	if view := a.hub.newest(contestantTopic(h.round.ID), KindContestant).Data.(ContestantView); view.Play.Reveal != nil {
		t.Fatal("the undo of a reveal still shows the answer")
	}
}

func TestSecondClickDoesNotSkipAnItem(t *testing.T) {
	h := newHall(t, 1)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	h.open(a)
	h.closeItem(a)
	h.cue(a, Command{Cue: CueReveal})
	seen := h.state(a).Seq
	results := make(chan error, 8)
	for i := range 8 {
		go func() {
			_, err := h.nodes[i%2].Give(t.Context(), h.round.ID, seen, Command{Cue: CueNext, By: 1})
			results <- err
		}()
	}
	won := 0
	for range 8 {
		if err := <-results; err == nil {
			won++
		} else {
			wantCode(t, err, "round_moved_on")
		}
	}
	if s := h.state(b); won != 1 || s.Current != 2 {
		t.Fatalf("%d clicks counted, play %d is on stage", won, s.Current)
	}
}

// The clock closes an item while the host reaches for another button: his click still counts.
func TestCloseByTheClockDoesNotSpoilACue(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	h.open(a)
	seen := h.state(a).Seq
	h.closeItem(a)
	if _, err := a.Give(t.Context(), h.round.ID, seen, Command{Cue: CueReveal}); err != nil {
		t.Fatal(err)
	}
}

// A node whose hint was lost finds the event by asking.
func TestLostHint(t *testing.T) {
	h := newHall(t, 1)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	h.state(b)
	h.open(a)
	b.followAll(t.Context())
	eventually(t, "the opening on the other node", func() bool {
		view, ok := b.hub.newest(contestantTopic(h.round.ID), KindContestant).Data.(ContestantView)
		return ok && view.Play != nil && view.Play.Status == PlayOpen
	})
	one, two := h.state(a), h.state(b)
	if one.Seq != two.Seq || a.hub.newest(contestantTopic(h.round.ID), KindContestant).Seq != b.hub.newest(contestantTopic(h.round.ID), KindContestant).Seq {
		t.Fatal("the same view has two numbers")
	}
}

func TestRejoinAndLateJoinSeeTheSameMoment(t *testing.T) {
	h := newHall(t, 2)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	h.claim(a, 0, 10)
	p := h.open(a)
	h.nowUs.Add(1_000_000)
	for seq, option := range []string{"a", "d"} {
		if _, err := h.answer(a, 0, 10, AnswerCommand{Play: p.Number, Writer: 1, Seq: int32(seq + 1), Options: []string{option}}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := b.room(t.Context(), h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	own, err := r.ownView(t.Context(), h.entries[0].ID)
	if err != nil || len(own.Answers) != 1 || own.Answers[0].Options[0] != "d" || own.Writer != 1 {
		t.Fatalf("%+v %v", own, err)
	}
	view := r.frames.contestant.Data.(ContestantView)
	if view.Play.DeadlineUs != p.DeadlineUs || len(view.Play.Question.Options) != 4 {
		t.Fatalf("%+v", view.Play)
	}
	late, err := r.ownView(t.Context(), h.entries[1].ID)
	if err != nil || len(late.Answers) != 0 {
		t.Fatalf("%+v %v", late, err)
	}
	h.closeItem(a)
	h.cue(a, Command{Cue: CueReveal})
	h.state(b)
	own, err = r.ownView(t.Context(), h.entries[0].ID)
	if err != nil || own.Points != 0 || own.Answers[0].Result == nil || own.Answers[0].Result.Verdict != "wrong" {
		t.Fatalf("%+v %v", own, err)
	}
}

func TestSetUpIsFrozenByTheStart(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	ctx := t.Context()
	setup, err := a.Setup(ctx, h.contestID, h.round.ID)
	if err != nil || setup.Phase != PhaseReady || len(setup.Items) != 4 {
		t.Fatalf("%+v %v", setup, err)
	}
	twice := []SetupItem{{VersionID: h.versions[0].ID}, {VersionID: h.versions[0].ID}, {VersionID: 123456}}
	_, err = a.SaveItems(ctx, h.contestID, h.round.ID, setup.Version, twice)
	wantCode(t, err, "timeline_invalid")
	_, err = a.SaveSettings(ctx, h.contestID, h.round.ID, setup.Version-1, setup.Settings)
	wantCode(t, err, "setup_changed")
	h.cue(a, Command{Cue: CueStart})
	_, err = a.SaveItems(ctx, h.contestID, h.round.ID, setup.Version, nil)
	wantCode(t, err, "setup_changed")

	var copyID int64
	if err := h.db.QueryRow(ctx, `INSERT INTO round (contest_id, position, kind, name) VALUES ($1, 2, 'stage', 'Chạy thử') RETURNING id`, h.contestID).Scan(&copyID); err != nil {
		t.Fatal(err)
	}
	tx, err := h.db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Copy(ctx, tx, h.round, contest.Round{ID: copyID}); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	copied, err := a.Setup(ctx, h.contestID, copyID)
	if err != nil || copied.Phase != PhaseReady || len(copied.Items) != 4 || !copied.Items[3].Reserve {
		t.Fatalf("%+v %v", copied, err)
	}
	missing, err := a.Missing(ctx, contest.Round{ID: copyID, Name: "Chạy thử"})
	if err != nil || !missing[0].Done {
		t.Fatalf("%+v %v", missing, err)
	}
}

// A deleted round leaves no trace, also of the responses, which have no foreign key.
func TestDeletedRoundLeavesNoResponses(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	h.claim(a, 0, 10)
	p := h.open(a)
	if _, err := h.answer(a, 0, 10, AnswerCommand{Play: p.Number, Writer: 1, Seq: 1, Options: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.Exec(t.Context(), `DELETE FROM round WHERE id = $1`, h.round.ID); err != nil {
		t.Fatal(err)
	}
	if n := h.rows(`SELECT (SELECT count(*) FROM stage_response) + (SELECT count(*) FROM stage_event) + (SELECT count(*) FROM stage_writer)`); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
}
