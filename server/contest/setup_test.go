package contest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
)

func TestEveryTemplateMakesAContestThatIsReadyToBeFilled(t *testing.T) {
	for _, template := range contest.Templates {
		t.Run(template.ID, func(t *testing.T) {
			d := sit(t)
			c := d.create(template.ID)
			if c.State != contest.Draft || c.Slug != "thanh-nien-voi-cai-cach-hanh-chinh" || c.EntryKind != template.EntryKind {
				t.Errorf("made %+v", c)
			}
			if len(c.Rounds) != len(template.Rounds) || len(d.kind.made) != len(template.Rounds) {
				t.Fatalf("made %d rounds and set up %d, want %d", len(c.Rounds), len(d.kind.made), len(template.Rounds))
			}
			if len(c.Divisions) != 1 || c.BankID == 0 {
				t.Errorf("divisions %v, bank %d", c.Divisions, c.BankID)
			}
			if err := c.Check(); err != nil {
				t.Errorf("a template's own tie-breakers must be known: %v", err)
			}
			people, err := d.accounts.People(t.Context(), c.ID)
			if err != nil || len(people) != 1 || !slices.Contains(people[0].Roles, account.RoleOrganizer) {
				t.Errorf("the one who made it is its organizer: %v, %v", people, err)
			}
		})
	}
}

func TestTwoContestsOfOneNameHaveTwoAddresses(t *testing.T) {
	d := sit(t)
	if a, b := d.create("reform"), d.create("reform"); a.Slug == b.Slug || b.Slug != a.Slug+"-2" {
		t.Errorf("addresses %q and %q", a.Slug, b.Slug)
	}
}

func TestAnAddressIsAlwaysOneThatTheDatabaseTakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slug := contest.SlugOf(rapid.String().Draw(t, "name"))
		if slug == "" || len(slug) > 56 || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			strings.HasPrefix(slug, "-") || strings.HasSuffix(slug, "-") || strings.Contains(slug, "--") {
			t.Fatalf("address %q", slug)
		}
	})
	if got := contest.SlugOf("Đường lên đỉnh  \"CCHC\" 2026!"); got != "duong-len-dinh-cchc-2026" {
		t.Errorf("address %q", got)
	}
}

func TestAPairedTabletMakesNoContest(t *testing.T) {
	d := sit(t)
	c := d.create("judged")
	p := account.From(d.ctx)
	p.PairedWith = c.ID
	_, err := d.s.Create(account.With(t.Context(), p), contest.Answers{Template: "judged", Name: "Hội thi khác", OrganizerName: "Tỉnh Đoàn"})
	refused(t, err, "only_judging")
	_, err = d.s.Clone(account.With(t.Context(), p), c.ID, "Hội thi khác", nil)
	refused(t, err, "only_judging")
}

func TestTheOrderOfRoundsTakesTheTieBreakersAlong(t *testing.T) {
	d := sit(t)
	c := d.create("reform") // tie-breakers: rounds 4, 3, 2
	r := c.Rounds
	c, err := d.s.OrderRounds(d.ctx, c.ID, []int64{r[3].ID, r[0].ID, r[2].ID, r[1].ID})
	d.must(err)
	if want := []string{"round:1", "round:3", "round:4"}; !slices.Equal(c.TieBreakers, want) {
		t.Errorf("tie-breakers %v, want %v: the same rounds as before", c.TieBreakers, want)
	}
	if c.Rounds[0].ID != r[3].ID || c.Rounds[3].ID != r[1].ID {
		t.Errorf("order %v", c.Rounds)
	}
	for _, wrong := range [][]int64{{r[0].ID}, {r[0].ID, r[0].ID, r[1].ID, r[2].ID}, {r[0].ID, r[1].ID, r[2].ID, 1 << 40}} {
		_, err := d.s.OrderRounds(d.ctx, c.ID, wrong)
		refused(t, err, "contest_changed")
	}

	c, err = d.s.RemoveRound(d.ctx, c.ID, r[2].ID)
	d.must(err)
	if want := []string{"round:1", "round:4"}; !slices.Equal(c.TieBreakers, want) {
		t.Errorf("after a round was removed: tie-breakers %v, want %v", c.TieBreakers, want)
	}
	c, err = d.s.AddRound(d.ctx, c.ID, contest.RoundSpec{Kind: contest.Stage, Name: "Vòng phụ", Weight: 5000})
	d.must(err)
	if last := c.Rounds[len(c.Rounds)-1]; last.Name != "Vòng phụ" || last.Weight != 5000 {
		t.Errorf("the new round is not the last: %v", c.Rounds)
	}
}

