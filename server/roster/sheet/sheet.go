// Package sheet reads tables as units really send them: titles and emblems above the header, headers of two lines,
// empty rows, columns in any order and under any name, numbers and dates typed as text.
//
// It proposes which column holds which field, by the words of the header and by what the cells look like; people correct
// the proposal. It must never decide what a row means, never do I/O, and never take more time than the table is long.
package sheet

import (
	"crypto/sha256"
	"strings"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/unit"
)

const (
	headSearch = 25 // rows in which the header is looked for
	maxLooked  = 200
	maxTitle   = 60 // letters; what is longer is a sentence and no title of a column
	maxSamples = 3
	// Ignored is the field of a column that means nothing here.
	Ignored = "ignored"
)

// Kind says what the cells of a field look like.
type Kind string

const (
	Text    Kind = "text" // anything: found by its title only
	Person  Kind = "person"
	Phone   Kind = "phone"
	Email   Kind = "email"
	Date    Kind = "date"
	Citizen Kind = "citizen"
	Known   Kind = "known" // one of Values
)

// Field is something that a column can hold. Titles, Parts and Values are in the form of unit.SearchKey.
type Field struct {
	Key    string
	Kind   Kind
	Titles []string            // a title that equals one of them is certain
	Parts  []string            // words inside a title that make the field likely
	Values map[string]struct{} // what the cells of a Known field say
	// Lead: a header without any of the leading fields is no header.
	Lead bool
}

// Table is one sheet of a workbook: rows with something in them, with their numbers.
type Table struct {
	Name string
	Rows []export.Row
}

// Column is one column of a table, and what it is taken for.
type Column struct {
	Title   string
	Field   string   // Ignored: none
	Sure    bool     // by its title, not by a guess
	Samples []string // the first cells with something in them
}

// Layout is how a table is understood.
type Layout struct {
	Head    int // index of the header's last row; -1: there is none
	First   int // index of the first row below it
	Columns []Column
}

// Propose finds the header of a table and the field of each column.
func Propose(t Table, fields []Field) Layout {
	l := Layout{Head: -1}
	width := 0
	for _, row := range t.Rows {
		width = max(width, len(row.Cells))
	}
	var titles []string
	best := 0
	for i := range min(len(t.Rows), headSearch) {
		if score, lead := rate(t.Rows[i].Cells, fields); lead && score > best {
			best, l.Head, titles = score, i, t.Rows[i].Cells
		}
		if i+1 >= min(len(t.Rows), headSearch) || !continues(t.Rows[i+1], fields) {
			continue
		}
		both := joined(t.Rows[i], t.Rows[i+1], width)
		if score, lead := rate(both, fields); lead && score > best {
			best, l.Head, titles = score, i+1, both
		}
	}
	l.First = l.Head + 1
	l.Columns = make([]Column, width)
	for c := range l.Columns {
		l.Columns[c] = Column{Field: Ignored}
		if c < len(titles) {
			l.Columns[c].Title = titles[c]
		}
	}
	l.look(t)
	l.byTitle(fields)
	l.byLooks(t, fields)
	return l
}

// continues tells whether a row can be the second line of a header: it names fields and holds no data.
func continues(row export.Row, fields []Field) bool {
	named := false
	for _, cell := range row.Cells {
		if cell == "" {
			continue
		}
		if IsPhone(cell) || IsEmail(cell) || isNumber(cell) {
			return false
		}
		if _, how := match(cell, fields); how > 0 {
			named = true
		}
	}
	return named
}

// joined is a header of two lines: the lower title, or the upper one where the lower cell is empty.
func joined(upper, lower export.Row, width int) []string {
	both := make([]string, width)
	for c := range both {
		if both[c] = lower.Cell(c); both[c] == "" {
			both[c] = upper.Cell(c)
		}
	}
	return both
}

const (
	likely  = 1
	certain = 3
)

// rate tells how much of a header a row is; lead: it names one of the leading fields.
func rate(cells []string, fields []Field) (score int, lead bool) {
	taken := map[string]bool{}
	for _, cell := range cells {
		f, how := match(cell, fields)
		if how == 0 || taken[f.Key] && f.Key != Ignored {
			continue
		}
		taken[f.Key] = true
		score += how
		lead = lead || f.Lead
	}
	return score, lead
}

// match finds the field that a title names.
func match(title string, fields []Field) (found Field, how int) {
	if title == "" || len(title) > 4*maxTitle {
		return Field{}, 0
	}
	whole := unit.SearchKey(title)
	if len(whole) > maxTitle || whole == "" {
		return Field{}, 0
	}
	short := whole
	if i := strings.IndexByte(title, '('); i > 0 { // "Số điện thoại (Zalo)"
		short = unit.SearchKey(title[:i])
	}
	longest := 0
	for _, f := range fields {
		for _, name := range f.Titles {
			if name == short || name == whole {
				return f, certain
			}
		}
		for _, part := range f.Parts {
			if len(part) > longest && strings.Contains(" "+whole+" ", " "+part+" ") {
				found, how, longest = f, likely, len(part)
			}
		}
	}
	return found, how
}

// look keeps the first cells of each column.
func (l *Layout) look(t Table) {
	for _, row := range t.Rows[l.First:min(len(t.Rows), l.First+maxLooked)] {
		for c := range l.Columns {
			if cell := row.Cell(c); cell != "" && len(l.Columns[c].Samples) < maxSamples {
				l.Columns[c].Samples = append(l.Columns[c].Samples, cell)
			}
		}
	}
}

// byTitle gives each field to the first column that names it, certain ones before likely ones.
func (l *Layout) byTitle(fields []Field) {
	taken := map[string]bool{}
	for _, want := range []int{certain, likely} {
		for c := range l.Columns {
			column := &l.Columns[c]
			f, how := match(column.Title, fields)
			if how != want || column.Sure || column.Field != Ignored {
				continue
			}
			if f.Key == Ignored {
				column.Sure = true
				continue
			}
			if !taken[f.Key] {
				column.Field, column.Sure, taken[f.Key] = f.Key, how == certain, true
			}
		}
	}
}

// Signature is equal for two tables with the same header; what a person said about one is remembered for the other.
func (l Layout) Signature() []byte {
	h := sha256.New()
	for _, c := range l.Columns {
		h.Write([]byte(unit.SearchKey(c.Title)))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// With takes the fields that a person gave the columns. A field stands once: a second column of it is ignored.
func (l Layout) With(chosen []string, fields []Field) Layout {
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Key] = true
	}
	columns := make([]Column, len(l.Columns))
	copy(columns, l.Columns)
	l.Columns = columns
	taken := map[string]bool{}
	for c := range columns {
		if c >= len(chosen) {
			break
		}
		field := chosen[c]
		if !known[field] || taken[field] {
			field = Ignored
		}
		taken[field] = field != Ignored
		columns[c].Field, columns[c].Sure = field, true
	}
	return l
}

// Fields are the fields of the columns, as With takes them.
func (l Layout) Fields() []string {
	fields := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		fields[i] = c.Field
	}
	return fields
}

// At tells in which column each field stands.
func (l Layout) At() map[string]int {
	at := map[string]int{}
	for i, c := range l.Columns {
		if c.Field != Ignored {
			at[c.Field] = i
		}
	}
	return at
}

// Leads tells whether the layout has one of the leading fields: without it there is no list.
func (l Layout) Leads(fields []Field) bool {
	at := l.At()
	for _, f := range fields {
		if _, ok := at[f.Key]; ok && f.Lead {
			return true
		}
	}
	return false
}
