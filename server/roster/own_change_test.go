package roster

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
)

// Who is in as an entry asks for a correction with the new values, whether the entry came by a registration or by an
// organizer's hand; what an organizer left out may stay out.
func TestAContestantAsksForACorrection(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(x *Terms) {
		for i := range x.Fields {
			if x.Fields[i].Key == KeyPhone {
				x.Fields[i].Required = true
			}
		}
	})
	added, err := g.s.Add(g.ctx, g.contest.ID, Draft{Name: "Lê Văn Hai", UnitName: "Xã Nghĩa Đô"})
	if err != nil {
		t.Fatal(err)
	}
	receipt := g.register(t, of("Lê Một", "Xã Đông Sơn", Person{Phone: "0912345678"}))
	approved, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Entry{added, approved.Entries[0]} {
		in := account.With(t.Context(), account.Principal{Entry: &account.EntrySession{ContestID: g.contest.ID, EntryID: e.ID}, Address: "192.0.2.7"})
		own, err := g.s.OwnChanges(in, g.contest.ID, e.ID)
		if err != nil || !own.CanAsk || own.Draft.Name != e.Name || !slices.ContainsFunc(own.Units, func(u UnitCount) bool { return u.ID == own.Draft.UnitID }) {
			t.Fatalf("%s sees %+v, %v", e.Name, own, err)
		}
		d := own.Draft
		wantFault(t, g.s.AskOwnChange(in, g.contest.ID, e.ID, d, ""), "nothing_changed")
		d.Name, d.Members[0].Name = e.Name+" Anh", e.Name+" Anh"
		if err := g.s.AskOwnChange(in, g.contest.ID, e.ID, d, "Thiếu tên đệm"); err != nil {
			t.Fatal(err)
		}
		wantFault(t, g.s.AskOwnChange(in, g.contest.ID, e.ID, d, ""), "change_waits")
		if own, err = g.s.OwnChanges(in, g.contest.ID, e.ID); err != nil || own.CanAsk || len(own.Changes) != 1 || own.Changes[0].Differences[0].After != d.Name {
			t.Fatalf("%s sees the request as %+v, %v", e.Name, own.Changes, err)
		}
		if err := g.s.WithdrawOwnChange(in, g.contest.ID, e.ID); err != nil {
			t.Fatal(err)
		}
		if err := g.s.AskOwnChange(in, g.contest.ID, e.ID, d, ""); err != nil {
			t.Fatal(err)
		}
	}
	open, _, err := g.s.Changes(g.ctx, g.contest.ID, ChangeOpen, 0)
	if err != nil || len(open) != 2 {
		t.Fatalf("the queue holds %+v, %v", open, err)
	}
	for _, c := range open {
		if err := g.s.AnswerChange(g.ctx, g.contest.ID, c.ID, true, "", ""); err != nil {
			t.Fatal(err)
		}
		if e, err := g.s.Entry(t.Context(), g.contest.ID, c.EntryID); err != nil || e.Name != c.Differences[0].After || e.Members[0].Name != e.Name {
			t.Errorf("corrected %+v, %v", e, err)
		}
	}
	if got := g.receipt(t, receipt); got.Draft.Name != "Lê Một Anh" || len(got.Changes) != 2 {
		t.Errorf("the registration's own page says %+v", got)
	}
	// Erased, no trace of what was asked for is kept.
	if err := g.s.Erase(g.ctx, Who{ContestID: g.contest.ID, EntryID: added.ID}, func(context.Context, pgx.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := g.db.QueryRow(t.Context(), `SELECT count(*) FROM change_request WHERE entry_id = $1`, added.ID).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d requests are left, %v", left, err)
	}
}

// Whatever registrants do by themselves stands in the chained record, with no name in it.
func TestOwnActsAreRecorded(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(*Terms) {})
	visitor := account.With(t.Context(), stranger)
	first, err := g.s.Register(visitor, stranger, g.contest.Slug, of("Lê Một", "Xã Nghĩa Đô", Person{}), agreed())
	if err != nil {
		t.Fatal(err)
	}
	d := g.receipt(t, first).Draft
	d.Phone = "0912345678"
	if err := g.s.ChangeRegistration(visitor, first, d); err != nil {
		t.Fatal(err)
	}
	if err := g.s.WithdrawRegistration(visitor, first, "Bận công tác"); err != nil {
		t.Fatal(err)
	}
	second, err := g.s.Register(visitor, stranger, g.contest.Slug, of("Lê Hai", "Xã Nghĩa Đô", Person{}), agreed())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t), ""); err != nil {
		t.Fatal(err)
	}
	d = g.receipt(t, second).Draft
	d.Phone = "0987654321"
	if err := g.s.AskChange(visitor, second, d, ""); err != nil {
		t.Fatal(err)
	}
	if err := g.s.WithdrawChange(visitor, second); err != nil {
		t.Fatal(err)
	}
	if err := g.s.WithdrawRegistration(visitor, second, ""); err != nil {
		t.Fatal(err)
	}
	rows, err := g.db.Query(t.Context(), `SELECT action, convert_from(payload, 'UTF8') FROM audit_event WHERE chain = $1 AND actor = 'visitor' ORDER BY seq`, g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var acts []string
	for rows.Next() {
		var action, payload string
		if err := rows.Scan(&action, &payload); err != nil {
			t.Fatal(err)
		}
		acts = append(acts, action)
		for _, secret := range []string{"Lê", "0912345678", "0987654321", "công tác"} {
			if strings.Contains(payload, secret) {
				t.Errorf("%s records %s", action, payload)
			}
		}
	}
	want := []string{"roster.register_own", "roster.change_own", "roster.withdraw_registration_own", "roster.register_own", "roster.ask_change_own",
		"roster.withdraw_change_own", "roster.withdraw_own"}
	if !slices.Equal(acts, want) {
		t.Errorf("recorded %v\nwant     %v", acts, want)
	}
	if _, broken, err := audit.Verify(t.Context(), g.db, g.contest.ID); err != nil || broken != 0 {
		t.Errorf("the chain is broken at %d, %v", broken, err)
	}
}
