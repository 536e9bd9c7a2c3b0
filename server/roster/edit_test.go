package roster

import (
	"fmt"
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
)

func TestNumbersAreGivenOnce(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	var group sync.WaitGroup
	for worker := range 6 {
		group.Go(func() {
			for i := range 5 {
				if _, err := g.s.Add(g.ctx, g.contest.ID, person(fmt.Sprintf("Người %d của nhóm %d", i, worker))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil || len(entries) != 30 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for i, e := range entries {
		if e.Number != NumberText(i+1) {
			t.Fatalf("entry %d has number %s", i, e.Number)
		}
	}
	// A withdrawn number is not given again.
	if err := g.s.Withdraw(g.ctx, g.contest.ID, entries[29].ID, "Xin rút"); err != nil {
		t.Fatal(err)
	}
	e, err := g.s.Add(g.ctx, g.contest.ID, person("Người mới"))
	if err != nil || e.Number != "031" {
		t.Fatalf("new entry %+v, %v", e, err)
	}
}

func TestApprovingTwiceMakesOneEntry(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.register(t, person("Lê An"))
	g.register(t, person("Lê Bình"))
	ids := g.pending(t)
	var group sync.WaitGroup
	total := make([]int, 4)
	for i := range total {
		group.Go(func() {
			d, err := g.s.Approve(g.ctx, g.contest.ID, ids, "")
			if err != nil {
				t.Error(err)
			}
			total[i] = d.Done
		})
	}
	group.Wait()
	if sum := total[0] + total[1] + total[2] + total[3]; sum != 2 {
		t.Fatalf("approved %v", total)
	}
	if entries, err := g.s.Entries(t.Context(), g.contest.ID); err != nil || len(entries) != 2 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}

func TestReissueEndsTheOldCodeAndItsDevices(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	e, err := g.s.Add(g.ctx, g.contest.ID, person("Lê An"))
	if err != nil {
		t.Fatal(err)
	}
	oldCode, oldLink := g.codeOf(t, e.ID)
	in, err := g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", oldCode, "")
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := g.s.Reissue(g.ctx, g.contest.ID, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := g.accounts.Identify(t.Context(), account.Principal{}, "", in.Token); err != nil || who.Entry != nil {
		t.Errorf("a device that came in with the old code is still in: %+v, %v", who.Entry, err)
	}
	_, err = g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", oldCode, "")
	wantFault(t, err, "wrong_code")
	_, err = g.s.EnterByLink(t.Context(), stranger, oldLink, "")
	wantFault(t, err, "wrong_link")
	if _, err := g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", fresh.Code, ""); err != nil {
		t.Errorf("the new code: %v", err)
	}
	if _, err := g.s.EnterByLink(t.Context(), stranger, fresh.Link, ""); err != nil {
		t.Errorf("the new link: %v", err)
	}
	events, err := audit.List(t.Context(), g.db, g.contest.ID, 0, 10)
	if err != nil || events[0].Action != "roster.reissue_code" || events[0].AccountID == 0 {
		t.Errorf("the audit says %+v, %v", events, err)
	}
}

func TestWithdrawnEntriesCannotEnter(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	e, err := g.s.Add(g.ctx, g.contest.ID, person("Lê An"))
	if err != nil {
		t.Fatal(err)
	}
	code, link := g.codeOf(t, e.ID)
	if err := g.s.Withdraw(g.ctx, g.contest.ID, e.ID, "Chuyển công tác"); err != nil {
		t.Fatal(err)
	}
	_, err = g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", code, "")
	wantFault(t, err, "entry_withdrawn")
	_, err = g.s.EnterByLink(t.Context(), stranger, link, "")
	wantFault(t, err, "entry_withdrawn")
	if err := g.s.Restore(g.ctx, g.contest.ID, e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", code, ""); err != nil {
		t.Error(err)
	}
}

func TestEditingKeepsNumbersApart(t *testing.T) {
	g := lay(t, contest.TeamEntry)
	for _, name := range []string{"Đội Một", "Đội Hai"} {
		if _, err := g.s.Add(g.ctx, g.contest.ID, Draft{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	d := Draft{Name: "Đội Hai mới", UnitName: "Xã Nghĩa Đô", Members: []Member{{Name: "Vàng Thị Mỷ", Role: RoleCaptain}, {Name: "Lò Văn Ến", Role: RoleReserve}}}
	wantFault(t, g.s.Edit(g.ctx, g.contest.ID, entries[1].ID, "1", d, ""), "number_taken")
	wantFault(t, g.s.Edit(g.ctx, g.contest.ID, entries[1].ID, "số hai", d, ""), "bad_number")
	if err := g.s.Edit(g.ctx, g.contest.ID, entries[1].ID, "15", d, ""); err != nil {
		t.Fatal(err)
	}
	e, err := g.s.Entry(t.Context(), g.contest.ID, entries[1].ID)
	if err != nil || e.Number != "015" || e.Name != "Đội Hai mới" || e.UnitName != "Xã Nghĩa Đô" || len(e.Members) != 2 || e.Members[1].Role != RoleReserve {
		t.Fatalf("entry %+v, %v", e, err)
	}
	if _, err := g.db.Exec(t.Context(), `UPDATE contest SET state = 'ended' WHERE id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.s.Edit(g.ctx, g.contest.ID, entries[1].ID, "16", d, ""), "roster_closed")
}
