package account

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/fault"
)

const goodPassword = "một câu dễ nhớ"

func wantFault(t *testing.T, err error, code string) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
	return f
}

// who gives what a browser with this cookie may do.
func who(t *testing.T, s *Service, token string) Principal {
	t.Helper()
	p, err := s.Identify(t.Context(), Principal{}, token, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSigningInAndOut(t *testing.T) {
	s := opened(t)
	id, err := s.EnsureAccount(t.Context(), "Tochuc", "Lê Thu Trang", goodPassword, false)
	if err != nil {
		t.Fatal(err)
	}
	visitor := Principal{Address: "203.0.113.1", Device: HashToken("laptop")}
	// The same letters in decomposed form, as some keyboards type them; the login in other case.
	token, err := s.SignIn(t.Context(), visitor, " TOCHUC ", "mo\u0302\u0323t câu dễ nhớ", "test")
	if err != nil {
		t.Fatal(err)
	}
	if p := who(t, s, token); p.AccountID != id || p.Name != "Lê Thu Trang" || p.Admin {
		t.Errorf("signed in as %+v", p)
	}
	for _, x := range [][2]string{{"tochuc", "một câu khác hẳn"}, {"khongco", goodPassword}, {"tochuc", ""}} {
		_, err := s.SignIn(t.Context(), visitor, x[0], x[1], "")
		wantFault(t, err, "wrong_password")
	}
	if err := s.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if p := who(t, s, token); p.AccountID != 0 {
		t.Errorf("after signing out still %+v", p)
	}
	var n int
	if err := s.db.QueryRow(t.Context(), `SELECT count(*) FROM session WHERE position($1::bytea IN token_hash) > 0`, []byte(token)).Scan(&n); err != nil || n != 0 {
		t.Errorf("a token is stored in the clear: %d, %v", n, err)
	}
}

func TestADisabledAccountIsOutAtOnce(t *testing.T) {
	s := opened(t)
	id, err := s.EnsureAccount(t.Context(), "tochuc", "Lê Thu Trang", goodPassword, true)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.SignIn(t.Context(), Principal{}, "tochuc", goodPassword, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(t.Context(), `UPDATE account SET disabled_at = now() WHERE id = $1`, id); err != nil {
		t.Fatal(err)
	}
	if p := who(t, s, token); p.AccountID != 0 || p.Admin {
		t.Errorf("still %+v", p)
	}
	_, err = s.SignIn(t.Context(), Principal{}, "tochuc", goodPassword, "")
	wantFault(t, err, "wrong_password")
}

// Somebody who tries passwords of a login slows himself down, and other unknown devices; the laptop from which its owner
// signs in every day gets in all the same.
func TestAKnownDeviceIsNeverSlowedDownByOthers(t *testing.T) {
	s := opened(t)
	if _, err := s.EnsureAccount(t.Context(), "tochuc", "Lê Thu Trang", goodPassword, false); err != nil {
		t.Fatal(err)
	}
	laptop := Principal{Address: "203.0.113.1", Device: HashToken("laptop")}
	joker := Principal{Address: "203.0.113.1", Device: HashToken("joker")}
	if _, err := s.SignIn(t.Context(), laptop, "tochuc", goodPassword, ""); err != nil {
		t.Fatal(err)
	}
	for range freeTries + 9 { // noted as failed, so that the test need not wait in between
		if err := s.Failed(t.Context(), joker, loginScope+"tochuc"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.SignIn(t.Context(), joker, "tochuc", goodPassword, "")
	if f := wantFault(t, err, "slow_down"); f.RetryAfterSeconds < 1 || f.RetryAfterSeconds > int(longestWait.Seconds()) {
		t.Errorf("told to wait %d seconds", f.RetryAfterSeconds)
	}
	_, err = s.SignIn(t.Context(), Principal{Address: "203.0.113.1"}, "tochuc", goodPassword, "")
	wantFault(t, err, "slow_down")
	if _, err := s.SignIn(t.Context(), laptop, "tochuc", goodPassword, ""); err != nil {
		t.Errorf("the owner's laptop was slowed down: %v", err)
	}
	for range 5*freeTries + 9 { // the laptop itself, stolen
		if err := s.Failed(t.Context(), laptop, loginScope+"tochuc"); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.SignIn(t.Context(), laptop, "tochuc", goodPassword, "")
	wantFault(t, err, "slow_down")
}

func TestALinkIsUsedOnce(t *testing.T) {
	s := opened(t)
	contestsIn(t, s, 1)
	_, token, err := s.Invite(organizing(t, 1), 1, "thuky", "Trần Thư Ký", RoleSecretary)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := s.LookAtLink(t.Context(), token); err != nil || l.Login != "thuky" || l.Name != "Trần Thư Ký" {
		t.Fatalf("the link says %+v, %v", l, err)
	}
	_, err = s.AcceptLink(t.Context(), Principal{}, token, Acceptance{Password: "ngắn"})
	wantFault(t, err, "weak_password") // and the link is still there
	var mu sync.Mutex
	var sessions []string
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			session, err := s.AcceptLink(t.Context(), Principal{}, token, Acceptance{Password: goodPassword})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				sessions = append(sessions, session)
			}
		})
	}
	all.Wait()
	if len(sessions) != 1 {
		t.Fatalf("the link was used %d times", len(sessions))
	}
	if p := who(t, s, sessions[0]); !p.Has(1, RoleSecretary) || p.Has(1, RoleOrganizer) {
		t.Errorf("the link's session is %+v", p)
	}
	_, err = s.LookAtLink(t.Context(), token)
	wantFault(t, err, "link_gone")
}

func TestAnOldLinkIsGone(t *testing.T) {
	s := opened(t)
	contestsIn(t, s, 1)
	_, token, err := s.Invite(organizing(t, 1), 1, "thuky", "Trần Thư Ký", RoleSecretary)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(t.Context(), `UPDATE sign_in_link SET expires_at = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	_, err = s.AcceptLink(t.Context(), Principal{}, token, Acceptance{Password: goodPassword})
	wantFault(t, err, "link_gone")
}

// A new link for a forgotten password ends what the old password had opened.
func TestANewPasswordEndsOldSessions(t *testing.T) {
	s := opened(t)
	contestsIn(t, s, 1)
	person, token, err := s.Invite(organizing(t, 1), 1, "thuky", "Trần Thư Ký", RoleSecretary)
	if err != nil {
		t.Fatal(err)
	}
	old, err := s.AcceptLink(t.Context(), Principal{}, token, Acceptance{Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.InviteAgain(organizing(t, 1), 1, person.ID)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := s.AcceptLink(t.Context(), Principal{}, again, Acceptance{Password: "một câu khác hẳn"})
	if err != nil {
		t.Fatal(err)
	}
	if who(t, s, old).AccountID != 0 || who(t, s, fresh).AccountID != person.ID {
		t.Error("the old session goes on, or the new one does not")
	}
	_, err = s.SignIn(t.Context(), Principal{}, "thuky", goodPassword, "")
	wantFault(t, err, "wrong_password")
}

// Who changes the password stays in here and is out everywhere else, and an old invitation sets no other one.
func TestChangingOnesOwnPassword(t *testing.T) {
	const another = "một câu khác hẳn"
	s := opened(t)
	var acts []string
	s.OnAct = recorder(&acts)
	contestsIn(t, s, 1)
	person, invitation, err := s.Invite(organizing(t, 1), 1, "thuky", "Trần Thư Ký", RoleSecretary)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.EnsureAccount(t.Context(), "thuky", "", goodPassword, false); err != nil {
		t.Fatal(err)
	}
	sign := func(password string) (string, error) {
		return s.SignIn(t.Context(), Principal{}, "thuky", password, "")
	}
	here, err := sign(goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := sign(goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range [][3]string{{another, another, "wrong_old_password"}, {goodPassword, "ngắn", "weak_password"}, {goodPassword, goodPassword, "same_password"}} {
		_, err := s.ChangePassword(t.Context(), who(t, s, here), x[0], x[1], "")
		wantFault(t, err, x[2])
	}
	acts = nil
	fresh, err := s.ChangePassword(t.Context(), who(t, s, here), goodPassword, another, "")
	if err != nil {
		t.Fatal(err)
	}
	if who(t, s, fresh).AccountID != person.ID || who(t, s, here).AccountID != 0 || who(t, s, elsewhere).AccountID != 0 {
		t.Error("the wrong sessions have ended")
	}
	if !slices.Equal(acts, []string{"account.password"}) {
		t.Errorf("the record says %v", acts)
	}
	_, err = sign(goodPassword)
	wantFault(t, err, "wrong_password")
	if _, err := sign(another); err != nil {
		t.Error(err)
	}
	_, err = s.LookAtLink(t.Context(), invitation)
	wantFault(t, err, "link_gone")
}

// A paired tablet lies about in the hall: it marks in its contest and does nothing else, whoever its judge is elsewhere.
func TestAPairedTabletOnlyJudges(t *testing.T) {
	s := opened(t)
	contestsIn(t, s, 2)
	id, err := s.EnsureAccount(t.Context(), "giamkhao", "Phạm Văn Giám", goodPassword, true)
	if err != nil {
		t.Fatal(err)
	}
	for contestID, roles := range map[int64][]Role{1: {RoleJudge, RoleOrganizer}, 2: {RoleJudge}} {
		for _, role := range roles {
			if err := s.Grant(t.Context(), id, contestID, role); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.OnAct = refuser
	if token, err := s.Pair(organizing(t, 1), 1, id); err == nil || token != "" {
		t.Error("a tablet is paired that stands in no record")
	}
	var acts []string
	s.OnAct = recorder(&acts)
	token, err := s.Pair(organizing(t, 1), 1, id)
	if err != nil || !slices.Equal(acts, []string{"account.pair"}) {
		t.Fatal(err, acts)
	}
	session, err := s.AcceptLink(t.Context(), Principal{}, token, Acceptance{})
	if err != nil {
		t.Fatal(err)
	}
	p := who(t, s, session)
	if !p.Has(1, RoleJudge) || p.PairedWith != 1 {
		t.Errorf("the tablet cannot judge: %+v", p)
	}
	if p.Admin || p.Has(1, RoleOrganizer) || p.Has(1, RoleHost) || p.Has(2, RoleJudge) || len(p.Grants) != 1 {
		t.Errorf("the tablet may do more than judge: %+v", p)
	}
	_, err = s.ChangePassword(t.Context(), p, goodPassword, "một câu khác hẳn", "")
	wantFault(t, err, "paired_tablet")
	if _, err := s.Pair(organizing(t, 1), 1, 4711); !errors.Is(err, fault.NothingHere) {
		t.Errorf("a tablet for one who is no judge: %v", err)
	}
}

func TestTheFirstAdministratorsLink(t *testing.T) {
	s := opened(t)
	first, err := s.FirstAdminLink(t.Context())
	if err != nil || first == "" {
		t.Fatal(first, err)
	}
	_, err = s.AcceptLink(t.Context(), Principal{}, first, Acceptance{Login: "có khoảng trắng", Name: "Quản Trị", Password: goodPassword})
	wantFault(t, err, "bad_login")
	session, err := s.AcceptLink(t.Context(), Principal{}, first, Acceptance{Login: "QuanTri", Name: "Quản Trị", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	if p := who(t, s, session); !p.Admin || !p.Has(77, RoleOrganizer) || p.Has(77, RoleJudge) {
		t.Errorf("the administrator is %+v", p)
	}
	if again, err := s.FirstAdminLink(t.Context()); err != nil || again != "" {
		t.Errorf("an installation with an administrator gives the link %q, %v", again, err)
	}
}

func TestActsOnPeopleAreRecorded(t *testing.T) {
	s := opened(t)
	contestsIn(t, s, 1)
	var acts []string
	s.OnAct = recorder(&acts)
	person, _, err := s.Invite(organizing(t, 1), 1, "thuky", "Trần Thư Ký", RoleSecretary)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Dismiss(organizing(t, 1), 1, person.ID, RoleSecretary); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(acts, []string{"account.invite", "account.dismiss"}) {
		t.Errorf("recorded %v", acts)
	}
	s.OnAct = refuser
	if _, _, err := s.Invite(organizing(t, 1), 1, "mc", "Người Dẫn", RoleHost); err == nil {
		t.Error("an act that cannot be recorded was done")
	}
	people, err := s.People(context.Background(), 1)
	if err != nil || len(people) != 0 {
		t.Errorf("left behind: %v, %v", people, err)
	}
}

func TestNormalLogin(t *testing.T) {
	for given, want := range map[string]string{
		" TOCHUC ":       "tochuc",
		"0912 000 100":   "0912000100",
		"+84 912 000100": "+84912000100",
		"hai chữ":        "hai chữ",
	} {
		if got := NormalLogin(given); got != want {
			t.Errorf("NormalLogin(%q) = %q, want %q", given, got, want)
		}
	}
}
