package exam

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
)

// Bounds of the statistics: of more attempts a share is taken, evenly by their ids.
const (
	mostSat      = 100_000
	mostSheets   = 30_000
	mostChoices  = 8
	distribution = 20
)

// ItemReport is an item with how it did.
type ItemReport struct {
	ItemStatistics
	Item       int64           `json:"item"`
	Stem       string          `json:"stem"`
	Type       bank.ItemType   `json:"type" enum:"single,multiple,true_false,true_false_group,short_text,numeric,fill_in,ordering,matching"`
	Topic      string          `json:"topic"`
	Level      bank.Difficulty `json:"level" enum:"recognition,understanding,application,high_application" doc:"That its author gave it"`
	Options    []ItemOption    `json:"options" doc:"In the author's order; of typed answers the most frequent ones"`
	Void       scoring.Void    `json:"void,omitempty"`
	Corrected  bool            `json:"corrected,omitzero"`
	NeedsALook string          `json:"needs_a_look,omitempty" enum:",key,hard,easy,weak" doc:"key: the best do worse than the weakest; hard, easy, weak: it tells little"`
}

// ItemOption is something that could be chosen, with how often it was.
type ItemOption struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	Right bool   `json:"right"`
	All   int    `json:"all"`
	Upper int    `json:"upper" doc:"By the best 27 %"`
	Lower int    `json:"lower" doc:"By the weakest 27 %"`
}

// ScoreBar is how many entries reached a share of the most points.
type ScoreBar struct {
	From    int `json:"from" doc:"Per cent of the most points, from"`
	To      int `json:"to"`
	Entries int `json:"entries"`
}

// PeriodStatistics describe a period that is counted.
type PeriodStatistics struct {
	PeriodID    int64        `json:"period_id"`
	Entrants    int          `json:"entrants"`
	Looked      int          `json:"looked" doc:"Attempts that were looked at; fewer than entrants when there are very many"`
	Mean        int64        `json:"mean" doc:"Hundredths of a point"`
	Median      int64        `json:"median"`
	Reliability *int         `json:"reliability,omitempty" doc:"Cronbach's alpha in thousandths; missing when papers differ or too few took part"`
	Bars        []ScoreBar   `json:"bars"`
	Items       []ItemReport `json:"items"`
}

// AlikeView is a pair whose wrong answers agree, with names. It is a hint for people, never a verdict.
type AlikeView struct {
	AlikePair
	FirstNumber  string `json:"first_number"`
	FirstName    string `json:"first_name"`
	FirstUnit    string `json:"first_unit"`
	SecondNumber string `json:"second_number"`
	SecondName   string `json:"second_name"`
	SecondUnit   string `json:"second_unit"`
	SameUnit     bool   `json:"same_unit"`
}

type itemsReport struct {
	basis    basis
	stats    PeriodStatistics
	alike    []AlikePair
	compared int // sheets
}

// AlikePairsView are pairs whose wrong answers agree, the least likely first.
type AlikePairsView struct {
	Pairs    []AlikeView `json:"pairs"`
	Entrants int         `json:"entrants" doc:"Entries with an attempt that counts"`
	Compared int         `json:"compared" doc:"Of them, how many were compared with each other: the first 30,000 attempts when there are more"`
}

// Statistics describes the items of a period after its close.
func (s *Service) Statistics(ctx context.Context, contestID, roundID, periodID int64) (PeriodStatistics, error) {
	x, _, err := s.report(ctx, contestID, roundID, periodID)
	if err != nil {
		return PeriodStatistics{}, err
	}
	return x.stats, nil
}

