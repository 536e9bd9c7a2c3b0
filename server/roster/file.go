package roster

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

// Limits of a file with registrations.
const (
	maxFileRows    = 10_000
	maxFileColumns = 40
	headSearch     = 20 // rows in which the header is looked for: lists begin with titles and emblems
)

// field is what a column of the file means.
type field string

const (
	fieldTeam     field = "team"
	fieldName     field = "name"
	fieldSurname  field = "surname" // "Họ và tên đệm", with the given name in a column of its own
	fieldGiven    field = "given"
	fieldUnit     field = "unit"
	fieldDivision field = "division"
	fieldRole     field = "role"
	fieldPhone    field = "phone"
	fieldEmail    field = "email"
	fieldIgnored  field = "ignored"
)

// titles are the headers as they come, in the form unit.SearchKey gives them.
var titles = map[string]field{
	"ten doi": fieldTeam, "doi": fieldTeam, "doi thi": fieldTeam, "doi du thi": fieldTeam, "ten doi thi": fieldTeam, "team": fieldTeam, "team name": fieldTeam,
	"ho va ten": fieldName, "ho ten": fieldName, "ho va ten thi sinh": fieldName, "ho ten thi sinh": fieldName, "thi sinh": fieldName, "ten thi sinh": fieldName,
	"ho va ten thanh vien": fieldName, "ho ten thanh vien": fieldName, "thanh vien": fieldName, "ten thanh vien": fieldName, "full name": fieldName, "name": fieldName, "member": fieldName, "member name": fieldName,
	"ho dem": fieldSurname, "ho va ten dem": fieldSurname, "ho va dem": fieldSurname, "ho lot": fieldSurname, "ho": fieldSurname, "surname": fieldSurname,
	"ten": fieldGiven, "given name": fieldGiven,
	"don vi": fieldUnit, "don vi cong tac": fieldUnit, "don vi du thi": fieldUnit, "ten don vi": fieldUnit, "co quan": fieldUnit, "co quan don vi": fieldUnit, "noi cong tac": fieldUnit, "doan co so": fieldUnit, "chi doan": fieldUnit, "unit": fieldUnit, "organisation": fieldUnit, "organization": fieldUnit,
	"bang": fieldDivision, "bang thi": fieldDivision, "bang du thi": fieldDivision, "division": fieldDivision,
	"vai tro": fieldRole, "vai tro trong doi": fieldRole, "nhiem vu": fieldRole, "role": fieldRole,
	"so dien thoai": fieldPhone, "dien thoai": fieldPhone, "sdt": fieldPhone, "so dt": fieldPhone, "dt": fieldPhone, "di dong": fieldPhone, "dien thoai di dong": fieldPhone, "phone": fieldPhone, "phone number": fieldPhone, "mobile": fieldPhone,
	"email": fieldEmail, "e mail": fieldEmail, "dia chi email": fieldEmail, "thu dien tu": fieldEmail, "hop thu": fieldEmail, "mail": fieldEmail,
	"stt": fieldIgnored, "tt": fieldIgnored, "so tt": fieldIgnored, "no": fieldIgnored, "ghi chu": fieldIgnored, "note": fieldIgnored,
}

// Problem is one thing wrong, or noteworthy, in a file.
type Problem struct {
	Row     int    // as Excel shows it
	Column  string // title of the column, as it stands in the file; "" for the whole row
	Warning bool   // the row is taken all the same
	Vi, En  string
}

// FileEntry is an entry as the file describes it: one row of a person, several rows of a team.
type FileEntry struct {
	FirstRow, LastRow int
	Draft             Draft
	DivisionName      string
	Status            FileStatus
	Number            string // of the entry that is there already, for a duplicate
	Findings          []Finding
	Problems          []Problem
}

// FileStatus is what happens to an entry of a file.
type FileStatus string

const (
	FileNew       FileStatus = "new"
	FileDuplicate FileStatus = "duplicate"
	FileRefused   FileStatus = "error"
)

// File is a file as it was understood.
type File struct {
	Columns []FileColumn
	Entries []FileEntry
}

// FileColumn is a header and what it was taken for; "ignored" when nothing.
type FileColumn struct {
	Title string
	Field string
}

