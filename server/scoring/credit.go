package scoring

import "slices"

// Credit says what an answer that is only partly right is worth.
type Credit string

const (
	// WholeAnswer is the only way of types whose answer has one part.
	WholeAnswer Credit = ""
	// AllOrNothing: everything right, or nothing.
	AllOrNothing Credit = "all_or_nothing"
	// RightMinusWrong: (right options chosen − wrong options chosen) / right options, never below zero. Choosing
	// everything is therefore worth no more than guessing.
	RightMinusWrong Credit = "right_minus_wrong"
	// Proportion: right options chosen / right options, and nothing as soon as a wrong one is chosen.
	Proportion Credit = "proportion"
	// PerPart: right parts / all parts: pairs, blanks, or options that stand in their place.
	PerPart Credit = "per_part"
	// InSequence: of all pairs of options, (those in the right order − those in the wrong order) / all, never below
	// zero. Who has one option in the wrong place keeps most of the points, and the reversed order earns nothing.
	InSequence Credit = "in_sequence"
	// ByTable: what the number of right parts is worth by the item's own table.
	ByTable Credit = "table"
)

// Credits are the ways in which items of a type credit answers, the usual one first.
func (t ItemType) Credits() []Credit {
	switch t {
	case Multiple:
		return []Credit{AllOrNothing, RightMinusWrong, Proportion}
	case TrueFalseGroup:
		return []Credit{ByTable}
	case Ordering:
		return []Credit{AllOrNothing, PerPart, InSequence}
	case Matching, FillIn:
		return []Credit{PerPart, AllOrNothing}
	}
	return []Credit{WholeAnswer}
}

// CreditTable is what 1, 2, ... of n right statements are worth unless an item says otherwise, in hundredths of a
// percent: 10, 25, 50 and 100 % of four, as in the state's examinations. With another number of statements all are
// worth 100 %, and each wrong one halves that.
func CreditTable(n int) []int64 {
	if n == 4 {
		return []int64{1000, 2500, 5000, FullWeight}
	}
	table := make([]int64, max(n, 0))
	worth := FullWeight
	for i := len(table) - 1; i >= 0; i-- {
		table[i] = worth
		worth = divHalfUp(worth, 2)
	}
	return table
}

// CheckTable tells what is wrong with a table for n parts.
func CheckTable(table []int64, n int) error {
	if n == 0 || len(table) != n || table[n-1] != FullWeight || table[0] < 0 || !slices.IsSorted(table) {
		return ErrTable
	}
	return nil
}

// credit is the part of the full points that a response earns, as a fraction.
func (k Key) credit(r Response) (num, den int64) {
	right := false
	switch k.Type {
	case Single, TrueFalse:
		right = slices.Equal(k.Options, r.Options)
	case Multiple:
		return k.chosenCredit(r)
	case Ordering:
		return k.orderCredit(r)
	case TrueFalseGroup, Matching, FillIn:
		return k.partsCredit(r)
	case ShortText:
		typed := Fold(r.Text, k.Diacritics)
		right = slices.ContainsFunc(k.Accepted, func(a string) bool { return Fold(a, k.Diacritics) == typed })
	case Numeric:
		right = r.Number >= k.Value-k.Tolerance && r.Number <= k.Value+k.Tolerance
	}
	return whole(right)
}

func whole(right bool) (num, den int64) {
	if right {
		return 1, 1
	}
	return 0, 1
}

func (k Key) chosenCredit(r Response) (num, den int64) {
	var good, bad int64
	for _, o := range r.Options {
		if slices.Contains(k.Options, o) {
			good++
		} else {
			bad++
		}
	}
	switch k.Credit {
	case RightMinusWrong:
		return max(good-bad, 0), int64(len(k.Options))
	case Proportion:
		if bad > 0 {
			return 0, 1
		}
		return good, int64(len(k.Options))
	}
	return whole(bad == 0 && good == int64(len(k.Options)))
}

func (k Key) orderCredit(r Response) (num, den int64) {
	// Whoever reads an old response under a corrected key may find other options in it: that cannot be right.
	if !sameSet(r.Options, k.Order) {
		return 0, 1
	}
	switch k.Credit {
	case PerPart:
		for i, o := range r.Options {
			if k.Order[i] == o {
				num++
			}
		}
		return num, int64(len(k.Order))
	case InSequence:
		place := make(map[string]int, len(k.Order))
		for i, o := range k.Order {
			place[o] = i
		}
		for i, o := range r.Options {
			for _, later := range r.Options[i+1:] {
				den++
				if place[o] < place[later] {
					num++
				} else {
					num--
				}
			}
		}
		return max(num, 0), den
	}
	return whole(slices.Equal(r.Options, k.Order))
}

func (k Key) partsCredit(r Response) (num, den int64) {
	for _, part := range k.PartResults(r) {
		den++
		if part.Right {
			num++
		}
	}
	switch k.Credit {
	case AllOrNothing:
		return whole(num == den)
	case ByTable:
		if num == 0 || int(num) > len(k.Table) {
			return 0, 1
		}
		return k.Table[num-1], FullWeight
	}
	return num, den
}

// PartResult says whether one part of an answer is right.
type PartResult struct {
	ID    string `json:"id"`
	Right bool   `json:"right"`
}

// PartResults says which parts of an answer are right, in the order of the key; of a group only the statements that
// were answered, for types whose answer has one part none.
func (k Key) PartResults(r Response) []PartResult {
	given := make(map[string]string, len(r.Parts))
	for _, p := range r.Parts {
		given[p.ID] = p.Value
	}
	var out []PartResult
	switch k.Type {
	case TrueFalseGroup:
		for _, p := range r.Parts {
			out = append(out, PartResult{p.ID, slices.Contains(k.Options, p.ID) == (p.Value == SaysTrue)})
		}
	case Matching:
		for _, p := range k.Pairs {
			value, answered := given[p.ID]
			out = append(out, PartResult{p.ID, answered && value == p.Value})
		}
	case FillIn:
		for _, b := range k.Blanks {
			value, answered := given[b.ID]
			out = append(out, PartResult{b.ID, answered && b.rightBlank(value)})
		}
	case Ordering:
		for i, id := range k.Order {
			out = append(out, PartResult{id, i < len(r.Options) && r.Options[i] == id})
		}
	}
	return out
}

func (b BlankKey) rightBlank(value string) bool {
	r := Response{Type: b.Type, Text: value}
	switch b.Type {
	case Single:
		r.Options = []string{value}
	case Numeric:
		n, err := ParseNumber(value)
		if err != nil {
			return false
		}
		r.Number = n
	}
	num, _ := b.credit(r)
	return num > 0
}
