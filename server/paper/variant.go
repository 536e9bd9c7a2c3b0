package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

// Mode says how the variants of a paper differ.
type Mode string

// The modes.
const (
	SameItems  Mode = "same"      // the same items, in another order
	OtherItems Mode = "different" // each variant is drawn by itself
)

// Entry is an item in a variant, with its lists in the order in which they are shown.
type Entry struct {
	Item    int64           `json:"item"`
	Version int64           `json:"version" doc:"Id of the item's version"`
	Hash    string          `json:"hash" doc:"SHA-256 of that version, hexadecimal"`
	Row     int             `json:"row" doc:"Of the section in the blueprint; -1: pinned"`
	Level   bank.Difficulty `json:"level"`
	Points  int64           `json:"points"`
	Options []string        `json:"options,omitempty"`
	Targets []string        `json:"targets,omitempty"`
	Blanks  [][]string      `json:"blanks,omitempty" doc:"The options of each blank"`
}

// Part is a section of a variant.
type Part struct {
	Title   string  `json:"title"`
	Note    string  `json:"note"`
	Entries []Entry `json:"entries"`
}

// Variant is one paper as it is handed out.
type Variant struct {
	Code  string `json:"code"`
	Parts []Part `json:"parts"`
}

// Document is a drawn paper with all its variants, as it is kept for good.
type Document struct {
	Schema    int       `json:"schema"`
	Contest   int64     `json:"contest"`
	Blueprint int64     `json:"blueprint"`
	Name      string    `json:"name"`
	Version   int       `json:"version" doc:"Of the blueprint"`
	Spec      Spec      `json:"spec"`
	Bank      string    `json:"bank" doc:"Hash of what could be drawn, hexadecimal"`
	Seed      string    `json:"seed"`
	Mode      Mode      `json:"mode"`
	Variants  []Variant `json:"variants"`
	Replaced  *Replaced `json:"replaced,omitempty"`
}

// Replaced says what made this paper out of another.
type Replaced struct {
	Paper  int64  `json:"paper"`
	Old    int64  `json:"old" doc:"The item that was taken out"`
	New    int64  `json:"new"`
	Reason string `json:"reason"`
}

const documentSchema = 1

// Codes checks and tidies the codes of variants.
func Codes(codes []string) ([]string, error) {
	wrong := func(vi, en string) error { return fault.New(fault.Invalid, "variant_codes", vi, en) }
	if len(codes) < 1 || len(codes) > MaxVariants {
		return nil, wrong("Một lần bốc có từ 1 đến 24 mã đề.", "A draw has 1 to 24 variants.")
	}
	list := make([]string, 0, len(codes))
	for _, c := range codes {
		c = strings.ToUpper(strings.TrimSpace(c))
		if c == "" || len(c) > 8 || strings.ContainsFunc(c, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			return nil, wrong(fmt.Sprintf("Mã đề “%s” phải gồm 1 đến 8 chữ số hoặc chữ cái không dấu.", c), fmt.Sprintf("The code “%s” must be 1 to 8 digits or letters.", c))
		}
		if slices.Contains(list, c) {
			return nil, wrong("Mã đề “"+c+"” đứng hai lần.", "The code “"+c+"” stands twice.")
		}
		list = append(list, c)
	}
	return list, nil
}

// Ask is what a draw is made of beside the blueprint and the bank.
type Ask struct {
	Seed  string
	Mode  Mode
	Codes []string
	// Hashes are those of contents by version, where they are known already; others are worked out.
	Hashes map[int64]string
}

// Contents gives the text of the drawn versions, by version id.
type Contents func(versions []int64) (map[int64]bank.Content, error)

