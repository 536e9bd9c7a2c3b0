package roster

import (
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/unit"
)

// states tells how registrations stand, by the name registered.
func (g *ground) states(t *testing.T) map[string]string {
	t.Helper()
	rows, err := g.db.Query(t.Context(), `SELECT name, state FROM registration WHERE contest_id = $1`, g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	states := map[string]string{}
	for rows.Next() {
		var name, state string
		if err := rows.Scan(&name, &state); err != nil {
			t.Fatal(err)
		}
		states[name] = state
	}
	return states
}

// A place in a unit is left by whoever changes to another unit, as much as by whoever withdraws.
func TestAChangeOfUnitLeavesAPlace(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(x *Terms) { x.Quotas.UnitEntries, x.WaitingList, x.MoveUp = 1, true, true })
	if err := g.s.InviteUnits(g.ctx, g.contest.ID, []string{"Xã Nghĩa Đô", "Xã Đông Sơn", "Phường Hạc Thành"}); err != nil {
		t.Fatal(err)
	}
	form, err := g.s.RegistrationForm(t.Context(), g.contest.Slug)
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]int64{}
	for _, u := range form.Units {
		units[u.Name] = u.ID
	}
	from := func(name, unitName string) Draft {
		return Draft{Name: name, UnitID: units[unitName], Members: []Member{{Name: name, Role: RoleCaptain}}}
	}
	first := g.register(t, from("Lê Một", "Xã Nghĩa Đô"))
	g.register(t, from("Lê Hai", "Xã Nghĩa Đô"))
	d := g.receipt(t, first).Draft
	d.UnitID = units["Xã Đông Sơn"]
	if err := g.s.ChangeRegistration(t.Context(), first, d); err != nil {
		t.Fatal(err)
	}
	if got := g.states(t); got["Lê Hai"] != "pending" || got["Lê Một"] != "pending" {
		t.Fatalf("after the registrant's change: %v", got)
	}

	led := Led{AccountID: account.From(g.ctx).AccountID, Units: []unit.Unit{{ID: units["Xã Đông Sơn"]}, {ID: units["Phường Hạc Thành"]}}}
	g.register(t, from("Lê Ba", "Xã Đông Sơn"))
	if got := g.states(t)["Lê Ba"]; got != "waitlisted" {
		t.Fatalf("over the quota of its unit: %s", got)
	}
	id := g.receipt(t, first).ID
	d, _, err = g.s.LedDraft(t.Context(), g.contest.ID, led, LedOne{RegistrationID: id})
	if err != nil {
		t.Fatal(err)
	}
	d.UnitID = units["Phường Hạc Thành"]
	if _, err := g.s.ChangeLed(g.ctx, g.contest.ID, led, id, d); err != nil {
		t.Fatal(err)
	}
	if got := g.states(t); got["Lê Ba"] != "pending" || got["Lê Một"] != "pending" {
		t.Fatalf("after the leader's change: %v", got)
	}

	// Where places are given by hand only, who is in line stays there although there is a place, and the leader is told so.
	line := g.register(t, from("Lê Bốn", "Xã Đông Sơn"))
	g.asks(t, func(x *Terms) { x.Quotas.UnitEntries, x.WaitingList, x.MoveUp = 2, true, false })
	id = g.receipt(t, line).ID
	if d, _, err = g.s.LedDraft(t.Context(), g.contest.ID, led, LedOne{RegistrationID: id}); err != nil {
		t.Fatal(err)
	}
	d.Phone = "0912345678"
	changed, err := g.s.ChangeLed(g.ctx, g.contest.ID, led, id, d)
	if err != nil || changed.State != RegistrationWaitlisted || g.states(t)["Lê Bốn"] != "waitlisted" {
		t.Fatalf("still in line: %+v, %v", changed, err)
	}
}

// A request for a change ends with what it would have changed, and says why.
func TestRequestsEndWithTheirRegistration(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(*Terms) {})
	rejected := g.register(t, of("Lê Một", "Xã Nghĩa Đô", Person{}))
	approved := g.register(t, of("Lê Hai", "Xã Nghĩa Đô", Person{}))
	if _, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t)[1:], ""); err != nil {
		t.Fatal(err)
	}
	if _, err := g.db.Exec(t.Context(), `UPDATE contest SET registration_closes_at = now() - interval '1 hour' WHERE id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	for _, receipt := range []string{rejected, approved} {
		d := g.receipt(t, receipt).Draft
		d.Phone = "0912345678"
		if err := g.s.AskChange(t.Context(), receipt, d, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.s.Reject(g.ctx, g.contest.ID, g.pending(t), "Không đúng đối tượng"); err != nil {
		t.Fatal(err)
	}
	if err := g.s.Withdraw(g.ctx, g.contest.ID, g.receipt(t, approved).EntryID, "Theo đơn"); err != nil {
		t.Fatal(err)
	}
	// Of who has left the contest, nobody asks for a change any more: neither they nor the leader of their unit.
	d := g.receipt(t, approved).Draft
	d.Phone = "0987654321"
	led := Led{AccountID: account.From(g.ctx).AccountID, Units: []unit.Unit{{ID: d.UnitID}}}
	wantFault(t, g.s.AskChange(t.Context(), approved, d, ""), "not_possible_now")
	wantFault(t, g.s.AskChangeLed(g.ctx, g.contest.ID, led, LedOne{RegistrationID: g.receipt(t, approved).ID}, d, ""), "not_possible_now")
	if open, _, err := g.s.Changes(g.ctx, g.contest.ID, ChangeOpen, 0); err != nil || len(open) != 0 {
		t.Fatalf("still open: %+v, %v", open, err)
	}
	for _, receipt := range []string{rejected, approved} {
		if c := g.receipt(t, receipt).Changes[0]; c.State != ChangeDeclined || c.Reason == "" {
			t.Errorf("the request ended as %s, %q", c.State, c.Reason)
		}
	}
}