var (
	fileEmpty = fault.New(fault.Invalid, "file_empty",
		"Tệp không có dòng nào. Hãy dùng tệp mẫu, điền danh sách rồi tải lên lại.",
		"The file has no rows. Use the template, fill in the list and upload it again.")
	fileNoHeader = fault.New(fault.Invalid, "file_no_header",
		"Không tìm thấy dòng tiêu đề có cột “Họ và tên” hoặc “Tên đội”. Hãy dùng tệp mẫu hoặc đặt tên cột như trong tệp mẫu.",
		"There is no header row with a column “Full name” or “Team name”. Use the template, or name the columns as it does.")
)

// ReadFile understands the rows of a file by the contest's rules. It decides nothing that needs the roster: see judge.
func ReadFile(rows []export.Row, rules Rules) (File, error) {
	if len(rows) == 0 {
		return File{}, fileEmpty
	}
	head, at := findHead(rows, rules.Kind)
	if head < 0 {
		return File{}, fileNoHeader
	}
	r := fileReader{rules: rules, at: at, titles: rows[head]}
	for column := range rows[head].Cells {
		if title := rows[head].Cell(column); title != "" {
			f, ok := titles[titleKey(title)]
			if !ok || at[f] != column {
				f = fieldIgnored
			}
			r.file.Columns = append(r.file.Columns, FileColumn{Title: title, Field: string(f)})
		}
	}
	for _, row := range rows[head+1:] {
		if rules.Kind == KindTeam {
			r.teamRow(row)
		} else {
			r.personRow(row)
		}
	}
	r.finish()
	if len(r.file.Entries) == 0 {
		return r.file, fileEmpty
	}
	return r.file, nil
}

// findHead finds the header row: the one of the first rows in which most titles are known.
func findHead(rows []export.Row, kind Kind) (int, map[field]int) {
	best, bestAt := -1, map[field]int(nil)
	for i, row := range rows[:min(len(rows), headSearch)] {
		at := map[field]int{}
		for column := range row.Cells {
			if f, ok := titles[titleKey(row.Cell(column))]; ok && f != fieldIgnored {
				if _, taken := at[f]; !taken {
					at[f] = column
				}
			}
		}
		_, name := at[fieldName]
		_, given := at[fieldGiven]
		_, team := at[fieldTeam]
		_, ofUnit := at[fieldUnit]
		if !name && !given && (kind == KindPerson || !team) || kind == KindTeam && !team && !ofUnit {
			continue
		}
		if len(at) > len(bestAt) {
			best, bestAt = i, at
		}
	}
	return best, bestAt
}

// titleKey is a title without what stands in brackets behind it: "Số điện thoại (Zalo)".
func titleKey(title string) string {
	if i := strings.IndexByte(title, '('); i > 0 {
		title = title[:i]
	}
	return unit.SearchKey(title)
}

type fileReader struct {
	rules  Rules
	at     map[field]int
	titles export.Row
	file   File
	teams  map[string]int // team and unit → index of its entry
	last   int            // index of the team the rows above belong to
}

func (r *fileReader) get(row export.Row, f field) string {
	column, ok := r.at[f]
	if !ok {
		return ""
	}
	return row.Cell(column)
}

func (r *fileReader) title(f field) string {
	if column, ok := r.at[f]; ok {
		return r.titles.Cell(column)
	}
	return ""
}

func (r *fileReader) personName(row export.Row) string {
	if name := r.get(row, fieldName); name != "" {
		return unit.CleanName(name)
	}
	return unit.CleanName(r.get(row, fieldSurname) + " " + r.get(row, fieldGiven))
}

func (r *fileReader) personRow(row export.Row) {
	name := r.personName(row)
	if name == "" && r.get(row, fieldPhone) == "" && r.get(row, fieldEmail) == "" {
		return // a merged unit, a subtotal, a signature below the list
	}
	e := FileEntry{FirstRow: row.Number, LastRow: row.Number, Status: FileNew}
	e.Draft = Draft{Name: name, UnitName: r.get(row, fieldUnit), Phone: r.get(row, fieldPhone), Email: r.get(row, fieldEmail)}
	r.division(&e, row)
	r.file.Entries = append(r.file.Entries, e)
}

