package roster

import (
	"fmt"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/sheet"
)

// Limits of a file with registrations.
const (
	maxFileRows    = 10_000
	maxFileColumns = 40
	maxFileSheets  = 30
)

// Problem is one thing wrong, or noteworthy, in a file.
type Problem struct {
	Row     int    // as Excel shows it
	Column  string // title of the column, as it stands in the file; "" for the whole row
	Value   string // what stands in the cell
	Warning bool   // the row is taken all the same
	Vi, En  string
}

// FileEntry is an entry as the file describes it: one row of a person, several rows of a team.
type FileEntry struct {
	Sheet             string
	FirstRow, LastRow int
	Draft             Draft
	DivisionName      string
	Status            FileStatus
	Number            string // of the entry that is there already
	Problems          []Problem
	// EntryID or RegistrationID is what an update changes.
	EntryID, RegistrationID int64
	unitName                string // where the draft names the unit by its number
	findings                []Finding
	rows                    []int // indexes in the table, for the file that goes back
	table                   int
}

// FileStatus is what happens to an entry of a file.
type FileStatus string

const (
	FileNew       FileStatus = "new"
	FileUpdated   FileStatus = "update"    // is there already, and the file knows more
	FileDuplicate FileStatus = "duplicate" // is there already, as the file has it
	FileRefused   FileStatus = "error"
)

// FileSheet is a sheet of a file as it was understood.
type FileSheet struct {
	Name       string
	Use        bool
	Rows       int // below the header
	HeadRow    int // as Excel shows it; 0: no header
	Columns    []sheet.Column
	Remembered bool // the columns are as this person had them the last time
	layout     sheet.Layout
}

// File is a file as it was understood.
type File struct {
	Sheets  []FileSheet
	Entries []FileEntry
	// Respelling is what is not written in the ordinary way; Respelled: it has been, on its owner's word.
	Respelling Respelling
	Respelled  bool
	tables     []sheet.Table
}

// SheetChoice is what a person says about a sheet: whether it counts, and the field of each column.
type SheetChoice struct {
	Name   string   `json:"name" maxLength:"200"`
	Use    bool     `json:"use"`
	Fields []string `json:"fields" maxItems:"40"`
}

var (
	fileEmpty = fault.New(fault.Invalid, "file_empty",
		"Tệp không có dòng nào. Hãy dùng tệp mẫu, điền danh sách rồi tải lên lại.",
		"The file has no rows. Use the template, fill in the list and upload it again.")
	fileNoHeader = fault.New(fault.Invalid, "file_no_header",
		"Không tìm thấy cột họ tên hoặc tên đội trong tệp. Hãy kiểm tra đã chọn đúng tệp chưa, hoặc dùng tệp mẫu.",
		"No column with names of people or teams was found. See whether it is the right file, or use the template.")
)

// Reading is what a file is read by.
type Reading struct {
	Rules Rules
	Units []string // names that a cell of a unit's column may hold
	// ByOrganizer: what the contest requires of a person may be missing.
	ByOrganizer bool
}

// Understand proposes what the sheets of a file mean: by what the person chose, by what the account said about the same
// header before (remembered, by signature), else by words and looks.
func Understand(tables []sheet.Table, in Reading, choices []SheetChoice, remembered map[string][]string) (File, error) {
	if len(tables) == 0 {
		return File{}, fileEmpty
	}
	fields := Catalogue(in.Rules, in.Units)
	f := File{tables: tables, Sheets: make([]FileSheet, len(tables))}
	named, most := make([]int, len(tables)), 0 // columns that the header of each sheet names
	for i, t := range tables {
		l := sheet.Propose(t, fields)
		s := FileSheet{Name: t.Name}
		if kept, ok := remembered[string(l.Signature())]; ok && l.Head >= 0 && len(kept) == len(l.Columns) {
			l, s.Remembered = l.With(kept, fields), true
		}
		if l.Leads(fields) && l.Head >= 0 {
			for _, c := range l.Columns {
				if c.Sure && c.Field != sheet.Ignored {
					named[i]++
				}
			}
			most = max(most, named[i])
		}
		s.layout, s.Columns, s.Rows = l, l.Columns, len(t.Rows)-l.First
		if l.Head >= 0 {
			s.HeadRow = t.Rows[l.Head].Number
		}
		f.Sheets[i] = s
	}
	for i := range f.Sheets {
		s := &f.Sheets[i]
		// A list without a header counts where no sheet has one; a guide beside a list, which names one of its columns in a
		// line, does not.
		s.Use = s.layout.Leads(fields) && named[i]*2 >= most && (named[i] > 0 || most == 0)
		for _, c := range choices {
			if c.Name == s.Name {
				s.layout = s.layout.With(c.Fields, fields)
				s.Use, s.Columns, s.Remembered = c.Use, s.layout.Columns, false
			}
		}
	}
	return f, f.read(in, fields, len(choices) > 0)
}

// read makes the entries of the sheets that count.
func (f *File) read(in Reading, fields []sheet.Field, chosen bool) error {
	leads := false
	for i, s := range f.Sheets {
		if !s.Use {
			continue
		}
		if !s.layout.Leads(fields) {
			continue // without names there is nobody to enter; the columns can be corrected
		}
		leads = true
		r := fileReader{rules: in.Rules, byOrganizer: in.ByOrganizer, layout: s.layout, at: s.layout.At(), sheet: s.Name, table: i, file: f, last: -1, from: len(f.Entries)}
		for at, row := range f.tables[i].Rows[s.layout.First:] {
			r.index = s.layout.First + at
			if in.Rules.Kind == KindTeam {
				r.teamRow(row)
			} else {
				r.personRow(row)
			}
		}
		r.finish()
	}
	switch {
	case chosen:
		return nil // the person sees the columns and mends them
	case !leads:
		return fileNoHeader
	case len(f.Entries) == 0:
		return fileEmpty
	}
	return nil
}

// counted tells how many entries of a file have a status.
func (f File) counted(status FileStatus) int {
	n := 0
	for _, e := range f.Entries {
		if e.Status == status {
			n++
		}
	}
	return n
}

func (e *FileEntry) warn(vi, en string) {
	e.Problems = append(e.Problems, Problem{Row: e.FirstRow, Warning: true, Vi: vi, En: en})
}

func (e *FileEntry) refuse(p Problem) {
	e.Status = FileRefused
	e.Problems = append(e.Problems, p)
}

// place names the rows of an entry in words.
func (e FileEntry) place() (vi, en string) {
	if e.FirstRow == e.LastRow {
		return fmt.Sprintf("dòng %d", e.FirstRow), fmt.Sprintf("row %d", e.FirstRow)
	}
	return fmt.Sprintf("dòng %d–%d", e.FirstRow, e.LastRow), fmt.Sprintf("rows %d–%d", e.FirstRow, e.LastRow)
}
