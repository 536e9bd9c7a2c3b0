package export

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// Column is one column of a written sheet. Width is in characters; 0 means 16.
type Column struct {
	Title string
	Width float64
	// Note is shown when the title's cell is chosen: what to type here.
	Note string
	// Choices, when given, are offered as a list in the cells of this column.
	Choices []string
}

// Sheet is one sheet of a written workbook. A cell is a string, an int or an int64 (a Points is written with two
// decimals): nothing else is accepted, and a string is always text, whatever it begins with.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    [][]any
	// Each, when given, hands over further rows one after the other: a list of a hundred thousand is never held whole.
	Each func(row func([]any) error) error
}

// Points is a value in hundredths that a sheet shows as a decimal number.
type Points int64

// xlsxTextLimit is what a cell can hold.
const xlsxTextLimit = 32_000

// WriteWorkbook writes the sheets as .xlsx, each with a fixed bold header row.
func WriteWorkbook(w io.Writer, sheets ...Sheet) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	for i, sheet := range sheets {
		name := SheetName(sheet.Name)
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return fmt.Errorf("add sheet: %w", err)
		}
		if err := writeSheet(f, name, sheet, styles); err != nil {
			return fmt.Errorf("write sheet %s: %w", name, err)
		}
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

type styles struct{ head, text, number, points int }

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	var err error
	twoDecimals := "#,##0.00"
	for _, x := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.head, excelize.Style{
			Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0A4DA3"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, NumFmt: 49,
		}},
		// The text format (49) keeps a cell text after someone has edited it, so "=..." never becomes a formula.
		{&s.text, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&s.number, excelize.Style{NumFmt: 1, Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.points, excelize.Style{CustomNumFmt: &twoDecimals, Alignment: &excelize.Alignment{Vertical: "top"}}},
	} {
		if *x.id, err = f.NewStyle(&x.style); err != nil {
			return s, fmt.Errorf("add style: %w", err)
		}
	}
	return s, nil
}

func writeSheet(f *excelize.File, name string, sheet Sheet, st styles) error {
	// Before the rows: afterwards the whole sheet would be read again, and written again with them.
	if err := offers(f, name, sheet); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	head := make([]any, len(sheet.Columns))
	for i, column := range sheet.Columns {
		width := column.Width
		if width <= 0 {
			width = 16
		}
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		// Empty cells below are text too: a phone number typed there keeps its leading zero.
		if err := out.SetColStyle(i+1, i+1, st.text); err != nil {
			return err
		}
		head[i] = excelize.Cell{StyleID: st.head, Value: cellText(column.Title)}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := out.SetRow("A1", head, excelize.RowOpts{Height: 24}); err != nil {
		return err
	}
	below := 1
	write := func(row []any) error {
		cells, err := st.cells(row)
		if err != nil {
			return err
		}
		below++
		at, err := excelize.CoordinatesToCellName(1, below)
		if err != nil {
			return err
		}
		return out.SetRow(at, cells)
	}
	for _, row := range sheet.Rows {
		if err := write(row); err != nil {
			return err
		}
	}
	if sheet.Each != nil {
		if err := sheet.Each(write); err != nil {
			return err
		}
	}
	return out.Flush()
}

// cells are the values of a row as they are written.
func (st styles) cells(row []any) ([]any, error) {
	cells := make([]any, len(row))
	for c, value := range row {
		switch v := value.(type) {
		case nil:
		case string:
			cells[c] = excelize.Cell{StyleID: st.text, Value: cellText(v)}
		case int:
			cells[c] = excelize.Cell{StyleID: st.number, Value: v}
		case int64:
			cells[c] = excelize.Cell{StyleID: st.number, Value: v}
		case Points:
			cells[c] = excelize.Cell{StyleID: st.points, Value: float64(v) / 100}
		default:
			return nil, fmt.Errorf("cell of type %T", value)
		}
	}
	return cells, nil
}

// offers adds the notes and lists of choices of the columns.
func offers(f *excelize.File, name string, sheet Sheet) error {
	for i, column := range sheet.Columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if column.Note != "" {
			note := excelize.NewDataValidation(true)
			note.Sqref = letter + "1"
			note.SetInput(column.Title, column.Note)
			if err := f.AddDataValidation(name, note); err != nil {
				return err
			}
		}
		// Excel refuses a list of more than 255 characters; then the column simply has none.
		if joined := strings.Join(column.Choices, ","); joined == "" || len(joined) > 250 || strings.Count(joined, ",") >= len(column.Choices) {
			continue
		}
		list := excelize.NewDataValidation(true)
		list.Sqref = letter + "2:" + letter + "5001"
		if err := list.SetDropList(column.Choices); err != nil {
			return err
		}
		list.ShowErrorMessage = false // an offer, not a fence: the import says what is wrong in plain words
		if err := f.AddDataValidation(name, list); err != nil {
			return err
		}
	}
	return nil
}

// cellText brings a text into what a cell may hold: no control characters, bounded length.
func cellText(s string) string {
	s = strings.Map(func(r rune) rune {
		if (r < ' ' && r != '\n' && r != '\t') || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	if len(s) > xlsxTextLimit {
		s = strings.ToValidUTF8(s[:xlsxTextLimit], "")
	}
	return s
}

// SheetName makes a name that Excel accepts: at most 31 characters, none of []:*?/\, never empty.
func SheetName(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return ' '
		}
		return r
	}, norm.NFC.String(s)), " '")
	if r := []rune(s); len(r) > 31 {
		s = strings.TrimRight(string(r[:31]), " '")
	}
	if s == "" {
		return "Sheet1"
	}
	return s
}
