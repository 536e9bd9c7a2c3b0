package bank

import (
	"crypto/sha256"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/scoring"
)

// Normalized gives the content in its one canonical form: NFC text without stray spaces, sorted keys, only the fields
// that belong to the type, no nil lists, and the parts in an order that gives no key away.
func (c Content) Normalized() Content {
	n := c
	n.Stem = CleanText(c.Stem)
	n.Explanation = CleanText(c.Explanation)
	n.Source = Source{Act: CleanLine(c.Source.Act), Article: CleanLine(c.Source.Article), Note: CleanText(c.Source.Note)}
	n.Topic = cleanTopic(c.Topic)
	n.Image = cleanImage(c.Image)
	n.Media = nil
	if c.Media != nil {
		media := *c.Media
		media.Alt, media.Transcript = CleanLine(media.Alt), CleanText(media.Transcript)
		n.Media = &media
	}
	n.Options, n.Targets, n.Blanks = make([]Option, 0, len(c.Options)), nil, nil
	switch {
	case c.Type == TrueFalse:
		n.Options = append(n.Options,
			Option{ID: OptionTrue, Text: "Đúng", Pinned: true}, Option{ID: OptionFalse, Text: "Sai", Pinned: true})
	case c.Type.ListsOptions():
		for _, o := range c.Options {
			n.Options = append(n.Options, cleanOption(o, c.Type.HasOptions() || c.Type == TrueFalseGroup))
		}
	}
	n.Key = Key{Options: []string{}, Texts: []string{}}
	switch {
	case c.Type.HasOptions() || c.Type == TrueFalseGroup:
		n.Key.Options = append(n.Key.Options, c.Key.Options...)
		slices.Sort(n.Key.Options)
		n.Key.Options = slices.Compact(n.Key.Options)
	case c.Type == Ordering:
		n.Key.Order = slices.Clone(c.Key.Order)
		arrangeOptions(&n)
	case c.Type == Matching:
		for _, o := range c.Targets {
			n.Targets = append(n.Targets, cleanOption(o, false))
		}
		n.Key.Pairs = slices.Clone(c.Key.Pairs)
		arrangeTargets(&n)
	case c.Type == FillIn:
		arrangeBlanks(&n, c)
	case c.Type == ShortText:
		n.Key.IgnoreMarks = c.Key.IgnoreMarks
		n.Key.Texts = append(n.Key.Texts, cleanTexts(c.Key.Texts)...)
	case c.Type == Numeric:
		n.Key.Number, n.Key.Tolerance = cleanDecimal(c.Key.Number), cleanTolerance(c.Key.Tolerance)
	}
	n.PartialCredit, n.CreditTable = cleanCredit(n)
	n.Schema = n.lowestSchema()
	return n
}

// lowestSchema is the first version of the fields that can say this content.
func (c Content) lowestSchema() int {
	switch c.Type {
	case TrueFalseGroup, FillIn, Ordering, Matching:
		return SchemaVersion
	}
	if c.Media != nil || c.PartialCredit == Proportion || slices.ContainsFunc(c.Options, func(o Option) bool { return o.Image != nil }) {
		return SchemaVersion
	}
	return schemaFirst
}

func cleanImage(image *Image) *Image {
	clean := image.copy()
	if clean != nil {
		clean.Alt = CleanLine(clean.Alt)
	}
	return clean
}

func cleanOption(o Option, pins bool) Option {
	return Option{ID: o.ID, Text: CleanText(o.Text), Image: cleanImage(o.Image), Pinned: o.Pinned && pins}
}

func cleanTexts(texts []string) []string {
	var clean []string
	for _, t := range texts {
		if t = CleanLine(t); t != "" && !slices.Contains(clean, t) {
			clean = append(clean, t)
		}
	}
	return clean
}

func cleanTolerance(s string) string {
	if s = cleanDecimal(s); s != "" {
		return s
	}
	return "0"
}

// cleanCredit gives a rule that the type has; a rule nobody knows is left for Validate to refuse.
func cleanCredit(c Content) (PartialCredit, []int64) {
	rule, known := c.PartialCredit, c.Type.Credits()
	others := []PartialCredit{"", AllOrNothing, RightMinusWrong, Proportion, PerPart, InSequence, ByTable}
	if len(known) == 1 || !slices.Contains(known, rule) && slices.Contains(others, rule) {
		rule = known[0]
	}
	if rule != ByTable {
		return rule, nil
	}
	if len(c.CreditTable) != len(c.Options) {
		return rule, scoring.CreditTable(len(c.Options))
	}
	return rule, slices.Clone(c.CreditTable)
}

// What is to be ordered, and what is to be matched with, stands in a content in an order that follows from the texts
// themselves and from nothing else: whoever knows the program and sees the question learns nothing about the key. An
// order drawn from the key, however well mixed, could be found out by trying all keys.

