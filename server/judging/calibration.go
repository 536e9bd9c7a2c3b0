package judging

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// Calibration performances ("tiết mục thử") are marked by the whole panel before the evening and talked over, so that
// everybody holds the same scale. They belong to no entry: no score, no input of a score, no screen of the hall and no
// gap before the close ever knows of them.

// AddCalibration puts a performance for practice in front of the running order.
func (s *Service) AddCalibration(ctx context.Context, contestID, roundID int64, title string) error {
	title = tidy(title)
	if !fits(title, 1, maxTitle) {
		return errCalibrationTitle
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if len(j.calibrations()) >= maxCalibrations {
			return errCalibrations
		}
		if err := q.AddCalibration(ctx, judgingdb.AddCalibrationParams{RoundID: roundID, Title: title}); err != nil {
			return err
		}
		return record(ctx, tx, j, "add_calibration", map[string]any{"round": roundID, "title": title})
	})
}

// RemoveCalibration takes one out, with its marks: they never counted.
func (s *Service) RemoveCalibration(ctx context.Context, contestID, roundID, performanceID int64) error {
	return s.onPerformance(ctx, contestID, roundID, performanceID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error {
		if !p.Calibration {
			return errNotCalibration
		}
		if p.State == OnStage {
			return errCalibrationOnStage
		}
		if err := q.RemoveCalibration(ctx, p.ID); err != nil {
			return err
		}
		return record(ctx, tx, j, "remove_calibration", map[string]any{"round": roundID, "title": p.EntryName})
	})
}

const maxCalibrations = 5

func (j Judging) calibrations() []Performance {
	var list []Performance
	for _, p := range j.Performances {
		if p.Calibration {
			list = append(list, p)
		}
	}
	return list
}

// counting are the performances of the running order: all but those for practice.
func (j Judging) counting() []Performance {
	list := make([]Performance, 0, len(j.Performances))
	for _, p := range j.Performances {
		if !p.Calibration {
			list = append(list, p)
		}
	}
	return list
}

// practised tells whether a performance was for practice.
func (j Judging) practised(performanceID int64) bool {
	p, _ := j.Performance(performanceID)
	return p.Calibration
}

// calibrated tells whether marks for practice refer to the rubric.
func (j Judging) calibrated() bool {
	for _, p := range j.calibrations() {
		for _, s := range j.Sheets {
			if s.PerformanceID == p.ID && len(s.Marks) > 0 {
				return true
			}
		}
	}
	return false
}
