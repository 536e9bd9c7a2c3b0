package unit

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/export"
)

func sheet(lines ...string) []export.Row {
	rows := make([]export.Row, len(lines))
	for i, line := range lines {
		rows[i] = export.Row{Number: i + 1, Cells: strings.Split(line, "|")}
	}
	return rows
}

// take reads lines and puts them into a tree, whose new units then get numbers of their own.
func take(t interface{ Fatal(...any) }, tree Tree, rows []export.Row) (Tree, File, []Count) {
	file, err := ReadFile(rows)
	if err != nil {
		t.Fatal(err)
	}
	next, counts := tree.Take(&file, nil, "2026-01-01")
	number := int64(1000)
	for _, id := range next.IDs() {
		if id < 0 {
			next = renumbered(next, id, number-id)
			for i := range counts {
				if counts[i].UnitID == id {
					counts[i].UnitID = number - id
				}
			}
		}
	}
	if flaws := next.Flaws(); len(flaws) > 0 {
		t.Fatal("the file made a tree with flaws", flaws)
	}
	return next, file, counts
}

func statuses(f File) string {
	var out []string
	for _, r := range f.Rows {
		out = append(out, string(r.Status))
	}
	return strings.Join(out, " ")
}

func TestAListAsUnitsWriteIt(t *testing.T) {
	lines := []string{
		"ĐOÀN TNCS HỒ CHÍ MINH||||||",
		"STT|Tên đơn vị|Trực thuộc|Loại đơn vị|Hiệu lực từ|Số đoàn viên (người)|Ngày chốt",
		"1|Xã Thanh Sơn|Tỉnh Lam Giang|Cấp xã|45839|1.245|31/12/2025",
		"2|Tỉnh Lam Giang||Tỉnh|||",
		"3|X. Thanh Thủy|tỉnh lam giang|||98|",
		"|||||| ",
	}
	tree, file, counts := take(t, NewTree(nil, nil), sheet(lines...))
	if got := statuses(file); got != "new new new" {
		t.Fatalf("rows become %s: %+v", got, file.Rows)
	}
	if got := fmt.Sprintln(counts[0].Day, counts[0].Members, counts[1].Day, counts[1].Members); got != "2025-12-31 1245 2026-01-01 98\n" {
		t.Errorf("counts %s", got)
	}
	view := tree.At("2025-07-01")
	if got := names(view.Children(view.Children(0)[0].ID)); !reflect.DeepEqual(got, []string{"X. Thanh Thủy", "Xã Thanh Sơn"}) && !reflect.DeepEqual(got, []string{"Xã Thanh Sơn", "X. Thanh Thủy"}) {
		t.Errorf("under the province %q", got)
	}
	again, file, _ := take(t, tree, sheet(lines...))
	if got := statuses(file); !strings.HasPrefix(got, "changed same") || again.Len() != tree.Len() {
		// Take is given no stored counts here, so the counted rows are changes; the periods must be the same.
		t.Errorf("once more they become %s", got)
	}
	if !reflect.DeepEqual(again.units, tree.units) {
		t.Errorf("importing twice changes the tree")
	}
}

func TestRowsThatAreWrongSayWhy(t *testing.T) {
	const head = "Mã|Tên|Cấp trên|Loại|Từ ngày|Đến ngày|Kế tục"
	for name, c := range map[string]struct {
		lines []string
		want  string // statuses
		says  string // in the Vietnamese words of the first problem of the first refused row
	}{
		"no such parent":       {[]string{"|Xã Mới|Huyện Không Có"}, "error", "Không tìm thấy"},
		"a day that is none":   {[]string{"|Xã Mới|Tỉnh Lam Giang||31/02/2025"}, "error", "không phải là ngày"},
		"ends before":          {[]string{"|Xã Mới|Tỉnh Lam Giang||01/07/2025|01/06/2025"}, "error", "phải sau"},
		"depends on a bad one": {[]string{"A|Xã Mới|Huyện Không Có", "B|Thôn Một|A", "C|Thôn Hai|B"}, "error error error", "Không tìm thấy"},
		"a circle":             {[]string{"A|Khối Một|B", "B|Khối Hai|A"}, "error error", "ở dưới nó"},
		"two of one name":      {[]string{"A|Xã Mới|Tỉnh Lam Giang", "B|X. Mới|Tỉnh Lam Giang"}, "new error", "cùng tên"},
		"an unknown code":      {[]string{"KHONG|"}, "error", "Không có đơn vị nào mang mã"},
		"under what has ended": {[]string{"|Xã Mới|Huyện Sông Lam||01/01/2026"}, "error", "không tồn tại"},
		"a successor, no end":  {[]string{"|Xã Mới|Tỉnh Lam Giang||||Xã Đồng Tâm"}, "error", "cần “Đến ngày”"},
		"a good one beside":    {[]string{"|Xã Mới|Huyện Không Có", "|Xã Tốt|Tỉnh Lam Giang"}, "error new", "Không tìm thấy"},
		"ends its own parent":  {[]string{"|Tỉnh Lam Giang|||01/01/1990|01/01/2026"}, "error", "trực thuộc"},
	} {
		tree := july(t)
		next, file, _ := take(t, tree, sheet(append([]string{head}, c.lines...)...))
		if got := statuses(file); got != c.want {
			t.Errorf("%s: rows become %q, want %q: %+v", name, got, c.want, file.Rows)
			continue
		}
		for _, r := range file.Rows {
			if r.Status == RowRefused {
				if !strings.Contains(r.Problems[0].Vi, c.says) {
					t.Errorf("%s: says %q", name, r.Problems[0].Vi)
				}
				break
			}
		}
		if !strings.Contains(c.want, "new") && !reflect.DeepEqual(next.units, tree.units) {
			t.Errorf("%s: refused rows have changed the tree", name)
		}
	}
}