// Alike points out pairs of a period whose wrong answers agree so often that somebody should look.
func (s *Service) Alike(ctx context.Context, contestID, roundID, periodID int64) (AlikePairsView, error) {
	x, now, err := s.report(ctx, contestID, roundID, periodID)
	if err != nil {
		return AlikePairsView{}, err
	}
	var ids []int64
	for _, p := range x.alike {
		ids = append(ids, p.FirstEntry, p.SecondEntry)
	}
	people, err := now.some(ctx, s.q, ids)
	if err != nil {
		return AlikePairsView{}, err
	}
	v := AlikePairsView{Pairs: make([]AlikeView, 0, len(x.alike)), Entrants: x.stats.Entrants, Compared: x.compared}
	for _, p := range x.alike {
		a, b := people[p.FirstEntry], people[p.SecondEntry]
		if a == nil || b == nil {
			continue
		}
		v.Pairs = append(v.Pairs, AlikeView{AlikePair: p, FirstNumber: a.number, FirstName: a.name, FirstUnit: now.names[a.unit], SecondNumber: b.number,
			SecondName: b.name, SecondUnit: now.names[b.unit], SameUnit: a.unit != 0 && a.unit == b.unit})
	}
	return v, nil
}

// reporting is the work on a report; of many who ask at once one works.
type reporting struct {
	basis basis
	done  chan struct{} // closed at the end; then made or err is there
	made  *itemsReport
	err   error
}

// How long the work on a report may take, and how long one who asks for it waits.
const (
	reportWithin = 5 * time.Minute
	reportWait   = 20 * time.Second
)

var errReportSoon = fault.New(fault.Unavailable, "exam_report_soon",
	"Thống kê của kỳ này đang được tính từ rất nhiều bài làm. Hãy mở lại sau ít giây; không có gì bị ảnh hưởng.",
	"The statistics of this period are being worked out from very many attempts. Open them again in some seconds; nothing is affected.")

// report gives what is known of a period's items. It is worked out once for what stands in Postgres, also when whoever has
// asked for it has gone.
func (s *Service) report(ctx context.Context, contestID, roundID, periodID int64) (*itemsReport, *ranked, error) {
	now, err := s.ranked(ctx, contestID, roundID)
	if err != nil {
		return nil, nil, err
	}
	period, ok := now.facts.period(periodID)
	switch {
	case !ok:
		return nil, nil, errNoPeriod
	case period.SettledUs == 0:
		return nil, nil, errNoStatistics
	}
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, nil, err
	}
	x := s.rankedRound(roundID)
	x.mu.Lock()
	kept, work := x.items[periodID], x.reporting[periodID]
	if kept != nil && kept.basis == now.basis {
		x.mu.Unlock()
		return kept, now, nil
	}
	if work == nil || work.basis != now.basis {
		work = s.reportAnew(x, r, now, period)
	}
	x.mu.Unlock()
	enough := time.NewTimer(reportWait)
	defer enough.Stop()
	select {
	case <-ctx.Done():
		return nil, nil, errReportSoon.Because(ctx.Err())
	case <-enough.C:
		return nil, nil, errReportSoon
	case <-work.done:
		return work.made, now, work.err
	}
}

// reportAnew begins to work; x.mu is held.
func (s *Service) reportAnew(x *rankedRound, r *room, now *ranked, period Period) *reporting {
	work := &reporting{basis: now.basis, done: make(chan struct{}), err: errReportSoon}
	x.reporting[period.ID] = work
	end := func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		if x.reporting[period.ID] == work {
			delete(x.reporting, period.ID)
		}
		if work.err == nil {
			x.items[period.ID] = work.made
		}
		close(work.done)
	}
	if s.ctx.Err() != nil {
		go end()
		return work
	}
	s.inBackground(func(ctx context.Context) {
		defer end()
		ctx, cancel := context.WithTimeout(ctx, reportWithin)
		defer cancel()
		work.made, work.err = r.describe(ctx, now, period)
		work.err = postgres.Fault(work.err)
	})
	return work
}

// chosenOf is what an answer chose, or what stands for it.
func chosenOf(x scoring.Response) []string {
	switch {
	case x.Type == scoring.Ordering:
		return nil // every order is one of very many
	case len(x.Options) > 0:
		return x.Options
	case x.Text != "":
		return []string{x.Text}
	}
	list := make([]string, 0, len(x.Parts))
	for _, p := range x.Parts {
		list = append(list, p.ID+"="+p.Value)
	}
	return list
}

