package bank

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/fault"
)

// What a bank of the first version stored, byte for byte.
const storedBefore = `{"schema":1,"type":"multiple","stem":"Chọn các thành phố trực thuộc trung ương.","image":{"file_id":"0123456789abcdef0123456789abcdef","hash":"6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f","alt":"Bản đồ","width":640,"height":480},"options":[{"id":"a","text":"Huế","pinned":false},{"id":"b","text":"Đà Lạt","pinned":false},{"id":"c","text":"Cả A và B","pinned":true}],"key":{"options":["a"],"texts":[],"ignore_marks":false,"number":"","tolerance":""},"partial_credit":"right_minus_wrong","explanation":"","source":{"act":"","article":"","note":""},"topic":"Địa lý","difficulty":"recognition"}`

func TestAQuestionOfTheFirstVersionKeepsItsBytes(t *testing.T) {
	c, err := Decode([]byte(storedBefore))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Encode(); !bytes.Equal(got, []byte(storedBefore)) {
		t.Fatalf("the bytes, and with them the hash, have changed:\n%s\n%s", storedBefore, got)
	}
	c.PartialCredit = Proportion
	if got := c.Normalized().Schema; got != SchemaVersion {
		t.Errorf("a rule that the first version did not have is written as version %d", got)
	}
	if _, err := Decode([]byte(strings.Replace(storedBefore, `"schema":1`, `"schema":3`, 1))); err == nil {
		t.Error("a version of the future was read")
	}
}

func lines(texts ...string) []Option {
	list := make([]Option, 0, len(texts))
	for i, s := range texts {
		list = append(list, Option{ID: OptionID(i), Text: s})
	}
	return list
}

func ordering(texts ...string) Content {
	c := Content{Type: Ordering, Stem: "Sắp xếp các bước.", Difficulty: Understanding, Options: lines(texts...)}
	for _, o := range c.Options {
		c.Key.Order = append(c.Key.Order, o.ID)
	}
	return c
}

func matching(pairs [][2]string, extra ...string) Content {
	c := Content{Type: Matching, Stem: "Ghép cơ quan với việc của cơ quan đó.", Difficulty: Understanding}
	for i, p := range pairs {
		c.Options = append(c.Options, Option{ID: OptionID(i), Text: p[0]})
		c.Targets = append(c.Targets, Option{ID: TargetID(i), Text: p[1]})
		c.Key.Pairs = append(c.Key.Pairs, Pair{OptionID(i), TargetID(i)})
	}
	for _, s := range extra {
		c.Targets = append(c.Targets, Option{ID: TargetID(len(c.Targets)), Text: s})
	}
	return c
}

