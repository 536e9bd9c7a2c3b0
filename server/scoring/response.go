package scoring

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Typed is what a contestant's device sends: as loose as the wire is.
type Typed struct {
	Options []string `json:"options,omitempty"`
	Text    string   `json:"text,omitempty"`
	Parts   []Part   `json:"parts,omitempty"`
}

// Response is an answer whose values have been checked. Only ParseResponse and ReadResponse make one.
type Response struct {
	Type ItemType `json:"type"`
	// Options are the ids of the chosen ones, sorted; of an ordering item all of them, as they were ordered.
	Options []string `json:"options,omitempty"`
	// Text is what was typed, also for numeric items, where it is shown beside the number it was read as.
	Text   string `json:"text,omitempty"`
	Number Number `json:"number,omitempty"`
	// Parts are the answered parts of an item that has several, sorted by their ids.
	Parts []Part `json:"parts,omitempty"`
}

// What can be wrong with a response.
var (
	ErrResponseOptions = errors.New("chosen options must exist and not repeat")
	ErrResponseOne     = errors.New("single choice and true/false take one option")
	ErrResponseOrder   = errors.New("an order must hold every option once")
	ErrResponseParts   = errors.New("answered parts must exist, not repeat, and have a value that is offered")
	ErrResponseText    = errors.New("text must be one line of at most 200 characters, in a blank 100")
	ErrResponseStray   = errors.New("the response has values that do not belong to the item's type")
)

// ParseResponse checks what came from a device against the shape of the item. Text must already be in Unicode NFC. An
// empty answer is a response too: it takes an earlier one back.
func ParseResponse(item Shape, in Typed) (Response, error) {
	t := item.Type
	if (len(in.Options) > 0 && !t.HasOptions() && t != Ordering) || (in.Text != "" && t != ShortText && t != Numeric) ||
		(len(in.Parts) > 0 && !t.hasParts()) {
		return Response{}, ErrResponseStray
	}
	r := Response{Type: t}
	switch t {
	case Single, Multiple, TrueFalse:
		if len(in.Options) > MaxOptions {
			return Response{}, ErrResponseOptions
		}
		chosen := slices.Clone(in.Options)
		slices.Sort(chosen)
		if checkChosen(chosen, item.Options) != nil {
			return Response{}, ErrResponseOptions
		}
		if t != Multiple && len(chosen) > 1 {
			return Response{}, ErrResponseOne
		}
		r.Options = chosen
	case Ordering:
		if len(in.Options) > 0 && !sameSet(in.Options, item.Options) {
			return Response{}, ErrResponseOrder
		}
		r.Options = slices.Clone(in.Options)
	case TrueFalseGroup, Matching, FillIn:
		parts, err := parseParts(item, in.Parts)
		if err != nil {
			return Response{}, err
		}
		r.Parts = parts
	case ShortText, Numeric:
		if checkText(in.Text, MaxText) != nil {
			return Response{}, ErrResponseText
		}
		r.Text = strings.TrimSpace(in.Text)
		if t == Numeric && r.Text != "" {
			n, err := ParseNumber(r.Text)
			if err != nil {
				return Response{}, err
			}
			r.Number = n
		}
	default:
		return Response{}, fmt.Errorf("%w: %q", ErrType, string(t))
	}
	return r, nil
}

func (t ItemType) hasParts() bool { return t == TrueFalseGroup || t == Matching || t == FillIn }

// parseParts checks the answered parts; those left empty are left out.
func parseParts(item Shape, in []Part) ([]Part, error) {
	if len(in) > MaxOptions {
		return nil, ErrResponseParts
	}
	var parts []Part
	seen := make(map[string]bool, len(in))
	for _, p := range in {
		if seen[p.ID] {
			return nil, ErrResponseParts
		}
		seen[p.ID] = true
		value, err := parsePart(item, p)
		if err != nil {
			return nil, err
		}
		if value != "" {
			parts = append(parts, Part{p.ID, value})
		}
	}
	slices.SortFunc(parts, func(a, b Part) int { return strings.Compare(a.ID, b.ID) })
	return parts, nil
}

func parsePart(item Shape, p Part) (string, error) {
	switch item.Type {
	case TrueFalseGroup, Matching:
		offered := item.Targets
		if item.Type == TrueFalseGroup {
			offered = []string{SaysTrue, SaysFalse}
		}
		if !slices.Contains(item.Options, p.ID) || p.Value != "" && !slices.Contains(offered, p.Value) {
			return "", ErrResponseParts
		}
		return p.Value, nil
	}
	at := slices.IndexFunc(item.Blanks, func(b BlankShape) bool { return b.ID == p.ID })
	if at < 0 {
		return "", ErrResponseParts
	}
	blank := item.Blanks[at]
	if blank.Type == Single {
		if p.Value != "" && !slices.Contains(blank.Options, p.Value) {
			return "", ErrResponseParts
		}
		return p.Value, nil
	}
	if checkText(p.Value, MaxBlankText) != nil {
		return "", ErrResponseText
	}
	value := strings.TrimSpace(p.Value)
	if blank.Type == Numeric && value != "" {
		if _, err := ParseNumber(value); err != nil {
			return "", err
		}
	}
	return value, nil
}

// Empty tells whether nothing was answered.
func (r Response) Empty() bool { return len(r.Options) == 0 && r.Text == "" && len(r.Parts) == 0 }

// Canonical is the form in which a response is stored and hashed: equal responses have equal bytes.
func (r Response) Canonical() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		// Strings, integers and booleans always have a JSON form.
		panic(err)
	}
	return b
}

// ReadResponse reads the canonical form back.
func ReadResponse(canonical []byte) (Response, error) {
	var r Response
	if err := json.Unmarshal(canonical, &r); err != nil {
		return Response{}, fmt.Errorf("read response: %w", err)
	}
	return r, nil
}

func checkText(s string, most int) error {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most || strings.ContainsFunc(s, unicode.IsControl) {
		return ErrResponseText
	}
	return nil
}
