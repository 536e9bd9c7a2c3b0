package exam

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
)

// ownPart is what of an entry's own view stands in Postgres.
type ownPart struct {
	facts    *facts
	who      person
	attempts []examdb.AttemptsOfRow // by period, then number
	saved    []examdb.ExamResponse
	notices  []OwnNotice
}

// open is the running attempt; nil: none.
func (p ownPart) open() *examdb.AttemptsOfRow {
	for i := range p.attempts {
		if p.attempts[i].FinishedUs == nil {
			return &p.attempts[i]
		}
	}
	return nil
}

// flushOwn reads the parts of many entries at once: after a break of the network all of them come back within seconds.
func (r *room) flushOwn(batch []int64) []reply[ownPart] {
	replies := make([]reply[ownPart], len(batch))
	ctx, cancel := context.WithTimeout(r.s.ctx, soon)
	defer cancel()
	ids := slices.Clone(batch)
	slices.Sort(ids)
	parts, err := r.readOwn(ctx, slices.Compact(ids))
	for i, id := range batch {
		part, known := parts[id]
		switch {
		case err != nil:
			replies[i].Err = postgres.Fault(err)
		case !known || part.who.ContestID != part.facts.contest.ID || !part.who.Enters && len(part.attempts) == 0 && part.who.State == string(roster.EntryActive):
			replies[i].Err = errNotInRound
		default:
			replies[i].Value = part
		}
	}
	return replies
}

