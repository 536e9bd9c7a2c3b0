package account

import (
	"testing"

	"github.com/hoithi/hoithi/server/fault"
)

// made is an account that its owner has made.
func made(t *testing.T, s *Service, login string) Principal {
	t.Helper()
	token, err := s.SignUp(t.Context(), Principal{Address: "203.0.113.1"}, login, "Người "+login, goodPassword, "")
	if err != nil {
		t.Fatal(err)
	}
	return who(t, s, token)
}

// A school's pupils mistype their passwords behind one address: that must not keep the others from signing in.
func TestASchoolThatMistypesSignsIn(t *testing.T) {
	s := opened(t)
	school := Principal{Address: "203.0.113.9"}
	made(t, s, "hocsinh")
	for range freeTriesAddress + 20 {
		if err := s.Failed(t.Context(), school, ownScope+"banhocsinh"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SignIn(t.Context(), school, "hocsinh", goodPassword, ""); err != nil {
		t.Errorf("a pupil whose neighbours mistyped: %v", err)
	}
	for range freeTries + 5 {
		if err := s.Failed(t.Context(), school, ownScope+"hocsinh"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.SignIn(t.Context(), school, "hocsinh", goodPassword, "")
	wantFault(t, err, "slow_down")
}

func TestAnOwnAccountIsDeletedByItsOwnerOnly(t *testing.T) {
	s := opened(t)
	p := made(t, s, "hocsinh")
	wantFault(t, s.DeleteMine(t.Context(), p, "không phải mật khẩu"), "wrong_old_password")
	if err := s.DeleteMine(t.Context(), p, goodPassword); err != nil {
		t.Fatal(err)
	}
	_, err := s.SignIn(t.Context(), p, "hocsinh", goodPassword, "")
	wantFault(t, err, "wrong_password")
	id, err := s.EnsureAccount(t.Context(), "thuky", "Trần Thư Ký", goodPassword, false)
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, s.DeleteMine(t.Context(), Principal{AccountID: id}, goodPassword), "account_in_use")
}

func TestAccountsThatNobodyUsesAreForgotten(t *testing.T) {
	s := opened(t)
	idle, fresh := made(t, s, "boquen"), made(t, s, "moitao")
	staff, err := s.EnsureAccount(t.Context(), "thuky", "Trần Thư Ký", goodPassword, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(t.Context(), `WITH gone AS (DELETE FROM session) UPDATE account SET created_at = now() - interval '13 months' WHERE id <> $1`, fresh.AccountID); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]bool{idle.AccountID: false, fresh.AccountID: true, staff: true} {
		_, err := s.q.AccountByID(t.Context(), id)
		if there := err == nil; there != want {
			t.Errorf("account %d is there: %v (%v)", id, there, fault.From(err))
		}
	}
}
