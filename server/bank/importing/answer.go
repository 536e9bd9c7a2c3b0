package importing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

// item makes the content of a question out of what was gathered, and says what is doubtful.
func (d *draft) item(r *examReader) (bank.ReadItem, bool) {
	b := newBuilt("paragraph", "", d.from, d.to)
	b.stored = r.stored
	b.item.Label, b.item.Original = d.label, limited(strings.Join(d.original, "\n"), 6000)
	b.item.Problems = append(b.item.Problems, d.problems...)
	c := bank.Content{
		Stem: strings.Join(d.stem, "\n"), Explanation: strings.Join(d.explanation, "\n"),
		Source: sourceOf(d.source), Topic: d.topic, Targets: d.targets,
	}
	if d.act != "" {
		c.Source.Act = d.act
	}
	if d.article != "" {
		c.Source.Article = d.article
	}
	if d.remark != "" {
		c.Source.Note = d.remark
	}
	level, known := difficultyOf(d.difficulty)
	if c.Difficulty = level; !known {
		c.Difficulty = bank.Understanding
	}
	var marked []int
	group := d.isGroup(r.capitals)
	for i := range d.options {
		o := &d.options[i]
		text := o.text.text
		if at := reRight.FindStringIndex(text); at != nil {
			text = text[:at[0]]
			o.starred = true
		} else if at := reFalse.FindStringIndex(text); at != nil && group {
			text = text[:at[0]]
		}
		if strings.HasSuffix(text, "*") {
			text = strings.TrimRight(text, "* ")
			o.starred = true
		}
		option := bank.Option{ID: bank.OptionID(i), Text: text}
		if o.picture != "" {
			b.attach([]mediaRef{{o.picture, o.alt}}, &option.Image, false)
		}
		c.Options = append(c.Options, option)
	}
	if len(d.options) > 0 {
		signs, problems := d.signs(group)
		marked = signs
		b.item.Problems = append(b.item.Problems, problems...)
	}
	b.item.Problems = append(b.item.Problems, d.settle(&c, marked, group)...)
	for i, name := range d.pictures {
		b.attach([]mediaRef{{name, d.alts[i]}}, &b.c.Image, false)
	}
	c.Image = b.c.Image
	b.item.Problems = append(b.item.Problems, d.settings(&c)...)
	finish(&b.item, c)
	return b.item, known
}

// settle decides the type and the key.
func (d *draft) settle(c *bank.Content, marked []int, group bool) []bank.Problem {
	kind := d.kind
	if group {
		kind = bank.TrueFalseGroup
	} else if places, ok := orderOf(d.answer, len(d.options)); kind == "" && ok && len(places) > 2 && strings.ContainsAny(d.answer, "-–—>→") {
		kind = bank.Ordering
	} else if kind == "" && len(d.options) == 0 && reBlankMark.MatchString(c.Stem) && reBlankMark.MatchString(d.answer) {
		kind = bank.FillIn
	}
	if problems, done := settleKind(c, kind, d.answer, marked); done {
		return problems
	}
	problems := settle(c, d.answer, marked, d.options)
	if kind == bank.Multiple && c.Type == bank.Single {
		c.Type = bank.Multiple
	}
	if kind == bank.Single && c.Type == bank.TrueFalse {
		// Two options that happen to read "Đúng" and "Sai", in the order of the author.
		first := c.Key.Options
		c.Type, c.Options, c.Key.Options = bank.Single, nil, []string{}
		for i, o := range d.options {
			c.Options = append(c.Options, bank.Option{ID: bank.OptionID(i), Text: o.text.text})
			if id, _ := truth(o.text.text); len(first) == 1 && id == first[0] {
				c.Key.Options = []string{bank.OptionID(i)}
			}
		}
	}
	return problems
}

// signs are the options that the author marked in place. Kinds of marks that point at different options are a
// conflict; a mark that all options wear is none.
func (d *draft) signs(group bool) ([]int, []bank.Problem) {
	n := len(d.options)
	if n < 2 {
		return nil, nil
	}
	type kind struct {
		vi, en string
		set    []int
	}
	var kinds []kind
	consider := func(vi, en string, set []int) {
		if len(set) > 0 && (len(set) < n || group && vi != "chữ đậm") {
			kinds = append(kinds, kind{vi, en, set})
		}
	}
	var starred []int
	for i, o := range d.options {
		if o.starred {
			starred = append(starred, i)
		}
	}
	if len(starred) > 0 {
		kinds = append(kinds, kind{"dấu * hoặc (đúng)", "asterisk or (right)", starred})
	}
	consider("tô nền", "highlight", d.wearing(func(m marks) bool { return m.highlight }))
	consider("gạch chân", "underline", d.wearing(func(m marks) bool { return m.underline }))
	base := d.commonColour()
	consider("màu chữ", "colour", d.wearing(func(m marks) bool { return m.colour != base }))
	consider("chữ đậm", "bold", d.wearing(func(m marks) bool { return m.bold }))
	if len(kinds) == 0 {
		return nil, nil
	}
	for _, k := range kinds[1:] {
		if !slices.Equal(k.set, kinds[0].set) {
			return nil, []bank.Problem{problem(bank.Error, "marks_conflict", "key.options",
				fmt.Sprintf("Dấu hiệu đáp án mâu thuẫn: %s ở %s, %s ở %s. Hãy chọn đáp án đúng.", kinds[0].vi, letters(kinds[0].set), k.vi, letters(k.set)),
				fmt.Sprintf("The marks contradict each other: %s on %s, %s on %s. Choose the right answer.", kinds[0].en, letters(kinds[0].set), k.en, letters(k.set)))}
		}
	}
	return kinds[0].set, nil
}

