package scoring

import (
	"errors"
	"fmt"
	"slices"
)

// ItemType says how an item is answered.
type ItemType string

const (
	Single         ItemType = "single"           // one option
	Multiple       ItemType = "multiple"         // any number of options
	TrueFalse      ItemType = "true_false"       // one statement: the options "true" and "false"
	TrueFalseGroup ItemType = "true_false_group" // several statements, each true or false
	ShortText      ItemType = "short_text"       // a few typed words
	Numeric        ItemType = "numeric"          // a typed number
	Ordering       ItemType = "ordering"         // all options, brought into their order
	Matching       ItemType = "matching"         // each option gets one of the targets
	FillIn         ItemType = "fill_in"          // a text with blanks, each a short text, a number or a single choice
)

// ItemTypes are all types, in the order in which a form offers them.
var ItemTypes = []ItemType{Single, Multiple, TrueFalse, TrueFalseGroup, ShortText, Numeric, FillIn, Ordering, Matching}

// HasOptions tells whether items of this type are answered by choosing options.
func (t ItemType) HasOptions() bool { return t == Single || t == Multiple || t == TrueFalse }

// Limits of what is stored and compared.
const (
	MinOptions   = 2
	MaxOptions   = 26 // A to Z
	MaxAccepted  = 20
	MaxText      = 200 // runes of a typed answer
	MaxBlanks    = 10
	MaxBlankText = 100 // runes of a typed blank
	// MaxResponse bounds the canonical bytes of a response.
	MaxResponse = 8192
)

// The values of a part of a TrueFalseGroup response.
const (
	SaysTrue  = "true"
	SaysFalse = "false"
)

// Part is what one part of an item is, or is answered with: a statement and its truth, an option and its target, a
// blank and what was put into it.
type Part struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// BlankShape is what a response to a blank is checked against: a short text, a number, or one of the options.
type BlankShape struct {
	ID      string
	Type    ItemType
	Options []string
}

// Shape is what a response to an item is checked against: its type and the ids of its parts.
type Shape struct {
	Type    ItemType
	Options []string
	Targets []string // of matching
	Blanks  []BlankShape
}

// BlankKey is what is right in a blank. Its key is that of a short text, a number or a single choice.
type BlankKey struct {
	ID string `json:"id"`
	Key
}

// Key is what is right. Which fields count depends on the type; the others must be empty, so that equal keys have
// equal bytes.
type Key struct {
	Type ItemType `json:"type"`
	// Options are the ids of the right ones, sorted: of a group the true statements, which may be none. An option keeps
	// its id, whatever order a contestant saw.
	Options []string `json:"options,omitempty"`
	// Order holds the ids of all options of an ordering item, first things first.
	Order []string `json:"order,omitempty"`
	// Pairs say which target each option of a matching item has, in the order of the options' ids.
	Pairs []Part `json:"pairs,omitempty"`
	// Blanks are the keys of a fill-in item, in the order of the text.
	Blanks []BlankKey `json:"blanks,omitempty"`
	// Credit is for types with several parts.
	Credit Credit `json:"credit,omitempty"`
	// Table is for ByTable: what 1, 2, ... right parts are worth, in hundredths of a percent.
	Table []int64 `json:"table,omitempty"`
	// Accepted are the right texts, the first being the one to show; all in Unicode NFC.
	Accepted []string `json:"accepted,omitempty"`
	// Diacritics is for short text: how strictly accents and tones are compared.
	Diacritics Diacritics `json:"diacritics,omitempty"`
	// Value and Tolerance are for numeric items: right is whatever is not farther from Value than Tolerance.
	Value     Number `json:"value,omitempty"`
	Tolerance Number `json:"tolerance,omitempty"`
}

// What can be wrong with a key. Whoever edits items turns these into words for people.
var (
	ErrType       = errors.New("unknown type of item")
	ErrOptions    = errors.New("an item needs 2 to 26 options")
	ErrKeyOptions = errors.New("the right options must exist, sorted, without repetition")
	ErrKeySingle  = errors.New("single choice and true/false have exactly one right option")
	ErrKeyNone    = errors.New("at least one option must be right")
	ErrKeyOrder   = errors.New("the right order must hold every option once")
	ErrKeyPairs   = errors.New("every option needs one target that exists, in the order of the options")
	ErrKeyBlanks  = errors.New("an item needs 1 to 10 blanks, each with a key, in the order of the text")
	ErrCredit     = errors.New("this type of item has no such way to credit an answer that is partly right")
	ErrTable      = errors.New("the table must not fall, and all right parts must be worth 100 %")
	ErrAccepted   = errors.New("short text needs 1 to 20 accepted texts of 1 to 200 characters")
	ErrDiacritics = errors.New("unknown strictness of diacritics")
	ErrTolerance  = errors.New("a tolerance cannot be negative")
	ErrStray      = errors.New("the key has values that do not belong to its type")
)

