package scoring

import "errors"

// OvertimeMethod says how the time over the limit becomes a deduction.
type OvertimeMethod string

const (
	OvertimeNone OvertimeMethod = "none"
	// OvertimeSteps: the highest step that was reached.
	OvertimeSteps OvertimeMethod = "steps"
	// OvertimePerMinute: so much for each full minute.
	OvertimePerMinute OvertimeMethod = "per_minute"
)

// MaxOvertimeSteps bounds the step table.
const MaxOvertimeSteps = 10

// OvertimeStep takes Deduction off from FromSeconds over the limit on.
type OvertimeStep struct {
	FromSeconds int64 `json:"from_seconds"`
	Deduction   int64 `json:"deduction"`
}

// Overtime is the rule for whoever takes longer than the limit. "Over by less than 1 minute −0,25, by 1 minute or
// more −0,5" is the limit with the steps {1 s, 25}, {60 s, 50}; a first step at 10 s forgives 10 seconds.
type Overtime struct {
	Method OvertimeMethod `json:"method" enum:"none,steps,per_minute"`
	// LimitSeconds is the time a performance may take.
	LimitSeconds int64          `json:"limit_seconds"`
	Steps        []OvertimeStep `json:"steps,omitempty"`
	// PerMinute is the deduction for each full minute over the limit.
	PerMinute int64 `json:"per_minute,omitempty"`
}

// What can be wrong with the rule for overtime.
var (
	ErrOvertimeMethod = errors.New("unknown method for overtime")
	ErrOvertimeLimit  = errors.New("the time limit must be above 0 and at most one day")
	ErrOvertimeSteps  = errors.New("the table needs 1 to 10 steps, with rising seconds from 1 on and rising deductions")
	ErrOvertimeMinute = errors.New("the deduction per minute must be above 0 and at most 1 000 points")
)

const maxSeconds = 86_400

// Check tells what is wrong with the rule.
func (o Overtime) Check() error {
	if o.LimitSeconds < 0 || o.LimitSeconds > maxSeconds || o.Method != OvertimeNone && o.LimitSeconds == 0 {
		return ErrOvertimeLimit
	}
	switch o.Method {
	case OvertimeNone:
	case OvertimeSteps:
		if len(o.Steps) == 0 || len(o.Steps) > MaxOvertimeSteps {
			return ErrOvertimeSteps
		}
		var before OvertimeStep
		for _, s := range o.Steps {
			if s.FromSeconds <= before.FromSeconds || s.Deduction <= before.Deduction || s.FromSeconds > maxSeconds || s.Deduction > MaxMark {
				return ErrOvertimeSteps
			}
			before = s
		}
	case OvertimePerMinute:
		if o.PerMinute <= 0 || o.PerMinute > MaxMark {
			return ErrOvertimeMinute
		}
	default:
		return ErrOvertimeMethod
	}
	return nil
}

// OvertimeWorking is the arithmetic of one deduction.
type OvertimeWorking struct {
	LimitSeconds int64 `json:"limit_seconds"`
	UsedSeconds  int64 `json:"used_seconds"`
	OverSeconds  int64 `json:"over_seconds"`
	// FromSeconds is the step of the table that was reached; 0 when none was, or without a table.
	FromSeconds int64 `json:"from_seconds"`
	// FullMinutes counts what is charged by the minute; 0 with a table.
	FullMinutes int64 `json:"full_minutes"`
	Deduction   int64 `json:"deduction"`
}

// Deduct says what the used time costs.
func (o Overtime) Deduct(usedSeconds int64) OvertimeWorking {
	w := OvertimeWorking{LimitSeconds: o.LimitSeconds, UsedSeconds: usedSeconds}
	if o.LimitSeconds > 0 {
		w.OverSeconds = max(usedSeconds-o.LimitSeconds, 0)
	}
	switch o.Method {
	case OvertimeSteps:
		for _, s := range o.Steps {
			if w.OverSeconds >= s.FromSeconds {
				w.FromSeconds, w.Deduction = s.FromSeconds, s.Deduction
			}
		}
	case OvertimePerMinute:
		w.FullMinutes = w.OverSeconds / 60
		w.Deduction = w.FullMinutes * o.PerMinute
	case OvertimeNone:
	}
	return w
}
