package judging

import (
	"context"

	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/timing"
)

// Pressed is an act at a stage clock, as it was kept.
type Pressed struct {
	PerformanceID int64
	Act           ClockAct
	AtUs          int64
	UsedUs        int64 // what the clock showed; of a correction what counts since
	BeforeUs      int64 // of a correction what counted before
	Reason        string
	By            string
}

// Pause is a stop of a stage clock in mid-performance.
type Pause struct {
	AtUs   int64
	ForUs  int64 // 0: the performance ended in it
	UsedUs int64 // what the clock showed
	Reason string
	By     string // who stopped the clock
}

func (j *Judging) loadPressed(ctx context.Context, q *judgingdb.Queries) error {
	rows, err := q.ClockActs(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		j.Pressed = append(j.Pressed, Pressed{PerformanceID: r.PerformanceID, Act: ClockAct(r.Act), AtUs: r.AtUs, UsedUs: r.UsedUs,
			BeforeUs: value(r.BeforeUs), Reason: r.Reason, By: r.AccountName})
	}
	return nil
}

// pressed are the acts at the clock of a performance since it last went on stage: a start that was taken back is none.
func (j Judging) pressed(p Performance) []Pressed {
	var acts []Pressed
	for _, a := range j.Pressed {
		if a.PerformanceID == p.ID && a.AtUs >= p.StartedUs {
			acts = append(acts, a)
		}
	}
	return acts
}

// Pauses are the stops of the clock of a performance after which it went on, or in which it ended. A stop that was taken
// back is one too.
func (j Judging) Pauses(p Performance) []Pause {
	var pauses []Pause
	var open *Pause
	for _, a := range j.pressed(p) {
		switch a.Act {
		case ActPause, ActStop:
			if open == nil {
				open = &Pause{AtUs: a.AtUs, UsedUs: a.UsedUs, By: a.By}
			}
			if a.Reason != "" {
				open.Reason = a.Reason
			}
		case ActStart, ActResume:
			if open != nil {
				open.ForUs = a.AtUs - open.AtUs
				if a.Reason != "" {
					open.Reason = a.Reason
				}
				pauses, open = append(pauses, *open), nil
			}
		case actCorrect:
		}
	}
	if open != nil && open.Reason != "" {
		pauses = append(pauses, *open) // the end of a performance has no reason
	}
	return pauses
}

// clockExceptions tell what the annex says of times: each stop of a clock, and each correction, with its reason.
func (j Judging) clockExceptions() []Exception {
	list := []Exception{}
	for _, p := range j.Performances {
		if p.Calibration {
			continue
		}
		for _, x := range j.Pauses(p) {
			vi, en := p.EntryName+": đồng hồ dừng ở "+onClock(x.UsedUs/timing.Second), p.EntryName+": the clock stopped at "+onClock(x.UsedUs/timing.Second)
			if x.ForUs > 0 {
				vi, en = vi+", "+onClock(x.ForUs/timing.Second)+" sau chạy tiếp", en+" and went on "+onClock(x.ForUs/timing.Second)+" later"
			} else {
				vi, en = vi+" và không chạy tiếp", en+" and did not go on"
			}
			list = append(list, Exception{Code: "pause", AtUs: x.AtUs, Vi: vi + "." + told(x.By, x.Reason, "vi"), En: en + "." + told(x.By, x.Reason, "en")})
		}
		corrected := false
		for _, a := range j.pressed(p) {
			if a.Act != actCorrect {
				continue
			}
			corrected = true
			list = append(list, Exception{Code: "time", AtUs: a.AtUs,
				Vi: p.EntryName + ": thời gian sửa từ " + onClock(a.BeforeUs/timing.Second) + " thành " + onClock(a.UsedUs/timing.Second) + "." + told(a.By, a.Reason, "vi"),
				En: p.EntryName + ": the time was corrected from " + onClock(a.BeforeUs/timing.Second) + " to " + onClock(a.UsedUs/timing.Second) + "." + told(a.By, a.Reason, "en")})
		}
		if p.TimedByHand && !corrected {
			list = append(list, Exception{Code: "time", Vi: p.EntryName + ": thời gian do người bấm giờ sửa, còn tính " + onClock(value(p.Seconds)) + ".",
				En: p.EntryName + ": the timekeeper corrected the time; it counts as " + onClock(value(p.Seconds)) + "."})
		}
	}
	return list
}

// told says who did something and why, as far as it is known.
func told(by, reason, locale string) string {
	who, why := " Người ghi: ", " Lý do: "
	if locale == "en" {
		who, why = " Noted by ", " Reason: "
	}
	s := ""
	if by != "" {
		s += who + by + "."
	}
	if reason != "" {
		s += why + ended(reason)
	}
	return s
}
