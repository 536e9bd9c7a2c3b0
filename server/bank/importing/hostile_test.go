package importing

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

func TestHostileFilesAreRefusedInWords(t *testing.T) {
	wordBody := func(inside string) []byte { return new(document).raw(inside).bytes(t) }
	for name, tc := range map[string]struct {
		data []byte
		want *fault.Fault
	}{
		"nothing":              {nil, errUnknown},
		"text":                 {[]byte("Kính gửi các đồng chí"), errUnknown},
		"an old Word file":     {append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...), errLocked},
		"a zip of other kind":  {zipped(t, map[string][]byte{"a.txt": []byte("x")}), errUnknown},
		"a cut zip":            {wordBody("")[:200], errBroken},
		"more than 20 MB":      {make([]byte, bank.MaxFileSize+1), errTooLarge},
		"a bomb":               {zipped(t, map[string][]byte{"word/document.xml": bytes.Repeat([]byte(" "), maxPart+1)}), errTooLarge},
		"a bomb of many parts": {zipped(t, manyParts()), errTooLarge},
		"a bomb as a sheet":    {zipped(t, map[string][]byte{"xl/workbook.xml": []byte("<x/>"), "xl/worksheets/sheet1.xml": bytes.Repeat([]byte(" "), maxPart+1)}), errTooLarge},
		"a size that lies":     {lyingZip(t), errBroken},
		"deep nesting":         {wordBody(strings.Repeat("<w:sdt>", 5000) + strings.Repeat("</w:sdt>", 5000)), errBroken},
		"an entity of its own": {zipped(t, map[string][]byte{"word/document.xml": []byte(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x><p><r><t>&e;</t></r></p></x>`)}), errEntities},
		"laughing entities":    {zipped(t, map[string][]byte{"word/document.xml": []byte(`<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>`)}), errEntities},
		"xml that never ends":  {zipped(t, map[string][]byte{"word/document.xml": []byte(`<w:document><w:body><w:p>`)}), errBroken},
		"a workbook of rubble": {zipped(t, map[string][]byte{"xl/workbook.xml": []byte("rubble"), "[Content_Types].xml": []byte("<")}), nil},
		"too many paragraphs":  {wordBody(strings.Repeat("<w:p/>", maxParagraphs+1)), errTooLarge},
		"the same part twice":  {twiceZip(t), errBroken},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(tc.data)
			var f *fault.Fault
			if !errors.As(err, &f) {
				if tc.want == nil && err == nil {
					return
				}
				t.Fatalf("got %v, want words for people", err)
			}
			if tc.want != nil && f.Code != tc.want.Code {
				t.Errorf("got %v, want %s", err, tc.want.Code)
			}
		})
	}
}

func manyParts() map[string][]byte {
	parts := map[string][]byte{}
	for i := range maxParts + 1 {
		parts["p"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/26)] = nil
	}
	return parts
}

// lyingZip declares ten bytes and unpacks to a hundred thousand.
func lyingZip(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	body := bytes.Repeat([]byte("<w:p/>"), 20000)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "word/document.xml", Method: zip.Store, CRC32: crc32.ChecksumIEEE(body),
		CompressedSize64: uint64(len(body)), UncompressedSize64: 10})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func twiceZip(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for range 2 {
		if _, err := z.Create("word/document.xml"); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A sheet whose cells claim to stand at the far corner must not make a table of that size.
func TestFarCellsCostNothing(t *testing.T) {
	data := workbook(t, nil, row{"Câu hỏi", "A", "B", "Đáp án"}, row{"Gì?", "x", "y", "A"})
	r := read(t, rewritten(t, data, "</sheetData>", `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>`))
	if len(r.Items) != 1 {
		t.Errorf("%d items, want 1", len(r.Items))
	}
}

// rewritten replaces the first occurrence of a text in each part of a zip.
func rewritten(t *testing.T, data []byte, old, replacement string) []byte {
	t.Helper()
	parts := map[string][]byte{}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = bytes.Replace(b.Bytes(), []byte(old), []byte(replacement), 1)
	}
	return zipped(t, parts)
}

func FuzzRead(f *testing.F) {
	f.Add(new(document).lines(plainPaper + "\n1-A 2-B").bytes(f))
	f.Add(workbook(f, nil, row{"Câu hỏi", "A", "B", "Đáp án"}, row{"Gì?", "x", "y", "A"}))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(data)
		checkReading(t, r, err)
	})
}

// FuzzText lets the fuzzer write the text of a document, which says more than changing bytes of a zip.
func FuzzText(f *testing.F) {
	for _, seed := range []string{plainPaper + "\n1-A 2-B", "Câu 1. A. x B. y\nĐáp án: B\tC", "1. x\na) y\t*b) z", "Phần I\nCâu 1:\nĐáp án: 1.5 ± 0", "Câu 1\nA. (đúng)\nB. *\nHẾT\nCâu 1: A\nvì thế"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var blocks []block
		for i, l := range strings.Split(text, "\n") {
			var w writing
			w.add(l, marks{bold: i%3 == 0})
			lines := w.lines()
			for j := range lines {
				lines[j].paragraph = i + 1
			}
			blocks = append(blocks, block{lines: lines})
		}
		r := readPaper(blocks, func(string) []byte { return nil })
		checkReading(t, r, nil)
	})
}

// checkReading holds what every reading owes: a fault in words, or items that are valid unless they say otherwise.
func checkReading(t *testing.T, r bank.Reading, err error) {
	t.Helper()
	if err != nil {
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind == fault.Internal {
			t.Fatalf("a file must be refused in words: %v", err)
		}
		return
	}
	for _, i := range r.Items {
		if i.Content.Validate() != nil && !bank.HasError(i.Problems) {
			t.Fatalf("an invalid item without a problem: %s", summary(i))
		}
		if i.Content.HashText() != i.Content.Normalized().HashText() {
			t.Fatalf("content is not in its canonical form: %s", summary(i))
		}
	}
}
