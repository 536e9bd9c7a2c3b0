package privacy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/unit"
)

func TestDueDatesAreWorkingDays(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 20, 16, 40, 0, 0, zone)
	if due := DueAfter(friday, 2); due.Format("2006-01-02 15:04") != "2026-11-24 23:59" {
		t.Errorf("two working days after a Friday: %v", due)
	}
	rapid.Check(t, func(t *rapid.T) {
		asked := friday.Add(time.Duration(rapid.Int64Range(0, 1000*24*60).Draw(t, "minutes")) * time.Minute)
		days := rapid.IntRange(1, 20).Draw(t, "days")
		due := DueAfter(asked, days)
		working := 0
		for d := asked.AddDate(0, 0, 1); !d.After(due); d = d.AddDate(0, 0, 1) {
			if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				working++
			}
		}
		if working != days || due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
			t.Fatalf("%d working days after %v: %v has %d", days, asked, due, working)
		}
	})
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

type ground struct {
	t       *testing.T
	db      *pgxpool.Pool
	s       *Service
	roster  *roster.Service
	contest contest.Contest
	ctx     context.Context // the organizer's
}

// lay makes a contest that asks people for everything.
func lay(t *testing.T) *ground {
	t.Helper()
	db := testkit.Postgres(t)
	accounts, err := account.New(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{t: t, db: db}
	contests := contest.New(db, accounts, oneBank{})
	contests.Use(contest.Stage, anyKind{})
	contests.Use(contest.Judged, anyKind{})
	g.roster = roster.New(db, accounts, contests, unit.New(db))
	letters, err := mail.New(db, accounts.Key(), mail.Config{})
	g.must(err)
	g.s = New(db, contests, g.roster, letters)
	id, err := accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	g.must(err)
	g.ctx = account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Admin: true})
	c, err := contests.Create(g.ctx, contest.Answers{Template: "reform", Name: "Thanh niên với cải cách hành chính", OrganizerName: "Tỉnh Đoàn",
		EntryKind: contest.PersonEntry})
	g.must(err)
	g.exec(`UPDATE contest SET state = 'open', entry_kind = 'person' WHERE id = $1`, c.ID)
	g.contest, err = contests.Get(t.Context(), c.ID)
	g.must(err)
	g.askForEverything()
	return g
}

func (g *ground) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *ground) exec(sql string, args ...any) {
	g.t.Helper()
	_, err := g.db.Exec(g.t.Context(), sql, args...)
	g.must(err)
}

func (g *ground) wants(err error, code string) {
	g.t.Helper()
	if f := fault.From(err); f == nil || f.Code != code {
		g.t.Fatalf("got %v, want the fault %s", err, code)
	}
}

func (g *ground) askForEverything() {
	g.t.Helper()
	rules, err := g.roster.Rules(g.t.Context(), g.contest.ID)
	g.must(err)
	terms := rules.Terms
	for i := range terms.Fields {
		terms.Fields[i].On = true
	}
	terms.Fields = append(terms.Fields, roster.Field{Type: roster.TypeText, Vi: "Cỡ áo", On: true})
	body, err := json.Marshal(terms)
	g.must(err)
	body = bytes.ReplaceAll(body, []byte(`"key":""`), []byte(`"key":"own_1"`))
	g.exec(`INSERT INTO registration_terms (contest_id, version, terms) VALUES ($1, 1, $2)
		ON CONFLICT (contest_id) DO UPDATE SET terms = excluded.terms`, g.contest.ID, body)
}

// answers of somebody; publish says whether the name may be published.
func (g *ground) answers(publish bool) []roster.Consent {
	g.t.Helper()
	purposes, _, err := g.roster.PurposesOf(g.t.Context(), g.contest.ID)
	g.must(err)
	var out []roster.Consent
	for _, p := range purposes {
		out = append(out, roster.Consent{Purpose: p.Key, Version: p.Version, Given: p.Required || p.Key == roster.PurposePublish && publish,
			Evidence: roster.Evidence{Agent: "Mozilla/5.0 Riêng"}})
	}
	return out
}

// another is somebody who shares nothing with person.
func (g *ground) another() (roster.Draft, []roster.Consent) {
	answers := g.answers(true)
	for i := range answers {
		answers[i].Agent = "Safari"
	}
	return roster.Draft{Name: "Trần Văn Bình", UnitName: "Xã Nghĩa Đô", Phone: "0987654321", Members: []roster.Member{{Name: "Trần Văn Bình",
		Person: roster.Person{BirthDate: "1999-01-02", Phone: "0987654321"}}}}, answers
}

