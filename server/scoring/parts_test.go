package scoring_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/scoring"
	"pgregory.net/rapid"
)

var (
	statements = scoring.Shape{Type: scoring.TrueFalseGroup, Options: abcde[:4]}
	lines      = scoring.Shape{Type: scoring.Ordering, Options: abcde[:4]}
	partners   = scoring.Shape{Type: scoring.Matching, Options: abcde[:3], Targets: []string{"1", "2", "3", "4"}}
	gaps       = scoring.Shape{Type: scoring.FillIn, Blanks: []scoring.BlankShape{{ID: "1", Type: scoring.ShortText}, {ID: "2", Type: scoring.Numeric}, {ID: "3", Type: scoring.Single, Options: []string{"a", "b"}}}}
)

func parts(pairs ...string) scoring.Typed {
	var in scoring.Typed
	for i := 0; i < len(pairs); i += 2 {
		in.Parts = append(in.Parts, scoring.Part{ID: pairs[i], Value: pairs[i+1]})
	}
	return in
}

func order(ids string) scoring.Typed { return scoring.Typed{Options: strings.Split(ids, "")} }

func TestScoreOfSeveralParts(t *testing.T) {
	group := scoring.Key{Type: scoring.TrueFalseGroup, Options: []string{"a", "c"}, Credit: scoring.ByTable, Table: scoring.CreditTable(4)}
	sequence := scoring.Key{Type: scoring.Ordering, Order: []string{"d", "b", "a", "c"}, Credit: scoring.InSequence}
	places := scoring.Key{Type: scoring.Ordering, Order: []string{"d", "b", "a", "c"}, Credit: scoring.PerPart}
	pairs := scoring.Key{Type: scoring.Matching, Pairs: []scoring.Part{{ID: "a", Value: "2"}, {ID: "b", Value: "2"}, {ID: "c", Value: "4"}}, Credit: scoring.PerPart}
	whole := pairs
	whole.Credit = scoring.AllOrNothing
	fill := scoring.Key{Type: scoring.FillIn, Credit: scoring.PerPart, Blanks: []scoring.BlankKey{
		{ID: "1", Key: scoring.Key{Type: scoring.ShortText, Accepted: []string{"Hoà Bình"}, Diacritics: scoring.DiacriticsIgnored}},
		{ID: "2", Key: scoring.Key{Type: scoring.Numeric, Value: 7_500_000}},
		{ID: "3", Key: scoring.Key{Type: scoring.Single, Options: []string{"b"}}}}}
	share := scoring.Key{Type: scoring.Multiple, Options: []string{"a", "c"}, Credit: scoring.Proportion}
	rule := scoring.Rule{Points: 1000, Pace: scoring.Fixed, Loss: 200}
	for name, c := range map[string]struct {
		key    scoring.Key
		shape  scoring.Shape
		in     scoring.Typed
		points int64
	}{
		"a group, all right":              {group, statements, parts("a", "true", "b", "false", "c", "true", "d", "false"), 1000},
		"a group, three right":            {group, statements, parts("a", "true", "b", "true", "c", "true", "d", "false"), 500},
		"a group, two right, two missing": {group, statements, parts("a", "true", "b", "false"), 250},
		"a group, one right":              {group, statements, parts("d", "false", "b", "true"), 100},
		"a group, none right":             {group, statements, parts("a", "false"), -200},
		"a group, taken back":             {group, statements, parts("a", ""), 0},
		"the right sequence":              {sequence, lines, order("dbac"), 1000},
		"two neighbours swapped":          {sequence, lines, order("bdac"), 667},
		"the reverse":                     {sequence, lines, order("cabd"), -200},
		"two in their place":              {places, lines, order("dbca"), 500},
		"none in its place":               {places, lines, order("bdca"), -200},
		"all pairs, one target twice":     {pairs, partners, parts("a", "2", "b", "2", "c", "4"), 1000},
		"two of three pairs":              {pairs, partners, parts("a", "2", "b", "1", "c", "4"), 667},
		"two of three, all or nothing":    {whole, partners, parts("a", "2", "b", "1", "c", "4"), -200},
		"all blanks":                      {fill, gaps, parts("1", " HOA  bình ", "2", "7,50", "3", "b"), 1000},
		"7,5 is never 7 in a blank":       {fill, gaps, parts("1", "Hòa Bình", "2", "7", "3", "b"), 667},
		"one blank filled":                {fill, gaps, parts("3", "b"), 333},
		"a share without a wrong one":     {share, scoring.Shape{Type: scoring.Multiple, Options: abcde[:4]}, scoring.Typed{Options: []string{"a"}}, 500},
		"a share with a wrong one":        {share, scoring.Shape{Type: scoring.Multiple, Options: abcde[:4]}, scoring.Typed{Options: []string{"a", "c", "d"}}, -200},
	} {
		if err := c.key.Check(c.shape); err != nil {
			t.Errorf("%s: key: %v", name, err)
		}
		r, err := scoring.ParseResponse(c.shape, c.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := scoring.Score(c.key, rule, scoring.NotVoid, &r, 0); got.Points != c.points {
			t.Errorf("%s: %+v, want %d", name, got, c.points)
		}
		back, err := scoring.ReadResponse(r.Canonical())
		if err != nil || !bytes.Equal(back.Canonical(), r.Canonical()) {
			t.Errorf("%s: %s came back as %s", name, r.Canonical(), back.Canonical())
		}
	}
}

func TestPartsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		shape scoring.Shape
		in    scoring.Typed
		want  error
	}{
		"a statement that is not there": {statements, parts("e", "true"), scoring.ErrResponseParts},
		"neither true nor false":        {statements, parts("a", "maybe"), scoring.ErrResponseParts},
		"a statement twice":             {statements, parts("a", "true", "a", "false"), scoring.ErrResponseParts},
		"an order with a gap":           {lines, order("abc"), scoring.ErrResponseOrder},
		"an order with one twice":       {lines, order("abcc"), scoring.ErrResponseOrder},
		"a partner that is not there":   {partners, parts("a", "9"), scoring.ErrResponseParts},
		"a blank that is not there":     {gaps, parts("4", "x"), scoring.ErrResponseParts},
		"a choice that is not there":    {gaps, parts("3", "c"), scoring.ErrResponseParts},
		"no number in a blank":          {gaps, parts("2", "bảy"), scoring.ErrNumber},
		"a novel in a blank":            {gaps, parts("1", strings.Repeat("ệ", scoring.MaxBlankText+1)), scoring.ErrResponseText},
		"a NUL in a blank":              {gaps, parts("1", "a\x00"), scoring.ErrResponseText},
		"parts for a choice":            {scoring.Shape{Type: scoring.Single, Options: abcde}, parts("a", "true"), scoring.ErrResponseStray},
		"options for a group":           {statements, scoring.Typed{Options: []string{"a"}}, scoring.ErrResponseStray},
		"text for an order":             {lines, scoring.Typed{Text: "abcd"}, scoring.ErrResponseStray},
		"a thousand parts":              {gaps, scoring.Typed{Parts: make([]scoring.Part, 1000)}, scoring.ErrResponseParts},
	} {
		if _, err := scoring.ParseResponse(c.shape, c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	longest := make([]scoring.BlankShape, scoring.MaxBlanks)
	in := scoring.Typed{}
	for i := range longest {
		longest[i] = scoring.BlankShape{ID: fmt.Sprint(i), Type: scoring.ShortText}
		in.Parts = append(in.Parts, scoring.Part{ID: fmt.Sprint(i), Value: strings.Repeat("<", scoring.MaxBlankText)})
	}
	if r, err := scoring.ParseResponse(scoring.Shape{Type: scoring.FillIn, Blanks: longest}, in); err != nil || len(r.Canonical()) > scoring.MaxResponse {
		t.Errorf("the longest answer has %d bytes, %d fit (%v)", len(r.Canonical()), scoring.MaxResponse, err)
	}
}

// drawn is an item of several parts with its key, the right answer, and any answer.
func drawn(t *rapid.T) (key scoring.Key, shape scoring.Shape, right, any scoring.Typed) {
	n := rapid.IntRange(2, 8).Draw(t, "parts")
	ids := make([]string, n)
	for i := range ids {
		ids[i] = string(rune('a' + i))
	}
	shape.Type = rapid.SampledFrom([]scoring.ItemType{scoring.TrueFalseGroup, scoring.Ordering, scoring.Matching, scoring.FillIn}).Draw(t, "type")
	key = scoring.Key{Type: shape.Type, Credit: rapid.SampledFrom(shape.Type.Credits()).Draw(t, "credit")}
	value := func(values []string, name string) string { return rapid.SampledFrom(values).Draw(t, name) }
	var values []string
	switch shape.Type {
	case scoring.Ordering:
		shape.Options = ids
		key.Order = rapid.Permutation(ids).Draw(t, "order")
		return key, shape, scoring.Typed{Options: key.Order}, scoring.Typed{Options: rapid.Permutation(ids).Draw(t, "given")}
	case scoring.TrueFalseGroup:
		shape.Options, values = ids, []string{scoring.SaysTrue, scoring.SaysFalse}
		key.Table = scoring.CreditTable(n)
	case scoring.Matching:
		shape.Options, values = ids, []string{"1", "2", "3"}
		shape.Targets = values
	case scoring.FillIn:
		values = []string{"một", "hai", "ba"}
		for _, id := range ids {
			shape.Blanks = append(shape.Blanks, scoring.BlankShape{ID: id, Type: scoring.ShortText})
		}
	}
	for _, id := range ids {
		truth := value(values, "right "+id)
		right.Parts = append(right.Parts, scoring.Part{ID: id, Value: truth})
		if given := value(append(slices.Clone(values), "", truth), "given "+id); given != "" {
			any.Parts = append(any.Parts, scoring.Part{ID: id, Value: given})
		}
		switch shape.Type {
		case scoring.TrueFalseGroup:
			if truth == scoring.SaysTrue {
				key.Options = append(key.Options, id)
			}
		case scoring.Matching:
			key.Pairs = append(key.Pairs, scoring.Part{ID: id, Value: truth})
		case scoring.FillIn:
			key.Blanks = append(key.Blanks, scoring.BlankKey{ID: id, Key: scoring.Key{Type: scoring.ShortText, Accepted: []string{truth}, Diacritics: scoring.DiacriticsStrict}})
		}
	}
	return key, shape, right, any
}

// The right answer earns all; any answer earns something between the loss and that; the order in which parts are sent
// is no matter; and mending one wrong part never costs anything.
func TestPartsAreBoundedAndMonotone(t *testing.T) {
	rule := scoring.Rule{Points: 1000, Pace: scoring.Fixed, Loss: 300}
	rapid.Check(t, func(t *rapid.T) {
		key, shape, right, given := drawn(t)
		if err := key.Check(shape); err != nil {
			t.Fatal(err)
		}
		points := func(in scoring.Typed) scoring.Outcome {
			r, err := scoring.ParseResponse(shape, in)
			if err != nil {
				t.Fatal(err)
			}
			return scoring.Score(key, rule, scoring.NotVoid, &r, 0)
		}
		if o := points(right); o.Verdict != scoring.Right || o.Points != rule.Points {
			t.Fatalf("the right answer is %+v", o)
		}
		before := points(given)
		if before.Points < -rule.Loss || before.Points > rule.Points || (before.Verdict == scoring.Right) != (before.Points == rule.Points) {
			t.Fatalf("%+v earned %+v", given, before)
		}
		if shape.Type == scoring.Ordering {
			// One step towards the right order: two neighbours that stand the wrong way round are swapped.
			place := func(id string) int { return slices.Index(key.Order, id) }
			next := slices.Clone(given.Options)
			for i := range len(next) - 1 {
				if place(next[i]) > place(next[i+1]) {
					next[i], next[i+1] = next[i+1], next[i]
					break
				}
			}
			if after := points(scoring.Typed{Options: next}); key.Credit == scoring.InSequence && after.Points < before.Points {
				t.Fatalf("%v earned %d, %v %d", given.Options, before.Points, next, after.Points)
			}
			return
		}
		if other := points(scoring.Typed{Parts: rapid.Permutation(given.Parts).Draw(t, "sent")}); other != before {
			t.Fatalf("another order of sending: %+v, %+v", before, other)
		}
		for i, p := range given.Parts {
			at := slices.IndexFunc(right.Parts, func(x scoring.Part) bool { return x.ID == p.ID })
			mended := slices.Clone(given.Parts)
			mended[i].Value = right.Parts[at].Value
			if after := points(scoring.Typed{Parts: mended}); after.Points < before.Points {
				t.Fatalf("mending %s: %d became %d", p.ID, before.Points, after.Points)
			}
		}
	})
}

// However options are named, the same mistake costs the same.
func TestNamesDoNotMatter(t *testing.T) {
	rule := scoring.Rule{Points: 1000, Pace: scoring.Fixed}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 8).Draw(t, "n")
		ids := abcdefgh[:n]
		name := rapid.Permutation(ids).Draw(t, "names")
		right, given := rapid.Permutation(ids).Draw(t, "right"), rapid.Permutation(ids).Draw(t, "given")
		renamed := func(list []string) []string {
			out := make([]string, len(list))
			for i, id := range list {
				out[i] = name[slices.Index(ids, id)]
			}
			return out
		}
		credit := rapid.SampledFrom(scoring.Ordering.Credits()).Draw(t, "credit")
		score := func(right, given []string) int64 {
			r, err := scoring.ParseResponse(scoring.Shape{Type: scoring.Ordering, Options: ids}, scoring.Typed{Options: given})
			if err != nil {
				t.Fatal(err)
			}
			return scoring.Score(scoring.Key{Type: scoring.Ordering, Order: right, Credit: credit}, rule, scoring.NotVoid, &r, 0).Points
		}
		if a, b := score(right, given), score(renamed(right), renamed(given)); a != b {
			t.Fatalf("%d by one name, %d by another", a, b)
		}
	})
}

var abcdefgh = strings.Split("abcdefgh", "")

func TestCreditTables(t *testing.T) {
	for n, want := range map[int][]int64{1: {10000}, 2: {5000, 10000}, 3: {2500, 5000, 10000}, 4: {1000, 2500, 5000, 10000}, 6: {313, 625, 1250, 2500, 5000, 10000}} {
		got := scoring.CreditTable(n)
		if !slices.Equal(got, want) || scoring.CheckTable(got, n) != nil {
			t.Errorf("%d statements: %v, want %v", n, got, want)
		}
	}
	for _, bad := range [][]int64{{}, {5000}, {5000, 4000, 10000, 10000}, {-1, 0, 0, 10000}} {
		if scoring.CheckTable(bad, 4) == nil {
			t.Errorf("%v passed", bad)
		}
	}
}