func TestARoundThatHasBegunStays(t *testing.T) {
	d := sit(t)
	c := d.create("quiz_evening")
	if _, err := d.db.Exec(t.Context(), `UPDATE round SET state = 'running' WHERE id = $1`, c.Rounds[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err := d.s.RemoveRound(d.ctx, c.ID, c.Rounds[0].ID)
	refused(t, err, "in_use")
}

func TestWhoHasNotSeenTheNewestVersionOverwritesNothing(t *testing.T) {
	d := sit(t)
	read := d.create("quiz_evening")
	mine, theirs := read, read
	theirs.Venue = "Nhà hát Lam Sơn"
	now, err := d.s.Update(d.ctx, theirs)
	d.must(err)
	mine.Name = "Tên khác"
	_, err = d.s.Update(d.ctx, mine)
	refused(t, err, "contest_changed")
	_, err = d.s.SetDivisions(d.ctx, read.ID, read.Version, []contest.Division{{Name: "Bảng A"}})
	refused(t, err, "contest_changed")
	mine.Version, mine.Venue = now.Version, now.Venue
	now, err = d.s.Update(d.ctx, mine)
	d.must(err)
	if now.Name != "Tên khác" || now.Venue != "Nhà hát Lam Sơn" {
		t.Errorf("kept %q at %q", now.Name, now.Venue)
	}
}

func TestDivisionsSwapNamesComeAndGo(t *testing.T) {
	d := sit(t)
	c := d.create("quiz_evening", "Bảng A", "Bảng B", "Bảng C")
	a, b := c.Divisions[0], c.Divisions[1]
	c, err := d.s.SetDivisions(d.ctx, c.ID, c.Version, []contest.Division{{ID: b.ID, Name: "Bảng A"}, {Name: "Bảng D"}, {ID: a.ID, Name: "Bảng B"}})
	d.must(err)
	var names []string
	for _, x := range c.Divisions {
		names = append(names, x.Name)
	}
	if !slices.Equal(names, []string{"Bảng A", "Bảng D", "Bảng B"}) || c.Divisions[0].ID != b.ID {
		t.Errorf("divisions %v", c.Divisions)
	}
	_, err = d.s.SetDivisions(d.ctx, c.ID, c.Version, []contest.Division{{Name: "Bảng X"}, {Name: "Bảng X"}})
	refused(t, err, "invalid_contest")
	_, err = d.s.SetDivisions(d.ctx, c.ID, c.Version, nil)
	refused(t, err, "too_many")
	other := d.create("quiz_evening")
	_, err = d.s.SetDivisions(d.ctx, c.ID, c.Version, []contest.Division{{ID: other.Divisions[0].ID, Name: "Của người khác"}})
	refused(t, err, "not_found")
}

func TestWrongFieldsAreNamed(t *testing.T) {
	d := sit(t)
	c := d.create("quiz_evening")
	opens := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	closes := opens.Add(-time.Hour)
	c.Name, c.RegistrationOpensAt, c.RegistrationClosesAt, c.TieBreakers = " a ", &opens, &closes, []string{"round:9"}
	_, err := d.s.Update(d.ctx, c)
	f := refused(t, err, "invalid_contest")
	for _, path := range []string{"name", "registration_closes_at", "tie_breakers"} {
		if !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Path == path }) {
			t.Errorf("%s is not named in %v", path, f.Fields)
		}
	}
}
