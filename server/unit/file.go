package unit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
)

// Limits of a file with units.
const (
	maxFileRows    = 20_000
	maxFileColumns = 40
	headSearch     = 20 // rows in which the header is looked for: lists begin with titles and emblems
)

// column is what a column of the file means.
type column string

const (
	colCode       column = "code"
	colName       column = "name"
	colShort      column = "short_name"
	colKind       column = "kind"
	colParent     column = "parent"
	colParentCode column = "parent_code"
	colFrom       column = "from"
	colTo         column = "to"
	colGround     column = "ground"
	colEndGround  column = "end_ground"
	colSuccessor  column = "successor"
	colMembers    column = "members"
	colStaff      column = "staff"
	colCounted    column = "counted_on"
)

// titles are the headers as they come, in the form SearchKey gives them.
var titles = map[string]column{
	"ma": colCode, "ma don vi": colCode, "code": colCode, "ma so": colCode,
	"ten": colName, "ten don vi": colName, "don vi": colName, "name": colName, "unit": colName, "ten day du": colName,
	"ten viet tat": colShort, "viet tat": colShort, "ten ngan": colShort, "short name": colShort, "abbreviation": colShort,
	"loai": colKind, "loai don vi": colKind, "loai hinh": colKind, "kind": colKind, "type": colKind,
	"cap tren": colParent, "don vi cap tren": colParent, "truc thuoc": colParent, "don vi truc thuoc": colParent, "parent": colParent,
	"ma cap tren": colParentCode, "ma don vi cap tren": colParentCode, "parent code": colParentCode,
	"tu ngay": colFrom, "hieu luc tu": colFrom, "ngay bat dau": colFrom, "ngay thanh lap": colFrom, "valid from": colFrom, "from": colFrom,
	"den ngay": colTo, "hieu luc den": colTo, "ngay ket thuc": colTo, "valid to": colTo, "to": colTo, "until": colTo,
	"can cu": colGround, "van ban": colGround, "ground": colGround, "can cu thanh lap": colGround,
	"can cu ket thuc": colEndGround, "end ground": colEndGround,
	"don vi ke tuc": colSuccessor, "ke tuc": colSuccessor, "sap nhap vao": colSuccessor, "successor": colSuccessor, "successors": colSuccessor,
	"so doan vien": colMembers, "doan vien": colMembers, "so nguoi": colMembers, "quan so": colMembers, "headcount": colMembers, "members": colMembers,
	"so can bo": colStaff, "can bo": colStaff, "staff": colStaff, "officials": colStaff,
	"ngay chot so": colCounted, "ngay chot": colCounted, "ngay thong ke": colCounted, "headcount date": colCounted, "counted on": colCounted,
}

// Problem is one thing wrong, or noteworthy, in a row of a file.
type Problem struct {
	Column  string // title of the column as it stands in the file; "" for the whole row
	Warning bool   // the row is taken all the same
	Vi, En  string
}

// RowStatus is what becomes of a row.
type RowStatus string

const (
	RowNew     RowStatus = "new"     // a new unit
	RowChanged RowStatus = "changed" // a unit that is there becomes different
	RowSame    RowStatus = "same"    // nothing new
	RowRefused RowStatus = "error"
)

// FileRow is one row of a file: a period of a unit, a count of its people, or both.
type FileRow struct {
	Number              int // as Excel shows it
	Code, Name, Short   string
	Kind                Kind
	Parent, ParentCode  string
	From, To            Day // "": not given
	Ground, EndGround   string
	Successors          []fileSuccessor
	Members, Staff      int // below zero: not given
	Counted             Day
	Status              RowStatus
	Problems            []Problem
	unit                int64
	hasParent, refusing bool
}

type fileSuccessor struct {
	ref   string
	since Day // "": the day on which the unit ends
}

// File is a file as it was understood.
type File struct {
	Columns []FileColumn
	Rows    []FileRow
	titles  map[column]string
}

// FileColumn is a header and what it was taken for; "ignored" when nothing.
type FileColumn struct{ Title, Field string }

var (
	fileEmpty = fault.New(fault.Invalid, "file_empty",
		"Tệp không có dòng nào. Hãy dùng tệp mẫu, điền danh sách đơn vị rồi tải lên lại.",
		"The file has no rows. Use the template, fill in the units and upload it again.")
	fileNoHeader = fault.New(fault.Invalid, "file_no_header",
		"Không tìm thấy dòng tiêu đề có cột “Tên đơn vị”. Hãy dùng tệp mẫu hoặc đặt tên cột như trong tệp mẫu.",
		"There is no header row with a column “Name”. Use the template, or name the columns as it does.")
)

