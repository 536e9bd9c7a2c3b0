package importing

import (
	"regexp"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// column is what a column of a sheet holds.
type column string

const (
	colStem        column = "stem"
	colAnswer      column = "answer"
	colNumber      column = "number"
	colTopic       column = "topic"
	colDifficulty  column = "difficulty"
	colExplanation column = "explanation"
	colSource      column = "source"
	colArticle     column = "article"
	colNote        column = "note"
	colType        column = "type"
	colTolerance   column = "tolerance"
	colPartial     column = "partial"
	colIgnoreMarks column = "ignore_marks"
	colPinned      column = "pinned"
)

// columnNames are the headings people write, as search keys.
var columnNames = map[string]column{}

func init() {
	for c, names := range map[column][]string{
		colStem:        {"cau hoi", "noi dung cau hoi", "noi dung", "de bai", "question", "question text", "stem", "cau hoi trac nghiem", "noi dung cau"},
		colAnswer:      {"dap an dung", "dap an", "phuong an dung", "tra loi dung", "cau tra loi dung", "lua chon dung", "da dung", "da", "correct", "correct answer", "right answer", "answer", "answers", "key", "correct option", "dap an chap nhan"},
		colNumber:      {"stt", "tt", "so tt", "so thu tu", "cau", "cau so", "no", "number", "id"},
		colTopic:       {"chu de", "chuyen de", "linh vuc", "chuong", "nhom", "phan", "mang kien thuc", "topic", "category", "subject"},
		colDifficulty:  {"muc do", "do kho", "muc do nhan thuc", "cap do", "muc do kho", "difficulty", "level"},
		colExplanation: {"giai thich", "loi giai", "huong dan giai", "dien giai", "giai thich dap an", "explanation", "solution", "feedback"},
		colSource:      {"nguon", "can cu", "can cu phap ly", "van ban", "co so phap ly", "nguon trich", "trich dan", "nguon tai lieu", "source", "act", "reference"},
		colArticle:     {"dieu", "dieu khoan", "dieu luat", "article"},
		colNote:        {"ghi chu", "ghi chu nguon", "duong dan", "lien ket", "note", "link", "url"},
		colType:        {"loai", "loai cau hoi", "dang", "dang cau hoi", "kieu", "kieu cau hoi", "hinh thuc", "type", "question type"},
		colTolerance:   {"sai so", "tolerance"},
		colPartial:     {"cho diem tung phan", "cach cho diem", "partial credit", "credit"},
		colIgnoreMarks: {"khong xet dau", "bo qua dau", "ignore marks"},
		colPinned:      {"giu vi tri", "pinned"},
	} {
		for _, n := range names {
			columnNames[n] = c
		}
	}
}

var (
	reOptionColumn = regexp.MustCompile(`^(?:phuong an|dap an|lua chon|option|answer|pa|choice|tra loi|cau tra loi|y)?\s*([a-h])$`)
	reOptionNumber = regexp.MustCompile(`^(?:phuong an|dap an|lua chon|option|answer|pa|choice|tra loi|cau tra loi|y)\s*([1-8])$`)
	reTargetColumn = regexp.MustCompile(`^(?:ve ghep|ve phai|cot phai|ghep voi|match|target)\s*(\d{1,2})$`)
	reBrackets     = regexp.MustCompile(`[(\[][^)\]]*[)\]]`)
)

// header says which column holds what.
type header struct {
	row     int // the last row of the header, from 1
	fields  map[column]int
	options map[int]int // option -> column
	targets map[int]int // what options are matched with -> column
}

// headerOf reads a row of headings.
func headerOf(cells []string) header {
	h := header{fields: map[column]int{}, options: map[int]int{}, targets: map[int]int{}}
	for i, c := range cells {
		if len(c) > 200 {
			continue
		}
		key := bank.SearchKey(reBrackets.ReplaceAllString(c, " "))
		if key == "" {
			key = bank.SearchKey(c)
		}
		if m := reOptionColumn.FindStringSubmatch(key); m != nil {
			h.setOption(int(m[1][0]-'a'), i)
		} else if m := reTargetColumn.FindStringSubmatch(key); m != nil {
			if n := atoi(m[1]); n >= 1 && n <= bank.MaxTargets {
				h.targets[n-1] = i
			}
		} else if m := reOptionNumber.FindStringSubmatch(key); m != nil {
			h.setOption(int(m[1][0]-'1'), i)
		} else if name, known := columnNames[key]; known {
			if _, twice := h.fields[name]; !twice {
				h.fields[name] = i
			}
		}
	}
	return h
}

func (h header) setOption(option, col int) {
	if _, twice := h.options[option]; !twice {
		h.options[option] = col
	}
}

func (h header) weight() int { return len(h.fields) + len(h.options) }

// usable tells whether questions can be read under this header.
func (h header) usable() bool {
	_, stem := h.fields[colStem]
	_, answer := h.fields[colAnswer]
	return stem && (answer || len(h.options) >= 2)
}

// findHeader looks for the header in the first rows. Merged headings leave their lower cells empty, or have a second
// row below them ("Phương án" above "A", "B", "C"): then both rows together are the header.
func findHeader(rows [][]string) (header, bool) {
	best, found := header{}, false
	for i := 0; i < len(rows) && i < 30; i++ {
		h := headerOf(rows[i])
		h.row = i + 1
		if h.usable() && (!found || h.weight() > best.weight()) {
			best, found = h, true
		}
		if i+1 >= len(rows) {
			continue
		}
		joined := make([]string, max(len(rows[i]), len(rows[i+1])))
		for j := range joined {
			upper, lower := cell(rows[i], j), cell(rows[i+1], j)
			switch {
			case strings.TrimSpace(lower) == "":
				joined[j] = upper
			case known(upper) && !known(lower):
				joined[j] = upper
			default:
				joined[j] = lower
			}
		}
		// The second row is part of the header only when it adds columns, and is no question itself.
		if both := headerOf(joined); both.usable() && headerOf(rows[i+1]).weight() > 0 && (!found || both.weight() > best.weight()) {
			both.row = i + 2
			best, found = both, true
		}
	}
	return best, found
}

func known(s string) bool { return headerOf([]string{s}).weight() > 0 }

func cell(row []string, i int) string {
	if i < 0 || i >= len(row) {
		return ""
	}
	return row[i]
}

// typeOf reads a type as people write it.
func typeOf(s string) (bank.ItemType, bool) {
	switch bank.SearchKey(s) {
	case "single", "single choice", "mot dap an", "1 dap an", "chon mot", "mot lua chon", "trac nghiem", "trac nghiem mot dap an", "multiple choice":
		return bank.Single, true
	case "multiple", "nhieu dap an", "chon nhieu", "nhieu lua chon", "trac nghiem nhieu dap an", "multiple answer", "multiple response", "checkbox":
		return bank.Multiple, true
	case "true false", "dung sai", "dung hay sai", "true or false":
		return bank.TrueFalse, true
	case "true false group", "nhom dung sai", "dung sai nhieu y", "trac nghiem dung sai", "nhieu y dung sai", "cluster true false", "multiple true false":
		return bank.TrueFalseGroup, true
	case "ordering", "order", "sap xep", "sap thu tu", "sap xep thu tu", "sequence":
		return bank.Ordering, true
	case "matching", "match", "ghep", "ghep cap", "ghep noi", "noi", "noi cot", "ghep doi":
		return bank.Matching, true
	case "fill in", "fill in the blanks", "dien vao cho trong", "dien cho trong", "dien khuyet nhieu cho", "cloze":
		return bank.FillIn, true
	case "short text", "short answer", "tra loi ngan", "dien tu", "tu luan ngan", "dien khuyet":
		return bank.ShortText, true
	case "numeric", "number", "so", "dien so", "tra loi bang so", "dap an so":
		return bank.Numeric, true
	}
	return "", false
}

// yes reads a cell that switches something on.
func yes(s string) bool {
	switch bank.SearchKey(s) {
	case "x", "co", "yes", "true", "1", "dung":
		return true
	}
	return false
}
