package importing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// GIFT is Moodle's text format: "::name:: stem {=right ~wrong}", questions parted by blank lines. A sign that means
// something is written with a backslash before it; authors often forget that outside of the braces, which is read all
// the same.

var (
	reGiftFormat   = regexp.MustCompile(`^\[(html|plain|moodle|markdown)\]`)
	reGiftWeight   = regexp.MustCompile(`^%(-?\d+(?:\.\d+)?)%`)
	reGiftHTML     = regexp.MustCompile(`(?i)</?(p|br|b|i|u|em|strong|img|sub|sup|span|div|table|ul|ol|li|a|font)\b[^<>]*>|&(nbsp|lt|gt|amp|quot|#\d+);`)
	reGiftTag      = regexp.MustCompile(`\[tag:([^\[\]]+)\]`)
	reGiftSign     = regexp.MustCompile(`\{\s*(?:[=~#>]|(?i:t|f|true|false)\s*[#}])|\}`)
	reGiftTitle    = regexp.MustCompile(`(?m)^\s*::.*::`)
	reGiftOrdering = regexp.MustCompile(`^>[A-Z0-9_ \t]*$`)
)

const extraComment = "// hoithi:"

// isGift tells whether a text has answers in braces as GIFT writes them.
func isGift(text string) bool {
	return reGiftSign.FindString(text) != "" && strings.Contains(text, "{") &&
		(reGiftTitle.MatchString(text) || strings.Contains(text, "$CATEGORY:") || regexp.MustCompile(`\{\s*([=~#>]|(?i:t|f|true|false)\s*[#}])`).MatchString(text))
}

func readGift(text string) (bank.Reading, error) {
	reading := bank.Reading{Format: bank.GIFT, Items: []bank.ReadItem{}, Problems: []bank.Problem{}}
	topic, extra, level := "", bank.Extra{}, ""
	var block []string
	from := 0
	flush := func(to int) {
		if len(block) == 0 {
			return
		}
		b := newBuilt("line", "", from, to)
		b.extra, b.c.Topic = extra, topic
		if d, known := difficultyOf(level); known {
			b.c.Difficulty = d
		}
		b.item.Original = strings.Join(block, "\n")
		b.gift(b.item.Original)
		reading.Items = append(reading.Items, b.finished())
		block, extra, level = nil, bank.Extra{}, ""
	}
	lines := strings.Split(text, "\n")
	depth := 0
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "//"):
			if rest, ours := strings.CutPrefix(trimmed, extraComment); ours {
				extra = bank.DecodeExtra(strings.TrimSpace(rest))
			} else {
				for _, m := range reGiftTag.FindAllStringSubmatch(trimmed, 10) {
					if _, known := difficultyOf(m[1]); known {
						level = m[1]
					}
				}
			}
		case strings.HasPrefix(trimmed, "$CATEGORY:"):
			flush(i)
			topic = moodleTopic(strings.TrimPrefix(trimmed, "$CATEGORY:"))
		case trimmed == "" && depth <= 0:
			flush(i)
		default:
			if len(block) == 0 {
				from, depth = i+1, 0
			}
			// A blank line inside of braces does not end the question, unless the braces were never closed.
			depth += unescaped(line, '{') - unescaped(line, '}')
			if block = append(block, line); len(block) > 400 {
				depth = 0
			}
		}
		if len(reading.Items) > bank.MaxReadItems {
			break
		}
	}
	flush(len(lines))
	if len(reading.Items) == 0 {
		reading.Problems = append(reading.Problems, nothingFound())
	}
	return reading, nil
}

func nothingFound() bank.Problem {
	return problem(bank.Error, "nothing_found", "", "Không tìm thấy câu hỏi nào trong tệp.", "No question was found in the file.")
}

