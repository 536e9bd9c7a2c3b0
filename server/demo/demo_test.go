package demo_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/scoring"
)

func items(t *testing.T) []demo.Item {
	t.Helper()
	list, err := demo.Items()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func load(t *testing.T) demo.Contest {
	t.Helper()
	c, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBankIsLargeAndMixed(t *testing.T) {
	types, levels, branches := map[bank.ItemType]int{}, map[bank.Difficulty]int{}, map[string]int{}
	list := items(t)
	for _, it := range list {
		types[it.Content.Type]++
		levels[it.Content.Difficulty]++
		branch, _, _ := strings.Cut(it.Content.Topic, " / ")
		branches[branch]++
	}
	if len(list) < 84 {
		t.Errorf("%d items, want at least 84", len(list))
	}
	for kind, least := range map[bank.ItemType]int{
		bank.Single: 65, bank.Multiple: 10, bank.TrueFalse: 8, bank.ShortText: 5, bank.Numeric: 5,
		bank.TrueFalseGroup: 2, bank.Ordering: 2, bank.Matching: 2, bank.FillIn: 2} {
		if types[kind] < least {
			t.Errorf("%d items of type %s, want %d", types[kind], kind, least)
		}
	}
	for _, level := range bank.Difficulties {
		if levels[level] < 8 {
			t.Errorf("%d items of difficulty %s, want 8", levels[level], level)
		}
	}
	for _, branch := range []string{"Cải cách hành chính", "Công vụ", "Tin học văn phòng"} {
		if branches[branch] < 25 {
			t.Errorf("%d items on %s, want 25", branches[branch], branch)
		}
	}
	if len(branches) != 3 {
		t.Errorf("branches: %v", branches)
	}
}

// plain encodes a content just as it stands in the file, without bringing it into its canonical form.
func plain(c bank.Content) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func TestEveryItemIsSoundAndSourced(t *testing.T) {
	refs, stems := map[string]bool{}, map[string]string{}
	for _, it := range items(t) {
		c := it.Content
		if refs[it.Ref] {
			t.Errorf("%s: the name is used twice", it.Ref)
		}
		refs[it.Ref] = true
		if other := stems[bank.SearchKey(c.Stem)]; other != "" {
			t.Errorf("%s asks the same as %s", it.Ref, other)
		}
		stems[bank.SearchKey(c.Stem)] = it.Ref
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", it.Ref, err)
		}
		if c.Source.Act == "" || c.Explanation == "" || c.Topic == "" {
			t.Errorf("%s: source, explanation and topic are needed", it.Ref)
		}
		if !bytes.Equal(c.Encode(), plain(c)) {
			t.Errorf("%s: text that Normalized would change", it.Ref)
		}
		if c.Type == bank.Single && len(c.Options) != 4 {
			t.Errorf("%s: %d options, want 4", it.Ref, len(c.Options))
		}
		if c.Type == bank.Multiple && (len(c.Key.Options) < 2 || !strings.Contains(c.Stem, "Chọn tất cả")) {
			t.Errorf("%s: several right options, and the question says so", it.Ref)
		}
		for _, o := range c.Options {
			if utf8.RuneCountInString(o.Text) > 140 {
				t.Errorf("%s: option %s is too long for a phone", it.Ref, o.ID)
			}
		}
	}
}

// Who always taps the same letter, or the longest text, must not do well.
func TestRightOptionsAreSpread(t *testing.T) {
	at, singles, longest := map[string]int{}, 0, 0
	for _, it := range items(t) {
		if it.Content.Type != bank.Single {
			continue
		}
		singles++
		at[it.Content.Key.Options[0]]++
		right, other := 0, 0
		for _, o := range it.Content.Options {
			if n := utf8.RuneCountInString(o.Text); o.ID == it.Content.Key.Options[0] {
				right = n
			} else {
				other = max(other, n)
			}
		}
		if right > other {
			longest++
		}
	}
	if longest*100 > singles*35 {
		t.Errorf("the right option is the longest in %d of %d items", longest, singles)
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		if n := at[id]; n*100 < singles*20 || n*100 > singles*30 {
			t.Errorf("the right option is %s in %d of %d items", id, n, singles)
		}
	}
	yes, all := 0, 0
	for _, it := range items(t) {
		if it.Content.Type == bank.TrueFalse {
			all++
			if it.Content.Key.Options[0] == bank.OptionTrue {
				yes++
			}
		}
	}
	if yes*3 < all || yes*3 > all*2 {
		t.Errorf("%d of %d statements are true", yes, all)
	}
}

func TestTypography(t *testing.T) {
	c := load(t)
	texts := []string{c.Name, c.OrganizerName, c.Venue, c.Rules}
	for _, s := range c.Situations {
		texts = append(append(texts, s.Title, s.Text, s.Basis), s.Points...)
	}
	for _, team := range c.Teams {
		texts = append(texts, team.Name, team.Skit)
	}
	for _, it := range items(t) {
		texts = append(texts, it.Content.Stem, it.Content.Explanation, it.Content.Source.Note)
	}
	for _, s := range texts {
		if !norm.NFC.IsNormalString(s) {
			t.Errorf("not NFC: %q", s)
		}
		for _, wrong := range []string{"  ", " ,", " . ", " ?", "...", "\" ", " - T"} {
			if strings.Contains(s, wrong) && !strings.Contains(s, "Độc lập - Tự do") {
				t.Errorf("%q in %q", wrong, s)
			}
		}
	}
}

func TestContestFitsItsTemplate(t *testing.T) {
	c := load(t)
	tpl, ok := contest.FindTemplate(c.Template)
	if !ok {
		t.Fatalf("no template %q", c.Template)
	}
	if len(c.Rounds) != len(tpl.Rounds) || !slices.Equal(c.TieBreakers, tpl.TieBreakers) {
		t.Fatalf("%d rounds, ties %v; the template has %d, %v", len(c.Rounds), c.TieBreakers, len(tpl.Rounds), tpl.TieBreakers)
	}
	var total int64
	for i, r := range c.Rounds {
		if contest.Kind(r.Kind) != tpl.Rounds[i].Kind || r.Name != tpl.Rounds[i].Name || (r.Quiz == nil) == (r.Judged == nil) {
			t.Errorf("round %d: %s %q", i+1, r.Kind, r.Name)
		}
		total += r.MaxScore() * int64(r.Weight) / scoring.FullWeight
		if r.Judged == nil {
			continue
		}
		rubric := scoring.Rubric{}
		for _, line := range r.Judged.Criteria {
			rubric = append(rubric, scoring.Criterion{Max: line.Max, Step: line.Step, Weight: line.Weight})
		}
		if err := rubric.Check(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if err := r.Judged.Overtime.Check(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
	if total != 10000 {
		t.Errorf("the rounds add up to %d hundredths of a point, the rules promise 100 points", total)
	}
}

func TestTeamsAndPanel(t *testing.T) {
	c := load(t)
	units := map[string]bool{"": true}
	for _, u := range c.Units {
		if !units[u.Parent] || units[u.Name] {
			t.Errorf("unit %q under %q", u.Name, u.Parent)
		}
		units[u.Name] = true
	}
	names, entered := map[string]bool{}, map[string]bool{}
	for _, team := range c.Teams {
		if !units[team.Unit] || entered[team.Unit] || team.Skit == "" {
			t.Errorf("team %q of %q", team.Name, team.Unit)
		}
		entered[team.Unit] = true
		captains := 0
		for _, m := range team.Members {
			if names[m.Name] || len(strings.Fields(m.Name)) < 3 {
				t.Errorf("%s: member %q", team.Name, m.Name)
			}
			names[m.Name] = true
			if m.Captain {
				captains++
			}
		}
		if n := len(team.Members); captains != 1 || n < c.TeamMin || n > c.TeamMax {
			t.Errorf("%s: %d members, %d captains", team.Name, n, captains)
		}
	}
	heads := 0
	for _, j := range c.Judges {
		if names[j.Name] {
			t.Errorf("judge %q twice, or also in a team", j.Name)
		}
		names[j.Name] = true
		if j.Head {
			heads++
		}
	}
	if len(c.Teams) != 8 || len(c.Judges) != 7 || heads != 1 || len(c.Situations) != len(c.Teams) {
		t.Errorf("%d teams, %d judges (%d heads), %d situations", len(c.Teams), len(c.Judges), heads, len(c.Situations))
	}
}

func TestQuizChoosesItemsOfTheBank(t *testing.T) {
	byRef := map[string]bank.Content{}
	for _, it := range items(t) {
		byRef[it.Ref] = it.Content
	}
	for _, r := range load(t).Rounds {
		if r.Quiz == nil {
			continue
		}
		if len(r.Quiz.Items) != 20 || len(r.Quiz.Reserve) != 3 {
			t.Errorf("%d items, %d in reserve", len(r.Quiz.Items), len(r.Quiz.Reserve))
		}
		used := map[string]bool{}
		for _, q := range slices.Concat(r.Quiz.Items, r.Quiz.Reserve) {
			c, ok := byRef[q.Ref]
			if !ok || used[q.Ref] {
				t.Errorf("item %q is missing or used twice", q.Ref)
			}
			used[q.Ref] = true
			most := 30
			if len(c.Type.Credits()) > 1 && c.Type != bank.Multiple || c.Type == bank.TrueFalseGroup {
				most = 60 // more to read, and more to do
			}
			if q.Seconds < 20 || q.Seconds > most {
				t.Errorf("%s: %d seconds", q.Ref, q.Seconds)
			}
			if strings.Contains(c.Source.Note, "Hết hiệu lực") {
				t.Errorf("%s rests on an act that is no longer in force", q.Ref)
			}
		}
	}
}