func person(name, born string) roster.Draft {
	return roster.Draft{Name: name, UnitName: "Phường Hạc Thành", Phone: "0912345678", Email: "hoaian@example.vn",
		Members: []roster.Member{{Name: name, Person: roster.Person{BirthDate: born, Sex: "female", Phone: "0912345678", Email: "hoaian@example.vn",
			Citizen: "038305001234", Position: "Bí thư chi đoàn", Own: map[string]string{"own_1": "Cỡ XL"}}}}}
}

func (g *ground) register(d roster.Draft, answers []roster.Consent) (string, error) {
	stranger := account.Principal{Address: "203.0.113.7", Device: []byte("a device")}
	return g.roster.Register(account.With(g.t.Context(), stranger), stranger, g.contest.Slug, d, answers)
}

// enter registers and approves.
func (g *ground) enter(d roster.Draft, answers []roster.Consent) (receipt string, who roster.Who) {
	g.t.Helper()
	receipt, err := g.register(d, answers)
	g.must(err)
	who, err = g.roster.WhoByReceipt(g.t.Context(), receipt)
	g.must(err)
	_, err = g.roster.Approve(g.ctx, g.contest.ID, []int64{who.RegistrationID}, "")
	g.must(err)
	who, err = g.roster.WhoByReceipt(g.t.Context(), receipt)
	g.must(err)
	return receipt, who
}

