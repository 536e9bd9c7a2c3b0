package importing

import (
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// keyEntry is one "12-B" of a key at the end of a paper.
type keyEntry struct {
	number      int
	answer      string
	explanation []string
}

// keyLine reads "1-A 2-B 3.C" when the whole line is made of at least so many pairs.
func keyLine(text string, atLeast int) []keyEntry {
	var keys []keyEntry
	for rest := strings.TrimSpace(text); rest != ""; {
		m := rePair.FindStringSubmatch(rest)
		if m == nil {
			return nil
		}
		keys = append(keys, keyEntry{number: atoi(m[1]), answer: strings.ToUpper(m[2])})
		rest = strings.TrimSpace(rest[len(m[0]):])
	}
	if len(keys) < atLeast {
		return nil
	}
	return keys
}

// keyTable reads a table of keys: a pair in each cell, numbers above letters, or numbers beside letters.
func keyTable(table [][][]line) []keyEntry {
	cells := make([][]string, len(table))
	for i, row := range table {
		for _, cell := range row {
			var parts []string
			for _, l := range cell {
				if l.text != "" {
					parts = append(parts, strings.TrimSpace(l.text))
				}
			}
			cells[i] = append(cells[i], strings.Join(parts, " "))
		}
	}
	pairs, filled := []keyEntry{}, 0
	for _, row := range cells {
		for _, c := range row {
			if c == "" {
				continue
			}
			filled++
			if found := keyLine(c, 1); found != nil {
				pairs = append(pairs, found...)
				filled--
			}
		}
	}
	if len(pairs) > 1 && filled <= len(cells) { // a heading a row may stand beside
		return pairs
	}
	if keys := keyRows(cells); keys != nil {
		return keys
	}
	return keyColumns(cells)
}

func cellNumber(s string) int {
	s = strings.TrimSpace(strings.TrimPrefix(strings.ToLower(s), "câu"))
	s = strings.TrimRight(s, ".:) ")
	if len(s) == 0 || len(s) > 4 {
		return 0
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0
		}
	}
	return atoi(s)
}

func isAnswer(s string) bool {
	if _, ok := lettersOf(s, bank.MaxOptions); ok && len([]rune(s)) <= 15 {
		return true
	}
	_, ok := truth(s)
	return ok && len([]rune(s)) > 1
}

// keyRows reads rows of numbers, each above its row of letters.
func keyRows(cells [][]string) []keyEntry {
	var keys []keyEntry
	for i := 0; i+1 < len(cells); i++ {
		var found []keyEntry
		for j, c := range cells[i] {
			if n := cellNumber(c); n > 0 && j < len(cells[i+1]) && isAnswer(cells[i+1][j]) {
				found = append(found, keyEntry{number: n, answer: strings.TrimSpace(cells[i+1][j])})
			}
		}
		if len(found) > 0 && len(found) >= len(cells[i])-1-blanks(cells[i]) {
			keys = append(keys, found...)
			i++
		}
	}
	return keys
}

func blanks(row []string) int {
	n := 0
	for _, c := range row {
		if c == "" {
			n++
		}
	}
	return n
}

// keyColumns reads columns of numbers, each beside its column of letters.
func keyColumns(cells [][]string) []keyEntry {
	var keys []keyEntry
	rows := 0
	for _, row := range cells {
		found := false
		for j := 0; j+1 < len(row); j++ {
			if n := cellNumber(row[j]); n > 0 && isAnswer(row[j+1]) {
				keys = append(keys, keyEntry{number: n, answer: strings.TrimSpace(row[j+1])})
				found = true
				j++
			}
		}
		if found {
			rows++
		}
	}
	if len(keys) < 2 || rows < len(cells)-2 {
		return nil
	}
	return keys
}

// takeKeyLine reads a line behind the end of the paper: pairs, or "Câu 3: B" with its explanation.
func (r *examReader) takeKeyLine(l line) bool {
	if pairs := keyLine(l.text, 1); pairs != nil {
		r.keys = append(r.keys, pairs...)
		return true
	}
	m := reQuestion.FindStringSubmatchIndex(l.text)
	if m == nil {
		m = reNumber.FindStringSubmatchIndex(l.text)
	}
	if m == nil {
		if n := len(r.keys); n > 0 && r.current == nil {
			text := l.text
			if e := reExplain.FindStringSubmatch(text); e != nil {
				text = e[1]
			}
			if c := reChoose.FindStringSubmatch(l.text); c != nil && r.keys[n-1].answer == "" {
				r.keys[n-1].answer, text = c[1], c[2]
			} else if a := reAnswer.FindStringSubmatch(l.text); a != nil && r.keys[n-1].answer == "" {
				r.keys[n-1].answer, text = a[1], ""
			}
			if text != "" && reGroup.FindString(text) == "" && !reKeyTitle.MatchString(text) {
				r.keys[n-1].explanation = append(r.keys[n-1].explanation, text)
			}
			return true
		}
		return r.current == nil
	}
	number := atoi(l.text[m[2]:m[3]])
	if !r.knows(number) {
		r.inKey = false // another paper begins behind the key
		return false
	}
	rest := strings.TrimSpace(l.text[m[1]:])
	k := keyEntry{number: number}
	switch {
	case reChoose.MatchString(rest):
		c := reChoose.FindStringSubmatch(rest)
		k.answer, rest = c[1], c[2]
	case reAnswer.MatchString(rest):
		k.answer, rest = reAnswer.FindStringSubmatch(rest)[1], ""
	case isAnswer(rest):
		k.answer, rest = rest, ""
	default:
		if c := reOption.FindStringSubmatch(rest); c != nil {
			k.answer, rest = strings.ToUpper(c[2]), rest[len(c[0]):]
		}
	}
	if rest != "" {
		k.explanation = []string{rest}
	}
	r.keys = append(r.keys, k)
	return true
}