func distinct(rt *rapid.T, name string, least, most int) []string {
	return rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zăđêô]{1,8}`), least, most, rapid.ID[string]).Draw(rt, name)
}

// shuffled is what the author may just as well have meant: the same parts with another key.
func shuffled(rt *rapid.T, list []string) []string {
	return rapid.Permutation(list).Draw(rt, "another key")
}

func public(t interface{ Fatal(...any) }, c Content) string {
	b, err := json.Marshal(c.Normalized().Question())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whatever is right, contestants get the same bytes: nothing in them, neither order nor ids, can tell it.
func TestTheQuestionIsTheSameWhateverIsRight(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := distinct(rt, "steps", 2, MaxOptions)
		if a, b := public(rt, ordering(steps...)), public(rt, ordering(shuffled(rt, steps)...)); a != b {
			rt.Fatalf("the order tells the key:\n%s\n%s", a, b)
		}
		left := distinct(rt, "left", 2, 5)
		right := distinct(rt, "right", len(left), len(left)+3)
		a, b := make([][2]string, len(left)), make([][2]string, len(left))
		other := shuffled(rt, right)
		for i := range left {
			a[i], b[i] = [2]string{left[i], right[i]}, [2]string{left[i], other[i]}
		}
		if x, y := public(rt, matching(a, right[len(left):]...)), public(rt, matching(b, other[len(left):]...)); x != y {
			rt.Fatalf("the targets tell the pairs:\n%s\n%s", x, y)
		}
	})
}

// Arranging moves the parts, never what is right.
func TestArrangingKeepsWhatIsRight(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := distinct(rt, "steps", 2, MaxOptions)
		c := ordering(steps...).Normalized()
		if err := c.Validate(); err != nil {
			rt.Fatal(err)
		}
		var read []string
		for _, id := range c.Key.Order {
			i := slices.IndexFunc(c.Options, func(o Option) bool { return o.ID == id })
			read = append(read, c.Options[i].Text)
		}
		if !slices.Equal(read, steps) {
			rt.Fatalf("%v became %v", steps, read)
		}
		left, right := distinct(rt, "left", 2, 6), distinct(rt, "right", 2, 6)
		pairs := make([][2]string, len(left))
		for i := range left {
			pairs[i] = [2]string{left[i], right[i%len(right)]} // one target may fit several
		}
		m := matching(pairs).Normalized()
		for i, p := range m.Key.Pairs {
			at := slices.IndexFunc(m.Targets, func(o Option) bool { return o.ID == p.Target })
			if p.Option != m.Options[i].ID || m.Targets[at].Text != pairs[i][1] {
				rt.Fatalf("%v became %+v", pairs, m)
			}
		}
		for _, c := range []Content{c, m} {
			if again := c.Normalized(); !bytes.Equal(again.Encode(), c.Encode()) {
				rt.Fatalf("arranged twice is another content:\n%s\n%s", c.Encode(), again.Encode())
			}
			if back, err := Decode(c.Encode()); err != nil || back.HashText() != c.HashText() {
				rt.Fatalf("%v", err)
			}
		}
	})
}

func TestBlanksAreNumberedAsTheyStand(t *testing.T) {
	c := Content{Type: FillIn, Difficulty: Recognition, Stem: "Nghị quyết số [[y]] đặt mục tiêu [[x]] % vào năm [[z]].",
		Blanks: []Blank{{ID: "x", Type: Numeric}, {ID: "y", Type: ShortText}, {ID: "z", Type: Single, Options: lines("2025", "2030")}},
		Key:    Key{Blanks: []BlankKey{{ID: "z", Option: "b"}, {ID: "x", Number: "7,5"}, {ID: "y", Texts: []string{" 76/NQ-CP "}}}}}
	n := c.Normalized()
	if err := n.Validate(); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %v %v", n.Stem, n.Blanks[2].Type, n.Key.Blanks)
	if want := "Nghị quyết số [[1]] đặt mục tiêu [[2]] % vào năm [[3]]. single [{1  [76/NQ-CP] false  } {2  [] false 7.5 0} {3 b [] false  }]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := n.PlainStem(), "Nghị quyết số …… đặt mục tiêu …… % vào năm ……."; got != want {
		t.Errorf("in a list: %s", got)
	}
	if q := public(t, c); strings.Contains(q, "76/NQ") || strings.Contains(q, "7.5") || !strings.Contains(q, "2030") {
		t.Errorf("the question tells too much or too little: %s", q)
	}
}

func TestTheNewTypesPointAtEachWrongField(t *testing.T) {
	group := func() Content {
		return Content{Type: TrueFalseGroup, Stem: "Xét các ý sau.", Difficulty: Application, Options: lines("một", "hai", "ba", "bốn"), Key: Key{Options: []string{"a", "d"}}}
	}
	fill := func() Content {
		return Content{Type: FillIn, Stem: "Thủ đô là [[1]].", Difficulty: Recognition, Blanks: []Blank{{ID: "1", Type: ShortText}},
			Key: Key{Blanks: []BlankKey{{ID: "1", Texts: []string{"Hà Nội"}}}}}
	}
	pairs := func() Content { return matching([][2]string{{"a", "x"}, {"b", "y"}}, "z") }
	for name, tc := range map[string]struct {
		content Content
		change  func(*Content)
		path    string // "" means valid
	}{
		"a group":                      {group(), func(*Content) {}, ""},
		"a group with nothing true":    {group(), func(c *Content) { c.Key.Options = nil }, ""},
		"a group with a stray key":     {group(), func(c *Content) { c.Key.Options = []string{"e"} }, "key.options"},
		"a table of the group's own":   {group(), func(c *Content) { c.CreditTable = []int64{2500, 5000, 7500, 10000} }, ""},
		"a table that falls":           {group(), func(c *Content) { c.CreditTable = []int64{2500, 2000, 7500, 10000} }, "credit_table"},
		"a table below all":            {group(), func(c *Content) { c.CreditTable = []int64{0, 0, 0, 9000} }, "credit_table"},
		"an order":                     {ordering("một", "hai", "ba"), func(*Content) {}, ""},
		"an order without its end":     {ordering("một", "hai", "ba"), func(c *Content) { c.Key.Order = c.Key.Order[:2] }, "key.order"},
		"an order with one twice":      {ordering("một", "hai"), func(c *Content) { c.Key.Order = []string{"a", "a"} }, "key.order"},
		"an order of the same":         {ordering("một", "Một"), func(*Content) {}, "options[1].text"},
		"pairs":                        {pairs(), func(*Content) {}, ""},
		"a line without its pair":      {pairs(), func(c *Content) { c.Key.Pairs = c.Key.Pairs[1:] }, "key.pairs"},
		"a line with two":              {pairs(), func(c *Content) { c.Key.Pairs = append(c.Key.Pairs, Pair{"a", "3"}) }, "key.pairs"},
		"a pair with nobody":           {pairs(), func(c *Content) { c.Key.Pairs[0].Target = "9" }, "key.pairs"},
		"one target for all":           {matching([][2]string{{"a", "x"}, {"b", "x"}}), func(*Content) {}, "targets"},
		"blanks":                       {fill(), func(*Content) {}, ""},
		"a text without blanks":        {fill(), func(c *Content) { c.Stem, c.Blanks, c.Key.Blanks = "Thủ đô", nil, nil }, "stem"},
		"a blank without an answer":    {fill(), func(c *Content) { c.Stem += " [[2]]" }, "stem"},
		"a blank that stands nowhere":  {fill(), func(c *Content) { c.Blanks = append(c.Blanks, Blank{ID: "7", Type: Numeric}) }, "blanks[1]"},
		"a blank twice":                {fill(), func(c *Content) { c.Stem += " [[1]]" }, "stem"},
		"a blank accepting nothing":    {fill(), func(c *Content) { c.Key.Blanks = nil }, "key.blanks[0].texts"},
		"a long formula":               {group(), func(c *Content) { c.Stem = "$" + strings.Repeat("x", MaxFormula+1) + "$" }, "stem"},
		"a picture instead of a text":  {group(), func(c *Content) { c.Options[0] = Option{ID: "a", Image: picture("ảnh")} }, ""},
		"a picture that says nothing":  {group(), func(c *Content) { c.Options[0] = Option{ID: "a", Image: picture("")} }, "options[0].image.alt"},
		"a sound nobody uploaded":      {group(), func(c *Content) { c.Media = &Media{Kind: Audio} }, "media"},
		"a rule that the type has not": {group(), func(c *Content) { c.PartialCredit = "double" }, ""}, // the group has one rule only
		"a rule nobody knows":          {pairs(), func(c *Content) { c.PartialCredit = "double" }, "partial_credit"},
		"the rule of another type":     {pairs(), func(c *Content) { c.PartialCredit = RightMinusWrong }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tc.change(&tc.content)
			err := tc.content.Validate()
			if tc.path == "" {
				if err != nil {
					t.Fatalf("refused: %v %+v", err, fault.From(err).Fields)
				}
				return
			}
			if !slices.ContainsFunc(fault.From(err).Fields, func(f fault.Field) bool { return f.Path == tc.path && f.Vi != "" && f.En != "" }) {
				t.Errorf("want a fault at %s, got %+v", tc.path, fault.From(err).Fields)
			}
		})
	}
}

func picture(alt string) *Image {
	return &Image{FileID: strings.Repeat("a", 32), Hash: strings.Repeat("b", 64), Alt: alt, Width: 10, Height: 10}
}

func TestSegments(t *testing.T) {
	for in, want := range map[string]string{
		"không có": "không có", "Giải $x^2 = 4$ nhé": "Giải |{x^2 = 4}| nhé", "$$\\frac{1}{2}$$": "{{\\frac{1}{2}}}",
		`giá \$5`: "giá $5", "từ $5 đến $10": "từ $5 đến $10", "5$ hay 10$": "5$ hay 10$", "$x": "$x", "$$ $$": "$$ $$",
		`$\$5$`: `{\$5}`, "$a\nb$": "$a\nb$", "$$a\nb$$": "{{a\nb}}", "$a$$b$": "{a}|{b}", "$ a$": "$ a$", "cuối $": "cuối $",
		"Ô $A$1 cố định": "Ô $A$1 cố định", "=SUM($A$1:$B$2)": "=SUM($A$1:$B$2)", "=$A1*$B1": "=$A1*$B1", "=A$1+B$1": "=A$1+B$1",
		"($x$)": "(|{x}|)", "$n$-giác": "{n}|-giác",
	} {
		var got []string
		for _, s := range Segments(in) {
			switch {
			case s.Display:
				got = append(got, "{{"+s.Text+"}}")
			case s.Formula:
				got = append(got, "{"+s.Text+"}")
			default:
				got = append(got, s.Text)
			}
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q, want %q", in, strings.Join(got, "|"), want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune(`a $\{}`+"\n"))).Draw(rt, "text")
		for _, part := range Segments(s) {
			if part.Text == "" {
				rt.Fatalf("%q has an empty segment", s)
			}
		}
	})
}
