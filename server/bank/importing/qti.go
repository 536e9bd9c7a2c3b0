package importing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// QTI is the exchange format of test programs: a package with one XML file an item, listed in imsmanifest.xml. Version
// 3 writes the names of version 2 with a prefix and hyphens; modern undoes that, so that one reader reads both.

const manifestName = "imsmanifest.xml"

// declaration is what an item says about the answer to one interaction.
type declaration struct {
	base, cardinality string
	right             []string
	mapped            []string // what earns the most, for texts
}

var qtiInteractions = []string{"choiceInteraction", "textEntryInteraction", "inlineChoiceInteraction", "orderInteraction", "matchInteraction",
	"associateInteraction", "gapMatchInteraction", "extendedTextInteraction", "hottextInteraction", "uploadInteraction", "drawingInteraction",
	"sliderInteraction", "hotspotInteraction", "graphicOrderInteraction", "graphicAssociateInteraction", "graphicGapMatchInteraction",
	"selectPointInteraction", "positionObjectInteraction", "customInteraction", "portableCustomInteraction"}

type qtiReader struct {
	*built
	root         *node
	declarations map[string]declaration
}

func qtiItem(root *node, name string, a about, stored func(string) []byte) bank.ReadItem {
	r := &qtiReader{built: newBuilt("line", name, root.line, root.line), root: root, declarations: map[string]declaration{}}
	r.stored, r.extra, r.c.Topic = stored, a.extra, a.topic
	r.item.Label = limited(bank.CleanLine(root.attr("title")), 60)
	for _, d := range root.children("responseDeclaration") {
		dec := declaration{base: d.attr("baseType"), cardinality: d.attr("cardinality")}
		for _, v := range d.child("correctResponse").children("value") {
			dec.right = append(dec.right, strings.TrimSpace(v.content()))
		}
		best := 0.0
		for _, e := range d.child("mapping").children("mapEntry") {
			if worth, err := strconv.ParseFloat(e.attr("mappedValue"), 64); err == nil {
				best = max(best, worth)
			}
		}
		for _, e := range d.child("mapping").children("mapEntry") {
			if worth, err := strconv.ParseFloat(e.attr("mappedValue"), 64); err == nil && worth > 0 && worth == best {
				dec.mapped = append(dec.mapped, e.attr("mapKey"))
			}
		}
		r.declarations[d.attr("identifier")] = dec
	}
	body := root.child("itemBody")
	r.item.Original = qtiOriginal(body)
	for _, f := range root.children("modalFeedback") {
		text := fromTree(f)
		r.say(text, "explanation")
		if r.c.Explanation == "" {
			r.c.Explanation = text.text
		}
	}
	r.interactions(body)
	return r.finished()
}

func qtiOriginal(body *node) string {
	if body == nil {
		return ""
	}
	lines := []string{fromTree(body).text}
	for _, n := range body.find("simpleChoice", "simpleAssociableChoice", "gapText", "inlineChoice", "hottext") {
		lines = append(lines, n.attr("identifier")+": "+fromTree(n).text)
	}
	return strings.Join(lines, "\n")
}

func (r *qtiReader) declared(n *node) declaration {
	return r.declarations[n.attr("responseIdentifier")]
}

// interactions decides what an item is by what can be done in it.
func (r *qtiReader) interactions(body *node) {
	found := body.find(qtiInteractions...)
	if body == nil || len(found) == 0 {
		r.stem(fromTree(&node{kids: append([]*node(nil), body.orNothing()...)}))
		r.unknown("no interaction")
		return
	}
	inline := 0
	for _, n := range found {
		if n.name == "textEntryInteraction" || n.name == "inlineChoiceInteraction" {
			inline++
		}
	}
	first := found[0]
	switch {
	case inline == len(found):
		r.blanks(body, found)
		return
	case first.name == "gapMatchInteraction" && len(found) == 1:
		r.gaps(body, first)
		return
	}
	r.stem(fromTree(body))
	if len(found) > 1 {
		r.c.Type = bank.Single
		r.wrong("interactions", "type", fmt.Sprintf("Câu gồm %d phần trả lời khác nhau; ở đây mỗi câu chỉ có một. Hãy tách câu.", len(found)),
			fmt.Sprintf("The item has %d interactions of different kinds; here a question has one. Split it.", len(found)))
		return
	}
	switch first.name {
	case "choiceInteraction":
		r.choice(first)
	case "orderInteraction":
		r.order(first)
	case "matchInteraction":
		r.match(first)
	case "associateInteraction":
		r.associate(first)
	default:
		r.unknown(first.name)
	}
}

func (n *node) orNothing() []*node {
	if n == nil {
		return nil
	}
	return n.kids
}

// listed reads choices as options; the second result finds them by their identifiers.
func (r *qtiReader) listed(choices []*node, path string, id func(int) string) ([]bank.Option, map[string]int) {
	var options []bank.Option
	places := map[string]int{}
	for i, n := range choices {
		o := r.option(id(i), fromTree(n), fmt.Sprintf("%s[%d]", path, i))
		o.Pinned = n.attr("fixed") == "true"
		options = append(options, o)
		places[n.attr("identifier")] = i
	}
	return options, places
}

