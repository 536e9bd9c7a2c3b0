package unit

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/unit/unitdb"
)

// Preview reads a file and says what would become of each row, without saving anything.
func (s *Service) Preview(ctx context.Context, data []byte) (File, error) {
	file, err := readWorkbook(data)
	if err != nil {
		return File{}, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return File{}, err
	}
	counts, err := s.Counts(ctx)
	if err != nil {
		return File{}, err
	}
	tree.Take(&file, counts, Today())
	return file, nil
}

func readWorkbook(data []byte) (File, error) {
	rows, err := export.ReadWorkbook(data, maxFileRows, maxFileColumns)
	if err != nil {
		return File{}, err
	}
	return ReadFile(rows)
}

// Import takes what is right in a file into the tree, all of it or nothing; the rest is left and reported. The same
// file once more changes nothing.
func (s *Service) Import(ctx context.Context, data []byte) (File, error) {
	var file File
	var counts []Count
	var q *unitdb.Queries
	var stored []Count
	err := s.keep(ctx, func(_ pgx.Tx, tq *unitdb.Queries, old Tree) (Tree, error) {
		q = tq
		var err error
		if file, err = readWorkbook(data); err != nil {
			return old, err
		}
		rows, err := q.AllHeadcounts(ctx)
		if err != nil {
			return old, err
		}
		stored = countsOf(rows)
		var next Tree
		next, counts = old.Take(&file, stored, Today())
		return next, nil
	}, func(tx pgx.Tx, k kept) error {
		for i := range counts {
			if id, ok := k.ids[counts[i].UnitID]; ok {
				counts[i].UnitID = id
			}
		}
		if err := setCounts(ctx, q, counts); err != nil {
			return err
		}
		made, changed := 0, 0
		for _, r := range file.Rows {
			switch r.Status {
			case RowNew:
				made++
			case RowChanged:
				changed++
			case RowSame, RowRefused:
			}
		}
		if made+changed == 0 {
			return nil
		}
		return s.note(ctx, tx, k, Act{Kind: ActImport}, recounted(stored, counts), map[string]any{"new": made, "changed": changed, "counts": len(counts)})
	})
	return file, err
}

func countsOf(rows []unitdb.AllHeadcountsRow) []Count {
	counts := make([]Count, len(rows))
	for i, r := range rows {
		counts[i] = Count{UnitID: r.UnitID, Day: Day(r.OnDay), Members: int(r.Members), Staff: int(r.Staff)}
	}
	return counts
}

// Counts are all headcounts.
func (s *Service) Counts(ctx context.Context) ([]Count, error) {
	rows, err := s.q.AllHeadcounts(ctx)
	return countsOf(rows), postgres.Fault(err)
}

// CountsAt are the newest headcounts up to a day ("": today), by unit.
func (s *Service) CountsAt(ctx context.Context, at Day) (map[int64]Count, error) {
	rows, err := s.q.HeadcountsAt(ctx, string(orToday(at)))
	if err != nil {
		return nil, postgres.Fault(err)
	}
	counts := make(map[int64]Count, len(rows))
	for _, r := range rows {
		counts[r.UnitID] = Count{UnitID: r.UnitID, Day: Day(r.OnDay), Members: int(r.Members), Staff: int(r.Staff)}
	}
	return counts, nil
}

// CountsOf are the headcounts of one unit, newest first.
func (s *Service) CountsOf(ctx context.Context, id int64) ([]Count, error) {
	rows, err := s.q.HeadcountsOf(ctx, id)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	counts := make([]Count, len(rows))
	for i, r := range rows {
		counts[i] = Count{UnitID: id, Day: Day(r.OnDay), Members: int(r.Members), Staff: int(r.Staff)}
	}
	return counts, nil
}

func setCounts(ctx context.Context, q *unitdb.Queries, counts []Count) error {
	type key struct {
		id  int64
		day Day
	}
	last := map[key]int{}
	for i, c := range counts {
		last[key{c.UnitID, c.Day}] = i
	}
	var p unitdb.SetHeadcountsParams
	for i, c := range counts {
		if last[key{c.UnitID, c.Day}] != i {
			continue // said twice in one file: the last one counts
		}
		p.UnitIds = append(p.UnitIds, c.UnitID)
		p.Days = append(p.Days, string(c.Day))
		p.Members = append(p.Members, int32(c.Members))
		p.Staff = append(p.Staff, int32(c.Staff))
	}
	return q.SetHeadcounts(ctx, p)
}

