package exam

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/timing"
)

// sit lets an entry answer everything with the given options, and submit after some minutes.
func (c *class) sit(n *node, entry int, guess string, minutes int64, options ...string) Started {
	c.t.Helper()
	a := c.start(n, entry, int64(100+entry))
	for i, o := range options {
		if o != "" {
			c.must(c.say(n, entry, int64(100+entry), a, int16(i+1), 1, o))
		}
	}
	if guess != "" {
		c.must(c.say(n, entry, int64(100+entry), a, PlaceGuess, 1, guess))
	}
	c.after(minutes * timing.Minute)
	_, err := c.submit(n, entry, int64(100+entry), a)
	c.must(err)
	return a
}

// close lets the window end and the clock count everything.
func (c *class) close(n *node) {
	c.t.Helper()
	c.clock.Store(c.opens + 2*timing.Hour + timing.Minute)
	n.turn(c.ctx)
	n.turn(c.ctx)
	if c.phase() != PhaseScored {
		c.t.Fatalf("the round is %s", c.phase())
	}
}

func placesOf(rows []StandingRow) map[string]int {
	m := map[string]int{}
	for _, r := range rows {
		m[r.Number] = r.Place
	}
	return m
}

// The public sees no standings, no numbers and no keys before their moment; then by the list, with the guess.
func TestNothingOfAResultLeavesBeforeItsMoment(t *testing.T) {
	c := newClass(t, 4, func(s *Settings) {
		s.Guess, s.Ranking, s.ShowBoard = GuessEntrants, []Metric{ByPoints, ByGuess, ByTime}, AtSubmit
	})
	n := c.open()
	first := c.sit(n, 0, "9", 1, "a", "a", "b")
	c.sit(n, 1, "3", 5, "a", "a", "b")
	c.sit(n, 2, "", 1, "a", "a", "b")
	overall, period := Wanted{Limit: 50}, Wanted{PeriodID: c.periodID, Limit: 50}
	for _, w := range []Wanted{overall, period} {
		_, _, _, err := n.PublicStandings(c.ctx, c.contestID, c.roundID, w)
		c.refused(err, "exam_board_hidden")
	}
	if discreet, err := n.Discreet(c.ctx, c.roundID); err != nil || !discreet {
		t.Fatalf("a guess is open: discreet %v, %v", discreet, err)
	}
	if shown, _, err := n.BoardShown(c.ctx, c.roundID); err != nil || shown {
		t.Fatalf("a guess is open: board shown %v, %v", shown, err)
	}
	_, err := n.Review(c.ctx, c.as(0, 100), c.roundID, first.AttemptID)
	c.refused(err, "exam_keys_closed")
	_, err = n.Appeal(c.ctx, c.as(0, 100), c.roundID, AppealWanted{AttemptID: first.AttemptID, Body: "Xin xem lại kết quả"})
	c.refused(err, "exam_appeals_closed")
	own, err := n.Result(c.ctx, c.as(0, 100), c.roundID)
	c.must(err)
	raw, err := json.Marshal(own)
	c.must(err)
	if p := own.Periods[0]; p.Keys || p.Standing != nil || p.Attempts[0].Score == nil || strings.Contains(string(raw), "bí mật") {
		t.Fatalf("%+v", p)
	}
	// Organizers always see them.
	rows, count, _, err := n.Standings(c.ctx, c.contestID, c.roundID, period)
	c.must(err)
	if count != 3 || rows[0].Points != 200 {
		t.Fatalf("%d rows: %+v", count, rows)
	}

	c.close(n)
	rows, count, _, err = n.PublicStandings(c.ctx, c.contestID, c.roundID, overall)
	c.must(err)
	// Three took part: 3 guessed it, 9 is six off, nothing is behind every guess.
	if p := placesOf(rows); count != 3 || p["002"] != 1 || p["001"] != 2 || p["003"] != 3 {
		t.Fatalf("%v", p)
	}
	if discreet, err := n.Discreet(c.ctx, c.roundID); err != nil || discreet {
		t.Fatalf("the guess is settled: discreet %v, %v", discreet, err)
	}
	n.UseFrozen(func(context.Context, int64) (bool, error) { return true, nil })
	_, _, _, err = n.PublicStandings(c.ctx, c.contestID, c.roundID, overall)
	c.refused(err, "exam_board_held")
	n.UseFrozen(nil)
	review, err := n.Review(c.ctx, c.as(0, 100), c.roundID, first.AttemptID)
	c.must(err)
	if o := review.Items[2].Outcome; o.Verdict != scoring.Wrong || o.Points != 0 || !slices.Equal(o.Key.Options, []string{"a"}) || o.Explanation == "" ||
		!slices.Equal(review.Items[2].Answer.Options, []string{"b"}) || review.Items[0].Outcome.Points != 100 {
		t.Fatalf("%+v", review.Items)
	}
	// Nobody reads another one's paper.
	_, err = n.Review(c.ctx, c.as(1, 101), c.roundID, first.AttemptID)
	c.refused(err, "exam_no_attempt")
	own, err = n.Result(c.ctx, c.as(0, 100), c.roundID)
	c.must(err)
	if s := own.Periods[0].Standing; s == nil || s.Place != 2 || s.Of != 3 || *own.Periods[0].Attempts[0].Score.Actual != 300 {
		t.Fatalf("%+v", own.Periods[0])
	}
	if findings, err := n.Check(c.ctx, c.roundID); err != nil || len(findings) != 0 {
		t.Fatalf("%v, %v", findings, err)
	}
	c.exec(`UPDATE exam_attempt SET points = 300 WHERE id = $1`, first.AttemptID)
	if findings, err := n.Check(c.ctx, c.roundID); err != nil || len(findings) != 1 {
		t.Fatalf("points were changed by hand, and the check finds %v, %v", findings, err)
	}
}