// What is exported and imported into an empty installation is the same tree, with the same past; and imported where it
// came from it changes nothing.
func TestExportAndImportAreTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := july(new(testing.T))
		next := int64(200)
		for i := range rapid.IntRange(0, 6).Draw(t, "acts") {
			ids := tree.IDs()
			one := rapid.SampledFrom(ids)
			c := Change{Kind: rapid.SampledFrom([]ChangeKind{Found, Rename, Move, Merge, Split, Dissolve}).Draw(t, "kind"), Day: Day(fmt.Sprintf("2026-%02d-01", i+1)),
				Ground: fmt.Sprintf("Căn cứ %d", i), Units: []int64{one.Draw(t, "unit")}, ParentID: one.Draw(t, "parent"), Keep: rapid.Bool().Draw(t, "keep"),
				New: Part{Name: fmt.Sprintf("Đơn vị %d", i), Kind: KindAgency, ShortName: fmt.Sprintf("ĐV%d", i), ParentID: one.Draw(t, "above")}}
			c.Into = []Part{{UnitID: one.Draw(t, "into")}}
			if c.Kind == Split {
				c.Into = append(c.Into, c.New)
			}
			if changed, err := tree.Apply(c); err == nil {
				for _, id := range changed.IDs() {
					if id < 0 {
						changed = renumbered(changed, id, next)
						next++
					}
				}
				tree = changed
			}
		}
		var counts []Count
		for _, id := range tree.IDs() {
			h := tree.units[id]
			h.Code = fmt.Sprintf("DV%05d", id)
			tree.units[id] = h
			for n := range rapid.IntRange(0, 2).Draw(t, "counts") {
				counts = append(counts, Count{UnitID: id, Day: Day(fmt.Sprintf("2025-%02d-28", n+1)), Members: rapid.IntRange(-1, 900).Draw(t, "members"), Staff: n})
			}
		}
		data, err := Workbook(tree, counts, rapid.SampledFrom([]string{"vi", "en"}).Draw(t, "language"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := export.ReadWorkbook(data, maxFileRows, maxFileColumns)
		if err != nil {
			t.Fatal(err)
		}
		there, file, took := take(t, NewTree(nil, nil), rows)
		for _, r := range file.Rows {
			if r.Status == RowRefused {
				t.Fatalf("row %d is refused: %+v", r.Number, r.Problems)
			}
		}
		if got, want := byCode(there), byCode(tree); !reflect.DeepEqual(got, want) {
			t.Fatalf("exported\n%v\nimported\n%v", want, got)
		}
		if len(took) != len(counts) {
			t.Fatalf("%d counts came back of %d", len(took), len(counts))
		}
		same, err := ReadFile(rows)
		if err != nil {
			t.Fatal(err)
		}
		back, added := tree.Take(&same, counts, "2026-12-31")
		if !reflect.DeepEqual(back.units, tree.units) || len(back.successors) != len(tree.successors) || len(added) > 0 || strings.Trim(statuses(same), "same ") != "" {
			t.Fatalf("imported where it came from: %s, %d counts", statuses(same), len(added))
		}
	})
}

// byCode is all of a tree, without the numbers of the units.
func byCode(t Tree) map[string]string {
	out := map[string]string{}
	for id, h := range t.units {
		var b strings.Builder
		for _, p := range h.Periods {
			fmt.Fprintf(&b, "[%s %s %q %q %s %s %q %q]", p.From, p.To, p.Name, p.ShortName, p.Kind, t.units[p.ParentID].Code, p.Ground, p.EndGround)
		}
		seen := map[string]bool{}
		for _, s := range t.Successors(id) {
			seen[t.units[s.SuccessorID].Code+string(s.Since)] = true
		}
		out[h.Code] = b.String() + fmt.Sprint(seen)
	}
	return out
}
