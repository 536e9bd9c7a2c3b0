package account

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/testkit"
)

func opened(t *testing.T) *Service {
	t.Helper()
	s, err := New(t.Context(), testkit.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// organizing is the organizer of one contest.
func organizing(t *testing.T, contestID int64) context.Context {
	t.Helper()
	return With(t.Context(), Principal{AccountID: 1000 + contestID, Grants: map[int64][]Role{contestID: {RoleOrganizer}}})
}

func contestsIn(t *testing.T, s *Service, n int) {
	t.Helper()
	for range n {
		_, err := s.db.Exec(t.Context(), `WITH b AS (INSERT INTO bank (name) VALUES ('x') RETURNING id)
			INSERT INTO contest (slug, name, organizer_name, template, entry_kind, bank_id)
			SELECT 'c' || (SELECT count(*) FROM contest), 'Hội thi', 'Đơn vị', 'blank', 'person', id FROM b`)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// An invitation link sets the account's password. An organizer who invites somebody whom another contest has invited
// before must not get one: he would become that person in the other contest.
func TestNoLinkIntoAnotherContest(t *testing.T) {
	s := opened(t)
	contestsIn(t, s, 2)
	_, token, err := s.Invite(organizing(t, 1), 1, "giamkhao", "Giám khảo", RoleJudge)
	if err != nil || token == "" {
		t.Fatalf("the first invitation: %q, %v", token, err)
	}
	person, stolen, err := s.Invite(organizing(t, 2), 2, "giamkhao", "Giám khảo", RoleJudge)
	if err != nil || stolen != "" {
		t.Errorf("another contest's organizer got the link %q (%v)", stolen, err)
	}
	var f *fault.Fault
	if again, err := s.InviteAgain(organizing(t, 2), 2, person.ID); !errors.As(err, &f) || f.Code != "account_of_others" {
		t.Errorf("another contest's organizer asked again and got %q, %v", again, err)
	}
	if _, err := s.AcceptLink(t.Context(), Principal{}, token, Acceptance{Password: "mat-khau-rat-dai"}); err != nil {
		t.Errorf("the first link no longer works: %v", err)
	}
	admin := With(t.Context(), Principal{AccountID: 1, Admin: true})
	if again, err := s.InviteAgain(admin, 2, person.ID); err != nil || again == "" {
		t.Errorf("the administrator: %q, %v", again, err)
	}
}

// Nodes that start at the same moment make a link each; one administrator comes of them, and no link is left over.
func TestOneFirstAdministrator(t *testing.T) {
	s := opened(t)
	tokens := make([]string, 8)
	for i := range tokens {
		token, err := s.newLink(t.Context(), purposeFirstAdmin, nil, nil, invitationLife)
		if err != nil {
			t.Fatal(err)
		}
		tokens[i] = token
	}
	var made, gone int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i, token := range tokens {
		all.Go(func() {
			_, err := s.AcceptLink(t.Context(), Principal{}, token, Acceptance{Login: "quantri" + string(rune('a'+i)), Name: "Quản trị", Password: "mat-khau-rat-dai"})
			var f *fault.Fault
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case errors.As(err, &f) && f.Code == "link_gone":
				gone++
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made != 1 || gone != len(tokens)-1 {
		t.Errorf("%d administrators were made, %d links refused", made, gone)
	}
}

// Two organizers who dismiss each other at the same moment leave one of them.
func TestAnOrganizerIsLeft(t *testing.T) {
	s := opened(t)
	contestsIn(t, s, 1)
	var ids [2]int64
	for i := range ids {
		id, err := s.EnsureAccount(t.Context(), "tochuc"+string(rune('a'+i)), "Tổ chức", "", false)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Grant(t.Context(), id, 1, RoleOrganizer); err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() { _ = s.Dismiss(t.Context(), 1, id, RoleOrganizer) })
	}
	all.Wait()
	people, err := s.People(t.Context(), 1)
	if err != nil || len(people) != 1 {
		t.Errorf("%d organizers are left (%v)", len(people), err)
	}
}

// Wrong tries slow unknown devices down, at one entry and at one login; a joker who tries codes of many entries does not
// keep those who stand behind the same address from entering.
func TestTriesOfOneAddress(t *testing.T) {
	s := opened(t)
	p := Principal{Address: "203.0.113.9", Device: HashToken("joker")}
	for i := range 3 * freeTriesAddress {
		if err := s.Failed(t.Context(), p, "entry:1:"+string(rune('a'+i%26))); err != nil {
			t.Fatal(err)
		}
	}
	neighbour := Principal{Address: p.Address, Device: HashToken("neighbour")}
	if err := s.Slowdown(t.Context(), neighbour, "entry:1:999"); err != nil {
		t.Errorf("another entry behind the same address: %v", err)
	}
	if err := s.Slowdown(t.Context(), neighbour, "entry:1:a"); err == nil {
		t.Error("an entry whose code was tried again and again is not slowed down")
	}
	for i := range freeTriesAddress + 12 {
		if err := s.Failed(t.Context(), p, loginScope+string(rune('a'+i%26))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Slowdown(t.Context(), neighbour, loginScope+"tochuc"); err == nil {
		t.Error("passwords can be tried without end from one address")
	}
}