// mostPoints is the most that can be reached in a period.
func (f *facts) mostPoints(p Period) int64 {
	var most int64
	for _, pool := range f.pools {
		if pool.PeriodID == p.ID {
			most = max(most, pool.Totals().Points)
		}
	}
	return most
}

// spread fills in how the points are spread.
func (v *PeriodStatistics) spread(standings []EntryStanding, most int64) {
	v.Bars = make([]ScoreBar, distribution)
	for i := range v.Bars {
		v.Bars[i] = ScoreBar{From: i * 100 / distribution, To: (i + 1) * 100 / distribution}
	}
	if len(standings) == 0 {
		return
	}
	points := make([]int64, len(standings))
	var sum int64
	for i, e := range standings {
		points[i] = e.Points
		sum += e.Points
		if most > 0 {
			at := min(max(e.Points, 0)*distribution/most, distribution-1)
			v.Bars[at].Entries++
		}
	}
	slices.Sort(points)
	n := len(points)
	v.Mean, v.Median = halfUp(sum, int64(n)), halfUp(points[(n-1)/2]+points[n/2], 2)
}

// describeItems gives the statistics the words of the bank.
func (r *room) describeItems(ctx context.Context, f *facts, made *itemsReport, list []ItemStatistics, offers map[int64]PoolOffer) error {
	placed := make([]Placed, 0, len(list))
	for _, st := range list {
		placed = append(placed, Placed{Offer: offers[st.Version]})
	}
	contents, _, err := r.versionsOf(ctx, f, placed)
	if err != nil {
		return err
	}
	for _, st := range list {
		c, correction := contents[st.Version], f.course.Corrections[st.Version]
		key := c.Key
		if correction.KeyVersion != 0 {
			key = contents[correction.KeyVersion].Key
		}
		x := ItemReport{ItemStatistics: st, Item: offers[st.Version].Item, Stem: c.Stem, Type: c.Type, Topic: c.Topic, Level: c.Difficulty,
			Options: optionsOf(c, key, st.Choices), Void: correction.Policy, Corrected: correction.KeyVersion != 0, NeedsALook: lookAt(st)}
		made.stats.Items = append(made.stats.Items, x)
	}
	// What needs a look first, then the hardest.
	slices.SortStableFunc(made.stats.Items, func(a, b ItemReport) int {
		return cmp.Or(cmp.Compare(urgency(a.NeedsALook), urgency(b.NeedsALook)), cmp.Compare(a.Difficulty, b.Difficulty))
	})
	return nil
}

func optionsOf(c bank.Content, key bank.Key, choices []Choice) []ItemOption {
	counted := map[string]Choice{}
	for _, x := range choices {
		counted[x.ID] = x
	}
	list := []ItemOption{}
	switch c.Type {
	case bank.Single, bank.Multiple, bank.TrueFalse:
		for _, o := range c.Options {
			n := counted[o.ID]
			list = append(list, ItemOption{ID: o.ID, Text: o.Text, Right: slices.Contains(key.Options, o.ID), All: n.All, Upper: n.Upper, Lower: n.Lower})
		}
	default:
		for i, n := range choices {
			if i == mostChoices {
				break
			}
			list = append(list, ItemOption{ID: n.ID, Text: n.ID, All: n.All, Upper: n.Upper, Lower: n.Lower})
		}
	}
	return list
}

// The limits beyond which an item should be looked at, hundredths of a per cent.
const (
	tooHard, tooEasy, tooWeak = 20_00, 95_00, 10_00
)

func lookAt(st ItemStatistics) string {
	switch {
	case st.Shown < leastForGroups:
		return ""
	case st.Discrimination != nil && *st.Discrimination < 0:
		return "key"
	case st.Difficulty < tooHard:
		return "hard"
	case st.Difficulty > tooEasy:
		return "easy"
	case st.Discrimination != nil && *st.Discrimination < tooWeak:
		return "weak"
	}
	return ""
}

func urgency(look string) int {
	at := slices.Index([]string{"key", "hard", "weak", "easy"}, look)
	if at < 0 {
		return 9
	}
	return at
}
