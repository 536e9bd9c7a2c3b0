package importing

import (
	"regexp"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// Aiken is the plainest of formats: a question, options "A." or "A)", and "ANSWER: B".

var (
	reAikenOption = regexp.MustCompile(`^([A-Z])[.)]\s+(.*)$`)
	reAikenAnswer = regexp.MustCompile(`^(?i:ANSWER)\s*:\s*([A-Za-z](?:\s*,\s*[A-Za-z])*)\s*$`)
	reAiken       = regexp.MustCompile(`(?m)^ANSWER:\s*[A-Za-z](?:\s*,\s*[A-Za-z])*\s*$`)
	reAikenFirst  = regexp.MustCompile(`(?m)^A[.)]\s`)
)

// isAiken tells whether a text has Aiken's lines. GIFT has its answers in braces and never such lines.
func isAiken(text string) bool { return reAiken.MatchString(text) && reAikenFirst.MatchString(text) }

func readAiken(text string) bank.Reading {
	reading := bank.Reading{Format: bank.Aiken, Items: []bank.ReadItem{}, Problems: []bank.Problem{}}
	var (
		b        *built
		stem     []string
		original []string
	)
	start := func(i int) {
		if b == nil {
			b, stem, original = newBuilt("line", "", i+1, i+1), nil, nil
		}
	}
	end := func(i int, answer string) {
		start(i)
		b.item.Place.To = i + 1
		b.item.Original = strings.Join(original, "\n")
		b.c.Stem = strings.Join(stem, "\n")
		places, known := lettersOf(strings.ToUpper(answer), len(b.c.Options))
		switch {
		case answer == "":
			b.c.Type = bank.Single
			b.wrong("no_key", "key.options", "Câu không có dòng ANSWER.", "The question has no ANSWER line.")
		case !known:
			b.c.Type = bank.Single
			b.wrong("key_unknown", "key.options", "Đáp án ở dòng ANSWER không có trong các phương án.", "The letter of the ANSWER line is none of the options.")
		default:
			b.right(places, false)
		}
		reading.Items = append(reading.Items, b.finished())
		b = nil
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if len(reading.Items) > bank.MaxReadItems {
			break
		}
		if m := reAikenAnswer.FindStringSubmatch(line); m != nil {
			original = append(original, line)
			end(i, m[1])
			continue
		}
		m := reAikenOption.FindStringSubmatch(line)
		if m == nil && b != nil && len(b.c.Options) > 0 {
			end(i-1, "") // another question begins, this one has no answer
		}
		start(i)
		original = append(original, line)
		switch {
		case m != nil && len(stem) > 0 && len(b.c.Options) < 26:
			b.c.Options = append(b.c.Options, bank.Option{ID: bank.OptionID(len(b.c.Options)), Text: m[2]})
			if want := string(rune('A' + len(b.c.Options) - 1)); m[1] != want {
				b.wrong("option_missing", "options", "Thứ tự chữ cái của các phương án bị nhảy hoặc lặp.", "The letters of the options skip or repeat.")
			}
		default:
			stem = append(stem, line)
		}
	}
	if b != nil {
		end(len(lines)-1, "")
	}
	if len(reading.Items) == 0 {
		reading.Problems = append(reading.Problems, nothingFound())
	}
	return reading
}
