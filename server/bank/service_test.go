package bank_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// banks says which bank a contest has: contest 1 and its clone 2 share one, contest 3 has its own.
type banks map[int64]int64

func (b banks) BankOf(_ context.Context, contestID int64) (int64, error) {
	if id, ok := b[contestID]; ok {
		return id, nil
	}
	return 0, fault.NothingHere
}

type house struct {
	*bank.Service
	db    *pgxpool.Pool
	files *files.Service
	banks banks
	clock time.Time
	ctx   context.Context
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{db: testkit.Postgres(t), banks: banks{}, clock: time.Date(2026, 8, 1, 8, 0, 0, 0, time.UTC)}
	h.files = files.New(h.db)
	h.Service = bank.New(h.db, h.files, h.banks, bank.Formats{Read: importing.Read, WriteXLSX: exporting.XLSX, WriteDOCX: exporting.DOCX},
		func() time.Time { return h.clock })
	h.ctx = account.With(t.Context(), account.Principal{AccountID: 7, Name: "Lê Thu Trang"})
	for contest := range []int{0, 1, 2} {
		if contest == 1 {
			h.banks[2] = h.banks[1]
			continue
		}
		err := postgres.InTx(h.ctx, h.db, func(tx pgx.Tx) error {
			id, err := h.NewBank(h.ctx, tx, "Ngân hàng")
			h.banks[int64(contest+1)] = id
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) create(t *testing.T, c bank.Content) bank.Item {
	t.Helper()
	i, err := h.Create(h.ctx, 1, c)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func stems(p bank.Page) []string {
	var out []string
	for _, i := range p.Items {
		out = append(out, i.Content.Stem)
	}
	return out
}

func isCode(err error, code string) bool {
	f := fault.From(err)
	return f != nil && f.Code == code
}

func TestEditingAddsAVersionAndKeepsTheOldOne(t *testing.T) {
	h := open(t)
	first := h.create(t, bank.Samples()[0])
	changed := first.Content
	changed.Stem = "Câu đã sửa?"
	second, err := h.Edit(h.ctx, 1, first.ID, 1, changed)
	if err != nil {
		t.Fatal(err)
	}
	if second.Version.Version != 2 || second.Version.ID == first.Version.ID || second.Content.Stem != "Câu đã sửa?" || second.Author != "Lê Thu Trang" {
		t.Errorf("second version %+v", second)
	}
	old, err := h.Versions(h.ctx, h.banks[1], []int64{first.Version.ID})
	if err != nil || len(old) != 1 || old[0].Content.HashText() != first.Content.HashText() || !bytes.Equal(old[0].Hash, first.Hash) {
		t.Errorf("the first version is not what it was: %+v, %v", old, err)
	}
	if _, err := h.Edit(h.ctx, 1, first.ID, 1, first.Content); !isCode(err, "item_changed") {
		t.Errorf("a change on top of an old version must be refused: %v", err)
	}
	again, err := h.Edit(h.ctx, 1, first.ID, 2, changed)
	if err != nil || again.Version.Version != 2 {
		t.Errorf("saving without a change must not add a version: %+v, %v", again.Version, err)
	}
	history, err := h.History(h.ctx, 2, first.ID) // the clone shares the bank
	if err != nil || len(history) != 2 || history[0].Version != 2 {
		t.Errorf("history %+v, %v", history, err)
	}
	for _, sql := range []string{`UPDATE item_version SET content = 'x'`, `DELETE FROM item_version`} {
		if _, err := h.db.Exec(h.ctx, sql); err == nil {
			t.Errorf("%s must be refused by the database", sql)
		}
	}
}

func TestTheSameQuestionStandsOnce(t *testing.T) {
	h := open(t)
	first := h.create(t, bank.Samples()[0])
	if _, err := h.Create(h.ctx, 2, bank.Samples()[0]); !isCode(err, "item_exists") {
		t.Errorf("the same question again: %v", err)
	}
	if _, err := h.Create(h.ctx, 3, bank.Samples()[0]); err != nil {
		t.Errorf("another bank may have it too: %v", err)
	}
	other := h.create(t, bank.Samples()[1])
	if _, err := h.Edit(h.ctx, 1, other.ID, 1, first.Content); !isCode(err, "item_exists") {
		t.Errorf("editing one question into another: %v", err)
	}
	if _, err := h.Retire(h.ctx, 1, first.ID, true); err != nil {
		t.Fatal(err)
	}
	h.create(t, bank.Samples()[0])
	if _, err := h.Retire(h.ctx, 1, first.ID, false); !isCode(err, "item_exists") {
		t.Errorf("bringing back what was replaced: %v", err)
	}
}

func TestNobodyReadsAnotherContestsBank(t *testing.T) {
	h := open(t)
	i := h.create(t, bank.Samples()[0])
	if _, err := h.Get(h.ctx, 3, i.ID); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("get: %v", err)
	}
	if _, err := h.Edit(h.ctx, 3, i.ID, 1, bank.Samples()[1]); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("edit: %v", err)
	}
	if _, err := h.History(h.ctx, 3, i.ID); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("history: %v", err)
	}
	if v, err := h.Versions(h.ctx, h.banks[3], []int64{i.Version.ID}); err != nil || len(v) != 0 {
		t.Errorf("versions %v, %v", v, err)
	}
}

func TestSearchWithoutMarksAndFilters(t *testing.T) {
	h := open(t)
	for _, c := range bank.Samples() {
		h.create(t, c)
	}
	for name, tc := range map[string]struct {
		f    bank.Filter
		want int
	}{
		"everything":              {bank.Filter{}, 5},
		"without marks":           {bank.Filter{Search: "thu do nuoc"}, 1},
		"words in any order":      {bank.Filter{Search: "TỐ CÁO khiếu nại"}, 2},
		"in an option":            {bank.Filter{Search: "chủ tịch nước"}, 1},
		"in the source":           {bank.Filter{Search: "hien phap 2013"}, 5},
		"signs of LIKE":           {bank.Filter{Search: "%_%"}, 5},
		"nothing":                 {bank.Filter{Search: "xyzzy"}, 0},
		"by type":                 {bank.Filter{Type: bank.Numeric}, 1},
		"by difficulty":           {bank.Filter{Difficulty: bank.Understanding}, 1},
		"by topic":                {bank.Filter{Topic: "Quyền công dân"}, 2},
		"a topic is no prefix":    {bank.Filter{Topic: "Quyền"}, 0},
		"retired":                 {bank.Filter{Retired: true}, 0},
		"a page behind the first": {bank.Filter{Page: 1, Size: 2}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.f.Size == 0 {
				tc.f.Size = 50
			}
			p, err := h.List(h.ctx, 1, tc.f)
			if err != nil || len(p.Items) != tc.want {
				t.Errorf("%d items, want %d: %v %v", len(p.Items), tc.want, stems(p), err)
			}
		})
	}
	tally, err := h.Tally(h.ctx, 1)
	if err != nil || tally.Active != 5 || tally.Types[bank.Single] != 1 || tally.Difficulties[bank.Recognition] != 4 ||
		!slices.Contains(tally.Topics, bank.TopicCount{Topic: "Bộ máy nhà nước", Items: 3}) {
		t.Errorf("tally %+v, %v", tally, err)
	}
}

