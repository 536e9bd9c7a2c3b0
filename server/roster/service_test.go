package roster

import (
	"context"
	"fmt"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
)

func (g *ground) register(t *testing.T, d Draft) string {
	t.Helper()
	receipt, err := g.s.Register(t.Context(), stranger, g.contest.Slug, d, agreed())
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// pending lists the numbers of the registrations that wait.
func (g *ground) pending(t *testing.T) []int64 {
	t.Helper()
	rows, _, err := g.s.FindRegistrations(g.ctx, g.contest.ID, Filter{State: "pending"})
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

func (g *ground) codeOf(t *testing.T, entryID int64) (code, link string) {
	t.Helper()
	var sealedCode, sealedLink []byte
	if err := g.db.QueryRow(t.Context(), `SELECT code_sealed, link_sealed FROM entry WHERE id = $1`, entryID).Scan(&sealedCode, &sealedLink); err != nil {
		t.Fatal(err)
	}
	code, err := g.s.secrets.opened("code", g.contest.ID, sealedCode)
	if err != nil {
		t.Fatal(err)
	}
	link, err = g.s.secrets.opened("link", g.contest.ID, sealedLink)
	if err != nil {
		t.Fatal(err)
	}
	return code, link
}

func TestFromRegistrationToWaitingRoom(t *testing.T) {
	g := lay(t, contest.TeamEntry)
	if err := g.s.InviteUnits(g.ctx, g.contest.ID, []string{"Phường Hạc Thành", "P. Hạc Thành", "  ", "Xã Nghĩa Đô"}); err != nil {
		t.Fatal(err)
	}
	form, err := g.s.RegistrationForm(t.Context(), g.contest.Slug)
	if err != nil || !form.Open || len(form.Units) != 2 {
		t.Fatalf("form %+v, %v", form, err)
	}
	d := Draft{Name: "Đội Tuổi trẻ", UnitID: form.Units[0].ID, Phone: "+84912345678", Members: []Member{{Name: "Nguyễn Thị Hoài An"}, {Name: "Lê Bình", Role: RoleMember}}}
	receipt := g.register(t, d)
	if _, err := g.s.Register(t.Context(), stranger, g.contest.Slug, d, agreed()); err == nil {
		t.Error("the same team registers twice")
	} else {
		wantFault(t, err, "already_registered")
	}
	if entries, err := g.s.Entries(t.Context(), g.contest.ID); err != nil || len(entries) != 0 {
		t.Fatalf("a registration takes part before it is approved: %v, %v", entries, err)
	}
	decided, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t), "")
	if err != nil || decided.Done != 1 {
		t.Fatalf("approved %+v, %v", decided, err)
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil || len(entries) != 1 {
		t.Fatalf("entries %v, %v", entries, err)
	}
	e := entries[0]
	if e.Number != "001" || e.Name != "Đội Tuổi trẻ" || e.UnitName != "Phường Hạc Thành" || len(e.Members) != 2 || e.Members[0].Role != RoleCaptain {
		t.Fatalf("entry %+v", e)
	}
	r, err := g.s.LookAtReceipt(t.Context(), receipt)
	if err != nil || r.State != RegistrationApproved || r.Number != "001" || r.Link == "" {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	in, err := g.s.EnterByLink(t.Context(), stranger, r.Link, "a phone")
	if err != nil || in.EntryID != e.ID {
		t.Fatalf("entered %+v, %v", in, err)
	}
	who, err := g.accounts.Identify(t.Context(), account.Principal{}, "", in.Token)
	if err != nil || who.Entry == nil || who.Entry.EntryID != e.ID || !who.IsEntry(g.contest.ID) {
		t.Fatalf("the cookie says %+v, %v", who.Entry, err)
	}
	code, _ := g.codeOf(t, e.ID)
	if in, err = g.s.Enter(t.Context(), stranger, g.contest.Slug, " 1 ", code[:4]+"-"+code[4:], ""); err != nil || in.EntryID != e.ID {
		t.Fatalf("entered by code %+v, %v", in, err)
	}
	if _, broken, err := audit.Verify(t.Context(), g.db, g.contest.ID); err != nil || broken != 0 {
		t.Fatalf("audit chain broken at %d, %v", broken, err)
	}
}

func TestRegistrationNeedsRequiredConsentsOnly(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	answers := agreed()
	answers[0].Given = false
	_, err := g.s.Register(t.Context(), stranger, g.contest.Slug, person("Lê An"), answers)
	if f := wantFault(t, err, "consent_missing"); len(f.Fields) != 1 || f.Fields[0].Path != "consents[0]" {
		t.Errorf("marked fields %+v", f.Fields)
	}
	answers[0] = Consent{Purpose: Purposes[0].Key, Version: "2020-1", Given: true}
	_, err = g.s.Register(t.Context(), stranger, g.contest.Slug, person("Lê An"), answers)
	wantFault(t, err, "consent_outdated")
	if n := len(g.pending(t)); n != 0 {
		t.Fatalf("%d registrations were kept without consent", n)
	}
	g.register(t, person("Lê An")) // agreed declines what is optional
	if _, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t), ""); err != nil {
		t.Fatal(err)
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	detail, err := g.s.Detail(t.Context(), g.contest.ID, entries[0].ID)
	consents := detail.Consents
	if err != nil || len(consents) != len(Purposes) {
		t.Fatalf("consents %+v, %v", consents, err)
	}
	for _, c := range consents {
		for _, p := range Purposes {
			if p.Key == c.Purpose && (c.Given != p.Required || c.Version != p.Version || c.At.IsZero()) {
				t.Errorf("stored answer %+v to %+v", c, p)
			}
		}
	}
}

func TestRegistrationOnlyWhileOpen(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	for state, code := range map[string]string{"draft": "not_found", "running": "registration_closed", "ended": "registration_closed"} {
		if _, err := g.db.Exec(t.Context(), `UPDATE contest SET state = $2 WHERE id = $1`, g.contest.ID, state); err != nil {
			t.Fatal(err)
		}
		_, err := g.s.Register(t.Context(), stranger, g.contest.Slug, person("Lê An"), agreed())
		wantFault(t, err, code)
	}
	if _, err := g.db.Exec(t.Context(), `UPDATE contest SET state = 'open', registration_closes_at = now() - interval '1 minute' WHERE id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	_, err := g.s.Register(t.Context(), stranger, g.contest.Slug, person("Lê An"), agreed())
	wantFault(t, err, "registration_closed")
}

func TestOneAddressCannotFlood(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	for i := range paceBurst {
		g.register(t, person(fmt.Sprintf("Người thứ %d", i)))
	}
	_, err := g.s.Register(t.Context(), stranger, g.contest.Slug, person("Một người nữa"), agreed())
	if f := wantFault(t, err, "too_many_registrations"); f.RetryAfterSeconds < 1 {
		t.Error("it does not say when to come back")
	}
	other := account.Principal{Address: "203.0.113.8"}
	if _, err := g.s.Register(t.Context(), other, g.contest.Slug, person("Một người nữa"), agreed()); err != nil {
		t.Errorf("another address is kept out too: %v", err)
	}
}

func TestRejectionTellsWhy(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	receipt := g.register(t, person("Lê An"))
	_, err := g.s.Reject(g.ctx, g.contest.ID, g.pending(t), " ")
	wantFault(t, err, "reason_needed")
	if _, err := g.s.Reject(g.ctx, g.contest.ID, g.pending(t), "Không thuộc đối tượng dự thi"); err != nil {
		t.Fatal(err)
	}
	r, err := g.s.LookAtReceipt(t.Context(), receipt)
	if err != nil || r.State != RegistrationRejected || r.Reason != "Không thuộc đối tượng dự thi" || r.Link != "" {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	g.register(t, person("Lê An")) // who was turned down may try again
	wantFault(t, g.s.WithdrawRegistration(t.Context(), receipt, ""), "not_possible_now")
}

func TestWrongCodesNeverSlowDownAKnownDevice(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	e, err := g.s.Add(g.ctx, g.contest.ID, person("Lê An"))
	if err != nil {
		t.Fatal(err)
	}
	code, _ := g.codeOf(t, e.ID)
	own := account.Principal{Address: "198.51.100.2", Device: []byte("the contestant's phone")}
	if _, err := g.s.Enter(t.Context(), own, g.contest.Slug, "1", code, ""); err != nil {
		t.Fatal(err)
	}
	slowed := false
	for range 12 {
		_, err = g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", "HHHHHHHH", "")
		if err == nil {
			t.Fatal("a wrong code lets in")
		}
		slowed = slowed || faultCode(err) == "slow_down"
	}
	if !slowed {
		t.Fatal("a stranger may guess without end")
	}
	// Even the right code has to wait on an unknown device now, but never on the contestant's own.
	if _, err := g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", code, ""); faultCode(err) != "slow_down" {
		t.Errorf("unknown device: %v", err)
	}
	if _, err := g.s.Enter(t.Context(), own, g.contest.Slug, "1", code, ""); err != nil {
		t.Errorf("the contestant's own phone is kept out: %v", err)
	}
}

func TestWrongNumberAndWrongCodeLookAlike(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	if _, err := g.s.Add(g.ctx, g.contest.ID, person("Lê An")); err != nil {
		t.Fatal(err)
	}
	_, wrongCode := g.s.Enter(t.Context(), stranger, g.contest.Slug, "1", "HHHHHHHH", "")
	_, wrongNumber := g.s.Enter(t.Context(), stranger, g.contest.Slug, "2", "HHHHHHHH", "")
	_, noNumber := g.s.Enter(t.Context(), stranger, g.contest.Slug, "abc", "", "")
	for _, err := range []error{wrongCode, wrongNumber, noNumber} {
		wantFault(t, err, "wrong_code")
	}
}

// A registration of another contest is skipped like one that is decided: its people's sealed numbers are not touched.
func TestRegistrationsOfAnotherContestAreOutOfReach(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(*Terms) {})
	g.register(t, of("Lê Thị An", "Xã Nghĩa Đô", Person{Citizen: "038190123456"}))
	other, err := g.s.contests.Create(g.ctx, contest.Answers{Template: "reform", Name: "Hội thi khác", OrganizerName: "Tỉnh Đoàn", EntryKind: contest.PersonEntry})
	if err != nil {
		t.Fatal(err)
	}
	done, err := g.s.Approve(g.ctx, other.ID, g.pending(t), "")
	if err != nil || done.Done != 0 || done.Skipped != 1 || len(done.Refused) != 0 {
		t.Errorf("approved in another contest: %+v, %v", done, err)
	}
}

func TestEntriesOfAnotherContestAreOutOfReach(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	e, err := g.s.Add(g.ctx, g.contest.ID, person("Lê An"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := g.contests.Create(g.ctx, contest.Answers{Template: "reform", Name: "Hội thi khác", OrganizerName: "Sở Nội vụ"})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.s.Edit(g.ctx, other.ID, e.ID, "5", person("Kẻ khác"), ""), "not_found")
	wantFault(t, g.s.Withdraw(g.ctx, other.ID, e.ID, "Không phải của tôi"), "not_found")
	_, err = g.s.Reissue(g.ctx, other.ID, e.ID)
	wantFault(t, err, "not_found")
	_, _, err = g.s.Cards(g.ctx, other.ID, []int64{e.ID}, "https://hoithi.vn", "vi")
	wantFault(t, err, "no_cards")
	if _, err = g.s.Detail(g.ctx, other.ID, e.ID); err == nil {
		t.Error("its detail is shown")
	}
}

func TestSearchWithoutMarksAndPaging(t *testing.T) {
	g := lay(t, contest.PersonEntry, "Bảng A", "Bảng B")
	var drafts []Draft
	for i := range 120 {
		drafts = append(drafts, Draft{Name: fmt.Sprintf("Nguyễn Thị Hoài %d", i), DivisionID: g.contest.Divisions[i%2].ID, UnitName: "Xã Đông Sơn"})
	}
	drafts = append(drafts, Draft{Name: "Đặng Ước Muộn", DivisionID: g.contest.Divisions[0].ID, UnitName: "Phường Hạc Thành", Phone: "0987654321"})
	if _, err := g.s.AddAll(g.ctx, g.contest.ID, drafts); err != nil {
		t.Fatal(err)
	}
	find := func(f Filter) ([]Listed, int) {
		t.Helper()
		rows, page, err := g.s.Find(context.WithoutCancel(g.ctx), g.contest.ID, f)
		if err != nil {
			t.Fatal(err)
		}
		if (page.Next == 0) != (len(rows) < PageSize) {
			t.Errorf("%+v has %d rows and goes on behind %d", f, len(rows), page.Next)
		}
		return rows, page.Total
	}
	for _, words := range []string{"dang uoc", "ĐẶNG ước", "hac thanh", "987654", "121", "  Muon "} {
		if rows, total := find(Filter{Words: words}); total != 1 || rows[0].Name != "Đặng Ước Muộn" {
			t.Errorf("%q finds %d", words, total)
		}
	}
	if _, total := find(Filter{Words: "100%_' OR 1=1"}); total != 0 {
		t.Errorf("signs of SQL find %d", total)
	}
	if _, total := find(Filter{DivisionID: g.contest.Divisions[1].ID}); total != 60 {
		t.Errorf("the second division has %d", total)
	}
	if rows, total := find(Filter{After: 100}); total != 121 || len(rows) != 21 || rows[0].Number != "101" {
		t.Errorf("the page behind 100 has %d of %d", len(rows), total)
	}
}
