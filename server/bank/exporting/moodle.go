package exporting

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// moodle writes Moodle XML: topics as categories, pictures and sounds inside of the file. What Moodle has no place for
// stands in an element of our own, which it looks past.
func moodle(items []bank.Written) []byte {
	m := &moodleWriter{}
	m.b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<quiz>\n")
	topic := ""
	for n, item := range items {
		if n == 0 || item.Content.Topic != topic {
			topic = item.Content.Topic
			fmt.Fprintf(&m.b, "<question type=\"category\"><category><text>%s</text></category></question>\n", text(categoryPath(topic)))
		}
		m.question(n+1, item)
	}
	m.b.WriteString("</quiz>\n")
	return m.b.Bytes()
}

type moodleWriter struct {
	b    bytes.Buffer
	item bank.Written
}

// element writes a text with its format and the files that it shows.
func (m *moodleWriter) element(name, attributes, body, after string, files ...string) {
	fmt.Fprintf(&m.b, `<%s%s format="html"><text>%s</text>`, name, attributes, cdata(body))
	seen := map[string]bool{}
	for _, id := range files {
		f, ok := m.item.Files[id]
		if !ok || seen[id] {
			continue
		}
		seen[id] = true
		fmt.Fprintf(&m.b, `<file name="%s" path="/" encoding="base64">%s</file>`, fileName(id, f), base64.StdEncoding.EncodeToString(f.Data))
	}
	m.b.WriteString(after + "</" + name + ">\n")
}

func cdata(s string) string {
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
}

// option is the text and the picture of an option.
func (m *moodleWriter) option(o bank.Option) (string, []string) {
	body := markup(o.Text)
	if o.Image == nil {
		return body, nil
	}
	f, ok := m.item.Files[o.Image.FileID]
	if !ok {
		return body, nil
	}
	return body + "<br/>" + img("@@PLUGINFILE@@/"+fileName(o.Image.FileID, f), o.Image), []string{o.Image.FileID}
}

var moodleTypes = map[bank.ItemType]string{bank.Single: "multichoice", bank.Multiple: "multichoice", bank.TrueFalse: "truefalse",
	bank.TrueFalseGroup: "matching", bank.ShortText: "shortanswer", bank.Numeric: "numerical", bank.FillIn: "cloze", bank.Ordering: "ordering",
	bank.Matching: "matching"}

func (m *moodleWriter) question(n int, item bank.Written) {
	m.item = item
	c := item.Content
	fmt.Fprintf(&m.b, "<question type=\"%s\">\n<name><text>%s</text></name>\n", moodleTypes[c.Type], text(fmt.Sprintf("Câu %d", n)))
	stem := markup(c.Stem)
	if c.Type == bank.FillIn {
		// Braces of the author's own are no answers.
		stem = cloze(c, reEmbedded.ReplaceAllString(stem, "&#123;$1"))
	}
	var files []string
	if c.Image != nil {
		if f, ok := item.Files[c.Image.FileID]; ok {
			stem += "<br/>" + img("@@PLUGINFILE@@/"+fileName(c.Image.FileID, f), c.Image)
			files = append(files, c.Image.FileID)
		}
	}
	if c.Media != nil {
		if f, ok := item.Files[c.Media.FileID]; ok {
			stem += "<br/>" + player("@@PLUGINFILE@@/"+fileName(c.Media.FileID, f), c.Media, false)
			files = append(files, c.Media.FileID)
		}
	}
	m.element("questiontext", "", stem, "", files...)
	m.element("generalfeedback", "", markup(c.Explanation), "")
	fmt.Fprintf(&m.b, "<defaultgrade>1</defaultgrade><penalty>0</penalty><hidden>0</hidden>\n")
	m.answers(c)
	level := levelTags[c.Difficulty]
	fmt.Fprintf(&m.b, "<tags><tag><text>%s</text></tag></tags>\n<hoithi>%s</hoithi>\n</question>\n", text(level), text(bank.ExtraOf(c).Encode()))
}

var levelTags = map[bank.Difficulty]string{bank.Recognition: "Nhận biết", bank.Understanding: "Thông hiểu", bank.Application: "Vận dụng", bank.HighApplication: "Vận dụng cao"}

func (m *moodleWriter) answer(fraction, body string, files []string) {
	m.element("answer", fmt.Sprintf(` fraction="%s"`, fraction), body, `<feedback format="html"><text></text></feedback>`, files...)
}

