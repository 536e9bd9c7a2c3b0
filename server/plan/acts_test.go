package plan

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/roster"
)

func best(n, reserves int) contest.Intake {
	return contest.Intake{Who: contest.WhoBest, Basis: contest.BasisOverall, Places: []contest.Places{{Count: n}}, Reserves: reserves}
}

var judgedRound = contest.RoundSpec{Kind: contest.Judged, Name: "Chung kết", Weight: 10000}

func TestTheBestGoOnAndReservesFollow(t *testing.T) {
	f := lay(t, contest.PersonEntry, judgedRound)
	e := f.people("", "", "", "", "")
	if got := f.entrants(2); len(got) != 5 {
		t.Fatalf("without a rule %d enter the second round", len(got))
	}
	f.must(f.plan(best(2, 1)))
	if got := f.entrants(2); len(got) != 0 {
		t.Fatalf("before the promotion %v enter", got)
	}
	f.wantFault(f.promote(2), "promotion_blocked") // the first round is open
	f.closes(1, e, 900, 700, 800, 600, -1)
	r := f.round(2)
	p, err := f.plans.Preview(f.ctx, f.id, r.ID)
	f.must(err)
	f.scores[f.round(1).ID].Rows[3].Points = 950 // a correction between the preview and the act
	f.wantFault(f.plans.Promote(f.ctx, f.id, r.ID, p.Hash), "promotion_moved")
	f.scores[f.round(1).ID].Rows[3].Points = 600
	f.must(f.promote(2))
	f.wantFault(f.promote(2), "promoted_already")
	if got, want := f.entrants(2), []int64{e[0].ID, e[2].ID}; !slices.Equal(got, want) {
		t.Fatalf("%v enter, want %v", got, want)
	}
	f.wantFault(f.plan(best(3, 1)), "round_filled")

	v, err := f.plans.PromotionView(f.ctx, f.id, r.ID)
	f.must(err)
	f.must(f.roster.Withdraw(f.ctx, f.id, e[2].ID, "Bị ốm"))
	f.must(f.plans.Pass(f.ctx, f.id, r.ID, v.Places[1].ID, "Thí sinh bị ốm", nil))
	if got, want := f.entrants(2), []int64{e[0].ID, e[1].ID}; !slices.Equal(got, want) {
		t.Fatalf("after the withdrawal %v enter, want %v", got, want)
	}
	f.wantFault(f.plans.Pass(f.ctx, f.id, r.ID, v.Places[0].ID, "Xin rút", nil), "no_reserve")
	wrong, err := f.plans.Check(f.ctx, f.id)
	f.must(err)
	if len(wrong) != 0 {
		t.Errorf("the check finds %v", wrong)
	}

	f.exec(`UPDATE round SET state = 'running' WHERE id = $1`, r.ID)
	f.wantFault(f.plans.Undo(f.ctx, f.id, r.ID, "Xét nhầm"), "round_begun")
	f.exec(`UPDATE round SET state = 'planned' WHERE id = $1`, r.ID)
	f.must(f.plans.Undo(f.ctx, f.id, r.ID, "Xét nhầm"))
	if got := f.entrants(2); len(got) != 0 {
		t.Errorf("after the undo %v enter", got)
	}
	if _, broken, err := audit.Verify(f.ctx, f.db, f.id); err != nil || broken != 0 {
		t.Errorf("audit chain: broken at %d, %v", broken, err)
	}
}