func (r *fileReader) teamRow(row export.Row) {
	team, of, name := unit.CleanName(r.get(row, fieldTeam)), unit.CleanName(r.get(row, fieldUnit)), r.personName(row)
	if team == "" && name == "" {
		return
	}
	e := r.teamOf(row, team, of)
	if e.DivisionName == "" {
		r.division(e, row)
	}
	e.LastRow = max(e.LastRow, row.Number)
	if e.Draft.Phone == "" {
		e.Draft.Phone = r.get(row, fieldPhone)
	}
	if e.Draft.Email == "" {
		e.Draft.Email = r.get(row, fieldEmail)
	}
	if name == "" {
		return
	}
	if len(e.Draft.Members) >= maxMembers {
		return // Check says that there are too many
	}
	e.Draft.Members = append(e.Draft.Members, Member{Name: name, Role: readRole(r.get(row, fieldRole))})
}

// teamOf finds the team a row belongs to: the one it names, or without a name the one above.
func (r *fileReader) teamOf(row export.Row, team, of string) *FileEntry {
	if r.teams == nil {
		r.teams, r.last = map[string]int{}, -1
	}
	if r.last >= 0 {
		above := &r.file.Entries[r.last]
		sameTeam := team == "" || unit.WordsKey(team) == unit.WordsKey(above.Draft.Name)
		sameUnit := of == "" || unit.SameKey(of) == unit.SameKey(above.Draft.UnitName)
		if sameTeam && sameUnit {
			return above
		}
	}
	if team == "" {
		team = "Đội " + of
	}
	key := unit.WordsKey(team) + "|" + unit.SameKey(of)
	i, ok := r.teams[key]
	if !ok {
		i = len(r.file.Entries)
		r.file.Entries = append(r.file.Entries, FileEntry{FirstRow: row.Number, LastRow: row.Number, Status: FileNew,
			Draft: Draft{Name: team, UnitName: of}})
		r.teams[key] = i
	}
	r.last = i
	return &r.file.Entries[i]
}

func (r *fileReader) division(e *FileEntry, row export.Row) {
	name := unit.CleanName(r.get(row, fieldDivision))
	if name == "" {
		return // Clean takes the only one, Check asks for one of several
	}
	e.DivisionName = name
	key := unit.SearchKey(name)
	for _, d := range r.rules.Divisions {
		if of := unit.SearchKey(d.Name); of == key || of == "bang "+key || "bang "+of == key {
			e.Draft.DivisionID, e.DivisionName = d.ID, d.Name
			return
		}
	}
	e.Problems = append(e.Problems, Problem{Row: row.Number, Column: r.title(fieldDivision),
		Vi: fmt.Sprintf("Không có bảng thi tên “%s” trong hội thi này.", clipRunes(name, 60)),
		En: fmt.Sprintf("This contest has no division called “%s”.", clipRunes(name, 60))})
}

// finish cleans and checks every entry of the file.
func (r *fileReader) finish() {
	for i := range r.file.Entries {
		e := &r.file.Entries[i]
		e.Draft = e.Draft.Clean(r.rules)
		if e.DivisionName == "" {
			for _, d := range r.rules.Divisions {
				if d.ID == e.Draft.DivisionID {
					e.DivisionName = d.Name
				}
			}
		}
		var f *fault.Fault
		if errors.As(e.Draft.Check(r.rules, true), &f) {
			for _, x := range f.Fields {
				if x.Path == "division_id" && len(e.Problems) > 0 {
					continue // said already, and better
				}
				e.Problems = append(e.Problems, Problem{Row: e.FirstRow, Column: r.title(fieldAt(x.Path, r.rules.Kind)), Vi: x.Vi, En: x.En})
			}
		}
		if len(e.Problems) > 0 {
			e.Status = FileRefused
		}
	}
}

// fieldAt finds the column of a draft's field.
func fieldAt(path string, kind Kind) field {
	switch {
	case path == "name" && kind == KindTeam:
		return fieldTeam
	case path == "name", strings.HasPrefix(path, "members"):
		return fieldName
	case path == "unit_name":
		return fieldUnit
	case path == "division_id":
		return fieldDivision
	case path == "phone":
		return fieldPhone
	case path == "email":
		return fieldEmail
	}
	return fieldIgnored
}

func readRole(s string) MemberRole {
	switch key := unit.SearchKey(s); {
	case strings.Contains(key, "truong"), key == "captain", key == "leader":
		return RoleCaptain
	case strings.Contains(key, "du bi"), key == "reserve":
		return RoleReserve
	}
	return RoleMember
}
