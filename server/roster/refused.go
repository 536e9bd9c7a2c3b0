package roster

import (
	"bytes"
	"context"
	"strings"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
)

var nothingRefused = fault.New(fault.NotFound, "nothing_refused",
	"Tệp không có dòng nào cần sửa.", "The file has no row to mend.")

// RefusedRows writes the rows of a kept file that were not taken, with their own columns and the reason in a further one.
// Mended, the file comes in like any other.
func (s *Service) RefusedRows(ctx context.Context, contestID int64, led *Led, id int64, locale string) (data []byte, name string, err error) {
	u, err := s.Brought(ctx, contestID, led, id)
	if err != nil {
		return nil, "", err
	}
	sheets := u.File.refused(locale)
	if len(sheets) == 0 {
		return nil, "", nothingRefused
	}
	var b bytes.Buffer
	err = export.WriteWorkbook(&b, sheets...)
	return b.Bytes(), u.Name, err
}

// refused makes a sheet of the refused rows for each sheet that has some.
func (f File) refused(locale string) []export.Sheet {
	var out []export.Sheet
	for i, s := range f.Sheets {
		var rows [][]any
		for _, e := range f.Entries {
			if e.table != i || e.Status != FileRefused {
				continue
			}
			for n, index := range e.rows {
				row := f.tables[i].Rows[index]
				cells := make([]any, 0, len(s.Columns)+1)
				for c := range s.Columns {
					cells = append(cells, row.Cell(c))
				}
				rows = append(rows, append(cells, reasons(e, row.Number, n == 0, locale)))
			}
		}
		if len(rows) == 0 {
			continue
		}
		sheet := export.Sheet{Name: s.Name, Rows: rows}
		for c, column := range s.Columns {
			title := column.Title
			if title == "" && s.HeadRow == 0 { // a list without a header gets one, so that it is understood the next time
				title = ColumnLabel(column.Field, Rules{}, locale)
				if column.Field == "ignored" {
					title = columnLetter(c)
				}
			}
			sheet.Columns = append(sheet.Columns, export.Column{Title: title, Width: 20})
		}
		sheet.Columns = append(sheet.Columns, export.Column{Title: pick(locale, reasonTitle, reasonTitleEn), Width: 60})
		out = append(out, sheet)
	}
	return out
}

// reasons says what is wrong in one row; what concerns the whole entry stands in its first row.
func reasons(e FileEntry, row int, first bool, locale string) string {
	var lines []string
	for _, p := range e.Problems {
		if p.Warning || p.Row != row && !(first && (p.Row < e.FirstRow || p.Row > e.LastRow)) {
			continue
		}
		text := pick(locale, p.Vi, p.En)
		if p.Column != "" {
			text = p.Column + ": " + text
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}