func (r *examReader) knows(number int) bool {
	for _, d := range r.drafts {
		if d.number == number {
			return true
		}
	}
	return false
}

// joinKeys gives each key to its question. When parts of a paper number anew, the first key of a number belongs to
// the first question of that number, and so on; a second key list for the same question must say the same.
func joinKeys(drafts []*draft, keys []keyEntry) []bank.Problem {
	if len(keys) == 0 {
		return nil
	}
	byNumber := map[int][]*draft{}
	for _, d := range drafts {
		byNumber[d.number] = append(byNumber[d.number], d)
	}
	var problems []bank.Problem
	used := map[int]int{}
	unknown := []string{}
	for _, k := range keys {
		same := byNumber[k.number]
		if len(same) == 0 {
			if k.answer != "" {
				unknown = append(unknown, fmt.Sprint(k.number))
			}
			continue
		}
		d := same[min(used[k.number], len(same)-1)]
		if k.answer != "" {
			if len(same) > 1 {
				used[k.number]++
			}
			d.setAnswer(k.answer)
		}
		d.explanation = append(d.explanation, k.explanation...)
	}
	if len(unknown) > 0 {
		list := short(strings.Join(unknown, ", "))
		problems = append(problems, problem(bank.Warning, "key_without_question", "",
			fmt.Sprintf("Bảng đáp án có số câu không thấy trong đề: %s.", list),
			fmt.Sprintf("The key names questions that are not in the paper: %s.", list)))
	}
	for _, d := range drafts {
		if same := byNumber[d.number]; len(same) > 1 && used[d.number] > 0 && used[d.number] < len(same) {
			d.problems = append(d.problems, problem(bank.Warning, "number_twice", "key.options",
				fmt.Sprintf("Số câu %d có %d lần trong tệp: hãy kiểm tra đáp án lấy từ bảng.", d.number, len(same)),
				fmt.Sprintf("Number %d occurs %d times in the file: check the answer taken from the key.", d.number, len(same))))
		}
	}
	return problems
}

// splitInline parts "A. one   B. two" into options, from the letter that is expected first. What stands before it is
// the rest. A single space parts options only when the next line does not start with that letter itself.
func splitInline(l line, first, nextLetter int) (line, []draftOption) {
	type start struct {
		at, textAt, letter int
		labelFrom, labelTo int
		starred, pinned    bool
	}
	var starts []start
	expected, upper := first, true
	add := func(m []int, offset, at int) {
		letter := l.text[offset+m[0]]
		s := start{at: at, labelFrom: offset + m[0], labelTo: offset + m[1], letter: expected}
		s.starred, s.pinned = m[2]&1 != 0, m[2]&2 != 0
		s.textAt = offset + m[3]
		if len(starts) == 0 {
			upper = letter < 'a'
		}
		starts = append(starts, s)
		expected++
	}
	pos := 0
	if m := reOption.FindStringSubmatchIndex(l.text); m != nil && int(strings.ToLower(l.text[m[4]:m[5]])[0]-'a') == expected {
		add([]int{m[4], m[5], signsIn(l.text[:m[4]], l.text[m[5]:m[1]]), m[1]}, 0, 0)
		pos = m[1]
	}
	for pos < len(l.text) && expected < bank.MaxOptions {
		m := reInline.FindStringSubmatchIndex(l.text[pos:])
		if m == nil {
			break
		}
		letter := l.text[pos+m[6]]
		gap := l.text[pos+m[0] : pos+m[6]]
		wide := strings.Contains(gap, "\t") || strings.Count(gap, " ") >= 2
		lower := letter >= 'a'
		place := int(strings.ToLower(string(letter))[0] - 'a')
		fits := place == expected && (len(starts) == 0 || lower != upper)
		if fits && !wide {
			// One space alone is no sign for small letters ("ý a. nêu trên"), nor before the first option.
			fits = !lower && nextLetter != place && len(starts) > 0
			// "B. Vitamin C. C. Vitamin D.": the second C is the label.
			after := strings.TrimLeft(l.text[pos+m[1]:], " ")
			fits = fits && after != "" && (len(after) < 2 || after[0] != letter || !strings.ContainsRune(".):/", rune(after[1])))
		}
		if !fits {
			pos += m[6] + 1
			continue
		}
		end := pos + m[1]
		for end < len(l.text) && strings.IndexByte(" \t*", l.text[end]) >= 0 {
			end++
		}
		add([]int{m[6], m[7], signsIn(gap, l.text[pos+m[7]:end]), end - pos}, pos, pos+m[0])
		pos = end
	}
	if len(starts) == 0 {
		return l, nil
	}
	options := make([]draftOption, len(starts))
	for i, s := range starts {
		end := len(l.text)
		if i+1 < len(starts) {
			end = starts[i+1].at
		}
		options[i] = draftOption{letter: s.letter, starred: s.starred, pinned: s.pinned,
			small: !upper && strings.HasPrefix(strings.TrimLeft(l.text[s.labelTo:], " *"), ")"), label: l.cut(s.labelFrom, s.labelTo),
			text: l.cut(min(s.textAt, end), end).trimmed()}
	}
	return l.cut(0, starts[0].at).trimmed(), options
}

// signsIn finds the signs before and behind a letter: 1 for one that says right, 2 for one that pins (only before it:
// "C. #VALUE!" is an option).
func signsIn(before, behind string) int {
	n := 0
	if strings.ContainsAny(before+behind, "*✓√☑✔") {
		n = 1
	}
	if strings.Contains(before, "#") {
		n |= 2
	}
	return n
}
