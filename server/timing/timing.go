// Package timing turns windows, durations, extra time and pauses into deadlines and remaining time.
//
// Every moment is an absolute server time in whole microseconds (the suffix Us), every duration a number of
// microseconds. The package never reads a clock: whoever calls it says what time it is. It must never round a
// deadline in a contestant's disfavour, and never let a client's clock decide anything.
package timing

// Durations in microseconds.
const (
	Millisecond int64 = 1_000
	Second      int64 = 1_000_000
	Minute            = 60 * Second
	Hour              = 60 * Minute
)

const (
	// DefaultGraceUs is how long after a deadline an arrival still counts, when a round sets nothing else: it covers
	// the way of an answer that was sent in time. What a contestant sees is the deadline, never the grace.
	DefaultGraceUs = 1 * Second
	// DrainUs is how much longer the closer waits after deadline and grace, so that answers that arrived in time but
	// still stand in a batch are stored before the gate shuts.
	DrainUs = 500 * Millisecond
)

// Window is when something may be begun or done: from OpensUs, and before ClosesUs. A zero ClosesUs never closes.
type Window struct {
	OpensUs  int64 `json:"opens_us"`
	ClosesUs int64 `json:"closes_us"`
}

// Open tells whether the window is open at nowUs. The opening moment belongs to it, the closing moment does not.
func (w Window) Open(nowUs int64) bool {
	return nowUs >= w.OpensUs && (w.ClosesUs == 0 || nowUs < w.ClosesUs)
}

// Over tells whether the window has closed for good.
func (w Window) Over(nowUs int64) bool { return w.ClosesUs != 0 && nowUs >= w.ClosesUs }

// Deadline is the earlier of start + duration and the window's close, and then the extra time on top: an exception
// granted to one entry must help also the one who started late. A zero duration has no limit of its own, a zero
// close none of the window; with neither, the answer is 0: no deadline.
func Deadline(startUs, durationUs, closesUs, extraUs int64) int64 {
	var d int64
	switch {
	case durationUs > 0 && closesUs > 0:
		d = min(startUs+durationUs, closesUs)
	case durationUs > 0:
		d = startUs + durationUs
	case closesUs > 0:
		d = closesUs
	default:
		return 0
	}
	return d + max(extraUs, 0)
}

// Remaining is the time left until the deadline, never below zero.
func Remaining(deadlineUs, nowUs int64) int64 { return max(deadlineUs-nowUs, 0) }

// InTime tells whether something that arrived at receivedUs counts: up to and with deadline + grace.
func InTime(receivedUs, deadlineUs, graceUs int64) bool {
	return receivedUs <= deadlineUs+max(graceUs, 0)
}

// CloseAt is the first moment at which a gate may shut: everything that arrived in time has then been stored.
func CloseAt(deadlineUs, graceUs int64) int64 { return deadlineUs + max(graceUs, 0) + DrainUs }