func picture(t *testing.T, w, hgt int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, hgt))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesBelongToABank(t *testing.T) {
	h := open(t)
	img, err := h.UploadImage(h.ctx, 1, picture(t, 40, 30))
	if err != nil || img.Width != 40 || img.Height != 30 {
		t.Fatalf("%+v, %v", img, err)
	}
	if f, data, err := h.files.Read(h.ctx, img.FileID); err != nil || f.ContentType != "image/png" || !bytes.Equal(data, picture(t, 40, 30)) {
		t.Errorf("reading back: %+v, %v", f, err)
	}
	c := bank.Samples()[0]
	c.Image = &bank.Image{FileID: img.FileID, Hash: strings.Repeat("0", 64), Width: 9999, Height: 1, Alt: "Quốc huy"}
	i := h.create(t, c)
	if got := *i.Content.Image; got.Hash != img.Hash || got.Width != 40 {
		t.Errorf("what is said about a picture must come from the picture: %+v", got)
	}
	if _, err := h.Create(h.ctx, 3, c); !isCode(err, "item_invalid") {
		t.Errorf("a picture of another bank: %v", err)
	}
	for name, data := range map[string][]byte{"text": []byte("<svg onload=alert(1)>"), "nothing": nil, "large": make([]byte, files.MaxSize+1), "wide": picture(t, 8001, 1)} {
		if _, err := h.UploadImage(h.ctx, 1, data); err == nil {
			t.Errorf("%s must be refused", name)
		}
	}
}

