package sheet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/export"
)

func catalogue() []Field {
	return []Field{
		{Key: "name", Kind: Person, Titles: []string{"ho va ten", "ho ten"}, Parts: []string{"ho ten", "ho va ten"}, Lead: true},
		{Key: "birth", Kind: Date, Titles: []string{"ngay sinh"}, Parts: []string{"sinh"}},
		{Key: "phone", Kind: Phone, Titles: []string{"so dien thoai", "sdt"}, Parts: []string{"dien thoai", "zalo"}},
		{Key: "email", Kind: Email, Titles: []string{"email"}, Parts: []string{"mail"}},
		{Key: "division", Kind: Known, Titles: []string{"bang"}, Values: map[string]struct{}{"can bo": {}, "nguoi dan": {}}},
		{Key: "citizen", Kind: Citizen, Titles: []string{"cccd"}},
		{Key: "unit", Kind: Text, Titles: []string{"don vi"}, Parts: []string{"don vi"}},
		{Key: Ignored, Kind: Text, Titles: []string{"stt", "tt"}},
	}
}

func table(rows ...[]string) Table {
	t := Table{Name: "Sheet1"}
	for i, cells := range rows {
		if strings.Join(cells, "") != "" {
			t.Rows = append(t.Rows, export.Row{Number: i + 1, Cells: cells})
		}
	}
	return t
}

func TestTheHeaderIsFoundBelowTitlesAndOnTwoLines(t *testing.T) {
	for name, c := range map[string]struct {
		t    Table
		want string
		head int
	}{
		"titles above": {table([]string{"ĐOÀN TNCS HỒ CHÍ MINH"}, []string{"", "", "DANH SÁCH THÍ SINH CÁC ĐƠN VỊ"}, nil,
			[]string{"TT", "Họ và tên (*)", "Ngày tháng năm sinh", "Đơn vị công tác", "Điện thoại/Zalo"},
			[]string{"1", "Lê An", "7/8/1999", "Xã A", "912345678"}), "ignored name birth unit phone", 2},
		"two lines": {table([]string{"TT", "Họ và tên", "Liên hệ", "", "Đơn vị"}, []string{"TT", "Họ và tên", "SĐT", "E-mail", ""},
			[]string{"1", "Lê An", "0912345678", "a@b.vn", "Xã A"}), "ignored name phone email unit", 1},
		"names of its own": {table([]string{"Ai dự thi", "Họ tên", "Gọi số", "Thư", "Nhóm", "Số giấy tờ"},
			[]string{"x", "Lê An", "0912345678", "a@b.vn", "Cán bộ", "038099012345"}, []string{"y", "Lê Bo", "912345679", "", "Người dân", ""}),
			"ignored name phone email division citizen", 0},
		"no header at all": {table([]string{"1", "Nguyễn Văn An", "0912 345 678", "Xã A"}, []string{"2", "Lê Thị Bình", "0912 345 679", "Xã A"}),
			"ignored name phone ignored", -1},
		"a title that lies": {table([]string{"Họ tên", "Số điện thoại cố định"}, []string{"Lê An", "không"}, []string{"Lê Bo", "chưa có"}, []string{"Lê Ca", "bận"}),
			"name ignored", 0},
	} {
		l := Propose(c.t, catalogue())
		if got := strings.Join(l.Fields(), " "); got != c.want || l.Head != c.head {
			t.Errorf("%s: %q at %d, want %q at %d", name, got, l.Head, c.want, c.head)
		}
	}
}

func TestTheSameHeaderIsRecognised(t *testing.T) {
	a := Propose(table([]string{"Họ và tên", "Cột lạ"}, []string{"Lê An", "x"}), catalogue())
	b := Propose(table([]string{"Danh sách"}, []string{"HỌ VÀ TÊN", "cột  lạ"}, []string{"Trần Bo", "y"}), catalogue())
	c := Propose(table([]string{"Họ và tên", "Cột khác"}, []string{"Lê An", "x"}), catalogue())
	if string(a.Signature()) != string(b.Signature()) || string(a.Signature()) == string(c.Signature()) {
		t.Error("signatures follow something else than the header's words")
	}
	if got := a.With([]string{"name", "unit"}, catalogue()).Fields(); fmt.Sprint(got) != "[name unit]" {
		t.Errorf("corrected: %v", got)
	}
	if got := a.With([]string{"unit", "unit"}, catalogue()).Fields(); fmt.Sprint(got) != "[unit ignored]" {
		t.Errorf("one field in two columns: %v", got)
	}
	if got := a.With([]string{"name", "no such field"}, catalogue()).Fields(); fmt.Sprint(got) != "[name ignored]" {
		t.Errorf("an unknown field: %v", got)
	}
}

