package exporting_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/demo"
)

func written(contents []bank.Content) []bank.Written {
	var items []bank.Written
	for _, c := range contents {
		items = append(items, bank.Written{Content: c})
	}
	return items
}

func everything(t *testing.T) []bank.Content {
	t.Helper()
	contents := bank.Samples()
	items, err := demo.Items()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		contents = append(contents, i.Content.Normalized())
	}
	contents = append(contents, bank.Content{Type: bank.Numeric, Stem: "Số pi làm tròn?", Key: bank.Key{Number: "3.142", Tolerance: "0.05"}, Difficulty: bank.Application}.Normalized())
	return contents
}

// What a spreadsheet writes, it reads back to the last letter, in both languages.
func TestSpreadsheetComesBackWhole(t *testing.T) {
	contents := everything(t)
	for _, locale := range []string{"vi", "en"} {
		data, err := exporting.XLSX(written(contents), locale)
		if err != nil {
			t.Fatal(err)
		}
		r, err := importing.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Items) != len(contents) || len(r.Problems) > 0 {
			t.Fatalf("%s: %d items of %d, problems %v", locale, len(r.Items), len(contents), r.Problems)
		}
		for i, c := range contents {
			if got := r.Items[i].Content; got.HashText() != c.HashText() {
				t.Errorf("%s: item %d came back changed:\n%s\n%s\n%v", locale, i+1, c.Encode(), got.Encode(), r.Items[i].Problems)
			}
		}
	}
}

// A document has no room for a few settings (pinned options, partial credit, ignored marks); the rest comes back.
func TestDocumentComesBack(t *testing.T) {
	contents := everything(t)
	for _, locale := range []string{"vi", "en"} {
		data, err := exporting.DOCX("Ngân hàng", written(contents), locale)
		if err != nil {
			t.Fatal(err)
		}
		r, err := importing.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Items) != len(contents) {
			t.Fatalf("%s: %d items of %d", locale, len(r.Items), len(contents))
		}
		for i, c := range contents {
			got := r.Items[i]
			want := withoutSettings(c)
			if withoutSettings(got.Content).HashText() != want.HashText() {
				t.Errorf("%s: item %d (%s) came back changed:\n%+v\n%+v\n%v", locale, i+1, want.Stem, want.Source, got.Content.Source, got.Problems)
			}
			if bank.HasError(got.Problems) {
				t.Errorf("%s: item %d: %v", locale, i+1, got.Problems)
			}
		}
	}
}

func withoutSettings(c bank.Content) bank.Content {
	c.PartialCredit, c.Key.IgnoreMarks = bank.AllOrNothing, false
	c.Options = append([]bank.Option(nil), c.Options...)
	for i := range c.Options {
		c.Options[i].Pinned = false
	}
	return c.Normalized()
}

func TestDocumentCarriesItsPicture(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	c := bank.Samples()[0]
	c.Image = &bank.Image{FileID: strings.Repeat("a", 32), Hash: strings.Repeat("b", 64), Alt: "Quốc huy <lớn>", Width: 4, Height: 3}
	data, err := exporting.DOCX("Hình", []bank.Written{{Content: c, Files: map[string]bank.WrittenFile{c.Image.FileID: {Data: b.Bytes(), Type: "image/png"}}}}, "vi")
	if err != nil {
		t.Fatal(err)
	}
	r, err := importing.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Items[0].Content.Image
	if p == nil || !bytes.Equal(r.Items[0].Files[p.FileID].Data, b.Bytes()) || p.Alt != "Quốc huy <lớn>" {
		t.Errorf("picture %+v", p)
	}
}
