package exam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
)

// OwnResult is what an entry may see of its result now.
type OwnResult struct {
	RoundID  int64             `json:"round_id"`
	Contest  string            `json:"contest"`
	Slug     string            `json:"slug"`
	Round    string            `json:"round"`
	Final    bool              `json:"final" doc:"The contest's results are final"`
	TimeZone string            `json:"time_zone"`
	Number   string            `json:"number"`
	Name     string            `json:"name"`
	Unit     string            `json:"unit,omitempty"`
	Division string            `json:"division,omitempty"`
	Guess    Guess             `json:"guess" enum:",all_right,entrants,share"`
	Counts   Counting          `json:"counts" enum:"best,first,last"`
	Overall  *OwnStanding      `json:"overall,omitempty" doc:"Of several periods together, where the standings are public"`
	Periods  []OwnResultPeriod `json:"periods" doc:"Those in which the entry has an attempt that is over"`
	Appeals  []OwnAppeal       `json:"appeals" doc:"Newest first"`
	// Ranking: nobody who asks for the own result waits until a hundred thousand are ranked.
	Ranking bool `json:"ranking,omitzero" doc:"Standings are being worked out: a place that is missing, or an older one, comes within seconds; ask again"`
}

// OwnResultPeriod is a period of it.
type OwnResultPeriod struct {
	ID        int64        `json:"id"`
	Name      string       `json:"name"`
	Settled   bool         `json:"settled" doc:"Everything of it is counted"`
	Scores    bool         `json:"scores" doc:"Points are shown now"`
	Keys      bool         `json:"keys" doc:"Right answers, and the reason for each point, are shown now"`
	ShowScore Moment       `json:"show_score" enum:"at_submit,after_window,published,never"`
	ShowKeys  Moment       `json:"show_keys" enum:"after_window,published,never"`
	ShowBoard Moment       `json:"show_board" enum:"at_submit,after_window,published,never"`
	Attempts  []OwnAttempt `json:"attempts"`
	Standing  *OwnStanding `json:"standing,omitempty" doc:"Only where the standings are public"`
	// AppealsUntilUs is until when a review may be asked for; 0: not now.
	AppealsUntilUs int64 `json:"appeals_until_us,omitzero"`
}

// OwnStanding is an entry's own place.
type OwnStanding struct {
	Place  int   `json:"place"`
	Tied   bool  `json:"tied"`
	Of     int   `json:"of" doc:"Entries that are ranked with it"`
	Points int64 `json:"points"`
}

// Review is an attempt with the reason for each point. It is made only once the right answers may be seen.
type Review struct {
	AttemptID int64        `json:"attempt_id"`
	PeriodID  int64        `json:"period_id"`
	Number    int          `json:"number"`
	Items     []ReviewItem `json:"items"`
}

// ReviewItem is an item of a paper that is over.
type ReviewItem struct {
	Place    int16         `json:"place"`
	Part     string        `json:"part,omitempty"`
	Points   int64         `json:"points" doc:"The most that it gives"`
	Question bank.Question `json:"question"`
	Answer   *Saved        `json:"answer,omitempty" doc:"The entry's own; missing: none"`
	// Outcome is nil as long as the item can still be drawn in another period; of a voided one it comes without the key.
	Outcome *ReviewOutcome `json:"outcome,omitempty"`
}

// ReviewOutcome says what an answer earned, and why.
type ReviewOutcome struct {
	Verdict     scoring.Verdict `json:"verdict" enum:"right,partly,wrong,missing,void"`
	Points      int64           `json:"points"`
	Void        scoring.Void    `json:"void,omitempty" doc:"The item counts for nobody, or everybody has its points"`
	Corrected   bool            `json:"corrected,omitzero" doc:"Its right answer was corrected after the exam"`
	Key         bank.Key        `json:"key"`
	Explanation string          `json:"explanation,omitempty"`
}

var errKeysClosed = fault.New(fault.Forbidden, "exam_keys_closed",
	"Chưa đến lúc cho xem đáp án của kỳ này. Bài làm và điểm của bạn vẫn được giữ.",
	"The right answers of this period may not be shown yet. Your paper and points are kept.")