func TestDatesAsTheyCome(t *testing.T) {
	for in, want := range map[string]string{
		"7/8/1999": "1999-08-07", "07-08-1999": "1999-08-07", "7.8.1999": "1999-08-07", "07/08/99": "1999-08-07", "1999-08-07": "1999-08-07",
		"1999-08-07T00:00:00Z": "1999-08-07", "36379": "1999-08-07", "36379.0": "1999-08-07", "36379.5": "1999-08-07",
		"07081999": "1999-08-07", "ngày 7 tháng 8 năm 1999": "1999-08-07", "8/25/1999": "1999-08-25", "29/02/2000": "2000-02-29",
		"1/1/05": "2005-01-01", " 7 / 8 / 1999 ": "1999-08-07", "61": "1900-03-01", "3.6379E4": "1999-08-07",
		"1999": "only_year", "30/02/1999": "no_such_day", "hôm qua": "not_a_date", "": "not_a_date", "7/8": "not_a_date", "1/2/3": "not_a_date",
	} {
		d, bad := ReadDate(in)
		got := d.String()
		if bad != "" {
			got = string(bad)
		}
		if got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

// Excel's number of a day and the calendar agree on every day.
func TestSerialsAreDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2101, 73_000).Draw(t, "serial")
		want := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
		if d, bad := ReadDate(fmt.Sprint(n)); bad != "" || d.String() != want {
			t.Fatalf("%d is %v %s, want %s", n, d, bad, want)
		}
	})
}

func TestNumbersThatSpreadsheetsBend(t *testing.T) {
	for in, want := range map[string]string{"9.12345678E8": "912345678", "912345678.0": "912345678", "3.8099012345E10": "38099012345",
		"0912345678": "0912345678", "12.000": "12.000", "1E99": "1E99", "1.23E1": "1.23E1", "E5": "E5", "Lê": "Lê"} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
	if got := CitizenNumber("3.8099012345E10"); got != "038099012345" {
		t.Errorf("citizen number %q", got)
	}
	for in, want := range map[string]bool{"912345678": true, "0912.345.678": true, "+84 912 345 678": true, "0241234567": true, "1": false, "123456789": false, "phòng 5": false, "0012345678": false} {
		if IsPhone(in) != want {
			t.Errorf("IsPhone(%q) = %v", in, !want)
		}
	}
}

// Whatever stands in a table: no panic, the layout fits the table, no field twice, and the same again with its own fields.
func TestAnyTableIsUnderstoodSomehow(t *testing.T) {
	cell := rapid.OneOf(rapid.SampledFrom([]string{"", "Họ và tên", "SĐT", "Bảng", "TT", "Lê An", "0912345678", "7/8/1999", "a@b.vn", "Cán bộ", "("}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		tab := table(rapid.SliceOfN(rapid.SliceOfN(cell, 0, 12), 0, 40).Draw(t, "rows")...)
		l := Propose(tab, catalogue())
		if l.Head >= len(tab.Rows) || l.First != l.Head+1 {
			t.Fatalf("head %d, first %d of %d rows", l.Head, l.First, len(tab.Rows))
		}
		seen := map[string]bool{}
		for _, f := range l.Fields() {
			if f != Ignored && seen[f] {
				t.Fatalf("%s stands twice in %v", f, l.Fields())
			}
			seen[f] = true
		}
		if again := l.With(l.Fields(), catalogue()); fmt.Sprint(again.Fields()) != fmt.Sprint(l.Fields()) {
			t.Fatalf("%v becomes %v", l.Fields(), again.Fields())
		}
	})
}

func FuzzCells(f *testing.F) {
	for _, s := range []string{"7/8/1999", "9.12E8", "\xff", "((((", "0000000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, bad := ReadDate(s); bad == "" {
			if back, bad := ReadDate(d.String()); bad != "" || back != d {
				t.Errorf("%q is %v, which reads as %v %s", s, d, back, bad)
			}
		}
		if len(Plain(s)) > len(s)+40 {
			t.Errorf("%q grows", s)
		}
		_ = CitizenNumber(s)
		Propose(table([]string{s, "Họ và tên"}, []string{s, s}), catalogue())
	})
}
