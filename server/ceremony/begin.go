package ceremony

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
)

// Begin writes the script and shows its first step on the projector: of the final result, or of made-up names.
func (s *Service) Begin(ctx context.Context, contestID, expected int64, rehearsal bool) error {
	before, err := s.read(ctx, contestID)
	if err != nil {
		return err
	}
	m, err := s.material(ctx, contestID, before.set, rehearsal)
	if err != nil {
		return err
	}
	err = s.change(ctx, contestID, expected, "begin", func(tx pgx.Tx, _ contest.Contest, now *standing) error {
		if now.state == Running || now.state == Paused {
			return underWay
		}
		newest, err := s.Results.Newest(ctx, contestID)
		if err != nil {
			return err
		}
		if !rehearsal && (newest == nil || newest.Snapshot.Revision != m.Revision) {
			return movedOn // corrected in this moment
		}
		script := Write(now.set, m)
		now.state, now.black, now.position, now.revision, now.script = Running, false, 1, m.Revision, &script
		if rehearsal {
			return nil
		}
		return audit.Append(ctx, tx, contestID, "ceremony.begin", map[string]any{"revision": m.Revision, "steps": len(script.Steps)})
	})
	if err != nil {
		return err
	}
	return s.Boards.SetScreen(ctx, contestID, leaderboard.ScreenView{Mode: leaderboard.ScreenCeremony})
}

func (s *Service) material(ctx context.Context, contestID int64, set Settings, rehearsal bool) (Material, error) {
	c, err := s.Contests.Get(ctx, contestID)
	if err != nil {
		return Material{}, err
	}
	round, _ := c.Round(set.MarksRound)
	if rehearsal {
		plan, err := s.Results.Awards(ctx, contestID)
		if err != nil {
			return Material{}, err
		}
		entries, err := s.Roster.Entries(ctx, contestID)
		counts := map[int64]int{}
		for _, e := range entries {
			if e.State == roster.EntryActive && (e.Kind == roster.KindTeam || !tellsTeams(c)) {
				counts[e.DivisionID]++
			}
		}
		return Pretend(c, counts, plan.Awards, plan.SidePrizes, round.Name), err
	}
	newest, err := s.Results.Newest(ctx, contestID)
	if err != nil {
		return Material{}, err
	}
	if newest == nil {
		return Material{}, nothingToTell
	}
	snap := newest.Snapshot
	m := Material{Contest: snap.Name, Organizer: snap.OrganizerName, Teams: tellsTeams(c), Seal: result.Seal(newest.Hash), Revision: snap.Revision,
		Divisions: snap.Divisions, Standings: snap.Standings, Awards: snap.Awards, SidePrizes: snap.SidePrizes,
		Cuts: snap.Cuts()}
	m.Sheets, err = s.opened(ctx, contestID, set, snap.Standings)
	return m, err
}

// opened are the sheets that the settings let everybody see: none where the round shows totals only.
func (s *Service) opened(ctx context.Context, contestID int64, set Settings, standings []result.Standing) (map[int64]Sheets, error) {
	if set.MarksRound == 0 || !set.MarksAgreed || s.Marks == nil {
		return nil, nil
	}
	sheets, err := s.Marks(ctx, contestID, set.MarksRound)
	return agreeing(sheets, standings, set.MarksRound), err
}

// agreeing keeps the sheets whose score is the one that became final.
func agreeing(sheets map[int64]Sheets, standings []result.Standing, round int64) map[int64]Sheets {
	kept := map[int64]Sheets{}
	for _, st := range standings {
		for _, score := range st.Scores {
			if x, ok := sheets[st.EntryID]; ok && score.RoundID == round && x.Score != nil && *x.Score == score.Points {
				kept[st.EntryID] = x
			}
		}
	}
	return kept
}
