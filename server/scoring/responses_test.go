package scoring_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/scoring"
	"pgregory.net/rapid"
)

func answer(t testing.TB, typ scoring.ItemType, options []string, in scoring.Typed) *scoring.Response {
	t.Helper()
	r, err := scoring.ParseResponse(scoring.Shape{Type: typ, Options: options}, in)
	if err != nil {
		t.Fatalf("%s %+v: %v", typ, in, err)
	}
	return &r
}

var abcde = []string{"a", "b", "c", "d", "e"}

func TestScoreByType(t *testing.T) {
	single := scoring.Key{Type: scoring.Single, Options: []string{"b"}}
	all := scoring.Key{Type: scoring.Multiple, Options: []string{"a", "c"}, Credit: scoring.AllOrNothing}
	partial := scoring.Key{Type: scoring.Multiple, Options: []string{"a", "c", "d"}, Credit: scoring.RightMinusWrong}
	truth := scoring.Key{Type: scoring.TrueFalse, Options: []string{"true"}}
	text := scoring.Key{Type: scoring.ShortText, Accepted: []string{"Hoà Bình", "tỉnh Hòa Bình"}, Diacritics: scoring.DiacriticsStrict}
	loose := scoring.Key{Type: scoring.ShortText, Accepted: []string{"Đà Nẵng"}, Diacritics: scoring.DiacriticsIgnored}
	number := scoring.Key{Type: scoring.Numeric, Value: 7_500_000, Tolerance: 250_000}
	fixed := scoring.Rule{Points: 1000, Pace: scoring.Fixed, Loss: 500}
	for name, c := range map[string]struct {
		key     scoring.Key
		in      scoring.Typed
		verdict scoring.Verdict
		points  int64
	}{
		"single right":                  {single, scoring.Typed{Options: []string{"b"}}, scoring.Right, 1000},
		"single wrong":                  {single, scoring.Typed{Options: []string{"a"}}, scoring.Wrong, -500},
		"single taken back":             {single, scoring.Typed{}, scoring.Missing, 0},
		"multiple in any order":         {all, scoring.Typed{Options: []string{"c", "a"}}, scoring.Right, 1000},
		"multiple one is missing":       {all, scoring.Typed{Options: []string{"a"}}, scoring.Wrong, -500},
		"multiple one too many":         {all, scoring.Typed{Options: []string{"a", "b", "c"}}, scoring.Wrong, -500},
		"partial all right":             {partial, scoring.Typed{Options: []string{"a", "c", "d"}}, scoring.Right, 1000},
		"partial two of three":          {partial, scoring.Typed{Options: []string{"a", "c"}}, scoring.Partly, 667},
		"partial two right, one wrong":  {partial, scoring.Typed{Options: []string{"a", "b", "c"}}, scoring.Partly, 333},
		"partial everything chosen":     {partial, scoring.Typed{Options: []string{"a", "b", "c", "d", "e"}}, scoring.Partly, 333},
		"partial one right, two wrong":  {partial, scoring.Typed{Options: []string{"a", "b", "e"}}, scoring.Wrong, -500},
		"true":                          {truth, scoring.Typed{Options: []string{"true"}}, scoring.Right, 1000},
		"false":                         {truth, scoring.Typed{Options: []string{"false"}}, scoring.Wrong, -500},
		"text with the tone elsewhere":  {text, scoring.Typed{Text: "  hòa   BÌNH "}, scoring.Right, 1000},
		"text, the second accepted one": {text, scoring.Typed{Text: "tỉnh hoà bình"}, scoring.Right, 1000},
		"text without marks, strict":    {text, scoring.Typed{Text: "hoa binh"}, scoring.Wrong, -500},
		"text without marks, loose":     {loose, scoring.Typed{Text: "da nang"}, scoring.Right, 1000},
		"blank text":                    {text, scoring.Typed{Text: "   "}, scoring.Missing, 0},
		"number":                        {number, scoring.Typed{Text: "7,5"}, scoring.Right, 1000},
		"number at the tolerance":       {number, scoring.Typed{Text: "7.75"}, scoring.Right, 1000},
		"number beyond the tolerance":   {number, scoring.Typed{Text: "7,750001"}, scoring.Wrong, -500},
		"7,5 is never 7":                {number, scoring.Typed{Text: "7"}, scoring.Wrong, -500},
	} {
		if err := c.key.Check(scoring.Shape{Type: c.key.Type, Options: optionsOf(c.key)}); err != nil {
			t.Errorf("%s: key: %v", name, err)
		}
		got := scoring.Score(c.key, fixed, scoring.NotVoid, answer(t, c.key.Type, optionsOf(c.key), c.in), 0)
		if got.Verdict != c.verdict || got.Points != c.points {
			t.Errorf("%s: %+v, want %s %d", name, got, c.verdict, c.points)
		}
	}
}

func optionsOf(k scoring.Key) []string {
	switch k.Type {
	case scoring.Single, scoring.Multiple:
		return abcde
	case scoring.TrueFalse:
		return []string{"true", "false"}
	default:
		return nil
	}
}