// Result is what an entry may see of its result now.
func (s *Service) Result(ctx context.Context, p account.Principal, roundID int64) (OwnResult, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return OwnResult{}, err
	}
	if err := r.recent(ctx); err != nil {
		return OwnResult{}, err
	}
	own, part, err := r.ownViews(ctx, entry.EntryID)
	if err != nil {
		return OwnResult{}, err
	}
	f := part.facts
	until := time.Now().Add(s.results.patience) // for all places together
	v := OwnResult{RoundID: roundID, Contest: f.contest.Name, Slug: f.contest.Slug, Round: f.roundName, TimeZone: f.contest.TimeZone,
		Final: f.contest.State == contest.Finalized || f.contest.State == contest.Archived, Number: own.Number, Name: own.Name, Unit: own.Unit,
		Division: own.Division, Guess: f.settings.Guess, Counts: f.settings.Counts, Periods: []OwnResultPeriod{}}
	for _, period := range own.Periods {
		of, _ := f.period(period.ID)
		x := OwnResultPeriod{ID: of.ID, Name: of.Name, Settled: of.SettledUs != 0, Scores: f.shows(f.settings.ShowScore, of), Keys: f.keysShown(of),
			ShowScore: f.settings.ShowScore, ShowKeys: f.settings.ShowKeys, ShowBoard: f.settings.ShowBoard, Attempts: []OwnAttempt{}}
		for _, a := range period.Attempts {
			if a.FinishedUs != 0 {
				x.Attempts = append(x.Attempts, a)
			}
		}
		if len(x.Attempts) == 0 {
			continue
		}
		if appeals := f.appealsUntil(of); s.nowUs() < appeals {
			x.AppealsUntilUs = appeals
		}
		if x.Standing, err = s.ownStanding(ctx, f, of.ID, entry.EntryID, until, &v.Ranking); err != nil {
			return OwnResult{}, err
		}
		v.Periods = append(v.Periods, x)
	}
	if len(f.periods) > 1 && len(v.Periods) > 0 {
		if v.Overall, err = s.ownStanding(ctx, f, 0, entry.EntryID, until, &v.Ranking); err != nil {
			return OwnResult{}, err
		}
	}
	if v.Final && s.results.frozen != nil { // a result that is final but not told yet has not become final for anybody
		frozen, err := s.results.frozen(ctx, f.contest.ID)
		if err != nil {
			return OwnResult{}, err
		}
		v.Final = !frozen
	}
	v.Appeals, err = s.ownAppeals(ctx, r, entry.EntryID)
	return v, err
}

// ownStanding is an entry's own place, where the public may see the standings; nil: it may not, or there is none, or it is
// being worked out, which late then says.
func (s *Service) ownStanding(ctx context.Context, f *facts, period, entry int64, until time.Time, late *bool) (*OwnStanding, error) {
	err := s.mayShow(ctx, f, period)
	if fault.IsKind(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x, older, err := s.near(ctx, f, max(time.Until(until), time.Millisecond))
	if err != nil {
		return nil, err
	}
	*late = *late || older
	if x == nil {
		return nil, nil
	}
	list, err := x.of(period)
	if err != nil {
		return nil, err
	}
	if !list.within(max(time.Until(until), time.Millisecond)) {
		*late = true
		return nil, nil
	}
	e, of := list.of(entry)
	if e == nil {
		*late = *late || time.Since(x.madeAt) > time.Second // what counts for it may have come since
		return nil, nil
	}
	return &OwnStanding{Place: e.Place, Tied: e.Tied, Of: of, Points: e.Points}, nil
}

// ownAttempt finds a finished attempt of the entry.
func (s *Service) ownAttempt(ctx context.Context, r *room, entryID, attemptID int64) (examdb.ResultAttemptRow, Period, error) {
	row, err := s.q.ResultAttempt(ctx, examdb.ResultAttemptParams{RoundID: r.id, ID: attemptID})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (row.EntryID != entryID || row.FinishedUs == nil) {
		return row, Period{}, errNoAttempt
	}
	if err != nil {
		return row, Period{}, postgres.Fault(err)
	}
	period, ok := r.known().period(row.PeriodID)
	if !ok {
		return row, period, errNoPeriod
	}
	return row, period, nil
}

// Review gives an attempt of the entry with the reason for each point.
func (s *Service) Review(ctx context.Context, p account.Principal, roundID, attemptID int64) (Review, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return Review{}, err
	}
	if err := r.refresh(ctx); err != nil { // what may be seen is asked of Postgres, not of memory
		return Review{}, err
	}
	row, period, err := s.ownAttempt(ctx, r, entry.EntryID, attemptID)
	if err != nil {
		return Review{}, err
	}
	f := r.known()
	if !f.keysShown(period) || row.ScoredUs == nil {
		return Review{}, errKeysClosed
	}
	answers, err := s.q.FinalResponses(ctx, []int64{attemptID})
	if err != nil {
		return Review{}, postgres.Fault(err)
	}
	return r.review(ctx, f, row, answers, false)
}

