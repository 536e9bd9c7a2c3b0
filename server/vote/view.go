package vote

import (
	"context"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
)

// CandidateView is an entry that one can vote for.
type CandidateView struct {
	EntryID  int64  `json:"entry_id"`
	Number   string `json:"number" doc:"Candidate number"`
	Name     string `json:"name"`
	UnitName string `json:"unit_name" doc:"May be empty"`
}

// WithdrawnView is a candidate that has withdrawn since the vote was opened, with the votes that it keeps.
type WithdrawnView struct {
	CandidateView
	Votes int64 `json:"votes"`
}

// AudienceView is what everybody may see of a vote. It has counts only while they are public.
type AudienceView struct {
	RoundID    int64           `json:"round_id"`
	Contest    string          `json:"contest"`
	Slug       string          `json:"slug"`
	Round      string          `json:"round"`
	State      State           `json:"state" enum:"planned,open,closed"`
	Tickets    bool            `json:"tickets" doc:"One can vote with a printed ticket"`
	Mail       bool            `json:"mail" doc:"One can vote with a mail address"`
	OpensUs    int64           `json:"opens_us" doc:"0: opened by hand"`
	ClosesUs   int64           `json:"closes_us" doc:"0: closed by hand"`
	NowUs      int64           `json:"now_us"`
	Address    string          `json:"address" doc:"Where one votes"`
	Candidates []CandidateView `json:"candidates"`
	Counts     []Count         `json:"counts,omitempty" doc:"Absent while the count is hidden"`
}

// OrganizerView is a vote as the organizer sets it up and follows it.
type OrganizerView struct {
	ContestID   int64           `json:"contest_id"`
	RoundID     int64           `json:"round_id"`
	Round       string          `json:"round"`
	State       State           `json:"state" enum:"planned,open,closed"`
	Settings    Settings        `json:"settings"`
	OpenedUs    int64           `json:"opened_us"`
	ClosedUs    int64           `json:"closed_us"`
	PublishedUs int64           `json:"published_us"`
	NowUs       int64           `json:"now_us"`
	MailOn      bool            `json:"mail_on" doc:"This server sends mail"`
	Address     string          `json:"address" doc:"Where one votes"`
	Candidates  []CandidateView `json:"candidates" doc:"Those who take part now, from the opening on of those who did then"`
	Counts      []Count         `json:"counts"`
	Withdrawn   []WithdrawnView `json:"withdrawn" doc:"Candidates that have withdrawn since the opening: their votes are kept, and count for nothing"`
	Batches     []BatchView     `json:"batches"`
}

// BatchView is a batch of printed tickets.
type BatchView struct {
	Batch int   `json:"batch"`
	Made  int64 `json:"made"`
	Used  int64 `json:"used"`
	Void  int64 `json:"void"`
}

// Audience is what everybody may see of a round.
func (s *Service) Audience(ctx context.Context, roundID int64) (AudienceView, error) {
	round, err := s.public(ctx, roundID)
	if err != nil {
		return AudienceView{}, err
	}
	c, err := s.Contests.Get(ctx, round.ContestID)
	if err != nil {
		return AudienceView{}, err
	}
	v, err := s.get(ctx, round)
	if err != nil {
		return AudienceView{}, err
	}
	now := s.NowUs()
	view := AudienceView{RoundID: roundID, Contest: c.Name, Slug: c.Slug, Round: round.Name, State: v.State(now), Tickets: v.Settings.Tickets,
		Mail: v.Settings.Mail && s.Mail.On(), OpensUs: v.Settings.OpensUs, ClosesUs: v.Settings.ClosesUs, NowUs: now, Address: s.page(c, roundID)}
	if view.Candidates, err = s.candidates(ctx, v, true); err != nil {
		return AudienceView{}, err
	}
	if v.OpenedUs == 0 {
		// Who would be chosen among tells who came through the round before, which a frozen board keeps back.
		frozen, err := s.frozen(ctx, c.ID)
		if frozen || err != nil {
			view.Candidates = []CandidateView{}
		}
		return view, err
	}
	if !v.Shown() {
		return view, nil
	}
	t, err := s.Tally(ctx, roundID)
	if err != nil {
		return AudienceView{}, err
	}
	// Counted first, then asked: a board that was frozen in between keeps the newer count back.
	if frozen, err := s.frozen(ctx, c.ID); err != nil || frozen {
		return view, err
	}
	view.Counts = t.Counts
	return view, nil
}