func TestATieAtTheLineWaitsForSomebody(t *testing.T) {
	f := lay(t, contest.PersonEntry, judgedRound)
	e := f.people("", "", "", "")
	f.must(f.plan(best(2, 1)))
	f.closes(1, e, 900, 700, 700, 700)
	f.wantFault(f.promote(2), "promotion_blocked")
	view, err := f.plans.View(f.ctx, f.id)
	f.must(err)
	if len(view.Ties) != 1 || !view.Ties[0].Blocks || view.Ties[0].Free != 1 || len(view.Ties[0].Lines) != 3 {
		t.Fatalf("open ties: %+v", view.Ties)
	}
	tied := []int64{e[1].ID, e[2].ID, e[3].ID}
	ask := DecisionAsk{What: "entry", Subjects: tied[:2], Method: ByLots}
	_, err = f.plans.Decide(f.ctx, f.id, ask)
	f.wantFault(err, "not_tied") // two of three
	ask.Subjects, ask.Method, ask.Order, ask.Decider = tied, ByHead, []int64{e[3].ID, e[1].ID, e[2].ID}, "Trần Thị Hà"
	_, err = f.plans.Decide(f.ctx, f.id, ask)
	f.wantFault(err, "invalid_decision") // no reason
	ask.Reason = "Phần trình bày tốt hơn"
	d, err := f.plans.Decide(f.ctx, f.id, ask)
	f.must(err)
	f.must(f.promote(2))
	if got, want := f.entrants(2), []int64{e[0].ID, e[3].ID}; !slices.Equal(got, want) {
		t.Fatalf("%v enter, want %v", got, want)
	}
	f.wantFault(f.plans.Revoke(f.ctx, f.id, d.ID, "Nhầm"), "decision_used")

	// Taken back, and drawn by lots, which anybody can check.
	f.must(f.plans.Undo(f.ctx, f.id, f.round(2).ID, "Xét lại"))
	f.must(f.plans.Revoke(f.ctx, f.id, d.ID, "Bốc thăm theo thể lệ"))
	d, err = f.plans.Decide(f.ctx, f.id, DecisionAsk{What: "entry", Subjects: tied, Method: ByLots})
	f.must(err)
	f.must(f.promote(2))
	winner := d.Subjects[slices.Index(d.Places, 1)]
	if got := f.entrants(2); !slices.Contains(got, winner) {
		t.Errorf("%v enter, the lots were for %d", got, winner)
	}
	sealed, err := f.plans.Seal(f.ctx, f.id)
	f.must(err)
	if len(sealed.Decisions) != 1 || sealed.Decisions[0].Seed != d.Seed || len(sealed.Decisions[0].Earlier) != 1 || sealed.Decisions[0].Earlier[0].Why != "Bốc thăm theo thể lệ" || !sealed.Promotions[0].Agrees {
		t.Errorf("sealed: %+v", sealed)
	}
	f.exec(`UPDATE tie_decision SET places = ARRAY[places[2], places[1], places[3]] WHERE id = $1`, d.ID)
	wrong, err := f.plans.Check(f.ctx, f.id)
	f.must(err)
	if len(wrong) == 0 {
		t.Error("lots that don't follow from their seed are not found")
	}
}

// Two devices, or one hand that presses twice: one draw of lots stands, and there is one tie-break round.
func TestATieIsResolvedOnce(t *testing.T) {
	f := lay(t, contest.PersonEntry, judgedRound)
	e := f.people("", "", "", "")
	f.must(f.plan(best(2, 1)))
	f.closes(1, e, 900, 700, 700, 700)
	tied := []int64{e[1].ID, e[2].ID, e[3].ID}
	// Both have seen the open tie, and both wait for the contest.
	atOnce := func(act func() error) (done int) {
		t.Helper()
		holder, err := f.db.Begin(f.ctx)
		f.must(err)
		_, err = holder.Exec(f.ctx, `SELECT 1 FROM contest WHERE id = $1 FOR UPDATE`, f.id)
		f.must(err)
		answers := make(chan error, 2)
		for range 2 {
			go func() { answers <- act() }()
		}
		for waiting := 0; waiting < 2; {
			f.must(f.db.QueryRow(f.ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting))
		}
		f.must(holder.Commit(f.ctx))
		for range 2 {
			var x *fault.Fault
			switch err := <-answers; {
			case err == nil:
				done++
			case !errors.As(err, &x) || x.Code != "not_tied":
				t.Error(err)
			}
		}
		return done
	}
	if n := atOnce(func() error {
		_, err := f.plans.TieRound(f.ctx, f.id, "entry", 0, tied, tieSpec(contest.Judged, "Câu hỏi phụ"))
		return err
	}); n != 1 {
		t.Errorf("%d tie-break rounds were made", n)
	}
	if n := atOnce(func() error {
		_, err := f.plans.Decide(f.ctx, f.id, DecisionAsk{What: "entry", Subjects: tied, Method: ByLots})
		return err
	}); n != 1 {
		t.Errorf("%d draws of lots stand", n)
	}
}

