// Package paper makes papers from a bank: blueprints that say how many questions of which topic, difficulty and type
// there are, the seeded draw, its variants, and what is printed of them.
//
// It must never change a paper once it is drawn (a replaced question makes a new paper that names the old one), never
// draw what the bank does not offer, and never let a draw depend on anything but its seed, its blueprint and the bank.
package paper

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

// The limits of a blueprint and of a paper.
const (
	MaxSections = 20
	MaxRows     = 100 // of a section
	MaxItems    = 300 // of a paper
	MaxPoints   = 100_000_00
	MaxVariants = 24
)

// Mix says what is shuffled among the variants of a section. The names are those of the question groups g0 to g3 that
// schools know.
type Mix string

// What may be shuffled.
const (
	MixNothing   Mix = "g0"
	MixQuestions Mix = "g1"
	MixOptions   Mix = "g2"
	MixBoth      Mix = "g3"
)

func (m Mix) questions() bool { return m == MixQuestions || m == MixBoth }
func (m Mix) options() bool   { return m == MixOptions || m == MixBoth }

// Spec is what a blueprint asks for.
type Spec struct {
	Sections []Section `json:"sections" maxItems:"20"`
	Minutes  int       `json:"minutes" minimum:"0" maximum:"1000" doc:"Time to answer, as printed on the paper; 0: none is printed"`
	Exclude  Exclude   `json:"exclude"`
}

// Section is a part of a paper, with its own heading.
type Section struct {
	Title  string   `json:"title" maxLength:"200" doc:"'Phần I. Trắc nghiệm'; may be empty"`
	Note   string   `json:"note" maxLength:"1000" doc:"How to answer, printed below the title; may be empty"`
	Mix    Mix      `json:"mix" enum:"g0,g1,g2,g3" doc:"Shuffled among variants: nothing, questions, options, both"`
	Rows   []Row    `json:"rows" maxItems:"100"`
	Pinned []Pinned `json:"pinned" maxItems:"100" doc:"Questions that every paper has, before those of the rows"`
}

// Row is a line of the matrix: a topic and a type, and how many items of each difficulty.
type Row struct {
	Topic  int64         `json:"topic" minimum:"0" doc:"With its branches; 0: any topic"`
	Type   bank.ItemType `json:"type" enum:",single,multiple,true_false,true_false_group,short_text,numeric,fill_in,ordering,matching" doc:"Empty: any type"`
	Points int64         `json:"points" minimum:"0" maximum:"10000000" doc:"Of each item, in hundredths"`
	Counts Counts        `json:"counts"`
}

// Counts are numbers of items by difficulty.
type Counts struct {
	Any             int `json:"any" minimum:"0" maximum:"300" doc:"Of any difficulty"`
	Recognition     int `json:"recognition" minimum:"0" maximum:"300"`
	Understanding   int `json:"understanding" minimum:"0" maximum:"300"`
	Application     int `json:"application" minimum:"0" maximum:"300"`
	HighApplication int `json:"high_application" minimum:"0" maximum:"300"`
}

// Levels are the columns of the matrix; the first, empty one is any difficulty.
var Levels = []bank.Difficulty{"", bank.Recognition, bank.Understanding, bank.Application, bank.HighApplication}

// Of is the number of a level.
func (c Counts) Of(level bank.Difficulty) int {
	switch level {
	case bank.Recognition:
		return c.Recognition
	case bank.Understanding:
		return c.Understanding
	case bank.Application:
		return c.Application
	case bank.HighApplication:
		return c.HighApplication
	}
	return c.Any
}

// Pinned is an item that every paper of the blueprint has.
type Pinned struct {
	Item   int64 `json:"item" minimum:"1"`
	Points int64 `json:"points" minimum:"0" maximum:"10000000"`
}

// Exclude says which items are not drawn though the bank offers them.
type Exclude struct {
	Rounds bool   `json:"rounds" doc:"Those that rounds of the contest use"`
	Papers bool   `json:"papers" doc:"Those that papers of the contest's other blueprints have"`
	Since  string `json:"since" pattern:"^(\\d{4}-\\d{2}-\\d{2})?$" doc:"Those that a round of any contest has used on or after this day; empty: none"`
}

// Cell is one number of the matrix: so many items of a topic, a type and a difficulty.
type Cell struct {
	Section int             `json:"section"`
	Row     int             `json:"row"`
	Level   bank.Difficulty `json:"level" enum:",recognition,understanding,application,high_application"`
	topic   int64
	kind    bank.ItemType
	count   int
	points  int64
}

