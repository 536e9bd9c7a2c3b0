package unit

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

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
