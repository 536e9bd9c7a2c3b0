package roster

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
)

// asks sets the terms of the ground's contest, with all standard fields on.
func (g *ground) asks(t *testing.T, alter func(*Terms)) Rules {
	t.Helper()
	r, err := g.s.Rules(t.Context(), g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	terms := r.Terms
	for i := range terms.Fields {
		terms.Fields[i].On = true
	}
	alter(&terms)
	if r, err = g.s.SetTerms(g.ctx, g.contest.ID, terms); err != nil {
		t.Fatal(err)
	}
	return r
}

func of(name, unitName string, p Person) Draft {
	return Draft{Name: name, UnitName: unitName, Members: []Member{{Name: name, Role: RoleCaptain, Person: p}}}
}

func (g *ground) receipt(t *testing.T, receipt string) Receipt {
	t.Helper()
	r, err := g.s.LookAtReceipt(t.Context(), receipt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheCitizenNumberIsNowhereInTheClear(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(*Terms) {})
	const number = "038190123456"
	receipt := g.register(t, of("Lê Thị An", "Xã Nghĩa Đô", Person{Citizen: number, BirthDate: "02/01/1990", Sex: "Nữ"}))
	if _, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t), ""); err != nil {
		t.Fatal(err)
	}
	if shown := g.receipt(t, receipt).Draft; draftView(shown).Members[0].Citizen != "0…3456" {
		t.Errorf("shown as %q", draftView(shown).Members[0].Citizen)
	}
	for _, table := range []string{"registration", "registrant", "entry", "member", "registration_event", "duplicate", "registration_terms"} {
		var rows string
		if err := g.db.QueryRow(t.Context(), `SELECT coalesce(string_agg(x::text, ' '), '') FROM `+table+` x`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(rows, number) {
			t.Errorf("%s holds the number in the clear", table)
		}
	}
	if rows, _, err := g.s.Find(t.Context(), g.contest.ID, Filter{Words: number}); err != nil || len(rows) != 0 {
		t.Errorf("it can be searched: %d, %v", len(rows), err)
	}
	written := func(personal ...string) string {
		data, err := g.s.List(g.ctx, g.contest.ID, "vi", personal)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := export.ReadWorkbook(data, 100, 40)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(rows[len(rows)-1].Cells, "|")
	}
	if row := written(); strings.Contains(row, number) || strings.Contains(row, "1990") {
		t.Errorf("the plain list holds personal data: %s", row)
	}
	if row := written(KeyCitizen, KeyBirthDate); !strings.Contains(row, number) || !strings.Contains(row, "02/01/1990") {
		t.Errorf("what was asked for by name is not in the list: %s", row)
	}
	events, err := audit.List(t.Context(), g.db, g.contest.ID, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, e := range events {
		told = told || bytes.Contains(e.Payload, []byte(`"citizen_number"`))
		if bytes.Contains(e.Payload, []byte(number)) {
			t.Errorf("the record of %s holds the number", e.Action)
		}
	}
	if !told {
		t.Error("nobody can see that the numbers were taken out")
	}
	// Sent back as it was shown, it stays what it is.
	e, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	d := g.receipt(t, receipt).Draft
	d.Members[0].Citizen = MaskCitizen(number)
	if err := g.s.Edit(g.ctx, g.contest.ID, e[0].ID, e[0].Number, d, ""); err != nil {
		t.Fatal(err)
	}
	if got := g.receipt(t, receipt).Draft.Members[0].Citizen; got != number {
		t.Errorf("after the change it is %q", got)
	}
}

func TestTheLineMovesUp(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(x *Terms) { x.Quotas.Entries, x.WaitingList, x.MoveUp = 2, true, true })
	var receipts []string
	for i, name := range []string{"Lê Một", "Lê Hai", "Lê Ba", "Lê Bốn"} {
		d := of(name, "", Person{})
		d.Email = fmt.Sprintf("le%d@example.vn", i+1)
		receipts = append(receipts, g.register(t, d))
	}
	stands := func() string {
		var states []string
		for _, r := range receipts {
			states = append(states, string(g.receipt(t, r).State))
		}
		return strings.Join(states, " ")
	}
	if got := stands(); got != "pending pending waitlisted waitlisted" {
		t.Fatalf("at first: %s", got)
	}
	if place := g.receipt(t, receipts[3]).InLine; place != 2 {
		t.Errorf("the last is number %d in line", place)
	}
	var told []string
	g.s.OnNews(func(_ context.Context, _ pgx.Tx, n News) error {
		if n.Kind == NewsMovedUp {
			told = append(told, string(n.Kind)+" "+n.Name)
		}
		return nil
	})
	if err := g.s.WithdrawRegistration(t.Context(), receipts[0], "Bận việc"); err != nil {
		t.Fatal(err)
	}
	if got := stands(); got != "withdrawn pending pending waitlisted" {
		t.Fatalf("after one has withdrawn: %s", got)
	}
	if strings.Join(told, " ") != "moved_up Lê Ba" {
		t.Errorf("told of it: %v", told)
	}
	if d, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t), ""); err != nil || d.Done != 2 {
		t.Fatalf("approved %+v, %v", d, err)
	}
	// Who waits is refused while all places are taken, unless there is a reason; a place that an entry leaves is filled.
	waits, _, err := g.s.FindRegistrations(g.ctx, g.contest.ID, Filter{State: "waitlisted"})
	if err != nil || len(waits) != 1 {
		t.Fatalf("%d wait, %v", len(waits), err)
	}
	if d, err := g.s.Approve(g.ctx, g.contest.ID, []int64{waits[0].ID}, ""); err != nil || d.Done != 0 || len(d.Refused) != 1 {
		t.Fatalf("over the quota: %+v, %v", d, err)
	}
	if err := g.s.WithdrawRegistration(t.Context(), receipts[1], ""); err != nil { // an approved one
		t.Fatal(err)
	}
	if got := stands(); got != "withdrawn approved approved pending" {
		t.Fatalf("after an entry has withdrawn: %s", got)
	}
	if r := g.receipt(t, receipts[1]); !r.Withdrawn || r.Link != "" {
		t.Errorf("the entry that has withdrawn: %+v", r)
	}
}

