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
}

// Response is an answer whose values have been checked. Only ParseResponse and ReadResponse make one.
type Response struct {
	Type ItemType `json:"type"`
	// Options are the ids of the chosen ones, sorted.
	Options []string `json:"options,omitempty"`
	// Text is what was typed, also for numeric items, where it is shown beside the number it was read as.
	Text   string `json:"text,omitempty"`
	Number Number `json:"number,omitempty"`
}

// What can be wrong with a response.
var (
	ErrResponseOptions = errors.New("chosen options must exist and not repeat")
	ErrResponseOne     = errors.New("single choice and true/false take one option")
	ErrResponseText    = errors.New("text must be one line of at most 200 characters")
	ErrResponseStray   = errors.New("the response has values that do not belong to the item's type")
)

// ParseResponse checks what came from a device against the shape of the item: its type and the ids of its options.
// Text must already be in Unicode NFC. An empty answer is a response too: it takes an earlier one back.
func ParseResponse(t ItemType, options []string, in Typed) (Response, error) {
	if (len(in.Options) > 0 && !t.HasOptions()) || (in.Text != "" && t != ShortText && t != Numeric) {
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
		if checkChosen(chosen, options) != nil {
			return Response{}, ErrResponseOptions
		}
		if t != Multiple && len(chosen) > 1 {
			return Response{}, ErrResponseOne
		}
		r.Options = chosen
	case ShortText, Numeric:
		if checkText(in.Text) != nil {
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

// Empty tells whether nothing was answered.
func (r Response) Empty() bool {
	if r.Type.HasOptions() {
		return len(r.Options) == 0
	}
	return r.Text == ""
}

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

func checkText(s string) error {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxText || strings.ContainsFunc(s, unicode.IsControl) {
		return ErrResponseText
	}
	return nil
}