func TestATieBreakRoundPartsATieAndGivesNoPoints(t *testing.T) {
	f := lay(t, contest.PersonEntry, judgedRound)
	e := f.people("", "", "")
	f.must(f.plan(best(1, 0)))
	f.closes(1, e, 900, 900, 100)
	tied := []int64{e[0].ID, e[1].ID}
	made, err := f.plans.TieRound(f.ctx, f.id, "entry", 0, tied, tieSpec(contest.Judged, "Câu hỏi phụ"))
	f.must(err)
	if got, limited, err := f.roster.Entrants(f.ctx, made.ID); err != nil || !limited || !slices.Equal(got, tied) {
		t.Fatalf("%v enter the tie-break round, %v", got, err)
	}
	ask := DecisionAsk{What: "entry", Subjects: tied, Method: ByRound, TieRound: made.ID}
	_, err = f.plans.Decide(f.ctx, f.id, ask)
	f.wantFault(err, "tie_round_open")
	f.closes(3, e, 10, 20)
	_, err = f.plans.Decide(f.ctx, f.id, ask)
	f.must(err)
	f.must(f.promote(2))
	if got := f.entrants(2); !slices.Equal(got, []int64{e[1].ID}) {
		t.Errorf("%v enter the final", got)
	}
	b, err := f.boards.Whole(f.ctx, f.id)
	f.must(err)
	if b.Rows[0].EntryID != e[1].ID || b.Rows[0].Total != 900 || b.Rows[1].Total != 900 {
		t.Errorf("the first row is %+v", b.Rows[0])
	}
	for _, r := range b.Rows {
		if r.Level == 0 && b.Lacks(r) {
			t.Errorf("entry %d is said to lack a round that it never entered", r.EntryID)
		}
	}
}

