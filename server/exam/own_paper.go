package exam

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/scoring"
)

// paper is the running attempt's paper with what is saved; nil: there is none.
func (r *room) paper(ctx context.Context, p ownPart) (*PaperView, error) {
	a := p.open()
	if a == nil {
		return nil, nil
	}
	pool, err := r.poolByID(ctx, a.PoolID)
	if err != nil {
		return nil, err
	}
	contents, err := r.contentsOf(ctx, r.known(), pool)
	if err != nil {
		return nil, err
	}
	kept, err := DecodePaper(a.Paper)
	if err != nil {
		return nil, err
	}
	v := &PaperView{AttemptID: a.ID, Number: int(a.Number), PeriodID: a.PeriodID, StartedUs: a.StartedUs, DeadlineUs: a.DeadlineUs, Writer: a.Writer,
		Guess: p.facts.settings.Guess, Saved: []Saved{}}
	if v.Items, err = pool.Items(kept, contents); err != nil {
		return nil, err
	}
	for _, row := range p.saved {
		s, err := savedOf(row)
		if err != nil {
			return nil, err
		}
		v.Saved = append(v.Saved, s)
	}
	return v, nil
}

func savedOf(row examdb.ExamResponse) (Saved, error) {
	s := Saved{Place: row.Place, Seq: row.Seq, Writer: row.Writer, ReceivedUs: row.ReceivedUs}
	if row.Place == PlaceGuess || row.Place == PlaceFlags {
		n, err := readNote(row.Payload)
		if err != nil {
			return s, fmt.Errorf("attempt %d, place %d: %w", row.AttemptID, row.Place, err)
		}
		s.Text = n.Text
		for i, at := range n.Flags {
			if i > 0 {
				s.Text += ","
			}
			s.Text += strconv.Itoa(int(at))
		}
		return s, nil
	}
	response, err := scoring.ReadResponse(row.Payload)
	s.Options, s.Text, s.Parts = response.Options, response.Text, response.Parts
	return s, err
}
