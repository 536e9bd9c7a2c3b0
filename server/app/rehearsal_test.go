package app

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/rehearse"
)

// A rehearsal beside a serving node: all robots answer over real sockets, nobody outside learns of the copy, and when
// it is over each table has the rows that it had.
func TestARehearsalLeavesNoTrace(t *testing.T) {
	t.Parallel()
	const robots, items = 20, 2
	a, address := running(t)
	ctx := t.Context()
	d, err := a.Seed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Contests.Get(ctx, d.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	before := rowCounts(t, a)

	r, err := a.PrepareRehearsal(ctx, c.Slug, robots)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := a.Contests.Get(ctx, r.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := a.Contests.Mine(ctx, account.Principal{AccountID: d.Organizer.ID, Admin: true})
	if err != nil {
		t.Fatal(err)
	}
	public, err := a.Contests.Public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range append(mine, public...) {
		if x.ID == copied.ID {
			t.Error("the copy is in a list of contests")
		}
	}
	if len(mine) == 0 {
		t.Error("the organizer's own list is empty")
	}
	if _, err := a.Contests.Visible(ctx, copied.Slug); !errors.Is(err, fault.NothingHere) {
		t.Errorf("the copy's public page: %v, want nothing there", err)
	}

	report, acks, err := rehearse.Run(ctx, rehearse.Plan{URL: "http://" + address, ContestID: r.ContestID, RoundID: r.RoundID, Host: r.Host,
		Robots: r.Robots, Items: items, AnswerWithin: 200 * time.Millisecond, Settle: 20 * time.Second, Seed: 1, Progress: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	if report.Connected != robots || report.Items != items || report.Sent != robots*items || report.Acknowledged != robots*items || report.OpenSeen != robots {
		t.Errorf("%+v: want all %d robots to see and answer %d items", report, robots, items)
	}
	lost, err := a.LostAnswers(ctx, r.RoundID, acks)
	if err != nil || lost != 0 || len(acks) != robots*items {
		t.Errorf("lost %d of %d, %v", lost, len(acks), err)
	}
	// The count can fail: an answer that was never stored is found missing.
	if lost, err := a.LostAnswers(ctx, r.RoundID, []rehearse.Ack{{EntryID: acks[0].EntryID, Play: 99, Writer: 1, Seq: 1}}); err != nil || lost != 1 {
		t.Errorf("an answer that is not stored counts as %d lost, %v", lost, err)
	}

	if err := a.EndRehearsal(ctx, r.ContestID); err != nil {
		t.Fatal(err)
	}
	rehearseJudged(t, a, address, c.Slug)
	if after := rowCounts(t, a); !maps.Equal(before, after) {
		for table, n := range after {
			if n != before[table] {
				t.Errorf("%s has %d rows, had %d", table, n, before[table])
			}
		}
	}
	if err := a.EndRehearsal(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Contests.Get(ctx, c.ID); err != nil {
		t.Errorf("a real contest was removed: %v", err)
	}
}

// rehearseJudged lets a panel of robots mark a round from the first turn to the head judge's signature; one judge loses the
// network in each turn.
func rehearseJudged(t *testing.T, a *App, address, slug string) {
	t.Helper()
	const turns, judges = 2, 5
	r, err := a.PrepareJudgedRehearsal(t.Context(), slug, turns, judges)
	if err != nil {
		t.Fatal(err)
	}
	report, acks, err := rehearse.RunJudged(t.Context(), rehearse.JudgedPlan{URL: "http://" + address, ContestID: r.ContestID, RoundID: r.RoundID,
		Desk: r.Host, Judges: r.Judges, MarkWithin: 200 * time.Millisecond, Away: 3, Seed: 1, Progress: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.CheckJudgedRehearsal(t.Context(), r.RoundID, acks, &report); err != nil {
		t.Fatal(err)
	}
	if report.Turns != turns || report.Locked != turns*judges || report.Acknowledged != report.Sent || !report.Closed || report.Lost != 0 || report.Wrong != 0 {
		t.Errorf("%+v: want %d turns with %d locked sheets each, all marks stored, all scores right, the round closed", report, turns, judges)
	}
	// The count can fail: a mark that was never stored is found missing.
	missing := acks[0]
	missing.Value++
	if lost, err := a.LostMarks(t.Context(), []rehearse.MarkAck{missing}); err != nil || lost != 1 {
		t.Errorf("a mark that is not stored as it was sent counts as %d lost, %v", lost, err)
	}
	if err := a.EndRehearsal(t.Context(), r.ContestID); err != nil {
		t.Fatal(err)
	}
}

// rowCounts counts the rows of every table.
func rowCounts(t *testing.T, a *App) map[string]int64 {
	t.Helper()
	rows, err := a.DB.Query(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	for _, table := range tables {
		if table == "stage_node" || strings.HasPrefix(table, "river_") {
			continue // the signs of life of the nodes that are running, and their jobs
		}
		if table == "board" {
			continue // a contest has its row from when its board is first built, beside this test, until the contest itself goes
		}
		var n int64
		if err := a.DB.QueryRow(t.Context(), fmt.Sprintf("SELECT count(*) FROM %s", pgx.Identifier{table}.Sanitize())).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}
