package exam

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/timing"
)

// CorrectionWanted is how a version of an item is to be scored from now on.
type CorrectionWanted struct {
	Version int64
	Correction
	// Basis is the number of the last correction that the organizer has seen: who comes second finds that it has moved.
	Basis  int64
	Reason string
	Appeal int64 // that led to it; 0: none
}

var (
	errNoItem        = fault.New(fault.NotFound, "exam_item_missing", "Câu hỏi này không có trong đề của vòng thi.", "This item is in no paper of the round.")
	errNoAlternative = fault.New(fault.Invalid, "exam_key_unfit",
		"Phiên bản này hỏi khác đi nên không chấm được các câu trả lời đã có. Hãy chọn phiên bản chỉ khác đáp án. Chưa có gì thay đổi.",
		"That version asks something else, so these answers can't be scored by it. Choose one in which only the key differs. Nothing has changed.")
	errSameKey  = conflict("exam_key_same", "Câu này đang được chấm đúng như vậy nên không có gì để đổi.", "The item is scored that way already, so there is nothing to change.")
	errMovedKey = conflict("exam_correction_moved",
		"Vừa có một đính chính khác của vòng thi. Hãy xem trước lại rồi mới áp dụng. Chưa có gì thay đổi.",
		"Another correction of the round has just been applied. Look at the preview again before you apply yours. Nothing has changed.")
)

// shift is what a correction does to an attempt.
type shift struct {
	attemptID, entryID, periodID int64
	points                       int64
	correct, items               int
}

// shifting works out shifts: the item alone is scored, by the rule that holds and by the one that is wanted.
type shifting struct {
	r         *room
	f         *facts
	version   int64
	now, then Corrections
	keys      map[int64]scoring.Key
	pools     []int64

	Attempts int // that have the item and a score
	Answered int
	byID     map[int64]shift
	seen     map[int64]bool // what was looked at, where the correction is to be applied; nil: it is only foreseen
}

func (r *room) shifting(ctx context.Context, w CorrectionWanted) (*shifting, error) {
	f := r.known()
	x := &shifting{r: r, f: f, version: w.Version, now: f.course.Corrections, then: maps.Clone(f.course.Corrections), byID: map[int64]shift{}}
	for id, p := range f.pools {
		if _, ok := p.at[w.Version]; ok {
			x.pools = append(x.pools, id)
		}
	}
	if len(x.pools) == 0 {
		return nil, errNoItem
	}
	if w.KeyVersion == w.Version {
		w.KeyVersion = 0
	}
	if x.now[w.Version] == w.Correction {
		return nil, errSameKey
	}
	delete(x.then, w.Version)
	if w.Correction != (Correction{}) {
		x.then[w.Version] = w.Correction
	}
	wanted := []int64{w.Version}
	for _, c := range []Corrections{x.now, x.then} {
		if k := c[w.Version].KeyVersion; k != 0 {
			wanted = append(wanted, k)
		}
	}
	contents, keys, err := r.versions(ctx, f, wanted)
	if err != nil {
		return nil, err
	}
	for _, id := range wanted {
		if _, ok := keys[id]; !ok || !answeredAlike(contents[w.Version], contents[id]) {
			return nil, errNoAlternative
		}
	}
	x.keys = keys
	return x, nil
}

// all goes over everything that has a score, in chunks.
func (x *shifting) all(ctx context.Context) error {
	const many = 2000
	for after := int64(0); ; {
		rows, err := x.r.s.q.RegradeAfter(ctx, examdb.RegradeAfterParams{RoundID: x.r.id, AfterID: after, PoolIds: x.pools, Many: many})
		if err != nil {
			return postgres.Fault(err)
		}
		if err := x.take(ctx, x.r.s.q, rows); err != nil {
			return postgres.Fault(err)
		}
		if len(rows) < many {
			return nil
		}
		after = rows[len(rows)-1].ID
	}
}

// rest takes what has got its score since a moment, within the transaction that applies the correction: nothing gets one
// any more.
func (x *shifting) rest(ctx context.Context, q *examdb.Queries, sinceUs int64) error {
	rows, err := q.ScoredSince(ctx, examdb.ScoredSinceParams{RoundID: x.r.id, PoolIds: x.pools, SinceUs: sinceUs})
	if err != nil {
		return err
	}
	late := make([]examdb.RegradeAfterRow, 0, len(rows))
	for _, row := range rows {
		if !x.seen[row.ID] {
			late = append(late, examdb.RegradeAfterRow(row))
		}
	}
	return x.take(ctx, q, late)
}

