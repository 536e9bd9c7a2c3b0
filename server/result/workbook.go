package result

import (
	"fmt"
	"io"
	"strings"

	"github.com/hoithi/hoithi/server/export"
)

// writeWorkbook writes one sheet of standings a division, with the seal (or the mark of provisional standings) in the
// sheet about the result.
func writeWorkbook(w io.Writer, s Snapshot, seal, locale string) error {
	word := func(vi, en string) string {
		if locale == "en" {
			return en
		}
		return vi
	}
	status := word("TẠM TÍNH, chưa phải kết quả chính thức", "PROVISIONAL, not the final result")
	if seal != "" {
		status = word("Chính thức", "Final")
	}
	about := export.Sheet{Name: word("Kết quả", "Result"), Columns: []export.Column{{Title: word("Mục", "Item"), Width: 28}, {Title: word("Nội dung", "Content"), Width: 70}},
		Rows: [][]any{
			{word("Hội thi", "Contest"), s.Name},
			{word("Đơn vị tổ chức", "Organizing unit"), s.OrganizerName},
			{word("Trạng thái", "Status"), status},
		}}
	if seal != "" {
		about.Rows = append(about.Rows, []any{word("Mã niêm phong", "Seal code"), seal}, []any{word("Lần công bố", "Revision"), s.Revision})
	}
	if s.Reason != "" {
		about.Rows = append(about.Rows, []any{word("Lý do đính chính", "Reason of the correction"), s.Reason})
	}
	sheets := []export.Sheet{about}
	for _, d := range s.Divisions {
		sheet := export.Sheet{Name: d.Name, Columns: []export.Column{{Title: word("Hạng", "Place"), Width: 8}, {Title: "SBD", Width: 8},
			{Title: word("Thí sinh, đội", "Entry"), Width: 36}, {Title: word("Đơn vị", "Unit"), Width: 36}, {Title: word("Thành viên", "Members"), Width: 50}}}
		for _, r := range s.Rounds {
			sheet.Columns = append(sheet.Columns, export.Column{Title: r.Name, Width: 16})
		}
		sheet.Columns = append(sheet.Columns, export.Column{Title: word("Tổng điểm", "Total"), Width: 12})
		for _, st := range s.Standings {
			if st.DivisionID == d.ID {
				sheet.Rows = append(sheet.Rows, workbookRow(st, s.Rounds, word("đồng hạng", "tied")))
			}
		}
		sheets = append(sheets, sheet)
	}
	return export.WriteWorkbook(w, sheets...)
}

func workbookRow(st Standing, rounds []SnapshotRound, tied string) []any {
	place := ""
	if st.Place > 0 {
		place = itoa(st.Place)
		if st.Tied {
			place = fmt.Sprintf("%d (%s)", st.Place, tied)
		}
	}
	row := []any{place, st.Number, st.Name, st.UnitName, strings.Join(st.Members, ", ")}
	for _, r := range rounds {
		var cell any = ""
		for _, x := range st.Scores {
			if x.RoundID == r.ID {
				cell = export.Points(x.Points)
			}
		}
		row = append(row, cell)
	}
	return append(row, export.Points(st.Total))
}
