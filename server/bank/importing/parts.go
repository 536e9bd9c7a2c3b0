package importing

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

// The answers of questions with several parts, as people write them in a cell or behind "Đáp án:".

var (
	reBlankMark  = regexp.MustCompile(`\[\[([0-9A-Za-z]{1,8})\]\]`)
	rePairAnswer = regexp.MustCompile(`(?i)^([a-h])\s*(?:[-–—=:>→]+|\s)\s*\(?(\d{1,2})\)?$`)
	reStatement  = regexp.MustCompile(`(?i)^([a-h])\s*[).:–—=-]+\s*`)
	rePercent    = regexp.MustCompile(`(\d{1,3}(?:[.,]\d{1,2})?)\s*%`)
)

// truthList reads "Đúng, Sai, Đúng, Sai", "a) Đ b) S", "ĐSĐS" as what each of n statements is.
func truthList(s string, n int) ([]bool, bool) {
	s = strings.TrimRight(strings.TrimSpace(s), ".")
	if r := []rune(strings.ToUpper(bank.CleanLine(s))); len(r) == n && strings.Trim(string(r), "ĐS") == "" && n > 1 {
		out := make([]bool, n)
		for i := range r {
			out[i] = r[i] == 'Đ'
		}
		return out, true
	}
	out, place := make([]bool, n), 0
	seen := make([]bool, n)
	pending := -1
	for token := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == ' ' || r == '\n' || r == '\t' }) {
		if m := reStatement.FindStringSubmatch(token); m != nil {
			pending = int(strings.ToLower(m[1])[0] - 'a')
			token = token[len(m[0]):]
		} else if len(token) == 1 && pending < 0 && token[0]|0x20 >= 'a' && token[0]|0x20 <= 'h' {
			if _, isTruth := truth(token); !isTruth {
				pending = int(token[0]|0x20) - 'a'
				continue
			}
		}
		if token = strings.Trim(token, "-–—:.)("); token == "" {
			continue
		}
		id, ok := truth(token)
		at := place
		if pending >= 0 {
			at = pending
		}
		if !ok || at >= n || seen[at] {
			return nil, false
		}
		out[at], seen[at] = id == bank.OptionTrue, true
		place, pending = at+1, -1
	}
	return out, n > 0 && !slices.Contains(seen, false)
}

// settleGroup decides which statements are true: what is stated, else what is marked.
func settleGroup(c *bank.Content, answer string, marked []int, stated bool) []bank.Problem {
	c.Type, c.PartialCredit, c.Key.Options = bank.TrueFalseGroup, bank.ByTable, []string{}
	take := func(places []int) {
		for _, p := range places {
			c.Key.Options = append(c.Key.Options, bank.OptionID(p))
		}
	}
	if bank.CleanLine(answer) == "" {
		take(marked)
		if len(marked) == 0 && !stated {
			return []bank.Problem{problem(bank.Error, "no_key", "key.options",
				"Không thấy ý nào được đánh dấu đúng và cũng không có dòng đáp án. Nếu tất cả các ý đều sai, hãy bấm Sửa để xác nhận.",
				"No statement is marked as true, and there is no answer line. If all of them are false, confirm it under Edit.")}
		}
		return nil
	}
	if list, ok := truthList(answer, len(c.Options)); ok {
		var places []int
		for i, isTrue := range list {
			if isTrue {
				places = append(places, i)
			}
		}
		if len(marked) > 0 && !slices.Equal(marked, places) {
			return []bank.Problem{problem(bank.Error, "key_conflict", "key.options",
				fmt.Sprintf("Dòng đáp án và các ý được đánh dấu (%s) không khớp nhau. Hãy chọn lại.", letters(marked)),
				fmt.Sprintf("The answer line and the marked statements (%s) contradict each other. Choose again.", letters(marked)))}
		}
		take(places)
		return nil
	}
	if places, ok := lettersOf(answer, len(c.Options)); ok {
		take(places)
		return nil
	}
	return []bank.Problem{keyUnknown(answer)}
}

func keyUnknown(answer string) bank.Problem {
	return problem(bank.Error, "key_unknown", "key", fmt.Sprintf("Không hiểu đáp án \"%s\".", short(answer)), fmt.Sprintf("The answer %q is not understood.", short(answer)))
}

// orderOf reads "C - A - B - D" as places; every option must stand in it once.
func orderOf(answer string, n int) ([]int, bool) {
	var places []int
	for token := range strings.FieldsFuncSeq(answer, func(r rune) bool { return strings.ContainsRune(" ,;-–—>→.", r) }) {
		if len(token) == 0 {
			return nil, false
		}
		at := -1
		if len(token) == 1 {
			at = int(token[0]|0x20) - 'a'
		}
		if number := cellNumber(token); at < 0 || at >= n {
			at = number - 1
		}
		if at < 0 || at >= n || slices.Contains(places, at) {
			return nil, false
		}
		places = append(places, at)
	}
	return places, len(places) == n && n > 0
}

func settleOrder(c *bank.Content, answer string) []bank.Problem {
	c.Type = bank.Ordering
	places, ok := orderOf(answer, len(c.Options))
	if !ok {
		if bank.CleanLine(answer) == "" {
			return []bank.Problem{problem(bank.Error, "no_key", "key.order", "Chưa có thứ tự đúng, ví dụ: C, A, B, D.", "The right order is missing, for example: C, A, B, D.")}
		}
		return []bank.Problem{keyUnknown(answer)}
	}
	for _, p := range places {
		c.Key.Order = append(c.Key.Order, bank.OptionID(p))
	}
	return nil
}