var badCount = fault.New(fault.Invalid, "bad_headcount",
	"Hãy ghi ngày và ít nhất một số từ 0 đến 10.000.000.", "Give a day and at least one number from 0 to 10,000,000.")

// SetCount keeps how many people a unit has on a day; with both below zero the count of that day is dropped.
func (s *Service) SetCount(ctx context.Context, c Count) error {
	if !c.Day.Valid() || c.Members > 10_000_000 || c.Staff > 10_000_000 {
		return badCount.At("day", badCount.Vi, badCount.En)
	}
	c.Members, c.Staff = max(c.Members, -1), max(c.Staff, -1)
	if _, err := s.Get(ctx, c.UnitID); err != nil {
		return err
	}
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		payload := map[string]any{"unit_id": c.UnitID, "day": string(c.Day)}
		if c.Members < 0 && c.Staff < 0 {
			n, err := q.DropHeadcount(ctx, unitdb.DropHeadcountParams{UnitID: c.UnitID, Day: string(c.Day)})
			if err != nil || n == 0 {
				return err
			}
			return audit.Append(ctx, tx, 0, "unit.drop_count", payload)
		}
		if err := setCounts(ctx, q, []Count{c}); err != nil {
			return err
		}
		payload["members"], payload["staff"] = c.Members, c.Staff
		return audit.Append(ctx, tx, 0, "unit.count", payload)
	})
	return postgres.Fault(err)
}

// Export writes the tree over time as .xlsx: a row for each period of each unit, from the top down, and one for each
// further headcount. What is exported can be imported again, here or elsewhere, and is the same.
func (s *Service) Export(ctx context.Context, locale string) ([]byte, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.Counts(ctx)
	if err != nil {
		return nil, err
	}
	return Workbook(tree, counts, locale)
}

// Workbook is the tree as a file.
func Workbook(tree Tree, counts []Count, locale string) ([]byte, error) {
	of := map[int64][]Count{}
	for _, c := range counts {
		of[c.UnitID] = append(of[c.UnitID], c)
	}
	sheet := export.Sheet{Name: pick(locale, "Đơn vị", "Units"), Columns: columns(locale)}
	for _, id := range tree.order() {
		sheet.Rows = append(sheet.Rows, tree.rows(id, of[id], locale)...)
	}
	var b bytes.Buffer
	err := export.WriteWorkbook(&b, sheet, guide(locale))
	return b.Bytes(), err
}

// order leads from the top down, each unit under the parent that it had last.
func (t Tree) order() []int64 {
	children := map[int64][]Unit{}
	for id, h := range t.units {
		last := h.Periods[len(h.Periods)-1]
		children[last.ParentID] = append(children[last.ParentID], Unit{ID: id, Name: last.Name, Kind: last.Kind})
	}
	var order []int64
	var walk func(id int64)
	walk = func(id int64) {
		units := children[id]
		slices.SortFunc(units, func(a, b Unit) int { return cmp.Compare(a.ID, b.ID) })
		Sort(units)
		for _, u := range units {
			order = append(order, u.ID)
			if u.ID != id {
				walk(u.ID)
			}
		}
	}
	walk(0)
	return order
}

func (t Tree) rows(id int64, counts []Count, locale string) [][]any {
	h := t.units[id]
	rows := make([][]any, 0, len(h.Periods)+len(counts))
	for i, p := range h.Periods {
		up := t.units[p.ParentID]
		row := []any{h.Code, p.Name, p.ShortName, KindText(p.Kind, locale), up.Code, up.Near(p.From).Name, dayCell(p.From), dayCell(p.To), p.Ground, p.EndGround,
			t.heirsCell(id, p, i == len(h.Periods)-1), "", "", ""}
		for len(counts) > 0 && i == len(h.Periods)-1 {
			row[11], row[12], row[13] = countCell(counts[0].Members), countCell(counts[0].Staff), dayCell(counts[0].Day)
			counts = counts[1:]
			break
		}
		rows = append(rows, row)
	}
	for _, c := range counts {
		rows = append(rows, []any{h.Code, "", "", "", "", "", "", "", "", "", "", countCell(c.Members), countCell(c.Staff), dayCell(c.Day)})
	}
	return rows
}