// Cells are the numbers of the matrix that are not nought, in its order.
func (s Spec) Cells() []Cell {
	var list []Cell
	for i, section := range s.Sections {
		for j, r := range section.Rows {
			for _, level := range Levels {
				if n := r.Counts.Of(level); n > 0 {
					list = append(list, Cell{i, j, level, r.Topic, r.Type, n, r.Points})
				}
			}
		}
	}
	return list
}

// Totals are what a paper of the blueprint has in all.
type Totals struct {
	Items  int   `json:"items"`
	Points int64 `json:"points" doc:"Hundredths"`
}

// Totals counts items and points.
func (s Spec) Totals() Totals {
	var t Totals
	for _, c := range s.Cells() {
		t.Items += c.count
		t.Points += int64(c.count) * c.points
	}
	for _, section := range s.Sections {
		for _, p := range section.Pinned {
			t.Items++
			t.Points += p.Points
		}
	}
	return t
}

// Normalized gives the one form in which a blueprint is kept.
func (s Spec) Normalized() Spec {
	sections := make([]Section, 0, len(s.Sections))
	for _, x := range s.Sections {
		x.Title, x.Note = tidy(x.Title), tidy(x.Note)
		if !slices.Contains([]Mix{MixNothing, MixQuestions, MixOptions, MixBoth}, x.Mix) {
			x.Mix = MixBoth
		}
		x.Rows, x.Pinned = append([]Row{}, x.Rows...), append([]Pinned{}, x.Pinned...)
		sections = append(sections, x)
	}
	s.Sections = sections
	return s
}

func tidy(s string) string {
	lines := strings.Split(norm.NFC.String(strings.ToValidUTF8(s, "")), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

var errSpec = fault.New(fault.Invalid, "blueprint_invalid",
	"Ma trận đề chưa lưu được vì có chỗ chưa đúng.", "The blueprint was not saved: something in it is not right.")

// Validate refuses what no paper can be.
func (s Spec) Validate() error {
	if len(s.Sections) > MaxSections {
		return errSpec.At("sections", "Một đề có nhiều nhất 20 phần.", "A paper has at most 20 sections.")
	}
	pinned := map[int64]bool{}
	for i, x := range s.Sections {
		at := fmt.Sprintf("sections[%d]", i)
		if utf8.RuneCountInString(x.Title) > 200 || utf8.RuneCountInString(x.Note) > 1000 {
			return errSpec.At(at, "Tên hoặc lời dặn của phần quá dài.", "The title or note of the section is too long.")
		}
		if len(x.Rows) > MaxRows || len(x.Pinned) > MaxRows {
			return errSpec.At(at, "Một phần có nhiều nhất 100 dòng.", "A section has at most 100 rows.")
		}
		for j, r := range x.Rows {
			path := fmt.Sprintf("%s.rows[%d]", at, j)
			if r.Topic < 0 || r.Points < 0 || r.Points > MaxPoints || r.Type != "" && !slices.Contains(bank.Types, r.Type) {
				return errSpec.At(path, "Dòng này có giá trị không dùng được.", "This row has a value that can't be used.")
			}
			for _, level := range Levels {
				if n := r.Counts.Of(level); n < 0 || n > MaxItems {
					return errSpec.At(path, "Số câu phải từ 0 đến 300.", "The number of questions must be 0 to 300.")
				}
			}
		}
		for _, p := range x.Pinned {
			if pinned[p.Item] {
				return errSpec.At(at, "Một câu cố định chỉ có thể đứng một lần trong đề.", "A pinned question can stand in the paper only once.")
			}
			pinned[p.Item] = true
			if p.Points < 0 || p.Points > MaxPoints {
				return errSpec.At(at, "Điểm của câu cố định không dùng được.", "The points of a pinned question can't be used.")
			}
		}
	}
	if s.Minutes < 0 || s.Minutes > 1000 {
		return errSpec.At("minutes", "Thời gian phải từ 0 đến 1.000 phút.", "The time must be 0 to 1,000 minutes.")
	}
	if n := s.Totals().Items; n > MaxItems {
		return errSpec.At("sections", fmt.Sprintf("Đề có %d câu; nhiều nhất là %d.", n, MaxItems), fmt.Sprintf("The paper has %d questions; at most %d are possible.", n, MaxItems))
	}
	return nil
}

// encode gives the canonical bytes of a stored document.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		// Texts, whole numbers and lists of them always encode.
		panic(fmt.Sprintf("paper: does not encode: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("paper: stored document: %w", err)
	}
	return nil
}

func hash(b []byte) []byte {
	h := sha256.Sum256(b)
	return h[:]
}