// An item that another period may still ask keeps its answer to itself.
func TestAnItemOfALaterPeriodStaysClosed(t *testing.T) {
	c := newClass(t, 1, nil)
	var second int64
	c.one(&second, `INSERT INTO exam_period (round_id, position, name) VALUES ($1, 2, 'Tuần 2') RETURNING id`, c.roundID)
	week := 7 * 24 * timing.Hour
	c.exec(`INSERT INTO exam_window (period_id, opens_us, closes_us) VALUES ($1, $2, $3)`, second, c.opens+week, c.opens+week+timing.Hour)
	n := c.node()
	c.must(n.Prepare(c.ctx, c.contestID, c.roundID, second))
	n = c.open()
	a := c.sit(n, 0, "", 1, "a", "b", "c")
	c.clock.Store(c.opens + 2*timing.Hour + timing.Minute)
	n.turn(c.ctx)
	n.turn(c.ctx)
	review, err := n.Review(c.ctx, c.as(0, 100), c.roundID, a.AttemptID)
	c.must(err)
	for _, item := range review.Items {
		if item.Outcome != nil {
			t.Fatalf("week 2 may ask this again, and its answer is shown: %+v", item)
		}
	}
	// Whoever judges an appeal reads the key; that an item was voided is told at once, and nothing of its key.
	_, err = n.Appeal(c.ctx, c.as(0, 100), c.roundID, AppealWanted{AttemptID: a.AttemptID, Place: 1, Body: "Phương án B cũng đúng."})
	c.must(err)
	list, _, err := n.Appeals(c.ctx, c.contestID, c.roundID, "", 0, 10)
	c.must(err)
	if o := list[0].Item.Outcome; o == nil || len(o.Key.Options) != 1 {
		t.Fatalf("an appeal is judged without the key: %+v", list[0].Item)
	}
	effect, err := n.Effect(c.ctx, c.contestID, c.roundID, CorrectionWanted{Version: list[0].Version, Correction: Correction{Policy: scoring.VoidEverybody}})
	c.must(err)
	_, err = n.Correct(c.ctx, c.contestID, c.roundID, CorrectionWanted{Version: list[0].Version, Correction: Correction{Policy: scoring.VoidEverybody}, Basis: effect.Basis, Reason: "Hai phương án đúng"})
	c.must(err)
	review, err = n.Review(c.ctx, c.as(0, 100), c.roundID, a.AttemptID)
	c.must(err)
	if o := review.Items[0].Outcome; o == nil || o.Void != scoring.VoidEverybody || len(o.Key.Options) != 0 || o.Explanation != "" || review.Items[1].Outcome != nil {
		t.Fatalf("a voided item of a closed key: %+v", o)
	}
	c.clock.Store(c.opens + week + 2*timing.Hour)
	for range 3 {
		n.turn(c.ctx)
	}
	review, err = n.Review(c.ctx, c.as(0, 100), c.roundID, a.AttemptID)
	c.must(err)
	if review.Items[0].Outcome == nil {
		t.Fatal("everything is over, and the answer is still closed")
	}
}

