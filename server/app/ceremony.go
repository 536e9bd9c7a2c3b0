package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/hoithi/hoithi/server/ceremony"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
)

// ceremonies opens the room of ceremonies and binds it to the results.
func (a *App) ceremonies() {
	a.Ceremonies = ceremony.New(ceremony.Parts{DB: a.DB, Contests: a.Contests, Results: a.Results, Roster: a.Roster, Boards: a.Boards,
		Marks: a.openedSheets, Files: a.Files, Hub: a.Hub, Relay: a.Relay, Log: a.Config.Log})
	a.Ceremonies.Topics()
	ceremony.Routes(a.API, a.Ceremonies)
	a.Results.UseTelling(a.Ceremonies.MayTell)
	a.Privacy.UseForget(a.Ceremonies.Forget)
}

// startCeremonies begins to show on this node what happens on others.
func (a *App) startCeremonies() (stop func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Ceremonies.Run(ctx)
	}()
	return func(context.Context) error { cancel(); <-done; return nil }
}

// openedSheets are the sheets of a judged round as a ceremony opens them: each judge's total, without the judge's name.
func (a *App) openedSheets(ctx context.Context, contestID, roundID int64) (map[int64]ceremony.Sheets, error) {
	j, err := a.Judging.Get(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	opened := map[int64]ceremony.Sheets{}
	if j.Publicity.Marks == judging.TotalsOnly {
		return opened, nil // what the public sees of the marks was fixed before the night
	}
	for _, s := range j.Scores() {
		if !s.Complete {
			continue
		}
		score := s.Score
		x := ceremony.Sheets{EntryID: s.EntryID, Round: j.RoundName, Score: &score}
		for _, sheet := range s.Working.Sheets {
			x.Sheets = append(x.Sheets, ceremony.Sheet{Seat: sheet.Seat, Total: sheet.Total, Dropped: sheet.Dropped != scoring.Kept})
		}
		slices.SortFunc(x.Sheets, func(p, q ceremony.Sheet) int { return cmp.Compare(p.Seat, q.Seat) })
		opened[s.EntryID] = x
	}
	return opened, nil
}