// Make draws the variants. The same spec, pool, contents and ask give the same variants.
func (s Spec) Make(p Pool, ask Ask, contents Contents) ([]Variant, error) {
	seed, err := seedBytes(ask.Seed)
	if err != nil {
		return nil, err
	}
	draws := make([][]Picked, 0, len(ask.Codes))
	var versions []int64
	used := map[int64]bool{}
	for _, code := range ask.Codes {
		if ask.Mode == SameItems && len(draws) > 0 {
			draws = append(draws, draws[0])
			continue
		}
		purpose := "draw"
		if ask.Mode == OtherItems {
			purpose += " " + code
		}
		// Variants of their own share as little as they can: items of an earlier one only when there are no others.
		picked, err := s.Draw(p.without(used), seed, purpose)
		if err != nil && len(used) > 0 {
			picked, err = s.Draw(p, seed, purpose)
		}
		if err != nil {
			return nil, err
		}
		for _, x := range picked {
			versions = append(versions, x.Version)
			used[x.Item] = x.Row >= 0
		}
		draws = append(draws, picked)
	}
	texts, err := contents(versions)
	if err != nil {
		return nil, err
	}
	variants := make([]Variant, 0, len(draws))
	for i, code := range ask.Codes {
		v, err := s.vary(draws[i], code, seed, texts, ask.Hashes, variants)
		if err != nil {
			return nil, err
		}
		variants = append(variants, v)
	}
	return variants, nil
}

// candidates is how many orders are tried; the one that is least like the variants before it is taken.
const candidates = 12

func (s Spec) vary(picked []Picked, code string, seed []byte, texts map[int64]bank.Content, hashes map[int64]string, before []Variant) (Variant, error) {
	v := Variant{Code: code, Parts: []Part{}}
	letters := map[string]int{}
	for i, section := range s.Sections {
		d := newDice(seed, fmt.Sprintf("order %s %d", code, i))
		part := Part{Title: section.Title, Note: section.Note, Entries: []Entry{}}
		var pinned, drawn []Picked
		for _, x := range picked {
			switch {
			case x.Section != i:
			case x.Row < 0:
				pinned = append(pinned, x)
			default:
				drawn = append(drawn, x)
			}
		}
		if section.Mix.questions() {
			drawn = leastLike(d, drawn, pinned, i, before)
		}
		for _, x := range slices.Concat(pinned, drawn) {
			c, ok := texts[x.Version]
			if !ok {
				return v, fault.NothingHere
			}
			hash, known := hashes[x.Version]
			if !known {
				hash = c.HashText()
			}
			e := Entry{Item: x.Item, Version: x.Version, Hash: hash, Row: x.Row, Level: x.Level, Points: x.Points}
			e.arrange(d, c, section.Mix.options(), last(before, x.Item), letters)
			part.Entries = append(part.Entries, e)
		}
		v.Parts = append(v.Parts, part)
	}
	return v, nil
}

// leastLike shuffles items so that as few as possible stand where they stood in an earlier variant.
func leastLike(d *dice, items, pinned []Picked, part int, before []Variant) []Picked {
	var best []Picked
	least := -1
	for range candidates {
		list := slices.Clone(items)
		shuffle(d, list)
		same := 0
		for at, v := range before {
			for i, x := range list {
				if place := len(pinned) + i; place < len(v.Parts[part].Entries) && v.Parts[part].Entries[place].Item == x.Item {
					same += 1 + at/max(1, len(before)-1) // the neighbour counts double
				}
			}
		}
		if least < 0 || same < least {
			best, least = list, same
		}
	}
	return best
}

// last is the item's entry in the variant before, if it is there.
func last(before []Variant, item int64) *Entry {
	if len(before) == 0 {
		return nil
	}
	for _, p := range before[len(before)-1].Parts {
		for i := range p.Entries {
			if p.Entries[i].Item == item {
				return &p.Entries[i]
			}
		}
	}
	return nil
}

// arrange orders the lists of an item. Pinned options keep their places; a list to be ordered never stands in its right
// order; and of several shuffles the one is taken that differs from the variant before and evens out the key's letters.
func (e *Entry) arrange(d *dice, c bank.Content, mix bool, before *Entry, letters map[string]int) {
	e.Options, e.Targets = ids(c.Options), ids(c.Targets)
	for _, b := range c.Blanks {
		e.Blanks = append(e.Blanks, ids(b.Options))
	}
	if mix && c.Type != bank.TrueFalse {
		var best []string
		least := -1
		for range candidates {
			order := mixed(d, c.Options)
			cost := 0
			if before != nil && slices.Equal(order, before.Options) {
				cost += 1000
			}
			if c.Type == bank.Ordering && slices.Equal(order, c.Key.Order) {
				cost += 2000
			}
			if c.Type == bank.Single {
				cost += letters[letterAt(slices.Index(order, c.Key.Options[0]))]
			}
			if least < 0 || cost < least {
				best, least = order, cost
			}
		}
		e.Options, e.Targets = best, mixed(d, c.Targets)
		for i, b := range c.Blanks {
			e.Blanks[i] = mixed(d, b.Options)
		}
	}
	if c.Type == bank.Single {
		letters[letterAt(slices.Index(e.Options, c.Key.Options[0]))]++
	}
}

