package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging"
)

// What a panel gives reaches nobody outside while the board is frozen, nor where the part keeps it back, by whatever topic
// or route: and it reaches everybody, with the judges' names, where that was agreed.
func TestMarksReachThePublicAsAgreed(t *testing.T) {
	t.Parallel()
	a, address := running(t)
	r, err := a.PrepareJudgedRehearsal(t.Context(), "", 3, 5)
	e := &evening{t: t, a: a, address: address}
	e.must(err)
	e.plan = &r.Rehearsal
	e.ctx = account.With(t.Context(), account.Principal{AccountID: 1, Name: "Ban Tổ chức"})
	contestID, roundID := r.ContestID, r.RoundID
	e.exec(`UPDATE contest SET rehearsal_of = NULL WHERE id = $1`, contestID)
	e.slug = publicSlug(t, a, contestID)
	publicity := func(marks judging.PublicMarks, hall judging.HallScore) {
		t.Helper()
		e.must(a.Judging.SetPublicity(e.ctx, contestID, roundID, judging.Publicity{Marks: marks, Hall: hall}))
	}
	e.must(a.Judging.DrawOrder(e.ctx, contestID, roundID, ""))
	publicity(judging.WithNames, judging.AtOnce)
	e.comeIn()
	e.must(a.Boards.Freeze(e.ctx, contestID))
	names := []string{"Giám khảo máy 1", "Giám khảo máy 3"}
	e.perform(r, 0, []int64{700, 750, 850, 850, 900}, 450) // 15; 16; 16 of the middle: 15,67
	e.quiet("while the board is frozen", append([]string{"1567"}, names...))
	e.must(a.Boards.Thaw(e.ctx, contestID))
	for _, o := range e.outside {
		e.finds(o, append([]string{"1567"}, names...))
	}
	publicity(judging.TotalsOnly, judging.Never)
	e.perform(r, 1, []int64{700, 700, 750, 750, 900}, 400) // 14,33
	for _, o := range e.outside {
		e.read(o) // what was sent before the setting was made narrower
	}
	e.quiet("where the part keeps its scores back", append([]string{"1433"}, names...))
}

// perform plays a turn and lets the whole panel lock its sheets: first is what each judge gives for the first criterion.
func (e *evening) perform(r *JudgedRehearsal, turn int, first []int64, second int64) {
	e.t.Helper()
	j, err := e.a.Judging.Get(e.ctx, r.ContestID, r.RoundID)
	e.must(err)
	id := j.Performances[turn].ID
	e.must(e.a.Judging.Start(e.ctx, r.ContestID, r.RoundID, id))
	e.must(e.a.Judging.Finish(e.ctx, r.ContestID, r.RoundID, id))
	for n, judge := range r.Judges {
		ctx := account.With(e.t.Context(), account.Principal{AccountID: judge.AccountID, Name: fmt.Sprint("Giám khảo máy ", n+1)})
		writer, err := e.a.Judging.Claim(ctx, r.ContestID, r.RoundID)
		e.must(err)
		marks := []judging.MarkValue{}
		for i, value := range []int64{first[n], second, 300} {
			m := judging.MarkValue{CriterionID: j.Criteria[i].ID, Value: value}
			marks = append(marks, m)
			_, err := e.a.Judging.Mark(ctx, r.ContestID, r.RoundID, judging.NewMark{PerformanceID: id, CriterionID: m.CriterionID, Writer: writer,
				Seq: int64(10*turn + i + 1), Value: &value, ReceivedUs: e.a.nowUs()})
			e.must(err)
		}
		_, err = e.a.Judging.Lock(ctx, r.ContestID, r.RoundID, judging.LockSheetData{PerformanceID: id, Writer: writer, Marks: marks})
		e.must(err)
	}
}

// finds waits until somebody outside has been told all words.
func (e *evening) finds(o *outsider, words []string) {
	e.t.Helper()
	for sent := ""; ; {
		sent += e.read(o)
		missing := ""
		for _, w := range words {
			if !strings.Contains(sent, w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-e.t.Context().Done():
			e.t.Fatalf("the %s is never told %s", o.name, missing)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
