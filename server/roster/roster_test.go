package roster

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/unit"
)

// ground is a contest on a database of its own, with an organizer.
type ground struct {
	db       *pgxpool.Pool
	s        *Service
	accounts *account.Service
	contests *contest.Service
	contest  contest.Contest
	ctx      context.Context // the organizer's
}

type anyKind struct{}

func (anyKind) SetUp(context.Context, pgx.Tx, contest.Round, contest.RoundSpec) error { return nil }
func (anyKind) Copy(context.Context, pgx.Tx, contest.Round, contest.Round) error      { return nil }
func (anyKind) Missing(context.Context, contest.Round) ([]contest.Missing, error)     { return nil, nil }

type oneBank struct{}

func (oneBank) NewBank(ctx context.Context, tx pgx.Tx, name string) (id int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO bank (name) VALUES ($1) RETURNING id`, name).Scan(&id)
	return id, err
}

// lay makes the ground: a contest that takes registrations, for persons or for teams of 2 to 4.
func lay(t *testing.T, kind contest.EntryKind, divisions ...string) *ground {
	t.Helper()
	db := testkit.Postgres(t)
	accounts, err := account.New(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{db: db, accounts: accounts, contests: contest.New(db, accounts, oneBank{})}
	g.contests.Use(contest.Stage, anyKind{})
	g.contests.Use(contest.Judged, anyKind{})
	g.s = New(db, accounts, g.contests, unit.New(db))
	id, err := accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	if err != nil {
		t.Fatal(err)
	}
	g.ctx = account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Admin: true})
	c, err := g.contests.Create(g.ctx, contest.Answers{Template: "reform", Name: "Thanh niên với cải cách hành chính",
		OrganizerName: "Tỉnh Đoàn", EntryKind: kind, Divisions: divisions})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `UPDATE contest SET state = 'open', entry_kind = $2, team_min = 2, team_max = 4 WHERE id = $1`, c.ID, kind); err != nil {
		t.Fatal(err)
	}
	if g.contest, err = g.contests.Get(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	return g
}

// wantFault fails unless err is the fault with this code.
func wantFault(t *testing.T, err error, code string) *fault.Fault {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
	return f
}

func person(name string) Draft { return Draft{Name: name} }

func agreed() []Consent {
	var out []Consent
	for _, p := range Purposes {
		out = append(out, Consent{Purpose: p.Key, Version: p.Version, Given: p.Required})
	}
	return out
}

var stranger = account.Principal{Address: "203.0.113.7", Device: []byte("device of a stranger")}

func TestCodesSurviveVietnameseKeyboards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := newCode()
		if len(code) != codeLength || strings.Trim(code, codeAlphabet) != "" {
			t.Fatalf("code %q", code)
		}
		// Telex and VNI change letters only with these; a code must hold none of them.
		if strings.ContainsAny(code, "AEIOUYDWSFRXJZ01") {
			t.Fatalf("code %q is changed by a Vietnamese keyboard, or is misread", code)
		}
		typed := strings.ToLower(code[:4]) + rapid.SampledFrom([]string{"", " ", "-", " - ", "\u00a0"}).Draw(t, "gap") + code[4:]
		if CleanCode(" "+typed+"\n") != code {
			t.Fatalf("%q is read as %q, want %q", typed, CleanCode(typed), code)
		}
	})
}

func TestSealedSecretsOpenOnlyInTheirPlace(t *testing.T) {
	s := newSecrets([]byte("a server key of at least 32 bytes!"))
	sealed := s.sealed("code", 7, "HKLM2345")
	if got, err := s.opened("code", 7, sealed); err != nil || got != "HKLM2345" {
		t.Fatalf("opened %q, %v", got, err)
	}
	if _, err := s.opened("link", 7, sealed); err == nil {
		t.Error("a code opens as a link")
	}
	if _, err := s.opened("code", 8, sealed); err == nil {
		t.Error("a code of one contest opens in another")
	}
	if _, err := newSecrets([]byte("another server's key, of 32 bytes!")).opened("code", 7, sealed); err == nil {
		t.Error("a code opens with another server's key")
	}
	if _, err := s.opened("code", 7, sealed[:5]); err == nil {
		t.Error("a torn secret opens")
	}
}

func TestPhones(t *testing.T) {
	for typed, want := range map[string]string{
		"0912 345 678": "0912345678", "+84 912.345.678": "0912345678", "+84 0912345678": "0912345678", "84912345678": "0912345678",
		"912345678": "0912345678", "(024) 3825-1234": "02438251234", "": "",
	} {
		if got := CleanPhone(typed); got != want || want != "" && !isPhone(got) {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
	for _, bad := range []string{"12345", "hỏi văn phòng", "091234567890", "0912 345 67a", "+1 555 010 9999"} {
		if isPhone(CleanPhone(bad)) {
			t.Errorf("%q passes as a phone number", bad)
		}
	}
}

func TestNumbers(t *testing.T) {
	for typed, want := range map[string]int{"7": 7, "007": 7, " 0147 ": 147, "1.234": 1234, "": 0, "abc": 0, "-3": 0, "99999999": 0, "٣": 0} {
		if got := ParseNumber(typed); got != want {
			t.Errorf("%q is read as %d, want %d", typed, got, want)
		}
	}
	if NumberText(7) != "007" || NumberText(12345) != "12345" {
		t.Error("candidate numbers are printed wrongly")
	}
}

func TestDraftsAreCleanedOnce(t *testing.T) {
	rules := Rules{Kind: KindTeam, TeamMin: 2, TeamMax: 4, Divisions: []contest.Division{{ID: 5, Name: "A"}}}
	rapid.Check(t, func(t *rapid.T) {
		role := rapid.SampledFrom([]MemberRole{RoleCaptain, RoleMember, RoleReserve, "", "boss"})
		d := Draft{Name: rapid.String().Draw(t, "name"), UnitName: rapid.String().Draw(t, "unit"), Phone: rapid.String().Draw(t, "phone"), Email: rapid.String().Draw(t, "email")}
		for range rapid.IntRange(0, 6).Draw(t, "members") {
			d.Members = append(d.Members, Member{Name: rapid.String().Draw(t, "member"), Role: role.Draw(t, "role")})
		}
		once := d.Clean(rules)
		twice := once.Clean(rules)
		if once.Name != twice.Name || once.UnitName != twice.UnitName || once.Phone != twice.Phone || len(once.Members) != len(twice.Members) {
			t.Fatalf("cleaning %+v twice gives %+v and %+v", d, once, twice)
		}
		if err := once.Check(rules, true); err == nil {
			captains := 0
			for _, m := range once.Members {
				if m.Role == RoleCaptain {
					captains++
				}
			}
			if captains > 1 || len(once.Members) > 0 && captains == 0 && once.Members[0].Role != RoleReserve {
				t.Fatalf("a team with %d captains passes: %+v", captains, once)
			}
			if strings.ContainsAny(once.Name+once.UnitName, "\x00\n\u200b\u202e") || once.DivisionID != 5 {
				t.Fatalf("passes: %+v", once)
			}
		}
	})
}

func TestCheckSaysWhere(t *testing.T) {
	rules := Rules{Kind: KindTeam, TeamMin: 3, TeamMax: 5, Divisions: []contest.Division{{ID: 1, Name: "A"}, {ID: 2, Name: "B"}}}
	d := Draft{Name: "!", Phone: "12", Email: "an@", Members: []Member{{Name: "An", Role: RoleCaptain}, {Name: "Bo", Role: RoleCaptain}}}.Clean(rules)
	f := wantFault(t, d.Check(rules, false), "invalid_entry")
	var paths []string
	for _, x := range f.Fields {
		paths = append(paths, x.Path)
	}
	if got := strings.Join(paths, " "); got != "name division_id phone email members" {
		t.Errorf("marked fields: %s", got)
	}
}