// missing says that the right answer names what is not there.
func (r *qtiReader) missing() {
	r.wrong("key_unknown", "key", "Đáp án của câu chỉ tới phương án không có trong câu.", "The right answer names a choice that the item does not have.")
}

func (r *qtiReader) choice(n *node) {
	options, places := r.listed(n.children("simpleChoice"), "options", bank.OptionID)
	r.c.Options = options
	d := r.declared(n)
	right := d.right
	if len(right) == 0 {
		right = d.mapped
	}
	var chosen []int
	for _, value := range right {
		if i, ok := places[value]; ok {
			chosen = append(chosen, i)
		} else {
			r.missing()
		}
	}
	shuffled := n.attr("shuffle") == "true"
	for i := range r.c.Options {
		if r.extra.Type == "" && (r.c.Options[i].Pinned || !shuffled && n.attr("shuffle") != "") {
			r.extra.Pinned = append(r.extra.Pinned, bank.OptionID(i))
		}
	}
	r.right(chosen, d.cardinality == "multiple" && n.attr("maxChoices") != "1")
}

func (r *qtiReader) order(n *node) {
	options, places := r.listed(n.children("simpleChoice"), "options", bank.OptionID)
	r.c.Type, r.c.Options = bank.Ordering, options
	for _, value := range r.declared(n).right {
		i, ok := places[value]
		if !ok {
			r.missing()
			continue
		}
		r.c.Key.Order = append(r.c.Key.Order, options[i].ID)
	}
}

func (r *qtiReader) match(n *node) {
	sets := n.children("simpleMatchSet")
	if len(sets) != 2 {
		r.unknown(n.name)
		return
	}
	left, leftAt := r.listed(sets[0].children("simpleAssociableChoice"), "options", bank.OptionID)
	targets, targetAt := r.listed(sets[1].children("simpleAssociableChoice"), "targets", bank.TargetID)
	answers := make([]int, len(left))
	for i := range answers {
		answers[i] = -1
	}
	for _, pair := range r.declared(n).right {
		a, b, _ := strings.Cut(pair, " ")
		i, okLeft := leftAt[a]
		j, okRight := targetAt[strings.TrimSpace(b)]
		if !okLeft || !okRight {
			r.missing()
			continue
		}
		if answers[i] >= 0 {
			r.wrong("two_answers", "key.pairs", "Một vế có hai vế ghép đúng; ở đây mỗi vế chỉ ghép với một.", "One side has two right partners; here each has one.")
		}
		answers[i] = j
	}
	r.c.Options, r.c.Targets = left, targets
	if isTruthPair(targets) && r.extra.Type != bank.Matching {
		r.c.Type, r.c.PartialCredit, r.c.Key.Options, r.c.Targets = bank.TrueFalseGroup, bank.ByTable, []string{}, nil
		for i, j := range answers {
			if j < 0 {
				r.wrong("no_key", "key.options", "Có ý chưa được ghi là đúng hay sai.", "A statement is marked neither true nor false.")
			} else if id, _ := truth(targets[j].Text); id == bank.OptionTrue {
				r.c.Key.Options = append(r.c.Key.Options, left[i].ID)
			}
		}
		return
	}
	r.c.Type, r.c.PartialCredit = bank.Matching, bank.PerPart
	for i, j := range answers {
		if j >= 0 {
			r.c.Key.Pairs = append(r.c.Key.Pairs, bank.Pair{Option: left[i].ID, Target: targets[j].ID})
		}
	}
}

func isTruthPair(targets []bank.Option) bool {
	if len(targets) != 2 {
		return false
	}
	a, okA := truth(targets[0].Text)
	b, okB := truth(targets[1].Text)
	return okA && okB && a != b
}

// associate pairs things of one set: the first of each pair becomes the left side.
func (r *qtiReader) associate(n *node) {
	texts := map[string]rich{}
	for _, c := range n.children("simpleAssociableChoice") {
		texts[c.attr("identifier")] = fromTree(c)
	}
	var left []bank.Option
	var right, more []string
	used := map[string]bool{}
	for _, pair := range r.declared(n).right {
		a, b, _ := strings.Cut(pair, " ")
		b = strings.TrimSpace(b)
		source, okA := texts[a]
		target, okB := texts[b]
		if !okA || !okB {
			r.missing()
			continue
		}
		i := len(left)
		left = append(left, r.option(bank.OptionID(i), source, fmt.Sprintf("options[%d]", i)))
		right = append(right, target.text)
		used[a], used[b] = true, true
	}
	for _, c := range n.children("simpleAssociableChoice") {
		if !used[c.attr("identifier")] {
			more = append(more, texts[c.attr("identifier")].text)
		}
	}
	r.pairs(left, right, more)
}