// review puts a paper together. Those who judge an appeal see every key; a contestant sees none of an item that somebody
// may yet be asked, and of such a one only that it was voided.
func (r *room) review(ctx context.Context, f *facts, row examdb.ResultAttemptRow, answers []examdb.ExamResponse, everyKey bool) (Review, error) {
	v := Review{AttemptID: row.ID, PeriodID: row.PeriodID, Number: int(row.Number), Items: []ReviewItem{}}
	pool, err := r.poolByID(ctx, row.PoolID)
	if err != nil {
		return v, err
	}
	kept, err := DecodePaper(row.Paper)
	if err != nil {
		return v, err
	}
	placed, err := pool.Placed(kept)
	if err != nil {
		return v, err
	}
	contents, keys, err := r.versionsOf(ctx, f, placed)
	if err != nil {
		return v, err
	}
	responses, saved := map[int16][]byte{}, map[int16]*Saved{}
	for _, a := range answers {
		responses[a.Place] = a.Payload
		x, err := savedOf(a)
		if err != nil {
			return v, err
		}
		saved[a.Place] = &x
	}
	scored, err := ScorePaper(placed, responses, keys, f.course.Corrections)
	if err != nil {
		return v, err
	}
	section := -1
	for _, x := range scored.Per {
		c, ok := contents[x.Offer.Version]
		if !ok {
			return v, fmt.Errorf("version %d is not in the bank", x.Offer.Version)
		}
		item := ReviewItem{Place: x.Place, Points: x.Points, Question: x.Drawn.Arranged(c).Question(), Answer: saved[x.Place]}
		if !x.Answered {
			item.Answer = nil
		}
		if x.Section != section {
			section, item.Part = x.Section, pool.Spec.Sections[x.Section].Title
		}
		item.Outcome = f.outcome(x, contents)
		if !everyKey && f.stillDrawn(x.Offer.Item) {
			item.Outcome = item.Outcome.keyless()
		}
		v.Items = append(v.Items, item)
	}
	return v, nil
}

// versionsOf reads the contents of what stands on a paper, and of the versions whose keys count instead.
func (r *room) versionsOf(ctx context.Context, f *facts, placed []Placed) (map[int64]bank.Content, map[int64]scoring.Key, error) {
	var ids []int64
	for _, p := range placed {
		ids = append(ids, p.Offer.Version)
		if c := f.course.Corrections[p.Offer.Version]; c.KeyVersion != 0 {
			ids = append(ids, c.KeyVersion)
		}
	}
	return r.versions(ctx, f, ids)
}

func (f *facts) outcome(x ItemScore, contents map[int64]bank.Content) *ReviewOutcome {
	c := f.course.Corrections[x.Offer.Version]
	from := contents[x.Offer.Version]
	if other, ok := contents[c.KeyVersion]; ok && c.KeyVersion != 0 {
		from = other
	}
	return &ReviewOutcome{Verdict: x.Outcome.Verdict, Points: x.Outcome.Points, Void: c.Policy, Corrected: c.KeyVersion != 0, Key: from.Key,
		Explanation: from.Explanation}
}

// keyless is what may be said of an outcome while the key is closed: that the item was voided, which tells nothing of it.
func (o *ReviewOutcome) keyless() *ReviewOutcome {
	if o.Void == "" {
		return nil
	}
	return &ReviewOutcome{Verdict: o.Verdict, Points: o.Points, Void: o.Void, Key: bank.Key{Options: []string{}, Texts: []string{}}}
}

// stillDrawn tells whether somebody may yet be asked an item: it is in the pool of a period whose answers are closed.
func (f *facts) stillDrawn(item int64) bool {
	for _, pool := range f.pools {
		period, ok := f.period(pool.PeriodID)
		if ok && !f.keysShown(period) && slices.ContainsFunc(pool.Offers, func(o PoolOffer) bool { return o.Item == item }) {
			return true
		}
	}
	return false
}
