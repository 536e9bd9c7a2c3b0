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
	KindCommune    Kind = "commune"    // xã, phường, đặc khu
	KindAgency     Kind = "agency"     // cơ quan
	KindEnterprise Kind = "enterprise" // doanh nghiệp
	KindForce      Kind = "force"      // lực lượng vũ trang
	KindSchool     Kind = "school"     // trường học
	KindOther      Kind = "other"
)

// Unit is one organisation.
type Unit struct {
	ID        int64
	Name      string
	ShortName string
	Kind      Kind
	ParentID  int64 // 0: none
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
	key := " " + SearchKey(name) + " "
	for _, rule := range []struct {
		kind  Kind
		words []string
	}{
		{KindForce, []string{" cong an ", " quan su ", " bien phong ", " quan doi "}},
		{KindSchool, []string{" truong ", " dai hoc ", " hoc vien "}},
		{KindEnterprise, []string{" cong ty ", " tap doan ", " ngan hang ", " doanh nghiep "}},
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

// abbreviations that units use for themselves and each other, spelled out.
var abbreviations = func() map[string]string {
	long := map[string]string{}
	for short, words := range map[string]string{
		"tp": "thành phố", "tx": "thị xã", "p": "phường", "x": "xã", "h": "huyện", "tt": "thị trấn", "ubnd": "uỷ ban nhân dân",
		"bch": "ban chấp hành", "btv": "ban thường vụ", "tncs": "thanh niên cộng sản", "hcm": "hồ chí minh", "cty": "công ty",
		"thpt": "trung học phổ thông",
	} {
		long[short] = WordsKey(words)
	}
	return long
}()

// SameKey is equal for two spellings of one unit's name: WordsKey with abbreviations spelled out. Marks count:
// "Hạ Long" and "Hà Long" are two places.
func SameKey(s string) string {
	words := strings.Fields(WordsKey(s))
	for i, word := range words {
		if long, ok := abbreviations[word]; ok {
			words[i] = long
		}
	}
	return strings.Join(words, " ")
}

// WordsKey is equal for texts that differ only in case, spaces, punctuation or where the tone stands in a word
// ("hoà" and "hòa"): each word's tone is moved to its end.
func WordsKey(s string) string {
	var b strings.Builder
	tone := rune(0)
	endWord := func() {
		if tone != 0 {
			b.WriteRune(tone)
			tone = 0
		}
	}
	for _, r := range norm.NFD.String(strings.ToValidUTF8(s, " ")) {
		switch r {
		case '\u0300', '\u0301', '\u0303', '\u0309', '\u0323':
			tone = r
			continue
		}
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Mn, r):
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Cf, r):
		default:
			endWord()
			b.WriteByte(' ')
		}
	}
	endWord()
	return strings.Join(strings.Fields(b.String()), " ")
}

// SearchKey is how names are searched: without marks (đ as d), lower case, words parted by single spaces.
func SearchKey(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(strings.ToValidUTF8(s, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
