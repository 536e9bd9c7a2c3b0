package judging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
)

// as gives a person a role for this call.
func (h *hall) as(person context.Context, roles ...account.Role) context.Context {
	p := account.From(person)
	p.Grants = map[int64][]account.Role{h.contestID: roles}
	return account.With(context.Background(), p)
}

func (h *hall) unit(name string, parent int64) (id int64) {
	h.t.Helper()
	h.must(h.db.QueryRow(context.Background(), `WITH u AS (INSERT INTO unit (name, kind, parent_id, same_key, search_key)
		VALUES ($1::text, 'agency', nullif($2::bigint, 0), $1::text, $1::text) RETURNING id, parent_id)
		INSERT INTO unit_period (unit_id, valid_from, name, kind, parent_id, same_key) SELECT id, '0001-01-01', $1::text, 'agency', parent_id, $1::text FROM u
		RETURNING unit_id`, name, parent).Scan(&id))
	return id
}

func TestASupervisorReadsOnlyClosedMarks(t *testing.T) {
	h, _ := judged(t, 2, 1)
	supervisor := h.as(h.person("Giám sát"), account.RoleSupervisor)
	_, _, err := h.s.Table(supervisor, h.contestID, h.roundID)
	wants(t, "reading open marks", err, "marks_open")
	h.must(h.close())
	v, _, err := h.s.Table(supervisor, h.contestID, h.roundID)
	h.must(err)
	if len(v.Performances[0].Sheets) != 2 {
		t.Errorf("the closed table has %+v", v.Performances[0].Sheets)
	}
	both := h.as(h.person("Giám sát kiêm thư ký"), account.RoleSupervisor, account.RoleSecretary)
	h.must(func() error { _, _, err := h.s.Table(both, h.contestID, h.roundID); return err }())
}

// GK1 is of a ward, GK2 of the department above it, GK3 declared a tie; GK4 has none. Only sheets that the rule asks for
// are waited for and counted, and the close does not wait for a barred judge.
func TestABarredSheetIsNeitherAskedForNorCounted(t *testing.T) {
	h := open(t, 4, 2)
	above := h.unit("Ủy ban nhân dân tỉnh", 0)
	ward := h.unit("Phường Lam Thành", above)
	h.exec(`UPDATE entry SET unit_id = $2 WHERE id = $1`, h.entries[0], ward)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, mean))
	h.must(h.s.SetConflictRule(h.organizer, h.contestID, h.roundID, judging.ConflictBarred))
	h.must(h.s.SetTies(h.organizer, h.contestID, h.roundID, 1, judging.JudgeTies{UnitID: ward}, ""))
	h.must(h.s.SetTies(h.organizer, h.contestID, h.roundID, 2, judging.JudgeTies{UnitID: above}, ""))
	h.must(h.s.SetTies(h.organizer, h.contestID, h.roundID, 3, judging.JudgeTies{Ties: []judging.Tie{{EntryID: h.entries[0], Note: "người nhà"}}}, ""))
	wants(t, "a tie to an entry of nowhere", h.s.SetTies(h.organizer, h.contestID, h.roundID, 4, judging.JudgeTies{Ties: []judging.Tie{{EntryID: 999_999}}}, ""), "ties_invalid")
	j := h.judging()
	for i, want := range []judging.Why{judging.OwnUnit, judging.UnitBelow, judging.Declared, ""} {
		if got := j.Performances[0].Conflicts[idOf(h.judges[i])]; got != want {
			t.Errorf("GK%d is tied by %q, want %q", i+1, got, want)
		}
	}
	if len(j.Performances[1].Conflicts) != 0 {
		t.Errorf("the other team has conflicts: %+v", j.Performances[1].Conflicts)
	}
	devices := []*device{h.device(0), h.device(1), h.device(2), h.device(3)}
	first, second := h.perform(0, 60), h.perform(1, 60)
	_, err := devices[0].send(devices[0].next(first, h.criteria()[0].ID, 800))
	wants(t, "a mark of a barred judge", err, "judge_barred")
	v, _, err := h.s.JudgeView(h.judges[0], h.contestID, h.roundID)
	h.must(err)
	if c := v.Performances[0].Conflict; c == nil || c.Why != judging.OwnUnit || !c.Barred || v.Performances[1].Conflict != nil {
		t.Errorf("the judge is told %+v", c)
	}
	_, err = devices[3].lock(first, devices[3].fill(first, 900, 500, 300))
	h.must(err)
	for _, d := range devices {
		_, err := d.lock(second, d.fill(second, 700, 400, 300))
		h.must(err)
	}
	j = h.judging()
	if gaps := j.Gaps(); len(gaps) != 0 {
		t.Fatalf("a barred sheet is waited for: %+v", gaps)
	}
	if s := j.Scores()[0]; !s.Complete || s.Score != 1700 || len(s.Working.Sheets) != 1 {
		t.Errorf("the score is %+v", s)
	}
	// A tie that is declared after the marks takes the sheet out of the sum, with a reason in the record; not by the hand of
	// one who has seen the marks: two people reopen the sheet first.
	late := judging.JudgeTies{Ties: []judging.Tie{{EntryID: h.entries[1]}}}
	wants(t, "a late tie without a reason", h.s.SetTies(h.organizer, h.contestID, h.roundID, 4, late, ""), "reason_missing")
	wants(t, "one person takes a locked sheet out", h.s.SetTies(h.organizer, h.contestID, h.roundID, 4, late, "khai muộn"), "tie_sheet_locked")
	if s := h.judging().Scores()[1]; len(s.Working.Sheets) != 4 {
		t.Errorf("what was refused has changed the score: %+v", s)
	}
	h.must(h.s.AskReopen(h.judges[3], h.contestID, h.roundID, second, 4, judging.PanelDoor, "Người nhà dự thi"))
	h.must(h.s.Confirm(h.organizer, h.contestID, h.roundID, h.judging().Signing.Requests[0].ID, judging.Office, nil))
	h.must(h.s.SetTies(h.organizer, h.contestID, h.roundID, 4, late, "khai muộn"))
	j = h.judging()
	if s := j.Scores()[1]; !s.Complete || len(s.Working.Sheets) != 3 {
		t.Errorf("after the late tie: %+v", s)
	}
	if again, err := judging.Recompute(j.Inputs()); err != nil || again[0].Score != j.Scores()[0].Score || again[1].Score != j.Scores()[1].Score {
		t.Errorf("computed again: %+v, %v", again, err)
	}
	h.must(h.close())
	var told []string
	for _, e := range h.judging().View().Signing.Exceptions {
		told = append(told, e.Vi)
	}
	for _, part := range []string{"cùng đơn vị", "đã khai báo", "khai muộn"} {
		if !strings.Contains(strings.Join(told, "\n"), part) {
			t.Errorf("the annex does not tell %q: %q", part, told)
		}
	}
}