func (m *moodleWriter) answers(c bank.Content) {
	switch c.Type {
	case bank.Single, bank.Multiple:
		pinned := 0
		for _, o := range c.Options {
			if o.Pinned {
				pinned++
			}
		}
		fmt.Fprintf(&m.b, "<single>%t</single><shuffleanswers>%t</shuffleanswers><answernumbering>ABCD</answernumbering>\n", c.Type == bank.Single, pinned == 0)
		for _, o := range c.Options {
			fraction := "0"
			switch {
			case contains(c.Key.Options, o.ID):
				fraction = share(len(c.Key.Options))
			case c.Type == bank.Multiple && c.PartialCredit == bank.RightMinusWrong:
				fraction = "-" + share(len(c.Key.Options))
			case c.Type == bank.Multiple:
				fraction = "-100"
			}
			body, files := m.option(o)
			m.answer(fraction, body, files)
		}
	case bank.TrueFalse:
		for _, id := range []string{bank.OptionTrue, bank.OptionFalse} {
			fraction := map[bool]string{true: "100", false: "0"}[c.Key.Options[0] == id]
			fmt.Fprintf(&m.b, "<answer fraction=\"%s\" format=\"moodle_auto_format\"><text>%s</text><feedback format=\"html\"><text></text></feedback></answer>\n", fraction, id)
		}
	case bank.ShortText:
		m.b.WriteString("<usecase>0</usecase>\n")
		for _, t := range c.Key.Texts {
			fmt.Fprintf(&m.b, "<answer fraction=\"100\" format=\"plain_text\"><text>%s</text><feedback format=\"html\"><text></text></feedback></answer>\n", text(t))
		}
	case bank.Numeric:
		fmt.Fprintf(&m.b, "<answer fraction=\"100\" format=\"moodle_auto_format\"><text>%s</text><tolerance>%s</tolerance><feedback format=\"html\"><text></text></feedback></answer>\n",
			text(c.Key.Number), text(c.Key.Tolerance))
	case bank.Ordering:
		m.b.WriteString("<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><gradingtype>" +
			map[bool]string{true: "ALL_OR_NOTHING", false: "ABSOLUTE_POSITION"}[c.PartialCredit == bank.AllOrNothing] + "</gradingtype>\n")
		for i, id := range c.Key.Order {
			for _, o := range c.Options {
				if o.ID == id {
					body, files := m.option(o)
					m.answer(fmt.Sprint(i+1), body, files)
				}
			}
		}
	case bank.TrueFalseGroup:
		m.b.WriteString("<shuffleanswers>false</shuffleanswers>\n")
		for _, o := range c.Options {
			body, files := m.option(o)
			m.element("subquestion", "", body, "<answer><text>"+truthWord(contains(c.Key.Options, o.ID))+"</text></answer>", files...)
		}
	case bank.Matching:
		m.b.WriteString("<shuffleanswers>true</shuffleanswers>\n")
		used := map[string]bool{}
		for i, p := range c.Key.Pairs {
			body, files := m.option(c.Options[i])
			m.element("subquestion", "", body, "<answer><text>"+cdata(markup(targetText(c, p.Target)))+"</text></answer>", files...)
			used[p.Target] = true
		}
		for _, t := range c.Targets {
			if !used[t.ID] {
				m.element("subquestion", "", "", "<answer><text>"+cdata(markup(targetText(c, t.ID)))+"</text></answer>")
			}
		}
	}
}

// targetText is a target in words: where a picture has no place, what it shows.
func targetText(c bank.Content, id string) string {
	for _, t := range c.Targets {
		if t.ID == id {
			if t.Text == "" && t.Image != nil {
				return t.Image.Alt
			}
			return t.Text
		}
	}
	return ""
}

var reEmbedded = regexp.MustCompile(`\{(\d*:)`)

var reBlank = regexp.MustCompile(`\[\[(\d{1,2})\]\]`)

// cloze puts the answers into the stem, as Moodle's embedded answers.
func cloze(c bank.Content, stem string) string {
	return reBlank.ReplaceAllStringFunc(stem, func(mark string) string {
		id := mark[2 : len(mark)-2]
		for i, b := range c.Blanks {
			if b.ID != id {
				continue
			}
			key := c.Key.Blanks[i]
			switch b.Type {
			case bank.Numeric:
				return "{1:NUMERICAL:=" + key.Number + ":" + key.Tolerance + "}"
			case bank.Single:
				var parts []string
				for _, o := range b.Options {
					parts = append(parts, map[bool]string{true: "=", false: ""}[o.ID == key.Option]+clozeText(o.Text))
				}
				return "{1:MULTICHOICE:" + strings.Join(parts, "~") + "}"
			}
			var parts []string
			for _, t := range key.Texts {
				parts = append(parts, "="+clozeText(t))
			}
			return "{1:SHORTANSWER:" + strings.Join(parts, "~") + "}"
		}
		return mark
	})
}

// clozeText escapes twice: as HTML, and for the little language in the braces. A leading sign would mean something.
func clozeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "}", `\}`, "{", `\{`, "~", `\~`, "#", `\#`, "=", `\=`, "/", `\/`).Replace(html.EscapeString(unweighted(s)))
}

func text(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer never fails
	return b.String()
}