// wearing are the options whose letter wears a mark that others lack, or else whose text does.
func (d *draft) wearing(has func(marks) bool) []int {
	var byLetter, byText []int
	for i, o := range d.options {
		if share(o.label.marks, o.label.text, has) > 0 {
			byLetter = append(byLetter, i)
		}
		if share(o.text.marks, o.text.text, has) >= 60 {
			byText = append(byText, i)
		}
	}
	if len(byLetter) > 0 && len(byLetter) < len(d.options) {
		return byLetter
	}
	return byText
}

// commonColour is the colour most letters of the options wear.
func (d *draft) commonColour() string {
	count := map[string]int{}
	for _, o := range d.options {
		if len(o.text.marks) > 0 {
			count[o.text.marks[len(o.text.marks)/2].colour]++
		}
	}
	best, most := "", count[""]
	for c, n := range count {
		if n > most || (n == most && c < best && best != "") {
			best, most = c, n
		}
	}
	return best
}

func letters(places []int) string {
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = strings.ToUpper(bank.OptionID(p))
	}
	return strings.Join(names, ", ")
}

// settle decides the type and the key of a content from the stated answer and the marks.
func settle(c *bank.Content, answer string, marked []int, options []draftOption) []bank.Problem {
	answer = bank.CleanLine(answer)
	if len(c.Options) == 0 {
		return settleTyped(c, answer)
	}
	places, problems := statedPlaces(c.Options, answer, options)
	if places != nil && marked != nil && !slices.Equal(places, marked) {
		problems = append(problems, problem(bank.Error, "key_conflict", "key.options",
			fmt.Sprintf("Đáp án ghi là %s nhưng phương án được đánh dấu là %s. Hãy chọn đáp án đúng.", letters(places), letters(marked)),
			fmt.Sprintf("The stated answer is %s, but %s is marked. Choose the right one.", letters(places), letters(marked))))
		places, marked = nil, nil
	}
	if places == nil {
		places = marked
	}
	if len(places) == 0 && !hasErrorAt(problems, "key.options") {
		problems = append(problems, problem(bank.Error, "no_key", "key.options",
			"Không thấy đáp án đúng: không có dòng \"Đáp án\", bảng đáp án hay dấu hiệu trên phương án.",
			"No right answer was found: no answer line, key table or mark on an option."))
	}
	c.Type = bank.Single
	if len(places) > 1 {
		c.Type = bank.Multiple
	}
	c.Key.Options = []string{}
	if first, second, ok := truthOptions(c.Options); ok && len(places) <= 1 {
		c.Type, c.Options = bank.TrueFalse, nil
		for _, p := range places {
			c.Key.Options = append(c.Key.Options, []string{first, second}[p])
		}
		return problems
	}
	for _, p := range places {
		c.Key.Options = append(c.Key.Options, bank.OptionID(p))
	}
	return append(problems, pin(c)...)
}

func hasErrorAt(problems []bank.Problem, path string) bool {
	return slices.ContainsFunc(problems, func(p bank.Problem) bool { return p.Severity == bank.Error && p.Path == path })
}

// truthOptions tells whether the two options are "Đúng" and "Sai", in which order ever.
func truthOptions(options []bank.Option) (string, string, bool) {
	if len(options) != 2 {
		return "", "", false
	}
	first, a := truth(options[0].Text)
	second, b := truth(options[1].Text)
	return first, second, a && b && first != second && len([]rune(options[0].Text)) > 1
}

