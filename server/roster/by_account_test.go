package roster

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
)

const ownPassword = "cây đa bến nước sân đình"

// byAccount lays a contest that people enter by account.
func byAccount(t *testing.T) *ground {
	t.Helper()
	g := lay(t, contest.PersonEntry)
	g.takes(contest.Ways{Account: true})
	return g
}

// signUp makes an account and gives who sits at its browser.
func (g *ground) signUp(t *testing.T, login string) account.Principal {
	t.Helper()
	token, err := g.s.SignUp(t.Context(), stranger, login, "Người "+login, ownPassword, "a phone")
	if err != nil {
		t.Fatal(err)
	}
	return g.browser(t, token)
}

func (g *ground) browser(t *testing.T, token string) account.Principal {
	t.Helper()
	p, err := g.accounts.Identify(t.Context(), stranger, token, "")
	if err != nil || p.AccountID == 0 {
		t.Fatalf("signed in as %+v, %v", p, err)
	}
	return p
}

// joins fills in the form with the account.
func (g *ground) joins(t *testing.T, p account.Principal, d Draft, once string) (OpenEntrant, error) {
	t.Helper()
	return g.s.EnterByAccount(account.With(t.Context(), p), p, g.contest.Slug, d, agreed(), strings.Repeat(once, 22)[:22], "a phone")
}

func (g *ground) back(t *testing.T, p account.Principal) (Entered, error) {
	t.Helper()
	return g.s.ComeBack(account.With(t.Context(), p), p, g.contest.Slug, "another phone")
}

func (g *ground) binds(t *testing.T, p account.Principal, number, code string) (Entered, error) {
	t.Helper()
	return g.s.Bind(account.With(t.Context(), p), p, g.contest.Slug, number, code, "a phone")
}