func (r *FileRow) refuse(title, vi, en string) {
	r.refusing = true
	r.Problems = append(r.Problems, Problem{Column: title, Vi: vi, En: en})
}

func (r *FileRow) note(title, vi, en string) {
	r.Problems = append(r.Problems, Problem{Column: title, Warning: true, Vi: vi, En: en})
}

// ReadFile understands the rows of a file, without looking at the tree.
func ReadFile(rows []export.Row) (File, error) {
	if len(rows) == 0 {
		return File{}, fileEmpty
	}
	head, at := findHead(rows)
	if head < 0 {
		return File{}, fileNoHeader
	}
	f := File{titles: map[column]string{}}
	for i := range rows[head].Cells {
		title := rows[head].Cell(i)
		if title == "" {
			continue
		}
		field := FileColumn{Title: title, Field: "ignored"}
		if c, ok := titles[titleKey(title)]; ok && at[c] == i {
			field.Field = string(c)
			f.titles[c] = title
		}
		f.Columns = append(f.Columns, field)
	}
	for _, row := range rows[head+1:] {
		get := func(c column) string {
			if i, ok := at[c]; ok {
				return CleanName(row.Cell(i))
			}
			return ""
		}
		if get(colName) == "" && get(colCode) == "" {
			continue // a subtotal, a signature below the list
		}
		f.Rows = append(f.Rows, f.row(row.Number, get))
	}
	if len(f.Rows) == 0 {
		return f, fileEmpty
	}
	return f, nil
}

// findHead finds the header row: the one of the first rows in which most titles are known.
func findHead(rows []export.Row) (int, map[column]int) {
	best, bestAt := -1, map[column]int(nil)
	for i, row := range rows[:min(len(rows), headSearch)] {
		at := map[column]int{}
		for j := range row.Cells {
			if c, ok := titles[titleKey(row.Cell(j))]; ok {
				if _, taken := at[c]; !taken {
					at[c] = j
				}
			}
		}
		_, name := at[colName]
		_, code := at[colCode]
		if (name || code && len(at) > 1) && len(at) > len(bestAt) {
			best, bestAt = i, at
		}
	}
	return best, bestAt
}

func titleKey(title string) string {
	if i := strings.IndexByte(title, '('); i > 0 {
		title = title[:i]
	}
	return SearchKey(title)
}

func (f File) row(number int, get func(column) string) FileRow {
	r := FileRow{Number: number, Code: get(colCode), Name: get(colName), Short: get(colShort), Parent: get(colParent), ParentCode: get(colParentCode),
		Ground: get(colGround), EndGround: get(colEndGround)}
	_, byName := f.titles[colParent]
	_, byCode := f.titles[colParentCode]
	r.hasParent = byName || byCode
	if r.Name != "" {
		if err := CheckName(r.Name); err != nil {
			r.refuse(f.titles[colName], badName.Vi, badName.En)
		}
		r.Kind = GuessKind(r.Name)
	}
	for c, text := range map[column]string{colShort: r.Short, colCode: r.Code} {
		if n := len([]rune(text)); c == colShort && n > 60 || c == colCode && n > 40 {
			r.refuse(f.titles[c], "Quá dài: tên viết tắt tối đa 60 ký tự, mã tối đa 40.", "Too long: at most 60 characters for a short name, 40 for a code.")
		}
	}
	for c, text := range map[column]string{colGround: r.Ground, colEndGround: r.EndGround} {
		if len([]rune(text)) > 300 {
			r.refuse(f.titles[c], badGround.Vi, badGround.En)
		}
	}
	if text := get(colKind); text != "" && r.Name != "" {
		if kind, ok := readKind(text); ok {
			r.Kind = kind
		} else {
			r.note(f.titles[colKind], fmt.Sprintf("Không hiểu loại “%s”: lấy theo tên là “%s”.", clip(text), KindText(r.Kind, "vi")),
				fmt.Sprintf("“%s” is no known kind: “%s” is taken from the name.", clip(text), KindText(r.Kind, "en")))
		}
	}
	day := func(c column) Day {
		text := get(c)
		if text == "" {
			return ""
		}
		d, ok := ReadDay(text)
		if !ok {
			r.refuse(f.titles[c], fmt.Sprintf("“%s” không phải là ngày. Hãy ghi như 01/07/2025.", clip(text)), fmt.Sprintf("“%s” is no date. Write it as 01/07/2025.", clip(text)))
		}
		return d
	}
	r.From, r.To, r.Counted = day(colFrom), day(colTo), day(colCounted)
	if r.From != "" && r.To != "" && r.To <= r.From {
		r.refuse(f.titles[colTo], "“Đến ngày” phải sau “Từ ngày”.", "The end must be after the beginning.")
	}
	count := func(c column) int {
		text := get(c)
		if text == "" {
			return -1
		}
		n, ok := readCount(text)
		if !ok {
			r.refuse(f.titles[c], fmt.Sprintf("“%s” không phải là số người.", clip(text)), fmt.Sprintf("“%s” is no number of people.", clip(text)))
			return -1
		}
		return n
	}
	r.Members, r.Staff = count(colMembers), count(colStaff)
	if text := get(colSuccessor); text != "" {
		r.Successors = readSuccessors(text)
		if r.To == "" && slices.ContainsFunc(r.Successors, func(s fileSuccessor) bool { return s.since == "" }) {
			r.refuse(f.titles[colSuccessor], "Có đơn vị kế tục thì cần “Đến ngày”.", "A successor needs the day on which the unit ends.")
		}
	}
	return r
}

