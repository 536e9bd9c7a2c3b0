package exporting

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

var reAikenLine = regexp.MustCompile(`(?i)^([A-Z][.)]\s|answer\s*:)`)

// aiken writes the plainest of formats: a question, lettered options and the letter of the right one.
func aiken(items []bank.Written) []byte {
	var b bytes.Buffer
	for _, item := range items {
		c := item.Content
		for line := range strings.SplitSeq(c.Stem, "\n") {
			if reAikenLine.MatchString(line) {
				line = guard + line
			}
			if line == "" {
				line = guard
			}
			b.WriteString(line + "\n")
		}
		for i, o := range c.Options {
			b.WriteString(string(rune('A'+i)) + ". " + strings.ReplaceAll(o.Text, "\n", " ") + "\n")
		}
		for i, o := range c.Options {
			if contains(c.Key.Options, o.ID) {
				b.WriteString("ANSWER: " + string(rune('A'+i)) + "\n\n")
				break
			}
		}
	}
	return b.Bytes()
}
