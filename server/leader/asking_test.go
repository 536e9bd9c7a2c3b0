package leader

import (
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if f := fault.From(err); err == nil || f.Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

// Of an entry that an organizer has added nobody has a registration: its leader asks for a change all the same, also
// after the window has closed, and the organizers answer it like any other.
func TestALeaderAsksForAChangeOfWhatAnOrganizerAdded(t *testing.T) {
	t.Parallel()
	g, _ := lay(t)
	made, err := g.s.Roster.Add(g.ctx, g.contest.ID, roster.Draft{Name: "Trần Văn Bính", UnitID: g.hac})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.db.Exec(t.Context(), `UPDATE contest SET registration_closes_at = now() - interval '1 day' WHERE id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	one := roster.LedOne{EntryID: made.ID}
	d, _, err := g.s.Draft(g.a, g.contest.ID, one)
	if err != nil || d.Name != "Trần Văn Bính" || d.UnitID != g.hac {
		t.Fatalf("reads %+v, %v", d, err)
	}
	wantCode(t, g.s.AskChange(g.a, g.contest.ID, one, d, "sửa tên"), "nothing_changed")
	d.Name, d.Members[0].Name = "Trần Văn Bình", "Trần Văn Bình"
	wantCode(t, g.s.AskChange(g.b, g.contest.ID, one, d, "sửa tên"), "not_your_unit")
	stolen := d
	stolen.UnitID = g.sam
	wantCode(t, g.s.AskChange(g.b, g.contest.ID, one, stolen, "về đơn vị tôi"), fault.NothingHere.Code)
	if err := g.s.AskChange(g.a, g.contest.ID, one, d, "Ghi sai tên"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, g.s.AskChange(g.a, g.contest.ID, one, d, "lần nữa"), "change_waits")
	asked := func() bool {
		t.Helper()
		people, _, err := g.s.People(g.a, g.contest.ID, Filter{})
		if err != nil || len(people) != 1 {
			t.Fatalf("people %+v, %v", people, err)
		}
		return people[0].Asked
	}
	if !asked() {
		t.Error("the leader does not see that a request waits")
	}
	// Taken back, it can be asked anew.
	if err := g.s.WithdrawChange(g.a, g.contest.ID, one); err != nil || asked() {
		t.Fatalf("taken back: %v", err)
	}
	wantCode(t, g.s.WithdrawChange(g.a, g.contest.ID, one), "change_answered")
	if err := g.s.AskChange(g.a, g.contest.ID, one, d, "Ghi sai tên"); err != nil {
		t.Fatal(err)
	}
	open, _, err := g.s.Roster.Changes(g.ctx, g.contest.ID, roster.ChangeOpen, 0)
	if err != nil || len(open) != 1 || open[0].EntryID != made.ID || open[0].Number != made.Number || open[0].UnitName != "Phường Hạc Thành" ||
		len(open[0].Differences) != 1 || open[0].Differences[0].After != "Trần Văn Bình" {
		t.Fatalf("the organizers see %+v, %v", open, err)
	}
	if err := g.s.Roster.AnswerChange(g.ctx, g.contest.ID, open[0].ID, true, "", ""); err != nil {
		t.Fatal(err)
	}
	e, err := g.s.Roster.Entry(t.Context(), g.contest.ID, made.ID)
	if err != nil || e.Name != "Trần Văn Bình" || e.Number != made.Number {
		t.Errorf("after the answer %+v, %v", e, err)
	}
	seen, err := g.s.Roster.Detail(t.Context(), g.contest.ID, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := seen.History[len(seen.History)-1]
	if last.Kind != roster.EventChangeAccepted || time.Since(last.At) > time.Hour {
		t.Errorf("history ends with %+v", last)
	}
	// What waits when the entry leaves the contest is closed with it.
	d.Name, d.Members[0].Name = "Trần Bình", "Trần Bình"
	if err := g.s.AskChange(g.a, g.contest.ID, one, d, "Bỏ chữ đệm"); err != nil {
		t.Fatal(err)
	}
	if err := g.s.WithdrawEntry(g.a, g.contest.ID, made.ID, "Chuyển công tác"); err != nil {
		t.Fatal(err)
	}
	if open, _, err = g.s.Roster.Changes(g.ctx, g.contest.ID, roster.ChangeOpen, 0); err != nil || len(open) != 0 {
		t.Errorf("still open: %+v, %v", open, err)
	}
}
