package exam

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/postgres"
)

// settingsOf are those that a template, or the form of a new round, asks for.
func settingsOf(spec contest.ExamSpec) Settings {
	s := DefaultSettings()
	if spec.DurationS >= 0 {
		s.DurationS = spec.DurationS
	}
	s.Attempts, s.PassPercent, s.Guess, s.OpenEntry = spec.Attempts, spec.PassPercent, Guess(spec.Guess), spec.OpenEntry
	s.AccountEntry = spec.AccountEntry
	if spec.Counts != "" {
		s.Counts = Counting(spec.Counts)
	}
	if spec.ShowScore != "" {
		s.ShowScore = Moment(spec.ShowScore)
	}
	if len(spec.Ranking) > 0 {
		s.Ranking = s.Ranking[:0:0]
		for _, m := range spec.Ranking {
			s.Ranking = append(s.Ranking, Metric(m))
		}
	}
	return s
}

// firstPeriods are the weeks of a weekly round, or the one period of another; none while nobody has said when.
func firstPeriods(spec contest.ExamSpec, zone *time.Location) []Period {
	switch {
	case spec.OpensAt == nil:
		return nil
	case spec.Weekly != nil:
		w := *spec.Weekly
		var list []Period
		for i, window := range Weeks(zone, *spec.OpensAt, w.Opens, w.Closes, w.Weeks) {
			list = append(list, Period{Position: i + 1, Name: fmt.Sprintf("Tuần %d", i+1), Windows: []Window{window}})
		}
		return list
	case spec.ClosesAt == nil:
		return nil
	}
	return []Period{{Position: 1, Name: "Kỳ thi", Windows: []Window{{OpensUs: spec.OpensAt.UnixMicro(), ClosesUs: spec.ClosesAt.UnixMicro()}}}}
}

// FirstPaper makes the first blueprint of a new round and lets its papers be drawn from it, in the transaction that makes
// the round (contest.Service.OnRound).
func (s *Service) FirstPaper(ctx context.Context, tx pgx.Tx, round contest.Round, spec contest.RoundSpec) error {
	p := spec.Exam.Paper
	if round.Kind != contest.Exam || p.Items == 0 {
		return nil
	}
	b := paper.Blueprint{RoundID: round.ID, Name: "Đề " + round.Name, Spec: paper.Spec{Sections: []paper.Section{{Mix: paper.MixBoth,
		Rows: []paper.Row{{Type: bank.ItemType(p.Type), Points: p.Points, Counts: paper.Counts{Any: p.Items}}}}}}}
	blueprintID, err := s.papers.Plant(ctx, tx, round.ContestID, b)
	if err != nil {
		return err
	}
	q := s.q.WithTx(tx)
	row, err := q.SetupLock(ctx, round.ID)
	if err != nil {
		return err
	}
	settings, err := decodeSettings(row.Settings)
	if err != nil {
		return err
	}
	settings.Sources = []Source{{BlueprintID: blueprintID}}
	content, err := encodeSettings(settings)
	if err != nil {
		return err
	}
	if err := q.SetupSettings(ctx, examdb.SetupSettingsParams{RoundID: round.ID, Settings: content}); err != nil {
		return err
	}
	periods, err := q.SetupPeriods(ctx, round.ID)
	if err != nil {
		return err
	}
	most := b.Spec.Totals().Points
	return s.contests.SetRoundMaxScore(ctx, tx, round.ID, settings.maxScore(len(periods), func(int, int64) int64 { return most }))
}

// maxScore is the most that a round can give: points tells those of a period and division. A round without periods is
// counted as if it had one.
func (s Settings) maxScore(periods int, points func(period int, division int64) int64, divisions ...contest.Division) int64 {
	var total int64
	for i := range max(1, periods) {
		most := points(i, 0)
		for _, d := range divisions {
			most = max(most, points(i, d.ID))
		}
		if s.Overall == OverallSum {
			total += most
		} else {
			total = max(total, most)
		}
	}
	return total
}

// refreshMax writes down the most that a round can give, by its blueprints.
func (s *Service) refreshMax(ctx context.Context, contestID, roundID int64) error {
	x, err := s.Setup(ctx, contestID, roundID)
	if err != nil {
		return err
	}
	blueprints, err := s.papers.Blueprints(ctx, contestID)
	if err != nil {
		return err
	}
	of := map[int64]int64{}
	for _, b := range blueprints {
		of[b.ID] = b.Spec.Totals().Points
	}
	most := x.Settings.maxScore(len(x.Periods), func(i int, division int64) int64 {
		var period int64
		if i < len(x.Periods) {
			period = x.Periods[i].ID
		}
		return of[x.Settings.Blueprint(period, division)]
	}, x.Contest.Divisions...)
	if most == x.Round.MaxScore {
		return nil
	}
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		return s.contests.SetRoundMaxScore(ctx, tx, roundID, most)
	}))
}

// Guessed tells whether a round of a contest asks for a guess, open or not.
func (s *Service) Guessed(ctx context.Context, c contest.Contest) (bool, error) {
	for _, r := range c.Rounds {
		if r.Kind != contest.Exam {
			continue
		}
		row, err := s.q.Round(ctx, r.ID)
		if err != nil {
			return false, postgres.Fault(err)
		}
		settings, err := decodeSettings(row.Settings)
		if err != nil || settings.Guess != GuessNone {
			return err == nil, err
		}
	}
	return false, nil
}
