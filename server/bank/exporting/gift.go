package exporting

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// gift writes Moodle's text format. What it has no place for stands in a comment of our own.
func gift(items []bank.Written) []byte {
	var b bytes.Buffer
	topic := ""
	for n, item := range items {
		c := item.Content
		if n == 0 || c.Topic != topic {
			topic = c.Topic
			fmt.Fprintf(&b, "$CATEGORY: %s\n\n", categoryPath(topic))
		}
		w := giftWriter{html: strings.ContainsAny(allText(c), "$") || strings.Contains(allText(c), `\(`) || strings.Contains(allText(c), `\[`)}
		extra := bank.ExtraOf(c)
		fmt.Fprintf(&b, "// hoithi: %s\n::%s::%s", extra.Encode(), giftEscape(fmt.Sprintf("Câu %d", n+1)), map[bool]string{true: "[html]", false: "[plain]"}[w.html])
		before, after := c.Stem, ""
		if c.Type == bank.FillIn {
			before, after, _ = strings.Cut(c.Stem, "[[1]]")
		}
		b.WriteString(w.text(before) + "{")
		b.WriteString(w.answers(c))
		if c.Explanation != "" {
			b.WriteString("####" + w.text(c.Explanation))
		}
		b.WriteString("}")
		b.WriteString(w.text(after) + "\n\n")
	}
	return b.Bytes()
}

func allText(c bank.Content) string {
	parts := []string{c.Stem, c.Explanation}
	lists := [][]bank.Option{c.Options, c.Targets}
	for _, b := range c.Blanks {
		lists = append(lists, b.Options)
	}
	for _, list := range lists {
		for _, o := range list {
			parts = append(parts, o.Text)
		}
	}
	return strings.Join(parts, "\x00")
}

func categoryPath(topic string) string {
	path := "$course$/top"
	for branch := range strings.SplitSeq(topic, " / ") {
		if branch != "" {
			path += "/" + strings.ReplaceAll(branch, "/", "//")
		}
	}
	return path
}

type giftWriter struct{ html bool }

func giftEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "~", `\~`, "=", `\=`, "#", `\#`, "{", `\{`, "}", `\}`, ":", `\:`, "->", "-"+guard+">", "\n", `\n`).Replace(s)
}

var reGiftFormat = regexp.MustCompile(`^\[(html|moodle|plain|markdown)\]`)

// unweighted keeps a text that starts with a percent sign from being read as the weight of an answer, or one that starts
// with a bracket as the name of a markup.
func unweighted(s string) string {
	if strings.HasPrefix(s, "%") || reGiftFormat.MatchString(s) {
		return guard + s
	}
	return s
}

func (w giftWriter) text(s string) string {
	s = unweighted(s)
	if w.html {
		s = markup(s)
	}
	return giftEscape(s)
}

func (w giftWriter) answers(c bank.Content) string {
	var b strings.Builder
	switch c.Type {
	case bank.TrueFalse:
		return map[bool]string{true: "TRUE", false: "FALSE"}[c.Key.Options[0] == bank.OptionTrue]
	case bank.Numeric:
		return "#" + c.Key.Number + ":" + c.Key.Tolerance
	case bank.ShortText:
		for _, t := range c.Key.Texts {
			b.WriteString("=" + giftEscape(unweighted(t)) + " ")
		}
	case bank.Single, bank.Multiple:
		b.WriteString(w.choices(c.Options, c.Key.Options, c.Type == bank.Multiple))
	case bank.TrueFalseGroup:
		for _, o := range c.Options {
			b.WriteString("=" + w.text(o.Text) + " -> " + truthWord(contains(c.Key.Options, o.ID)) + "\n")
		}
	case bank.Matching:
		used := map[string]bool{}
		for i, p := range c.Key.Pairs {
			b.WriteString("=" + w.text(c.Options[i].Text) + " -> " + w.text(textOf(c.Targets, p.Target)) + "\n")
			used[p.Target] = true
		}
		for _, t := range c.Targets {
			if !used[t.ID] {
				b.WriteString("= -> " + w.text(t.Text) + "\n")
			}
		}
	case bank.Ordering:
		b.WriteString(">\n")
		for _, id := range c.Key.Order {
			line := w.text(textOf(c.Options, id))
			if strings.HasPrefix(line, "//") {
				line = guard + line
			}
			b.WriteString(line + "\n")
		}
	case bank.FillIn:
		blank, key := c.Blanks[0], c.Key.Blanks[0]
		switch blank.Type {
		case bank.Numeric:
			return "#" + key.Number + ":" + key.Tolerance
		case bank.Single:
			return w.choices(blank.Options, []string{key.Option}, false)
		}
		for _, t := range key.Texts {
			b.WriteString("=" + giftEscape(unweighted(t)) + " ")
		}
	}
	return b.String()
}

// choices marks the right one with =, several right ones by their share of the points.
func (w giftWriter) choices(options []bank.Option, right []string, several bool) string {
	var b strings.Builder
	for _, o := range options {
		is := contains(right, o.ID)
		switch {
		case is && several && len(right) > 1:
			b.WriteString("~%" + share(len(right)) + "%")
		case is:
			b.WriteByte('=')
		case several && len(right) > 1:
			b.WriteString("~%-100%")
		default:
			b.WriteByte('~')
		}
		b.WriteString(w.text(o.Text) + "\n")
	}
	return b.String()
}

// share is the part of the points of one of n right options as Moodle writes it.
func share(n int) string {
	s := strconv.FormatFloat(100/float64(n), 'f', 5, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

func contains(list []string, id string) bool {
	for _, l := range list {
		if l == id {
			return true
		}
	}
	return false
}

func textOf(options []bank.Option, id string) string {
	for _, o := range options {
		if o.ID == id {
			return o.Text
		}
	}
	return ""
}

// truthWord is how groups of statements say true and false in formats that only know pairs.
func truthWord(is bool) string {
	if is {
		return "Đúng"
	}
	return "Sai"
}
