// Package bank keeps the questions of contests: items, their immutable versions, and how they come in from
// spreadsheets and documents.
//
// It must never change a version once it is written (papers and rounds refer to it by id and hash), and never hand a
// Content to somebody who is to answer it: contestants and the audience get a Question, which has no place for a key.
package bank

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// ItemType is how an item is answered.
type ItemType string

// The types of items.
const (
	Single    ItemType = "single"     // one right option
	Multiple  ItemType = "multiple"   // one or more right options
	TrueFalse ItemType = "true_false" // the two fixed options "true" and "false"
	ShortText ItemType = "short_text" // typed text, compared with accepted texts
	Numeric   ItemType = "numeric"    // typed number, compared with a value and a tolerance
)

// Types lists every ItemType in the order in which forms show them.
var Types = []ItemType{Single, Multiple, TrueFalse, ShortText, Numeric}

// HasOptions tells whether items of this type are answered by choosing options.
func (t ItemType) HasOptions() bool { return t == Single || t == Multiple || t == TrueFalse }

// Difficulty is the level of thinking an item asks for.
type Difficulty string

// The levels, from the easiest.
const (
	Recognition     Difficulty = "recognition"
	Understanding   Difficulty = "understanding"
	Application     Difficulty = "application"
	HighApplication Difficulty = "high_application"
)

// Difficulties lists every Difficulty from the easiest.
var Difficulties = []Difficulty{Recognition, Understanding, Application, HighApplication}

// PartialCredit says what an incomplete answer to a Multiple item earns.
type PartialCredit string

// The rules for incomplete answers.
const (
	AllOrNothing    PartialCredit = "all_or_nothing"    // only the exact set of right options earns points
	RightMinusWrong PartialCredit = "right_minus_wrong" // (right chosen − wrong chosen) ÷ all right ones, never below 0
)

// The ids of the two options of a TrueFalse item.
const (
	OptionTrue  = "true"
	OptionFalse = "false"
)

// SchemaVersion is written into every Content, so that old versions stay readable when the fields grow.
const SchemaVersion = 1

// Content is everything an item says: what contestants see, the key, and what the organizers know about it.
type Content struct {
	Schema        int           `json:"schema" doc:"Version of these fields; 1"`
	Type          ItemType      `json:"type" enum:"single,multiple,true_false,short_text,numeric"`
	Stem          string        `json:"stem" doc:"The question. NFC text; paragraphs are separated by newlines"`
	Image         *Image        `json:"image,omitempty"`
	Options       []Option      `json:"options" doc:"In the order of the author; empty for short_text and numeric"`
	Key           Key           `json:"key"`
	PartialCredit PartialCredit `json:"partial_credit" enum:"all_or_nothing,right_minus_wrong"`
	Explanation   string        `json:"explanation" doc:"Shown with the right answer; may be empty"`
	Source        Source        `json:"source"`
	Topic         string        `json:"topic" doc:"Branches are separated by ' / '; may be empty"`
	Difficulty    Difficulty    `json:"difficulty" enum:"recognition,understanding,application,high_application"`
}

// Option is one choice. Its id stays the same however options are shuffled.
type Option struct {
	ID     string `json:"id" doc:"'a', 'b', ... in the order of the author; 'true' and 'false' for true_false"`
	Text   string `json:"text"`
	Pinned bool   `json:"pinned" doc:"Keeps its place when options are shuffled ('all of the above')"`
}

// Image refers to an uploaded file. FileID is unguessable: who knows it may read the file.
type Image struct {
	FileID string `json:"file_id"`
	Hash   string `json:"hash" doc:"SHA-256 of the file, hexadecimal"`
	Alt    string `json:"alt" doc:"What the picture shows, for those who cannot see it"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Key is what makes an answer right. Which fields count follows from the item's type.
type Key struct {
	// Options are the ids of the right options, sorted.
	Options []string `json:"options"`
	// Texts are the accepted texts of a short_text item. Case, spaces and the place of tone marks never matter.
	Texts []string `json:"texts"`
	// IgnoreMarks accepts a text without its diacritics ("ha noi" for "Hà Nội").
	IgnoreMarks bool `json:"ignore_marks"`
	// Number and Tolerance belong to a numeric item: decimal numbers with a point ("7.5"), Tolerance at least "0".
	Number    string `json:"number"`
	Tolerance string `json:"tolerance"`
}

// Source says where the right answer can be checked.
type Source struct {
	Act     string `json:"act" doc:"'Nghị định 61/2018/NĐ-CP'"`
	Article string `json:"article" doc:"'Điều 19 khoản 4'"`
	Note    string `json:"note" doc:"Anything else: an address, a page, a document"`
}

// Question is what somebody who is to answer an item may see. It has no key, explanation or source, by type.
type Question struct {
	Type    ItemType `json:"type" enum:"single,multiple,true_false,short_text,numeric"`
	Stem    string   `json:"stem"`
	Image   *Image   `json:"image,omitempty"`
	Options []Choice `json:"options"`
}

// Choice is an option as a contestant sees it.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Question is the part of the content that contestants and the audience may see, options in the author's order.
func (c Content) Question() Question {
	q := Question{Type: c.Type, Stem: c.Stem, Options: make([]Choice, 0, len(c.Options))}
	if c.Image != nil {
		image := *c.Image
		q.Image = &image
	}
	for _, o := range c.Options {
		q.Options = append(q.Options, Choice{ID: o.ID, Text: o.Text})
	}
	return q
}

// Encode gives the canonical bytes of a content: equal contents, however typed, give equal bytes. They are what is
// stored and hashed.
func (c Content) Encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c.Normalized()); err != nil {
		// Strings, integers and lists of them always encode.
		panic(fmt.Sprintf("bank: content does not encode: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Decode reads canonical bytes.
func Decode(b []byte) (Content, error) {
	var c Content
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Content{}, fmt.Errorf("bank: stored content: %w", err)
	}
	if c.Schema != SchemaVersion {
		return Content{}, fmt.Errorf("bank: stored content has schema %d", c.Schema)
	}
	return c, nil
}

// Hash is the SHA-256 of the canonical bytes.
func (c Content) Hash() [32]byte { return sha256.Sum256(c.Encode()) }

// HashText is Hash in hexadecimal.
func (c Content) HashText() string {
	h := c.Hash()
	return hex.EncodeToString(h[:])
}