// byItself sorts options in that order.
func byItself(options []Option) {
	type placed struct {
		Option
		at [32]byte
	}
	list := make([]placed, len(options))
	for i, o := range options {
		text := o.Text
		if o.Image != nil {
			text += "\x00" + o.Image.Hash
		}
		list[i] = placed{o, sha256.Sum256([]byte(text))}
	}
	slices.SortStableFunc(list, func(a, b placed) int { return strings.Compare(string(a.at[:]), string(b.at[:])) })
	for i, p := range list {
		options[i] = p.Option
	}
}

// renumber gives options the ids of their places and tells how the ids have changed.
func renumber(options []Option, id func(int) string) map[string]string {
	now := make(map[string]string, len(options))
	for i := range options {
		if _, twice := now[options[i].ID]; !twice {
			now[options[i].ID] = id(i)
		}
		options[i].ID = id(i)
	}
	return now
}

func renamed(ids []string, now map[string]string) []string {
	for i, id := range ids {
		if is, ok := now[id]; ok {
			ids[i] = is
		}
	}
	return ids
}

func arrangeOptions(n *Content) {
	byItself(n.Options)
	n.Key.Order = renamed(n.Key.Order, renumber(n.Options, OptionID))
}

// arrangeTargets arranges what options are matched with. The same target given twice becomes one.
func arrangeTargets(n *Content) {
	same := map[string]string{}
	var targets []Option
	for _, t := range n.Targets {
		i := slices.IndexFunc(targets, func(o Option) bool {
			return o.Text == t.Text && (o.Image == nil) == (t.Image == nil) && (o.Image == nil || o.Image.FileID == t.Image.FileID)
		})
		if i >= 0 {
			same[t.ID] = targets[i].ID
			continue
		}
		targets = append(targets, t)
	}
	byItself(targets)
	now := renumber(targets, TargetID)
	for i, p := range n.Key.Pairs {
		if first, ok := same[p.Target]; ok {
			p.Target = first
		}
		if is, ok := now[p.Target]; ok {
			p.Target = is
		}
		n.Key.Pairs[i] = p
	}
	slices.SortStableFunc(n.Key.Pairs, func(a, b Pair) int { return strings.Compare(a.Option, b.Option) })
	n.Key.Pairs = slices.Compact(n.Key.Pairs)
	n.Targets = targets
}

// blankMark is how a stem says where a blank is.
var blankMark = regexp.MustCompile(`\[\[([0-9A-Za-z]{1,8})\]\]`)

// arrangeBlanks numbers the blanks as they stand in the stem.
func arrangeBlanks(n *Content, c Content) {
	now := map[string]string{}
	n.Stem = blankMark.ReplaceAllStringFunc(n.Stem, func(mark string) string {
		id := mark[2 : len(mark)-2]
		if now[id] == "" {
			now[id] = strconv.Itoa(len(now) + 1)
		}
		return "[[" + now[id] + "]]"
	})
	for _, b := range c.Blanks {
		if now[b.ID] == "" { // a blank that stands nowhere: Validate will say so
			now[b.ID] = strconv.Itoa(len(now) + 1)
		}
	}
	for _, b := range c.Blanks {
		blank := Blank{ID: now[b.ID], Type: b.Type}
		key := BlankKey{ID: blank.ID}
		i := slices.IndexFunc(c.Key.Blanks, func(k BlankKey) bool { return k.ID == b.ID })
		var given BlankKey
		if i >= 0 {
			given = c.Key.Blanks[i]
		}
		switch b.Type {
		case Single:
			for _, o := range b.Options {
				blank.Options = append(blank.Options, Option{ID: o.ID, Text: CleanLine(o.Text)})
			}
			key.Option = renamed([]string{given.Option}, renumber(blank.Options, OptionID))[0]
		case ShortText:
			key.Texts, key.IgnoreMarks = cleanTexts(given.Texts), given.IgnoreMarks
		case Numeric:
			key.Number, key.Tolerance = cleanDecimal(given.Number), cleanTolerance(given.Tolerance)
		}
		n.Blanks, n.Key.Blanks = append(n.Blanks, blank), append(n.Key.Blanks, key)
	}
	byNumber := func(a, b string) int { return len(a)*100 + strings.Compare(a, b) - len(b)*100 }
	slices.SortStableFunc(n.Blanks, func(a, b Blank) int { return byNumber(a.ID, b.ID) })
	slices.SortStableFunc(n.Key.Blanks, func(a, b BlankKey) int { return byNumber(a.ID, b.ID) })
}

// PlainStem is the stem for lists: its blanks are dots.
func (c Content) PlainStem() string {
	if c.Type != FillIn {
		return c.Stem
	}
	return blankMark.ReplaceAllString(c.Stem, "……")
}

// OptionID is the id of the option at this place: "a", "b", ...
func OptionID(i int) string { return string(rune('a' + i)) }

// TargetID is the id of the target at this place: "1", "2", ...
func TargetID(i int) string { return strconv.Itoa(i + 1) }
