package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/privacy"
	"github.com/hoithi/hoithi/server/rehearse"
	"github.com/hoithi/hoithi/server/roster"
)

// Somebody asks to be erased after the result is final. The published result goes on without the name, and still proves
// itself: its hash, what it is computed from and the chain of records are whole.
func TestAFinalResultOutlivesAnErasedName(t *testing.T) {
	t.Parallel()
	const robots = 3
	a, address := running(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := a.Seed(t.Context())
	must(err)
	plan, err := a.PrepareRehearsal(t.Context(), "", robots)
	must(err)
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := a.DB.Exec(t.Context(), sql, args...)
		must(err)
	}
	exec(`UPDATE contest SET rehearsal_of = NULL WHERE id = $1`, plan.ContestID)
	_, _, err = rehearse.Run(t.Context(), rehearse.Plan{URL: "http://" + address, ContestID: plan.ContestID, RoundID: plan.RoundID, Host: plan.Host,
		Robots: plan.Robots, Items: 2, AnswerWithin: 100 * time.Millisecond, Settle: 20 * time.Second, Seed: 1, Progress: t.Logf})
	must(err)
	exec(`UPDATE round SET state = 'closed' WHERE contest_id = $1`, plan.ContestID)
	exec(`UPDATE contest SET state = 'ended' WHERE id = $1`, plan.ContestID)
	ctx := account.With(t.Context(), account.Principal{AccountID: d.Organizer.ID, Name: "Ban Tổ chức", Admin: true})
	preview, err := a.Results.Preview(ctx, plan.ContestID)
	must(err)
	r, err := a.Results.Finalize(ctx, plan.ContestID, preview.InputsHash, "")
	must(err)

	gone := r.Snapshot.Standings[0]
	entries, err := a.Roster.Entries(ctx, plan.ContestID)
	must(err)
	who := roster.Who{ContestID: plan.ContestID}
	for _, e := range entries {
		if e.Number == gone.Number {
			who.EntryID = e.ID
		}
	}
	must(a.Privacy.Ask(t.Context(), who, privacy.Erase, "Xin xóa dữ liệu của tôi"))
	requests, err := a.Privacy.Requests(ctx, plan.ContestID, true, 1)
	must(err)
	must(a.Privacy.Answer(ctx, plan.ContestID, requests[0].ID, privacy.Done, "Đã xóa theo yêu cầu"))

	v, err := a.Results.Verify(ctx, plan.ContestID)
	must(err)
	if len(v.Findings) > 0 || v.Revisions != 1 || v.Entries != len(r.Snapshot.Standings) {
		t.Errorf("verification: %+v", v)
	}
	c, err := a.Contests.Get(ctx, plan.ContestID)
	must(err)
	final, err := a.Results.Final(context.Background(), c.Slug)
	must(err)
	if final.Seal != v.Seal || len(final.Standings) != len(r.Snapshot.Standings) {
		t.Errorf("the published result changed its seal or rows: %s, want %s", final.Seal, v.Seal)
	}
	for i, s := range final.Standings {
		if s.Number == gone.Number && (!strings.Contains(s.Name, "ẩn danh "+gone.Number) || s.Total != gone.Total || s.Place != gone.Place) {
			t.Errorf("the erased entry is published as %+v", s)
		}
		if s.Number != gone.Number && s.Name != r.Snapshot.Standings[i].Name {
			t.Errorf("somebody else's name changed to %q", s.Name)
		}
		if strings.Contains(s.Name, gone.Name) {
			t.Errorf("the erased name %q is still published", gone.Name)
		}
	}
}
