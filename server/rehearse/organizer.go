package rehearse

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/timing"
)

// examOrganizer is the robot that opens an online exam, by the same requests as an organizer's page.
type examOrganizer struct {
	run     *examRun
	graceUs int64 // from the window's end to the close
}

const (
	openIn   = time.Second // how far ahead the window is set
	shortest = time.Minute // no window may be shorter
)

// openExam sets the window to begin in a moment, freezes the papers, and lets the clock open it.
func openExam(ctx context.Context, r *examRun) (*examOrganizer, error) {
	o := &examOrganizer{run: r}
	var v exam.SetupView
	asked := time.Now()
	if err := o.ask(ctx, http.MethodGet, "", nil, &v); err != nil {
		return nil, err
	}
	if len(v.Periods) == 0 {
		return nil, fmt.Errorf("round %d has no period", r.plan.RoundID)
	}
	o.graceUs = timing.CloseAt(0, v.Settings.GraceUs())
	length := max(r.plan.StartWithin+r.plan.AnswerWithin+r.plan.SubmitWithin, shortest)
	// The server's clock decides; ours may differ, and only tells when to send what.
	serverIsAhead := time.UnixMicro(v.NowUs).Sub(asked)
	r.opens = time.Now().Add(openIn)
	r.closes = r.opens.Add(length)
	window := exam.Window{OpensUs: r.opens.Add(serverIsAhead).UnixMicro(), ClosesUs: r.closes.Add(serverIsAhead).UnixMicro()}
	if v.Settings.DurationS != 0 && time.Duration(v.Settings.DurationS)*time.Second < length || len(v.Settings.Divisions) > 0 {
		settings := v.Settings // everybody has the whole window, or there would be nothing to submit at its end
		settings.DurationS, settings.Divisions = 0, []exam.Division{}
		if err := o.ask(ctx, http.MethodPut, "/settings", map[string]any{"version": v.Version, "settings": settings}, &v); err != nil {
			return nil, err
		}
	}
	first := v.Periods[0]
	wish := []exam.PeriodWanted{{ID: first.ID, Name: first.Name, Windows: []exam.Window{window}}}
	if err := o.ask(ctx, http.MethodPut, "/periods", map[string]any{"version": v.Version, "periods": wish}, &v); err != nil {
		return nil, err
	}
	if err := o.ask(ctx, http.MethodPost, fmt.Sprintf("/periods/%d/prepare", first.ID), nil, &v); err != nil {
		return nil, err
	}
	if err := o.ask(ctx, http.MethodPost, "/ready", nil, &v); err != nil {
		return nil, err
	}
	r.periods = []int64{first.ID}
	return o, nil
}

func (o *examOrganizer) ask(ctx context.Context, method, path string, body, to any) error {
	p := o.run.plan
	return askAs(ctx, p.Organizer, method, fmt.Sprintf("%s/api/organizer/contests/%d/rounds/%d/exam%s", p.URL, p.ContestID, p.RoundID, path), body, to)
}
