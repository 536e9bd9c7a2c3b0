package importing

import (
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// readUnlabelled reads papers in AZtest's style: no labels, a blank line between questions, the first line asks, the
// others are options, "*" before the right ones, ">" before the explanation.
func (r *examReader) readUnlabelled() bank.Reading {
	var d *draft
	for _, l := range r.lines {
		if l.blank {
			d = nil
			continue
		}
		if l.keys != nil {
			continue
		}
		explanation, explains := strings.CutPrefix(l.text, ">")
		if d == nil {
			if explains && len(r.drafts) > 0 { // a blank line before the explanation parts nothing
				last := r.drafts[len(r.drafts)-1]
				last.note(l)
				last.explanation = append(last.explanation, strings.TrimSpace(explanation))
				continue
			}
			d = &draft{number: len(r.drafts) + 1, from: l.paragraph, to: l.paragraph}
			r.drafts = append(r.drafts, d)
			d.note(l)
			d.picturesOf(l, -1)
			if l.text != "" {
				d.stem = append(d.stem, l.text)
			}
			continue
		}
		d.note(l)
		switch {
		case explains:
			d.explanation = append(d.explanation, strings.TrimSpace(explanation))
		case len(d.explanation) > 0:
			d.explanation = append(d.explanation, l.text)
		case l.text == "" || len(d.stem) == 0:
			d.picturesOf(l, -1)
			if l.text != "" {
				d.stem = append(d.stem, l.text)
			}
		default:
			text, starred := strings.CutPrefix(l.text, "*")
			option := draftOption{letter: len(d.options), starred: starred, text: l.from(len(l.text) - len(text)).trimmed()}
			if rest, pinned := strings.CutPrefix(option.text.text, "# "); pinned {
				option.pinned = true
				option.text = option.text.from(len(option.text.text) - len(rest)).trimmed()
			}
			d.options = append(d.options, option)
			d.picturesOf(l, len(d.options)-1)
		}
	}
	// A title stands alone above the first question.
	if len(r.drafts) > 1 && len(r.drafts[0].options) == 0 {
		r.drafts = r.drafts[1:]
	}
	return r.finish()
}
