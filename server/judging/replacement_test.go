package judging_test

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/judging"
)

// reserve is a judge of the contest without a seat.
func (h *hall) reserve(name string) context.Context {
	h.t.Helper()
	p := h.person(name)
	h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'judge')`, idOf(p), h.contestID)
	return p
}

func TestReplacingAJudgeWhoHasNotMarked(t *testing.T) {
	h := open(t, 2, 2)
	reserve := h.reserve("Giám khảo dự bị")
	wants(t, "one who is seated already", h.s.Replace(h.organizer, h.contestID, h.roundID, 1, idOf(h.judges[1]), "ốm"), "panel_invalid")
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, h.performance(0)))
	h.must(h.s.Replace(h.organizer, h.contestID, h.roundID, 2, idOf(reserve), "ốm"))
	j := h.judging()
	if j.Panel[1].AccountID != idOf(reserve) || len(j.Changes) != 1 || j.Changes[0].Before != "Giám khảo 2" || j.Changes[0].After != "Giám khảo dự bị" {
		t.Fatalf("the panel is %+v, changes %+v", j.Panel, j.Changes)
	}
	_, _, err := h.s.JudgeView(h.judges[1], h.contestID, h.roundID)
	wants(t, "who was replaced", err, "not_on_panel")
	view, _, err := h.s.JudgeView(h.judges[0], h.contestID, h.roundID)
	h.must(err)
	if c := view.Changes; len(c) != 1 || c[0].Kind != judging.Replaced || c[0].After != "Giám khảo dự bị" || c[0].Reason != "" {
		t.Errorf("the other judge reads %+v", c)
	}
}

// In the middle of a part the newcomer judges what is still to begin; what the other has locked counts.
func TestReplacingAJudgeInTheMiddleOfAPart(t *testing.T) {
	h := open(t, 3, 3)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, judging.MarkingRules{Combining: mean.Combining, Overtime: mean.Overtime, Absent: judging.AbsenceWaits}))
	reserve := h.reserve("Giám khảo dự bị")
	first := h.perform(0, 60)
	for i := range 3 {
		d := h.device(i)
		_, err := d.lock(first, d.fill(first, 900, 500, 300))
		h.must(err)
	}
	// The turn on stage has begun when the head judge falls out: it is left with the two who see it.
	second := h.performance(1)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, second))
	h.clockUs.Add(1)
	h.must(h.s.Replace(h.organizer, h.contestID, h.roundID, 1, idOf(reserve), "cấp cứu"))
	h.clockUs.Add(1)
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, second))
	h.judges = append(h.judges, reserve)
	newcomer := h.device(3)
	_, err := newcomer.send(newcomer.next(first, h.criteria()[0].ID, 800))
	wants(t, "the newcomer marks an earlier turn", err, "not_this_turn")
	_, err = newcomer.send(newcomer.next(second, h.criteria()[0].ID, 800))
	wants(t, "the newcomer marks a turn that had begun", err, "not_this_turn")
	third := h.perform(2, 60)
	for i := range 2 {
		d := h.device(i + 1)
		for _, p := range []int64{second, third} {
			_, err := d.lock(p, d.fill(p, 700, 400, 300))
			h.must(err)
		}
	}
	if gaps := h.judging().Gaps(); len(gaps) != 2 || gaps[0].PerformanceID != third || gaps[0].Seat != 4 || gaps[1].Code != "head" {
		t.Fatalf("waits for %+v", gaps)
	}
	_, err = newcomer.lock(third, newcomer.fill(third, 1000, 600, 400))
	h.must(err)
	wants(t, "who was replaced comes back", h.s.SetAbsence(h.organizer, h.contestID, h.roundID, 1, false, "khỏe lại"), "judge_replaced")
	wants(t, "who was replaced is replaced", h.s.Replace(h.organizer, h.contestID, h.roundID, 1, idOf(reserve), "nhầm"), "judge_replaced")
	wants(t, "the absent one as the head", h.s.NameHead(h.organizer, h.contestID, h.roundID, 1, "thiếu trưởng ban"), "head_absent")
	h.must(h.s.NameHead(h.organizer, h.contestID, h.roundID, 2, "Trưởng ban đi cấp cứu"))

	j := h.judging()
	for i, want := range []int{3, 2, 3} {
		if s := j.Scores()[i]; !s.Complete || len(s.Working.Sheets) != want {
			t.Errorf("turn %d: %d sheets, complete %t; want %d", i+1, len(s.Working.Sheets), s.Complete, want)
		}
	}
	again, err := judging.Recompute(j.Inputs())
	h.must(err)
	for i, s := range j.Scores() {
		if again[i].Score != s.Score || again[i].Complete != s.Complete {
			t.Errorf("computed again, turn %d is %+v, was %+v", i+1, again[i], s)
		}
	}
	if v := j.View(); len(v.Performances[0].Away) != 1 || v.Performances[0].Away[0] != 4 || v.Performances[2].Away[0] != 1 || !v.Panel[0].Left || v.Panel[3].Replaces != 1 {
		t.Errorf("the office reads %+v of %+v", v.Performances[0].Away, v.Panel)
	}
	h.must(h.s.CheckPart(h.organizer, h.contestID, h.roundID, ""))
	h.must(h.s.Close(h.judges[1], h.contestID, h.roundID, ""))
	var told []string
	for _, e := range h.judging().View().Signing.Exceptions {
		told = append(told, e.Vi)
	}
	if strings.Contains(strings.Join(told, "\n"), "vắng") {
		t.Errorf("who was replaced is told of twice: %q", told)
	}
	for _, part := range []string{"GK1 (Giám khảo 1) thôi chấm; GK4 (Giám khảo dự bị) chấm các lượt còn lại", "cấp cứu", "GK2 (Giám khảo 2) làm Trưởng ban Giám khảo thay Giám khảo 1"} {
		if !strings.Contains(strings.Join(told, "\n"), part) {
			t.Errorf("the annex does not tell %q: %q", part, told)
		}
	}
}

// However often a seat passes on, each turn has one judge of those who followed each other, and who has locked a sheet
// keeps the turn.
func TestEachTurnHasOneOfTheJudgesWhoFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := judging.Judging{Panel: []judging.Seat{{Number: 1, AccountID: 1}}}
		for i := range rapid.IntRange(1, 6).Draw(t, "turns") {
			j.Performances = append(j.Performances, judging.Performance{ID: int64(i + 1), EntryID: int64(i + 1), State: judging.Planned})
		}
		kept := map[int64]int{}
		now := int64(0)
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			now++
			n := rapid.IntRange(0, len(j.Performances)-1).Draw(t, "turn")
			p := &j.Performances[n]
			switch rapid.IntRange(0, 2).Draw(t, "event") {
			case 0:
				if p.State == judging.Planned {
					p.State, p.StartedUs = judging.OnStage, now
				}
			case 1: // judges who choose freely lock before a turn has begun
				for _, s := range j.Panel {
					if s.LeftUs == 0 && j.Sits(*p, s) && kept[p.ID] == 0 {
						j.Sheets = append(j.Sheets, judging.Sheet{ID: p.ID, PerformanceID: p.ID, AccountID: s.AccountID, State: judging.Locked})
						kept[p.ID] = s.Number
					}
				}
			case 2:
				last := &j.Panel[len(j.Panel)-1]
				last.LeftUs, last.Absent = now, true
				j.Panel = append(j.Panel, judging.Seat{Number: last.Number + 1, AccountID: int64(last.Number + 1), Replaces: last.Number})
			}
			for _, p := range j.Performances {
				var sits []int
				for _, s := range j.Panel {
					if j.Sits(p, s) {
						sits = append(sits, s.Number)
					}
				}
				if len(sits) != 1 || kept[p.ID] != 0 && sits[0] != kept[p.ID] {
					t.Fatalf("turn %d, locked by %d, is judged by %v of %+v", p.ID, kept[p.ID], sits, j.Panel)
				}
			}
		}
	})
}

// Where the rules wait for every sheet, the paper of a judge who has gone home is what ends the waiting.
func TestThePaperOfAnAbsentJudgeWhoIsWaitedFor(t *testing.T) {
	h := open(t, 2, 1)
	waits := judging.MarkingRules{Combining: mean.Combining, Overtime: mean.Overtime, Absent: judging.AbsenceWaits}
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, waits))
	p := h.perform(0, 60)
	h.must(h.s.SetAbsence(h.organizer, h.contestID, h.roundID, 2, true, "về sớm, đã chấm trên giấy"))
	var marks []judging.MarkValue
	for i, c := range h.criteria() {
		marks = append(marks, judging.MarkValue{CriterionID: c.ID, Value: []int64{800, 500, 300}[i]})
	}
	h.must(h.s.AskPaper(h.person("Thư ký 1"), h.contestID, h.roundID, p, 2, marks, false, ""))
	h.must(h.s.Confirm(h.person("Thư ký 2"), h.contestID, h.roundID, h.judging().Signing.Requests[0].ID, judging.Office, marks))
	d := h.device(0)
	_, err := d.lock(p, d.fill(p, 800, 500, 300))
	h.must(err)
	if s := h.judging().Scores()[0]; !s.Complete || len(s.Working.Sheets) != 2 {
		t.Errorf("the score is %+v", s)
	}
}
