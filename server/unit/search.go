package unit

import (
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// shifted is the day some days later.
func (d Day) shifted(days int) Day {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil || d == Always && days < 0 {
		return d
	}
	return DayOf(at.AddDate(0, 0, days))
}

// collators hold the Vietnamese order; one is not safe for use by several at once.
var collators = sync.Pool{New: func() any { return collate.New(language.Vietnamese, collate.Numeric) }}

// sortKeys are the keys of the texts that were sorted last: the names of a province's units are sorted with every list of
// them, and making a key takes far longer than comparing two. A text always has the same key, so none grows stale.
var sortKeys = struct {
	sync.Mutex
	keys map[string]string
}{keys: map[string]string{}}

// mostSortKeys bounds the memory of the keys; with more texts than that it begins anew.
const mostSortKeys = 10_000

// keysOf are texts by which texts are in Vietnamese order.
func keysOf(texts []string) []string {
	keys := make([]string, len(texts))
	var missing []int
	sortKeys.Lock()
	for i, text := range texts {
		key, ok := sortKeys.keys[text]
		if keys[i] = key; !ok {
			missing = append(missing, i)
		}
	}
	sortKeys.Unlock()
	if len(missing) == 0 {
		return keys
	}
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	var buffer collate.Buffer
	for _, i := range missing {
		keys[i] = string(c.KeyFromString(&buffer, texts[i]))
		buffer.Reset()
	}
	sortKeys.Lock()
	defer sortKeys.Unlock()
	for _, i := range missing {
		if len(sortKeys.keys) >= mostSortKeys {
			clear(sortKeys.keys)
		}
		sortKeys.keys[strings.Clone(texts[i])] = keys[i]
	}
	return keys
}

// sortedBy gives the order of texts in Vietnamese (a ă â, d đ, e ê, o ô ơ, u ư; the tones last), numbers by their value.
func sortedBy(texts []string) []int {
	keys := keysOf(texts)
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(keys[a], keys[b]) })
	return order
}

// Sort puts units in Vietnamese order, those of one kind together.
func Sort(units []Unit) {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = string(rune('a'+max(slices.Index(Kinds, u.Kind), 0))) + " " + u.Name
	}
	old := slices.Clone(units)
	for to, from := range sortedBy(names) {
		units[to] = old[from]
	}
}

// SortBy puts things in Vietnamese order of their names.
func SortBy[T any](list []T, name func(T) string) {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = name(x)
	}
	old := slices.Clone(list)
	for to, from := range sortedBy(names) {
		list[to] = old[from]
	}
}

// shortForms are abbreviations that only the search knows: they are too loose to make two names the same.
var shortForms = map[string]string{"dh": "dai hoc", "cd": "cao dang", "thcs": "trung hoc co so", "bv": "benh vien", "dn": "doanh nghiep",
	"cqkdt": "co quan khoi dang tinh", "qs": "quan su", "ca": "cong an", "bp": "bien phong", "dtn": "doan thanh nien", "tw": "trung uong"}

// spelled is a search key with its abbreviations spelled out.
func spelled(key string) string {
	words := strings.Fields(key)
	for i, word := range words {
		if long, ok := abbreviations[word]; ok {
			words[i] = SearchKey(long)
		} else if long, ok := shortForms[word]; ok {
			words[i] = long
		}
	}
	return strings.Join(words, " ")
}

// initials are the first letters of a key's words: "dhhd" for Đại học Hồng Đức.
func initials(key string) string {
	var b strings.Builder
	for _, word := range strings.Fields(key) {
		b.WriteByte(word[0])
	}
	return b.String()
}

// findKey is what a unit is found by: its name as written and spelled out, its short name, its code, its initials.
func findKey(code, name, short string) string {
	key := SearchKey(name)
	long := spelled(key)
	parts := []string{long}
	if long != key {
		parts = append(parts, key)
	}
	if short != "" {
		parts = append(parts, SearchKey(short))
	}
	parts = append(parts, SearchKey(code), initials(long))
	return " " + strings.Join(parts, " | ") + " "
}

// wanted is what somebody looks for: all words, as typed or spelled out, in any order, each from the beginning of a
// word; or the whole as a fragment.
type wanted struct {
	whole       string
	plain, long []string
}

func want(words string) wanted {
	if r := []rune(words); len(r) > 100 {
		words = string(r[:100])
	}
	key := SearchKey(words)
	return wanted{whole: key, plain: strings.Fields(key), long: strings.Fields(spelled(key))}
}

func (w wanted) in(key string) bool {
	return w.whole == "" || strings.Contains(key, w.whole) || eachIn(key, w.plain) || eachIn(key, w.long)
}

func eachIn(key string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(key, " "+word) {
			return false
		}
	}
	return true
}

// rank tells how near a hit is: its name begins with the words, a word of it does, somewhere else.
func (w wanted) rank(key string) int {
	long := strings.Join(w.long, " ")
	switch {
	case strings.HasPrefix(key, " "+w.whole), long != "" && strings.HasPrefix(key, " "+long):
		return 0
	case strings.Contains(key, " "+w.whole), long != "" && strings.Contains(key, " "+long):
		return 1
	}
	return 2
}
