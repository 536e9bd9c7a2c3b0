package scoring

import "errors"

// Pace says whether the time an answer took matters for its points.
type Pace string

const (
	// Fixed: the same points at any time before the deadline.
	Fixed Pace = "fixed"
	// Speed: P × (1 − (t / T) / 2): full points at once, half of them at the end.
	Speed Pace = "speed"
)

const (
	// InstantUs: whoever answers in less than this gets full points; nobody reads an item faster than that.
	InstantUs int64 = 500_000
	// MaxPoints bounds an item's points and its loss: 100 000 points.
	MaxPoints int64 = 10_000_000
	// MaxDurationUs bounds an item's time: one day.
	MaxDurationUs int64 = 86_400_000_000
)

// Rule says what an item is worth.
type Rule struct {
	// Points for a right answer.
	Points int64 `json:"points"`
	Pace   Pace  `json:"pace"`
	// DurationUs is T of the speed formula; not used by a fixed pace.
	DurationUs int64 `json:"duration_us,omitempty"`
	// Loss is taken off for an answer that earns nothing. No answer costs nothing.
	Loss int64 `json:"loss,omitempty"`
}

// What can be wrong with a rule.
var (
	ErrPoints   = errors.New("points must be between 0 and 100 000")
	ErrLoss     = errors.New("a loss must be between 0 and 100 000 points")
	ErrPace     = errors.New("unknown pace")
	ErrDuration = errors.New("scoring by speed needs a duration of more than 0 and at most one day")
)

// Check tells what is wrong with the rule.
func (r Rule) Check() error {
	switch {
	case r.Points < 0 || r.Points > MaxPoints:
		return ErrPoints
	case r.Loss < 0 || r.Loss > MaxPoints:
		return ErrLoss
	case r.Pace != Fixed && r.Pace != Speed:
		return ErrPace
	case r.Pace == Speed && (r.DurationUs <= 0 || r.DurationUs > MaxDurationUs):
		return ErrDuration
	}
	return nil
}

// Void says whether an item has been taken out of the scoring, and by which policy.
type Void string

const (
	NotVoid       Void = ""
	VoidNobody    Void = "nobody"    // nobody scores, nobody loses
	VoidEverybody Void = "everybody" // everybody gets the full points, also who did not answer
)

// Verdict is what an answer turned out to be.
type Verdict string

const (
	Right    Verdict = "right"
	Partly   Verdict = "partly"
	Wrong    Verdict = "wrong"
	Missing  Verdict = "missing"
	VoidItem Verdict = "void"
)

// Outcome is what an entry gets for an item, and why.
type Outcome struct {
	Verdict Verdict `json:"verdict"`
	// Points is negative when the rule takes something off for a wrong answer.
	Points int64 `json:"points"`
}

// Score says what a response earns. takenUs is the time from the opening to the arrival, as measured by the server;
// it matters only at a speed pace, and counts as the whole duration when it is longer (an answer within the grace).
// response is nil when nothing came.
func Score(key Key, rule Rule, void Void, response *Response, takenUs int64) Outcome {
	switch void {
	case VoidNobody:
		return Outcome{Verdict: VoidItem}
	case VoidEverybody:
		return Outcome{Verdict: VoidItem, Points: rule.Points}
	case NotVoid:
	}
	if response == nil || response.Empty() {
		return Outcome{Verdict: Missing}
	}
	// A response to another type of item than the key's cannot be right.
	num, den := int64(0), int64(1)
	if response.Type == key.Type {
		num, den = key.credit(*response)
	}
	if num <= 0 {
		return Outcome{Verdict: Wrong, Points: -rule.Loss}
	}
	o := Outcome{Verdict: Right}
	if num < den {
		o.Verdict = Partly
	}
	// One fraction, rounded once: points × credit × (2T − t) / 2T.
	paceNum, paceDen := int64(1), int64(1)
	if rule.Pace == Speed && takenUs >= InstantUs {
		paceDen = 2 * rule.DurationUs
		paceNum = paceDen - min(takenUs, rule.DurationUs)
	}
	o.Points = mulDivHalfUp(rule.Points*num, paceNum, den*paceDen)
	return o
}
