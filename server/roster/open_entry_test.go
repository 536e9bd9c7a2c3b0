package roster

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
)

// openToAll lays a contest that anybody may enter.
func openToAll(t *testing.T) *ground {
	t.Helper()
	g := lay(t, contest.PersonEntry)
	g.takes(contest.Ways{Form: true})
	return g
}

// takes lets people enter the contest by themselves in these ways.
func (g *ground) takes(w contest.Ways) {
	g.contests.UseWays(func(context.Context, contest.Contest) (contest.Ways, error) { return w, nil },
		func(context.Context) (map[int64]bool, error) {
			if !w.Account {
				return nil, nil
			}
			return map[int64]bool{g.contest.ID: true}, nil
		})
}

func (g *ground) comeIn(t *testing.T, d Draft, once string) (OpenEntrant, error) {
	t.Helper()
	return g.s.EnterOpenly(t.Context(), stranger, g.contest.Slug, d, agreed(), strings.Repeat(once, 22)[:22], "a phone")
}

func known(name, phone, citizen, born string) Draft {
	return Draft{Name: name, Phone: phone, Members: []Member{{Name: name, Role: RoleCaptain, Person: Person{Phone: phone, Citizen: citizen, BirthDate: born}}}}
}

func TestWhoeverFillsInTheFormIsIn(t *testing.T) {
	g := openToAll(t)
	first, err := g.comeIn(t, known("Nguyễn Thị Hoài An", "0912345678", "", ""), "a")
	if err != nil {
		t.Fatal(err)
	}
	if first.Number != "001" || len(first.Code) != codeLength || first.ContestID != g.contest.ID || !strings.HasPrefix(first.Path, EntryPath) {
		t.Errorf("came in as %+v", first)
	}
	who, err := g.accounts.Identify(t.Context(), account.Principal{}, "", first.Token)
	if err != nil || who.Entry == nil || who.Entry.EntryID != first.EntryID {
		t.Fatalf("the device is signed in as %+v, %v", who.Entry, err)
	}
	if _, err := g.s.Enter(t.Context(), stranger, g.contest.Slug, first.Number, first.Code, ""); err != nil {
		t.Errorf("number and code don't open from another device: %v", err)
	}
	detail, err := g.s.Detail(t.Context(), g.contest.ID, first.EntryID)
	if err != nil || len(detail.Consents) != len(Purposes) {
		t.Errorf("what was agreed to is not kept: %+v, %v", detail.Consents, err)
	}
	// The answer was lost on the way: the same form again gives the same entry.
	again, err := g.comeIn(t, known("Nguyễn Thị Hoài An", "0912345678", "", ""), "a")
	if err != nil || again.EntryID != first.EntryID || again.Code != first.Code {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	if n := len(g.pending(t)); n != 0 {
		t.Errorf("%d registrations wait for approval", n)
	}
	if entries, err := g.s.Entries(t.Context(), g.contest.ID); err != nil || len(entries) != 1 {
		t.Errorf("entries %v, %v", entries, err)
	}
}

func TestNobodyEntersTwice(t *testing.T) {
	g := openToAll(t)
	if err := g.s.InviteUnits(g.ctx, g.contest.ID, []string{"Phường Hạc Thành", "Xã Nghĩa Đô"}); err != nil {
		t.Fatal(err)
	}
	g.asks(t, func(*Terms) {})
	form, err := g.s.RegistrationForm(t.Context(), g.contest.Slug)
	if err != nil || !form.Ways.Form || len(form.Units) != 2 {
		t.Fatalf("form %+v, %v", form, err)
	}
	at := func(d Draft, unit int) Draft {
		d.UnitID = form.Units[unit].ID
		return d
	}
	if _, err := g.comeIn(t, at(known("Lê Văn Bình", "0912345678", "038199012345", "1990-05-01"), 0), "a"); err != nil {
		t.Fatal(err)
	}
	for what, d := range map[string]Draft{
		"phone":                   at(known("Lê Bình", "+84 912 345 678", "", ""), 1),
		"citizen number":          at(known("Bình Lê", "0987654321", "038199012345", ""), 1),
		"name, birth and unit":    at(known("lê văn  bình", "", "", "1990-05-01"), 0),
		"name and unit, no phone": at(known("Lê Văn Bình", "", "", ""), 0),
	} {
		_, err := g.comeIn(t, d, what[:1]+"x")
		f := wantFault(t, err, "entered_already")
		if said := fmt.Sprint(f.Vi, f.En, f.Fields, f.Params); strings.Contains(said, "001") || strings.Contains(said, "Hạc Thành") || strings.Contains(said, "Bình") {
			t.Errorf("%s: the answer tells of somebody: %s", what, said)
		}
	}
	if _, err := g.comeIn(t, at(known("Lê Văn Bình", "0900000001", "", "1990-05-01"), 1), "b"); err != nil {
		t.Errorf("a namesake born on the same day, of another unit, is kept out: %v", err)
	}
	_, err = g.comeIn(t, Draft{Name: "Trần Thị Cúc", UnitName: "Đơn vị tự nghĩ ra"}, "c")
	wantFault(t, err, "unit_of_list")
	if n := len(form.Units); n != 2 {
		t.Errorf("%d units", n)
	}
}

func TestOpenEntryIsClosedUnlessAContestOffersIt(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	_, err := g.comeIn(t, person("Lê An"), "a")
	wantFault(t, err, "open_entry_closed")
	g.takes(contest.Ways{Form: true})
	answers := agreed()
	answers[0].Given = false
	_, err = g.s.EnterOpenly(t.Context(), stranger, g.contest.Slug, person("Lê An"), answers, strings.Repeat("b", 22), "")
	wantFault(t, err, "consent_missing")
	if _, err := g.db.Exec(t.Context(), `UPDATE contest SET state = 'ended' WHERE id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	_, err = g.comeIn(t, person("Lê An"), "c")
	wantFault(t, err, "open_entry_closed")
}

// Where contestants guess how many take part, a candidate number tells nobody; elsewhere numbers are counted up.
func TestCandidateNumbersDoNotCountWhereThatIsGuessed(t *testing.T) {
	g := openToAll(t)
	first, err := g.comeIn(t, person("Lê An"), "a")
	if err != nil || first.Number != "001" {
		t.Fatalf("%+v %v", first, err)
	}
	g.contests.UseGuessed(func(context.Context, contest.Contest) (bool, error) { return true, nil })
	seen := map[int]bool{}
	for i := range 6 {
		e, err := g.comeIn(t, known(fmt.Sprintf("Trần Bình %d", i), fmt.Sprintf("0912345%03d", i), "", ""), fmt.Sprint("b", i))
		if err != nil {
			t.Fatal(err)
		}
		n := ParseNumber(e.Number)
		if n < scatterFrom || n > scatterTo || seen[n-1] || seen[n+1] || seen[n] {
			t.Fatalf("number %s", e.Number)
		}
		seen[n] = true
		if keys, err := g.s.KeysOf(t.Context(), g.contest.ID, []int64{e.EntryID}); err != nil || len(keys) != 1 || keys[0].Name != fmt.Sprintf("Trần Bình %d", i) {
			t.Fatalf("the number belongs to another: %+v %v", keys, err)
		}
	}
}

func TestASchoolBehindOneAddressEntersAtOnce(t *testing.T) {
	g := openToAll(t)
	var wait sync.WaitGroup
	errs := make(chan error, 80) // more than a burst of registrations that wait for approval
	for i := range 80 {
		wait.Go(func() {
			_, err := g.comeIn(t, known(fmt.Sprintf("Học sinh số %d", i), fmt.Sprintf("09%08d", i), "", ""), fmt.Sprintf("%02d", i))
			errs <- err
		})
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil || len(entries) != 80 || entries[79].Number != "080" {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	p, now := newPace(openBurst, openEach), time.Now()
	for i := range openBurst {
		if err := p.take("203.0.113.7", now); err != nil {
			t.Fatalf("the %dth of a school waits: %v", i+1, err)
		}
	}
	if err := p.take("203.0.113.7", now); err == nil {
		t.Error("a script is not slowed down")
	}
	if err := p.take("203.0.113.8", now); err != nil {
		t.Errorf("another address waits too: %v", err)
	}
}

// Registrations that wait for approval come in crowds too: none of them may hold a connection while it waits for the one in
// front, which needs another.
func TestACrowdThatRegistersAtOnceGetsThrough(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	var wait sync.WaitGroup
	errs := make(chan error, 80)
	for i := range 80 {
		wait.Go(func() {
			visitor := account.Principal{Address: fmt.Sprintf("203.0.113.%d", i)}
			_, err := g.s.Register(t.Context(), visitor, g.contest.Slug, person(fmt.Sprintf("Thí sinh số %d", i)), agreed())
			errs <- err
		})
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := g.s.q.CountPending(t.Context(), g.contest.ID); err != nil || n != 80 {
		t.Errorf("%d registrations wait for approval, %v", n, err)
	}
}