func TestTheRulesHoldForEveryWayIn(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(x *Terms) { x.Eligibility.MinAge, x.Eligibility.AgeOn = 18, "01/09/2026" })
	young := of("Lê Trẻ", "", Person{BirthDate: "2010-01-01"})
	_, err := g.s.Register(t.Context(), stranger, g.contest.Slug, young, agreed())
	wantFault(t, err, "not_eligible")
	_, err = g.s.Add(g.ctx, g.contest.ID, young)
	wantFault(t, err, "not_eligible")
	e, err := g.s.AddDespite(g.ctx, g.contest.ID, young, "Được Ban Chỉ đạo cho phép")
	if err != nil {
		t.Fatal(err)
	}
	d, err := g.s.Detail(g.ctx, g.contest.ID, e.ID)
	if err != nil || codes(d.Findings) != "age/refuse" || len(d.History) != 1 || d.History[0].Reason != "Được Ban Chỉ đạo cho phép" {
		t.Errorf("what stands with the entry: %+v, %v", d, err)
	}
}

func TestTwiceTheSamePerson(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(*Terms) {})
	g.register(t, of("Nguyễn Thị Hòa", "Xã Nghĩa Đô", Person{BirthDate: "1990-05-06"}))
	g.register(t, of("NGUYỄN THỊ HOÀ", "Xã Đông Sơn", Person{BirthDate: "6/5/1990"}))
	g.register(t, of("Nguyễn Thị Hòa", "Phường Hạc Thành", Person{BirthDate: "1995-01-01"})) // a namesake
	pairs, _, err := g.s.Duplicates(g.ctx, g.contest.ID, 0)
	if err != nil || len(pairs) != 1 || pairs[0].Likeness != LikeNameBirth || pairs[0].One.UnitName == pairs[0].Other.UnitName {
		t.Fatalf("pairs %+v, %v", pairs, err)
	}
	wantFault(t, g.s.DecideDuplicate(g.ctx, g.contest.ID, pairs[0].ID, KeepBoth, ""), "reason_needed")
	// A registration that has become an entry is still the same side of the pair.
	if _, err := g.s.Approve(g.ctx, g.contest.ID, []int64{pairs[0].One.RegistrationID}, ""); err != nil {
		t.Fatal(err)
	}
	if pairs, _, err = g.s.Duplicates(g.ctx, g.contest.ID, 0); err != nil || len(pairs) != 1 || pairs[0].One.Number != "001" {
		t.Fatalf("after the approval %+v, %v", pairs, err)
	}
	if err := g.s.DecideDuplicate(g.ctx, g.contest.ID, pairs[0].ID, KeepOne, "Đăng ký hai lần"); err != nil {
		t.Fatal(err)
	}
	if pairs, _, err = g.s.Duplicates(g.ctx, g.contest.ID, 0); err != nil || len(pairs) != 0 {
		t.Errorf("decided, and still %+v, %v", pairs, err)
	}
	if left := g.pending(t); len(left) != 1 {
		t.Errorf("%d wait, the namesake should", len(left))
	}
}

