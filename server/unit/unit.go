// Package unit knows the organisations that people enter for, as a tree.
//
// One tree serves the whole installation. It must never know a contest: what a contest expects of a unit stands with
// that contest's roster.
package unit

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/fault"
)

// Kind says what sort of organisation a unit is.
type Kind string

const (
	KindProvince   Kind = "province"   // tỉnh, thành phố
	KindDistrict   Kind = "district"   // huyện, thị xã, thành phố thuộc tỉnh (until July 2025)
	KindCommune    Kind = "commune"    // xã, phường, đặc khu
	KindAgency     Kind = "agency"     // cơ quan
	KindEnterprise Kind = "enterprise" // doanh nghiệp
	KindForce      Kind = "force"      // lực lượng vũ trang
	KindSchool     Kind = "school"     // trường học
	KindOther      Kind = "other"
)

// Kinds in the order in which they are offered.
var Kinds = []Kind{KindProvince, KindDistrict, KindCommune, KindAgency, KindEnterprise, KindForce, KindSchool, KindOther}

// Unit is one organisation, as it is today or on the day that was asked for.
type Unit struct {
	ID        int64
	Code      string // by which files name it
	Name      string
	ShortName string
	Kind      Kind
	ParentID  int64 // 0: none
	EndedOn   Day   // the first day on which it is no more; "": it is
}

// MaxName is the longest name in letters.
const MaxName = 200

var badName = fault.New(fault.Invalid, "bad_unit_name",
	"Tên đơn vị cần từ 2 đến 200 ký tự.", "A unit's name needs 2 to 200 characters.")

// CleanName is a name on one line: NFC, no control characters, single spaces.
func CleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// CheckName refuses names that are too short or too long. The name has been cleaned.
func CheckName(name string) error {
	if n := len([]rune(name)); n < 2 || n > MaxName {
		return badName.At("name", badName.Vi, badName.En)
	}
	return nil
}

// GuessKind reads the kind of a unit from the beginning of its Vietnamese name.
func GuessKind(name string) Kind {
	words := strings.Fields(SearchKey(name))
	for i, word := range words {
		if long, ok := abbreviations[word]; ok {
			words[i] = SearchKey(long)
		}
	}
	key := " " + strings.Join(words, " ") + " "
	for _, rule := range []struct {
		kind  Kind
		words []string
	}{
		{KindForce, []string{" cong an ", " quan su ", " bien phong ", " quan doi "}},
		{KindSchool, []string{" truong ", " dai hoc ", " hoc vien "}},
		{KindEnterprise, []string{" cong ty ", " tap doan ", " ngan hang ", " doanh nghiep "}},
		{KindDistrict, []string{" huyen ", " thi xa ", " thi doan "}},
		{KindCommune, []string{" xa ", " phuong ", " dac khu ", " thi tran "}},
		{KindAgency, []string{" so ", " ban ", " chi cuc ", " cuc ", " trung tam ", " van phong ", " benh vien ", " kho bac ", " vien "}},
		{KindProvince, []string{" tinh ", " thanh pho "}},
	} {
		for _, word := range rule.words {
			if strings.Contains(key, word) {
				return rule.kind
			}
		}
	}
	return KindOther
}
