package bank_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
)

func (h *house) readFile(t *testing.T, format bank.Format, items ...bank.Written) bank.Preview {
	t.Helper()
	data, err := exporting.Write(format, "Đề", items, "vi")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.ReadFile(h.ctx, 1, "de", data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A question that the bank has, with other details in the file: left out by itself, renewed on request, and never
// twice.
func TestAnImportCanRenewWhatTheBankHas(t *testing.T) {
	h := open(t)
	had := h.create(t, bank.Samples()[0])
	other := h.create(t, bank.Samples()[4])
	better := had.Content
	better.Explanation = "Giải thích đã sửa."
	p := h.readFile(t, bank.Moodle, bank.Written{Content: better}, bank.Written{Content: other.Content})
	if i := p.Items[0]; i.Standing != bank.StandingExists || !i.Differs || i.Chosen || i.Of.ItemID != had.ID || i.Of.Version != 1 {
		t.Fatalf("%s, differs %v, of %+v", i.Standing, i.Differs, i.Of)
	}
	if i := p.Items[1]; i.Standing != bank.StandingExists || i.Differs {
		t.Errorf("the same question differs: %s", i.Standing)
	}
	rows := []bank.ChosenRow{{Row: 1, ItemID: had.ID, Version: 1}, {Row: 2, ItemID: other.ID, Version: 1}}
	done, err := h.Confirm(h.ctx, 1, p.ID, rows)
	if err != nil || done.Updated != 1 || done.Added != 0 || len(done.Skipped) != 1 || done.Skipped[0] != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	now, err := h.Get(h.ctx, 1, had.ID)
	if err != nil || now.Version.Version != 2 || now.Content.Explanation != "Giải thích đã sửa." || now.Origin != "de" || h.count(t) != 2 {
		t.Errorf("%+v, %v", now, err)
	}
	// Somebody else has edited it since the preview was made.
	p = h.readFile(t, bank.GIFT, bank.Written{Content: had.Content})
	if _, err := h.Confirm(h.ctx, 1, p.ID, []bank.ChosenRow{{Row: 1, ItemID: had.ID, Version: 1}}); !isCode(err, "item_changed") {
		t.Errorf("renewing what was not compared: %v", err)
	}
}

func TestNearQuestionsNameTheirVersions(t *testing.T) {
	h := open(t)
	had := h.create(t, bank.Samples()[2])
	opposite := had.Content
	opposite.Key.Options = []string{bank.OptionFalse}
	p := h.readFile(t, bank.QTI30, bank.Written{Content: opposite})
	if n := p.Items[0].Near; len(n) != 1 || !n[0].OtherKey || n[0].ItemID != had.ID || n[0].Version != 1 || p.Items[0].Chosen {
		t.Fatalf("%+v", p.Items[0])
	}
	done, err := h.Confirm(h.ctx, 1, p.ID, []bank.ChosenRow{{Row: 1, ItemID: had.ID, Version: 1}})
	if now, _ := h.Get(h.ctx, 1, had.ID); err != nil || done.Updated != 1 || now.Content.Key.Options[0] != bank.OptionFalse {
		t.Errorf("%+v, %v", done, err)
	}
}

// Pictures of options and a sound travel inside of a package, become files of the bank, and go out again; reading the
// same package a second time finds nothing new.
func TestFilesTravelWithTheirQuestions(t *testing.T) {
	h := open(t)
	c := bank.Samples()[0]
	c.Image = &bank.Image{FileID: strings.Repeat("a", 32), Hash: strings.Repeat("a", 64), Alt: "Quốc huy", Width: 6, Height: 5}
	c.Options[1].Image = &bank.Image{FileID: strings.Repeat("b", 32), Hash: strings.Repeat("b", 64), Alt: "Cờ", Width: 3, Height: 2}
	c.Media = &bank.Media{Kind: bank.Audio, FileID: strings.Repeat("c", 32), Hash: strings.Repeat("c", 64), ContentType: "audio/wav", Size: 44, Alt: "Quốc ca", Transcript: "Đoàn quân Việt Nam đi"}
	wav := append([]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00"), make([]byte, 64)...)
	item := bank.Written{Content: c.Normalized(), Files: map[string]bank.WrittenFile{
		c.Image.FileID: {Data: picture(t, 6, 5), Type: "image/png"}, c.Options[1].Image.FileID: {Data: picture(t, 3, 2), Type: "image/png"},
		c.Media.FileID: {Data: wav, Type: "audio/wav"}}}
	for _, format := range []bank.Format{bank.QTI21, bank.QTI30, bank.Moodle} {
		p := h.readFile(t, format, item)
		got := p.Items[0].Content
		if got.Image == nil || got.Options[1].Image == nil || got.Media == nil || got.Media.Kind != bank.Audio || got.Media.Transcript != c.Media.Transcript || len(p.Items[0].Problems) > 0 {
			t.Fatalf("%s: %+v %+v", format, got, p.Items[0].Problems)
		}
		if format == bank.QTI21 {
			if done, err := h.Confirm(h.ctx, 1, p.ID, []bank.ChosenRow{{Row: 1}}); err != nil || done.Added != 1 {
				t.Fatalf("%+v, %v", done, err)
			}
		} else if p.Items[0].Standing != bank.StandingExists || p.Items[0].Differs {
			t.Errorf("%s: %s, differs %v", format, p.Items[0].Standing, p.Items[0].Differs)
		}
	}
	_, data, err := h.Export(h.ctx, 1, bank.Exported{Format: bank.QTI30, Locale: "vi"})
	if err != nil || !bytes.Contains(data, []byte("assets/")) {
		t.Fatalf("%v", err)
	}
	again, err := h.ReadFile(h.ctx, 1, "lai.zip", data)
	if err != nil || again.Items[0].Standing != bank.StandingExists || again.Items[0].Differs {
		t.Errorf("%+v, %v", again.Items, err)
	}
	n, losses, err := h.Losses(h.ctx, 1, bank.Exported{Format: bank.XLSX})
	if err != nil || n != 1 || len(losses) != 2 || losses[0].Items != 1 {
		t.Errorf("%d %+v %v", n, losses, err)
	}
}
