package exporting_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
)

// A question that begins like a formula stays text in the sheet: nobody's spreadsheet computes it.
func TestCellsAreNeverFormulas(t *testing.T) {
	var items []bank.Written
	for _, start := range []string{"=1+1", "+84", "-5", "@SUM(A1)", "=HYPERLINK(\"http://vi.du\",\"x\")", "\t=1"} {
		c := bank.Samples()[0]
		c.Stem, c.Options[0].Text, c.Explanation, c.Source.Act = start, start, start, start
		items = append(items, bank.Written{Content: c.Normalized()})
	}
	data, err := exporting.Write(bank.XLSX, "", items, "vi")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	for r := range rows {
		for c := range rows[r] {
			name, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			if formula, err := f.GetCellFormula(f.GetSheetName(0), name); err != nil || formula != "" {
				t.Errorf("%s computes %q (%v)", name, formula, err)
			}
			kind, err := f.GetCellType(f.GetSheetName(0), name)
			if err != nil || rows[r][c] != "" && c > 0 && kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString {
				t.Errorf("%s is of type %v: %q (%v)", name, kind, rows[r][c], err)
			}
		}
	}
}
