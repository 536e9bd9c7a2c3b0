package roster

import (
	"context"
	"errors"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// Where the rules keep the crew out, the account itself says who it is: another name in the form, or a code that was found
// on a table, opens nothing.
func TestTheCrewIsKeptOutByItsAccount(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	g.asks(t, func(terms *Terms) { terms.Eligibility.BarStaff = true })
	if _, err := g.s.Add(g.ctx, g.contest.ID, person("Nguyễn Thị Hoài An")); err != nil {
		t.Fatal(err)
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	code, _ := g.codeOf(t, entries[0].ID)
	in := func(login string, role account.Role) account.Principal {
		t.Helper()
		id, err := g.accounts.EnsureAccount(t.Context(), login, "Người "+login, ownPassword, false)
		if err != nil {
			t.Fatal(err)
		}
		if role == account.RoleLeader {
			p := account.Principal{AccountID: id, Grants: map[int64][]account.Role{g.contest.ID: {role}}}
			return p
		}
		if err := g.accounts.Grant(t.Context(), id, g.contest.ID, role); err != nil {
			t.Fatal(err)
		}
		token, err := g.accounts.SignIn(t.Context(), stranger, login, ownPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		return g.browser(t, token)
	}
	judge := in("giamkhao", account.RoleJudge)
	_, err = g.joins(t, judge, person("Một Tên Khác"), "a")
	wantFault(t, err, "crew_kept_out")
	_, err = g.binds(t, judge, entries[0].Number, code)
	wantFault(t, err, "crew_kept_out")
	if _, err := g.joins(t, in("phutrach", account.RoleLeader), person("Lê Văn Phụ Trách"), "b"); err != nil {
		t.Errorf("a unit's leader: %v", err)
	}
	g.asks(t, func(terms *Terms) { terms.Eligibility.BarStaff = false })
	if _, err := g.joins(t, judge, person("Người Giám Khảo"), "c"); err != nil {
		t.Errorf("where the rules don't say so: %v", err)
	}
}

// A code that was right when somebody came with it, and was replaced while he waited for his turn, binds nobody.
func TestACodeReplacedMeanwhileBindsNobody(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	if _, err := g.s.Add(g.ctx, g.contest.ID, person("Nguyễn Thị Hoài An")); err != nil {
		t.Fatal(err)
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	e := entries[0]
	code, _ := g.codeOf(t, e.ID)
	thief := g.signUp(t, "ketrom")
	// Another node holds the roster: it is just giving the entry a new code.
	other, err := g.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.WithoutCancel(t.Context())) }()
	if err := g.s.q.WithTx(other).LockRoster(t.Context(), rosterdb.LockRosterParams{Class: lockClass, Contest: int32(g.contest.ID)}); err != nil {
		t.Fatal(err)
	}
	bound := make(chan error, 1)
	go func() {
		_, err := g.s.Bind(account.With(context.WithoutCancel(t.Context()), thief), thief, g.contest.Slug, e.Number, code, "a phone")
		bound <- err
	}()
	for waiting := 0; waiting == 0; { // until he stands in line
		if err := g.db.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
			WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	fresh := g.s.freshSecrets(g.contest.ID)
	if _, err := other.Exec(t.Context(), `UPDATE entry SET code_mac = $2 WHERE id = $1`, e.ID, fresh.codeMAC); err != nil {
		t.Fatal(err)
	}
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFault(t, <-bound, "wrong_code")
	if to, err := g.s.BoundTo(t.Context(), e.ID); err != nil || to != nil {
		t.Errorf("bound to %+v, %v", to, err)
	}
}

// Nobody becomes a judge by having taken a login that the organizers then invite.
func TestAnAccountThatSomebodyMadeIsGivenNoRoleUnasked(t *testing.T) {
	t.Parallel()
	g := byAccount(t)
	an := g.signUp(t, "chanh.vp@tinh.gov.vn")
	_, _, err := g.accounts.Invite(g.ctx, g.contest.ID, "chanh.vp@tinh.gov.vn", "Chánh Văn phòng", account.RoleJudge)
	wantFault(t, err, "account_self_made")
	if now, err := g.accounts.Rights(t.Context(), an); err != nil || len(now) != 0 {
		t.Errorf("rights %v, %v", now, err)
	}
	if _, link, err := g.accounts.InviteKnown(g.ctx, g.contest.ID, "chanh.vp@tinh.gov.vn", "Chánh Văn phòng", account.RoleJudge); err != nil || link != "" {
		t.Errorf("invited by one who has asked: %q, %v", link, err)
	}
	if now, err := g.accounts.Rights(t.Context(), an); err != nil || len(now[g.contest.ID]) != 1 {
		t.Errorf("rights %v, %v", now, err)
	}
	if err := g.accounts.DeleteMine(t.Context(), an, ownPassword); !errors.As(err, new(*fault.Fault)) {
		t.Errorf("an account with a role was deleted: %v", err)
	}
	token, err := g.accounts.SignIn(t.Context(), stranger, "chanh.vp@tinh.gov.vn", ownPassword, "")
	if err != nil || g.browser(t, token).SelfMade {
		t.Errorf("with a role it is more than somebody's own: %v", err)
	}
	// It stays its owner's: who gave the role sets no password, and once the role is gone the owner deletes it.
	organizer := account.With(t.Context(), account.Principal{AccountID: 4711, Grants: map[int64][]account.Role{g.contest.ID: {account.RoleOrganizer}}})
	if _, link, err := g.accounts.Invite(organizer, g.contest.ID, "chanh.vp@tinh.gov.vn", "Chánh Văn phòng", account.RoleTimekeeper); err != nil || link != "" {
		t.Errorf("a second role: %q, %v", link, err)
	}
	_, err = g.accounts.InviteAgain(organizer, g.contest.ID, an.AccountID)
	wantFault(t, err, "account_of_others")
	for _, r := range []account.Role{account.RoleJudge, account.RoleTimekeeper} {
		if err := g.accounts.Dismiss(organizer, g.contest.ID, an.AccountID, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.accounts.DeleteMine(t.Context(), an, ownPassword); err != nil {
		t.Errorf("its owner deletes it: %v", err)
	}
}
