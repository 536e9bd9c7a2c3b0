package bank_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/fault"
)

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
	data, err := exporting.DOCX("Hình", []bank.Written{{Content: c, Files: map[string]bank.WrittenFile{c.Image.FileID: {Data: picture(t, 6, 5), Type: "image/png"}}}}, "vi")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.ReadFile(h.ctx, 1, "hinh.docx", data)
	if err != nil || p.Items[0].Content.Image == nil {
		t.Fatalf("%+v, %v", p.Items, err)
	}
	if err := h.Discard(h.ctx, 3, p.ID); err != nil { // another contest, whose bank this is not
		t.Fatal(err)
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
	name, file, err := h.Export(h.ctx, 1, bank.Exported{Format: bank.DOCX, Locale: "vi"})
	if err != nil || name != "cau-hoi.docx" {
		t.Fatal(name, err)
	}
	if r, err := importing.Read(file); err != nil || len(r.Items[0].Files) != 1 {
		t.Errorf("the exported document lost its picture: %v", err)
	}
}