// gift reads one question.
func (b *built) gift(s string) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "::") {
		if end := indexUnescaped(s[2:], "::"); end >= 0 {
			b.item.Label = limited(bank.CleanLine(unescape(s[2:2+end])), 60)
			s = strings.TrimSpace(s[end+4:])
		}
	}
	format := ""
	if m := reGiftFormat.FindStringSubmatch(s); m != nil {
		format, s = m[1], strings.TrimSpace(s[len(m[0]):])
	}
	open := indexUnescaped(s, "{")
	shut := -1
	if open >= 0 {
		if shut = indexUnescaped(s[open+1:], "}"); shut >= 0 {
			shut += open + 1
		}
	}
	if open < 0 || shut < 0 {
		b.stem(giftText(s, format))
		b.c.Type = bank.Single
		if open >= 0 {
			b.wrong("braces", "", "Thiếu dấu } đóng phần trả lời.", "The brace } that closes the answers is missing.")
			return
		}
		b.unknown("description")
		return
	}
	before, answers, after := s[:open], strings.TrimSpace(s[open+1:shut]), s[shut+1:]
	if at := indexUnescaped(answers, "####"); at >= 0 {
		r := giftText(answers[at+4:], format)
		b.c.Explanation = r.text
		b.say(r, "explanation")
		answers = strings.TrimSpace(answers[:at])
	}
	if !blankText(after) || b.extra.Type == bank.FillIn {
		b.giftGap(before, answers, after, format)
		return
	}
	b.stem(giftText(before, format))
	b.giftAnswers(answers, format)
}

// giftGap reads "before {answers} after": a text with one blank.
func (b *built) giftGap(before, answers, after, format string) {
	inner := &built{c: bank.Content{}}
	inner.giftAnswers(answers, format)
	if strings.Contains(after, "{") && indexUnescaped(after, "{") >= 0 {
		b.doubt("second_gap", "stem", "Câu có nhiều chỗ trống {…}: GIFT chỉ cho một; chỗ sau được giữ như chữ.",
			"The question has several {...}: GIFT allows one; the later ones are kept as text.")
	}
	space := " "
	if b.extra.Type == bank.FillIn || strings.HasSuffix(before, " ") {
		space = "" // we wrote it, with its own spaces
	}
	r := giftText(before+space+"[[1]]"+after, format)
	b.stem(r)
	b.item.Problems = append(b.item.Problems, inner.item.Problems...)
	blank, key := bank.Blank{ID: "1", Type: inner.c.Type}, bank.BlankKey{ID: "1"}
	switch inner.c.Type {
	case bank.Single:
		blank.Options = inner.c.Options
		if len(inner.c.Key.Options) == 1 {
			key.Option = inner.c.Key.Options[0]
		}
	case bank.ShortText:
		key.Texts = inner.c.Key.Texts
	case bank.Numeric:
		key.Number, key.Tolerance = inner.c.Key.Number, inner.c.Key.Tolerance
	default:
		b.unknown("missing word: " + string(inner.c.Type))
		return
	}
	b.c.Type, b.c.Blanks, b.c.Key.Blanks, b.c.PartialCredit = bank.FillIn, []bank.Blank{blank}, []bank.BlankKey{key}, bank.PerPart
}

// giftAnswers reads what stands in the braces.
func (b *built) giftAnswers(s, format string) {
	head, _ := cutFeedback(s)
	switch strings.ToUpper(strings.TrimSpace(head)) {
	case "T", "TRUE":
		b.c.Type, b.c.Key.Options = bank.TrueFalse, []string{bank.OptionTrue}
		return
	case "F", "FALSE":
		b.c.Type, b.c.Key.Options = bank.TrueFalse, []string{bank.OptionFalse}
		return
	case "":
		if s == "" {
			b.unknown("essay")
			return
		}
	}
	switch {
	case strings.HasPrefix(s, "#"):
		b.giftNumber(s[1:])
	case strings.HasPrefix(s, ">"):
		var options []bank.Option
		head, list, _ := strings.Cut(s, "\n")
		if !reGiftOrdering.MatchString(strings.TrimSpace(head)) { // else it says how to lay out and grade
			list = head[1:] + "\n" + list
		}
		for line := range strings.SplitSeq(list, "\n") {
			if !blankText(line) {
				i := len(options)
				options = append(options, b.option(bank.OptionID(i), giftText(line, format), fmt.Sprintf("options[%d]", i)))
			}
		}
		b.ordered(options)
	default:
		b.giftList(s, format)
	}
}

// giftNumber reads "3.14:0.01", "1..5" and "=3.14:0.01 =%50%3:0.5".
func (b *built) giftNumber(s string) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "=") {
		parts := splitUnescaped(s, "=~")
		if len(parts) > 1 {
			b.doubt("more_numbers", "key.number", "Tệp có nhiều đáp số: chỉ lấy đáp số đầu.", "The file has several numbers as answers: the first one is taken.")
		}
		s = reGiftWeight.ReplaceAllString(strings.TrimSpace(parts[0].text), "")
	}
	s, _ = cutFeedback(s)
	if low, high, isRange := strings.Cut(s, ".."); isRange {
		value, tolerance, ok := middle(strings.TrimSpace(low), strings.TrimSpace(high))
		if !ok {
			value, tolerance = strings.TrimSpace(s), "0"
		}
		b.number(value, tolerance)
		return
	}
	value, tolerance, _ := strings.Cut(unescape(s), ":")
	b.number(value, tolerance)
}

