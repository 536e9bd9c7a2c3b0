package judging

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// Conduct is how a part of the evening is run: who starts the clock, how it is shown, what a judge may open, and when
// the head judge is told that sheets lie far apart. No score follows from it, so it may change while the round runs.
type Conduct struct {
	// Choosing says which performances a judge may mark.
	Choosing Choosing `json:"choosing" enum:"stage,free" doc:"stage: what has come on stage; free: any entry of the running order, on stage or not"`
	// ClockStart says what sets the stage clock going.
	ClockStart ClockStart `json:"clock_start" enum:"stage,timekeeper" doc:"stage: with the entry's coming on stage; timekeeper: by the timekeeper's button"`
	CountDown  bool       `json:"count_down" doc:"Projector and tablet show the time left instead of the time used"`
	// Warnings are seconds left at which clocks change colour.
	Warnings []int64 `json:"warnings" maxItems:"4" doc:"Seconds left at which the clock changes its colour, the most first"`
	Sound    bool    `json:"sound" doc:"The timekeeper's device gives a tone at the warnings and when the time is up"`
	// Tolerances say how far a sheet may lie from the panel's median; none: nobody is told.
	Tolerances []Tolerance `json:"tolerances" maxItems:"6" doc:"How far a locked sheet may lie from the panel's median, by bands of that median; none: no alarm"`
}

// Choosing is what a judge may mark.
type Choosing string

// ClockStart is what sets the stage clock going.
type ClockStart string

const (
	ByStage Choosing = "stage"
	Freely  Choosing = "free"

	WithStage    ClockStart = "stage"
	ByTimekeeper ClockStart = "timekeeper"
)

// Tolerance is how far a sheet may lie from the panel's median while that median lies in a band of the scale.
type Tolerance struct {
	From   int64 `json:"from" minimum:"0" maximum:"10000" doc:"The band begins at this part of the highest total, hundredths of a percent"`
	Within int64 `json:"within" minimum:"1" maximum:"10000" doc:"How far a sheet may lie from the median, hundredths of a percent of the highest total"`
}

// DefaultConduct is what a round begins with: the stage leads, the clock starts with it, warnings at a minute and at half a minute, and the head
// judge is told of sheets more than 15 % of the scale away from the median.
func DefaultConduct() Conduct {
	return Conduct{Choosing: ByStage, ClockStart: WithStage, Warnings: []int64{60, 30}, Sound: true,
		Tolerances: []Tolerance{{From: 0, Within: 1500}}}
}

// Check checks the settings.
func (c Conduct) Check() error {
	f := errConduct
	if c.Choosing != ByStage && c.Choosing != Freely {
		f = f.At("choosing", "Hãy chọn cách mở phiếu chấm.", "Choose how sheets are opened.")
	}
	if c.ClockStart != WithStage && c.ClockStart != ByTimekeeper {
		f = f.At("clock_start", "Hãy chọn ai bấm đồng hồ.", "Choose who starts the clock.")
	}
	for i, w := range c.Warnings {
		if w < 1 || w > 3600 || i > 0 && w >= c.Warnings[i-1] {
			f = f.At(at("warnings", i), "Mốc báo sắp hết giờ từ 1 giây đến 60 phút, mốc sau nhỏ hơn mốc trước.",
				"Warnings lie between 1 second and 60 minutes, each one below the one before.")
		}
	}
	if len(c.Warnings) > 4 {
		f = f.At("warnings", "Tối đa 4 mốc báo.", "At most 4 warnings.")
	}
	if len(c.Tolerances) > 6 {
		f = f.At("tolerances", "Tối đa 6 khoảng.", "At most 6 bands.")
	}
	for i, t := range c.Tolerances {
		if t.From < 0 || t.From > 10_000 || i == 0 && t.From != 0 || i > 0 && t.From <= c.Tolerances[i-1].From {
			f = f.At(at("tolerances", i)+".from", "Khoảng đầu bắt đầu từ 0 %, các khoảng sau tăng dần.", "The first band begins at 0 %, and the others rise.")
		}
		if t.Within < 1 || t.Within > 10_000 {
			f = f.At(at("tolerances", i)+".within", "Độ lệch cho phép từ 0,01 % đến 100 %.", "A tolerance lies between 0.01 % and 100 %.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// within is the tolerance for a median of the panel, in hundredths of a point; ok is false when there is none.
func (c Conduct) within(median, most int64) (points int64, ok bool) {
	for _, t := range c.Tolerances {
		if median*10_000 >= t.From*most {
			points, ok = t.Within*most/10_000, true
		}
	}
	return points, ok
}

// SetConduct says how the round is run. It may change until the secretary has checked the part.
func (s *Service) SetConduct(ctx context.Context, contestID, roundID int64, c Conduct) error {
	if c.Warnings == nil {
		c.Warnings = []int64{}
	}
	if c.Tolerances == nil {
		c.Tolerances = []Tolerance{}
	}
	if err := c.Check(); err != nil {
		return err
	}
	b, err := audit.Canonical(c)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if err := q.SetConduct(ctx, judgingdb.SetConductParams{RoundID: roundID, Conduct: b}); err != nil {
			return err
		}
		return record(ctx, tx, j, "conduct", map[string]any{"round": roundID, "conduct": c})
	})
}
