package roster

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/sheet"
	"github.com/hoithi/hoithi/server/unit"
)

// fileReader makes entries of the rows of one sheet.
type fileReader struct {
	rules  Rules
	layout sheet.Layout
	at     map[string]int
	sheet  string
	table  int
	index  int // of the row in its table
	from   int // first entry of this sheet
	file   *File
	teams  map[string]int // team and unit → index of its entry
	last   int            // index of the team the rows above belong to
	// byOrganizer: what is required may be missing.
	byOrganizer bool
}

func (r *fileReader) get(row export.Row, field string) string {
	column, ok := r.at[field]
	if !ok {
		return ""
	}
	return row.Cell(column)
}

func (r *fileReader) title(field string) string {
	column, ok := r.at[field]
	if !ok {
		return ""
	}
	if title := r.layout.Columns[column].Title; title != "" {
		return title
	}
	return columnLetter(column)
}

// columnLetter is how Excel calls a column without a title.
func columnLetter(column int) string {
	if column < 26 {
		return string(rune('A' + column))
	}
	return string(rune('A'+column/26-1)) + string(rune('A'+column%26))
}

func (r *fileReader) personName(row export.Row) string {
	if name := r.get(row, columnName); name != "" {
		return unit.CleanName(name)
	}
	return unit.CleanName(r.get(row, columnSurname) + " " + r.get(row, columnGiven))
}

func (r *fileReader) entry(row export.Row, d Draft) FileEntry {
	return FileEntry{Sheet: r.sheet, FirstRow: row.Number, LastRow: row.Number, Status: FileNew, Draft: d, table: r.table, rows: []int{r.index}}
}

func (r *fileReader) personRow(row export.Row) {
	name := r.personName(row)
	if name == "" && r.get(row, KeyPhone) == "" && r.get(row, KeyEmail) == "" && r.get(row, KeyCitizen) == "" {
		return // a merged unit, a subtotal, a signature below the list
	}
	if r.isSubtitle(row, name) {
		return
	}
	e := r.entry(row, Draft{Name: name, UnitName: r.get(row, columnUnit)})
	m := r.person(row, &e)
	e.Draft.Phone, e.Draft.Email, e.Draft.Members = m.Phone, m.Email, []Member{m}
	r.division(&e, row)
	r.file.Entries = append(r.file.Entries, e)
}

// isSubtitle tells whether a row is a line between people, such as the name of a branch over its list, or the header once
// more at the top of a page.
func (r *fileReader) isSubtitle(row export.Row, name string) bool {
	filled := 0
	for _, cell := range row.Cells {
		if cell != "" {
			filled++
		}
	}
	if r.layout.Head >= 0 && filled > 1 && name != "" && unit.SearchKey(name) == unit.SearchKey(r.title(columnName)) {
		return true
	}
	if filled > 1 || len(r.at) < 3 {
		return false
	}
	plain := strings.ToLower(name)
	return strings.HasSuffix(name, ":") || slices.ContainsFunc(branches, func(word string) bool { return strings.HasPrefix(plain, word) })
}

// branches are how lines between people begin. They are no surnames.
var branches = []string{"xã ", "phường ", "thị trấn ", "đặc khu ", "sở ", "trường ", "công ty ", "công an ", "chi đoàn ", "đoàn xã ", "đoàn phường ",
	"đoàn cơ sở ", "đơn vị ", "khối ", "phòng ", "tổng cộng", "cộng ", "danh sách "}

// person reads the fields of one human. What a spreadsheet has bent is put right here; the rest is for Clean.
func (r *fileReader) person(row export.Row, e *FileEntry) Member {
	m := Member{ID: int64(row.Number), Name: r.personName(row)} // the number finds the row again after Clean has sorted
	for _, f := range append(r.rules.Asked(), contactFields...) {
		value := r.get(row, f.Key)
		if value == "" || f.Key == KeyUnit {
			continue
		}
		switch f.Type {
		case TypeDate:
			day, bad := sheet.ReadDate(value)
			if bad != "" {
				e.refuse(r.badDate(row, f, value, bad))
				continue
			}
			value = day.String()
		case TypeCitizen:
			value = sheet.CitizenNumber(value)
		case TypePhone, TypeNumber:
			value = sheet.Plain(value)
		case TypeText, TypeChoice, TypeYesNo, TypeEmail:
		}
		m.Set(f.Key, value)
	}
	return m
}

