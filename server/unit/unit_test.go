package unit

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestSpellingsOfOneUnit(t *testing.T) {
	for _, same := range [][2]string{
		{"Phường Hạc Thành", "P. Hạc  Thành"},
		{"TP. Thanh Hoá", "thành phố Thanh Hóa"},
		{"UBND xã Nghĩa Đô", "Ủy ban nhân dân Xã NGHĨA ĐÔ"},
	} {
		if SameKey(same[0]) != SameKey(same[1]) {
			t.Errorf("%q and %q are not the same unit: %q, %q", same[0], same[1], SameKey(same[0]), SameKey(same[1]))
		}
	}
	for _, other := range [][2]string{{"Xã Hạ Long", "Xã Hà Long"}, {"Xã Đông Sơn", "Xã Dông Sơn"}, {"Sở Nội vụ", "Sở Nông vụ"}, {"Xã Tân Lập 1", "Xã Tân Lập 2"}} {
		if SameKey(other[0]) == SameKey(other[1]) {
			t.Errorf("%q and %q are taken for the same unit", other[0], other[1])
		}
	}
}

func TestKeysDoNotDependOnHowLettersAreComposed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[A-Za-z0-9Đđàảãạăắặâấậèẻẽéẹêếệìỉĩíịòỏõóọôốộơớợùủũúụưứựỳỷỹýỵ .,-]{0,40}`).Draw(t, "s")
		if SearchKey(norm.NFD.String(s)) != SearchKey(norm.NFC.String(s)) || SameKey(norm.NFD.String(s)) != SameKey(norm.NFC.String(s)) {
			t.Fatalf("keys of %q depend on its form", s)
		}
		if key := SearchKey(s); key != SearchKey(strings.ToUpper(s)) {
			t.Fatalf("search key of %q depends on its case: %q, %q", s, key, SearchKey(strings.ToUpper(s)))
		}
	})
}

func TestSearchKeyOfVietnamese(t *testing.T) {
	if got := SearchKey("  Đoàn phường  Hạc-Thành (TP. Thanh Hoá) "); got != "doan phuong hac thanh tp thanh hoa" {
		t.Errorf("got %q", got)
	}
}

func TestCleanNameKeepsOneVisibleLine(t *testing.T) {
	if got := CleanName(" Xa\u0303 \u200bNghi\u0303a\n\tĐô\x00 "); got != "Xã Nghĩa Đô" {
		t.Errorf("got %q", got)
	}
}

func TestGuessKind(t *testing.T) {
	for name, want := range map[string]Kind{
		"Xã Nghĩa Đô": KindCommune, "Sở Nội vụ": KindAgency, "Công an tỉnh": KindForce, "Trường THPT Hàm Rồng": KindSchool,
		"Công ty Điện lực": KindEnterprise, "Tỉnh Thanh Hóa": KindProvince, "Nhóm Mầm": KindOther,
	} {
		if got := GuessKind(name); got != want {
			t.Errorf("%q is taken for %s, want %s", name, got, want)
		}
	}
}