func (x *shifting) take(ctx context.Context, q *examdb.Queries, rows []examdb.RegradeAfterRow) error {
	type held struct {
		row examdb.RegradeAfterRow
		at  Placed
	}
	var list []held
	ask := examdb.AnswersAtParams{}
	for _, row := range rows {
		if x.seen != nil {
			x.seen[row.ID] = true
		}
		pool := x.f.pools[row.PoolID]
		paper, err := DecodePaper(row.Paper)
		if err != nil {
			return err
		}
		placed, err := pool.Placed(paper)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(placed, func(p Placed) bool { return p.Offer.Version == x.version })
		if at < 0 {
			continue
		}
		list = append(list, held{row, placed[at]})
		ask.Ids, ask.Places = append(ask.Ids, row.ID), append(ask.Places, placed[at].Place)
	}
	if len(list) == 0 {
		return nil
	}
	answers, err := q.AnswersAt(ctx, ask)
	if err != nil {
		return err
	}
	given := make(map[int64][]byte, len(answers))
	for _, a := range answers {
		given[a.AttemptID] = a.Payload
	}
	for _, h := range list {
		responses := map[int16][]byte{h.at.Place: given[h.row.ID]}
		before, err := ScorePaper([]Placed{h.at}, responses, x.keys, x.now)
		if err != nil {
			return err
		}
		after, err := ScorePaper([]Placed{h.at}, responses, x.keys, x.then)
		if err != nil {
			return err
		}
		x.Attempts++
		x.Answered += after.Answered
		s := shift{attemptID: h.row.ID, entryID: h.row.EntryID, periodID: h.row.PeriodID, points: after.Points - before.Points,
			correct: after.Correct - before.Correct, items: after.Items - before.Items}
		if s.points != 0 || s.correct != 0 || s.items != 0 {
			x.byID[s.attemptID] = s
		}
	}
	return nil
}

// Correct scores a version of an item by another policy or key. What it changes is worked out beforehand, in chunks and
// without holding anybody up; the act itself writes all of it at once, so that nobody ever sees half a correction.
func (s *Service) Correct(ctx context.Context, contestID, roundID int64, w CorrectionWanted) (changed int, err error) {
	if w.Reason, err = cleanReason(w.Reason, 3); err != nil {
		return 0, err
	}
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return 0, err
	}
	if w.KeyVersion == w.Version {
		w.KeyVersion = 0
	}
	x, err := r.shifting(ctx, w)
	if err != nil {
		return 0, err
	}
	if basisOf(x.f.events) != w.Basis {
		return 0, errMovedKey
	}
	x.seen = map[int64]bool{}
	// Nodes' clocks differ by less than this.
	since := s.nowUs() - 10*timing.Second
	if err := x.all(ctx); err != nil {
		return 0, err
	}
	err = s.act(ctx, contestID, roundID, func(a *act) error {
		rows, err := a.q.EventsAfter(a.ctx, examdb.EventsAfterParams{RoundID: roundID})
		if err != nil {
			return err
		}
		events, err := eventsOf(rows)
		if err != nil {
			return err
		}
		if basisOf(events) != w.Basis {
			return errMovedKey
		}
		if err := x.rest(a.ctx, a.q, since); err != nil {
			return err
		}
		x.note(a, w)
		if w.Appeal != 0 {
			if _, err := a.q.LinkAppeal(a.ctx, examdb.LinkAppealParams{ID: w.Appeal, RoundID: roundID, EventSeq: a.round.Seq + int64(len(a.events))}); err != nil {
				return err
			}
		}
		changed = len(x.byID)
		return x.write(a)
	})
	if err != nil {
		return 0, err
	}
	s.control.stir(roundID)
	s.news(roundID, 0, true)
	return changed, nil
}

