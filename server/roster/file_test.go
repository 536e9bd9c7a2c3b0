package roster

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
)

func faultCode(err error) string {
	if f := fault.From(err); f != nil {
		return f.Code
	}
	return ""
}

// file makes an .xlsx of rows of texts.
func file(t *testing.T, rows ...[]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for r, row := range rows {
		for c, text := range row {
			cell, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			if text == "" {
				continue
			}
			if err := f.SetCellStr("Sheet1", cell, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// preview brings a file in as an organizer.
func (g *ground) preview(data []byte) (File, error) {
	u, err := g.s.Bring(g.ctx, g.contest.ID, nil, "danh sách.xlsx", data)
	return u.File, err
}

// take brings a file in and takes its good rows; it gives the entries that were made.
func (g *ground) take(t *testing.T, data []byte) (File, []Entry, error) {
	t.Helper()
	u, err := g.s.Bring(g.ctx, g.contest.ID, nil, "danh sách.xlsx", data)
	if err != nil {
		return File{}, nil, err
	}
	before, err := g.s.Entries(g.ctx, g.contest.ID)
	if err != nil {
		return File{}, nil, err
	}
	done, _, err := g.s.Take(g.ctx, g.contest.ID, nil, u.ID, LedConsent{})
	if err != nil {
		return File{}, nil, err
	}
	after, err := g.s.Entries(g.ctx, g.contest.ID)
	if len(after)-len(before) != done.Added {
		t.Errorf("%d were added, it says %d", len(after)-len(before), done.Added)
	}
	return done.File, after[len(before):], err
}

func TestImportTakesTheGoodRowsAndSaysWhatIsWrong(t *testing.T) {
	g := lay(t, contest.PersonEntry, "Cán bộ", "Người dân")
	if _, err := g.s.Add(g.ctx, g.contest.ID, Draft{Name: "Lê Thị Hòa", UnitName: "Phường Hạc Thành", DivisionID: g.contest.Divisions[0].ID}); err != nil {
		t.Fatal(err)
	}
	data := file(t,
		[]string{"UBND PHƯỜNG HẠC THÀNH"},
		[]string{"", "DANH SÁCH ĐĂNG KÝ DỰ THI"},
		[]string{},
		[]string{"STT", "Họ và tên (*)", "Bảng", "Đơn vị", "Số điện thoại (Zalo)", "Cỡ áo"},
		[]string{"1", "Nguyễn Văn Bình", "cán bộ", "P. Hạc Thành", "912345678", "L"},
		[]string{"2", "Lê Thị Hoà", "Cán bộ", "P. Hạc Thành"},                          // there already, tone set elsewhere
		[]string{"3", "Nguyễn Văn Bình", "Cán bộ", "Phường Hạc Thành", "+84912345678"}, // row 5 again
		[]string{"4", "Nguyễn Văn Bình", "Cán bộ", "Phường Hạc Thành", "0900000001"},   // another person of that name
		[]string{"5", "Trần Cúc", "Bảng Z", "Phường Hạc Thành"},
		[]string{"6", "Đỗ Dũng", "Người dân", "Xã Nghĩa Đô", "gọi văn phòng"},
		[]string{"7", "Phan Én", "Người dân", "Phường Hac Thanh"}, // looks like a known unit
		[]string{"", "", "", "NGƯỜI LẬP BIỂU"},
	)
	preview, err := g.preview(data)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range preview.Entries {
		got = append(got, fmt.Sprintf("%d %s %s", e.FirstRow, e.Draft.Name, e.Status))
	}
	want := []string{"5 Nguyễn Văn Bình new", "6 Lê Thị Hoà duplicate", "7 Nguyễn Văn Bình duplicate", "8 Nguyễn Văn Bình new",
		"9 Trần Cúc error", "10 Đỗ Dũng error", "11 Phan Én new"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Fatalf("the file is understood as\n%s", strings.Join(got, "\n"))
	}
	if e := preview.Entries[1]; e.Number != "001" {
		t.Errorf("the duplicate does not name the entry that is there: %+v", e)
	}
	for row, words := range map[int]string{4: "Bảng Z", 5: "10 chữ số", 6: "gần giống “Phường Hạc Thành”", 3: "dòng 5"} {
		if p := preview.Entries[row].Problems; len(p) != 1 || !strings.Contains(p[0].Vi, words) || p[0].En == "" {
			t.Errorf("row %d: %+v, want %q", preview.Entries[row].FirstRow, p, words)
		}
	}
	if p := preview.Entries[5].Problems[0]; p.Column != "Số điện thoại (Zalo)" || p.Row != 10 {
		t.Errorf("the problem stands at row %d, %q", p.Row, p.Column)
	}
	if entries, _ := g.s.Entries(t.Context(), g.contest.ID); len(entries) != 1 {
		t.Fatalf("the preview has added entries: %d", len(entries))
	}
	_, added, err := g.take(t, data)
	if err != nil || len(added) != 3 || added[0].Number != "002" || added[0].UnitName != "Phường Hạc Thành" {
		t.Fatalf("added %+v, %v", added, err)
	}
	again, added, err := g.take(t, data)
	if err != nil || len(added) != 0 {
		t.Fatalf("the same file again adds %+v, %v", added, err)
	}
	for _, e := range again.Entries {
		if e.Status == FileNew {
			t.Errorf("row %d is new again", e.FirstRow)
		}
	}
}

func TestImportTeams(t *testing.T) {
	g := lay(t, contest.TeamEntry)
	data := file(t,
		[]string{"Tên đội", "Đơn vị", "Họ đệm", "Tên", "Vai trò", "SĐT"},
		[]string{"Đội Ánh Sáng", "Xã Nghĩa Đô", "Vàng Thị", "Mỷ", "", ""},
		[]string{"", "", "Lò Văn", "Ến", "đội trưởng", "0912345678"},
		[]string{"", "", "Hà", "Nhi", "Dự bị", ""},
		[]string{"Đội Ánh Sáng", "Xã Tân Lập", "Lê", "An", "", ""}, // the same name, another unit
		[]string{"", "", "Lê", "Bo", "", ""},
		[]string{"", "Xã Yên Bình", "Ma", "Cư", "", ""}, // no name: called after its unit
		[]string{"Đội Đông", "Xã Yên Bình", "A", "Một", "", ""},
		[]string{"", "", "B", "Hai", "", ""}, []string{"", "", "C", "Ba", "", ""}, []string{"", "", "D", "Bốn", "", ""}, []string{"", "", "E", "Năm", "", ""},
	)
	_, added, err := g.take(t, data)
	if err != nil {
		t.Fatal(err)
	}
	if len(added) != 3 {
		t.Fatalf("%d teams: %+v", len(added), added)
	}
	first := added[0]
	if first.UnitName != "Xã Nghĩa Đô" || len(first.Members) != 3 || first.Members[0].Name != "Lò Văn Ến" || first.Members[0].Role != RoleCaptain || first.Members[2].Role != RoleReserve {
		t.Errorf("first team %+v", first)
	}
	if added[1].UnitName != "Xã Tân Lập" || added[2].Name != "Đội Xã Yên Bình" {
		t.Errorf("other teams %+v", added[1:])
	}
	preview, err := g.preview(data)
	if err != nil {
		t.Fatal(err)
	}
	last := preview.Entries[3]
	if last.Status != FileRefused || last.FirstRow != 8 || last.LastRow != 12 || !strings.Contains(last.Problems[0].Vi, "hiện có 5") {
		t.Errorf("a team of five where four are allowed: %+v", last)
	}
}

func TestImportRefusesWhatIsNoList(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	for code, data := range map[string][]byte{
		"file_no_header": file(t, []string{"A", "B"}, []string{"1", "2"}),
		"file_empty":     file(t, []string{"Họ và tên", "Đơn vị"}),
		"not_xlsx":       []byte("Họ và tên,Đơn vị\n"),
	} {
		_, err := g.preview(data)
		wantFault(t, err, code)
	}
}

func TestTheTemplateComesBackAsARegistration(t *testing.T) {
	for _, kind := range []contest.EntryKind{contest.PersonEntry, contest.TeamEntry} {
		g := lay(t, kind, "A", "B")
		for _, locale := range []string{"vi", "en"} {
			data, err := g.s.Template(g.ctx, g.contest.ID, locale)
			if err != nil {
				t.Fatal(err)
			}
			_, err = g.preview(data)
			wantFault(t, err, "file_empty") // nothing of the guide is registered
			f, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			guide, err := f.GetRows(f.GetSheetList()[1])
			if err != nil {
				t.Fatal(err)
			}
			// Filled in as the guide shows, it is understood.
			head, row := []string{}, []string{}
			for _, line := range guide[1:] {
				head, row = append(head, line[0]), append(row, line[2])
			}
			preview, err := g.preview(file(t, head, row))
			if err != nil || len(preview.Entries) != 1 || preview.Entries[0].Status != FileNew {
				t.Fatalf("%s %s: %+v, %v", kind, locale, preview, err)
			}
		}
	}
}

func TestBigImport(t *testing.T) {
	g := lay(t, contest.PersonEntry)
	rows := make([][]any, 5000)
	for i := range rows {
		rows[i] = []any{fmt.Sprintf("Nguyễn Văn Thí Sinh %d", i), fmt.Sprintf("Xã Số %d", i%166)}
	}
	var b bytes.Buffer
	if err := export.WriteWorkbook(&b, export.Sheet{Name: "A", Columns: []export.Column{{Title: "Họ và tên"}, {Title: "Đơn vị"}}, Rows: rows}); err != nil {
		t.Fatal(err)
	}
	_, added, err := g.take(t, b.Bytes())
	if err != nil || len(added) != 5000 || added[4999].Number != "5000" {
		t.Fatalf("added %d, %v", len(added), err)
	}
	o, err := g.s.Overview(g.ctx, g.contest.ID)
	if err != nil || len(o.Units) != 166 || o.Entries[EntryActive] != 5000 {
		t.Fatalf("overview: %d units, %v, %v", len(o.Units), o.Entries, err)
	}
}

func TestCardsOpenTheDoor(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	g := lay(t, contest.PersonEntry)
	e, err := g.s.Add(g.ctx, g.contest.ID, Draft{Name: "Nguyễn Thị Hoài An", UnitName: "Phường Hạc Thành"})
	if err != nil {
		t.Fatal(err)
	}
	data, replaced, err := g.s.Cards(g.ctx, g.contest.ID, nil, "https://hoithi.vn/", "vi")
	if err != nil || len(replaced) != 0 {
		t.Fatalf("%v, replaced %q", err, string(replaced))
	}
	path := filepath.Join(t.TempDir(), "cards.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	code, _ := g.codeOf(t, e.ID)
	for _, want := range []string{"001", "Nguyễn Thị Hoài An", export.GroupCode(code), "hoithi.vn/contestant"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the card lacks %q:\n%s", want, out)
		}
	}
	for _, bad := range []string{"", "hoithi.vn", "javascript:alert(1)", "https://a.vn/x", "https://u:p@a.vn"} {
		if _, _, err := g.s.Cards(g.ctx, g.contest.ID, nil, bad, "vi"); faultCode(err) != "bad_address" {
			t.Errorf("address %q: %v", bad, err)
		}
	}
}

func TestTheListHoldsNoCodesAndComesBack(t *testing.T) {
	g := lay(t, contest.TeamEntry)
	e, err := g.s.Add(g.ctx, g.contest.ID, Draft{Name: "Đội Một", UnitName: "Xã Nghĩa Đô", Members: []Member{{Name: "=1+1 Vàng Thị Mỷ"}, {Name: "Lò Ến"}}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := g.s.List(g.ctx, g.contest.ID, "vi", []string{KeyPhone, KeyEmail, KeyBirthDate})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := export.ReadWorkbook(data, 100, 20)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if rows[1].Cell(0) != "001" || rows[1].Cell(4) != "=1+1 Vàng Thị Mỷ" || rows[1].Cell(5) != "Đội trưởng" {
		t.Errorf("row %q", rows[1].Cells)
	}
	code, link := g.codeOf(t, e.ID)
	for _, row := range rows {
		if text := strings.Join(row.Cells, "|"); strings.Contains(text, code) || strings.Contains(text, link) {
			t.Error("the list holds a code or a link")
		}
	}
	preview, err := g.preview(data)
	if err != nil || len(preview.Entries) != 1 || preview.Entries[0].Status != FileDuplicate {
		t.Errorf("the list read back: %+v, %v", preview, err)
	}
}

// A row that is like two others in the same way says so once.
func TestAFileSaysNothingTwice(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.PersonEntry)
	g.asks(t, func(*Terms) {})
	g.register(t, of("Lê Một", "Xã Nghĩa Đô", Person{Phone: "0912345678"}))
	g.register(t, of("Lê Hai", "Xã Nghĩa Đô", Person{Phone: "0912345678"}))
	preview, err := g.preview(file(t, []string{"Họ và tên", "Đơn vị", "Số điện thoại"}, []string{"Lê Ba", "Xã Nghĩa Đô", "0912345678"}))
	if err != nil || len(preview.Entries) != 1 {
		t.Fatalf("%+v, %v", preview.Entries, err)
	}
	said := map[string]int{}
	for _, p := range preview.Entries[0].Problems {
		said[p.Vi]++
	}
	if said["Thí sinh trùng với một đăng ký khác: cùng số điện thoại."] != 1 || len(said) != len(preview.Entries[0].Problems) {
		t.Errorf("said: %v", said)
	}
	if found := preview.Entries[0].findings; len(found) != 2 {
		t.Errorf("the organizer should be pointed to both: %+v", found)
	}
}