var (
	rightKey = scoring.Key{Type: scoring.TrueFalse, Options: []string{"true"}}
	rightOne = &scoring.Response{Type: scoring.TrueFalse, Options: []string{"true"}}
	wrongOne = &scoring.Response{Type: scoring.TrueFalse, Options: []string{"false"}}
)

func TestSpeed(t *testing.T) {
	rule := scoring.Rule{Points: 1000, Pace: scoring.Speed, DurationUs: 20_000_000}
	for taken, want := range map[int64]int64{
		0:          1000,
		499_999:    1000, // under half a second is full
		500_000:    988,  // 1000 × (1 − 0,5/40) = 987,5, half up
		5_000_000:  875,
		10_000_000: 750,
		20_000_000: 500,
		20_900_000: 500, // within the grace: as at the end
	} {
		if got := scoring.Score(rightKey, rule, scoring.NotVoid, rightOne, taken).Points; got != want {
			t.Errorf("after %d µs: %d, want %d", taken, got, want)
		}
	}
	half := scoring.Key{Type: scoring.Multiple, Options: []string{"a", "b"}, Credit: scoring.RightMinusWrong}
	r := answer(t, scoring.Multiple, abcde[:4], scoring.Typed{Options: []string{"a"}})
	if got := scoring.Score(half, rule, scoring.NotVoid, r, 10_000_000).Points; got != 375 {
		t.Errorf("half right at half time: %d, want 375", got)
	}
}

func TestVoid(t *testing.T) {
	rule := scoring.Rule{Points: 1000, Pace: scoring.Fixed, Loss: 500}
	for _, r := range []*scoring.Response{nil, rightOne, wrongOne} {
		if got := scoring.Score(rightKey, rule, scoring.VoidNobody, r, 0); got.Points != 0 || got.Verdict != scoring.VoidItem {
			t.Errorf("nobody scores: %+v", got)
		}
		if got := scoring.Score(rightKey, rule, scoring.VoidEverybody, r, 0); got.Points != 1000 || got.Verdict != scoring.VoidItem {
			t.Errorf("everybody scores: %+v", got)
		}
	}
	if got := scoring.Score(rightKey, rule, scoring.NotVoid, nil, 0); got.Points != 0 || got.Verdict != scoring.Missing {
		t.Errorf("no answer costs nothing: %+v", got)
	}
}

func TestResponseIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		typ  scoring.ItemType
		in   scoring.Typed
		want error
	}{
		"an option that is not there": {scoring.Single, scoring.Typed{Options: []string{"e"}}, scoring.ErrResponseOptions},
		"an option without a name":    {scoring.Single, scoring.Typed{Options: []string{""}}, scoring.ErrResponseOptions},
		"two for single choice":       {scoring.Single, scoring.Typed{Options: []string{"a", "b"}}, scoring.ErrResponseOne},
		"the same option twice":       {scoring.Multiple, scoring.Typed{Options: []string{"b", "b"}}, scoring.ErrResponseOptions},
		"a thousand options":          {scoring.Multiple, scoring.Typed{Options: make([]string, 1000)}, scoring.ErrResponseOptions},
		"text for a choice":           {scoring.Single, scoring.Typed{Text: "A"}, scoring.ErrResponseStray},
		"options for a text":          {scoring.ShortText, scoring.Typed{Options: []string{"a"}}, scoring.ErrResponseStray},
		"a NUL":                       {scoring.ShortText, scoring.Typed{Text: "a\x00"}, scoring.ErrResponseText},
		"broken UTF-8":                {scoring.ShortText, scoring.Typed{Text: "\xff\xfe"}, scoring.ErrResponseText},
		"two lines":                   {scoring.ShortText, scoring.Typed{Text: "a\nb"}, scoring.ErrResponseText},
		"a novel":                     {scoring.ShortText, scoring.Typed{Text: strings.Repeat("ệ", 201)}, scoring.ErrResponseText},
		"no number":                   {scoring.Numeric, scoring.Typed{Text: "bảy"}, scoring.ErrNumber},
		"a number beyond reason":      {scoring.Numeric, scoring.Typed{Text: "1e200000"}, scoring.ErrNumber},
		"an unknown type":             {"essay", scoring.Typed{}, scoring.ErrType},
	} {
		if _, err := scoring.ParseResponse(scoring.Shape{Type: c.typ, Options: abcde[:4]}, c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestKeyIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		key     scoring.Key
		options []string
		want    error
	}{
		"no right option":        {scoring.Key{Type: scoring.Single}, abcde[:4], scoring.ErrKeyNone},
		"two for single choice":  {scoring.Key{Type: scoring.Single, Options: []string{"a", "b"}}, abcde[:4], scoring.ErrKeySingle},
		"an option too far":      {scoring.Key{Type: scoring.Single, Options: []string{"e"}}, abcde[:4], scoring.ErrKeyOptions},
		"options not ascending":  {scoring.Key{Type: scoring.Multiple, Options: []string{"b", "a"}, Credit: scoring.AllOrNothing}, abcde[:4], scoring.ErrKeyOptions},
		"one option only":        {scoring.Key{Type: scoring.Single, Options: []string{"a"}}, abcde[:1], scoring.ErrOptions},
		"no credit rule":         {scoring.Key{Type: scoring.Multiple, Options: []string{"a"}}, abcde[:4], scoring.ErrCredit},
		"no accepted text":       {scoring.Key{Type: scoring.ShortText, Diacritics: scoring.DiacriticsStrict}, nil, scoring.ErrAccepted},
		"an accepted blank":      {scoring.Key{Type: scoring.ShortText, Accepted: []string{" "}, Diacritics: scoring.DiacriticsStrict}, nil, scoring.ErrAccepted},
		"no strictness":          {scoring.Key{Type: scoring.ShortText, Accepted: []string{"x"}}, nil, scoring.ErrDiacritics},
		"a negative tolerance":   {scoring.Key{Type: scoring.Numeric, Tolerance: -1}, nil, scoring.ErrTolerance},
		"values of another type": {scoring.Key{Type: scoring.Numeric, Accepted: []string{"x"}}, nil, scoring.ErrStray},
		"an unknown type":        {scoring.Key{Type: "essay"}, nil, scoring.ErrType},
	} {
		if err := c.key.Check(scoring.Shape{Type: c.key.Type, Options: c.options}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestRuleIsRefused(t *testing.T) {
	for want, r := range map[error]scoring.Rule{
		scoring.ErrPoints:   {Points: -1, Pace: scoring.Fixed},
		scoring.ErrLoss:     {Points: 1, Loss: scoring.MaxPoints + 1, Pace: scoring.Fixed},
		scoring.ErrPace:     {Points: 1},
		scoring.ErrDuration: {Points: 1, Pace: scoring.Speed},
	} {
		if err := r.Check(); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", r, err, want)
		}
	}
}

func TestCanonicalResponse(t *testing.T) {
	a := answer(t, scoring.Multiple, abcde[:4], scoring.Typed{Options: []string{"c", "a"}})
	b := answer(t, scoring.Multiple, abcde[:4], scoring.Typed{Options: []string{"a", "c"}})
	if !bytes.Equal(a.Canonical(), b.Canonical()) {
		t.Errorf("the same choice has two forms: %s, %s", a.Canonical(), b.Canonical())
	}
	for _, r := range []*scoring.Response{a, rightOne, answer(t, scoring.Numeric, nil, scoring.Typed{Text: "7,5"}), answer(t, scoring.ShortText, nil, scoring.Typed{Text: "Nghị quyết <76>"})} {
		back, err := scoring.ReadResponse(r.Canonical())
		if err != nil || !bytes.Equal(back.Canonical(), r.Canonical()) {
			t.Errorf("%s became %s (%v)", r.Canonical(), back.Canonical(), err)
		}
	}
}

// Points stay between the loss and the full points, and answering later never earns more.
func TestPointsBoundedAndFallingWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := scoring.Rule{
			Points: rapid.Int64Range(0, scoring.MaxPoints).Draw(t, "points"), Loss: rapid.Int64Range(0, scoring.MaxPoints).Draw(t, "loss"),
			Pace: rapid.SampledFrom([]scoring.Pace{scoring.Fixed, scoring.Speed}).Draw(t, "pace"), DurationUs: rapid.Int64Range(1, scoring.MaxDurationUs).Draw(t, "duration"),
		}
		key := scoring.Key{Type: scoring.Multiple, Credit: scoring.RightMinusWrong, Options: []string{"a", "b", "c"}}
		options := rapid.SliceOfNDistinct(rapid.SampledFrom(abcde), 0, 5, rapid.ID[string]).Draw(t, "chosen")
		r, err := scoring.ParseResponse(scoring.Shape{Type: scoring.Multiple, Options: abcde}, scoring.Typed{Options: options})
		if err != nil {
			t.Fatal(err)
		}
		early := rapid.Int64Range(0, 2*scoring.MaxDurationUs).Draw(t, "taken")
		late := early + rapid.Int64Range(0, scoring.MaxDurationUs).Draw(t, "later")
		a, b := scoring.Score(key, rule, scoring.NotVoid, &r, early), scoring.Score(key, rule, scoring.NotVoid, &r, late)
		if a.Points < -rule.Loss || a.Points > rule.Points {
			t.Fatalf("%d points, from %d to %d are possible", a.Points, -rule.Loss, rule.Points)
		}
		if b.Points > a.Points {
			t.Fatalf("%d µs earned %d, %d µs earned %d", early, a.Points, late, b.Points)
		}
		if a.Verdict == scoring.Right && 2*a.Points < rule.Points {
			t.Fatalf("a right answer earned %d of %d: less than half", a.Points, rule.Points)
		}
	})
}
