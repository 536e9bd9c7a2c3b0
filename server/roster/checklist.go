package roster

import (
	"context"
	"fmt"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/postgres"
)

// leastEntries is with how many entries there is something to compete about.
const leastEntries = 2

// Missing gives the roster's lines of a contest's checklist.
func (s *Service) Missing(ctx context.Context, c contest.Contest) ([]contest.Missing, error) {
	counts, err := s.q.CountEntries(ctx, c.ID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	active := 0
	for _, row := range counts {
		if EntryState(row.State) == EntryActive {
			active = int(row.Entries)
		}
	}
	who, whoEn := "đội", "teams"
	if c.EntryKind == contest.PersonEntry {
		who, whoEn = "thí sinh", "contestants"
	}
	lines := []contest.Missing{{Code: "entries", Done: active >= leastEntries, Blocks: contest.Running,
		Vi: fmt.Sprintf("Có ít nhất %d %s dự thi", leastEntries, who), En: fmt.Sprintf("At least %d %s take part", leastEntries, whoEn)}}
	if active > 0 {
		lines[0].Vi, lines[0].En = fmt.Sprintf("%d %s dự thi", active, who), fmt.Sprintf("%d %s take part", active, whoEn)
		if active < leastEntries {
			lines[0].Vi += fmt.Sprintf(", cần ít nhất %d", leastEntries)
			lines[0].En += fmt.Sprintf(", at least %d are needed", leastEntries)
		}
	}
	promised, err := s.contests.PromisedWays(ctx, c)
	if err != nil {
		return nil, err
	}
	if promised.Any() && active < leastEntries { // nobody needs to be there before the exam opens
		lines[0] = contest.Missing{Code: "entries", Done: true, Vi: "Thí sinh tự vào thi bằng biểu mẫu", En: "Contestants enter by the form themselves"}
		if !promised.Form {
			lines[0].Vi, lines[0].En = "Thí sinh tự vào thi bằng tài khoản", "Contestants enter by their accounts themselves"
		}
	}
	pending, err := s.q.CountPending(ctx, c.ID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	if pending > 0 {
		lines = append(lines, contest.Missing{Code: "pending_registrations",
			Vi: fmt.Sprintf("%d đăng ký đang chờ duyệt", pending), En: fmt.Sprintf("%d registrations are waiting to be approved", pending)})
	}
	return lines, nil
}

// Entered tells whether anybody has entered the contest or asked to: from then on persons stay persons, teams teams.
func (s *Service) Entered(ctx context.Context, c contest.Contest) (bool, error) {
	counts, err := s.q.CountEntries(ctx, c.ID)
	if err != nil {
		return false, postgres.Fault(err)
	}
	pending, err := s.q.CountPending(ctx, c.ID)
	if err != nil {
		return false, postgres.Fault(err)
	}
	return len(counts) > 0 || pending > 0, nil
}
