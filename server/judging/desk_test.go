package judging_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/testkit"
)

// A performance for practice is marked like any other, and nothing that counts ever knows of it.
func TestCalibrationNeverCounts(t *testing.T) {
	h := open(t, 3, 2)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, mean))
	before := h.judging().Inputs()
	h.exec(`UPDATE contest SET state = 'open' WHERE id = $1`, h.contestID) // days before the evening
	h.must(h.s.AddCalibration(h.organizer, h.contestID, h.roundID, "Video hội thi năm trước"))
	trial := h.judging().Performances[0]
	if !trial.Calibration || trial.EntryID != 0 || trial.EntryName != "Video hội thi năm trước" || trial.Position != 0 {
		t.Fatalf("the performance for practice: %+v", trial)
	}
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, trial.ID))
	var devices []*device
	for i, values := range [][]int64{{900, 500, 400}, {900, 550, 400}, {600, 400, 300}} {
		d := h.device(i)
		devices = append(devices, d)
		seen := d.fill(trial.ID, values...)
		if _, err := d.lock(trial.ID, seen); err != nil {
			t.Fatal(err)
		}
	}
	j := h.judging()
	stage, err := json.Marshal(j.StageView("Hội thi", nil, judging.Showing{}))
	h.must(err)
	if bytes.Contains(stage, []byte("năm trước")) || j.StageView("", nil, judging.Showing{}).OnStage != 0 {
		t.Errorf("the hall sees the performance for practice: %s", stage)
	}
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, trial.ID))
	j = h.judging()
	if j.Started() || !bytes.Equal(j.Inputs(), before) || len(j.Scores()) != 2 {
		t.Errorf("started %v, inputs the same %v, %d scores", j.Started(), bytes.Equal(j.Inputs(), before), len(j.Scores()))
	}
	if n := h.count(`SELECT count(*) FROM round WHERE id = $1 AND state = 'running'`, h.roundID); n != 0 {
		t.Error("the practice has started the round")
	}
	// What it is for: the third judge is far away, and the head judge is told so; the others are not.
	head, _ := j.JudgeView(idOf(h.judges[0]))
	other, _ := j.JudgeView(idOf(h.judges[1]))
	if a := head.Performances[0].Others.Alarms; len(a) != 1 || a[0].Seat != 3 || a[0].Deviation != 1300-1800 {
		t.Errorf("the head judge's alarms: %+v", a)
	}
	if other.Performances[0].Others.Alarms != nil || other.Performances[0].Progress != nil {
		t.Errorf("another judge is told: %+v", other.Performances[0].Others)
	}
	if w := j.Watch(); len(w.Judges) != 0 || len(w.Alarms) != 1 {
		t.Errorf("the practice goes into the comparison of judges: %+v", w)
	}
	wants(t, "another rubric under these marks", h.s.SetRubric(h.organizer, h.contestID, h.roundID, h.criteria()), "calibration_marked")
	// The order may be set anew, and the practice stays in front of it.
	h.exec(`UPDATE contest SET state = 'running' WHERE id = $1`, h.contestID)
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{{EntryID: h.entries[1]}, {EntryID: h.entries[0]}}))
	if j = h.judging(); !j.Performances[0].Calibration || j.Performances[1].EntryID != h.entries[1] {
		t.Errorf("the order: %+v", j.Performances)
	}
	p := h.perform(1, 60)
	if _, err := devices[0].lock(p, devices[0].fill(p, 500, 300, 200)); err != nil {
		t.Fatal(err)
	}
	if gaps := h.judging().Gaps(); len(gaps) != 3 {
		t.Errorf("gaps: %+v, want two open sheets and one performance", gaps)
	}
	h.must(h.s.RemoveCalibration(h.organizer, h.contestID, h.roundID, trial.ID))
	wants(t, "a real one taken out as practice", h.s.RemoveCalibration(h.organizer, h.contestID, h.roundID, p), "not_calibration")
}