func TestATurnThatNobodyMayMarkDoesNotBegin(t *testing.T) {
	h := open(t, 1, 1)
	h.must(h.s.SetConflictRule(h.organizer, h.contestID, h.roundID, judging.ConflictBarred))
	h.must(h.s.SetTies(h.organizer, h.contestID, h.roundID, 1, judging.JudgeTies{Ties: []judging.Tie{{EntryID: h.entries[0]}}}, ""))
	wants(t, "beginning", h.s.Start(h.organizer, h.contestID, h.roundID, h.performance(0)), "nobody_marks")
	parts, err := h.s.Parts(h.organizer, h.contestID)
	h.must(err)
	if !slices.ContainsFunc(parts[0].Needs, func(n judging.Need) bool { return n.Code == "nobody_marks" && n.Severe }) {
		t.Errorf("the set-up of the evening does not tell: %+v", parts[0].Needs)
	}
}

// Whatever a judge or the hall can read of a blind round before its close, no name, unit, number, title or entry is in
// it, and neither places nor numbers follow the running order.
func TestABlindRoundTellsNobodyWhoIsWho(t *testing.T) {
	h := open(t, 2, 8)
	keeper := h.person("Thư ký giữ mã")
	h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'secretary')`, idOf(keeper), h.contestID)
	titles := make([]judging.Turn, len(h.entries))
	for i, id := range h.entries {
		titles[i] = judging.Turn{EntryID: id, Title: fmt.Sprintf("Tiết mục %d", i)}
	}
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, titles))
	wants(t, "a judge who holds the names", h.s.SetBlind(h.organizer, h.contestID, h.roundID, true, idOf(h.judges[0]), ""), "keeper_invalid")
	h.must(h.s.SetBlind(h.organizer, h.contestID, h.roundID, true, idOf(keeper), ""))
	wants(t, "another one who sets the order", h.s.DrawOrder(h.organizer, h.contestID, h.roundID, ""), "names_held")
	h.must(h.s.DrawOrder(keeper, h.contestID, h.roundID, ""))
	d := []*device{h.device(0), h.device(1)}
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, h.performance(0)))
	on := h.judging().Performances[0]
	for _, x := range d {
		_, err := x.lock(on.ID, x.fill(on.ID, 800, 500, 300))
		h.must(err)
	}
	h.must(h.s.ChangeOrder(h.organizer, h.contestID, h.roundID, judging.NewChange{Kind: judging.PutLast, PerformanceID: h.performance(1), Reason: "xe của Đội LỘTÊN chưa đến"}))
	full := h.judging()
	// What an act is refused with names nobody either.
	for what, err := range map[string]error{"who checks": h.s.CheckPart(h.organizer, h.contestID, h.roundID, ""), "the head judge": h.s.Close(h.judges[0], h.contestID, h.roundID, "")} {
		f := new(fault.Fault)
		if !errors.As(err, &f) || len(f.Fields) == 0 || strings.Contains(fmt.Sprint(f.Fields), "Đội ") {
			t.Errorf("%s is told %+v", what, f)
		}
	}
	judge, _, err := h.s.JudgeView(h.judges[0], h.contestID, h.roundID)
	h.must(err)
	hall := full.StageView("Hội thi", map[int64]roster.Mask{}, judging.Showing{})
	seats, err := h.s.SeatsOf(h.organizer, idOf(h.judges[0]))
	h.must(err)
	table, _, err := h.s.Table(h.organizer, h.contestID, h.roundID)
	h.must(err)
	for what, view := range map[string]any{"judge": judge, "hall": hall, "list of panels": seats, "organizer's table": table} {
		b, err := json.Marshal(view)
		h.must(err)
		for _, p := range full.Performances {
			for _, secret := range []string{`"` + p.EntryName + `"`, p.Title, fmt.Sprintf(`"entry_id":%d`, p.EntryID), `"number":"` + roster.NumberText(p.Number) + `"`} {
				if strings.Contains(string(b), secret) {
					t.Errorf("%s reads %s", what, secret)
				}
			}
		}
		if !strings.Contains(string(b), on.Code) {
			t.Errorf("%s has no code %s: %s", what, on.Code, b)
		}
		if strings.Contains(string(b), "LỘTÊN") {
			t.Errorf("%s reads the reason of a change, which names the entry", what)
		}
		if strings.Contains(string(b), full.OrderSeed) {
			t.Errorf("%s reads the seed of the draw", what)
		}
	}
	var byPlace, byNumber []string
	for _, p := range judge.Performances {
		byPlace = append(byPlace, p.EntryName)
	}
	ids := slices.Clone(judge.Performances)
	slices.SortFunc(ids, func(a, b judging.JudgePerformance) int { return int(a.ID - b.ID) })
	for _, p := range ids {
		byNumber = append(byNumber, p.EntryName)
	}
	if !slices.IsSorted(byPlace) || !slices.IsSorted(byNumber) {
		t.Errorf("places or numbers tell more than the codes: %v, %v", byPlace, byNumber)
	}
	if _, scores, err := h.s.Scores(t.Context(), h.roundID); err != nil || len(scores) != 0 {
		t.Errorf("the board gets scores of a blind round before its close: %v, %v", scores, err)
	}
	if n := h.count(`SELECT count(*) FROM audit_event WHERE chain = $1 AND action LIKE 'judging.%' AND action NOT IN ('judging.order', 'judging.panel')
		AND (payload LIKE '%"entry":%'::bytea OR payload LIKE '%"entries":%'::bytea OR payload LIKE '%"seed":%'::bytea)`, h.contestID); n != 0 {
		t.Errorf("%d acts in the record tell who is who", n)
	}
	mine, _, err := h.s.Table(keeper, h.contestID, h.roundID)
	h.must(err)
	if p := mine.Performances[0]; p.EntryName != on.EntryName || p.Code != on.Code {
		t.Errorf("the keeper reads %+v", p.PerformanceView)
	}
}

func TestNamesAreShownBesideTheCodesAtTheClose(t *testing.T) {
	h := open(t, 1, 2)
	keeper := h.person("Thư ký giữ mã")
	h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'secretary')`, idOf(keeper), h.contestID)
	h.must(h.s.SetBlind(h.organizer, h.contestID, h.roundID, true, idOf(keeper), ""))
	d := h.device(0)
	for n := range 2 {
		p := h.perform(n, 60)
		_, err := d.lock(p, d.fill(p, int64(800-100*n), 500, 300))
		h.must(err)
	}
	wants(t, "opening the names after the beginning", h.s.SetBlind(keeper, h.contestID, h.roundID, false, 0, ""), "rules_stand")
	// The one who checks sees codes, and signs the same whole as the head judge.
	table, _, err := h.s.Table(h.organizer, h.contestID, h.roundID)
	h.must(err)
	h.must(h.s.CheckPart(h.organizer, h.contestID, h.roundID, table.Signing.Hash))
	view, _, err := h.s.JudgeView(h.judges[0], h.contestID, h.roundID)
	h.must(err)
	h.must(h.s.Close(h.judges[0], h.contestID, h.roundID, view.Closing.Hash))
	view, _, err = h.s.JudgeView(h.judges[0], h.contestID, h.roundID)
	h.must(err)
	if p := view.Performances[0]; !strings.HasPrefix(p.EntryName, "Đội ") || !strings.HasPrefix(p.Code, "M") || p.EntryID == 0 {
		t.Errorf("after the close: %+v", p.PerformanceView)
	}
	if _, scores, err := h.s.Scores(t.Context(), h.roundID); err != nil || len(scores) != 2 {
		t.Errorf("scores after the close: %v, %v", scores, err)
	}
}