func (h *house) readIn(t *testing.T, contents []bank.Content) bank.Preview {
	t.Helper()
	var items []bank.Written
	for _, c := range contents {
		items = append(items, bank.Written{Content: c})
	}
	data, err := exporting.XLSX(items, "vi")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.ReadFile(h.ctx, 1, `C:\Tài liệu\Câu hỏi.xlsx`, data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func chosen(p bank.Preview) []bank.ChosenRow {
	var rows []bank.ChosenRow
	for _, i := range p.Items {
		if i.Chosen {
			rows = append(rows, bank.ChosenRow{Row: i.Row})
		}
	}
	return rows
}

func (h *house) count(t *testing.T) int {
	t.Helper()
	p, err := h.List(h.ctx, 1, bank.Filter{Size: 200})
	if err != nil {
		t.Fatal(err)
	}
	return len(p.Items)
}

func TestImportingTheSameFileTwiceMakesNoDuplicates(t *testing.T) {
	h := open(t)
	p := h.readIn(t, bank.Samples())
	if n := h.count(t); n != 0 {
		t.Fatalf("reading a file put %d items into the bank", n)
	}
	if p.FileName != "Câu hỏi.xlsx" || len(chosen(p)) != 5 {
		t.Fatalf("preview of %q proposes %d", p.FileName, len(chosen(p)))
	}
	done, err := h.Confirm(h.ctx, 1, p.ID, chosen(p))
	if err != nil || done.Added != 5 || h.count(t) != 5 {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, err := h.Confirm(h.ctx, 1, p.ID, chosen(p)); !isCode(err, "import_gone") {
		t.Errorf("a second press: %v", err)
	}
	again := h.readIn(t, bank.Samples())
	for _, i := range again.Items {
		if i.Standing != bank.StandingExists || i.Chosen || i.Of == nil || i.Of.ItemID == 0 {
			t.Errorf("row %d stands as %s", i.Row, i.Standing)
		}
	}
	// Who chooses them all the same gets nothing twice.
	var all []bank.ChosenRow
	for _, i := range again.Items {
		all = append(all, bank.ChosenRow{Row: i.Row})
	}
	if done, err := h.Confirm(h.ctx, 1, again.ID, all); err != nil || done.Added != 0 || len(done.Skipped) != 5 || h.count(t) != 5 {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestTwoImportsOfOneFileAtOnce(t *testing.T) {
	h := open(t)
	previews := []bank.Preview{h.readIn(t, bank.Samples()), h.readIn(t, bank.Samples())}
	var wg sync.WaitGroup
	added := make([]int, len(previews))
	for i, p := range previews {
		wg.Go(func() {
			done, err := h.Confirm(h.ctx, 1, p.ID, chosen(p))
			if err != nil {
				t.Error(err)
			}
			added[i] = done.Added
		})
	}
	wg.Wait()
	if added[0]+added[1] != 5 || h.count(t) != 5 {
		t.Errorf("added %v, the bank holds %d", added, h.count(t))
	}
}

func TestStandingsOfReadItems(t *testing.T) {
	h := open(t)
	samples := bank.Samples()
	edited := h.create(t, samples[0])
	moved := edited.Content
	moved.Stem = "Hoàn toàn khác hẳn đi rồi?"
	if _, err := h.Edit(h.ctx, 1, edited.ID, 1, moved); err != nil {
		t.Fatal(err)
	}
	away := h.create(t, samples[1])
	if _, err := h.Retire(h.ctx, 1, away.ID, true); err != nil {
		t.Fatal(err)
	}
	h.create(t, samples[2])
	h.create(t, samples[4])
	other := samples[2] // the same statement, another answer
	other.Key.Options = []string{bank.OptionFalse}
	near := samples[4]
	near.Stem = "Nhiệm kỳ của mỗi khóa Quốc hội kéo dài bao nhiêu năm?"
	p := h.readIn(t, []bank.Content{samples[0], samples[1], samples[2], other, near, samples[3], samples[3]})
	want := []bank.Standing{bank.StandingEdited, bank.StandingRetired, bank.StandingExists, bank.StandingNear, bank.StandingNear, bank.StandingNew, bank.StandingRepeated}
	for i, w := range want {
		if got := p.Items[i]; got.Standing != w {
			t.Errorf("row %d stands as %s, want %s (%+v)", i+1, got.Standing, w, got.Near)
		}
	}
	if n := p.Items[3].Near; len(n) == 0 || !n[0].OtherKey || n[0].Percent != 100 || p.Items[3].Chosen {
		t.Errorf("another key for the same question must be pointed out: %+v", n)
	}
	if p.Items[6].Of == nil || p.Items[6].Of.Row != 6 {
		t.Errorf("the repeated row must name the first: %+v", p.Items[6].Of)
	}
}

func TestConfirmingIsAllOrNothing(t *testing.T) {
	h := open(t)
	broken := bank.Samples()[0]
	broken.Key.Options = nil
	p := h.readIn(t, []bank.Content{bank.Samples()[1], broken})
	if !bank.HasError(p.Items[1].Problems) || p.Items[1].Chosen {
		t.Fatalf("a question without an answer: %+v", p.Items[1].Problems)
	}
	if _, err := h.Confirm(h.ctx, 1, p.ID, []bank.ChosenRow{{Row: 1}, {Row: 2}}); !isCode(err, "import_rows") || h.count(t) != 0 {
		t.Fatalf("%v, the bank holds %d", err, h.count(t))
	}
	for _, rows := range [][]bank.ChosenRow{{}, {{Row: 9}}, {{Row: 1}, {Row: 1}}} {
		if _, err := h.Confirm(h.ctx, 1, p.ID, rows); !fault.IsKind(err, fault.Invalid) {
			t.Errorf("rows %v: %v", rows, err)
		}
	}
	mended := p.Items[1].Content
	mended.Key.Options = []string{"z"}
	_, err := h.Confirm(h.ctx, 1, p.ID, []bank.ChosenRow{{Row: 1}, {Row: 2, Content: &mended}})
	if f := fault.From(err); f == nil || len(f.Fields) == 0 || f.Fields[0].Path != "rows[1].content.key.options" || h.count(t) != 0 {
		t.Fatalf("%v, the bank holds %d", err, h.count(t))
	}
	mended.Key.Options = []string{"b"}
	if done, err := h.Confirm(h.ctx, 1, p.ID, []bank.ChosenRow{{Row: 1}, {Row: 2, Content: &mended}}); err != nil || done.Added != 2 {
		t.Fatalf("after mending: %+v, %v", done, err)
	}
}

func TestPreviewsEnd(t *testing.T) {
	h := open(t)
	p := h.readIn(t, bank.Samples())
	if _, err := h.Preview(h.ctx, 3, p.ID); !isCode(err, "import_gone") {
		t.Errorf("from another contest: %v", err)
	}
	if again, err := h.Preview(h.ctx, 2, p.ID); err != nil || len(again.Items) != 5 {
		t.Errorf("looking again: %v", err)
	}
	h.clock = h.clock.Add(25 * time.Hour)
	if _, err := h.Preview(h.ctx, 1, p.ID); !isCode(err, "import_gone") {
		t.Errorf("after a day: %v", err)
	}
	if _, err := h.Confirm(h.ctx, 1, p.ID, chosen(p)); !isCode(err, "import_gone") || h.count(t) != 0 {
		t.Errorf("confirming after a day: %v", err)
	}
	q := h.readIn(t, bank.Samples())
	if err := h.Discard(h.ctx, 1, q.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Preview(h.ctx, 1, q.ID); !isCode(err, "import_gone") {
		t.Errorf("after discarding: %v", err)
	}
}

func TestPicturesOfADocumentGoWithItsQuestions(t *testing.T) {
	h := open(t)
	c := bank.Samples()[0]
	c.Image = &bank.Image{FileID: strings.Repeat("a", 32), Hash: strings.Repeat("b", 64), Alt: "Quốc huy", Width: 6, Height: 5}
	data, err := exporting.DOCX("Hình", []bank.Written{{Content: c, Picture: picture(t, 6, 5), PictureType: "image/png"}}, "vi")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.ReadFile(h.ctx, 1, "hinh.docx", data)
	if err != nil || p.Items[0].Content.Image == nil {
		t.Fatalf("%+v, %v", p.Items, err)
	}
	if _, err := h.Confirm(h.ctx, 1, p.ID, chosen(p)); err != nil {
		t.Fatal(err)
	}
	page, err := h.List(h.ctx, 1, bank.Filter{Size: 10})
	if err != nil || page.Items[0].Content.Image == nil {
		t.Fatalf("%+v, %v", page, err)
	}
	if _, data, err := h.files.Read(h.ctx, page.Items[0].Content.Image.FileID); err != nil || !bytes.Equal(data, picture(t, 6, 5)) {
		t.Errorf("the picture of the imported question: %v", err)
	}
	name, file, err := h.Export(h.ctx, 1, "docx", "vi", false)
	if err != nil || name != "cau-hoi.docx" {
		t.Fatal(name, err)
	}
	if r, err := importing.Read(file); err != nil || r.Items[0].Picture == nil {
		t.Errorf("the exported document lost its picture: %v", err)
	}
}