func TestUnitsNameTeamsOfTheirPeople(t *testing.T) {
	f := lay(t, contest.PersonEntry, judgedRound)
	e := f.people("Phường A", "Phường A", "Phường A", "Phường B", "Phường B", "Xã C", "Xã C", "Xã C")
	deadline := time.UnixMicro(f.clock.Load()).Add(time.Hour)
	f.must(f.plan(contest.Intake{Who: contest.WhoUnits, Basis: contest.BasisPrevious, Places: []contest.Places{{Count: 1}}, Reserves: 1,
		Units: contest.UnitRule{Best: 2, LeastEntrants: 2, TeamPoints: 500, Deadline: &deadline}}))
	// A: (900+800)/2, B: only one turn, C: (700+600)/2
	f.closes(1, e, 900, 800, 400, 1000, -1, 700, 600, 500)
	f.must(f.promote(2))
	final := f.round(2)
	all, err := f.plans.Namings(f.ctx, f.id, nil)
	f.must(err)
	if len(all) != 2 || all[0].UnitName != "Phường A" || all[0].State != Through || all[1].UnitName != "Xã C" || all[1].State != Reserve {
		t.Fatalf("places: %+v", all)
	}
	a, c := all[0].UnitID, all[1].UnitID
	n, err := f.plans.Naming(f.ctx, f.id, final.ID, a)
	f.must(err)
	if len(n.Candidates) != 2 || n.Candidates[0].Points != 900 || !n.Candidates[0].Counts {
		t.Fatalf("who can be named: %+v", n.Candidates)
	}
	member := func(entry roster.Entry, role roster.MemberRole) roster.TeamMember {
		return roster.TeamMember{PersonID: entry.ID, Role: role}
	}
	team := TeamAsk{Name: "Đội Phường A", Members: []roster.TeamMember{member(e[0], roster.RoleMember), member(e[2], roster.RoleCaptain)}}
	_, err = f.plans.Name(f.ctx, f.id, final.ID, a, team, false)
	f.wantFault(err, "not_eligible") // too few points
	team.Members = []roster.TeamMember{member(e[0], roster.RoleMember)}
	_, err = f.plans.Name(f.ctx, f.id, final.ID, a, team, false)
	f.wantFault(err, "invalid_team")
	team.Members = []roster.TeamMember{member(e[0], roster.RoleMember), member(e[1], roster.RoleCaptain)}
	_, err = f.plans.Name(f.ctx, f.id, final.ID, c, team, false)
	f.wantFault(err, "no_place") // in reserve
	made, err := f.plans.Name(f.ctx, f.id, final.ID, a, team, false)
	f.must(err)
	if got := f.entrants(2); !slices.Equal(got, []int64{made.ID}) || made.Number != "009" {
		t.Fatalf("%v enter, number %s", got, made.Number)
	}
	if got := f.entrants(1); len(got) != 8 {
		t.Errorf("%d enter the first round once there is a team", len(got))
	}
	team.Name = "Tuổi trẻ Phường A"
	changed, err := f.plans.Name(f.ctx, f.id, final.ID, a, team, false)
	f.must(err)
	if changed.ID != made.ID || changed.Number != made.Number {
		t.Errorf("the changed team is %+v", changed)
	}
	stored, err := f.roster.Entry(f.ctx, f.id, made.ID)
	f.must(err)
	if stored.Name != "Tuổi trẻ Phường A" || len(stored.Members) != 2 || stored.Members[0].Name != e[1].Name || stored.Members[0].Role != roster.RoleCaptain {
		t.Errorf("stored: %+v", stored)
	}

	f.clock.Add(2 * time.Hour.Microseconds())
	_, err = f.plans.Name(f.ctx, f.id, final.ID, a, team, false)
	f.wantFault(err, "naming_over")
	later := time.UnixMicro(f.clock.Load()).Add(time.Hour)
	f.must(f.plans.Pass(f.ctx, f.id, final.ID, n.PlaceID, "Đơn vị xin rút", &later))
	if got := f.entrants(2); len(got) != 0 {
		t.Errorf("%v enter after the unit has given up its place", got)
	}
	if gone, err := f.roster.Entry(f.ctx, f.id, made.ID); err != nil || gone.State != roster.EntryWithdrawn {
		t.Errorf("the team that was named is %s, %v", gone.State, err)
	}
	team = TeamAsk{Name: "Đội Xã C", Members: []roster.TeamMember{member(e[5], roster.RoleCaptain), member(e[6], roster.RoleMember), member(e[7], roster.RoleReserve)}}
	follows, err := f.plans.Name(f.ctx, f.id, final.ID, c, team, false)
	f.must(err)
	if got := f.entrants(2); !slices.Equal(got, []int64{follows.ID}) {
		t.Errorf("%v enter, want the team that followed", got)
	}

	// The board: the team and the persons are ranked apart, and nobody's place moves because of the others.
	f.closes(2, []roster.Entry{follows}, 3000)
	b, err := f.boards.Whole(f.ctx, f.id)
	f.must(err)
	if b.Rows[0].EntryID != follows.ID || b.Rows[0].Place != 1 || b.Rows[1].EntryID != e[3].ID || b.Rows[1].Place != 1 {
		t.Errorf("board: %+v", b.Rows[:2])
	}
	for _, r := range b.Rows {
		if r.EntryID != e[4].ID && b.Lacks(r) { // the one who stayed away from the first round
			t.Errorf("%s is said to lack a round", r.Name)
		}
	}
}

func TestWhatIfChangesNothing(t *testing.T) {
	f := lay(t, contest.PersonEntry, judgedRound, contest.RoundSpec{Kind: contest.Judged, Name: "Phần ba", Weight: 10000})
	e := f.people("", "", "")
	f.must(f.plan(contest.Intake{Who: contest.WhoAll}, func(p []contest.RoundPlan) { p[2].Intake = best(1, 0) }))
	f.closes(1, e, 900, 500, 100)
	f.closes(2, e, 100, 600, 300)
	before, err := f.boards.Whole(f.ctx, f.id)
	f.must(err)
	o, err := f.plans.WhatIf(f.ctx, f.id, What{Rounds: []WhatRound{{RoundID: f.round(1).ID, Weight: 5000}, {RoundID: f.round(2).ID, Weight: 10000},
		{RoundID: f.round(3).ID, Weight: 10000, Places: []contest.Places{{Count: 2}}}}})
	f.must(err)
	// 1000, 1100, 400 becomes 550, 850, 350: the order stays, two go on.
	if o.Moved != 0 || len(o.Rows) != 3 || o.Rows[0].EntryID != e[1].ID || o.Rows[0].OldTotal != 1100 || o.Rows[0].NewTotal != 850 {
		t.Errorf("with half the weight: %+v", o)
	}
	if len(o.Cuts) != 1 || o.Cuts[0].Before != 1 || o.Cuts[0].After != 2 || len(o.Cuts[0].In) != 1 || o.Cuts[0].In[0].ID != e[0].ID {
		t.Errorf("two go on: %+v", o.Cuts)
	}
	o, err = f.plans.WhatIf(f.ctx, f.id, What{Rounds: []WhatRound{{RoundID: f.round(2).ID, Weight: 10000, Void: true}, {RoundID: f.round(3).ID, Weight: 10000}}})
	f.must(err)
	if o.Moved != 2 || o.Rows[0].EntryID != e[0].ID || o.Cuts[0].Out[0].ID != e[1].ID || o.Cuts[0].In[0].ID != e[0].ID {
		t.Errorf("without the second round: %+v", o)
	}
	after, err := f.boards.Whole(f.ctx, f.id)
	f.must(err)
	if len(after.Rows) != len(before.Rows) || after.Rows[0].Total != before.Rows[0].Total {
		t.Error("asking what if has changed the board")
	}
}

