package export

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Who signs signs the text: the places for ink stand before the annexes, in both forms. A table that goes over a page
// repeats whose rows they are.
func TestSignersSignBeforeTheAnnexes(t *testing.T) {
	table := &OfficialTable{Columns: []OfficialColumn{{Title: "Đội", Width: 30, Groups: true}, {Title: "Bước", Width: 60}}}
	for n := range 80 {
		name := ""
		if n == 0 {
			name = "Đội Hạc Thành"
		}
		table.Rows = append(table.Rows, []OfficialCell{{Text: name}, {Text: "bước"}})
	}
	d := Official{Issuer: "Tỉnh đoàn", Title: "BIÊN BẢN", About: "Chấm điểm", Made: time.Unix(0, 0), Signers: []Signer{{Role: "Thư ký", Name: "Trịnh Thu Hà"}},
		Blocks: []Block{{Heading: "I. Thành phần", Text: "GK1"}, {NewPage: true, Heading: "Phụ lục 1", Table: table}, {Heading: "Phụ lục 2", Text: "Không có sự việc nào."}}}
	var docx, pdf bytes.Buffer
	if err := WriteOfficialDOCX(&docx, d); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteOfficialPDF(&pdf, d); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(docx.Bytes()), int64(docx.Len()))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	word, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"Word": string(word)}
	if n := strings.Count(texts["Word"], "<w:vMerge/>"); n != 79 {
		t.Errorf("Word: %d cells belong to the one above, want 79", n)
	}
	if tool, err := exec.LookPath("pdftotext"); err == nil {
		path := filepath.Join(t.TempDir(), "paper.pdf")
		if err := os.WriteFile(path, pdf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, "-raw", path, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		texts["PDF"] = string(out)
		if pages, repeated := strings.Count(texts["PDF"], "\f"), strings.Count(texts["PDF"], "Đội Hạc Thành (tiếp)"); pages < 3 || repeated != pages-2 {
			t.Errorf("PDF: %d pages, and the name is repeated %d times", pages, repeated)
		}
	}
	for what, text := range texts {
		if sign, annex := strings.Index(text, "Trịnh Thu Hà"), strings.Index(text, "Phụ lục 1"); sign < 0 || annex < sign || strings.Count(text, "Trịnh Thu Hà") != 1 {
			t.Errorf("%s: signatures at %d, annexes from %d", what, sign, annex)
		}
	}
}