// note adds the events of a correction.
func (x *shifting) note(a *act, w CorrectionWanted) {
	item := x.f.pools[x.pools[0]].Offers[x.f.pools[x.pools[0]].at[w.Version]].Item
	before := x.now[w.Version]
	if before.Policy != w.Policy {
		a.add(Event{Kind: EventVoid, Item: item, Version: w.Version, Policy: w.Policy, Reason: w.Reason})
	}
	if before.KeyVersion != w.KeyVersion {
		key := w.KeyVersion
		if key == 0 {
			key = w.Version
		}
		a.add(Event{Kind: EventCorrect, Item: item, Version: w.Version, KeyVersion: key, Reason: w.Reason})
	}
}

// write stores what a correction changes: points, which attempts count, and what guesses were about.
func (x *shifting) write(a *act) error {
	touched := map[int64]map[int64]bool{} // entries by period
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(x.byID)), 5000) {
		var p examdb.ShiftScoresParams
		for _, id := range chunk {
			s := x.byID[id]
			p.Ids, p.Points, p.Corrects, p.Items = append(p.Ids, id), append(p.Points, s.points), append(p.Corrects, int32(s.correct)), append(p.Items, int32(s.items))
			if touched[s.periodID] == nil {
				touched[s.periodID] = map[int64]bool{}
			}
			touched[s.periodID][s.entryID] = true
		}
		if err := a.q.ShiftScores(a.ctx, p); err != nil {
			return err
		}
	}
	periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
	if err != nil {
		return err
	}
	for _, p := range periods {
		if len(touched[p.ID]) == 0 {
			continue
		}
		a.scores()
		if p.SettledUs != 0 && a.settings.Guess != GuessNone {
			if err := resettle(a, p); err != nil {
				return err
			}
			continue
		}
		for chunk := range slices.Chunk(slices.Sorted(maps.Keys(touched[p.ID])), 5000) {
			rows, err := a.q.Rivals(a.ctx, examdb.RivalsParams{RoundID: a.round.RoundID, PeriodID: p.ID, EntryIds: chunk})
			if err != nil {
				return err
			}
			list := make([]examdb.RivalsAfterRow, len(rows))
			for i, row := range rows {
				list[i] = examdb.RivalsAfterRow(row)
			}
			if err := setCounts(a.ctx, a.q, a.settings, list, p.Actual); err != nil {
				return err
			}
		}
	}
	return nil
}

// resettle counts a settled period anew, as if what was corrected had been so when it was settled.
func resettle(a *act, p Period) error {
	if err := recount(a, a.settings, p.ID, nil); err != nil {
		return err
	}
	n, err := a.q.AllRight(a.ctx, p.ID)
	if err != nil {
		return err
	}
	actual := GuessActual(a.settings.Guess, n.Entrants, n.AllRight)
	if err := recount(a, a.settings, p.ID, actual); err != nil {
		return err
	}
	if err := a.q.SettlePeriod(a.ctx, examdb.SettlePeriodParams{ID: p.ID, Actual: actual, SettledUs: p.SettledUs}); err != nil {
		return err
	}
	if p.Actual == nil || actual == nil || *actual != *p.Actual {
		a.add(Event{Kind: EventSettled, PeriodID: p.ID, Entrants: n.Entrants, AllRight: n.AllRight, Actual: actual})
	}
	return nil
}

// basisOf is the number of the last correction.
func basisOf(events []Event) int64 {
	for i := len(events) - 1; i >= 0; i-- {
		if k := events[i].Kind; k == EventVoid || k == EventCorrect {
			return events[i].Seq
		}
	}
	return 0
}

// fresh is a round as it stands in Postgres now.
func (s *Service) fresh(ctx context.Context, contestID, roundID int64) (*room, error) {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return nil, err
	}
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	return r, r.refresh(ctx)
}

// itemAt finds the version that stands in a place of an attempt.
func (s *Service) itemAt(ctx context.Context, r *room, attemptID int64, place int16) (int64, error) {
	row, err := s.q.PaperAt(ctx, examdb.PaperAtParams{RoundID: r.id, ID: attemptID})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errNoItem
	}
	if err != nil {
		return 0, postgres.Fault(err)
	}
	pool, err := r.poolByID(ctx, row.PoolID)
	if err != nil {
		return 0, err
	}
	paper, err := DecodePaper(row.Paper)
	if err != nil {
		return 0, err
	}
	placed, err := pool.Placed(paper)
	if err != nil {
		return 0, err
	}
	for _, p := range placed {
		if p.Place == place {
			return p.Offer.Version, nil
		}
	}
	return 0, errNoItem
}
