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
	Single         ItemType = "single"           // one right option
	Multiple       ItemType = "multiple"         // one or more right options
	TrueFalse      ItemType = "true_false"       // the two fixed options "true" and "false"
	TrueFalseGroup ItemType = "true_false_group" // several statements, each true or false
	ShortText      ItemType = "short_text"       // typed text, compared with accepted texts
	Numeric        ItemType = "numeric"          // typed number, compared with a value and a tolerance
	FillIn         ItemType = "fill_in"          // a stem with blanks, each typed or chosen from a list
	Ordering       ItemType = "ordering"         // all options are brought into their order
	Matching       ItemType = "matching"         // each option gets one of the targets
)

// Types lists every ItemType in the order in which forms show them.
var Types = []ItemType{Single, Multiple, TrueFalse, TrueFalseGroup, ShortText, Numeric, FillIn, Ordering, Matching}

// HasOptions tells whether items of this type are answered by choosing options.
func (t ItemType) HasOptions() bool { return t == Single || t == Multiple || t == TrueFalse }

// ListsOptions tells whether items of this type have options at all: to choose, to judge, to order or to match.
func (t ItemType) ListsOptions() bool {
	return t.HasOptions() || t == TrueFalseGroup || t == Ordering || t == Matching
}

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

// PartialCredit says what an answer earns that is only partly right. What each one computes stands at scoring.Credit.
type PartialCredit string

// The rules for answers that are partly right.
const (
	AllOrNothing    PartialCredit = "all_or_nothing"    // everything right, or nothing
	RightMinusWrong PartialCredit = "right_minus_wrong" // multiple: (right chosen − wrong chosen) ÷ all right ones, never below 0
	Proportion      PartialCredit = "proportion"        // multiple: right chosen ÷ all right ones, nothing once a wrong one is chosen
	PerPart         PartialCredit = "per_part"          // right pairs, blanks or places ÷ all of them
	InSequence      PartialCredit = "in_sequence"       // ordering: (pairs of options in order − out of order) ÷ all pairs, never below 0
	ByTable         PartialCredit = "table"             // true_false_group: the item's own table
)

// Credits lists the rules that a type has, the usual one first.
func (t ItemType) Credits() []PartialCredit {
	switch t {
	case Multiple:
		return []PartialCredit{AllOrNothing, RightMinusWrong, Proportion}
	case TrueFalseGroup:
		return []PartialCredit{ByTable}
	case Ordering:
		return []PartialCredit{AllOrNothing, PerPart, InSequence}
	case Matching, FillIn:
		return []PartialCredit{PerPart, AllOrNothing}
	}
	return []PartialCredit{AllOrNothing}
}

// The ids of the two options of a TrueFalse item.
const (
	OptionTrue  = "true"
	OptionFalse = "false"
)

// The versions of Content's fields. A content is always encoded in the lowest one that can say it, so that a question
// keeps its bytes and its hash when the fields grow.
const (
	schemaFirst   = 1 // five types, one picture
	SchemaVersion = 2 // all types, sound and film, pictures of options
)

// Content is everything an item says: what contestants see, the key, and what the organizers know about it.
type Content struct {
	Schema        int           `json:"schema" doc:"Version of these fields, the lowest that can say the content: 1 or 2"`
	Type          ItemType      `json:"type" enum:"single,multiple,true_false,true_false_group,short_text,numeric,fill_in,ordering,matching"`
	Stem          string        `json:"stem" doc:"The question. NFC text; paragraphs are separated by newlines, formulas stand between $ or $$ (a dollar is \\$). Blanks of a fill_in item are [[1]], [[2]], ..."`
	Image         *Image        `json:"image,omitempty"`
	Media         *Media        `json:"media,omitempty"`
	Options       []Option      `json:"options" doc:"In the order of the author; for ordering in an order that says nothing about the right one. Empty for short_text, numeric and fill_in"`
	Targets       []Option      `json:"targets,omitempty" doc:"What the options of a matching item are matched with, in an order that says nothing about the pairs"`
	Blanks        []Blank       `json:"blanks,omitempty" doc:"The blanks of a fill_in item, in the order of the stem"`
	Key           Key           `json:"key"`
	PartialCredit PartialCredit `json:"partial_credit" enum:"all_or_nothing,right_minus_wrong,proportion,per_part,in_sequence,table"`
	CreditTable   []int64       `json:"credit_table,omitempty" doc:"For the rule 'table': what 1, 2, ... right statements are worth, in hundredths of a percent"`
	Explanation   string        `json:"explanation" doc:"Shown with the right answer; may be empty"`
	Source        Source        `json:"source"`
	Topic         string        `json:"topic" doc:"Branches are separated by ' / '; may be empty"`
	Difficulty    Difficulty    `json:"difficulty" enum:"recognition,understanding,application,high_application"`
}