// heirsCell names the successors of a period's time: by code, with the day when the unit itself went on.
func (t Tree) heirsCell(id int64, p Period, last bool) string {
	var parts []string
	for _, s := range t.Successors(id) {
		switch {
		case last && s.Since == p.To:
			parts = append(parts, t.units[s.SuccessorID].Code)
		case s.Since >= p.From && (p.To == "" || s.Since < p.To):
			parts = append(parts, t.units[s.SuccessorID].Code+" ("+DayText(s.Since)+")")
		}
	}
	return strings.Join(parts, "; ")
}

func dayCell(d Day) string {
	if d == Always {
		return ""
	}
	return DayText(d)
}

func countCell(n int) any {
	if n < 0 {
		return ""
	}
	return n
}

func pick(locale, vi, en string) string {
	if locale == "en" {
		return en
	}
	return vi
}

func columns(locale string) []export.Column {
	kinds := make([]string, len(Kinds))
	for i, k := range Kinds {
		kinds[i] = strings.ReplaceAll(KindText(k, locale), ",", "")
	}
	return []export.Column{{Title: pick(locale, "Mã đơn vị", "Code"), Width: 14}, {Title: pick(locale, "Tên đơn vị", "Name"), Width: 44},
		{Title: pick(locale, "Tên viết tắt", "Short name"), Width: 16}, {Title: pick(locale, "Loại", "Kind"), Width: 18, Choices: kinds},
		{Title: pick(locale, "Mã cấp trên", "Parent code"), Width: 14}, {Title: pick(locale, "Đơn vị cấp trên", "Parent"), Width: 34},
		{Title: pick(locale, "Từ ngày", "From"), Width: 13}, {Title: pick(locale, "Đến ngày", "To"), Width: 13},
		{Title: pick(locale, "Căn cứ", "Ground"), Width: 40}, {Title: pick(locale, "Căn cứ kết thúc", "End ground"), Width: 40},
		{Title: pick(locale, "Đơn vị kế tục", "Successor"), Width: 24}, {Title: pick(locale, "Số đoàn viên", "Members"), Width: 13},
		{Title: pick(locale, "Số cán bộ", "Staff"), Width: 12}, {Title: pick(locale, "Ngày chốt số", "Counted on"), Width: 14}}
}

func guide(locale string) export.Sheet {
	line := func(vi, en, howVi, howEn, example string) []any {
		return []any{pick(locale, vi, en), pick(locale, howVi, howEn), example}
	}
	return export.Sheet{Name: pick(locale, "Hướng dẫn", "Guide"),
		Columns: []export.Column{{Title: pick(locale, "Cột", "Column"), Width: 22}, {Title: pick(locale, "Cách ghi", "How to fill it"), Width: 80}, {Title: pick(locale, "Ví dụ", "Example"), Width: 34}},
		Rows: [][]any{
			line("Mã đơn vị", "Code", "Không bắt buộc. Có mã thì nhận đúng đơn vị dù tên đã đổi.", "Optional. With a code the unit is found even after it was renamed.", "DV00012"),
			line("Tên đơn vị", "Name", "Bắt buộc. Mỗi lần đổi tên hoặc đổi cấp trên là một dòng nữa cùng mã.", "Required. Each renaming or moving is one more row with the same code.", "Xã Thanh Sơn"),
			line("Đơn vị cấp trên", "Parent", "Tên hoặc mã. Để trống: đơn vị đứng đầu.", "Name or code. Empty: at the top.", "Tỉnh Lam Giang"),
			line("Từ ngày, Đến ngày", "From, To", "Để trống Từ ngày: có từ trước. Đến ngày là ngày đầu tiên không còn.", "From left empty: since ever. To is the first day on which it is no more.", "01/07/2025"),
			line("Đơn vị kế tục", "Successor", "Tên hoặc mã; nhiều đơn vị cách nhau bằng dấu chấm phẩy.", "Name or code; several parted by semicolons.", "DV00031; DV00032"),
			line("Số đoàn viên, Số cán bộ", "Members, Staff", "Không bắt buộc, kèm Ngày chốt số.", "Optional, with the day of the count.", "245"),
		}}
}

// Template is an empty file for units.
func Template(locale string) ([]byte, error) {
	var b bytes.Buffer
	err := export.WriteWorkbook(&b, export.Sheet{Name: pick(locale, "Đơn vị", "Units"), Columns: columns(locale)}, guide(locale))
	return b.Bytes(), err
}