// statedPlaces reads an answer as letters, as the number of an option, or as the text of one.
func statedPlaces(options []bank.Option, answer string, drafts []draftOption) ([]int, []bank.Problem) {
	if answer == "" {
		return nil, nil
	}
	var byText []int
	for i, o := range options {
		if strings.EqualFold(bank.CleanLine(o.Text), strings.TrimRight(answer, ".")) || strings.EqualFold(bank.CleanLine(o.Text), answer) {
			byText = append(byText, i)
		}
	}
	byLetter, ok := lettersOf(answer, len(options))
	if n := cellNumber(answer); !ok && n >= 1 && n <= len(options) {
		byLetter, ok = []int{n - 1}, true
	}
	if ok && drafts != nil {
		// A file that leaves out a letter still means the letter that it shows.
		mapped := byLetter[:0:0]
		for _, p := range byLetter {
			for i, o := range drafts {
				if o.letter == p {
					mapped = append(mapped, i)
				}
			}
		}
		byLetter = mapped
	}
	slices.Sort(byLetter)
	byLetter = slices.Compact(byLetter)
	switch {
	case len(byText) == 1 && ok && !slices.Equal(byLetter, byText):
		return nil, []bank.Problem{problem(bank.Error, "key_ambiguous", "key.options",
			fmt.Sprintf("Đáp án \"%s\" vừa là nội dung phương án %s, vừa có thể chỉ phương án %s. Hãy chọn đáp án đúng.", short(answer), letters(byText), letters(byLetter)),
			fmt.Sprintf("The answer %q is the text of option %s, and could also mean option %s. Choose the right one.", short(answer), letters(byText), letters(byLetter)))}
	case len(byText) == 1:
		return byText, nil
	case ok && len(byLetter) > 0:
		return byLetter, nil
	}
	return nil, []bank.Problem{problem(bank.Error, "key_unknown", "key.options",
		fmt.Sprintf("Đáp án \"%s\" không khớp với phương án nào. Hãy chọn đáp án đúng.", short(answer)),
		fmt.Sprintf("The answer %q matches none of the options. Choose the right one.", short(answer)))}
}

// settleTyped decides about a question without options: true or false, a number, or a short text.
func settleTyped(c *bank.Content, answer string) []bank.Problem {
	if answer == "" {
		c.Type = bank.Single
		return []bank.Problem{problem(bank.Error, "no_options", "options",
			"Không thấy phương án A, B… và cũng không có đáp án để làm câu trả lời ngắn.",
			"There are neither options A, B... nor an answer to make it a short-answer question.")}
	}
	if id, ok := truth(answer); ok && len([]rune(answer)) > 1 {
		c.Type, c.Key.Options = bank.TrueFalse, []string{id}
		stem := strings.TrimRight(c.Stem, ". ")
		for _, tail := range []string{"(Đúng/Sai)", "(đúng/sai)", "Đúng hay sai?", "đúng hay sai?", "(Đúng hay Sai)", "(True/False)"} {
			if rest, cut := strings.CutSuffix(stem, tail); cut && strings.TrimSpace(rest) != "" {
				c.Stem = strings.TrimSpace(rest)
			}
		}
		return nil
	}
	value, tolerance := answer, "0"
	if m := reTolerant.FindStringSubmatch(answer); m != nil {
		value, tolerance = m[1], m[2]
	}
	number, err := scoring.ParseNumber(value)
	allowed, errTolerance := scoring.ParseNumber(tolerance)
	if err == nil && errTolerance == nil {
		c.Type, c.Key.Number, c.Key.Tolerance = bank.Numeric, number.String(), allowed.String()
		if thousands(value) {
			return []bank.Problem{problem(bank.Warning, "number_reading", "key.number",
				fmt.Sprintf("Số \"%s\" được đọc là %s (dấu chấm ngăn hàng nghìn). Nếu là số thập phân, hãy sửa lại.", value, number),
				fmt.Sprintf("The number %q is read as %s (the point parts thousands). If it is a decimal, correct it.", value, number))}
		}
		return nil
	}
	c.Type, c.Key.Texts = bank.ShortText, accepted(answer)
	return nil
}

// thousands tells whether a number could be meant as thousands: "1.500".
func thousands(s string) bool {
	whole, fraction, found := strings.Cut(s, ".")
	return found && len(fraction) == 3 && whole != "0" && len(whole) <= 3
}

// pin keeps "all of the above" where it is, and says so when options speak of letters.
func pin(c *bank.Content) []bank.Problem {
	byLetter := false
	for i := range c.Options {
		o := &c.Options[i]
		if reLetters.MatchString(o.Text) && len([]rune(o.Text)) < 60 {
			byLetter = true
		} else if i == len(c.Options)-1 && reAllAbove.MatchString(o.Text) && len([]rune(o.Text)) < 80 {
			o.Pinned = true
		}
	}
	if !byLetter {
		return nil
	}
	for i := range c.Options {
		c.Options[i].Pinned = true
	}
	return []bank.Problem{problem(bank.Warning, "letters_in_option", "options",
		"Có phương án nhắc tới chữ cái của phương án khác (ví dụ \"Cả A và B\"): thứ tự các phương án được giữ nguyên khi trộn đề.",
		"An option speaks of other options by their letters: the options keep their order when papers are shuffled.")}
}

// finish normalizes the content, checks it, and puts everything into the item.
func finish(item *bank.ReadItem, c bank.Content) {
	if n := len(c.Options); n > bank.MaxOptions {
		c.Options = c.Options[:bank.MaxOptions]
		item.Problems = append(item.Problems, problem(bank.Error, "too_many_options", "options",
			fmt.Sprintf("Câu có %d phương án, nhiều nhất %d.", n, bank.MaxOptions),
			fmt.Sprintf("The question has %d options, at most %d are possible.", n, bank.MaxOptions)))
	}
	item.Content = c.Normalized()
	item.Problems = append(item.Problems, invalidFields(item.Content.Validate(), item.Problems)...)
	if item.Problems == nil {
		item.Problems = []bank.Problem{}
	}
}

func limited(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes]) + "…"
}