// Check tells what is wrong with the key of an item of this shape.
func (k Key) Check(item Shape) error {
	if k.Type != item.Type {
		return fmt.Errorf("%w: %q", ErrType, string(k.Type))
	}
	if err := k.checkOwn(item); err != nil {
		return err
	}
	if !slices.Contains(k.Type.Credits(), k.Credit) {
		return ErrCredit
	}
	if k.Credit == ByTable {
		if err := CheckTable(k.Table, len(item.Options)); err != nil {
			return err
		}
	}
	if !k.onlyOwnFields() {
		return ErrStray
	}
	return nil
}

func (k Key) checkOwn(item Shape) error {
	switch k.Type {
	case Single, Multiple, TrueFalse, TrueFalseGroup, Ordering, Matching:
		if len(item.Options) < MinOptions || len(item.Options) > MaxOptions {
			return ErrOptions
		}
	}
	switch k.Type {
	case Single, Multiple, TrueFalse:
		if len(k.Options) == 0 {
			return ErrKeyNone
		}
		if err := checkChosen(k.Options, item.Options); err != nil {
			return err
		}
		if k.Type != Multiple && len(k.Options) != 1 {
			return ErrKeySingle
		}
	case TrueFalseGroup:
		return checkChosen(k.Options, item.Options)
	case Ordering:
		if !sameSet(k.Order, item.Options) {
			return ErrKeyOrder
		}
	case Matching:
		if len(item.Targets) < MinOptions || len(item.Targets) > MaxOptions || !keyPairs(k.Pairs, item) {
			return ErrKeyPairs
		}
	case FillIn:
		return k.checkBlanks(item)
	case ShortText:
		return k.checkAccepted()
	case Numeric:
		if k.Tolerance < 0 {
			return ErrTolerance
		}
		if !k.Value.inBounds() || !k.Tolerance.inBounds() {
			return ErrNumber
		}
	default:
		return fmt.Errorf("%w: %q", ErrType, string(k.Type))
	}
	return nil
}

func (k Key) checkAccepted() error {
	if len(k.Accepted) == 0 || len(k.Accepted) > MaxAccepted {
		return ErrAccepted
	}
	if k.Diacritics != DiacriticsStrict && k.Diacritics != DiacriticsIgnored {
		return ErrDiacritics
	}
	for _, a := range k.Accepted {
		if checkText(a, MaxText) != nil || Fold(a, k.Diacritics) == "" {
			return ErrAccepted
		}
	}
	return nil
}

func (k Key) checkBlanks(item Shape) error {
	if len(k.Blanks) == 0 || len(k.Blanks) > MaxBlanks || len(k.Blanks) != len(item.Blanks) {
		return ErrKeyBlanks
	}
	for i, b := range k.Blanks {
		shape := item.Blanks[i]
		if b.ID == "" || b.ID != shape.ID || !shape.Type.fillsBlank() {
			return ErrKeyBlanks
		}
		if slices.ContainsFunc(k.Blanks[:i], func(o BlankKey) bool { return o.ID == b.ID }) {
			return ErrKeyBlanks
		}
		if err := b.Check(Shape{Type: shape.Type, Options: shape.Options}); err != nil {
			return err
		}
	}
	return nil
}

// fillsBlank tells whether a blank can be of this type.
func (t ItemType) fillsBlank() bool { return t == Single || t == ShortText || t == Numeric }

func keyPairs(pairs []Part, item Shape) bool {
	if len(pairs) != len(item.Options) {
		return false
	}
	for i, p := range pairs {
		if p.ID != item.Options[i] || !slices.Contains(item.Targets, p.Value) {
			return false
		}
	}
	return true
}

func (k Key) onlyOwnFields() bool {
	return (k.Type.HasOptions() || k.Type == TrueFalseGroup || len(k.Options) == 0) &&
		(k.Type == Ordering || len(k.Order) == 0) &&
		(k.Type == Matching || len(k.Pairs) == 0) &&
		(k.Type == FillIn || len(k.Blanks) == 0) &&
		(k.Credit == ByTable || len(k.Table) == 0) &&
		(k.Type == ShortText || len(k.Accepted) == 0 && k.Diacritics == "") &&
		(k.Type == Numeric || k.Value == 0 && k.Tolerance == 0)
}

// sameSet tells whether two lists hold the same ids, each once.
func sameSet(list, all []string) bool {
	if len(list) != len(all) {
		return false
	}
	for i, id := range list {
		if !slices.Contains(all, id) || slices.Contains(list[:i], id) {
			return false
		}
	}
	return true
}

func checkChosen(chosen, options []string) error {
	for i, o := range chosen {
		if !slices.Contains(options, o) || i > 0 && o <= chosen[i-1] {
			return ErrKeyOptions
		}
	}
	return nil
}
