package paper

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/bank"
)

// tree: 1 and 2 are roots, 11 and 12 lie below 1, 111 below 11.
var tree = map[int64]int64{11: 1, 12: 1, 111: 11}

var topics = []int64{0, 1, 2, 11, 12, 111}

func somePool(t *rapid.T, most int) Pool {
	n := rapid.IntRange(0, most).Draw(t, "items")
	var offers []Offer
	for i := range n {
		offers = append(offers, Offer{Item: int64(i + 1), Version: int64(1000 + i), Topic: rapid.SampledFrom(topics).Draw(t, "topic"),
			Difficulty: rapid.SampledFrom(bank.Difficulties[:2]).Draw(t, "difficulty"),
			Type:       rapid.SampledFrom([]bank.ItemType{bank.Single, bank.Ordering}).Draw(t, "type")})
	}
	return NewPool(offers, tree)
}

func someSpec(t *rapid.T, most int) Spec {
	var s Spec
	for range rapid.IntRange(1, 2).Draw(t, "sections") {
		section := Section{Mix: rapid.SampledFrom([]Mix{MixNothing, MixQuestions, MixOptions, MixBoth}).Draw(t, "mix")}
		for range rapid.IntRange(1, 3).Draw(t, "rows") {
			count := func() int { return rapid.IntRange(0, most).Draw(t, "count") }
			section.Rows = append(section.Rows, Row{Topic: rapid.SampledFrom(topics).Draw(t, "row topic"), Points: 50,
				Type: rapid.SampledFrom([]bank.ItemType{"", bank.Single, bank.Ordering}).Draw(t, "row type"), Counts: Counts{Any: count(), Recognition: count(), Understanding: count()}})
		}
		s.Sections = append(s.Sections, section)
	}
	return s
}

// mostFilled tries every way to give items to places: the truth that the flow must find.
func mostFilled(p Pool, cells []Cell) int {
	var places []Cell
	for _, c := range cells {
		for range c.count {
			places = append(places, c)
		}
	}
	known := map[string]int{}
	var best func(at int, taken uint) int
	best = func(at int, taken uint) int {
		if at == len(places) {
			return 0
		}
		key := fmt.Sprint(at, taken)
		if n, ok := known[key]; ok {
			return n
		}
		most := best(at+1, taken)
		for i, o := range p.offers {
			if taken&(1<<i) == 0 && p.fits(places[at], o) {
				most = max(most, 1+best(at+1, taken|1<<i))
			}
		}
		known[key] = most
		return most
	}
	return best(0, 0)
}

func TestTheMatrixIsFilledAsWellAsItCanBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := somePool(t, 7), someSpec(t, 1)
		f := s.Feasible(p)
		need := s.Totals().Items
		if best := mostFilled(p, s.Cells()); f.Lacks != need-best {
			t.Fatalf("lacks %d, but %d of %d places can be filled", f.Lacks, best, need)
		}
		sum := 0
		for _, c := range f.Cells {
			sum += c.Lacks
		}
		if sum != f.Lacks || (f.Lacks > 0) != (len(f.Shortages) > 0) {
			t.Fatalf("cells lack %d of %d, shortages %v", sum, f.Lacks, f.Shortages)
		}
		for _, x := range f.Shortages {
			if x.Need <= x.Have {
				t.Fatalf("a shortage of %d from %d is none", x.Need, x.Have)
			}
		}
	})
}

func TestADrawFillsItsCellsAndIsRepeatable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := somePool(t, 30), someSpec(t, 3)
		seed := []byte(rapid.StringMatching(`[a-z]{16}`).Draw(t, "seed"))
		picked, err := s.Draw(p, seed, "draw")
		f := s.Feasible(p)
		if possible := f.Lacks == 0 && s.Totals().Items > 0; possible != (err == nil) {
			t.Fatalf("feasible: %v, drawn: %v", f, err)
		}
		if err != nil {
			return
		}
		got := map[string]int{}
		seen := map[int64]bool{}
		for _, x := range picked {
			if seen[x.Item] {
				t.Fatalf("item %d is drawn twice", x.Item)
			}
			seen[x.Item] = true
			r := s.Sections[x.Section].Rows[x.Row]
			if !p.fits(Cell{Level: x.Level, topic: r.Topic, kind: r.Type}, x.Offer) {
				t.Fatalf("%+v does not fit %+v", x, r)
			}
			got[fmt.Sprint(x.Section, x.Row, x.Level)]++
		}
		for _, c := range s.Cells() {
			if n := got[fmt.Sprint(c.Section, c.Row, c.Level)]; n != c.count {
				t.Fatalf("cell %+v has %d", c, n)
			}
		}
		// What the order of the offers was does not matter, nor does a second time.
		mixed := rapid.Permutation(p.offers).Draw(t, "order")
		again, err := s.Draw(NewPool(mixed, tree), seed, "draw")
		if err != nil || !slices.Equal(again, picked) {
			t.Fatalf("drawn again: %v, %v", again, err)
		}
	})
}

