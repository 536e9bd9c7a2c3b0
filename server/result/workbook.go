package result

import (
	"fmt"
	"io"
	"slices"
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
		if len(s.Awards) > 0 {
			sheet.Columns = append(sheet.Columns, export.Column{Title: word("Giải", "Award"), Width: 18})
		}
		sheet.Columns = append(sheet.Columns, export.Column{Title: word("Tổng điểm", "Total"), Width: 12})
		for _, st := range s.Standings {
			if st.DivisionID == d.ID {
				row := workbookRow(st, s.Rounds, word("đồng hạng", "tied"))
				if len(s.Awards) > 0 {
					row = slices.Insert(row, len(row)-1, any(AwardOf(s.Awards, st.EntryID)))
				}
				sheet.Rows = append(sheet.Rows, row)
			}
		}
		sheets = append(sheets, sheet)
	}
	if len(s.Awards)+len(s.SidePrizes) > 0 {
		sheets = append(sheets, awardSheet(s, word))
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

// awardSheet lists every award with those who receive it, the withheld ones with their reason.
func awardSheet(s Snapshot, word func(vi, en string) string) export.Sheet {
	sheet := export.Sheet{Name: word("Giải thưởng", "Awards"), Columns: []export.Column{{Title: word("Bảng", "Division"), Width: 20}, {Title: word("Giải", "Award"), Width: 28},
		{Title: word("Người, đơn vị nhận giải", "Receiver"), Width: 44}, {Title: word("Đơn vị", "Unit"), Width: 36}, {Title: word("Hạng", "Place"), Width: 8},
		{Title: word("Phần thưởng", "Prize"), Width: 30}, {Title: word("Ghi chú", "Note"), Width: 40}}}
	entries, divisions := map[int64]Standing{}, map[int64]string{0: word("Tập thể", "Units")}
	for _, st := range s.Standings {
		entries[st.EntryID] = st
	}
	for _, d := range s.Divisions {
		divisions[d.ID] = d.Name
	}
	for _, g := range s.Awards {
		for _, r := range g.Entries {
			st := entries[r.EntryID]
			sheet.Rows = append(sheet.Rows, []any{divisions[g.DivisionID], g.Name, st.Number + " · " + st.Name, st.UnitName, itoa(r.Place), g.Prize, ""})
		}
		for _, u := range g.Units {
			sheet.Rows = append(sheet.Rows, []any{divisions[0], g.Name, u.Name, "", itoa(u.Place), g.Prize, ""})
		}
		if g.Withheld > 0 {
			sheet.Rows = append(sheet.Rows, []any{divisions[g.DivisionID], g.Name, fmt.Sprintf(word("Không trao %d giải", "%d withheld"), g.Withheld), "", "", "", g.Reason})
		}
	}
	for _, p := range s.SidePrizes {
		who, unit := p.Receiver, ""
		if st, ok := entries[p.EntryID]; ok {
			who, unit = strings.TrimPrefix(p.Receiver+" · "+st.Name, " · "), st.UnitName
		}
		sheet.Rows = append(sheet.Rows, []any{word("Giải phụ", "Side prize"), p.Name, who, unit, "", p.Prize, p.Note})
	}
	return sheet
}