// Option is one choice, statement, thing to order or side of a pair. Its id stays the same however options are shuffled.
type Option struct {
	ID     string `json:"id" doc:"'a', 'b', ... ('1', '2', ... for targets) as they stand in the list; 'true' and 'false' for true_false"`
	Text   string `json:"text" doc:"May be empty when there is a picture"`
	Image  *Image `json:"image,omitempty"`
	Pinned bool   `json:"pinned" doc:"Keeps its place when options are shuffled ('all of the above')"`
}

// Blank is a place in the stem of a fill_in item.
type Blank struct {
	ID      string   `json:"id" doc:"'1', '2', ... as it stands in the stem"`
	Type    ItemType `json:"type" enum:"short_text,numeric,single" doc:"single: chosen from the options"`
	Options []Option `json:"options,omitempty"`
}

// Image refers to an uploaded file. FileID is unguessable: who knows it may read the file.
type Image struct {
	FileID string `json:"file_id"`
	Hash   string `json:"hash" doc:"SHA-256 of the file, hexadecimal"`
	Alt    string `json:"alt" doc:"What the picture shows, for those who cannot see it"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// MediaKind is what a Media plays as.
type MediaKind string

// The kinds of media.
const (
	Audio MediaKind = "audio"
	Video MediaKind = "video"
)

// Media refers to an uploaded sound or film, in the way of Image.
type Media struct {
	Kind        MediaKind `json:"kind" enum:"audio,video"`
	FileID      string    `json:"file_id"`
	Hash        string    `json:"hash" doc:"SHA-256 of the file, hexadecimal"`
	ContentType string    `json:"content_type"`
	Size        int64     `json:"size" doc:"Bytes"`
	Alt         string    `json:"alt" doc:"What it is, in a few words"`
	Transcript  string    `json:"transcript" doc:"What is said and shown, for those who cannot hear or see it; may be empty"`
}

// Key is what makes an answer right. Which fields count follows from the item's type.
type Key struct {
	// Options are the ids of the right options, sorted; of a group the true statements, which may be none.
	Options []string `json:"options"`
	// Order holds the ids of all options of an ordering item, first things first.
	Order []string `json:"order,omitempty" doc:"The options of an ordering item in their right order"`
	// Pairs say which target each option of a matching item has, in the order of the options.
	Pairs []Pair `json:"pairs,omitempty" doc:"The target of each option of a matching item"`
	// Blanks say what is right in each blank of a fill_in item, in the order of the stem.
	Blanks []BlankKey `json:"blanks,omitempty"`
	// Texts are the accepted texts of a short_text item. Case, spaces and the place of tone marks never matter.
	Texts []string `json:"texts"`
	// IgnoreMarks accepts a text without its diacritics ("ha noi" for "Hà Nội").
	IgnoreMarks bool `json:"ignore_marks"`
	// Number and Tolerance belong to a numeric item: decimal numbers with a point ("7.5"), Tolerance at least "0".
	Number    string `json:"number"`
	Tolerance string `json:"tolerance"`
}

// Pair is an option and its target.
type Pair struct {
	Option string `json:"option"`
	Target string `json:"target"`
}

// BlankKey is what is right in one blank. Which fields count follows from the blank's type.
type BlankKey struct {
	ID          string   `json:"id"`
	Option      string   `json:"option,omitempty" doc:"The right option of a list"`
	Texts       []string `json:"texts,omitempty" doc:"The accepted texts"`
	IgnoreMarks bool     `json:"ignore_marks,omitempty"`
	Number      string   `json:"number,omitempty"`
	Tolerance   string   `json:"tolerance,omitempty"`
}

// Source says where the right answer can be checked.
type Source struct {
	Act     string `json:"act" doc:"'Nghị định 61/2018/NĐ-CP'"`
	Article string `json:"article" doc:"'Điều 19 khoản 4'"`
	Note    string `json:"note" doc:"Anything else: an address, a page, a document"`
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
	if c.Schema < schemaFirst || c.Schema > SchemaVersion {
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