// content of a version: a single choice whose last option is pinned, or something to order.
func content(version int64, kind bank.ItemType) bank.Content {
	c := bank.Content{Type: kind, Stem: fmt.Sprintf("Câu %d", version), Difficulty: bank.Recognition}
	for i := range 4 {
		c.Options = append(c.Options, bank.Option{ID: bank.OptionID(i), Text: fmt.Sprintf("%d/%d", version, i), Pinned: kind == bank.Single && i == 3})
	}
	if kind == bank.Single {
		c.Key.Options = []string{bank.OptionID(int(version) % 4)}
	} else {
		c.Key.Order = []string{"b", "a", "d", "c"}
	}
	return c.Normalized()
}

func contentsOf(p Pool) Contents {
	return func([]int64) (map[int64]bank.Content, error) {
		texts := map[int64]bank.Content{}
		for _, o := range p.offers {
			texts[o.Version] = content(o.Version, o.Type)
		}
		return texts, nil
	}
}

func TestVariantsKeepItemsKeysAndPinnedOptions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := somePool(t, 30), someSpec(t, 2)
		ask := Ask{Seed: hex.EncodeToString([]byte(rapid.StringMatching(`[a-z]{16}`).Draw(t, "seed"))), Mode: SameItems, Codes: []string{"101", "102", "103"}}
		variants, err := s.Make(p, ask, contentsOf(p))
		if err != nil {
			return // not feasible, which another test looks at
		}
		texts, _ := contentsOf(p)(nil)
		for i, v := range variants {
			for j, part := range v.Parts {
				if !slices.Equal(sorted(part), sorted(variants[0].Parts[j])) {
					t.Fatalf("part %d of %s has other items", j, v.Code)
				}
				mix := s.Sections[j].Mix
				if !mix.questions() && !slices.Equal(items(part), items(variants[0].Parts[j])) {
					t.Fatalf("part %d of %s is shuffled and must not be", j, v.Code)
				}
				for k, e := range part.Entries {
					c := texts[e.Version]
					if !mix.options() && !slices.Equal(e.Options, ids(c.Options)) {
						t.Fatal("options are shuffled and must not be")
					}
					a := e.Arranged(c)
					if a.Type == bank.Single {
						if a.Options[3].ID != "d" {
							t.Fatalf("the pinned option left its place: %v", a.Options)
						}
						at := strings.Index("ABCD", Right(a, "vi"))
						if want := fmt.Sprintf("%d/%d", e.Version, e.Version%4); a.Options[at].Text != want {
							t.Fatalf("the key says %q, right is %q", a.Options[at].Text, want)
						}
					}
					if mix.options() && c.Type == bank.Ordering && slices.Equal(e.Options, c.Key.Order) {
						t.Fatal("something to order stands in its right order")
					}
					if i > 0 && mix == MixOptions && slices.Equal(e.Options, variants[i-1].Parts[j].Entries[k].Options) {
						t.Fatalf("neighbours %s and %s have the same options in the same order", variants[i-1].Code, v.Code)
					}
				}
				if i > 0 && mix.questions() && len(part.Entries) > 3 && slices.Equal(items(part), items(variants[i-1].Parts[j])) {
					t.Fatalf("neighbours %s and %s have the same order", variants[i-1].Code, v.Code)
				}
			}
		}
		again, err := s.Make(p, ask, contentsOf(p))
		if err != nil || string(encode(again)) != string(encode(variants)) {
			t.Fatalf("made again: %v", err)
		}
	})
}

func items(p Part) []int64 {
	var list []int64
	for _, e := range p.Entries {
		list = append(list, e.Item)
	}
	return list
}

func sorted(p Part) []int64 {
	list := items(p)
	slices.Sort(list)
	return list
}

// The numbers of a draw are a promise to those who check one: they may never change.
func TestDiceGiveTheStatedNumbers(t *testing.T) {
	seed, err := seedBytes("000102030405060708090a0b0c0d0e0f")
	if err != nil {
		t.Fatal(err)
	}
	d := newDice(seed, "draw")
	var got []int
	for range 12 {
		got = append(got, d.below(100))
	}
	if want := []int{60, 44, 28, 90, 13, 73, 74, 61, 40, 26, 26, 10}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	list := []int{1, 2, 3, 4, 5, 6, 7, 8}
	shuffle(newDice(seed, "order 101 0"), list)
	if want := []int{1, 2, 3, 8, 6, 5, 4, 7}; !slices.Equal(list, want) {
		t.Errorf("%v, want %v", list, want)
	}
}

func TestDrawsAreEven(t *testing.T) {
	s := Spec{Sections: []Section{{Rows: []Row{{Counts: Counts{Any: 2, Recognition: 1}}}}}}
	var offers []Offer
	for i := range 6 {
		level := bank.Understanding
		if i < 2 {
			level = bank.Recognition
		}
		offers = append(offers, Offer{Item: int64(i + 1), Version: int64(i + 1), Difficulty: level, Type: bank.Single})
	}
	p := NewPool(offers, nil)
	often := map[int64]int{}
	for i := range 3000 {
		picked, err := s.Draw(p, fmt.Appendf(nil, "seed %d", i), "draw")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range picked {
			if x.Level == "" {
				continue
			}
			often[x.Item]++
		}
	}
	for item := range int64(2) {
		if n := often[item+1]; n < 1350 || n > 1650 {
			t.Errorf("item %d fills the cell %d times in 3000", item+1, n)
		}
	}
}
