package export

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/fault"
)

func workbook(t *testing.T, sheets ...Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteWorkbook(&b, sheets...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTextNeverBecomesAFormula(t *testing.T) {
	nasty := []string{"=1+1", "+84912345678", "-5", "@SUM(A1)", `=HYPERLINK("http://x","y")`, "0147", "1e5", "\t=1"}
	rows := make([][]any, len(nasty))
	for i, s := range nasty {
		rows[i] = []any{s}
	}
	data := workbook(t, Sheet{Name: "Thí sinh", Columns: []Column{{Title: "Họ và tên"}}, Rows: rows})
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range archive.File {
		if !strings.Contains(part.Name, "worksheets/") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		xml, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(xml, []byte("<f>")) || bytes.Contains(xml, []byte("<f ")) {
			t.Fatalf("%s holds a formula", part.Name)
		}
	}
	for i, want := range nasty {
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		if got, _ := f.GetCellValue("Thí sinh", cell); got != want {
			t.Errorf("cell %s is %q, want %q", cell, got, want)
		}
		kind, _ := f.GetCellType("Thí sinh", cell)
		if kind == excelize.CellTypeFormula || kind == excelize.CellTypeNumber {
			t.Errorf("cell %s of %q has type %d: not text", cell, want, kind)
		}
		style, _ := f.GetCellStyle("Thí sinh", cell)
		if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
			t.Errorf("cell %s is not kept as text when it is edited", cell)
		}
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Za-zÀ-ỹ=+@0-9][A-Za-zÀ-ỹ0-9 ,.-]{0,12}[a-z0-9]`), 1, 8).Draw(t, "words")
		rows := make([][]any, len(words))
		for i, w := range words {
			rows[i] = []any{w, i}
		}
		var b bytes.Buffer
		if err := WriteWorkbook(&b, Sheet{Name: "A", Columns: []Column{{Title: "x"}, {Title: "y"}}, Rows: rows}); err != nil {
			t.Fatal(err)
		}
		got, err := ReadWorkbook(b.Bytes(), 100, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(words)+1 {
			t.Fatalf("%d rows, want %d", len(got), len(words)+1)
		}
		for i, w := range words {
			if got[i+1].Cell(0) != cellText(w) || got[i+1].Number != i+2 {
				t.Fatalf("row %d is %+v, want %q", i, got[i+1], w)
			}
		}
	})
}

// Who fills in a template is told what a column wants, and offered what it may hold, in each sheet with its rows.
func TestNotesAndChoicesStandBesideTheRows(t *testing.T) {
	columns := []Column{{Title: "Số điện thoại", Note: "Mười chữ số"}, {Title: "Bảng", Choices: []string{"A", "B"}}}
	b := workbook(t, Sheet{Name: "Một", Columns: columns, Rows: [][]any{{"0912345678", "A"}}}, Sheet{Name: "Hai", Columns: columns})
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Một", "Hai"} {
		found, err := f.GetDataValidations(name)
		if err != nil || len(found) != 2 {
			t.Fatalf("sheet %s: %d notes and lists, %v", name, len(found), err)
		}
		if note := found[0]; note.Sqref != "A1" || note.Prompt == nil || *note.Prompt != "Mười chữ số" {
			t.Errorf("sheet %s: the note is %+v", name, note)
		}
		if list := found[1]; list.Sqref != "B2:B5001" || list.Formula1 != `"A,B"` {
			t.Errorf("sheet %s: the list is %+v", name, list)
		}
	}
	if cell, _ := f.GetCellValue("Một", "A2"); cell != "0912345678" {
		t.Errorf("the row holds %q", cell)
	}
}

func TestReadWorkbookAsUnitsSendIt(t *testing.T) {
	f := excelize.NewFile()
	set := func(cell string, v any) {
		t.Helper()
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "DANH SÁCH")
	set("A3", "Đơn vị")
	set("B3", "Họ và tên")
	set("A4", "  Xã Nghĩa Đô\u00a0")
	set("B4", "Le\u0302 Va\u0306n") // letters typed with separate marks
	set("B6", "An")
	set("C6", 912345678)
	if err := f.MergeCell("Sheet1", "A4", "A6"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := ReadWorkbook(b.Bytes(), 100, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || rows[2].Number != 4 || rows[3].Number != 6 {
		t.Fatalf("rows %+v", rows)
	}
	if rows[2].Cell(1) != "Lê Văn" || rows[2].Cell(0) != "Xã Nghĩa Đô" {
		t.Errorf("row 4 is %q", rows[2].Cells)
	}
	if rows[3].Cell(0) != "Xã Nghĩa Đô" || rows[3].Cell(2) != "912345678" {
		t.Errorf("row 6 does not repeat the merged unit or has lost its number: %q", rows[3].Cells)
	}
}

func TestReadWorkbookRefuses(t *testing.T) {
	rows := make([][]any, 30)
	for i := range rows {
		rows[i] = []any{"x"}
	}
	if _, err := ReadWorkbook(workbook(t, Sheet{Name: "A", Columns: []Column{{Title: "t"}}, Rows: rows}), 20, 5); fault.From(err).Code != "xlsx_too_many_rows" {
		t.Errorf("30 rows where 20 are allowed: %v", err)
	}
	for name, data := range map[string][]byte{"empty": nil, "text": []byte("họ tên,đơn vị"), "half a zip": workbook(t, Sheet{Name: "A"})[:900]} {
		if _, err := ReadWorkbook(data, 20, 5); fault.From(err).Code != "not_xlsx" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadWorkbook(make([]byte, MaxWorkbookBytes+1), 20, 5); fault.From(err).Code != "xlsx_too_large" {
		t.Errorf("too many bytes: %v", err)
	}
	// A small file that unpacks to 80 MB.
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	if _, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, UncompressedSize64: 80 << 20}); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadWorkbook(bomb.Bytes(), 20, 5); fault.From(err).Code != "xlsx_too_large" {
		t.Errorf("a file that unpacks to 80 MB: %v", err)
	}
}

// written puts the XML of a sheet as an attacker writes it in the place of an honest one.
func written(t *testing.T, inside string) []byte {
	t.Helper()
	honest := workbook(t, Sheet{Name: "A", Columns: []Column{{Title: "t"}}})
	in, err := zip.NewReader(bytes.NewReader(honest), int64(len(honest)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range in.File {
		if part.Name == "xl/worksheets/sheet1.xml" {
			continue
		}
		if err := out.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	w, err := out.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>`, inside); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A small file may not claim a table that fills the memory, nor ranges whose comparison never ends.
func TestClaimsOfASheetAreBounded(t *testing.T) {
	repeat := func(n int, format string) string {
		var s strings.Builder
		for i := range n {
			fmt.Fprintf(&s, format, i+1)
		}
		return s.String()
	}
	for name, inside := range map[string]string{
		"cells at the far corner": `<sheetData>` + repeat(4000, `<row r="%[1]d"><c r="A%[1]d"><v>1</v></c><c r="XFD%[1]d"/></row>`) + `</sheetData>`,
		"merged ranges":           `<sheetData/><mergeCells>` + repeat(30_000, `<mergeCell ref="A%[1]d:A1000000"/>`) + `</mergeCells>`,
		"cells without a name":    `<sheetData><row>` + strings.Repeat(`<c/>`, 20_000) + `</row></sheetData>`,
	} {
		if _, err := ReadWorkbook(written(t, inside), 5000, 40); fault.From(err).Code != "xlsx_too_large" {
			t.Errorf("%s: %v", name, err)
		}
	}
	rows, err := ReadWorkbook(written(t, `<sheetData><row r="1"><c r="A1"><v>7</v></c><c r="C1"><v>1</v></c></row><row r="2"><c r="C2"><v>2</v></c></row><row r="1048576"><c r="C1048576"><v>3</v></c></row></sheetData>`+
		`<mergeCells>`+strings.Repeat(`<mergeCell ref="A1:B1048576"/>`, 2000)+`</mergeCells>`), 5000, 40)
	if err != nil || len(rows) != 3 || rows[1].Cell(0) != "7" || rows[2].Number != 1048576 || rows[2].Cell(0) != "7" {
		t.Errorf("a range over the whole sheet: %+v, %v", rows, err)
	}
}