// middle turns a range into a number and a tolerance, exactly.
func middle(low, high string) (string, string, bool) {
	a, okA := scaled(low)
	b, okB := scaled(high)
	if !okA || !okB || b < a {
		return "", "", false
	}
	return unscaled((a + b) * 5), unscaled((b - a) * 5), true
}

const decimals = 7 // one more than a number may have, so that its half is exact

func scaled(s string) (int64, bool) {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(whole) > 10 || len(fraction) > decimals-1 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-1-len(fraction)), 10, 64)
	if strings.HasPrefix(s, "-") {
		n = -n
	}
	return n, err == nil
}

func unscaled(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%0*d", decimals+1, n)
	s = strings.TrimRight(s[:len(s)-decimals]+"."+s[len(s)-decimals:], "0")
	return sign + strings.TrimSuffix(s, ".")
}

// giftList reads choices, accepted texts and pairs.
func (b *built) giftList(s, format string) {
	parts := splitUnescaped(s, "=~")
	if len(parts) == 0 {
		b.unknown(short(s))
		return
	}
	var (
		places         []int
		wrong, several bool
		texts          []string
		left           []bank.Option
		right, more    []string
	)
	matching := true
	for _, p := range parts {
		matching = matching && p.sign == '=' && indexUnescaped(p.text, "->") >= 0
		wrong = wrong || p.sign == '~'
	}
	for i, p := range parts {
		text := strings.TrimSpace(p.text)
		weight := 0.0
		if m := reGiftWeight.FindStringSubmatch(text); m != nil {
			weight, _ = strconv.ParseFloat(m[1], 64)
			text = text[len(m[0]):]
			several = several || p.sign == '~' && weight > 0
		}
		if matching {
			at := indexUnescaped(text, "->")
			source, target := giftText(text[:at], format), giftText(text[at+2:], format)
			if blankText(source.text) && len(source.media) == 0 {
				more = append(more, target.text)
				continue
			}
			n := len(left)
			left = append(left, b.option(bank.OptionID(n), source, fmt.Sprintf("options[%d]", n)))
			right = append(right, target.text)
			continue
		}
		text, feedback := cutFeedback(text)
		if !blankText(feedback) {
			b.doubt("feedback", "explanation", "Nhận xét riêng của từng phương án không được nhập.", "Feedback on single options is not imported.")
		}
		if !wrong {
			texts = append(texts, strings.TrimSpace(unescape(text)))
			continue
		}
		b.c.Options = append(b.c.Options, b.option(bank.OptionID(i), giftText(text, format), fmt.Sprintf("options[%d]", i)))
		if p.sign == '=' || weight > 0 {
			places = append(places, i)
		}
	}
	switch {
	case matching:
		b.pairs(left, right, more)
	case !wrong:
		b.c.Type, b.c.Key.Texts = bank.ShortText, texts
	default:
		b.right(places, several && len(places) > 1)
		if len(places) == 0 {
			b.wrong("no_key", "key.options", "Không có phương án nào được đánh dấu đúng (=).", "No option is marked as right (=).")
		}
	}
}

// moodleTopic reads "$course$/top/Luật/Hiến pháp" as branches; two slashes are one that belongs to a name.
func moodleTopic(path string) string {
	path = strings.ReplaceAll(bank.CleanLine(path), "//", "\x00")
	var branches []string
	for i, part := range strings.Split(path, "/") {
		part = strings.TrimSpace(strings.ReplaceAll(part, "\x00", "-"))
		switch {
		// Only at the start these are Moodle's own words.
		case part == "", i < 2 && part == "top", i == 0 && strings.HasPrefix(part, "$") && strings.HasSuffix(part, "$"), strings.HasPrefix(part, "Default for "):
		default:
			branches = append(branches, part)
		}
	}
	if len(branches) > bank.MaxTopicDepth {
		branches = branches[:bank.MaxTopicDepth]
	}
	return limited(strings.Join(branches, " / "), bank.MaxTopic-1)
}
