package exam

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/exam/examdb"
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
	basis basis
	stats PeriodStatistics
	alike []AlikePair
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
func (s *Service) Alike(ctx context.Context, contestID, roundID, periodID int64) ([]AlikeView, error) {
	x, now, err := s.report(ctx, contestID, roundID, periodID)
	if err != nil {
		return nil, err
	}
	names := unitNames(now.units)
	list := make([]AlikeView, 0, len(x.alike))
	for _, p := range x.alike {
		a, b := now.people[p.FirstEntry], now.people[p.SecondEntry]
		if a == nil || b == nil {
			continue
		}
		list = append(list, AlikeView{AlikePair: p, FirstNumber: a.number, FirstName: a.name, FirstUnit: names[a.unit], SecondNumber: b.number,
			SecondName: b.name, SecondUnit: names[b.unit], SameUnit: a.unit != 0 && a.unit == b.unit})
	}
	return list, nil
}

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
	x.reporting.Lock()
	defer x.reporting.Unlock()
	if kept := x.items[periodID]; kept != nil && kept.basis == now.basis {
		return kept, now, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	made, err := r.describe(ctx, now, period)
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	x.items[periodID] = made
	return made, now, nil
}

// describe reads the counting attempts of a period with what was answered.
func (r *room) describe(ctx context.Context, now *ranked, period Period) (*itemsReport, error) {
	f := now.facts
	standings, err := now.of(period.ID)
	if err != nil {
		return nil, err
	}
	every := int64(len(standings)/mostSat + 1)
	var sats []Sat
	var sheets []AnswerSheet
	offers := map[int64]PoolOffer{}
	for after := int64(0); ; {
		rows, err := r.s.q.CountingAfter(ctx, examdb.CountingAfterParams{PeriodID: period.ID, AfterID: after, Every: every, Many: scoreAtOnce})
		if err != nil {
			return nil, err
		}
		list, ids := make([]finished, 0, len(rows)), make([]int64, 0, len(rows))
		for _, x := range rows {
			list = append(list, finished{id: x.ID, entryID: x.EntryID, periodID: x.PeriodID, poolID: x.PoolID, number: int(x.Number), paper: x.Paper,
				startedUs: x.StartedUs, finishedUs: x.FinishedUs, pausedUs: x.PausedUs})
			ids, after = append(ids, x.ID), x.ID
		}
		scores, err := r.scored(ctx, r.s.q, list, f.course.Corrections)
		if err != nil {
			return nil, err
		}
		answers, err := r.s.q.FinalResponses(ctx, ids)
		if err != nil {
			return nil, err
		}
		type at struct {
			attempt int64
			place   int16
		}
		given := make(map[at][]byte, len(answers))
		for _, a := range answers {
			given[at{a.AttemptID, a.Place}] = a.Payload
		}
		for _, x := range scores {
			sat := Sat{Total: x.Points, Items: make([]SatItem, 0, len(x.Per))}
			sheet := AnswerSheet{AttemptID: x.AttemptID, EntryID: x.EntryID}
			for _, item := range x.Per {
				offers[item.Offer.Version] = item.Offer
				right := item.Outcome.Verdict == scoring.Right
				one := SatItem{Version: item.Offer.Version, Points: item.Outcome.Points, Max: item.Points, Right: right, Missing: !item.Answered}
				if payload := given[at{x.AttemptID, item.Place}]; item.Answered {
					response, err := scoring.ReadResponse(payload)
					if err != nil {
						return nil, err
					}
					one.Chosen = chosenOf(response)
					if item.Outcome.Verdict != scoring.VoidItem {
						sheet.Answers = append(sheet.Answers, GivenAnswer{Version: item.Offer.Version, Payload: string(payload), Right: right})
					}
				}
				sat.Items = append(sat.Items, one)
			}
			sats = append(sats, sat)
			if len(sheets) < mostSheets {
				sheets = append(sheets, sheet)
			}
		}
		if len(rows) < scoreAtOnce {
			break
		}
	}
	made := &itemsReport{basis: now.basis, alike: Alike(sheets)}
	made.stats = PeriodStatistics{PeriodID: period.ID, Entrants: len(standings), Looked: len(sats), Items: []ItemReport{}}
	made.stats.spread(standings, f.mostPoints(period))
	if alpha, ok := Reliability(sats); ok {
		made.stats.Reliability = &alpha
	}
	return made, r.describeItems(ctx, f, made, Statistics(sats), offers)
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
