package importing

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/hoithi/hoithi/server/bank"
)

// The labels by which authors part a file. All are matched against trimmed lines in NFC.
var (
	reQuestion = regexp.MustCompile(`^(?i:câu hỏi|câu|bài tập|bài|question|q)\s*(?i:số\s*)?(\d{1,4})(?:\s*[.:)\]/–—-]+|\s|$)\s*`)
	reNumber   = regexp.MustCompile(`^(\d{1,4})\s*[.):](?:\s+|([^\d\s.,:)]))`)
	reTag      = regexp.MustCompile(`^[\[(]\s*([^\])]{1,24})\s*[\])]\s*[.:]?\s*`)
	rePoints   = regexp.MustCompile(`^\d+([.,]\d+)?\s*(?i:điểm|đ|points?|pts?)$`)
	reOption   = regexp.MustCompile(`^((?:[*✓√☑✔#]\s*)*)([A-Ha-h])(\s*\*)?\s*[.):/]\s*((?:[*✓☑✔]\s*)*)`)
	reInline   = regexp.MustCompile(`(\s)\s*((?:[*✓√☑✔#]\s*)*)([A-Ha-h])(\s*\*)?[.):/]`)
	reAnswer   = regexp.MustCompile(`^(?i:đáp án đúng là|đáp án đúng|đáp án chấp nhận|đáp án|đ/án|đ\.a|đa|answers?|correct answer|key|trả lời)\s*[:.=–—-]\s*(.*)$`)
	reChoose   = regexp.MustCompile(`^(?i:chọn(?:\s+đáp án|\s+phương án|\s+câu)?)\s*[:.]?\s*([A-H](?:\s*(?:,|;|&|và)\s*[A-H])*)(?:[\s.,;:]|$)\s*(.*)$`)
	reExplain  = regexp.MustCompile(`^(?i:lời giải chi tiết|lời giải|giải thích|hướng dẫn giải|hướng dẫn|hdg|explanation|solution)\s*(?:[:.–—-]\s*(.*)|)$`)
	reSource   = regexp.MustCompile(`^(?i:nguồn trích|nguồn|căn cứ pháp lý|căn cứ|cơ sở pháp lý|trích dẫn|source|reference)\s*:\s*(.*)$`)
	reNote     = regexp.MustCompile(`^(?i:ghi chú nguồn|ghi chú|note)\s*:\s*(.*)$`)
	reTopic    = regexp.MustCompile(`^(?i:chủ đề|chuyên đề|lĩnh vực|topic)\s*(\d{1,2}|[IVX]{1,5})?\s*[:.–—-]\s*(.*)$`)
	reLevel    = regexp.MustCompile(`^(?i:mức độ nhận thức|mức độ|độ khó|cấp độ|difficulty|level)\s*:\s*(.*)$`)
	reGroup    = regexp.MustCompile(`^(?i:phần thi|phần|part|section|chương)\s+(?i:thứ\s+)?([IVXLC]{1,6}|\d{1,2}|[A-D])(?:\s*[.:)–—-]\s*|\s+|$)(.*)$`)
	reRoman    = regexp.MustCompile(`^([IVX]{1,5})\s*[.):]\s+(.*)$`)
	reEnd      = regexp.MustCompile(`^[\s\-–—_.*=]*(?i:hết|the end|end)[\s\-–—_.*=!]*$`)
	reKeyTitle = regexp.MustCompile(`^(?i:bảng đáp án|đáp án và hướng dẫn chấm|đáp án và lời giải|đáp án|hướng dẫn chấm|phần đáp án|answer keys?|answers|keys?)\s*[:.]?$`)
	rePair     = regexp.MustCompile(`^\s*(?i:câu\s*)?(\d{1,4})\s*[-.:)–—=]?\s*([A-Ha-h](?:\s*[,;&+]\s*[A-Ha-h])*|[A-H]{1,8})(?:[\s,;|.]+|$)`)
	reRight    = regexp.MustCompile(`\s*[\[(]\s*(?i:đúng|đáp án đúng|đáp án|phương án đúng|correct|right|true)\s*[\])]\s*\.?$`)
	reAllAbove = regexp.MustCompile(`(?i)tất cả (các )?(phương án|đáp án|ý|câu|nội dung|trường hợp)?.{0,20}(trên|đều đúng|đều sai)|cả (ba|bốn|hai|3|4|2|năm|5) (phương án|đáp án|ý|nội dung|câu).{0,24}|không (có )?(phương án|đáp án|ý) nào|all of the above|none of the above`)
	reLetters  = regexp.MustCompile(`(^|[\s(])(?i:cả\s+)?[A-H]\s*(,|và|&|hoặc|and|or)\s*([A-H]\s*(,|và|&|and)\s*)?[A-H]([\s).,]|$)`)
	reArticle  = regexp.MustCompile(`(?i)((?:điểm\s+[a-zđ]\)?[\s,]*)?(?:khoản\s+\d+[a-z]?[\s,]*)?điều\s+\d+[a-zđ]?(?:[\s,]*khoản\s+\d+[a-z]?)?(?:[\s,]*điểm\s+[a-zđ]\)?)?)`)
	reKind     = regexp.MustCompile(`^(?i:dạng câu hỏi|dạng|loại câu hỏi|kiểu câu hỏi|question type|type)\s*:\s*(.*)$`)
	reCredit   = regexp.MustCompile(`^(?i:cách cho điểm|cho điểm từng phần|partial credit|credit)\s*:\s*(.*)$`)
	reMarks    = regexp.MustCompile(`^(?i:không xét dấu|ignore marks)\s*:\s*(.*)$`)
	reAct      = regexp.MustCompile(`^(?i:văn bản|act)\s*:\s*(.*)$`)
	reClause   = regexp.MustCompile(`^(?i:điều khoản|article)\s*:\s*(.*)$`)
	reTarget   = regexp.MustCompile(`^\((\d{1,2})\)\s*(.*)$`)
	reShuffle  = regexp.MustCompile(`^<\s*(/?)\s*g\s*([0-3]?)\s*(?:#\s*[^>]*)?>\s*(.*)$`)
	reFalse    = regexp.MustCompile(`\s*[\[(]\s*(?i:sai|s|incorrect|wrong|false)\s*[\])]\s*\.?$`)
	reTolerant = regexp.MustCompile(`^(.*?)\s*(?:±|\+/-|\+-)\s*(.*)$`)
)