// Publishing shows what waits for the organizer's word, once it is counted, after a look at what it does.
func TestPublishing(t *testing.T) {
	c := newClass(t, 2, func(s *Settings) { s.ShowScore, s.ShowKeys, s.ShowBoard = Published, Published, Published })
	n := c.open()
	a := c.sit(n, 0, "", 1, "a", "a", "a")
	v, err := n.Publication(c.ctx, c.contestID, c.roundID)
	c.must(err)
	if v.Useful || v.Periods[0].Then.Keys {
		t.Fatalf("the window is open: %+v", v)
	}
	c.refused(n.Publish(c.ctx, c.contestID, c.roundID, v.Seq), "exam_nothing_to_publish")
	c.close(n)
	_, err = n.Review(c.ctx, c.as(0, 100), c.roundID, a.AttemptID)
	c.refused(err, "exam_keys_closed")
	c.refused(n.Publish(c.ctx, c.contestID, c.roundID, v.Seq), "exam_publish_moved")
	v, err = n.Publication(c.ctx, c.contestID, c.roundID)
	c.must(err)
	if p := v.Periods[0]; !v.Useful || p.Now != (PublishedX{}) || p.Then != (PublishedX{Scores: true, Keys: true, Board: true}) || p.Entrants != 1 {
		t.Fatalf("%+v", v)
	}
	c.must(n.Publish(c.ctx, c.contestID, c.roundID, v.Seq))
	if _, err = n.Review(c.ctx, c.as(0, 100), c.roundID, a.AttemptID); err != nil {
		t.Fatal(err)
	}
	if own := c.own(n, 0, 100); own.Periods[0].Attempts[0].Score == nil {
		t.Fatal("published, and the own score is not shown")
	}
	if c.rows(`SELECT count(*) FROM audit_event WHERE action = 'exam.published'`) != 1 {
		t.Fatal("the act is not in the record")
	}
}

func TestAppeals(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	a := c.sit(n, 0, "", 1, "b", "a", "a")
	c.close(n)
	ask := func(place int16) (int64, error) {
		return n.Appeal(c.ctx, c.as(0, 100), c.roundID, AppealWanted{AttemptID: a.AttemptID, Place: place, Body: "  Phương án B cũng đúng theo Điều 5. "})
	}
	id, err := ask(1)
	c.must(err)
	_, err = ask(1)
	c.refused(err, "exam_appeal_there")
	_, err = n.Appeal(c.ctx, c.as(1, 101), c.roundID, AppealWanted{AttemptID: a.AttemptID, Body: "Bài của người khác"})
	c.refused(err, "exam_no_attempt")
	list, counts, err := n.Appeals(c.ctx, c.contestID, c.roundID, "", 0, 10)
	c.must(err)
	if counts.Open != 1 || len(list) != 1 || list[0].Body != "Phương án B cũng đúng theo Điều 5." || list[0].Item.Outcome.Verdict != scoring.Wrong || list[0].Version == 0 {
		t.Fatalf("%+v %+v", counts, list)
	}
	c.refused(n.AnswerAppeal(c.ctx, c.contestID, c.roundID, id, false, "x"), "exam_appeal_text")
	c.must(n.AnswerAppeal(c.ctx, c.contestID, c.roundID, id, false, "Điều 5 đã được sửa từ 2025."))
	c.refused(n.AnswerAppeal(c.ctx, c.contestID, c.roundID, id, true, "Thôi, đồng ý."), "exam_appeal_done")
	own, err := n.Result(c.ctx, c.as(0, 100), c.roundID)
	c.must(err)
	if x := own.Appeals[0]; x.State != AppealRejected || x.Answer != "Điều 5 đã được sửa từ 2025." {
		t.Fatalf("%+v", x)
	}
	whole, err := ask(0)
	c.must(err)
	c.refused(n.WithdrawAppeal(c.ctx, c.as(1, 101), c.roundID, whole), "exam_appeal_done")
	c.must(n.WithdrawAppeal(c.ctx, c.as(0, 100), c.roundID, whole))
	c.after(3 * dayUs)
	_, err = ask(2)
	c.refused(err, "exam_appeals_closed")
	if c.rows(`SELECT count(*) FROM audit_event WHERE action LIKE 'exam.appeal%'`) != 4 {
		t.Fatal("asking, answering and withdrawing stand in the record")
	}
}

