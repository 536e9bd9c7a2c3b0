package demo_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/demo"
)

// paper is a Word file as an author types it: a line a paragraph; what stands between two bars is underlined.
func paper(lines ...string) ([]byte, error) {
	var body strings.Builder
	for _, l := range lines {
		body.WriteString("<w:p>")
		for i, part := range strings.Split(l, "¦") {
			properties := map[bool]string{true: `<w:rPr><w:u w:val="single"/></w:rPr>`}[i%2 == 1]
			var text bytes.Buffer
			if err := xml.EscapeText(&text, []byte(part)); err != nil {
				return nil, err
			}
			body.WriteString("<w:r>" + properties + `<w:t xml:space="preserve">` + text.String() + "</w:t></w:r>")
		}
		body.WriteString("</w:p>")
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	for _, part := range [][2]string{
		{"[Content_Types].xml", head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// asked is what a style can say: the question, what is offered, and what is right.
func asked(c bank.Content) string {
	return fmt.Sprint(c.Type, "|", c.Stem, "|", c.Options, "|", c.Key.Options)
}

// Every style and format that is read has a file in docs/samples, made from the demo's questions.
func TestSampleFilesOfEveryStyle(t *testing.T) {
	items, err := demo.Items()
	if err != nil {
		t.Fatal(err)
	}
	var single, truths []bank.Content
	var all []bank.Written
	for _, i := range items {
		c := i.Content.Normalized()
		all = append(all, bank.Written{Content: c})
		pinned := slices.ContainsFunc(c.Options, func(o bank.Option) bool { return o.Pinned })
		if c.Type == bank.Single && !strings.Contains(c.Stem, "\n") && !pinned && len(single) < 15 {
			single = append(single, bank.Content{Type: c.Type, Stem: c.Stem, Options: c.Options, Key: c.Key}.Normalized())
		}
		if c.Type == bank.TrueFalse && len(truths) < 8 {
			truths = append(truths, c)
		}
	}
	options := func(c bank.Content, write func(letter, text string, right bool) string) (lines []string) {
		for _, o := range c.Options {
			lines = append(lines, write(strings.ToUpper(o.ID), o.Text, slices.Contains(c.Key.Options, o.ID)))
		}
		return lines
	}
	var marked, unlabelled, mixed, groups []string
	var grouped []bank.Content
	mixed = append(mixed, "<g3>")
	for n, c := range single {
		marked = append(append(marked, fmt.Sprintf("Câu %d. %s", n+1, c.Stem)), options(c, func(letter, text string, right bool) string {
			if right {
				return "¦" + letter + ". " + text + "¦"
			}
			return letter + ". " + text
		})...)
		unlabelled = append(append(append(unlabelled, c.Stem), options(c, func(_, text string, right bool) string {
			return map[bool]string{true: "*"}[right] + text
		})...), "")
		mixed = append(append(mixed, fmt.Sprintf("Câu %d: %s", n+1, c.Stem)), options(c, func(letter, text string, right bool) string {
			if right {
				return "¦" + letter + "¦. " + text
			}
			return letter + ". " + text
		})...)
	}
	mixed = append(mixed, "</g3>")
	groups = append(groups, "PHẦN II. Câu trắc nghiệm đúng sai")
	for n := 0; n+4 <= len(truths); n += 4 {
		c := bank.Content{Type: bank.TrueFalseGroup, Stem: "Mỗi nhận định sau đây đúng hay sai?"}
		groups = append(groups, fmt.Sprintf("Câu %d. %s", n/4+1, c.Stem))
		for i, s := range truths[n : n+4] {
			id := bank.OptionID(i)
			c.Options = append(c.Options, bank.Option{ID: id, Text: s.Stem})
			line := id + ") " + s.Stem
			if s.Key.Options[0] == bank.OptionTrue {
				c.Key.Options = append(c.Key.Options, id)
				line = "¦" + id + ")¦ " + s.Stem
			}
			groups = append(groups, line)
		}
		grouped = append(grouped, c.Normalized())
	}
	exported := func(format bank.Format) func() ([]byte, error) {
		return func() ([]byte, error) { return exporting.Write(format, "Ngân hàng câu hỏi mẫu", all, "vi") }
	}
	whole := make([]bank.Content, 0, len(all))
	for _, w := range all {
		whole = append(whole, w.Content)
	}
	plain := slices.DeleteFunc(slices.Clone(whole), func(c bank.Content) bool { return c.Type != bank.Single && c.Type != bank.TrueFalse })
	for i := range plain { // Aiken has no place for what keeps its place
		plain[i].Options = slices.Clone(plain[i].Options)
		for j := range plain[i].Options {
			plain[i].Options[j].Pinned = plain[i].Type == bank.TrueFalse
		}
	}
	// GIFT has one blank a text.
	oneBlank := slices.DeleteFunc(slices.Clone(whole), func(c bank.Content) bool { return c.Type == bank.FillIn && len(c.Blanks) != 1 })
	typed := func(lines []string) func() ([]byte, error) { return func() ([]byte, error) { return paper(lines...) } }
	for name, sample := range map[string]struct {
		write func() ([]byte, error)
		want  []bank.Content
	}{
		"kieu-danh-dau.docx":     {typed(marked), single},
		"kieu-aztest.docx":       {typed(unlabelled), single},
		"kieu-mcmix.docx":        {typed(mixed), single},
		"kieu-dung-sai.docx":     {typed(groups), grouped},
		"cau-hoi-mau.gift.txt":   {exported(bank.GIFT), oneBlank},
		"cau-hoi-mau.aiken.txt":  {exported(bank.Aiken), plain},
		"cau-hoi-mau.moodle.xml": {exported(bank.Moodle), whole},
		"cau-hoi-mau.qti21.zip":  {exported(bank.QTI21), whole},
		"cau-hoi-mau.qti30.zip":  {exported(bank.QTI30), whole},
	} {
		path := filepath.Join("..", "..", "docs", "samples", name)
		if *writeSamples {
			data, err := sample.write()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		reading, err := importing.Read(data)
		if err != nil || len(reading.Items) != len(sample.want) || len(sample.want) == 0 {
			t.Fatalf("%s: %d items of %d, %v", name, len(reading.Items), len(sample.want), err)
		}
		for i, got := range reading.Items {
			if bank.HasError(got.Problems) || asked(got.Content) != asked(sample.want[i]) {
				t.Errorf("%s, item %d reads as\n%s\nwant\n%s\n%v", name, i+1, asked(got.Content), asked(sample.want[i]), got.Problems)
			}
		}
	}
}
