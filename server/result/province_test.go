package result_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/plan"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/unit"
)

// province is a contest by the template of that name; what its rounds give is generated.
type province struct {
	scores map[int64]leaderboard.Scores
}

func (p *province) NewBank(context.Context, pgx.Tx, string) (int64, error) { return 1, nil }

func (p *province) SetUp(context.Context, pgx.Tx, contest.Round, contest.RoundSpec) error { return nil }
func (p *province) Copy(context.Context, pgx.Tx, contest.Round, contest.Round) error      { return nil }
func (p *province) Missing(context.Context, contest.Round) ([]contest.Missing, error) {
	return nil, nil
}

func (p *province) Scores(_ context.Context, roundID int64) (leaderboard.Scores, error) {
	return p.scores[roundID], nil
}
func (p *province) Version(context.Context, int64) (int64, error) { return 1, nil }

func (p *province) WriteInputs(_ context.Context, roundID int64, w io.Writer) error {
	return json.NewEncoder(w).Encode(p.scores[roundID].Rows)
}

func (p *province) Inputs(_ context.Context, roundID int64) ([]byte, error) {
	return json.Marshal(p.scores[roundID].Rows)
}

// Three thousand persons of sixty units online become ten teams on stage, with a tie at the line drawn by lots, and one
// final result that can be computed again.
func TestAProvinceFromThreeThousandPersonsToTenTeams(t *testing.T) {
	t.Parallel()
	db := testkit.Postgres(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := db.Exec(t.Context(), sql, args...)
		must(err)
	}
	p := &province{scores: map[int64]leaderboard.Scores{}}
	accounts, err := account.New(t.Context(), db)
	must(err)
	contests := contest.New(db, accounts, p)
	sources, inputs := map[contest.Kind]leaderboard.Source{}, map[contest.Kind]result.Inputs{}
	for _, kind := range []contest.Kind{contest.Exam, contest.Stage, contest.Judged} {
		contests.Use(kind, p)
		sources[kind], inputs[kind] = p, p
	}
	entries := roster.New(db, accounts, contests, unit.New(db))
	boards := leaderboard.New(leaderboard.Parts{DB: db, Contests: contests, Roster: entries, Log: slog.New(slog.DiscardHandler), Sources: sources})
	plans := plan.New(plan.Parts{DB: db, Contests: contests, Roster: entries, Boards: boards, NowUs: func() int64 { return 1_800_000_000_000_000 }, NewSeed: rand.Text})
	boards.UsePlan(plans)
	results := result.New(db, contests, boards, entries, inputs)
	results.UsePlans(plans)
	results.UseUnitNames(plans.UnitNames)
	id, err := accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	must(err)
	ctx := account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Admin: true})
	c, err := contests.Create(ctx, contest.Answers{Template: "province", Name: "Tìm hiểu cải cách hành chính", OrganizerName: "Tỉnh Đoàn"})
	must(err)
	exec(`UPDATE contest SET state = 'running' WHERE id = $1`, c.ID)
	exec(`INSERT INTO unit (name, kind, search_key, same_key) SELECT 'Xã ' || g, 'commune', 'xa ' || g, 'xa ' || g FROM generate_series(1, 60) g`)
	exec(`INSERT INTO contest_unit (contest_id, unit_id, target) SELECT $1, id, 40 FROM unit`, c.ID)
	exec(`INSERT INTO entry (contest_id, division_id, unit_id, kind, name, search_key, same_key, number, code_mac, code_sealed, link_mac, link_sealed, source)
		SELECT $1::bigint, $2::bigint, u.id, 'person', 'Thí sinh ' || g, '', 'p' || g, g, '', '', convert_to('p' || g, 'UTF8'), '', 'import'
		FROM generate_series(1, 3000) g JOIN (SELECT id, row_number() OVER (ORDER BY id) AS k FROM unit) u ON u.k = 1 + g % 60`, c.ID, c.Divisions[0].ID)
	exec(`INSERT INTO member (entry_id, position, name, role, name_key) SELECT id, 1, name, 'captain', name FROM entry`)

	// Everybody but each eleventh takes the exam. The ten best of a unit have 20 to 15 points by its number: each six units
	// are equal, so the tenth place is shared.
	all, err := entries.Entries(ctx, c.ID)
	must(err)
	exam := leaderboard.Scores{Version: 1, Order: []string{"points"}}
	for _, e := range all {
		if n := roster.ParseNumber(e.Number); n%11 != 0 {
			exam.Rows = append(exam.Rows, leaderboard.Score{EntryID: e.ID, Points: 2000 - int64(n%60/6)*100})
		}
	}
	p.scores[c.Rounds[0].ID] = exam
	exec(`UPDATE round SET state = 'scored' WHERE id = $1`, c.Rounds[0].ID)

	first := c.Rounds[1].ID
	view, err := plans.View(ctx, c.ID)
	must(err)
	lots := 0
	for slices.ContainsFunc(view.Ties, func(x plan.TieView) bool { return x.Blocks }) && lots < 5 {
		i := slices.IndexFunc(view.Ties, func(x plan.TieView) bool { return x.Blocks })
		ask := plan.DecisionAsk{What: view.Ties[i].What, RoundID: view.Ties[i].RoundID, Method: plan.ByLots}
		for _, l := range view.Ties[i].Lines {
			ask.Subjects = append(ask.Subjects, l.ID)
		}
		_, err := plans.Decide(ctx, c.ID, ask)
		must(err)
		lots++
		view, err = plans.View(ctx, c.ID)
		must(err)
	}
	if lots == 0 {
		t.Fatal("no tie at the line was found; the test wants one")
	}
	preview, err := plans.Preview(ctx, c.ID, first)
	must(err)
	must(plans.Promote(ctx, c.ID, first, preview.Hash))
	places, err := plans.Namings(ctx, c.ID, nil)
	must(err)
	var teams []roster.Entry
	for _, place := range places {
		if place.State != plan.Through {
			continue
		}
		n, err := plans.Naming(ctx, c.ID, first, place.UnitID)
		must(err)
		ask := plan.TeamAsk{Name: "Đội " + n.UnitName}
		for i, role := range []roster.MemberRole{roster.RoleCaptain, roster.RoleMember, roster.RoleMember, roster.RoleReserve} {
			ask.Members = append(ask.Members, roster.TeamMember{PersonID: n.Candidates[i].ID, Role: role})
		}
		team, err := plans.Name(ctx, c.ID, first, n.UnitID, ask, false)
		must(err)
		teams = append(teams, team)
	}
	if len(teams) != 10 {
		t.Fatalf("%d teams were named", len(teams))
	}
	for i, r := range c.Rounds[1:] {
		if ids, limited, err := entries.Entrants(ctx, r.ID); err != nil || !limited || len(ids) != 10 {
			t.Fatalf("%d enter %q, %v", len(ids), r.Name, err)
		}
		s := leaderboard.Scores{Version: 1}
		for j, team := range teams {
			s.Rows = append(s.Rows, leaderboard.Score{EntryID: team.ID, Points: int64(1000 + 10*((j*7+i)%10))})
		}
		p.scores[r.ID] = s
		exec(`UPDATE round SET state = 'closed' WHERE id = $1`, r.ID)
	}
	exec(`UPDATE contest SET state = 'ended' WHERE id = $1`, c.ID)

	final, err := results.Preview(ctx, c.ID)
	must(err)
	for _, x := range final.Problems {
		if x.Blocks || x.Code == "missing_round" {
			t.Errorf("before it is final: %+v", x)
		}
	}
	_, err = results.Finalize(ctx, c.ID, final.InputsHash, "")
	must(err)
	standings := final.Snapshot.Standings
	for i := range 10 {
		if st := standings[i]; st.Kind != roster.KindTeam || st.Place != i+1 && !st.Tied || st.Total > 5000 || len(st.Members) != 4 {
			t.Errorf("line %d of the final standings: %+v", i, st)
		}
	}
	if st := standings[10]; st.Kind != roster.KindPerson || st.Place != 1 || st.Total != 2000 {
		t.Errorf("the best person is %+v", st)
	}
	if final.Snapshot.Plan == nil || len(final.Snapshot.Plan.Promotions) != 1 || len(final.Snapshot.Plan.Decisions) != lots {
		t.Fatalf("the snapshot's plan is %+v", final.Snapshot.Plan)
	}
	public, err := results.Final(ctx, c.Slug)
	must(err)
	if len(public.Ties) != lots || public.Ties[0].Seed == "" || public.Ties[0].Round != c.Rounds[1].Name || !strings.HasPrefix(public.Ties[0].Order[0].Name, "Xã ") {
		t.Errorf("the public reads of the lots: %+v", public.Ties)
	}
	v, err := results.Verify(ctx, c.ID)
	must(err)
	if len(v.Findings) != 0 {
		t.Errorf("verify finds %+v", v.Findings)
	}
	// Somebody who puts another team on the list is found out.
	exec(`DELETE FROM round_entry WHERE entry_id = $1`, teams[0].ID)
	v, err = results.Verify(ctx, c.ID)
	must(err)
	if len(v.Findings) == 0 {
		t.Error("verify does not find that a team is missing from the list")
	}
}
