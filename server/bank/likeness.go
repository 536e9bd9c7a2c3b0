package bank

import (
	"cmp"
	"slices"
	"strings"
)

// A question that reads the same stands in a bank once, however its explanation, topic or picture differ; one that
// reads nearly the same is pointed out.

// known is a question to compare with: one of the bank (ItemID), or one of the same file (Row).
type known struct {
	itemID  int64
	version int
	row     int
	whole   func() (Content, error) // read again where it is asked for: a bank of 50,000 is never held whole
	retired bool
	stem    string
	text    string // what is asked and offered
	key     string // what is right
	pieces  []string
}

// Likeness points at a question that reads nearly the same.
type Likeness struct {
	ItemID   int64  `json:"item_id" doc:"0: a question of the same file"`
	Version  int    `json:"version" doc:"Its newest version; 0: a question of the same file"`
	Row      int    `json:"row" doc:"0: a question of the bank"`
	Stem     string `json:"stem"`
	Percent  int    `json:"percent" minimum:"0" maximum:"100"`
	OtherKey bool   `json:"other_key" doc:"It asks and offers the same, but another answer is right"`
}

// nearPercent is from where on two questions are called alike.
const nearPercent = 60

// alike holds questions so that like ones are found without comparing each with each.
type alike struct {
	all     []known
	byText  map[string][]int
	byPiece map[string][]int32
	shared  []int32 // how many pieces each one shares with the one that is looked for; all 0 between two searches
	touched []int32
}

func newAlike() *alike { return &alike{byText: map[string][]int{}, byPiece: map[string][]int32{}} }

// commonPiece is how many questions may share a piece before it tells nothing ("của nhà nước").
const commonPiece = 800

func knownOf(c Content) known {
	parts := []string{strings.TrimRight(strings.ToLower(CleanLine(c.PlainStem())), " .:?!…")}
	for _, list := range [][]Option{c.Options, c.Targets} {
		texts := make([]string, 0, len(list))
		for _, o := range list {
			texts = append(texts, optionText(o))
		}
		slices.Sort(texts)
		parts = append(parts, texts...)
	}
	for _, b := range c.Blanks {
		for _, o := range b.Options {
			parts = append(parts, optionText(o))
		}
	}
	return known{stem: c.PlainStem(), text: strings.Join(parts, "\x00"), key: keyText(c), pieces: pieces(c)}
}

// optionText is an option as it is compared.
func optionText(o Option) string {
	text := strings.ToLower(CleanLine(o.Text))
	if o.Image != nil {
		text += "\x01" + o.Image.Hash
	}
	return text
}

// keyText is what is right, in words instead of ids: ids depend on the order in which somebody typed.
func keyText(c Content) string {
	words := map[string]string{}
	for _, o := range c.Options {
		words[o.ID] = optionText(o)
	}
	for _, t := range c.Targets {
		words["target "+t.ID] = optionText(t)
	}
	var right []string
	for _, id := range c.Key.Options {
		right = append(right, words[id])
	}
	for _, p := range c.Key.Pairs {
		right = append(right, words[p.Option]+"\x01"+words["target "+p.Target])
	}
	slices.Sort(right)
	for _, id := range c.Key.Order {
		right = append(right, words[id])
	}
	right = append(right, lowered(c.Key.Texts)...)
	for i, b := range c.Key.Blanks {
		right = append(append(right, lowered(b.Texts)...), b.Number, b.Tolerance)
		for _, o := range c.Blanks[i].Options {
			if o.ID == b.Option {
				right = append(right, optionText(o))
			}
		}
	}
	return strings.Join(append(right, c.Key.Number, c.Key.Tolerance), "\x00")
}

func lowered(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, strings.ToLower(t))
	}
	slices.Sort(out)
	return out
}

// pieces are the pairs of neighbouring words of a question's stem, and its options: what two questions can share.
func pieces(c Content) []string {
	words := strings.Fields(SearchKey(c.PlainStem()))
	set := make([]string, 0, len(words)+len(c.Options))
	for i := 0; i+1 < len(words); i++ {
		set = append(set, words[i]+" "+words[i+1])
	}
	if len(words) == 1 {
		set = append(set, words[0])
	}
	if c.Type != TrueFalse {
		for _, o := range slices.Concat(c.Options, c.Targets) {
			set = append(set, "= "+SearchKey(o.Text))
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

func (a *alike) add(k known) {
	i := len(a.all)
	a.all = append(a.all, k)
	a.byText[k.text] = append(a.byText[k.text], i)
	a.shared = append(a.shared, 0)
	for _, p := range k.pieces {
		if list := a.byPiece[p]; len(list) <= commonPiece {
			a.byPiece[p] = append(list, int32(i))
		}
	}
}

// same finds a question that asks the same with the same answer; those in use come before retired ones.
func (a *alike) same(k known) (known, bool) {
	found, ok := known{}, false
	for _, i := range a.byText[k.text] {
		if other := a.all[i]; other.key == k.key && (!ok || found.retired && !other.retired) {
			found, ok = other, true
		}
	}
	return found, ok
}

// near finds the questions most like this one, at most three.
func (a *alike) near(k known) []Likeness {
	for _, p := range k.pieces {
		list := a.byPiece[p]
		if len(list) > commonPiece {
			continue
		}
		for _, i := range list {
			if a.shared[i]++; a.shared[i] == 1 {
				a.touched = append(a.touched, i)
			}
		}
	}
	var out []Likeness
	for _, i := range a.touched {
		n := int(a.shared[i])
		a.shared[i] = 0
		other := &a.all[i]
		percent := 100 * n / (len(k.pieces) + len(other.pieces) - n)
		sameText := other.text == k.text
		if sameText {
			percent = 100
		}
		if percent >= nearPercent && !other.retired {
			out = append(out, Likeness{ItemID: other.itemID, Version: other.version, Row: other.row, Stem: other.stem, Percent: percent, OtherKey: sameText && other.key != k.key})
		}
	}
	a.touched = a.touched[:0]
	slices.SortFunc(out, func(a, b Likeness) int {
		return cmp.Or(-cmp.Compare(a.Percent, b.Percent), cmp.Compare(a.ItemID, b.ItemID), cmp.Compare(a.Row, b.Row))
	})
	return out[:min(len(out), 3)]
}