func (r *fileReader) badDate(row export.Row, f Field, value string, bad sheet.BadDate) Problem {
	p := Problem{Row: row.Number, Column: r.title(f.Key), Value: value}
	switch bad {
	case sheet.OnlyYear:
		p.Vi, p.En = "Chỉ có năm. Hãy ghi đủ ngày, tháng, năm, ví dụ 07/08/1999.", "Only a year. Give day, month and year, like 07/08/1999."
	case sheet.NoSuch:
		p.Vi, p.En = "Không có ngày này trong lịch. Hãy ghi ngày/tháng/năm, ví dụ 07/08/1999.", "There is no such day. Give day/month/year, like 07/08/1999."
	case sheet.NotADate:
		p.Vi, p.En = "Không đọc được ngày này. Hãy ghi ngày/tháng/năm, ví dụ 07/08/1999.", "This is no date we can read. Give day/month/year, like 07/08/1999."
	}
	return p
}

func (r *fileReader) teamRow(row export.Row) {
	team, of, name := unit.CleanName(r.get(row, columnTeam)), unit.CleanName(r.get(row, columnUnit)), r.personName(row)
	if team == "" && name == "" || r.isSubtitle(row, name) {
		return
	}
	e := r.teamOf(row, team, of)
	if e.DivisionName == "" {
		r.division(e, row)
	}
	if e.LastRow = max(e.LastRow, row.Number); e.rows[len(e.rows)-1] != r.index {
		e.rows = append(e.rows, r.index)
	}
	if e.Draft.Phone == "" {
		e.Draft.Phone = sheet.Plain(r.get(row, KeyPhone))
	}
	if e.Draft.Email == "" {
		e.Draft.Email = r.get(row, KeyEmail)
	}
	if name == "" || len(e.Draft.Members) >= maxMembers {
		return // Check says that there are too many
	}
	m := r.person(row, e)
	m.Role = readRole(r.get(row, columnRole))
	e.Draft.Members = append(e.Draft.Members, m)
}

// teamOf finds the team a row belongs to: the one it names, or without a name the one above.
func (r *fileReader) teamOf(row export.Row, team, of string) *FileEntry {
	if r.teams == nil {
		r.teams = map[string]int{}
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
		r.file.Entries = append(r.file.Entries, r.entry(row, Draft{Name: team, UnitName: of}))
		r.teams[key] = i
	}
	r.last = i
	return &r.file.Entries[i]
}

func (r *fileReader) division(e *FileEntry, row export.Row) {
	name := unit.CleanName(r.get(row, columnDivision))
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
	e.refuse(Problem{Row: row.Number, Column: r.title(columnDivision), Value: name,
		Vi: fmt.Sprintf("Không có bảng thi tên “%s” trong hội thi này.", clipRunes(name, 60)),
		En: fmt.Sprintf("This contest has no division called “%s”.", clipRunes(name, 60))})
}

// finish cleans and checks every entry of the sheet.
func (r *fileReader) finish() {
	for i := r.from; i < len(r.file.Entries); i++ {
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
		if errors.As(e.Draft.Check(r.rules, r.byOrganizer), &f) {
			for _, x := range f.Fields {
				if x.Path == "division_id" && e.Status == FileRefused {
					continue // said already, and better
				}
				p := r.problemAt(*e, x.Path, x.Vi, x.En)
				said := func(o Problem) bool { return !o.Warning && o.Row == p.Row && o.Column == p.Column && p.Column != "" }
				if !slices.ContainsFunc(e.Problems, said) { // a date that cannot be read is not missing as well
					e.refuse(p)
				}
			}
		}
		for j := range e.Draft.Members {
			e.Draft.Members[j].ID = 0
		}
	}
}

// problemAt finds the row and the cell of a draft's field.
func (r *fileReader) problemAt(e FileEntry, path, vi, en string) Problem {
	p := Problem{Row: e.FirstRow, Vi: vi, En: en}
	field := path
	if rest, ok := strings.CutPrefix(path, "members["); ok {
		number, name, _ := strings.Cut(rest, "].")
		field = name
		if i, err := strconv.Atoi(strings.TrimSuffix(number, "]")); err == nil && i < len(e.Draft.Members) && e.Draft.Members[i].ID > 0 {
			p.Row = int(e.Draft.Members[i].ID)
		}
	}
	switch {
	case field == "name" && path == "name" && r.rules.Kind == KindTeam:
		field = columnTeam
	case field == "name", field == "members":
		field = columnName
		if _, ok := r.at[columnName]; !ok {
			field = columnGiven
		}
	case field == "unit_name", field == "unit_id":
		field = columnUnit
	case field == "division_id":
		field = columnDivision
	}
	field = strings.TrimPrefix(field, "own.")
	p.Column = r.title(field)
	for _, index := range e.rows {
		if row := r.file.tables[r.table].Rows[index]; row.Number == p.Row && field != columnName {
			p.Value = r.get(row, field)
		}
	}
	return p
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
