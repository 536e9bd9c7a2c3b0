package paper_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/paper/printing"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// contests knows one contest.
type contests struct{ c contest.Contest }

func (c contests) Get(_ context.Context, id int64) (contest.Contest, error) {
	if id != c.c.ID {
		return contest.Contest{}, fault.NothingHere
	}
	return c.c, nil
}

func (c contests) BankOf(_ context.Context, id int64) (int64, error) {
	if id != c.c.ID {
		return 0, fault.NothingHere
	}
	return c.c.BankID, nil
}

type desk struct {
	*paper.Service
	db   *pgxpool.Pool
	bank *bank.Service
	ctx  context.Context
	id   int64
}

func open(t *testing.T) *desk {
	t.Helper()
	db := testkit.Postgres(t)
	d := &desk{db: db, ctx: account.With(t.Context(), account.Principal{AccountID: 7, Name: "Lê Thu Trang", Locale: "vi"})}
	c := &contests{}
	f := files.New(db)
	d.bank = bank.New(db, f, c, bank.Formats{Read: importing.Read, Write: exporting.Write, Losses: exporting.Losses}, time.Now)
	err := postgres.InTx(d.ctx, db, func(tx pgx.Tx) error {
		bankID, err := d.bank.NewBank(d.ctx, tx, "Ngân hàng")
		if err != nil {
			return err
		}
		return tx.QueryRow(d.ctx, `INSERT INTO contest (slug, name, organizer_name, template, entry_kind, bank_id)
			VALUES ('thi', 'Hội thi', 'Tỉnh Đoàn', 'free', 'person', $1) RETURNING id`, bankID).Scan(&d.id)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(d.ctx, `SELECT bank_id FROM contest WHERE id = $1`, d.id).Scan(&c.c.BankID); err != nil {
		t.Fatal(err)
	}
	c.c.ID, c.c.Name, c.c.OrganizerName, c.c.TimeZone = d.id, "Tìm hiểu <cải cách> & hành chính", "Tỉnh Đoàn Lam Giang", "Asia/Ho_Chi_Minh"
	d.Service = paper.New(paper.Parts{DB: db, Bank: d.bank, Files: f, Contests: c, Now: time.Now, Seed: paper.NewSeed})
	return d
}

func (d *desk) choice(t *testing.T, n int, topic string) bank.Item {
	t.Helper()
	c := bank.Content{Type: bank.Single, Stem: fmt.Sprintf("Số nào lớn nhất trong nhóm thứ %d, với $x^{2}\\le\\frac{%d}{3}$?", n, n), Topic: topic, Difficulty: bank.Recognition,
		Key: bank.Key{Options: []string{"c"}}}
	for i := range 4 {
		c.Options = append(c.Options, bank.Option{ID: bank.OptionID(i), Text: fmt.Sprintf("Giá trị %d", 10*n+i)})
	}
	item, err := d.bank.Create(d.ctx, d.id, c)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

func spec(topic int64, n int) paper.Spec {
	return paper.Spec{Minutes: 20, Sections: []paper.Section{{Title: "Phần I", Mix: paper.MixBoth,
		Rows: []paper.Row{{Topic: topic, Type: bank.Single, Points: 25, Counts: paper.Counts{Recognition: n}}}}}}
}

func TestAPaperIsDrawnKeptPrintedAndReplaced(t *testing.T) {
	t.Parallel()
	d := open(t)
	for n := range 6 {
		d.choice(t, n+1, "Hành chính / Thủ tục")
	}
	d.choice(t, 7, "Pháp luật")
	topics, err := d.bank.Topics(d.ctx, d.id)
	if err != nil {
		t.Fatal(err)
	}
	root := topics[slices.IndexFunc(topics, func(x bank.Topic) bool { return x.Path == "Hành chính" })].ID

	b, err := d.Create(d.ctx, d.id, paper.Blueprint{Name: " Đề  thử ", Spec: spec(root, 7)})
	if err != nil || b.Name != "Đề thử" {
		t.Fatalf("%+v, %v", b, err)
	}
	f, err := d.Check(d.ctx, d.id, b.ID, b.Spec)
	if err != nil || f.Lacks != 1 || f.Offered != 7 || f.Shortages[0].Have != 6 {
		t.Fatalf("%+v, %v", f, err)
	}
	ask := paper.Ask{Seed: "000102030405060708090a0b0c0d0e0f", Mode: paper.SameItems, Codes: []string{"101", "102"}}
	if _, err := d.Draw(d.ctx, d.id, b.ID, ask); !fault.IsKind(err, fault.Conflict) {
		t.Fatalf("drawn from too few: %v", err)
	}
	b.Spec = spec(root, 5)
	saved, err := d.Save(d.ctx, d.id, b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Save(d.ctx, d.id, b); !fault.IsKind(err, fault.Conflict) {
		t.Fatalf("an old version was saved: %v", err)
	}
	first, err := d.Draw(d.ctx, d.id, b.ID, ask)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Draw(d.ctx, d.id, b.ID, ask)
	if err != nil {
		t.Fatal(err)
	}
	p1, err1 := d.Paper(d.ctx, d.id, first)
	p2, err2 := d.Paper(d.ctx, d.id, second)
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(p1.Hash, p2.Hash) || p2.Number != 2 {
		t.Fatalf("the same seed and bank give %x and %x, %v", p1.Hash, p2.Hash, err)
	}
	if err := d.Remove(d.ctx, d.id, saved.ID); !fault.IsKind(err, fault.Conflict) {
		t.Fatalf("a blueprint with papers was removed: %v", err)
	}

	// The key says what the paper shows at that letter.
	keys, err := d.Keys(d.ctx, d.id, first, "vi")
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range p1.Document.Variants {
		view, err := d.View(d.ctx, d.id, first, v.Code)
		if err != nil {
			t.Fatal(err)
		}
		for n, e := range view.Parts[0].Entries {
			at := strings.Index("ABCD", keys.Rows[n].Right[i])
			if text := e.Question.Options[at].Text; !strings.HasSuffix(text, "2") { // "c" is the third
				t.Errorf("%s, question %d: the key says %s, %q", v.Code, n+1, keys.Rows[n].Right[i], text)
			}
		}
	}

	// Another that fits takes the place of one; the paper before stays and is not replaced twice.
	old := p1.Document.Variants[0].Parts[0].Entries[0].Item
	third, err := d.Replace(d.ctx, d.id, first, old, "Câu đã lộ")
	if err != nil {
		t.Fatal(err)
	}
	p3, err := d.Paper(d.ctx, d.id, third)
	if err != nil || p3.Replaces != first {
		t.Fatalf("%+v, %v", p3, err)
	}
	for _, v := range p3.Document.Variants {
		if slices.ContainsFunc(v.Parts[0].Entries, func(e paper.Entry) bool { return e.Item == old }) || len(v.Parts[0].Entries) != 5 {
			t.Errorf("variant %s still has the item: %+v", v.Code, v)
		}
	}
	if _, err := d.Replace(d.ctx, d.id, first, old, "Lần nữa"); !fault.IsKind(err, fault.Conflict) {
		t.Errorf("replaced twice: %v", err)
	}
	if _, err := d.Replace(d.ctx, d.id, third, p3.Document.Variants[0].Parts[0].Entries[0].Item, "Hết câu"); !fault.IsKind(err, fault.Conflict) && err != nil {
		t.Errorf("%v", err)
	}
	if views, err := d.bank.Views(d.ctx, d.id, old); err != nil || len(views) == 0 || views[0].How != bank.SeenPrint {
		t.Errorf("who has read the key: %+v, %v", views, err)
	}
	printed(t, d, first)
}

// printed looks at all that can be printed: Word documents are well-formed and read back question by question.
func printed(t *testing.T, d *desk, id int64) {
	for _, what := range []printing.What{printing.Paper, printing.Sheet, printing.Key} {
		name, pdf, err := d.Print(d.ctx, d.id, id, what, printing.PDF, "", "vi")
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) || !strings.HasSuffix(name, ".pdf") {
			t.Errorf("%s: %v, %q", what, err, name)
		}
		_, docx, err := d.Print(d.ctx, d.id, id, what, printing.DOCX, "101", "vi")
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range z.File {
			r, err := file.Open()
			if err != nil {
				t.Fatal(err)
			}
			for x := xml.NewDecoder(r); ; {
				if _, err := x.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s of %s: %v", file.Name, what, err)
				}
			}
		}
	}
	view, err := d.View(d.ctx, d.id, id, "101")
	if err != nil {
		t.Fatal(err)
	}
	_, docx, err := d.Print(d.ctx, d.id, id, printing.Paper, printing.DOCX, "101", "vi")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(docx, []byte("đáp án")) {
		t.Error("the paper speaks of a key")
	}
	reading, err := importing.Read(docx)
	if err != nil {
		t.Fatal(err)
	}
	if len(reading.Items) != len(view.Parts[0].Entries) {
		t.Fatalf("%d questions are read back", len(reading.Items))
	}
	for i, e := range view.Parts[0].Entries {
		got := reading.Items[i].Content
		if got.Stem != e.Question.Stem || len(got.Options) != len(e.Question.Options) {
			t.Errorf("question %d reads back as %q with %d options, printed was %q", i+1, got.Stem, len(got.Options), e.Question.Stem)
			continue
		}
		for j, o := range e.Question.Options {
			if got.Options[j].Text != o.Text {
				t.Errorf("question %d, option %d: %q, printed was %q", i+1, j+1, got.Options[j].Text, o.Text)
			}
		}
	}
}

func TestAnotherContestSeesNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.choice(t, 1, "")
	b, err := d.Create(d.ctx, d.id, paper.Blueprint{Name: "Đề", Spec: spec(0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	id, err := d.Draw(d.ctx, d.id, b.ID, paper.Ask{Mode: paper.SameItems, Codes: []string{"A1"}})
	if err != nil {
		t.Fatal(err)
	}
	other := d.id + 1
	_, err1 := d.Blueprint(d.ctx, other, b.ID)
	_, err2 := d.View(d.ctx, other, id, "")
	_, err3 := d.Keys(d.ctx, other, id, "vi")
	_, err4 := d.Draw(d.ctx, other, b.ID, paper.Ask{Mode: paper.SameItems, Codes: []string{"A1"}})
	for i, err := range []error{err1, err2, err3, err4} {
		if !fault.IsKind(err, fault.NotFound) {
			t.Errorf("%d: %v", i+1, err)
		}
	}
}

// A copy of a contest has its blueprints with the rounds of its own, and none of the papers that were drawn.
func TestBlueprintsGoWithACopyOfTheirContest(t *testing.T) {
	t.Parallel()
	d := open(t)
	item := d.choice(t, 1, "Pháp luật")
	first := spec(0, 0)
	first.Sections[0].Pinned = []paper.Pinned{{Item: item.ID, Points: 50}}
	tooMuch := spec(0, 3)
	for name, s := range map[string]paper.Spec{"Đủ câu": first, "Thiếu câu": tooMuch} {
		if _, err := d.Create(d.ctx, d.id, paper.Blueprint{Name: name, Spec: s}); err != nil {
			t.Fatal(err)
		}
	}
	var copied, round, ours int64
	for _, q := range []struct {
		id  *int64
		sql string
	}{
		{&copied, `INSERT INTO contest (slug, name, organizer_name, template, entry_kind, bank_id)
			SELECT 'nam-sau', name, organizer_name, template, entry_kind, bank_id FROM contest WHERE id = $1 RETURNING id`},
		{&round, `INSERT INTO round (contest_id, position, kind, name) VALUES ($1, 2, 'stage', 'Kiến thức') RETURNING id`},
		{&ours, `INSERT INTO round (contest_id, position, kind, name) SELECT id, 2, 'stage', 'Kiến thức' FROM contest WHERE slug = 'nam-sau' AND $1 > 0 RETURNING id`},
		{new(int64), `UPDATE blueprint SET round_id = (SELECT id FROM round WHERE contest_id = $1) WHERE name = 'Đủ câu' RETURNING id`},
	} {
		if err := d.db.QueryRow(d.ctx, q.sql, d.id).Scan(q.id); err != nil {
			t.Fatal(err)
		}
	}
	before, err := d.Blueprints(d.ctx, d.id)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range before {
		if b.Name == "Đủ câu" {
			if _, err := d.Draw(d.ctx, d.id, b.ID, paper.Ask{Mode: paper.SameItems, Codes: []string{"101"}}); err != nil {
				t.Fatal(err)
			}
			before[i].RoundID = ours
		}
	}
	err = postgres.InTx(d.ctx, d.db, func(tx pgx.Tx) error {
		return d.CopyBlueprints(d.ctx, tx, contest.Contest{ID: d.id, Rounds: []contest.Round{{ID: round, Position: 2}}},
			contest.Contest{ID: copied, Rounds: []contest.Round{{ID: ours + 1, Position: 1}, {ID: ours, Position: 2}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := d.Blueprints(d.ctx, copied)
	if err != nil || len(after) != 2 {
		t.Fatalf("%+v, %v", after, err)
	}
	for i, b := range after {
		if b.Name != before[i].Name || b.RoundID != before[i].RoundID || !reflect.DeepEqual(b.Spec, before[i].Spec) || b.Papers != 0 || b.ID == before[i].ID {
			t.Errorf("copied %+v of %+v", b, before[i])
		}
	}

	// The list says of each what its own page says.
	standings, err := d.Standings(d.ctx, d.id, before)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range before {
		alone, err := d.Check(d.ctx, d.id, b.ID, b.Spec)
		if err != nil || !reflect.DeepEqual(alone, standings[i]) || (standings[i].Lacks == 0) != (b.Name == "Đủ câu") {
			t.Errorf("%s: %+v in the list, %+v alone, %v", b.Name, standings[i], alone, err)
		}
	}
}
