package bank

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/fault"
)

func sample() Content {
	return Content{
		Type: Single, Stem: "Cơ quan nào ban hành nghị định?", Difficulty: Recognition,
		Options: []Option{{ID: "a", Text: "Quốc hội"}, {ID: "b", Text: "Chính phủ"}, {ID: "c", Text: "Bộ Nội vụ"}},
		Key:     Key{Options: []string{"b"}},
	}
}

func TestEqualContentsHaveEqualHashesHoweverTyped(t *testing.T) {
	c := sample()
	d := sample()
	d.Stem = "  " + norm.NFD.String(c.Stem) + "\u200b \r\n"
	d.Key.Options = []string{"b", "b"}
	d.Key.Number = "5" // belongs to another type
	if c.HashText() != d.HashText() {
		t.Errorf("same question, two hashes:\n%s\n%s", c.Encode(), d.Encode())
	}
	d.Key.Options = []string{"a"}
	if c.HashText() == d.HashText() {
		t.Error("another key must give another hash")
	}
}

func TestEncodeDecodeKeepsEverything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := Content{
			Type:        rapid.SampledFrom(Types).Draw(rt, "type"),
			Stem:        rapid.String().Draw(rt, "stem"),
			Explanation: rapid.String().Draw(rt, "explanation"),
			Topic:       rapid.String().Draw(rt, "topic"),
			Difficulty:  rapid.SampledFrom(Difficulties).Draw(rt, "difficulty"),
			Key: Key{
				Options: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3).Draw(rt, "key"),
				Texts:   rapid.SliceOfN(rapid.String(), 0, 3).Draw(rt, "texts"),
				Number:  rapid.StringMatching(`-?[0-9]{1,6}([.,][0-9]{0,3})?`).Draw(rt, "number"),
			},
		}
		for i := range rapid.IntRange(0, 4).Draw(rt, "n") {
			c.Options = append(c.Options, Option{ID: OptionID(i), Text: rapid.String().Draw(rt, "option")})
		}
		b := c.Encode()
		back, err := Decode(b)
		if err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(back.Encode(), b) {
			rt.Fatalf("encoding is not stable:\n%s\n%s", b, back.Encode())
		}
	})
}

func TestValidatePointsAtEachWrongField(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Content)
		path   string // "" means valid
	}{
		"a good question":          {func(*Content) {}, ""},
		"no stem":                  {func(c *Content) { c.Stem = " \u200b" }, "stem"},
		"long stem":                {func(c *Content) { c.Stem = strings.Repeat("ữ", MaxStem+1) }, "stem"},
		"stem at its limit":        {func(c *Content) { c.Stem = strings.Repeat("ữ", MaxStem) }, ""},
		"one option":               {func(c *Content) { c.Options = c.Options[:1]; c.Key.Options = []string{"a"} }, "options"},
		"nine options":             {func(c *Content) { c.Options = make([]Option, 9) }, "options"},
		"empty option":             {func(c *Content) { c.Options[2].Text = " " }, "options[2].text"},
		"the same option twice":    {func(c *Content) { c.Options[2].Text = "QUỐC HỘI" }, "options[2].text"},
		"marks make a difference":  {func(c *Content) { c.Options[2].Text = "Quốc hôi" }, ""},
		"no key":                   {func(c *Content) { c.Key.Options = nil }, "key.options"},
		"key outside the options":  {func(c *Content) { c.Key.Options = []string{"d"} }, "key.options"},
		"two keys of single":       {func(c *Content) { c.Key.Options = []string{"a", "b"} }, "key.options"},
		"two keys of multiple":     {func(c *Content) { c.Type = Multiple; c.Key.Options = []string{"a", "b"} }, ""},
		"true or false":            {func(c *Content) { c.Type = TrueFalse; c.Options = nil; c.Key.Options = []string{"false"} }, ""},
		"short text without texts": {func(c *Content) { c.Type = ShortText }, "key.texts"},
		"short text":               {func(c *Content) { c.Type = ShortText; c.Key.Texts = []string{"Hà Nội"} }, ""},
		"text of signs only":       {func(c *Content) { c.Type = ShortText; c.Key.Texts = []string{"?!"} }, "key.texts[0]"},
		"a number with a comma":    {func(c *Content) { c.Type = Numeric; c.Key.Number = "7,5" }, ""},
		"no number":                {func(c *Content) { c.Type = Numeric; c.Key.Number = "bảy" }, "key.number"},
		"huge number":              {func(c *Content) { c.Type = Numeric; c.Key.Number = strings.Repeat("9", 40) }, "key.number"},
		"negative tolerance":       {func(c *Content) { c.Type = Numeric; c.Key.Number = "1"; c.Key.Tolerance = "-1" }, "key.tolerance"},
		"unknown difficulty":       {func(c *Content) { c.Difficulty = "easy" }, "difficulty"},
		"unknown type":             {func(c *Content) { c.Type = "essay" }, "type"},
		"picture nobody uploaded":  {func(c *Content) { c.Image = &Image{FileID: "../x"} }, "image"},
	} {
		t.Run(name, func(t *testing.T) {
			c := sample()
			tc.change(&c)
			err := c.Validate()
			if tc.path == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			for _, f := range fault.From(err).Fields {
				if f.Vi == "" || f.En == "" {
					t.Errorf("%s lacks a language", f.Path)
				}
				if f.Path == tc.path {
					return
				}
			}
			t.Errorf("want a fault at %s, got %v", tc.path, err)
		})
	}
}

func TestQuestionCarriesNoKey(t *testing.T) {
	c := sample()
	c.Explanation, c.Source.Act = "giải thích kín", "nguồn kín"
	c.Options[1].Pinned = true
	q := c.Question()
	if len(q.Options) != 3 || q.Options[1].Text != "Chính phủ" || q.Stem != c.Stem {
		t.Errorf("question lost its text: %+v", q)
	}
}

func TestParseDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"7,5": "7.5", "7.50": "7.5", "1.500.000": "1500000", "1,500,000.25": "1500000.25", "1.500.000,25": "1500000.25",
		"1.234,5": "1234.5", " 1 500 ": "1500", "-0": "0", "-0,30": "-0.3", "007": "7", "+4": "4", "\u22123": "-3", "5.": "5",
	} {
		if got, ok := ParseDecimal(in); !ok || got != want {
			t.Errorf("ParseDecimal(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-", ".", "1e5", "NaN", "1.2.3", "1,2,3", "12a", "--1", "1..5", "٣"} {
		if got, ok := ParseDecimal(in); ok {
			t.Errorf("ParseDecimal(%q) = %q, want it refused", in, got)
		}
	}
}

func TestSearchKey(t *testing.T) {
	for in, want := range map[string]string{
		"Đường sắt Bắc–Nam": "duong sat bac nam", "  Nghị định 61/2018/NĐ-CP ": "nghi dinh 61 2018 nd cp", "Hoà = hòa": "hoa hoa",
	} {
		if got := SearchKey(in); got != want {
			t.Errorf("SearchKey(%q) = %q, want %q", in, got, want)
		}
	}
}