func TestWatchTellsWhoIsFarAway(t *testing.T) {
	h := open(t, 4, 2)
	conduct := judging.DefaultConduct()
	// Of 20 points: 3,5 in the lower half, 1 in the upper.
	conduct.Tolerances = []judging.Tolerance{{From: 0, Within: 1750}, {From: 5000, Within: 500}}
	h.must(h.s.SetConduct(h.organizer, h.contestID, h.roundID, conduct))
	totals := [][4]int64{{800, 900, 1000, 500}, {1500, 1600, 1700, 1600}} // of the four judges, for both turns
	var devices []*device
	for i := range 4 {
		devices = append(devices, h.device(i))
	}
	for n, turn := range totals {
		p := h.perform(n, 60)
		for i, d := range devices {
			first := min(turn[i], 1000)
			seen := d.fill(p, first, min(turn[i]-first, 600), max(turn[i]-first-600, 0))
			if n == 1 && i == 3 {
				continue
			}
			if _, err := d.lock(p, seen); err != nil {
				t.Fatal(err)
			}
		}
	}
	j := h.judging()
	w := j.Watch()
	// The median is 850: no sheet is more than 3,5 points away. The second turn waits for a sheet.
	if len(w.Alarms) != 0 || len(w.Judges) != 4 {
		t.Fatalf("within the tolerance, and one turn open: %+v", w)
	}
	if g := w.Judges[3]; g.Sheets != 1 || g.Severity != -300 || g.Apart != 300 || g.Low != 500 {
		t.Errorf("the fourth judge: %+v", g)
	}
	view, _ := j.JudgeView(idOf(h.judges[0]))
	if got := view.Performances[1].Progress; len(got) != 4 || got[3].Locked || got[3].Missing != 0 {
		t.Errorf("what the head judge knows of the others' progress: %+v", got)
	}
	conduct.Tolerances[0].Within = 1749
	h.must(h.s.SetConduct(h.organizer, h.contestID, h.roundID, conduct))
	if a := h.judging().Watch().Alarms; len(a) != 1 || a[0].Seat != 4 || a[0].Deviation != -350 || a[0].Within != 349 {
		t.Errorf("a tolerance just below the distance: %+v", a)
	}
	conduct.Tolerances = nil
	h.must(h.s.SetConduct(h.organizer, h.contestID, h.roundID, conduct))
	if a := h.judging().Watch().Alarms; len(a) != 0 {
		t.Errorf("without tolerances: %+v", a)
	}
	conduct.Tolerances = []judging.Tolerance{{From: 100, Within: 0}}
	wants(t, "a first band above 0 with no width", h.s.SetConduct(h.organizer, h.contestID, h.roundID, conduct), "conduct_invalid")
}

// Notes are one judge's, kept until the close; an earlier device cannot write over a later one.
func TestNotesAreTheJudgesOwn(t *testing.T) {
	h := open(t, 2, 1)
	p := h.performance(0)
	tablet := h.device(0)
	note := func(d *device, seq int64, text string) error {
		_, err := h.s.Note(d.judge, h.contestID, h.roundID, judging.NoteData{PerformanceID: p, Writer: d.writer, Seq: seq, Text: text})
		return err
	}
	read := func(judge int) string {
		t.Helper()
		v, err := h.s.Notes(h.judges[judge], h.contestID, h.roundID)
		h.must(err)
		if len(v.Notes) == 0 {
			return ""
		}
		return v.Notes[0].Text
	}
	h.must(note(tablet, 2, "Mở đầu hay\nhơi dài"))
	h.must(note(tablet, 1, "Mở đầu")) // comes late
	if got := read(0); got != "Mở đầu hay\nhơi dài" {
		t.Errorf("the note is %q", got)
	}
	if got := read(1); got != "" {
		t.Errorf("another judge reads %q", got)
	}
	view, err := json.Marshal(h.judging().View())
	h.must(err)
	if bytes.Contains(view, []byte("hơi dài")) {
		t.Error("the secretary's table carries a judge's note")
	}
	phone := h.device(0)
	wants(t, "the device that was taken over", note(tablet, 9, "cũ"), "device_superseded")
	h.must(note(phone, 1, "Từ điện thoại"))
	if got := read(0); got != "Từ điện thoại" {
		t.Errorf("the later device's note is %q", got)
	}
	stranger := &device{h: h, judge: h.organizer, s: h.s, writer: phone.writer}
	wants(t, "somebody who is no judge", note(stranger, 1, "x"), "not_found")
	wants(t, "control signs", note(phone, 2, "a\x00b"), "note_invalid")
	h.exec(`UPDATE judged_round SET closed_us = 1 WHERE round_id = $1`, h.roundID)
	wants(t, "after the close", note(phone, 3, "muộn"), "judging_closed")
}

// Where the organizer allows it, a judge opens any entry: the first mark begins it, and the stage may still come.
func TestJudgesMayChooseFreely(t *testing.T) {
	h := open(t, 1, 2)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, mean))
	d := h.device(0)
	p := h.performance(1)
	first := h.criteria()[0].ID
	_, err := d.send(d.next(p, first, 500))
	wants(t, "before its turn", err, "performance_not_begun")
	conduct := judging.DefaultConduct()
	conduct.Choosing = judging.Freely
	h.must(h.s.SetConduct(h.organizer, h.contestID, h.roundID, conduct))
	h.exec(`UPDATE contest SET state = 'open' WHERE id = $1`, h.contestID)
	_, err = d.send(d.next(p, first, 500))
	wants(t, "before the contest runs", err, "contest_not_running")
	h.exec(`UPDATE contest SET state = 'running' WHERE id = $1`, h.contestID)
	seen := d.fill(p, 500, 300, 200)
	j := h.judging()
	if got, _ := j.Performance(p); got.State != judging.Done || !j.Started() {
		t.Errorf("after the first mark: %+v", got)
	}
	wants(t, "a rubric that is in use", h.s.SetRubric(h.organizer, h.contestID, h.roundID, h.criteria()), "rules_stand")
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, p))
	h.clockUs.Add(30 * second)
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, p))
	if _, err := d.lock(p, seen); err != nil {
		t.Fatal(err)
	}
	scores := h.judging().Scores()
	if s := scores[1]; !s.Complete || s.Score != 1000 || s.Seconds != 30 {
		t.Errorf("the score: %+v", s)
	}
}

