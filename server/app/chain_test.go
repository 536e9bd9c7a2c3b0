package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/plan"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/vote"
)

// Sixty people of twelve units take a real exam; their units are ranked by it, the four best name teams of those who took
// it, the teams meet in a final that starts from zero, and the result of all that is computed again from the answers.
func TestFromAnExamToAFinalOfTeams(t *testing.T) {
	a, _ := running(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	id, err := a.Accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	must(err)
	ctx := account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Admin: true})
	c, err := a.Contests.Create(ctx, contest.Answers{Template: "province", Name: "Tìm hiểu cải cách hành chính", OrganizerName: "Tỉnh Đoàn"})
	must(err)
	for _, r := range slices.Backward(c.Rounds[1:]) {
		c, err = a.Contests.RemoveRound(ctx, c.ID, r.ID)
		must(err)
	}
	c, err = a.Contests.AddRound(ctx, c.ID, contest.RoundSpec{Kind: contest.Vote, Name: "Chung kết", Weight: 10_000})
	must(err)
	online, final := c.Rounds[0].ID, c.Rounds[1].ID
	c, err = a.Contests.SavePlan(ctx, c.ID, c.Version, []contest.RoundPlan{{RoundID: online, Weight: 10_000, Intake: contest.Intake{Who: contest.WhoAll}},
		{RoundID: final, Weight: 10_000, FromZero: true, Intake: contest.Intake{Who: contest.WhoUnits, Basis: contest.BasisPrevious,
			Places: []contest.Places{{Count: 4}}, Reserves: 2, Units: contest.UnitRule{Best: 4, LeastEntrants: 4}}}}, nil)
	must(err)

	// Twelve units with five people each.
	rows, err := a.DB.Query(ctx, `INSERT INTO unit (name, kind, search_key, same_key) SELECT 'Xã ' || g, 'commune', 'xa ' || g, 'xa ' || g FROM generate_series(1, 12) g RETURNING id`)
	must(err)
	var units []int64
	for rows.Next() {
		var id int64
		must(rows.Scan(&id))
		units = append(units, id)
	}
	must(rows.Err())
	_, err = a.DB.Exec(ctx, `INSERT INTO contest_unit (contest_id, unit_id, target) SELECT $1, unnest($2::bigint[]), 5`, c.ID, units)
	must(err)
	drafts := make([]roster.Draft, 60)
	for i := range drafts {
		drafts[i] = roster.Draft{DivisionID: c.Divisions[0].ID, UnitID: units[i%12], Name: fmt.Sprintf("Thí sinh Nguyễn %c%c", 'A'+i%20, 'A'+i/20)}
	}
	people, err := a.Roster.AddAll(ctx, c.ID, drafts)
	must(err)

	// The exam, by the operations of its own room with a clock that stood there then.
	contents, err := a.demoExamBank(ctx, c)
	must(err)
	now := time.Now()
	past := &pastExam{at: now.AddDate(0, 0, -9).Add(time.Hour), papers: map[string]exam.PaperView{}}
	then := exam.New(exam.Config{DB: a.DB, NowUs: past.nowUs, Hub: past, Contests: a.Contests, Papers: a.Papers, Bank: a.Bank, Log: a.Config.Log})
	defer then.Stop()
	setup, err := then.Setup(ctx, c.ID, online)
	must(err)
	settings := setup.Settings
	settings.Guess = "all_right" // the robots predict, too
	setup, err = then.SaveSettings(ctx, c.ID, online, setup.Version, settings)
	must(err)
	setup, err = then.SavePeriods(ctx, c.ID, online, setup.Version, []exam.Period{{Name: "Thi trực tuyến",
		Windows: []exam.Window{{OpensUs: now.AddDate(0, 0, -9).UnixMicro(), ClosesUs: now.AddDate(0, 0, -2).UnixMicro()}}}})
	must(err)
	must(then.Prepare(ctx, c.ID, online, setup.Periods[0].ID))
	// Its time is over by now, so it is begun as it was then: without the checks of today.
	must(postgres.InTx(ctx, a.DB, func(tx pgx.Tx) error {
		for _, step := range []contest.State{contest.Draft, contest.Open} {
			if err := a.Contests.SetState(ctx, tx, c.ID, step, step.Next()); err != nil {
				return err
			}
		}
		return nil
	}))
	c.State = contest.Running
	must(a.Exam.Hold(func() error {
		if err := then.Ready(ctx, c.ID, online); err != nil {
			return err
		}
		return past.sit(ctx, then, c, online, setup.Periods[0].Period, people, contents)
	}))
	for range 3 {
		a.Exam.Turn(ctx)
	}
	if r, err := a.Contests.Round(ctx, c.ID, online); err != nil || r.State != contest.Scored {
		t.Fatalf("after its window the exam is %s (%v)", r.State, err)
	}

	// Who goes on, by the answers; what is tied at the line is drawn.
	for range 5 {
		v, err := a.Plans.View(ctx, c.ID)
		must(err)
		i := slices.IndexFunc(v.Ties, func(x plan.TieView) bool { return x.Blocks })
		if i < 0 {
			break
		}
		ask := plan.DecisionAsk{What: v.Ties[i].What, RoundID: v.Ties[i].RoundID, Method: plan.ByLots}
		for _, l := range v.Ties[i].Lines {
			ask.Subjects = append(ask.Subjects, l.ID)
		}
		_, err = a.Plans.Decide(ctx, c.ID, ask)
		must(err)
	}
	preview, err := a.Plans.Preview(ctx, c.ID, final)
	must(err)
	if len(preview.Heats) != 1 || len(preview.Heats[0].Lines) != 12 {
		t.Fatalf("the units are ranked as %+v, problems %+v", preview.Heats, preview.Problems)
	}
	must(a.Plans.Promote(ctx, c.ID, final, preview.Hash))
	namings, err := a.Plans.Namings(ctx, c.ID, nil)
	must(err)
	var teams []roster.Entry
	for _, n := range namings {
		if n.State != plan.Through {
			continue
		}
		n, err := a.Plans.Naming(ctx, c.ID, final, n.UnitID)
		must(err)
		ask := plan.TeamAsk{Name: "Đội " + n.UnitName}
		for i, role := range []roster.MemberRole{roster.RoleCaptain, roster.RoleMember, roster.RoleMember} {
			ask.Members = append(ask.Members, roster.TeamMember{PersonID: n.Candidates[i].ID, Role: role})
		}
		team, err := a.Plans.Name(ctx, c.ID, final, n.UnitID, ask, false)
		must(err)
		teams = append(teams, team)
	}
	if len(teams) != 4 {
		t.Fatalf("%d teams were named", len(teams))
	}

	// The final among the teams.
	made, _, err := a.Votes.MakeTickets(ctx, c.ID, final, 10)
	must(err)
	must(a.Votes.Open(ctx, c.ID, final))
	if _, err := a.Votes.Cast(ctx, final, vote.Ballot{EntryID: people[0].ID, Ticket: made.Codes[0]}); err == nil {
		t.Error("a person of the exam could be voted for in the final of teams")
	}
	for i, ticket := range made.Codes {
		_, err := a.Votes.Cast(ctx, final, vote.Ballot{EntryID: teams[[]int{0, 1, 0, 2, 0, 1, 3, 0, 1, 2}[i]].ID, Ticket: ticket})
		must(err)
	}
	must(a.Votes.Close(ctx, c.ID, final))
	c, err = a.Contests.Advance(ctx, c.ID, c.State, contest.Ended)
	must(err)
	result, err := a.Results.Preview(ctx, c.ID)
	must(err)
	_, err = a.Results.Finalize(ctx, c.ID, result.InputsHash, "")
	must(err)
	for i, want := range []int64{1000, 750, 500, 250} {
		if st := result.Snapshot.Standings[i]; st.Kind != roster.KindTeam || st.EntryID != teams[i].ID || st.Place != i+1 || st.Total != want {
			t.Errorf("line %d of the final standings: %+v", i, st)
		}
	}
	verified, err := a.Results.Verify(ctx, c.ID)
	must(err)
	if len(verified.Findings) != 0 {
		t.Errorf("verify finds %+v", verified.Findings)
	}
}
