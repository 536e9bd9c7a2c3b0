package unit

import (
	"errors"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/fault"
)

func faultCode(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func TestVietnameseOrder(t *testing.T) {
	want := []string{"Xã An Bình", "Xã Ân Thi", "Xã Ba Đình", "Xã Bá Thước", "Xã Bà Triệu", "Xã Da Nhĩm", "Xã Đa Tốn", "Xã Hòa An", "Xã Hồ Nam",
		"Xã Hơ Moong", "Xã Tân Lập 2", "Xã Tân Lập 10", "Xã Yên Bái"}
	units := make([]Unit, len(want))
	for i, name := range want {
		units[len(want)-1-i] = Unit{Name: name, Kind: KindCommune}
	}
	Sort(units)
	if got := names(units); !slices.Equal(got, want) {
		t.Errorf("units stand as %q", got)
	}
	letters := []Unit{{Name: "Đ"}, {Name: "â"}, {Name: "ă"}, {Name: "d"}, {Name: "a"}, {Name: "ư"}, {Name: "u"}, {Name: "ơ"}, {Name: "o"}, {Name: "ô"}}
	Sort(letters)
	if got := names(letters); !slices.Equal(got, []string{"a", "ă", "â", "d", "Đ", "o", "ô", "ơ", "u", "ư"}) {
		t.Errorf("letters stand as %q", got)
	}
	tones := []Unit{{Name: "mạ"}, {Name: "má"}, {Name: "mã"}, {Name: "mả"}, {Name: "mà"}, {Name: "ma"}}
	Sort(tones)
	if got := names(tones); !slices.Equal(got, []string{"ma", "mà", "mả", "mã", "má", "mạ"}) {
		t.Errorf("tones stand as %q", got)
	}
}

func TestUnitsAreFoundAsPeopleTypeThem(t *testing.T) {
	tree := july(t)
	histories := []History{}
	for _, id := range tree.IDs() {
		histories = append(histories, tree.units[id])
	}
	add := func(id int64, code, name, short string, kind Kind) {
		histories = append(histories, History{ID: id, Code: code, Periods: []Period{{From: Always, Name: name, ShortName: short, Kind: kind, ParentID: 1}}})
	}
	add(20, "DV00020", "Đoàn TNCS Hồ Chí Minh phường Hạc Thành", "", KindCommune)
	add(21, "THPT-LS", "Trường THPT Lam Sơn", "", KindSchool)
	add(22, "", "Thành phố Hạ Long", "TP. Hạ Long", KindOther)
	add(23, "", "Đại học Hồng Đức", "HDU", KindSchool)
	r := &reading{tree: NewTree(histories, tree.successors)}
	for words, want := range map[string][]string{
		"hac thanh":             {"Đoàn TNCS Hồ Chí Minh phường Hạc Thành"},
		"P. Hạc Thành":          {"Đoàn TNCS Hồ Chí Minh phường Hạc Thành"},
		"thanh niên cộng sản":   {"Đoàn TNCS Hồ Chí Minh phường Hạc Thành"},
		"tp hạ long":            {"Thành phố Hạ Long"},
		"TP. HA LONG":           {"Thành phố Hạ Long"},
		"trung hoc pho thong l": {"Trường THPT Lam Sơn"},
		"lam son thpt":          {"Trường THPT Lam Sơn"},
		"thpt-ls":               {"Trường THPT Lam Sơn"},
		"dhhd":                  {"Đại học Hồng Đức"},
		"ĐH Hồng Đức":           {"Đại học Hồng Đức"},
		"hdu":                   {"Đại học Hồng Đức"},
		"dong tam":              {"Xã Đồng Tâm"},
		"binh minh":             {"Phường Bình Hải"}, // its former name
		"không có đâu":          {},
	} {
		var got []string
		for _, hit := range r.search(Query{Words: words}, "2026-01-01") {
			got = append(got, hit.Name)
		}
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%q finds %q, want %q", words, got, want)
		}
	}
	if hits := r.search(Query{Words: "thanh thuy", Ended: true}, "2026-01-01"); len(hits) != 1 || hits[0].EndedOn != "2025-07-01" {
		t.Errorf("an ended unit: %+v", hits)
	}
	if hits := r.search(Query{Words: "thanh thuy"}, "2025-06-30"); len(hits) != 1 {
		t.Errorf("on an earlier day: %+v", hits)
	}
	if hits := r.search(Query{Under: 2}, "2025-06-30"); len(hits) != 3 {
		t.Errorf("below the district that was: %d", len(hits))
	}
}