// readSuccessors reads codes or names parted by semicolons, each with a day in brackets when the unit itself goes on.
func readSuccessors(text string) []fileSuccessor {
	var out []fileSuccessor
	for part := range strings.SplitSeq(text, ";") {
		s := fileSuccessor{ref: strings.TrimSpace(part)}
		if i := strings.LastIndexByte(s.ref, '('); i > 0 && strings.HasSuffix(s.ref, ")") {
			if day, ok := ReadDay(s.ref[i+1 : len(s.ref)-1]); ok {
				s.ref, s.since = strings.TrimSpace(s.ref[:i]), day
			}
		}
		if s.ref != "" {
			out = append(out, s)
		}
	}
	return out
}

// ReadDay reads a day as people and spreadsheets write it: 01/07/2025, 1-7-2025, 2025-07-01, or Excel's own number.
func ReadDay(s string) (Day, bool) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if n < 1 || n > 200_000 || strings.ContainsAny(s, "eE") {
			return "", false
		}
		return DayOf(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))), true
	}
	s = strings.NewReplacer("-", "/", ".", "/").Replace(s)
	for _, layout := range []string{"2/1/2006", "2006/1/2", "2006/01/02T15:04:05Z"} {
		if at, err := time.Parse(layout, s); err == nil && at.Year() >= 1900 && at.Year() <= 2200 {
			return DayOf(at), true
		}
	}
	return "", false
}

func readCount(s string) (int, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", ".", "", ",", "").Replace(strings.TrimSuffix(s, ".0"))
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= 10_000_000
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// kindWords are the kinds as people write them, in the form SearchKey gives them.
var kindWords = map[string]Kind{
	"tinh": KindProvince, "tinh thanh pho": KindProvince, "thanh pho": KindProvince, "province": KindProvince, "cap tinh": KindProvince,
	"huyen": KindDistrict, "huyen thi xa": KindDistrict, "cap huyen": KindDistrict, "thi xa": KindDistrict, "district": KindDistrict, "quan huyen": KindDistrict,
	"xa": KindCommune, "phuong": KindCommune, "xa phuong": KindCommune, "dac khu": KindCommune, "thi tran": KindCommune, "cap xa": KindCommune, "commune": KindCommune,
	"co quan": KindAgency, "agency": KindAgency, "so nganh": KindAgency, "co quan hanh chinh": KindAgency,
	"doanh nghiep": KindEnterprise, "enterprise": KindEnterprise, "cong ty": KindEnterprise,
	"luc luong vu trang": KindForce, "llvt": KindForce, "force": KindForce, "armed forces": KindForce,
	"truong hoc": KindSchool, "truong": KindSchool, "school": KindSchool, "khac": KindOther, "other": KindOther,
}

func readKind(s string) (Kind, bool) {
	kind, ok := kindWords[SearchKey(s)]
	return kind, ok
}

// KindText is a kind in words.
func KindText(k Kind, locale string) string {
	vi := map[Kind]string{KindProvince: "Tỉnh, thành phố", KindDistrict: "Huyện, thị xã", KindCommune: "Xã, phường", KindAgency: "Cơ quan",
		KindEnterprise: "Doanh nghiệp", KindForce: "Lực lượng vũ trang", KindSchool: "Trường học", KindOther: "Khác"}
	en := map[Kind]string{KindProvince: "Province", KindDistrict: "District", KindCommune: "Commune", KindAgency: "Agency",
		KindEnterprise: "Enterprise", KindForce: "Armed forces", KindSchool: "School", KindOther: "Other"}
	if locale == "en" {
		return en[k]
	}
	return vi[k]
}