func TestCodesAreDistinctAndRepeatable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := map[int64]int{}
		for i := range rapid.IntRange(1, 300).Draw(t, "entries") {
			numbers[int64(i+1)] = i + 1
		}
		seed := rapid.StringN(8, 20, -1).Draw(t, "seed")
		codes, seen := judging.Codes(seed, numbers, nil), map[string]bool{}
		again := judging.Codes(seed, numbers, nil)
		for id := range numbers {
			if c := codes[id]; seen[c] || c != again[id] || len(c) < 3 || strings.Trim(c, "M0") == "" {
				t.Fatalf("code %q of %d", c, id)
			}
			seen[codes[id]] = true
		}
		// Who comes later gets a code of its own, and nobody's changes.
		more := judging.Codes(seed, map[int64]int{999: 999}, codes)
		if seen[more[999]] || more[999] == "" || more[1] != codes[1] {
			t.Fatalf("the late one has %q", more[999])
		}
	})
}

func TestChangesOnTheNight(t *testing.T) {
	h := open(t, 1, 4)
	d := h.device(0)
	first := h.perform(0, 60)
	_, err := d.lock(first, d.fill(first, 800, 500, 300))
	h.must(err)
	change := func(kind judging.ChangeKind, n, to int) error {
		return h.s.ChangeOrder(h.organizer, h.contestID, h.roundID, judging.NewChange{Kind: kind, PerformanceID: h.performance(n), To: to, Reason: "xe đến muộn"})
	}
	names := func() (order []string) {
		for _, p := range h.judging().Performances {
			order = append(order, p.EntryName)
		}
		return order
	}
	wants(t, "an order without a reason", h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{{EntryID: h.entries[0]}, {EntryID: h.entries[3]}, {EntryID: h.entries[2]}, {EntryID: h.entries[1]}}), "order_tonight")
	wants(t, "no reason", h.s.ChangeOrder(h.organizer, h.contestID, h.roundID, judging.NewChange{Kind: judging.PutLast, PerformanceID: h.performance(1)}), "reason_missing")
	wants(t, "before what is over", change(judging.Moved, 2, 1), "order_place")
	wants(t, "what is over", change(judging.PutLast, 0, 0), "performance_begun")
	h.must(change(judging.Moved, 3, 2))
	h.must(change(judging.PutLast, 2, 0))
	if got := names(); !slices.Equal(got, []string{"Đội 1", "Đội 4", "Đội 3", "Đội 2"}) {
		t.Fatalf("the order is %v", got)
	}
	h.must(change(judging.LeftOut, 3, 0))
	wants(t, "beginning what was left out", h.s.Start(h.organizer, h.contestID, h.roundID, h.performance(3)), "performance_left_out")
	view, _, err := h.s.JudgeView(h.judges[0], h.contestID, h.roundID)
	h.must(err)
	if len(view.Changes) != 3 || view.Changes[2].Kind != judging.LeftOut || view.Changes[2].Reason != "xe đến muộn" || !view.Performances[3].Withdrawn {
		t.Errorf("the judge reads %+v", view.Changes)
	}
	hall := h.judging().StageView("Hội thi", nil, judging.Showing{})
	if hall.Changed == nil || hall.Changed.Kind != judging.LeftOut || len(hall.Turns) != 3 {
		t.Errorf("the hall reads %+v, %d turns", hall.Changed, len(hall.Turns))
	}
	for n := 1; n < 3; n++ {
		p := h.perform(n, 60)
		_, err := d.lock(p, d.fill(p, 700, 500, 300))
		h.must(err)
	}
	// The close does not wait for who was left out.
	h.must(h.close())
	if s := h.judging().Scores(); len(s) != 3 {
		t.Errorf("scores: %+v", s)
	}
}