// The stage goes from one part of the evening to the next: judges of both are told where it is, judges of one only
// about theirs, on whatever node they are.
func TestTheEveningFollowsTheStage(t *testing.T) {
	h := open(t, 2, 1)
	var skit int64
	h.must(h.db.QueryRow(t.Context(), `INSERT INTO round (contest_id, position, name, kind, state) SELECT contest_id, 90, 'Tiểu phẩm', 'judged', 'planned' FROM round WHERE id = $1 RETURNING id`, h.roundID).Scan(&skit))
	h.must(h.s.SetRubric(h.organizer, h.contestID, skit, h.criteria()))
	h.must(h.s.SetPanel(h.organizer, h.contestID, skit, []int64{idOf(h.judges[0])}, idOf(h.judges[0])))
	h.must(h.s.SetOrder(h.organizer, h.contestID, skit, []judging.Turn{{EntryID: h.entries[0]}}))
	rdb := testkit.Redis(t)
	a, b := h.node(rdb), h.node(rdb)
	topic := "judge/evening/" + strconv.FormatInt(h.contestID, 10)
	both, one := h.screen(a, h.judges[0], topic), h.screen(b, h.judges[1], topic)
	crew := h.screen(b, h.organizer, "organizer/evening/"+strconv.FormatInt(h.contestID, 10))
	p := h.performance(0)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, p))
	at := func(round, performance int64) func(judging.EveningView) bool {
		return func(v judging.EveningView) bool {
			for _, part := range v.Parts {
				if part.RoundID == round && part.OnStage == performance {
					return true
				}
			}
			return false
		}
	}
	await(both, "the greeting on stage", at(h.roundID, p))
	await(one, "the greeting on stage", at(h.roundID, p))
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, p))
	j, err := h.s.Get(h.organizer, h.contestID, skit)
	h.must(err)
	h.must(h.s.Start(h.organizer, h.contestID, skit, j.Performances[0].ID))
	await(both, "the skit on stage", at(skit, j.Performances[0].ID))
	await(crew, "the skit on stage", at(skit, j.Performances[0].ID))
	if v := await(one, "the greeting over", at(h.roundID, 0)); len(v.Parts) != 1 {
		t.Errorf("a judge of one part is told of %+v", v.Parts)
	}
}

// Who may not mark an entry may not either once a colleague's first mark has begun the performance.
func TestABarredJudgeStaysBarredWhereJudgesChooseFreely(t *testing.T) {
	t.Parallel()
	h := open(t, 2, 1)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, mean))
	h.must(h.s.SetConflictRule(h.organizer, h.contestID, h.roundID, judging.ConflictBarred))
	h.must(h.s.SetTies(h.organizer, h.contestID, h.roundID, 1, judging.JudgeTies{Ties: []judging.Tie{{EntryID: h.entries[0], Note: "người nhà"}}}, ""))
	conduct := judging.DefaultConduct()
	conduct.Choosing = judging.Freely
	h.must(h.s.SetConduct(h.organizer, h.contestID, h.roundID, conduct))
	p, tied, free := h.performance(0), h.device(0), h.device(1)
	_, err := free.lock(p, free.fill(p, 800, 500, 300))
	h.must(err)
	_, err = tied.send(tied.next(p, h.criteria()[0].ID, 100))
	wants(t, "a mark of a barred judge", err, "judge_barred")
	if s := h.scoreOf(p); !s.Complete || s.Score != 1600 {
		t.Errorf("the score: %+v", s)
	}
}

// What happens to a sheet of practice is no part of what is signed.
func TestThePractisedSheetIsNotInTheAnnex(t *testing.T) {
	t.Parallel()
	h := open(t, 1, 1)
	h.must(h.s.AddCalibration(h.organizer, h.contestID, h.roundID, "Tiết mục thử"))
	trial, d := h.performance(0), h.device(0)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, trial))
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, trial))
	_, err := d.lock(trial, d.fill(trial, 1000, 600, 400))
	h.must(err)
	h.must(h.s.AskReopen(h.judges[0], h.contestID, h.roundID, trial, 1, judging.PanelDoor, "chấm lại để bàn"))
	turn := h.perform(1, 60)
	_, err = d.lock(turn, d.fill(turn, 800, 500, 300))
	h.must(err)
	if gaps := h.judging().Gaps(); len(gaps) != 0 {
		t.Errorf("the check waits for a sheet of practice: %+v", gaps)
	}
	h.must(h.confirm(h.organizer, judging.Office))
	if x := h.judging().Record().Exceptions; len(x) != 0 {
		t.Errorf("the annex tells of practice: %+v", x)
	}
}