// A heading that names the way of answering is no topic.
var formWords = []string{"trac nghiem", "tu luan", "cau hoi", "tra loi", "dung sai", "phan thi", "questions", "phuong an", "lua chon"}

// asTopic is the title of a group when it says what the questions are about.
func asTopic(title string) string {
	key := bank.SearchKey(title)
	for _, w := range formWords {
		if strings.Contains(key, w) {
			return ""
		}
	}
	// A heading "PHẦN I. CẢI CÁCH HÀNH CHÍNH" is read more easily in small letters.
	if upper := strings.ToUpper(title); upper == title {
		lower := []rune(strings.ToLower(title))
		if len(lower) > 0 {
			lower[0] = unicode.ToUpper(lower[0])
		}
		title = string(lower)
	}
	return strings.TrimRight(bank.CleanLine(title), ".:")
}

// difficultyOf reads a level as people write it: "NB", "Vận dụng cao", "easy", "3".
func difficultyOf(s string) (bank.Difficulty, bool) {
	switch bank.SearchKey(s) {
	case "nhan biet", "nb", "biet", "de", "recognition", "easy", "muc 1", "muc do 1", "1":
		return bank.Recognition, true
	case "thong hieu", "th", "hieu", "trung binh", "tb", "understanding", "medium", "muc 2", "muc do 2", "2":
		return bank.Understanding, true
	case "van dung", "vd", "van dung thap", "vdt", "kho", "application", "hard", "muc 3", "muc do 3", "3":
		return bank.Application, true
	case "van dung cao", "vdc", "rat kho", "high application", "very hard", "muc 4", "muc do 4", "4":
		return bank.HighApplication, true
	}
	return "", false
}

// sourceOf parts "Điều 19 Nghị định 61/2018/NĐ-CP" into the act and the article; an address is a note.
func sourceOf(s string) bank.Source {
	s = bank.CleanLine(s)
	if s == "" {
		return bank.Source{}
	}
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || len([]rune(s)) > bank.MaxSourceField {
		return bank.Source{Note: s}
	}
	if act, article, parted := strings.Cut(s, " — "); parted && act != "" {
		return bank.Source{Act: act, Article: article}
	}
	at := reArticle.FindStringIndex(s)
	if at == nil {
		return bank.Source{Act: s}
	}
	act := bank.CleanLine(s[:at[0]] + " " + s[at[1]:])
	act = strings.Trim(act, " ,;.-–")
	act = strings.TrimPrefix(strings.TrimPrefix(act, "của "), "theo ")
	if act == "" {
		return bank.Source{Act: s}
	}
	return bank.Source{Act: act, Article: strings.Trim(s[at[0]:at[1]], " ,;")}
}

// truth reads "Đúng", "Sai", "True", "F" as the option of a true/false item.
func truth(s string) (string, bool) {
	switch bank.SearchKey(s) {
	case "dung", "d", "true", "t", "phai", "yes":
		return bank.OptionTrue, true
	case "sai", "s", "false", "f", "khong", "no":
		return bank.OptionFalse, true
	}
	return "", false
}

// lettersOf reads "B", "A, C", "AC", "A và C", "B. Chính phủ" as places of options, counted from 0.
func lettersOf(s string, options int) ([]int, bool) {
	s = strings.TrimRight(strings.TrimSpace(s), ".;")
	if m := regexpLetterText.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	s = strings.NewReplacer(" và ", ",", " and ", ",", " & ", ",", "&", ",", ";", ",", "+", ",", "-", ",", "/", ",").Replace(s)
	var places []int
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			return nil, false
		}
		for field := range strings.FieldsSeq(part) {
			if len(field) > 1 && field != strings.ToUpper(field) {
				return nil, false
			}
			for _, r := range strings.ToLower(field) {
				if r < 'a' || r > 'h' || int(r-'a') >= options {
					return nil, false
				}
				places = append(places, int(r-'a'))
			}
		}
	}
	return places, len(places) > 0
}

var regexpLetterText = regexp.MustCompile(`^([A-Ha-h])\s*[.):]\s*\S`)

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
