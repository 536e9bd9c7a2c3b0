package importing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// blanks reads fields inside of the text: one that stands alone behind it is a short answer.
func (r *qtiReader) blanks(body *node, found []*node) {
	ids := map[*node]string{}
	for i, n := range found {
		ids[n] = fmt.Sprint(i + 1)
	}
	w := &richWriter{gap: func(n *node) (string, bool) {
		id, is := ids[n]
		return "[[" + id + "]]", is
	}}
	w.inside(body)
	text := w.done()
	stem, alone := strings.CutSuffix(text.text, "\n[[1]]")
	if len(found) == 1 && found[0].name == "textEntryInteraction" && (alone && r.extra.Type != bank.FillIn) {
		text.text = strings.TrimSpace(stem)
		r.stem(text)
		key, numeric := r.typed(found[0])
		if numeric {
			r.number(key.Number, key.Tolerance)
			return
		}
		r.c.Type, r.c.Key.Texts = bank.ShortText, key.Texts
		return
	}
	r.stem(text)
	r.c.Type, r.c.PartialCredit = bank.FillIn, bank.PerPart
	for i, n := range found {
		id := fmt.Sprint(i + 1)
		blank, key := bank.Blank{ID: id, Type: bank.ShortText}, bank.BlankKey{}
		if n.name == "inlineChoiceInteraction" {
			blank.Type = bank.Single
			options, places := r.listed(n.children("inlineChoice"), "blanks", bank.OptionID)
			blank.Options = options
			for _, value := range r.declared(n).right {
				if at, ok := places[value]; ok {
					key.Option = options[at].ID
				} else {
					r.missing()
				}
			}
		} else {
			typed, numeric := r.typed(n)
			if key = typed; numeric {
				blank.Type = bank.Numeric
			}
		}
		key.ID = id
		for j := range blank.Options {
			blank.Options[j].Pinned = false
		}
		r.c.Blanks, r.c.Key.Blanks = append(r.c.Blanks, blank), append(r.c.Key.Blanks, key)
	}
}

// typed reads the key of a field.
func (r *qtiReader) typed(n *node) (bank.BlankKey, bool) {
	d := r.declared(n)
	if d.base == "float" || d.base == "integer" {
		key := bank.BlankKey{Tolerance: "0"}
		if len(d.right) > 0 {
			key.Number = d.right[0]
		}
		for _, equal := range r.root.child("responseProcessing").find("equal") {
			if about := equal.child("variable"); about.attr("identifier") != n.attr("responseIdentifier") || equal.attr("toleranceMode") != "absolute" {
				continue
			}
			if low, _, _ := strings.Cut(strings.TrimSpace(equal.attr("tolerance")), " "); low != "" {
				key.Tolerance = low
			}
		}
		return key, true
	}
	texts := append([]string(nil), d.mapped...)
	for _, t := range d.right {
		if !slices.Contains(texts, t) {
			texts = append(texts, t)
		}
	}
	return bank.BlankKey{Texts: texts}, false
}

// gaps reads words that are dragged into a text: every gap offers all words.
func (r *qtiReader) gaps(body, n *node) {
	var options []bank.Option
	places := map[string]int{}
	for i, g := range n.children("gapText") {
		options = append(options, bank.Option{ID: bank.OptionID(i), Text: fromTree(g).text})
		places[g.attr("identifier")] = i
	}
	right := map[string]string{}
	for _, pair := range r.declared(n).right {
		word, gap, _ := strings.Cut(pair, " ")
		right[strings.TrimSpace(gap)] = word
	}
	w := &richWriter{gap: func(g *node) (string, bool) {
		if g.name != "gap" {
			return "", false
		}
		id := fmt.Sprint(len(r.c.Blanks) + 1)
		key := bank.BlankKey{ID: id}
		if i, ok := places[right[g.attr("identifier")]]; ok {
			key.Option = options[i].ID
		} else {
			r.missing()
		}
		r.c.Blanks = append(r.c.Blanks, bank.Blank{ID: id, Type: bank.Single, Options: slices.Clone(options)})
		r.c.Key.Blanks = append(r.c.Key.Blanks, key)
		return "[[" + id + "]]", true
	}}
	r.c.Type, r.c.PartialCredit = bank.FillIn, bank.PerPart
	w.inside(body)
	r.stem(w.done())
	if len(n.children("gapImg")) > 0 {
		r.unknown("gapImg")
	}
}
