package roster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
)

// Somebody tries codes by the thousand from a school's network: the flood is slowed down, whatever numbers it is about. Who
// was in before comes back, personal links open, and other networks notice nothing.
func TestAFloodOfWrongCodesIsSlowedDown(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	g.s.codePace = newPace(20, time.Hour)
	for i := range 3 {
		if _, err := g.s.Add(g.ctx, g.contest.ID, person(fmt.Sprintf("Lê Văn %c", 'A'+i))); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := g.s.Keys(g.ctx, g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	from := func(address, device string) account.Principal {
		p := account.Principal{Address: address}
		if device != "" {
			p.Device = []byte(device)
		}
		return p
	}
	enter := func(p account.Principal, number, code string) error {
		_, err := g.s.Enter(t.Context(), p, g.contest.Slug, number, code, "")
		return err
	}
	if err := enter(from("10.0.0.1", "phone one"), keys[0].Number, keys[0].Code); err != nil {
		t.Fatal(err)
	}
	// Right codes never count, however many come.
	for i := range 30 {
		if err := enter(from("10.0.0.1", fmt.Sprintf("phone %d", i)), keys[1].Number, keys[1].Code); err != nil {
			t.Fatalf("right code %d: %v", i, err)
		}
	}
	refused := 0
	for i := range 40 {
		f := fault.From(enter(from("10.0.0.1", ""), fmt.Sprint(100+i), "AAAAAAAA"))
		if f == nil {
			t.Fatal("a wrong code opens")
		}
		if f.Code == "slow_down" {
			if refused++; f.RetryAfterSeconds <= 0 {
				t.Fatalf("nobody is told when to come back: %+v", f)
			}
		}
	}
	if refused != 20 {
		t.Errorf("%d of 40 wrong codes of as many numbers were slowed down", refused)
	}
	wantFault(t, enter(from("10.0.0.1", "a new phone"), keys[2].Number, keys[2].Code), "slow_down")
	if err := enter(from("10.0.0.1", "phone one"), keys[0].Number, keys[0].Code); err != nil {
		t.Errorf("a phone that was in before: %v", err)
	}
	if _, err := g.s.EnterByLink(t.Context(), from("10.0.0.1", "a new phone"), strings.TrimPrefix(keys[2].Path, EntryPath+"#"), ""); err != nil {
		t.Errorf("a personal link: %v", err)
	}
	if err := enter(from("10.0.0.2", ""), keys[2].Number, keys[2].Code); err != nil {
		t.Errorf("another network: %v", err)
	}
}

// One address may fill a contest that is open to all only so far within a day, and more than any school has.
func TestOpenEntryOfOneAddressEndsForTheDay(t *testing.T) {
	if openDay < 5*2000 {
		t.Fatal("a school of two thousand must never meet the limit of a day")
	}
	g := openToAll(t)
	g.s.openDays = newPace(2, 12*time.Hour)
	for i, name := range []string{"Lê An", "Lê Bình"} {
		if _, err := g.comeIn(t, person(name), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := g.comeIn(t, person("Lê Cúc"), "c")
	wantFault(t, err, "too_many_registrations")
	// Sent again after a lost answer, it is no further one.
	if _, err := g.comeIn(t, person("Lê An"), "0"); err != nil {
		t.Error(err)
	}
}
