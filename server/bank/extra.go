package bank

import (
	"encoding/json"
	"slices"
)

// Extra is what is known about an item beside its text and key, for files whose format has no place for it: they carry
// it where other programs look past it (a comment, an element of our own). Whoever edits the question elsewhere edits
// what the format itself says, and that always counts more.
type Extra struct {
	Type          ItemType      `json:"type,omitempty"`
	Difficulty    Difficulty    `json:"difficulty,omitempty"`
	PartialCredit PartialCredit `json:"partial_credit,omitempty"`
	CreditTable   []int64       `json:"credit_table,omitempty"`
	Source        *Source       `json:"source,omitempty"`
	IgnoreMarks   bool          `json:"ignore_marks,omitempty"`
	Pinned        []string      `json:"pinned,omitempty"`
	// BlankMarks are the blanks in which a text counts without its diacritics.
	BlankMarks []string `json:"blank_marks,omitempty"`
	Transcript string   `json:"transcript,omitempty"`
}

// ExtraOf gathers it; the content is normalized.
func ExtraOf(c Content) Extra {
	x := Extra{Type: c.Type, Difficulty: c.Difficulty, IgnoreMarks: c.Key.IgnoreMarks, CreditTable: c.CreditTable}
	if c.PartialCredit != c.Type.Credits()[0] {
		x.PartialCredit = c.PartialCredit
	}
	if c.Source != (Source{}) {
		x.Source = &c.Source
	}
	if c.Type != TrueFalse {
		for _, o := range c.Options {
			if o.Pinned {
				x.Pinned = append(x.Pinned, o.ID)
			}
		}
	}
	for _, b := range c.Key.Blanks {
		if b.IgnoreMarks {
			x.BlankMarks = append(x.BlankMarks, b.ID)
		}
	}
	if c.Media != nil {
		x.Transcript = c.Media.Transcript
	}
	return x
}

// Encode writes it on one line.
func (x Extra) Encode() string {
	b, err := json.Marshal(x)
	if err != nil {
		return "{}" // texts and lists of them always encode
	}
	return string(b)
}

// DecodeExtra reads it; what is none is nothing.
func DecodeExtra(s string) Extra {
	var x Extra
	if json.Unmarshal([]byte(s), &x) != nil {
		return Extra{}
	}
	if !slices.Contains(Difficulties, x.Difficulty) {
		x.Difficulty = ""
	}
	if !slices.Contains(Types, x.Type) {
		x.Type = ""
	}
	return x
}

// Apply lets a content take what an Extra says and the file itself did not. A type that the file contradicts is left.
func (x Extra) Apply(c *Content) {
	if x.Difficulty != "" {
		c.Difficulty = x.Difficulty
	}
	if x.Source != nil {
		c.Source = *x.Source
	}
	if x.Type == Multiple && c.Type == Single {
		c.Type = Multiple
	}
	if slices.Contains(c.Type.Credits(), x.PartialCredit) {
		c.PartialCredit = x.PartialCredit
	}
	if c.Type == TrueFalseGroup && len(x.CreditTable) == len(c.Options) {
		c.CreditTable = x.CreditTable
	}
	if c.Type == ShortText {
		c.Key.IgnoreMarks = x.IgnoreMarks
	}
	for i := range c.Options {
		c.Options[i].Pinned = slices.Contains(x.Pinned, c.Options[i].ID)
	}
	for i := range c.Key.Blanks {
		c.Key.Blanks[i].IgnoreMarks = slices.Contains(x.BlankMarks, c.Key.Blanks[i].ID)
	}
	if c.Media != nil {
		c.Media.Transcript = x.Transcript
	}
}