func (g *ground) masks() string {
	g.t.Helper()
	masks, err := g.roster.Masks(g.t.Context(), g.contest.ID)
	g.must(err)
	var names []string
	for _, m := range masks {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

func TestAConsentFollowsThePersonNotTheText(t *testing.T) {
	t.Parallel()
	g := lay(t)
	_, who := g.enter(person("Nguyễn Thị Hoài An", "2001-05-17"), g.answers(false))
	if got := g.masks(); got != "N.T.H.A. (001)" {
		t.Errorf("refused at registration, the public reads %q", got)
	}
	g.must(g.s.decide(t.Context(), who, roster.PurposePublish, true, "Mozilla"))
	if got := g.masks(); got != "" {
		t.Errorf("given later, the public reads %q", got)
	}
	before := g.answers(true)
	g.must(g.roster.Reword(g.ctx, g.contest.ID, roster.PurposePublish, "Một cách viết khác, đủ dài để được nhận.", "Another wording, long enough to be taken."))
	d := person("Trần Văn Bình", "1999-01-02")
	d.Phone, d.Members[0].Phone, d.Members[0].Citizen, d.Email, d.Members[0].Email = "0987654321", "0987654321", "", "", ""
	if _, err := g.register(d, before); err == nil {
		t.Error("a registration with the old wording is taken")
	} else {
		g.wants(err, "consent_outdated")
	}
	g.enter(d, g.answers(true))
	g.must(g.s.decide(t.Context(), who, roster.PurposePublish, false, "Mozilla"))
	if got := g.masks(); got != "N.T.H.A. (001)" {
		t.Errorf("withdrawn, the public reads %q", got)
	}
	g.wants(g.s.decide(t.Context(), who, roster.PurposeTakePart, false, ""), "consent_needed")
	given, err := g.roster.Consents(t.Context(), who)
	g.must(err)
	var published []string
	for _, c := range given {
		if c.Purpose == roster.PurposePublish {
			published = append(published, fmt.Sprintf("%s %v %s %v %v", c.Version, c.Given, c.Method, c.Newest, strings.HasPrefix(c.Vi, "Một cách viết khác")))
		}
		if c.Network != "203.0.x.x" && c.Method == roster.ByForm || c.Method == roster.ByForm && c.Agent != "Mozilla/5.0 Riêng" {
			t.Errorf("evidence %+v", c.Evidence)
		}
	}
	want := "2026-1 false form false false, 2026-1 true own_page false false, own-1 false own_page true true"
	if got := strings.Join(published, ", "); got != want {
		t.Errorf("history %s, want %s", got, want)
	}
	var hashes int
	g.must(g.db.QueryRow(t.Context(), `SELECT count(DISTINCT text_hash) FROM consent WHERE purpose = 'publish'`).Scan(&hashes))
	if hashes != 2 {
		t.Errorf("%d wordings are proved, want 2", hashes)
	}
	if _, err := g.db.Exec(t.Context(), `UPDATE consent_text SET vi = 'Sửa lại nội dung đã đồng ý'`); err == nil {
		t.Error("a wording that people agreed to can be changed")
	}
}

func TestAChildNeedsAParent(t *testing.T) {
	t.Parallel()
	g := lay(t)
	born := time.Now().AddDate(-12, 0, 0).Format("2006-01-02")
	_, err := g.register(person("Lê Bảo Ngọc", born), g.answers(true))
	g.wants(err, "guardian_missing")
	_, guardian, err := g.roster.PurposesOf(t.Context(), g.contest.ID)
	g.must(err)
	parent := roster.Consent{Purpose: guardian.Key, Version: guardian.Version, Person: 1, Given: false, Evidence: roster.Evidence{GuardianName: "Lê Văn Hùng", GuardianPhone: "+84 912 000 111"}}
	_, err = g.register(person("Lê Bảo Ngọc", born), append(g.answers(true), parent))
	if f := fault.From(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Path != "guardians[0].given" {
		t.Fatalf("without the parent's own tick: %v", err)
	}
	parent.Given = true
	_, who := g.enter(person("Lê Bảo Ngọc", born), append(g.answers(true), parent))
	given, err := g.roster.Consents(t.Context(), who)
	g.must(err)
	if c := given[len(given)-1]; c.Purpose != roster.PurposeGuardian || c.GuardianName != "Lê Văn Hùng" || c.GuardianPhone != "0912000111" || !c.Given {
		t.Errorf("the parent's consent %+v", c)
	}
	// On the sixteenth birthday nobody else is asked.
	d := person("Phạm Anh Tú", time.Now().AddDate(-16, 0, -1).Format("2006-01-02"))
	d.Phone, d.Members[0].Phone, d.Members[0].Citizen, d.Email, d.Members[0].Email = "0987654321", "0987654321", "", "", ""
	if _, err := g.register(d, g.answers(false)); err != nil {
		t.Errorf("at sixteen: %v", err)
	}
}

func TestOwnDataIsShownToItsPersonOnly(t *testing.T) {
	t.Parallel()
	g := lay(t)
	receipt, who := g.enter(person("Nguyễn Thị Hoài An", "2001-05-17"), g.answers(true))
	_, err := g.roster.WhoByReceipt(t.Context(), receipt[:len(receipt)-1]+"x")
	g.wants(err, "not_found")
	g.must(g.s.Looked(g.ctx, g.contest.ID, who.EntryID, "detail"))
	g.must(g.s.Looked(g.ctx, g.contest.ID, who.EntryID, "detail"))
	own, err := g.s.Look(t.Context(), who)
	g.must(err)
	masked, full := fmt.Sprintf("%+v", own.view("vi", false)), fmt.Sprintf("%+v", own.view("vi", true))
	for _, want := range []string{"Nguyễn Thị Hoài An", "17/05/2001", "0912345678", "hoaian@example.vn", "Bí thư chi đoàn", "Cỡ XL", "Phường Hạc Thành", "Lê Thu Trang"} {
		if !strings.Contains(masked, want) {
			t.Errorf("one's own page lacks %q", want)
		}
	}
	if strings.Contains(masked, "038305001234") || !strings.Contains(full, "038305001234") {
		t.Error("the citizen number is not masked, or not shown in full when asked")
	}
	if len(own.Accesses) != 1 || own.Accesses[0].Purpose != "detail" {
		t.Errorf("who looked: %+v", own.Accesses)
	}
	// Who answers a request has handled the data, and is named to its person.
	g.must(g.s.Ask(t.Context(), who, Correct, "Tên đệm của tôi là Hoài"))
	asked, err := g.s.Requests(g.ctx, g.contest.ID, true, 1)
	g.must(err)
	g.must(g.s.Answer(g.ctx, g.contest.ID, asked[0].ID, Accepted, "Ban Tổ chức sẽ sửa"))
	g.must(g.s.Answer(g.ctx, g.contest.ID, asked[0].ID, Done, "Đã sửa tên đệm"))
	after, err := g.s.Look(t.Context(), who)
	g.must(err)
	if len(after.Accesses) != 2 || !slices.ContainsFunc(after.Accesses, func(a Access) bool { return a.Purpose == "request" && a.Who == "Lê Thu Trang" }) {
		t.Errorf("who handled the request: %+v", after.Accesses)
	}
	for _, locale := range []string{"vi", "en"} {
		pdf, err := writePDF(own.view(locale, true), locale, time.UTC)
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("the paper: %v", err)
		}
	}
	var out bytes.Buffer
	g.must(writeJSON(&out, own.view("vi", false)))
	var read OwnView
	if err := json.Unmarshal(out.Bytes(), &read); err != nil || read.Name != own.Name || len(read.People) != 1 {
		t.Errorf("what is taken along can't be read: %v", err)
	}
}