// settlePairs reads "A-2, B-1".
func settlePairs(c *bank.Content, answer string) []bank.Problem {
	c.Type, c.PartialCredit = bank.Matching, bank.PerPart
	for token := range strings.FieldsFuncSeq(answer, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '\n' }) {
		m := rePairAnswer.FindStringSubmatch(strings.TrimSpace(token))
		if m == nil {
			return []bank.Problem{keyUnknown(answer)}
		}
		c.Key.Pairs = append(c.Key.Pairs, bank.Pair{Option: strings.ToLower(m[1]), Target: m[2]})
	}
	if len(c.Key.Pairs) == 0 {
		return []bank.Problem{problem(bank.Error, "no_key", "key.pairs", "Chưa có đáp án ghép, ví dụ: A-2, B-1.", "The right pairs are missing, for example: A-2, B-1.")}
	}
	return nil
}

// settleBlanks reads one line a blank: "[[1]] Hà Nội | Thủ đô", "[[2]] = 7,5 ± 0,1", "[[3]] {đỏ | *xanh}". A "~" before
// texts accepts them without diacritics.
func settleBlanks(c *bank.Content, answer string) []bank.Problem {
	c.Type, c.PartialCredit = bank.FillIn, bank.PerPart
	marks := reBlankMark.FindAllStringSubmatchIndex(answer, -1)
	var problems []bank.Problem
	if len(marks) == 0 {
		return []bank.Problem{problem(bank.Error, "no_key", "key.blanks", "Chưa có đáp án cho các chỗ trống, ví dụ: [[1]] Hà Nội.", "The answers of the blanks are missing, for example: [[1]] Hà Nội.")}
	}
	for i, m := range marks {
		end := len(answer)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		id, text := answer[m[2]:m[3]], strings.TrimSpace(answer[m[1]:end])
		blank, key := bank.Blank{ID: id, Type: bank.ShortText}, bank.BlankKey{ID: id}
		switch {
		case strings.HasPrefix(text, "{"):
			blank.Type = bank.Single
			text = strings.TrimSuffix(strings.TrimSpace(text[1:]), "}")
			for _, choice := range parted(text, "|") {
				choice = strings.TrimSpace(choice)
				option := bank.OptionID(len(blank.Options))
				if rest, right := strings.CutPrefix(choice, "*"); right {
					choice, key.Option = rest, option
				}
				blank.Options = append(blank.Options, bank.Option{ID: option, Text: bare(choice)})
			}
		case strings.HasPrefix(text, "="):
			blank.Type = bank.Numeric
			value, tolerance := strings.TrimSpace(text[1:]), "0"
			if t := reTolerant.FindStringSubmatch(value); t != nil {
				value, tolerance = t[1], t[2]
			}
			number, errNumber := scoring.ParseNumber(value)
			allowed, errTolerance := scoring.ParseNumber(tolerance)
			if errNumber != nil || errTolerance != nil {
				problems = append(problems, keyUnknown(text))
				break
			}
			key.Number, key.Tolerance = number.String(), allowed.String()
		default:
			if rest, ignore := strings.CutPrefix(text, "~"); ignore {
				key.IgnoreMarks, text = true, rest
			}
			for _, t := range parted(text, "|;") {
				key.Texts = append(key.Texts, bare(strings.TrimSpace(t)))
			}
		}
		c.Blanks, c.Key.Blanks = append(c.Blanks, blank), append(c.Key.Blanks, key)
	}
	return problems
}

// parted splits a text at signs that have no backslash before them.
func parted(s, signs string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case strings.IndexByte(signs, s[i]) >= 0:
			parts, start = append(parts, s[start:i]), i+1
		}
	}
	return append(parts, s[start:])
}

// bare drops the backslashes before signs that would mean something.
func bare(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`\|;*={}~[`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// accepted parts the texts of a short answer.
func accepted(answer string) []string {
	var texts []string
	for _, t := range parted(answer, "|;") {
		texts = append(texts, bare(strings.TrimSpace(t)))
	}
	return texts
}

// creditOf reads a rule for answers that are partly right, or the table of a group: "10 %, 25 %, 50 %, 100 %".
func creditOf(s string) (bank.PartialCredit, []int64) {
	if found := rePercent.FindAllStringSubmatch(s, -1); len(found) > 1 {
		var table []int64
		for _, m := range found {
			whole, fraction, _ := strings.Cut(strings.ReplaceAll(m[1], ",", "."), ".")
			n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
			if err != nil {
				return "", nil
			}
			table = append(table, n)
		}
		return bank.ByTable, table
	}
	switch bank.SearchKey(s) {
	case "x", "co", "yes", "true", "1", "dung tru sai", "right minus wrong":
		return bank.RightMinusWrong, nil
	case "ti le dung", "ty le dung", "proportion":
		return bank.Proportion, nil
	case "tung phan", "moi y", "theo tung y", "per part":
		return bank.PerPart, nil
	case "theo thu tu", "in sequence":
		return bank.InSequence, nil
	case "dung het", "tat ca hoac khong", "all or nothing":
		return bank.AllOrNothing, nil
	}
	return "", nil
}

// settleKind gives a stated type its key; false: the type is one that settle decides about.
func settleKind(c *bank.Content, kind bank.ItemType, answer string, marked []int) ([]bank.Problem, bool) {
	switch kind {
	case bank.TrueFalseGroup:
		return settleGroup(c, answer, marked, false), true
	case bank.Ordering:
		return settleOrder(c, answer), true
	case bank.Matching:
		return settlePairs(c, answer), true
	case bank.FillIn:
		c.Options = nil
		return settleBlanks(c, answer), true
	case bank.ShortText:
		c.Options, c.Type, c.Key.Texts = nil, bank.ShortText, accepted(bank.CleanLine(answer))
		return nil, true
	}
	return nil, false
}