func TestAPlanIsCheckedAndCopied(t *testing.T) {
	f := lay(t, contest.TeamEntry, judgedRound)
	f.wantFault(f.plan(contest.Intake{Who: contest.WhoUnits, Places: []contest.Places{{Count: 1}}}), "invalid_plan") // teams can't become teams
	f.wantFault(f.plan(best(0, 0)), "invalid_plan")
	f.wantFault(f.plan(best(2, 0), func(p []contest.RoundPlan) { p[0].Intake = best(1, 0) }), "invalid_plan") // nothing lies before the first
	division := f.contest().Divisions[0].ID
	f.must(f.plan(contest.Intake{Who: contest.WhoBest, Places: []contest.Places{{DivisionID: division, Count: 4}}, Reserves: 2},
		func(p []contest.RoundPlan) { p[1].FromZero = true }))
	copied, err := f.contests.Clone(f.ctx, f.id, "Hội thi năm sau", nil)
	f.must(err)
	r := copied.Rounds[1]
	if !r.FromZero || r.Intake.PlacesIn(copied.Divisions[0].ID) != 4 || r.Intake.Places[0].DivisionID == division || r.ListOf != r.ID {
		t.Errorf("the copy's second round is %+v", r)
	}
	rehearsal, err := f.contests.Rehearse(f.ctx, f.id)
	f.must(err)
	if r := rehearsal.Rounds[1]; r.Intake.Who != contest.WhoAll || r.ListOf != 0 {
		t.Errorf("a rehearsal's second round is %+v: its robots must enter", r)
	}
	ids := []int64{f.round(2).ID, f.round(1).ID}
	_, err = f.contests.OrderRounds(f.ctx, f.id, ids)
	f.wantFault(err, "plan_stands")
}

var _ leaderboard.Source = (*field)(nil)

// A part that is opened again at the very moment of the promotion: nobody goes on by marks that no longer stand.
func TestAPromotionSeesWhatHappensBesideIt(t *testing.T) {
	f := lay(t, contest.PersonEntry, judgedRound)
	e := f.people("", "", "")
	f.must(f.plan(best(2, 0)))
	f.closes(1, e, 900, 700, 800)
	r := f.round(2)
	shown, err := f.plans.Preview(f.ctx, f.id, r.ID)
	f.must(err)
	tx, err := f.db.Begin(t.Context())
	f.must(err)
	_, err = tx.Exec(t.Context(), `SELECT 1 FROM contest WHERE id = $1 FOR UPDATE`, f.id)
	f.must(err)
	_, err = tx.Exec(t.Context(), `UPDATE round SET state = 'running' WHERE contest_id = $1 AND id <> $2`, f.id, r.ID)
	f.must(err)
	done := make(chan error, 1)
	go func() { done <- f.plans.Promote(f.ctx, f.id, r.ID, shown.Hash) }()
	deadline := time.Now().Add(20 * time.Second)
	for waits := 0; waits == 0 && len(done) == 0 && time.Now().Before(deadline); {
		f.must(f.db.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waits))
	}
	f.must(tx.Commit(t.Context()))
	f.wantFault(<-done, "promotion_moved")
	if got := f.entrants(2); len(got) != 0 {
		t.Errorf("%v went on", got)
	}
}