func (r *room) readOwn(ctx context.Context, ids []int64) (map[int64]ownPart, error) {
	f := r.known()
	people, err := r.contestants(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows, err := r.s.q.AttemptsOf(ctx, examdb.AttemptsOfParams{RoundID: r.id, EntryIds: ids, Papers: f.course.Corrections.takePoints()})
	if err != nil {
		return nil, err
	}
	parts := make(map[int64]ownPart, len(people))
	for id, who := range people {
		parts[id] = ownPart{facts: f, who: who}
	}
	open, whose := []int64{}, map[int64]int64{}
	for _, row := range rows {
		part := parts[row.EntryID]
		part.attempts = append(part.attempts, row)
		parts[row.EntryID] = part
		if row.FinishedUs == nil {
			open = append(open, row.ID)
			whose[row.ID] = row.EntryID
		}
	}
	if len(open) > 0 {
		saved, err := r.s.q.FinalResponses(ctx, open)
		if err != nil {
			return nil, err
		}
		for _, x := range saved {
			part := parts[whose[x.AttemptID]]
			part.saved = append(part.saved, x)
			parts[whose[x.AttemptID]] = part
		}
	}
	messages, err := r.s.q.MessagesFor(ctx, examdb.MessagesForParams{RoundID: r.id, EntryIds: ids})
	if err != nil {
		return nil, err
	}
	for id, part := range parts {
		part.notices = noticesFor(id, messages)
		parts[id] = part
	}
	return parts, nil
}

func noticesFor(entryID int64, rows []examdb.MessagesForRow) []OwnNotice {
	list := []OwnNotice{}
	for _, m := range rows {
		own := m.EntryID == entryID
		if !own && m.EntryID != 0 && !m.ReplyAll {
			continue
		}
		n := OwnNotice{ID: m.ID, Kind: m.Kind, Own: own, Body: m.Body, AtUs: m.AtUs, Reply: m.Reply, ReplyUs: m.ReplyUs}
		if own { // in another paper the same place holds another item
			n.Place = m.Place
		}
		list = append(list, n)
	}
	return list
}

// ownViews gives what only the entry itself may see; its running attempt says nothing yet of the asking device.
func (r *room) ownViews(ctx context.Context, entryID int64) (OwnView, ownPart, error) {
	part, err := r.own.ask(ctx, entryID)
	if err != nil {
		return OwnView{}, part, err
	}
	return part.view(), part, nil
}

func (p ownPart) view() OwnView {
	f := p.facts
	v := OwnView{EntryID: p.who.ID, Number: p.who.printed(), Name: p.who.Name, Unit: p.who.UnitName, DurationS: f.settings.DurationUs(p.who.DivisionID) / timeSecondUs,
		Periods: []OwnPeriod{}, Messages: p.notices}
	if len(f.contest.Divisions) > 1 {
		for _, d := range f.contest.Divisions {
			if d.ID == p.who.DivisionID {
				v.Division = d.Name
			}
		}
	}
	for _, period := range f.periods {
		v.Periods = append(v.Periods, p.period(period))
	}
	if a := p.open(); a != nil {
		v.Open = &OwnOpen{AttemptID: a.ID, PeriodID: a.PeriodID, DeadlineUs: a.DeadlineUs, Writer: a.Writer}
	}
	return v
}

// forDevice says whether it is the asking device that answers.
func (p ownPart) forDevice(v OwnView, deviceID int64) OwnView {
	if v.Open != nil {
		open := *v.Open
		open.Mine = p.open().DeviceID == deviceID
		v.Open = &open
	}
	return v
}

func (p ownPart) period(period Period) OwnPeriod {
	f := p.facts
	window, _ := period.Window(p.who.DivisionID)
	allowed := f.allowance(period.ID, p.who.ID, p.who.UnitID)
	window = allowed.Apply(window)
	v := OwnPeriod{ID: period.ID, Name: period.Name, OpensUs: window.OpensUs, ClosesUs: window.ClosesUs, ExtraUs: allowed.ExtraUs, Left: -1,
		Attempts: []OwnAttempt{}}
	if pool := f.pool(period.ID, p.who.DivisionID); pool != nil {
		t := pool.Totals()
		v.Items, v.Points = t.Items, t.Points
	}
	for _, a := range p.attempts {
		if a.PeriodID == period.ID {
			v.Attempts = append(v.Attempts, f.attempt(period, a))
		}
	}
	if f.settings.Attempts != 0 {
		v.Left = max(f.settings.Attempts+allowed.Attempts-len(v.Attempts), 0)
	}
	return v
}

func (f *facts) attempt(period Period, a examdb.AttemptsOfRow) OwnAttempt {
	v := OwnAttempt{ID: a.ID, Number: int(a.Number), StartedUs: a.StartedUs, DeadlineUs: a.DeadlineUs}
	if a.FinishedUs == nil {
		return v
	}
	v.FinishedUs, v.Finish, v.Answered = *a.FinishedUs, Finish(a.Finish), int(a.Answered)
	if a.ScoredUs == nil || !f.shows(f.settings.ShowScore, period) {
		return v
	}
	v.Score = &OwnScore{Points: a.Points, Correct: int(a.Correct), TimeUs: a.TimeUs, Counts: a.Counts, Guess: a.Guess}
	if pool := f.pools[a.PoolID]; pool != nil {
		v.Score.Max = mostOf(pool, a.Paper, f.course.Corrections)
	}
	if f.settings.PassPercent > 0 {
		passed := a.Points*100 >= int64(f.settings.PassPercent)*v.Score.Max
		v.Score.Passed = &passed
	}
	if period.SettledUs != 0 {
		v.Score.Actual = period.Actual
	}
	return v
}

// mostOf is the most that a paper can come to: what is voided for nobody gives no points to anyone.
func mostOf(pool *Pool, paper []byte, corrections Corrections) int64 {
	most := pool.Totals().Points
	if !corrections.takePoints() {
		return most
	}
	kept, err := DecodePaper(paper)
	if err != nil {
		return most
	}
	placed, err := pool.Placed(kept)
	if err != nil {
		return most
	}
	for _, p := range placed {
		if corrections[p.Offer.Version].Policy == scoring.VoidNobody {
			most -= p.Points
		}
	}
	return most
}

// shows tells whether the moment has come at which something of a period is shown.
func (f *facts) shows(m Moment, period Period) bool {
	switch m {
	case AtSubmit:
		return true
	case AfterWindow:
		return period.SettledUs != 0
	case Published: // what was settled by then; later periods wait for the organizer's next word
		return period.SettledUs != 0 && period.SettledUs <= f.published
	case Never:
	}
	return false
}

// publish sends the sockets of an entry on this node its own part.
func (r *room) publish(part ownPart) {
	view := part.view()
	r.s.cfg.Hub.PublishEach(contestantTopic(r.id), live.EntryKey(part.who.ID), func(p account.Principal) live.Message {
		device := int64(0)
		if p.Entry != nil {
			device = p.Entry.DeviceID
		}
		return live.Message{Kind: KindOwn, Data: part.forDevice(view, device)}
	})
}

// show sends an entry's own part and its paper: what a start or a claim brings comes before its reply.
func (r *room) show(ctx context.Context, entryID int64) {
	part, err := r.own.ask(ctx, entryID)
	if err == nil {
		r.publish(part)
		var paper *PaperView
		if paper, err = r.paper(ctx, part); paper != nil {
			r.s.cfg.Hub.PublishKey(contestantTopic(r.id), live.EntryKey(entryID), live.Message{Kind: KindPaper, Data: *paper})
			return
		}
	}
	if err != nil { // the attempt stands; subscribing again brings its paper
		r.s.log.Warn("a paper could not be shown at once", "round", r.id, "entry", entryID, "error", err)
	}
}

// pushAtOnce is how many entries one hint names.
const pushAtOnce = 200

// pushOwn tells the sockets of entries on every node that their own part has changed.
func (s *Service) pushOwn(roundID int64, entryIDs ...int64) {
	ids := slices.Clone(entryIDs)
	slices.Sort(ids)
	for chunk := range slices.Chunk(slices.Compact(ids), pushAtOnce) {
		payload := fmt.Sprintf("%d/%s", roundID, join(chunk))
		if s.cfg.Relay != nil {
			s.cfg.Relay.Hint(hintOwn, payload)
			continue
		}
		s.heardOwn(hintOwn, payload)
	}
}

func (s *Service) heardOwn(_, payload string) {
	round, list, ok := strings.Cut(payload, "/")
	roundID, err := strconv.ParseInt(round, 10, 64)
	if !ok || err != nil {
		return
	}
	s.mu.Lock()
	r := s.rooms[roundID]
	s.mu.Unlock()
	if r == nil {
		return
	}
	topic := contestantTopic(roundID)
	var here []int64
	for part := range strings.SplitSeq(list, ",") {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil && s.cfg.Hub.CountKey(topic, live.EntryKey(id)) > 0 {
			here = append(here, id)
		}
	}
	if len(here) > 0 {
		s.inBackground(func(ctx context.Context) { r.sendOwn(ctx, here) })
	}
}

// tellOwn sends all entries on this node their own part: something has changed for everybody.
func (r *room) tellOwn() {
	r.s.inBackground(func(ctx context.Context) {
		var ids []int64
		for key := range r.s.cfg.Hub.Keys(contestantTopic(r.id)) {
			if id, ok := strings.CutPrefix(key, live.EntryKey(0)[:len(live.EntryKey(0))-1]); ok {
				if n, err := strconv.ParseInt(id, 10, 64); err == nil {
					ids = append(ids, n)
				}
			}
		}
		r.sendOwn(ctx, ids)
	})
}

// ownParts reads the parts of some entries. News of one entry goes with those of others: when everybody submits there
// are hundreds a second.
func (r *room) ownParts(ctx context.Context, ids []int64) (map[int64]ownPart, error) {
	if len(ids) > 1 {
		return r.readOwn(ctx, ids)
	}
	parts := map[int64]ownPart{}
	for _, id := range ids {
		part, err := r.own.ask(ctx, id)
		if errNotInRound.Is(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		parts[id] = part
	}
	return parts, nil
}

// sendOwn reads and sends own parts, many at once. While the database is away nobody learns anything; when it answers
// again, everybody does.
func (r *room) sendOwn(ctx context.Context, ids []int64) {
	for chunk := range slices.Chunk(ids, 500) {
		for tries := 0; ; tries++ {
			reading, cancel := context.WithTimeout(ctx, soon)
			parts, err := r.ownParts(reading, chunk)
			cancel()
			if err == nil {
				for _, id := range chunk {
					if part, ok := parts[id]; ok && part.who.ContestID == part.facts.contest.ID {
						r.publish(part)
					}
				}
				break
			}
			if tries >= 60 || ctx.Err() != nil {
				return
			}
			r.s.log.Warn("the entries' own parts can't be read yet", "round", r.id, "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(500 * time.Millisecond):
			}
		}
	}
}