func TestAChangeIsAskedForAndAnswered(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(*Terms) {})
	receipt := g.register(t, of("Lê An", "Xã Nghĩa Đô", Person{Position: "Bí thư Chi đoàn"}))
	first := g.receipt(t, receipt)
	if !first.CanChange || first.CanAsk || !first.CanWithdraw {
		t.Fatalf("at first %+v", first)
	}
	d := first.Draft
	d.Members[0].Position = "Phó Bí thư"
	if err := g.s.ChangeRegistration(t.Context(), receipt, d); err != nil {
		t.Fatal(err)
	}
	if _, err := g.s.Approve(g.ctx, g.contest.ID, g.pending(t), ""); err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.s.ChangeRegistration(t.Context(), receipt, d), "not_possible_now")
	wantFault(t, g.s.AskChange(t.Context(), receipt, g.receipt(t, receipt).Draft, ""), "nothing_changed")
	d = g.receipt(t, receipt).Draft
	d.Name, d.Phone = "Lê Thị An", "0912 345 678"
	if err := g.s.AskChange(t.Context(), receipt, d, "Ghi thiếu chữ đệm"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.s.AskChange(t.Context(), receipt, d, ""), "change_waits")
	list, _, err := g.s.Changes(g.ctx, g.contest.ID, ChangeOpen, 0)
	if err != nil || len(list) != 1 || len(list[0].Differences) != 2 || list[0].Differences[0] != (Difference{Vi: "Họ và tên", En: "Full name", Before: "Lê An", After: "Lê Thị An"}) {
		t.Fatalf("requests %+v, %v", list, err)
	}
	wantFault(t, g.s.AnswerChange(g.ctx, g.contest.ID, list[0].ID, false, "", ""), "reason_needed")
	if err := g.s.AnswerChange(g.ctx, g.contest.ID, list[0].ID, true, "", ""); err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.s.AnswerChange(g.ctx, g.contest.ID, list[0].ID, true, "", ""), "change_answered")
	after := g.receipt(t, receipt)
	if after.Draft.Name != "Lê Thị An" || after.Draft.Phone != "0912345678" || after.Number != "001" || after.Changes[0].State != ChangeAccepted {
		t.Errorf("after the answer %+v", after)
	}
	var kinds []string
	for _, e := range after.History {
		kinds = append(kinds, string(e.Kind))
	}
	if got := strings.Join(kinds, " "); got != "registered changed approved change_asked change_accepted" {
		t.Errorf("history: %s", got)
	}
}

func TestTermsAreNotOverwritten(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	first := g.asks(t, func(x *Terms) {
		x.Fields = append(x.Fields, Field{Type: TypeChoice, Vi: "Cỡ áo", On: true, Choices: []Choice{{Vi: "S"}, {Vi: "M"}}})
		x.Eligibility.Barred = []BarredPerson{{Name: "Lê Cấm", Citizen: "038190123456"}}
	})
	if first.Version != 1 || first.Field("own_1").Choices[1].Key != "c2" || first.Eligibility.Barred[0].Citizen != "" || first.Eligibility.Barred[0].CitizenMAC == "" {
		t.Fatalf("terms %+v", first.Terms)
	}
	old := first.Terms
	g.asks(t, func(x *Terms) { x.WaitingList = true })
	_, err := g.s.SetTerms(g.ctx, g.contest.ID, old)
	wantFault(t, err, "registration_terms_changed")
	barred := of("Người khác", "", Person{Citizen: "038190123456"})
	_, err = g.s.Register(t.Context(), stranger, g.contest.Slug, barred, agreed())
	wantFault(t, err, "not_eligible")
}
