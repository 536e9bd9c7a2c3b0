package timing

// Clock is a running time limit that can be paused, resumed and extended. It is a value: each operation returns the
// next state, so that it can live in an event-sourced round. The zero value has not been started.
type Clock struct {
	// OpenedUs is when the time began to run.
	OpenedUs int64 `json:"opened_us"`
	// DeadlineUs is when it ends. While the clock is paused it is the deadline as it stood at the pause.
	DeadlineUs int64 `json:"deadline_us"`
	// PausedAtUs is when the present pause began; 0 when the clock runs.
	PausedAtUs int64 `json:"paused_at_us"`
	// PausedUs is the sum of the pauses that are over; it is no part of the time used.
	PausedUs int64 `json:"paused_us"`
}

// Start opens a clock at nowUs for durationUs.
func Start(nowUs, durationUs int64) Clock {
	return Clock{OpenedUs: nowUs, DeadlineUs: nowUs + max(durationUs, 0)}
}

// Paused tells whether the clock stands still.
func (c Clock) Paused() bool { return c.PausedAtUs != 0 }

// Pause stops the clock. A clock that is paused already, or whose time is over, stays as it is.
func (c Clock) Pause(nowUs int64) Clock {
	if c.Paused() || nowUs >= c.DeadlineUs {
		return c
	}
	// A pause cannot begin before the opening: that would take time away.
	c.PausedAtUs = max(nowUs, c.OpenedUs)
	return c
}

// Resume lets the clock run on with exactly the time that was left when it was paused.
func (c Clock) Resume(nowUs int64) Clock {
	if !c.Paused() {
		return c
	}
	pause := max(nowUs-c.PausedAtUs, 0)
	c.DeadlineUs += pause
	c.PausedUs += pause
	c.PausedAtUs = 0
	return c
}

// Extend moves the deadline by byUs (never back). A running clock whose time is over gets byUs from now on, so that
// "20 more seconds" means 20 seconds for those who see it, and not what a late click has left of them.
func (c Clock) Extend(nowUs, byUs int64) Clock {
	if byUs <= 0 {
		return c
	}
	if c.Paused() {
		c.DeadlineUs += byUs
		return c
	}
	c.DeadlineUs = max(c.DeadlineUs, nowUs) + byUs
	return c
}

// EndNow moves the deadline to now; a deadline that has passed stays where it was. A paused clock runs again and ends
// at once, and the pause is still no part of the time used.
func (c Clock) EndNow(nowUs int64) Clock {
	c = c.Resume(nowUs)
	c.DeadlineUs = min(c.DeadlineUs, max(nowUs, c.OpenedUs))
	return c
}

// Remaining is the time left, the same during the whole of a pause.
func (c Clock) Remaining(nowUs int64) int64 {
	if c.Paused() {
		return Remaining(c.DeadlineUs, c.PausedAtUs)
	}
	return Remaining(c.DeadlineUs, nowUs)
}

// Over tells whether the time is up. A paused clock is never over.
func (c Clock) Over(nowUs int64) bool { return !c.Paused() && nowUs >= c.DeadlineUs }

// Elapsed is the time used between the opening and atUs, without the pauses.
func (c Clock) Elapsed(atUs int64) int64 {
	if c.Paused() {
		atUs = min(atUs, c.PausedAtUs)
	}
	return max(atUs-c.OpenedUs-c.PausedUs, 0)
}