// Organizer is a round as its organizer sees it.
func (s *Service) Organizer(ctx context.Context, contestID, roundID int64) (OrganizerView, error) {
	round, err := s.round(ctx, contestID, roundID)
	if err != nil {
		return OrganizerView{}, err
	}
	c, err := s.Contests.Get(ctx, round.ContestID)
	if err != nil {
		return OrganizerView{}, err
	}
	v, err := s.get(ctx, round)
	if err != nil {
		return OrganizerView{}, err
	}
	now := s.NowUs()
	view := OrganizerView{ContestID: c.ID, RoundID: roundID, Round: round.Name, State: v.State(now), Settings: v.Settings, OpenedUs: v.OpenedUs,
		ClosedUs: v.ClosedUs, PublishedUs: v.PublishedUs, NowUs: now, MailOn: s.Mail.On(), Address: s.page(c, roundID), Batches: []BatchView{}}
	if view.Candidates, err = s.candidates(ctx, v, false); err != nil {
		return view, err
	}
	t, err := s.Tally(ctx, roundID)
	if err != nil {
		return view, err
	}
	view.Counts = t.Counts
	if view.Withdrawn, err = s.withdrawn(ctx, v, t); err != nil {
		return view, err
	}
	batches, err := s.q.TicketBatches(ctx, roundID)
	for _, b := range batches {
		view.Batches = append(view.Batches, BatchView{Batch: int(b.Batch), Made: b.Made, Used: b.Used, Void: b.Void})
	}
	return view, postgres.Fault(err)
}

// candidates are those of the opening, before it those who take part now; the public reads masks instead of names that
// are not to be published.
func (s *Service) candidates(ctx context.Context, v Vote, public bool) ([]CandidateView, error) {
	entries, err := s.takingPart(ctx, v)
	if err != nil {
		return nil, err
	}
	fixed := map[int64]bool{}
	if v.OpenedUs > 0 {
		ids, err := s.q.Candidates(ctx, v.RoundID)
		if err != nil {
			return nil, postgres.Fault(err)
		}
		for _, c := range ids {
			fixed[c.EntryID] = true
		}
	}
	masks := map[int64]roster.Mask{}
	if public {
		if masks, err = s.Roster.Masks(ctx, v.ContestID); err != nil {
			return nil, err
		}
	}
	views := make([]CandidateView, 0, len(entries))
	for _, e := range entries {
		if v.OpenedUs > 0 && !fixed[e.ID] {
			continue
		}
		name := e.Name
		if m, ok := masks[e.ID]; ok {
			name = m.Name
		}
		views = append(views, CandidateView{EntryID: e.ID, Number: e.Number, Name: name, UnitName: e.UnitName})
	}
	return views, nil
}

// withdrawn names those whose votes count for nothing, for the organizer. The public sees nothing of them any more.
func (s *Service) withdrawn(ctx context.Context, v Vote, t Tally) ([]WithdrawnView, error) {
	views := make([]WithdrawnView, len(t.Withdrawn))
	for i, c := range t.Withdrawn {
		e, err := s.Roster.Entry(ctx, v.ContestID, c.EntryID)
		if err != nil {
			return nil, err
		}
		views[i] = WithdrawnView{Votes: c.Votes, CandidateView: CandidateView{EntryID: e.ID, Number: e.Number, Name: e.Name, UnitName: e.UnitName}}
	}
	return views, nil
}