func TestLotsDrawnInTheRoomAndTheSameOrderInAnotherPart(t *testing.T) {
	h := open(t, 1, 3)
	c, err := h.contests.Get(h.organizer, h.contestID)
	h.must(err)
	other := c.Rounds[2].ID
	lots := judging.RoomDraw{Place: "Hội trường A", Chair: "Nguyễn Thị Hoa", Secretary: "Trần Văn Đức", Witnesses: "Lê Văn Nam; Phạm Thị Lan"}
	for _, n := range []int{2, 0, 1} {
		lots.Lots = append(lots.Lots, judging.RoomLot{EntryID: h.entries[n], Drawer: fmt.Sprintf("Đội trưởng %d", n+1)})
	}
	h.must(h.s.SetLots(h.organizer, h.contestID, h.roundID, lots))
	draw, j, drawn, err := h.s.OrderDraw(h.organizer, h.contestID, h.roundID)
	h.must(err)
	if !drawn || draw.Method != judging.DrawnInRoom || draw.Lots[0].Drawer != "Đội trưởng 3" || draw.Place != "Hội trường A" || j.Performances[0].EntryName != "Đội 3" {
		t.Fatalf("the draw is %+v", draw)
	}
	h.must(h.s.CopyOrder(h.organizer, h.contestID, other, h.roundID))
	copied, j, drawn, err := h.s.OrderDraw(h.organizer, h.contestID, other)
	h.must(err)
	if !drawn || copied.ID != draw.ID || j.Performances[0].EntryName != "Đội 3" {
		t.Errorf("the other part has %+v", copied)
	}
	m, err := h.s.DrawMinutes(h.organizer, h.contestID, h.roundID)
	h.must(err)
	var pdf, docx bytes.Buffer
	_, err = export.WriteOfficialPDF(&pdf, m.Official())
	h.must(errors.Join(err, export.WriteOfficialDOCX(&docx, m.Official())))
	if row := m.Official().Blocks[2].Table.Rows[0]; row[2].Text != "Đội 3" || row[4].Text != "Đội trưởng 3" || pdf.Len() == 0 || docx.Len() == 0 {
		t.Errorf("the minutes have %+v", row)
	}
	// By hand afterwards: the order no longer comes from the draw.
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{{EntryID: h.entries[0]}}))
	if _, _, drawn, err = h.s.OrderDraw(h.organizer, h.contestID, h.roundID); err != nil || drawn {
		t.Errorf("set by hand: %v, %v", drawn, err)
	}
	// To draw again needs a reason, which the annex tells; whoever refuses to give one changes nothing.
	wants(t, "a second draw without a reason", h.s.DrawOrder(h.organizer, h.contestID, h.roundID, " "), "reason_missing")
	wants(t, "lots typed in again without a reason", h.s.SetLots(h.organizer, h.contestID, h.roundID, lots), "reason_missing")
	if _, _, drawn, err = h.s.OrderDraw(h.organizer, h.contestID, h.roundID); err != nil || drawn {
		t.Errorf("refused, the order still is of a draw: %v, %v", drawn, err)
	}
	// The software's draw can be checked line by line.
	h.must(h.s.DrawOrder(h.organizer, h.contestID, h.roundID, "Phong bì số 2 bị rách"))
	v := h.view()
	if x := v.Signing.Exceptions; v.Draws != 2 || len(x) != 1 || x[0].Code != "order" || !strings.Contains(x[0].Vi, "(lần 2)") || !strings.Contains(x[0].Vi, "Phong bì số 2 bị rách") {
		t.Errorf("%d draws, the annex tells %+v", v.Draws, x)
	}
	soft, _, _, err := h.s.OrderDraw(h.organizer, h.contestID, h.roundID)
	h.must(err)
	if check := soft.Check(); len(check) != 3 || !slices.IsSortedFunc(check, func(a, b judging.CheckLine) int { return strings.Compare(a.Hash, b.Hash) }) {
		t.Errorf("the check is %+v", soft.Check())
	}
}

