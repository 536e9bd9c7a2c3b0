package export

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/fault"
)

// Limits of a workbook that is read.
const (
	MaxWorkbookBytes = 5 << 20
	maxUnzipped      = 60 << 20
	maxZipFiles      = 2_000
	maxCellText      = 4_000
)

// Row is one row of a read sheet, with its number as Excel shows it.
type Row struct {
	Number int
	Cells  []string
}

// Empty tells whether nothing is written in the row.
func (r Row) Empty() bool {
	for _, cell := range r.Cells {
		if cell != "" {
			return false
		}
	}
	return true
}

// Cell gives the text of a column; beyond the row's end it is empty.
func (r Row) Cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column]
}

var (
	notAWorkbook = fault.New(fault.Invalid, "not_xlsx",
		"Không đọc được tệp này. Hãy lưu bằng Excel ở dạng .xlsx (không đặt mật khẩu) rồi tải lên lại.",
		"This file could not be read. Save it in Excel as .xlsx, without a password, and upload it again.")
	workbookTooLarge = fault.New(fault.TooLarge, "xlsx_too_large",
		"Tệp quá lớn: tối đa 5 MB. Hãy bỏ hình ảnh và các trang không dùng, hoặc chia thành nhiều tệp.",
		"The file is too large: at most 5 MB. Remove pictures and unused sheets, or split it.")
)

// NamedRows are the rows of one sheet.
type NamedRows struct {
	Name string
	Rows []Row
}

// ReadWorkbook reads the first sheet of an .xlsx that has anything in it, as ReadSheets does.
func ReadWorkbook(data []byte, maxRows, maxColumns int) ([]Row, error) {
	sheets, err := ReadSheets(data, maxRows, maxColumns, 1)
	if err != nil || len(sheets) == 0 {
		return nil, err
	}
	return sheets[0].Rows, nil
}

// ReadSheets reads the visible sheets of an .xlsx that have anything in them, at most so many: texts in NFC with outer
// spaces removed, numbers and dates raw, cells merged downwards repeated in each of their rows. Formulas are never
// computed: a cell gives the value that was saved with it. maxRows bounds all sheets together.
func ReadSheets(data []byte, maxRows, maxColumns, maxSheets int) (sheets []NamedRows, err error) {
	if len(data) > MaxWorkbookBytes {
		return nil, workbookTooLarge
	}
	archive, err := checkArchive(data)
	if err != nil {
		return nil, err
	}
	ranges, err := sheetRanges(archive, maxUnzipped)
	if err != nil {
		return nil, err
	}
	// The parser meets whatever people upload: a crash in it is a file we cannot read, not a crash of ours.
	defer func() {
		if r := recover(); r != nil {
			sheets, err = nil, notAWorkbook.Because(fmt.Errorf("panic: %v", r))
		}
	}()
	f, openErr := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped,
	})
	if openErr != nil {
		return nil, notAWorkbook.Because(openErr)
	}
	defer func() { _ = f.Close() }()
	left, parts := maxRows, sheetParts(archive, f)
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			continue // lists of choices hide there
		}
		rows, err := readSheet(f, name, left, maxColumns)
		if errors.Is(err, errRows) {
			return nil, tooManyRows(maxRows)
		}
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			continue
		}
		repeatMerged(rows, ranges[parts[name]], maxColumns)
		left -= len(rows)
		if sheets = append(sheets, NamedRows{Name: name, Rows: rows}); len(sheets) == maxSheets {
			break
		}
	}
	return sheets, nil
}

// checkArchive refuses what is no zip, has too many parts or claims to unpack to too much, before it is unpacked.
func checkArchive(data []byte) (*zip.Reader, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, notAWorkbook.Because(err)
	}
	if len(archive.File) > maxZipFiles {
		return nil, workbookTooLarge
	}
	var total uint64
	for _, part := range archive.File {
		if total += part.UncompressedSize64; total > maxUnzipped || part.UncompressedSize64 > maxUnzipped {
			return nil, workbookTooLarge
		}
	}
	return archive, nil
}

func readSheet(f *excelize.File, name string, maxRows, maxColumns int) ([]Row, error) {
	reader, err := f.Rows(name)
	if err != nil {
		return nil, notAWorkbook.Because(err)
	}
	defer func() { _ = reader.Close() }()
	var rows []Row
	for number := 1; reader.Next(); number++ {
		cells, err := reader.Columns()
		if err != nil {
			return nil, notAWorkbook.Because(err)
		}
		row := Row{Number: number, Cells: make([]string, min(len(cells), maxColumns))}
		for i := range row.Cells {
			row.Cells[i] = readText(cells[i])
		}
		if row.Empty() {
			continue
		}
		if len(rows) >= maxRows {
			return nil, errRows
		}
		rows = append(rows, row)
	}
	return rows, nil
}

var errRows = errors.New("too many rows")

func tooManyRows(limit int) error {
	return fault.New(fault.TooLarge, "xlsx_too_many_rows",
		fmt.Sprintf("Tệp có hơn %d dòng. Hãy chia thành nhiều tệp.", limit),
		fmt.Sprintf("The file has more than %d rows. Split it into several files.", limit)).
		With("limit", fmt.Sprint(limit))
}

// readText cleans a cell: NFC, no control characters, single spaces at the ends removed, bounded length.
func readText(s string) string {
	s = strings.TrimFunc(cellText(strings.ToValidUTF8(s, "")), func(r rune) bool {
		return r == ' ' || r == '\n' || r == '\t' || r == '\u00a0' || r == '\u200b' || r == '\ufeff'
	})
	if len(s) > maxCellText {
		s = strings.ToValidUTF8(s[:maxCellText], "")
	}
	return s
}