// Once in, the account alone is enough from any device; whoever did it stands in the record by a number, not by name.
func TestTheAccountAloneOpensItsEntry(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	an := g.signUp(t, "hoaian@truong.vn")
	if !an.SelfMade {
		t.Errorf("the account is %+v", an)
	}
	_, err := g.back(t, an)
	wantFault(t, err, "account_not_entered")
	first, err := g.joins(t, an, person("Nguyễn Thị Hoài An"), "a")
	if err != nil || first.Number != "001" {
		t.Fatalf("%+v, %v", first, err)
	}
	token, err := g.accounts.SignIn(t.Context(), account.Principal{Address: "198.51.100.1"}, " HoaiAn@truong.vn ", ownPassword, "another phone")
	if err != nil {
		t.Fatal(err)
	}
	there, err := g.back(t, g.browser(t, token))
	if err != nil || there.EntryID != first.EntryID || there.DeviceID == first.DeviceID {
		t.Fatalf("from another device: %+v, %v", there, err)
	}
	who, err := g.accounts.Identify(t.Context(), account.Principal{}, "", there.Token)
	if err != nil || who.Entry == nil || who.Entry.EntryID != first.EntryID || who.AccountID != 0 {
		t.Errorf("the entry's session is %+v, %v", who, err)
	}
	if again, err := g.joins(t, an, person("Nguyễn Thị Hoài An"), "a"); err != nil || again.EntryID != first.EntryID {
		t.Errorf("an answer that was lost: %+v, %v", again, err)
	}
	_, err = g.joins(t, an, person("Người khác"), "b")
	wantFault(t, err, "account_has_entry")
	parts, err := g.s.Parts(t.Context(), an)
	if err != nil || len(parts) != 1 || parts[0].Number != "001" || parts[0].Contest.ID != g.contest.ID || parts[0].Next == nil {
		t.Errorf("parts %+v, %v", parts, err)
	}
	var named int
	if err := g.db.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE actor LIKE '%hoaian%' OR convert_from(payload, 'UTF8') ~ 'hoaian|Hoài An'`).Scan(&named); err != nil || named != 0 {
		t.Errorf("%d acts hold a name, %v", named, err)
	}
	if _, broken, err := audit.Verify(t.Context(), g.db, g.contest.ID); err != nil || broken != 0 {
		t.Errorf("audit chain broken at %d, %v", broken, err)
	}
	// Somebody else cannot come in by the browser's secret of this one.
	bo := g.signUp(t, "vanbo")
	_, err = g.joins(t, bo, person("Lê Văn Bơ"), "a")
	wantFault(t, err, "entered_already")
}

func TestOneAccountIsOneEntryHoweverManyAskAtOnce(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	g.takes(contest.Ways{Form: true, Account: true})
	an := g.signUp(t, "hoaian")
	var others []OpenEntrant
	for i := range 3 {
		e, err := g.comeIn(t, known(fmt.Sprintf("Trần Bình %d", i), fmt.Sprintf("0912345%03d", i), "", ""), fmt.Sprint("x", i))
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, e)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	in := map[int64]bool{}
	try := func(enter func(i int) (int64, error)) {
		for i := range 3 {
			wait.Go(func() {
				id, err := enter(i)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					in[id] = true
				} else if f := fault.From(err); f.Code != "account_has_entry" {
					t.Errorf("got %v", err)
				}
			})
		}
	}
	try(func(i int) (int64, error) {
		e, err := g.joins(t, an, known(fmt.Sprintf("Lê An %d", i), fmt.Sprintf("0987654%03d", i), "", ""), fmt.Sprint("y", i))
		return e.EntryID, err
	})
	try(func(i int) (int64, error) {
		e, err := g.binds(t, an, others[i].Number, others[i].Code)
		return e.EntryID, err
	})
	wait.Wait()
	var rows int
	if err := g.db.QueryRow(t.Context(), `SELECT count(*) FROM entry_account`).Scan(&rows); err != nil || rows != 1 || len(in) != 1 {
		t.Errorf("%d entries belong to the account, %v let in, %v", rows, in, err)
	}
	if back, err := g.back(t, an); err != nil || !in[back.EntryID] {
		t.Errorf("comes back to %+v, %v", back, err)
	}
}

func TestWhoKnowsTheCodeBindsOnce(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	if _, err := g.s.Add(g.ctx, g.contest.ID, person("Nguyễn Thị Hoài An")); err != nil {
		t.Fatal(err)
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	e := entries[0]
	code, _ := g.codeOf(t, e.ID)
	an, thief := g.signUp(t, "hoaian"), g.signUp(t, "ketrom")
	_, err = g.binds(t, thief, e.Number, "CCCCCCCC")
	wantFault(t, err, "wrong_code")
	if in, err := g.binds(t, an, e.Number, code); err != nil || in.EntryID != e.ID {
		t.Fatalf("%+v, %v", in, err)
	}
	if _, err := g.binds(t, an, e.Number, code); err != nil {
		t.Errorf("the same wish again: %v", err)
	}
	_, err = g.binds(t, thief, e.Number, code)
	wantFault(t, err, "entry_has_account")

	// The organizers undo what was bound by mistake; its devices are out, the code still opens.
	in, err := g.back(t, an)
	if err != nil {
		t.Fatal(err)
	}
	bound, err := g.s.BoundTo(t.Context(), e.ID)
	if err != nil || bound == nil || bound.Login != "hoaian" || !bound.ByCode {
		t.Fatalf("bound to %+v, %v", bound, err)
	}
	wantFault(t, g.s.Unbind(g.ctx, g.contest.ID, e.ID, " "), "reason_needed")
	if err := g.s.Unbind(g.ctx, g.contest.ID, e.ID, "Gắn nhầm tài khoản"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.s.Unbind(g.ctx, g.contest.ID, e.ID, "Gắn nhầm tài khoản"), "entry_without_account")
	if who, err := g.accounts.Identify(t.Context(), account.Principal{}, "", in.Token); err != nil || who.Entry != nil {
		t.Errorf("its device is still in: %+v, %v", who.Entry, err)
	}
	_, err = g.back(t, an)
	wantFault(t, err, "account_not_entered")
	if _, err := g.s.Enter(t.Context(), stranger, g.contest.Slug, e.Number, code, ""); err != nil {
		t.Errorf("the code: %v", err)
	}

	// A new code shuts out whoever bound an account by the old one.
	if _, err := g.binds(t, thief, e.Number, code); err != nil {
		t.Fatal(err)
	}
	if _, err := g.s.Reissue(g.ctx, g.contest.ID, e.ID); err != nil {
		t.Fatal(err)
	}
	_, err = g.back(t, thief)
	wantFault(t, err, "account_not_entered")
	detail, err := g.s.Detail(t.Context(), g.contest.ID, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, h := range detail.History {
		if h.Kind == EventAccountBound || h.Kind == EventAccountUnbound {
			told = append(told, fmt.Sprint(h.Kind, " ", h.ByOrganizer, " ", h.Reason))
		}
	}
	if got := strings.Join(told, "; "); got != "account_bound false ; account_unbound true Gắn nhầm tài khoản; account_bound false ; account_unbound true " {
		t.Errorf("the history says %q", got)
	}
}

func TestByAccountOnlyWhereTheContestTakesIt(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	an := g.signUp(t, "hoaian")
	g.takes(contest.Ways{Form: true})
	_, err := g.joins(t, an, person("Lê An"), "a")
	wantFault(t, err, "account_entry_closed")
	e, err := g.comeIn(t, person("Lê An"), "b")
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.binds(t, an, e.Number, e.Code)
	wantFault(t, err, "account_entry_closed")
	_, err = g.s.SignUp(t.Context(), stranger, "nguoikhac", "Người khác", ownPassword, "")
	wantFault(t, err, "sign_up_closed")

	g.takes(contest.Ways{Account: true})
	_, err = g.s.SignUp(t.Context(), stranger, "HoaiAn", "Người khác", ownPassword, "")
	wantFault(t, err, "login_taken")
	for code, x := range map[string][2]string{"bad_login": {"a b", ownPassword}, "weak_password": {"nguoikhac", "ngắn"}} {
		_, err = g.s.SignUp(t.Context(), stranger, x[0], "Người khác", x[1], "")
		wantFault(t, err, code)
	}
	_, err = g.comeIn(t, person("Lê Bình"), "c")
	wantFault(t, err, "open_entry_closed")
	tablet := an
	tablet.PairedWith = g.contest.ID
	_, err = g.joins(t, tablet, person("Lê Bình"), "d")
	wantFault(t, err, "only_judging")
	// What was bound stays a way in when the setting is taken back, and ends with the entry and the contest.
	if _, err := g.binds(t, an, e.Number, e.Code); err != nil {
		t.Fatal(err)
	}
	g.takes(contest.Ways{})
	if _, err := g.back(t, an); err != nil {
		t.Errorf("the way is closed to those who are in: %v", err)
	}
	if err := g.s.Withdraw(g.ctx, g.contest.ID, e.EntryID, "Không đủ điều kiện"); err != nil {
		t.Fatal(err)
	}
	_, err = g.back(t, an)
	wantFault(t, err, "entry_withdrawn")
	if _, err := g.db.Exec(t.Context(), `UPDATE contest SET state = 'archived' WHERE id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	_, err = g.back(t, an)
	wantFault(t, err, "contest_not_open")
}

