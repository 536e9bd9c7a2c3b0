package scoring

import (
	"strings"
	"unicode"
)

// Diacritics says how strictly accents and tones of a typed answer are compared.
type Diacritics string

const (
	// DiacriticsStrict: "ha noi" is not "Hà Nội". Where the tone stands in its syllable never matters.
	DiacriticsStrict Diacritics = "strict"
	// DiacriticsIgnored: "ha noi" is "Hà Nội".
	DiacriticsIgnored Diacritics = "ignored"
)

// tones are the Vietnamese vowels, each in its six tones: level, huyền, hỏi, ngã, sắc, nặng.
var tones = []string{"aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị", "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ", "ưừửữứự", "yỳỷỹýỵ"}

// toneMarks are written behind a group of vowels to stand for its tone: the combining marks of Unicode.
var toneMarks = []rune{0, 0x0300, 0x0309, 0x0303, 0x0301, 0x0323}

// plainLetters are the vowels of tones and đ without their marks.
var plainLetters = map[rune]rune{'ă': 'a', 'â': 'a', 'ê': 'e', 'ô': 'o', 'ơ': 'o', 'ư': 'u', 'đ': 'd'}

type vowel struct {
	letter rune // without the tone
	tone   int
}

var vowels = func() map[rune]vowel {
	m := make(map[rune]vowel, 72)
	for _, row := range tones {
		letters := []rune(row)
		for tone, r := range letters {
			m[r] = vowel{letters[0], tone}
		}
	}
	return m
}()

// Fold brings a typed answer into the form in which answers are compared. The text must be in Unicode NFC. Folded
// away are: upper and lower case, the number and kind of spaces, invisible characters, typographic quotes and
// dashes, where in a group of vowels the tone mark stands (hoà = hòa, thuý = thúy), and on request all diacritics.
func Fold(s string, d Diacritics) string {
	var out strings.Builder
	out.Grow(len(s))
	var group []vowel // the vowels since the last other letter
	flush := func() {
		if len(group) == 0 {
			return
		}
		writeVowels(&out, group, d)
		group = group[:0]
	}
	for _, r := range strings.Join(strings.Fields(strings.Map(simplify, s)), " ") {
		if v, ok := vowels[r]; ok {
			group = append(group, v)
			continue
		}
		flush()
		if d == DiacriticsIgnored {
			if unicode.Is(unicode.Mn, r) {
				continue
			}
			if plain, ok := plainLetters[r]; ok {
				r = plain
			}
		}
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

// writeVowels writes a group of vowels with its tone behind it. A group with more than one tone is no Vietnamese
// syllable: each vowel then keeps its own.
func writeVowels(out *strings.Builder, group []vowel, d Diacritics) {
	tone, marked := 0, 0
	for _, v := range group {
		if v.tone != 0 {
			tone = v.tone
			marked++
		}
	}
	for _, v := range group {
		if d == DiacriticsIgnored {
			if plain, ok := plainLetters[v.letter]; ok {
				v.letter = plain
			}
			out.WriteRune(v.letter)
			continue
		}
		out.WriteRune(v.letter)
		if marked > 1 && v.tone != 0 {
			out.WriteRune(toneMarks[v.tone])
		}
	}
	if marked == 1 && d != DiacriticsIgnored {
		out.WriteRune(toneMarks[tone])
	}
}

// simplify lowers letters, and unifies characters that look alike or are not seen at all.
func simplify(r rune) rune {
	switch r {
	case 0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF: // soft hyphen, zero-width characters
		return -1
	case '‘', '’', 'ʼ':
		return '\''
	case '“', '”', '„', '«', '»':
		return '"'
	case '‐', '‑', '–', '—', '−':
		return '-'
	}
	if unicode.IsSpace(r) {
		return ' '
	}
	return unicode.ToLower(r)
}