func TestTakingOverFromAnotherContest(t *testing.T) {
	h := open(t, 2, 1)
	c, err := h.contests.Get(h.organizer, h.contestID)
	h.must(err)
	next, err := h.contests.Clone(h.organizer, h.contestID, "Hội thi năm sau", nil)
	h.must(err)
	both := account.From(h.organizer)
	both.Grants = map[int64][]account.Role{h.contestID: {account.RoleOrganizer}, next.ID: {account.RoleOrganizer}}
	ctx := account.With(context.Background(), both)
	stranger := h.as(h.person("Người lạ"), account.RoleOrganizer)
	h.exec(`DELETE FROM panel_seat WHERE round_id = $1`, next.Rounds[2].ID)
	h.must(h.s.CopyFrom(ctx, next.ID, next.Rounds[2].ID, judging.CopyOf{FromRound: c.Rounds[0].ID, Rubric: true, Panel: true}))
	j, err := h.s.Get(ctx, next.ID, next.Rounds[2].ID)
	h.must(err)
	if len(j.Panel) != 2 || !j.Panel[0].Head || j.Criteria[0].Name != h.criteria()[0].Name {
		t.Errorf("taken over: %+v %+v", j.Panel, j.Criteria)
	}
	wants(t, "from a contest of others", h.s.CopyFrom(stranger, h.contestID, h.roundID, judging.CopyOf{FromRound: next.Rounds[2].ID, Rubric: true}), "nothing_to_copy")
	sources, err := h.s.Sources(ctx, h.roundID)
	h.must(err)
	if len(sources) != 5 {
		t.Errorf("sources: %+v", sources)
	}

	// What is refused makes nobody a judge of this contest, and takes nothing over by halves.
	grant := `INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'judge')`
	h.s.UseSeat(func(ctx context.Context, tx pgx.Tx, accountID, contestID int64) error {
		_, err := tx.Exec(ctx, grant, accountID, contestID)
		return err
	})
	guest := idOf(h.person("Giám khảo mời"))
	h.exec(grant, guest, next.ID)
	h.must(h.s.SetPanel(ctx, next.ID, next.Rounds[2].ID, []int64{guest}, guest))
	criteria := h.criteria()
	whole := judging.CopyOf{FromRound: next.Rounds[2].ID, Rubric: true, Panel: true}
	h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'secretary')`, guest, h.contestID)
	wants(t, "a panel that may not mark here", h.s.CopyFrom(ctx, h.contestID, h.roundID, whole), "panel_invalid")
	if h.criteria()[0].ID != criteria[0].ID || h.count(`SELECT count(*) FROM account_grant WHERE account_id = $1 AND contest_id = $2 AND role = 'judge'`, guest, h.contestID) != 0 {
		t.Error("a refused taking over changed the rubric, or made a judge")
	}
}

func TestRubricTemplatesAreRubrics(t *testing.T) {
	for _, x := range judging.RubricTemplates() {
		criteria := make([]judging.Criterion, 0, len(x.Criteria))
		for _, c := range x.Criteria {
			criteria = append(criteria, judging.Criterion{Name: c.Name, Description: c.Description, Levels: c.Levels,
				Criterion: scoring.Criterion{Max: c.Max, Step: c.Step, Weight: c.Weight}})
		}
		if err := judging.CheckCriteria(criteria); err != nil {
			t.Errorf("%s: %v", x.ID, err)
		}
	}
}

// Who gave up a place stays in the running order until somebody mends it: the set-up says so.
func TestTheSetUpTellsOfTurnsWhoseEntriesDoNotEnter(t *testing.T) {
	t.Parallel()
	h := open(t, 1, 3)
	needs := func() (n int) {
		parts, err := h.s.Parts(h.organizer, h.contestID)
		h.must(err)
		for _, x := range parts[0].Needs {
			if x.Code == "entrants" {
				n++
			}
		}
		return n
	}
	if n := needs(); n != 0 {
		t.Fatalf("%d needs where everybody has a turn", n)
	}
	h.exec(`UPDATE round SET list_of = id WHERE id = $1`, h.roundID)
	h.exec(`INSERT INTO round_entry (round_id, entry_id) SELECT $1, id FROM entry WHERE id <> $2`, h.roundID, h.entries[1])
	if n := needs(); n != 1 {
		t.Errorf("%d needs where one has given up the place", n)
	}
}
