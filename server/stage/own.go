package stage

import (
	"context"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

// results keeps what each play came to, on this node, until something changes it. Postgres keeps the truth.
type results struct {
	mu     sync.Mutex
	byPlay map[int32]playResults
}

type playResults struct {
	rev     int64
	entries map[int64]PlayResult
}

func (x *results) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.byPlay = nil
}

// resultsOf scores a closed play, or gives what was scored before.
func (r *room) resultsOf(ctx context.Context, s *State, p *Play, in info, contents map[int64]Version) (map[int64]PlayResult, error) {
	r.results.mu.Lock()
	defer r.results.mu.Unlock()
	if have, ok := r.results.byPlay[p.Number]; ok && have.rev == p.Rev {
		return have.entries, nil
	}
	scored, err := r.s.scorePlay(ctx, r.id, s, p, in, contents)
	if err != nil {
		return nil, err
	}
	if r.results.byPlay == nil {
		r.results.byPlay = map[int32]playResults{}
	}
	r.results.byPlay[p.Number] = playResults{rev: p.Rev, entries: scored}
	return scored, nil
}

func (s *Service) scorePlay(ctx context.Context, roundID int64, st *State, p *Play, in info, contents map[int64]Version) (map[int64]PlayResult, error) {
	key, err := contents[p.KeyVersionID].Content.ScoringKey()
	if err != nil {
		return nil, err
	}
	rows, err := s.q.FinalResponses(ctx, stagedb.FinalResponsesParams{RoundID: roundID, Play: p.Number})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	answers := make([]Answer, len(rows))
	for i, row := range rows {
		answers[i] = Answer{EntryID: row.EntryID, ReceivedUs: row.ReceivedUs, ShownUs: row.ShownUs, Payload: row.Payload}
	}
	ids := make([]int64, len(in.entries))
	for i := range in.entries {
		ids[i] = in.entries[i].ID
	}
	return ScorePlay(st.Settings, p, key, ids, answers)
}

// ownPart is what of an entry's own view isn't known to the node yet.
type ownPart struct {
	writer int32
	play   int32
	answer *OwnAnswer
}

// flushOwn reads the answering devices and the answers to the running play of many entries at once: after a break of
// the network all of them come back within seconds.
func (r *room) flushOwn(batch []int64) []reply[ownPart] {
	replies := make([]reply[ownPart], len(batch))
	ctx, cancel := context.WithTimeout(r.s.ctx, 10*time.Second)
	defer cancel()
	at := make(map[int64][]int, len(batch))
	ids := make([]int64, 0, len(batch))
	for i, id := range batch {
		if at[id] == nil {
			ids = append(ids, id)
		}
		at[id] = append(at[id], i)
	}
	fail := func(err error) []reply[ownPart] {
		for i := range replies {
			replies[i].Err = postgres.Fault(err)
		}
		return replies
	}
	writers, err := r.s.q.Writers(ctx, stagedb.WritersParams{RoundID: r.id, EntryIds: ids})
	if err != nil {
		return fail(err)
	}
	for _, w := range writers {
		for _, i := range at[w.EntryID] {
			replies[i].Value.writer = w.Writer
		}
	}
	state := r.snapshot()
	p := state.CurrentPlay()
	if p == nil || !p.Running() {
		return replies
	}
	rows, err := r.s.q.OwnResponses(ctx, stagedb.OwnResponsesParams{RoundID: r.id, Play: p.Number, EntryIds: ids})
	if err != nil {
		return fail(err)
	}
	for _, row := range rows {
		answer, err := ownAnswer(p.Number, row.ReceivedUs, row.Payload)
		if err != nil {
			return fail(err)
		}
		for _, i := range at[row.EntryID] {
			replies[i].Value.play, replies[i].Value.answer = p.Number, &answer
		}
	}
	return replies
}

func ownAnswer(play int32, receivedUs int64, payload []byte) (OwnAnswer, error) {
	response, err := scoring.ReadResponse(payload)
	if err != nil {
		return OwnAnswer{}, err
	}
	a := OwnAnswer{Play: play, Options: response.Options, Text: response.Text, Parts: response.Parts, ReceivedUs: receivedUs}
	if a.Options == nil {
		a.Options = []string{}
	}
	return a, nil
}

// partsOf tells which parts of a stored answer are right; none for types whose answer has one part.
func partsOf(key bank.Content, payload []byte) ([]scoring.PartResult, error) {
	switch key.Type {
	case bank.TrueFalseGroup, bank.Ordering, bank.Matching, bank.FillIn:
	default:
		return nil, nil
	}
	if payload == nil {
		return nil, nil
	}
	k, err := key.ScoringKey()
	if err != nil {
		return nil, err
	}
	response, err := scoring.ReadResponse(payload)
	if err != nil || response.Empty() {
		return nil, err
	}
	return k.PartResults(response), nil
}