func ids(options []bank.Option) []string {
	var list []string
	for _, o := range options {
		list = append(list, o.ID)
	}
	return list
}

// mixed shuffles the options that are not pinned among their places.
func mixed(d *dice, options []bank.Option) []string {
	list := ids(options)
	var places []int
	for i, o := range options {
		if !o.Pinned {
			places = append(places, i)
		}
	}
	for i := len(places) - 1; i > 0; i-- {
		a, b := places[i], places[d.below(i+1)]
		list[a], list[b] = list[b], list[a]
	}
	return list
}

// Arranged is the content with its lists in the order of the entry. Ids, and so the key, stay what they are.
func (e Entry) Arranged(c bank.Content) bank.Content {
	sorted := func(options []bank.Option, order []string) []bank.Option {
		list := slices.Clone(options)
		slices.SortStableFunc(list, func(a, b bank.Option) int {
			return cmp.Compare(slices.Index(order, a.ID), slices.Index(order, b.ID))
		})
		return list
	}
	c.Options, c.Targets, c.Blanks = sorted(c.Options, e.Options), sorted(c.Targets, e.Targets), slices.Clone(c.Blanks)
	for i := range c.Blanks {
		if i < len(e.Blanks) {
			c.Blanks[i].Options = sorted(c.Blanks[i].Options, e.Blanks[i])
		}
	}
	return c
}

// letterAt is the capital letter of a place: A, B, ...
func letterAt(i int) string { return strings.ToUpper(bank.OptionID(i)) }

// Right is the key of an arranged content in one line, by the letters and numbers that stand on the paper.
func Right(c bank.Content, locale string) string {
	place := func(options []bank.Option, id string) int {
		return slices.IndexFunc(options, func(o bank.Option) bool { return o.ID == id })
	}
	yes, no := "Đ", "S"
	if locale == "en" {
		yes, no = "T", "F"
	}
	var parts []string
	switch c.Type {
	case bank.Single, bank.Multiple, bank.TrueFalse:
		for i, o := range c.Options {
			if slices.Contains(c.Key.Options, o.ID) {
				parts = append(parts, letterAt(i))
			}
		}
		return strings.Join(parts, ", ")
	case bank.TrueFalseGroup:
		for i, o := range c.Options {
			sign := no
			if slices.Contains(c.Key.Options, o.ID) {
				sign = yes
			}
			parts = append(parts, bank.OptionID(i)+" "+sign)
		}
		return strings.Join(parts, ", ")
	case bank.Ordering:
		for _, id := range c.Key.Order {
			parts = append(parts, letterAt(place(c.Options, id)))
		}
		return strings.Join(parts, " – ")
	case bank.Matching:
		for i, o := range c.Options {
			for _, p := range c.Key.Pairs {
				if p.Option == o.ID {
					parts = append(parts, fmt.Sprintf("%s – %d", bank.OptionID(i), place(c.Targets, p.Target)+1))
				}
			}
		}
		return strings.Join(parts, "; ")
	case bank.FillIn:
		for i, b := range c.Blanks {
			for _, k := range c.Key.Blanks {
				if k.ID != b.ID {
					continue
				}
				text := strings.Join(k.Texts, " / ")
				switch b.Type {
				case bank.Single:
					text = letterAt(place(b.Options, k.Option)) + ". " + b.Options[max(0, place(b.Options, k.Option))].Text
				case bank.Numeric:
					text = number(k.Number, k.Tolerance, locale)
				}
				parts = append(parts, "("+strconv.Itoa(i+1)+") "+text)
			}
		}
		return strings.Join(parts, "; ")
	case bank.ShortText:
		return strings.Join(c.Key.Texts, " / ")
	}
	return number(c.Key.Number, c.Key.Tolerance, locale)
}

func number(value, tolerance, locale string) string {
	if tolerance != "" && tolerance != "0" {
		value += " ± " + tolerance
	}
	if locale != "en" {
		value = strings.ReplaceAll(value, ".", ",")
	}
	return value
}