func TestStatisticsAndWorkbooks(t *testing.T) {
	c := newClass(t, 3, nil)
	n := c.open()
	c.exec(`UPDATE entry SET name = '=1+1' WHERE id = $1`, c.entries[0])
	c.sit(n, 0, "", 1, "a", "a", "a")
	c.sit(n, 1, "", 2, "b", "b", "b")
	_, err := n.Statistics(c.ctx, c.contestID, c.roundID, c.periodID)
	c.refused(err, "exam_not_settled")
	c.close(n)
	v, err := n.Statistics(c.ctx, c.contestID, c.roundID, c.periodID)
	c.must(err)
	right, chosen := 0, 0
	for _, x := range v.Items {
		right += x.Right
		for _, o := range x.Options {
			chosen += o.All
		}
	}
	if v.Entrants != 2 || right != 3 || chosen != 6 || v.Mean != 150 || v.Median != 150 || v.Bars[0].Entries != 1 || v.Bars[len(v.Bars)-1].Entries != 1 {
		t.Fatalf("%+v", v)
	}
	if v, err := n.Alike(c.ctx, c.contestID, c.roundID, c.periodID); err != nil || len(v.Pairs) != 0 || v.Entrants != 2 || v.Compared != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	body, _, err := n.standingsBook(c.ctx, c.contestID, c.roundID, 0, UnitsByEntrants, 10, "vi")
	c.must(err)
	book, err := excelize.OpenReader(bytes.NewReader(body))
	c.must(err)
	defer func() { _ = book.Close() }()
	name, err := book.GetCellValue("Thứ hạng", "D2")
	c.must(err)
	formula, err := book.GetCellFormula("Thứ hạng", "D2")
	c.must(err)
	if name != "=1+1" || formula != "" {
		t.Fatalf("cell %q, formula %q", name, formula)
	}
	if _, _, err = n.statisticsBook(c.ctx, c.contestID, c.roundID, c.periodID, "en"); err != nil {
		t.Fatal(err)
	}
}

func TestUnitsAreComparedWithinTheirBlocks(t *testing.T) {
	units := []UnitPlan{
		{ID: 1, Name: "Tỉnh", Invited: true},
		{ID: 2, ParentID: 1, Name: "Xã B", Invited: true, BlockID: 7, Block: "Khối xã", BlockPosition: 1, Target: 4, Headcount: 10},
		{ID: 3, ParentID: 1, Name: "Xã A", Invited: true, BlockID: 7, Block: "Khối xã", BlockPosition: 1, Target: 2, Headcount: 100},
		{ID: 4, ParentID: 2, Name: "Chi đoàn", Invited: true},
		{ID: 5, ParentID: 1, Name: "Sở", Invited: true, BlockID: 8, Block: "Khối sở", BlockPosition: 2},
	}
	members := []Member{{UnitID: 4, Taken: true, Points: 900}, {UnitID: 2, Taken: true, Points: 500}, {UnitID: 2}, {UnitID: 3, Taken: true, Points: 1000},
		{UnitID: 3, Taken: true, Points: 100}, {UnitID: 5, Taken: true, Points: 300}}
	find := func(list []UnitStanding, id int64) UnitStanding {
		at := slices.IndexFunc(list, func(u UnitStanding) bool { return u.UnitID == id })
		return list[at]
	}
	list := UnitStandings(units, members, UnitsByTarget, 3)
	b, a := find(list, 2), find(list, 3)
	// The branch counts at its commune, which has the target.
	if b.Entrants != 2 || b.Entries != 3 || *b.OfTarget != 5000 || *a.OfTarget != 10000 || a.Place != 1 || b.Place != 2 {
		t.Errorf("%+v %+v", a, b)
	}
	if s := find(list, 5); s.Place != 0 || s.OfTarget != nil {
		t.Errorf("a unit without a target has no place by the target: %+v", s)
	}
	list = UnitStandings(units, members, UnitsByBest, 3)
	if b = find(list, 2); b.Best != 467 || b.Average != 700 || b.Place != 1 {
		t.Errorf("the absent third is 0: %+v", b)
	}
	if b, a = find(UnitStandings(units, members, UnitsByEntrants, 3), 2), find(UnitStandings(units, members, UnitsByEntrants, 3), 3); !a.Tied || !b.Tied || a.Place != 1 || b.Place != 1 {
		t.Errorf("two entrants each share the place: %+v %+v", a, b)
	}
}
