package ranking

// Freeze is when a public board stands still: from FrozenUs until ThawedUs. Zero means "not": a board without
// FrozenUs was never frozen, one without ThawedUs has not been thawed.
type Freeze struct {
	FrozenUs int64 `json:"frozen_us"`
	ThawedUs int64 `json:"thawed_us"`
}

// Holds tells whether the public board stands still at nowUs.
func (f Freeze) Holds(nowUs int64) bool {
	return f.FrozenUs != 0 && nowUs >= f.FrozenUs && (f.ThawedUs == 0 || nowUs < f.ThawedUs)
}

// AsOf is the latest moment whose standings the public may see at nowUs: now, or the moment of the freeze.
func (f Freeze) AsOf(nowUs int64) int64 {
	if f.Holds(nowUs) {
		return f.FrozenUs
	}
	return nowUs
}
