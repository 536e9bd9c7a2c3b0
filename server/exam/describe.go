package exam

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
)

// readGiven gives all that was said in some attempts, in no order: sorting two million answers takes longer than finding
// the last of each place.
const readGiven = `SELECT attempt_id, place, writer, seq, payload FROM exam_response WHERE attempt_id = ANY($1::bigint[]) AND place > 0`

// describeAtOnce is how many attempts are read at once for statistics.
const describeAtOnce = 1000

// sitters are the attempts of a period as statistics and the comparison of answers see them.
type sitters struct {
	sats   []Sat
	sheets []AnswerSheet
	offers map[int64]PoolOffer
}

// describing turns attempts into sitters. What an answer to an item comes to is worked out once for all who gave it.
type describing struct {
	r    *room
	f    *facts
	keys map[int64]scoring.Key

	marked map[markedItem]map[string]*mark // by payload; empty: no answer
}

type markedItem struct{ version, points int64 }

// mark is what an answer came to, wherever it was given. It is never changed.
type mark struct {
	item  SatItem
	given GivenAnswer
	void  bool
}

// attemptsOf reads a period's attempts that count: while one chunk is looked at, the next is read.
func (r *room) attemptsOf(ctx context.Context, now *ranked, period Period, every int64) (sitters, error) {
	d := &describing{r: r, f: now.facts, marked: map[markedItem]map[string]*mark{}}
	all := sitters{offers: map[int64]PoolOffer{}}
	if err := d.readKeys(ctx, period); err != nil {
		return all, err
	}
	type chunk struct {
		rows  []examdb.CountingAfterRow
		given map[place]said
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunk, 1)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()
	reading.Go(func() {
		defer close(chunks)
		for after, more := int64(0), true; more; {
			var c chunk
			c.rows, c.err = r.s.q.CountingAfter(ctx, examdb.CountingAfterParams{PeriodID: period.ID, AfterID: after, Every: every, Many: describeAtOnce})
			if c.err == nil && len(c.rows) > 0 {
				after = c.rows[len(c.rows)-1].ID
				c.given, c.err = r.given(ctx, c.rows)
			}
			more = c.err == nil && len(c.rows) == describeAtOnce
			select {
			case chunks <- c:
			case <-ctx.Done():
				return
			}
		}
	})
	for c := range chunks {
		if c.err != nil {
			return all, c.err
		}
		for _, row := range c.rows {
			if _, ranked := now.who.divisions[row.EntryID]; !ranked {
				continue
			}
			if err := d.sit(ctx, &all, row, c.given); err != nil {
				return all, err
			}
		}
	}
	return all, ctx.Err()
}

// place is a place of an attempt.
type place struct {
	attempt int64
	at      int16
}

// said is the last that was said in it.
type said struct {
	writer, seq int
	payload     []byte
}

func (r *room) given(ctx context.Context, attempts []examdb.CountingAfterRow) (map[place]said, error) {
	ids := make([]int64, len(attempts))
	for i, a := range attempts {
		ids[i] = a.ID
	}
	rows, err := r.s.db.Query(ctx, readGiven, pgx.QueryResultFormats{pgx.BinaryFormatCode}, ids)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	given := make(map[place]said, 20*len(ids))
	for rows.Next() {
		row := rows.RawValues()
		k, x := place{int8Of(row[0]), int2Of(row[1])}, said{writer: int4Of(row[2]), seq: int4Of(row[3])}
		if before, there := given[k]; there && (before.writer > x.writer || before.writer == x.writer && before.seq > x.seq) {
			continue
		}
		x.payload = append([]byte(nil), row[4]...)
		given[k] = x
	}
	return given, rows.Err()
}

// readKeys reads what the papers of a period can hold, with the keys that count instead of others.
func (d *describing) readKeys(ctx context.Context, period Period) error {
	var versions []int64
	for _, pool := range d.f.pools {
		if pool.PeriodID == period.ID {
			for _, o := range pool.Offers {
				versions = append(versions, o.Version)
			}
		}
	}
	for _, c := range d.f.course.Corrections {
		if c.KeyVersion != 0 {
			versions = append(versions, c.KeyVersion)
		}
	}
	_, keys, err := d.r.versions(ctx, d.f, versions)
	d.keys = keys
	return err
}

func (d *describing) sit(ctx context.Context, all *sitters, row examdb.CountingAfterRow, given map[place]said) error {
	pool, err := d.r.poolByID(ctx, row.PoolID)
	if err != nil {
		return err
	}
	kept, err := DecodePaper(row.Paper)
	if err != nil {
		return err
	}
	placed, err := pool.Placed(kept)
	if err != nil {
		return err
	}
	sat := Sat{Items: make([]*SatItem, 0, len(placed))}
	sheet := AnswerSheet{AttemptID: row.ID, EntryID: row.EntryID}
	compared := len(all.sheets) < mostSheets
	for _, p := range placed {
		m, err := d.mark(p, given[place{row.ID, p.Place}].payload)
		if err != nil {
			return err
		}
		all.offers[p.Offer.Version] = p.Offer
		sat.Total += m.item.Points
		sat.Items = append(sat.Items, &m.item)
		if compared && !m.item.Missing && !m.void {
			sheet.Answers = append(sheet.Answers, m.given)
		}
	}
	all.sats = append(all.sats, sat)
	if compared {
		all.sheets = append(all.sheets, sheet)
	}
	return nil
}

// mark scores an answer by the rule by which papers are scored.
func (d *describing) mark(p Placed, payload []byte) (*mark, error) {
	item := markedItem{p.Offer.Version, p.Points}
	if m := d.marked[item][string(payload)]; m != nil {
		return m, nil
	}
	responses := map[int16][]byte{}
	if payload != nil {
		responses[p.Place] = payload
	}
	scored, err := ScorePaper([]Placed{p}, responses, d.keys, d.f.course.Corrections)
	if err != nil {
		return nil, err
	}
	x := scored.Per[0]
	right := x.Outcome.Verdict == scoring.Right
	m := &mark{item: SatItem{Version: p.Offer.Version, Points: x.Outcome.Points, Max: p.Points, Right: right, Missing: !x.Answered},
		void: x.Outcome.Verdict == scoring.VoidItem}
	if x.Answered {
		response, err := scoring.ReadResponse(payload)
		if err != nil {
			return nil, err
		}
		m.item.Chosen = chosenOf(response)
		m.given = GivenAnswer{Version: p.Offer.Version, Payload: string(payload), Right: right}
	}
	if d.marked[item] == nil {
		d.marked[item] = map[string]*mark{}
	}
	d.marked[item][string(payload)] = m
	return m, nil
}

// describe reads the counting attempts of a period with what was answered.
func (r *room) describe(ctx context.Context, now *ranked, period Period) (*itemsReport, error) {
	f := now.facts
	list, err := now.of(period.ID)
	if err != nil {
		return nil, err
	}
	standings := list.all()
	x, err := r.attemptsOf(ctx, now, period, int64(len(standings)/mostSat+1))
	if err != nil {
		return nil, postgres.Fault(err)
	}
	made := &itemsReport{basis: now.basis, alike: Alike(x.sheets), compared: len(x.sheets)}
	made.stats = PeriodStatistics{PeriodID: period.ID, Entrants: len(standings), Looked: len(x.sats), Items: []ItemReport{}}
	made.stats.spread(standings, f.mostPoints(period))
	if alpha, ok := Reliability(x.sats); ok {
		made.stats.Reliability = &alpha
	}
	return made, r.describeItems(ctx, f, made, Statistics(x.sats), x.offers)
}