// The organizer of one contest takes part in another with the same account, and his name stays out of its record.
func TestAnOrganizerElsewhereTakesPart(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	other, err := g.contests.Create(g.ctx, contest.Answers{Template: "reform", Name: "Hội thi khác", OrganizerName: "Tỉnh Đoàn"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := g.accounts.EnsureAccount(t.Context(), "thuky", "Trần Thư Ký", ownPassword, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.accounts.Grant(t.Context(), id, other.ID, account.RoleOrganizer); err != nil {
		t.Fatal(err)
	}
	token, err := g.accounts.SignIn(t.Context(), stranger, "thuky", ownPassword, "")
	if err != nil {
		t.Fatal(err)
	}
	p := g.browser(t, token)
	in, err := g.joins(t, p, person("Trần Thư Ký"), "a")
	if err != nil {
		t.Fatal(err)
	}
	if p.Has(g.contest.ID, account.RoleOrganizer) || !p.Has(other.ID, account.RoleOrganizer) {
		t.Errorf("taking part has changed the roles: %+v", p.Grants)
	}
	detail, err := g.s.Detail(t.Context(), g.contest.ID, in.EntryID)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range detail.History {
		if h.ByOrganizer || h.Who != "" {
			t.Errorf("the history takes a contestant for the crew: %+v", h)
		}
	}
	// A colleague there must not become him here by a new link.
	colleague := account.With(t.Context(), account.Principal{AccountID: 4711, Grants: map[int64][]account.Role{other.ID: {account.RoleOrganizer}}})
	_, err = g.accounts.InviteAgain(colleague, other.ID, id)
	wantFault(t, err, "account_of_others")
}

// Who is erased takes the binding along, and the account when it was made for nothing else.
func TestErasingTakesTheAccountAlong(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	an := g.signUp(t, "hoaian")
	e, err := g.joins(t, an, person("Nguyễn Thị Hoài An"), "a")
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.accounts.DeleteMine(t.Context(), an, ownPassword), "account_in_use")
	who, err := g.s.WhoByEntry(t.Context(), g.contest.ID, e.EntryID)
	if err != nil {
		t.Fatal(err)
	}
	if own, err := g.s.Own(t.Context(), who); err != nil || own.Login != "hoaian" {
		t.Errorf("the person is told of the account %q, %v", own.Login, err)
	}
	if err := g.s.Erase(g.ctx, who, func(context.Context, pgx.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := g.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM account WHERE login = 'hoaian') + (SELECT count(*) FROM entry_account)
		+ (SELECT count(*) FROM session WHERE account_id = $1) + (SELECT count(*) FROM known_device WHERE scope LIKE '%hoaian')`, an.AccountID).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d traces are left, %v", left, err)
	}
	_, err = g.accounts.SignIn(t.Context(), stranger, "hoaian", ownPassword, "")
	wantFault(t, err, "wrong_password")

	// One who also organizes keeps the account.
	id, err := g.accounts.EnsureAccount(t.Context(), "thuky", "Trần Thư Ký", ownPassword, false)
	if err != nil {
		t.Fatal(err)
	}
	staff := account.Principal{AccountID: id, Name: "Trần Thư Ký", Address: stranger.Address}
	e, err = g.joins(t, staff, person("Trần Thư Ký"), "b")
	if err != nil {
		t.Fatal(err)
	}
	if who, err = g.s.WhoByEntry(t.Context(), g.contest.ID, e.EntryID); err != nil {
		t.Fatal(err)
	}
	if err := g.s.Erase(g.ctx, who, func(context.Context, pgx.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := g.accounts.SignIn(t.Context(), stranger, "thuky", ownPassword, ""); err != nil {
		t.Errorf("the organizer's account is gone: %v", err)
	}
	_, err = g.back(t, staff)
	wantFault(t, err, "account_not_entered")
}
