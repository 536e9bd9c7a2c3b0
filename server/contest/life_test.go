package contest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
)

func TestACloneHasTheWholeSetUpAndNothingThatHappened(t *testing.T) {
	d := sit(t)
	c := d.create("reform", "Bảng A", "Bảng B")
	starts := time.Date(2026, 12, 12, 12, 0, 0, 0, time.UTC)
	c.Rules, c.StartsAt, c.RegistrationOpensAt, c.Unlisted = "1. Đối tượng", &starts, &starts, true
	c, err := d.s.Update(d.ctx, c)
	d.must(err)
	_, _, err = d.accounts.Invite(d.ctx, c.ID, "giamkhao", "Phạm Văn Giám", "judge")
	d.must(err)
	if _, err := d.db.Exec(t.Context(), `UPDATE round SET state = 'scored', max_score = 2000 WHERE contest_id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.db.Exec(t.Context(), `UPDATE contest SET state = 'finalized' WHERE id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	again := starts.AddDate(1, 0, 0)
	made, err := d.s.Clone(d.ctx, c.ID, "Hội thi năm sau", &again)
	d.must(err)
	if made.State != contest.Draft || made.Name != "Hội thi năm sau" || made.Slug == c.Slug || !made.StartsAt.Equal(again) || made.RegistrationOpensAt != nil {
		t.Errorf("made %+v", made)
	}
	if made.Rules != c.Rules || made.BankID != c.BankID || !made.Unlisted || !slices.Equal(made.TieBreakers, c.TieBreakers) ||
		made.EntryKind != c.EntryKind || made.TeamMax != c.TeamMax || len(made.Divisions) != 2 || made.Divisions[1].Name != "Bảng B" {
		t.Errorf("the set-up is not the same: %+v", made)
	}
	if len(made.Rounds) != 4 || len(d.kind.copied) != 4 {
		t.Fatalf("rounds %v, copied %v", made.Rounds, d.kind.copied)
	}
	for i, r := range made.Rounds {
		if r.State != contest.Planned || r.Name != c.Rounds[i].Name || r.MaxScore != 2000 || r.StartsAt != nil || d.kind.copied[i] != [2]int64{c.Rounds[i].ID, r.ID} {
			t.Errorf("round %+v", r)
		}
	}
	people, err := d.accounts.People(t.Context(), made.ID)
	if err != nil || len(people) != 2 {
		t.Errorf("people %v, %v", people, err)
	}
	events, err := audit.List(t.Context(), d.db, made.ID, 0, 10)
	if err != nil || len(events) != 1 || events[0].Action != "contest.clone" {
		t.Errorf("a copy begins a record of its own: %v, %v", events, err)
	}
}

func TestACloneOfARehearsalCounts(t *testing.T) {
	d := sit(t)
	r, err := d.s.Rehearse(d.ctx, d.create("quiz_evening").ID)
	d.must(err)
	made, err := d.s.Clone(d.ctx, r.ID, "Hội thi thật", nil)
	d.must(err)
	if r.RehearsalOf == 0 || made.RehearsalOf != 0 {
		t.Errorf("rehearsal of %d, its clone of %d", r.RehearsalOf, made.RehearsalOf)
	}
}

func TestAContestOnlyGoesForwardStepByStep(t *testing.T) {
	d := sit(t)
	id := d.create("quiz_evening").ID
	for _, from := range contest.States {
		for _, to := range contest.States {
			if from == contest.Draft && to == contest.Open {
				continue
			}
			_, err := d.s.Advance(d.ctx, id, from, to)
			if f := fault.From(err); f == nil || f.Kind != fault.Conflict {
				t.Errorf("a draft went from %s to %s: %v", from, to, err)
			}
		}
	}
	for _, step := range [][2]contest.State{{contest.Draft, contest.Open}, {contest.Open, contest.Running}, {contest.Running, contest.Ended}} {
		c, err := d.s.Advance(d.ctx, id, step[0], step[1])
		if err != nil || c.State != step[1] {
			t.Fatalf("%v: state %s, %v", step, c.State, err)
		}
		_, err = d.s.Advance(d.ctx, id, step[0], step[1]) // a second click, or a second organizer
		refused(t, err, "not_the_next_state")
	}
	_, err := d.s.Advance(d.ctx, id, contest.Ended, contest.Finalized)
	refused(t, err, "finalize_results")
	if n := d.count(`SELECT count(*) FROM audit_event WHERE chain = $1 AND action = 'contest.state'`, id); n != 3 {
		t.Errorf("%d steps are recorded, want 3", n)
	}
}

func TestTwoOrganizersAtOnceTakeAStepOnce(t *testing.T) {
	d := sit(t)
	id := d.create("quiz_evening").ID
	answers := make(chan error, 8)
	for range cap(answers) {
		go func() {
			_, err := d.s.Advance(d.ctx, id, contest.Draft, contest.Open)
			answers <- err
		}()
	}
	done := 0
	for range cap(answers) {
		if err := <-answers; err == nil {
			done++
		} else {
			refused(t, err, "not_the_next_state")
		}
	}
	if done != 1 {
		t.Errorf("the step was taken %d times", done)
	}
}

func TestTheChecklistBlocksAndSaysWhat(t *testing.T) {
	d := sit(t)
	c := d.create("quiz_evening")
	d.kind.missing = []contest.Missing{{Code: "round_items", Blocks: contest.Running, Vi: "Chọn câu hỏi", En: "Choose items"}, {Code: "round_reserve", Vi: "Câu dự phòng", En: "Reserve"}}
	d.s.UseChecks(func(context.Context, contest.Contest) ([]contest.Missing, error) {
		return []contest.Missing{{Code: "entries", Blocks: contest.Running, Vi: "Có thí sinh", En: "Have contestants"}}, nil
	})
	c, err := d.s.Advance(d.ctx, c.ID, contest.Draft, contest.Open) // nothing of it blocks the registration
	d.must(err)
	step, err := d.s.NextStep(t.Context(), c)
	d.must(err)
	var codes []string
	for _, m := range step.Missing {
		codes = append(codes, m.Code)
	}
	if step.To != contest.Running || !slices.Equal(codes, []string{"entries", "round_items"}) || step.Missing[1].RoundID != c.Rounds[0].ID {
		t.Errorf("the preview says %+v", step)
	}
	_, err = d.s.Advance(d.ctx, c.ID, contest.Open, contest.Running)
	if f := refused(t, err, "still_missing"); len(f.Fields) != 2 {
		t.Errorf("what is missing is not named: %v", f.Fields)
	}
	d.kind.missing[0].Done = true
	if list, err := d.s.Checklist(t.Context(), c); err != nil || len(list) != 6 {
		t.Errorf("checklist %v, %v", list, err)
	}
}

func TestARunningRoundKeepsTheContestFromEnding(t *testing.T) {
	d := sit(t)
	c := d.create("quiz_evening")
	for _, step := range [][2]contest.State{{contest.Draft, contest.Open}, {contest.Open, contest.Running}} {
		_, err := d.s.Advance(d.ctx, c.ID, step[0], step[1])
		d.must(err)
	}
	for _, state := range []string{"running", "paused"} {
		if _, err := d.db.Exec(t.Context(), `UPDATE round SET state = $2 WHERE contest_id = $1`, c.ID, state); err != nil {
			t.Fatal(err)
		}
		_, err := d.s.Advance(d.ctx, c.ID, contest.Running, contest.Ended)
		refused(t, err, "still_missing")
	}
}

func TestWhatIsFinalIsNoLongerSetUp(t *testing.T) {
	d := sit(t)
	c := d.create("reform")
	for _, state := range []string{"finalized", "archived"} {
		if _, err := d.db.Exec(t.Context(), `UPDATE contest SET state = $2 WHERE id = $1`, c.ID, state); err != nil {
			t.Fatal(err)
		}
		_, err := d.s.Update(d.ctx, c)
		refused(t, err, "set_up_closed")
		_, err = d.s.SetDivisions(d.ctx, c.ID, c.Version, c.Divisions)
		refused(t, err, "set_up_closed")
		_, err = d.s.UpdateRound(d.ctx, c.ID, c.Rounds[0].ID, "Tên mới", nil, 0)
		refused(t, err, "set_up_closed")
		_, err = d.s.RemoveRound(d.ctx, c.ID, c.Rounds[0].ID)
		refused(t, err, "set_up_closed")
	}
}

func TestPersonsStayPersonsOnceSomebodyHasEntered(t *testing.T) {
	d := sit(t)
	c := d.create("quiz_evening")
	entered := false
	d.s.UseEntered(func(context.Context, contest.Contest) (bool, error) { return entered, nil })
	c.EntryKind = contest.TeamEntry
	c, err := d.s.Update(d.ctx, c)
	d.must(err)
	entered = true
	c.EntryKind = contest.PersonEntry
	_, err = d.s.Update(d.ctx, c)
	refused(t, err, "entry_kind_stands")
}

func TestADraftAndARehearsalAreNotPublic(t *testing.T) {
	d := sit(t)
	draft, open, hidden := d.create("quiz_evening"), d.create("reform"), d.create("judged")
	hidden.Unlisted = true
	_, err := d.s.Update(d.ctx, hidden)
	d.must(err)
	for _, c := range []contest.Contest{open, hidden} {
		_, err := d.s.Advance(d.ctx, c.ID, contest.Draft, contest.Open)
		d.must(err)
	}
	r, err := d.s.Rehearse(d.ctx, open.ID)
	d.must(err)
	listed, err := d.s.Public(t.Context())
	d.must(err)
	if len(listed) != 1 || listed[0].ID != open.ID {
		t.Errorf("the home page lists %v", listed)
	}
	if _, err := d.s.Visible(t.Context(), hidden.Slug); err != nil {
		t.Errorf("an unlisted contest is seen by who has its address: %v", err)
	}
	for _, c := range []contest.Contest{draft, r} {
		_, err := d.s.Visible(t.Context(), c.Slug)
		refused(t, err, "not_found")
	}
}

// A contest can't be ended while one of its rounds is being started: whichever comes first, the other one sees it.
func TestAContestDoesNotEndUnderARoundThatStarts(t *testing.T) {
	d := sit(t)
	c := d.create("quiz_evening")
	if _, err := d.db.Exec(t.Context(), `UPDATE contest SET state = 'running' WHERE id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	tx, err := d.db.Begin(t.Context())
	d.must(err)
	state, rehearsal, err := d.s.HoldState(t.Context(), tx, c.ID)
	if err != nil || state != contest.Running || rehearsal {
		t.Fatalf("%s, %t, %v", state, rehearsal, err)
	}
	d.must(d.s.SetRoundState(t.Context(), tx, c.Rounds[0].ID, contest.RoundRunning))
	ended := make(chan error, 1)
	go func() {
		_, err := d.s.Advance(d.ctx, c.ID, contest.Running, contest.Ended)
		ended <- err
	}()
	for waiting := 0; waiting == 0; time.Sleep(5 * time.Millisecond) {
		d.must(d.db.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting))
	}
	d.must(tx.Commit(t.Context()))
	if f := fault.From(<-ended); f == nil || f.Code != "still_missing" {
		t.Fatalf("the contest was ended under a running round: %v", f)
	}
	if c, err = d.s.Get(t.Context(), c.ID); err != nil || c.State != contest.Running {
		t.Fatalf("the contest is %s, %v", c.State, err)
	}
}