// ownView is what only the entry itself may see: its saved answers, and what they earned once that is public.
func (r *room) ownView(ctx context.Context, entryID int64) (OwnView, error) {
	entry, err := r.entry(ctx, entryID)
	if err != nil {
		return OwnView{}, err
	}
	part, err := r.own.ask(ctx, entryID)
	if err != nil {
		return OwnView{}, err
	}
	return r.joinOwn(ctx, entry, part)
}

func (r *room) joinOwn(ctx context.Context, entry roster.Entry, part ownPart) (OwnView, error) {
	view, err := r.settledView(ctx, entry.ID)
	if err != nil {
		return OwnView{}, err
	}
	view.Number, view.Name, view.Unit, view.Writer = entry.Number, entry.Name, entry.UnitName, part.writer
	if part.answer != nil {
		view.Answers = append(view.Answers, *part.answer)
	}
	return view, nil
}

// settledView is the part of it that follows from plays that are closed.
func (r *room) settledView(ctx context.Context, entryID int64) (OwnView, error) {
	r.mu.Lock()
	s, in, contents := r.state, r.info, r.contents
	r.mu.Unlock()
	view := OwnView{EntryID: entryID, Answers: []OwnAnswer{}}
	var score Score
	for i := range s.Plays {
		p := &s.Plays[i]
		if p.Status != PlayClosed && p.Status != PlayRevealed {
			continue
		}
		scored, err := r.resultsOf(ctx, &s, p, in, contents)
		if err != nil {
			return OwnView{}, err
		}
		result := scored[entryID]
		answer := OwnAnswer{Play: p.Number, Options: []string{}}
		if result.Payload != nil {
			if answer, err = ownAnswer(p.Number, result.ReceivedUs, result.Payload); err != nil {
				return OwnView{}, err
			}
		}
		if s.Counts(p) {
			score.add(s.Settings, result)
			answer.Result = &OwnResult{Verdict: string(result.Outcome.Verdict), Points: result.Outcome.Points}
			if s.Settings.ShowTime && result.Answered {
				answer.Result.TimeUs = &result.TakenUs
			}
			if answer.Result.Parts, err = partsOf(contents[p.KeyVersionID].Content, result.Payload); err != nil {
				return OwnView{}, err
			}
		}
		if result.Payload != nil || answer.Result != nil {
			view.Answers = append(view.Answers, answer)
		}
	}
	view.Points, view.Correct = score.Points, score.Correct
	if s.Settings.ShowTime {
		view.TimeUs = &score.TimeUs
	}
	return view, nil
}

// tellOwn sends their own part to the entries on this node after the scores have changed: one message each, and only
// then.
func (r *room) tellOwn() {
	topic := contestantTopic(r.id)
	keys := r.s.cfg.Hub.Keys(topic)
	if len(keys) == 0 || r.s.ctx.Err() != nil {
		return
	}
	r.s.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(r.s.ctx, 30*time.Second)
		defer cancel()
		var here []roster.Entry
		var ids []int64
		for _, e := range r.details().entries {
			if keys[live.EntryKey(e.ID)] > 0 {
				here, ids = append(here, e), append(ids, e.ID)
			}
		}
		// While the database is away nobody learns his result; when it answers again, everybody does.
		for {
			err := r.sendOwn(ctx, here, ids)
			if err == nil {
				return
			}
			r.s.log.Warn("the entries' own parts can't be read yet", "round", r.id, "error", err)
			if !sleep(ctx, 500*time.Millisecond) {
				return
			}
		}
	})
}

func (r *room) sendOwn(ctx context.Context, entries []roster.Entry, ids []int64) error {
	for i, part := range r.flushOwn(ids) {
		if part.Err != nil {
			return part.Err
		}
		view, err := r.joinOwn(ctx, entries[i], part.Value)
		if err != nil {
			return err
		}
		r.s.cfg.Hub.PublishKey(contestantTopic(r.id), live.EntryKey(entries[i].ID), live.Message{Kind: KindOwn, Data: view})
	}
	return nil
}

// shownTimes remembers when the opened item first went into a socket of each entry, on this node.
type shownTimes struct {
	mu   sync.Mutex
	play int32
	at   map[int64]int64
}

// note keeps the first time. A snapshot for somebody who comes (back) later notes the opening itself, so that neither
// coming late nor connecting again gains anything.
func (x *shownTimes) note(play int32, entryID, us int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if play < x.play {
		return
	}
	if play > x.play || x.at == nil {
		x.play, x.at = play, map[int64]int64{}
	}
	if _, known := x.at[entryID]; !known {
		x.at[entryID] = us
	}
}

func (x *shownTimes) of(play int32, entryID int64) int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	if play != x.play {
		return 0
	}
	return x.at[entryID]
}
