package scoring_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/hoithi/hoithi/server/scoring"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, same := range [][2]string{
		{"hoà", "hòa"}, {"HOÀ", "hòa"}, {"khoẻ", "khỏe"}, {"thuý", "thúy"}, {"quý", "qúy"}, {"hoàn", "hòan"}, {"tuỳ ý", "tùy ý"},
		{"  Nghị   quyết\u00a076 ", "nghị quyết 76"}, {"e\u200bm", "em"}, {"ĐÀ NẴNG", "đà nẵng"}, {"76–NQ/CP", "76-nq/cp"}, {"“một cửa”", "\"một cửa\""},
	} {
		if a, b := scoring.Fold(same[0], scoring.DiacriticsStrict), scoring.Fold(same[1], scoring.DiacriticsStrict); a != b {
			t.Errorf("%q and %q are not the same: %q, %q", same[0], same[1], a, b)
		}
	}
	for _, other := range [][2]string{
		{"hòa", "hoa"}, {"hòa", "hỏa"}, {"mua", "mưa"}, {"đa", "da"}, {"cửa", "cữa"}, {"một cửa", "mộtcửa"}, {"lan", "lân"}, {"áà", "àá"}, {"hóà", "hòá"}, {"", "a"},
	} {
		if a := scoring.Fold(other[0], scoring.DiacriticsStrict); a == scoring.Fold(other[1], scoring.DiacriticsStrict) {
			t.Errorf("%q and %q are the same: %q", other[0], other[1], a)
		}
	}
	if got := scoring.Fold("Cải cách hành chính ở Đắk Lắk", scoring.DiacriticsIgnored); got != "cai cach hanh chinh o dak lak" {
		t.Errorf("without diacritics: %q", got)
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	letters := []rune("aàảãáạăắằâấầeéèêếềiíìoóòôốơờuúùưứyýđbcghnqtABĐÀÝ 1-–'’\u00a0")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom(letters)).Draw(t, "text")
		plain := scoring.Fold(s, scoring.DiacriticsIgnored)
		if again := scoring.Fold(plain, scoring.DiacriticsIgnored); again != plain {
			t.Fatalf("%q became %q and then %q", s, plain, again)
		}
		if strings.ContainsFunc(plain, func(r rune) bool { return r > unicode.MaxASCII }) {
			t.Fatalf("%q still has marks", plain)
		}
		// Whatever is the same strictly is the same loosely, however it is written.
		if scoring.Fold(strings.ToUpper(s), scoring.DiacriticsStrict) != scoring.Fold(s, scoring.DiacriticsStrict) {
			t.Fatalf("upper case changes %q", s)
		}
	})
}

func TestParseNumber(t *testing.T) {
	for in, want := range map[string]string{
		"7,5": "7.5", "7.5": "7.5", "7": "7", " 7 ": "7", "-3": "-3", "−3,25": "-3.25", "+4": "4", "0,5": "0.5",
		"0.5": "0.5", "0.500": "0.5", "00": "0", "1.500": "1500", "1.500.000": "1500000", "1 500 000": "1500000",
		"1\u00a0500": "1500", "12.345,67": "12345.67", "1,500": "1.5", "1,500,000": "1500000", "1,234.56": "1234.56",
		"1234.567": "1234.567", "999999999999,999999": "999999999999.999999", "0,000001": "0.000001",
	} {
		n, err := scoring.ParseNumber(in)
		if err != nil || n.String() != want {
			t.Errorf("%q: %v (%v), want %s", in, n, err, want)
		}
	}
	for _, in := range []string{"", " ", "-", ",", ".", "7,", ",5", "1.50.000", "1,2,3", "1..5", "7,5,1.0", "bảy", "7a", "1e9", "0x1F", "--1", "-+1", "+-1", "1000000000000", "1,0000001", "1 50", "1.500 000", "٣"} {
		if n, err := scoring.ParseNumber(in); err == nil {
			t.Errorf("%q was read as %v", in, n)
		}
	}
}

func TestNumberReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := scoring.Number(rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(t, "millionths"))
		back, err := scoring.ParseDecimal(n.String())
		if err != nil || back != n {
			t.Fatalf("%d was written %q and read %d (%v)", int64(n), n, int64(back), err)
		}
	})
}

func TestParseDecimalGuessesNothing(t *testing.T) {
	if n, err := scoring.ParseDecimal("1.500"); err != nil || n.String() != "1.5" {
		t.Errorf("1.500 is %v (%v)", n, err)
	}
	for _, in := range []string{"", "-", "7,5", "1.", ".5", "1.2.3", "+1", "1e3", " 1", "0.0000001", "1234567890123"} {
		if n, err := scoring.ParseDecimal(in); err == nil {
			t.Errorf("%q was read as %v", in, n)
		}
	}
}
