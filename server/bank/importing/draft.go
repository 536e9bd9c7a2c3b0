package importing

import (
	"github.com/hoithi/hoithi/server/bank"
)

// isGroup tells whether the options are statements that are each true or false: said so by a label or a heading, by the
// answer, or by small letters where other questions have capitals.
func (d *draft) isGroup(capitals bool) bool {
	switch {
	case d.kind != "":
		return d.kind == bank.TrueFalseGroup
	case len(d.options) < 2:
		return false
	}
	if _, ok := truthList(d.answer, len(d.options)); ok && d.answered {
		return true
	}
	for _, o := range d.options {
		if !o.small {
			return false
		}
	}
	return capitals || d.group2025
}

// settings takes what labels say about a question beside its text and key.
func (d *draft) settings(c *bank.Content) []bank.Problem {
	if rule, table := creditOf(d.credit); rule != "" {
		c.PartialCredit, c.CreditTable = rule, table
	}
	c.Key.IgnoreMarks = d.ignoreMarks && c.Type == bank.ShortText
	for i := range c.Options {
		if i < len(d.options) && (d.options[i].pinned || d.pinAll) && c.Type != bank.TrueFalse {
			c.Options[i].Pinned = true
		}
	}
	return nil
}
