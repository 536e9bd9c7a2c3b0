package scoring

import (
	"errors"
	"fmt"
	"slices"
)

// ItemType says how an item is answered.
type ItemType string

const (
	Single    ItemType = "single"     // one option
	Multiple  ItemType = "multiple"   // any number of options
	TrueFalse ItemType = "true_false" // one statement: the options "true" and "false"
	ShortText ItemType = "short_text" // a few typed words
	Numeric   ItemType = "numeric"    // a typed number
)

// ItemTypes are all types, in the order in which a form offers them.
var ItemTypes = []ItemType{Single, Multiple, TrueFalse, ShortText, Numeric}

// HasOptions tells whether items of this type are answered by choosing options.
func (t ItemType) HasOptions() bool { return t == Single || t == Multiple || t == TrueFalse }

// Limits of what is stored and compared.
const (
	MinOptions  = 2
	MaxOptions  = 26 // A to Z
	MaxAccepted = 20
	MaxText     = 200 // runes of a typed answer
)

// Credit says what a multiple choice that is only partly right is worth.
type Credit string

const (
	// AllOrNothing: exactly the right options, or nothing.
	AllOrNothing Credit = "all_or_nothing"
	// RightMinusWrong: (right options chosen − wrong options chosen) / right options, never below zero. Choosing
	// everything is therefore worth no more than guessing.
	RightMinusWrong Credit = "right_minus_wrong"
)

// Key is what is right. Which fields count depends on the type; the others must be empty, so that equal keys have
// equal bytes.
type Key struct {
	Type ItemType `json:"type"`
	// Options are the ids of the right ones, sorted. An option keeps its id, whatever order a contestant saw.
	Options []string `json:"options,omitempty"`
	// Credit is for multiple choice only.
	Credit Credit `json:"credit,omitempty"`
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
	ErrCredit     = errors.New("unknown way to credit a partly right choice")
	ErrAccepted   = errors.New("short text needs 1 to 20 accepted texts of 1 to 200 characters")
	ErrDiacritics = errors.New("unknown strictness of diacritics")
	ErrTolerance  = errors.New("a tolerance cannot be negative")
	ErrStray      = errors.New("the key has values that do not belong to its type")
)

// Check tells what is wrong with the key of an item that has these options (none for types without options).
func (k Key) Check(options []string) error {
	switch k.Type {
	case Single, Multiple, TrueFalse:
		if len(options) < MinOptions || len(options) > MaxOptions {
			return ErrOptions
		}
		if len(k.Options) == 0 {
			return ErrKeyNone
		}
		if err := checkChosen(k.Options, options); err != nil {
			return err
		}
		if k.Type != Multiple && len(k.Options) != 1 {
			return ErrKeySingle
		}
		if k.Type == Multiple && k.Credit != AllOrNothing && k.Credit != RightMinusWrong {
			return ErrCredit
		}
	case ShortText:
		if len(k.Accepted) == 0 || len(k.Accepted) > MaxAccepted {
			return ErrAccepted
		}
		if k.Diacritics != DiacriticsStrict && k.Diacritics != DiacriticsIgnored {
			return ErrDiacritics
		}
		for _, a := range k.Accepted {
			if checkText(a) != nil || Fold(a, k.Diacritics) == "" {
				return ErrAccepted
			}
		}
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
	if !k.onlyOwnFields() {
		return ErrStray
	}
	return nil
}

func (k Key) onlyOwnFields() bool {
	return (k.Type.HasOptions() || len(k.Options) == 0) &&
		(k.Type == Multiple || k.Credit == "") &&
		(k.Type == ShortText || len(k.Accepted) == 0 && k.Diacritics == "") &&
		(k.Type == Numeric || k.Value == 0 && k.Tolerance == 0)
}

func checkChosen(chosen, options []string) error {
	for i, o := range chosen {
		if !slices.Contains(options, o) || i > 0 && o <= chosen[i-1] {
			return ErrKeyOptions
		}
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
		if k.Credit == RightMinusWrong {
			for _, o := range r.Options {
				if slices.Contains(k.Options, o) {
					num++
				} else {
					num--
				}
			}
			return max(num, 0), int64(len(k.Options))
		}
		right = slices.Equal(k.Options, r.Options)
	case ShortText:
		typed := Fold(r.Text, k.Diacritics)
		right = slices.ContainsFunc(k.Accepted, func(a string) bool { return Fold(a, k.Diacritics) == typed })
	case Numeric:
		right = r.Number >= k.Value-k.Tolerance && r.Number <= k.Value+k.Tolerance
	}
	if right {
		return 1, 1
	}
	return 0, 1
}
