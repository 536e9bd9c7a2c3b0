package judging_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/judging"
)

// judged is a hall whose teams have all performed, and whose judges have locked every sheet with the same marks.
func judged(t testing.TB, judges, teams int) (*hall, []*device) {
	h := open(t, judges, teams)
	devices := make([]*device, judges)
	for i := range devices {
		devices[i] = h.device(i)
	}
	for n := range teams {
		p := h.perform(n, 60)
		for _, d := range devices {
			_, err := d.lock(p, d.fill(p, 800, 500, 300))
			h.must(err)
		}
	}
	return h, devices
}

func (h *hall) view() judging.JudgingView { h.t.Helper(); return h.judging().View() }

// waiting is the request that waits for a second person.
func (h *hall) waiting() int64 {
	h.t.Helper()
	r := h.view().Signing.Requests
	if len(r) == 0 || r[0].State != judging.Asked {
		h.t.Fatalf("nothing waits: %+v", r)
	}
	return r[0].ID
}

func (h *hall) confirm(who context.Context, door judging.Door, marks ...judging.MarkValue) error {
	h.t.Helper()
	return h.s.Confirm(who, h.contestID, h.roundID, h.waiting(), door, marks)
}

func TestAPartIsCheckedThenClosedThenWitnessed(t *testing.T) {
	h, _ := judged(t, 2, 2)
	secretary, head, supervisor := h.person("Thư ký"), h.judges[0], h.person("Giám sát")
	v := h.view()
	if v.Signing.State != judging.PartOpen || v.Signing.Hash == "" || v.Signing.Seal != "" || v.Signing.HeadName != "Giám khảo 1" {
		t.Fatalf("before: %+v", v.Signing)
	}
	wants(t, "closing what nobody has checked", h.s.Close(head, h.contestID, h.roundID, ""), "judging_not_checked")
	wants(t, "checking another state than what was seen", h.s.CheckPart(secretary, h.contestID, h.roundID, strings.Repeat("0", 64)), "judging_moved")
	wants(t, "a judge who checks", h.s.CheckPart(h.judges[1], h.contestID, h.roundID, ""), "judge_cannot_tally")
	wants(t, "witnessing before the close", h.s.Witness(supervisor, h.contestID, h.roundID, ""), "judging_not_closed")
	h.must(h.s.CheckPart(secretary, h.contestID, h.roundID, v.Signing.Hash))
	checked := h.view().Signing
	if checked.State != judging.PartChecked || checked.Hash != v.Signing.Hash || len(checked.Seal) != 11 {
		t.Fatalf("checked: %+v", checked)
	}
	wants(t, "a change of what was checked", h.s.SetSeconds(h.organizer, h.contestID, h.roundID, h.performance(0), 90, "đo lại"), "judging_checked")
	wants(t, "a second check", h.s.CheckPart(secretary, h.contestID, h.roundID, ""), "judging_checked")
	wants(t, "another judge who closes", h.s.Close(h.judges[1], h.contestID, h.roundID, ""), "not_head_judge")

	// The head judge wants a look at something: the check is gone, its signature stays.
	h.must(h.s.SendBack(head, h.contestID, h.roundID, judging.PanelDoor, "xem lại thời gian của đội 1"))
	h.must(h.s.SetSeconds(h.organizer, h.contestID, h.roundID, h.performance(0), 90, "đo lại"))
	h.must(h.s.CheckPart(secretary, h.contestID, h.roundID, ""))
	if s := h.view().Signing; s.Hash == checked.Hash || len(s.Signatures) != 2 || s.Signatures[0].EndedUs == 0 || s.Signatures[0].Reason != "xem lại thời gian của đội 1" || s.Signatures[0].Revoked {
		t.Errorf("after sending back: %+v", s)
	}
	// A name that is corrected after the check is not what was checked.
	h.exec(`UPDATE entry SET name = 'Đội Hạc Thành' WHERE id = $1`, h.entries[0])
	wants(t, "closing what was not checked", h.s.Close(head, h.contestID, h.roundID, ""), "judging_moved")
	h.must(h.s.SendBack(secretary, h.contestID, h.roundID, judging.Office, "tên đội vừa sửa"))
	h.must(h.s.CheckPart(secretary, h.contestID, h.roundID, ""))
	h.must(h.s.Close(head, h.contestID, h.roundID, h.view().Signing.Hash))
	wants(t, "the secretary who witnesses the own check", h.s.Witness(secretary, h.contestID, h.roundID, ""), "signer_twice")
	h.must(h.s.Witness(supervisor, h.contestID, h.roundID, h.view().Signing.Hash))
	wants(t, "a second witness", h.s.Witness(h.person("Giám sát 2"), h.contestID, h.roundID, ""), "judging_witnessed")

	r, hash, err := h.s.SignedRecord(h.organizer, h.contestID, h.roundID, 1)
	h.must(err)
	if r.Turns[0].EntryName != "Đội Hạc Thành" || r.Turns[0].Score != h.view().Performances[0].Working.Score || r.Turns[0].Place != 1 || !r.Turns[0].Tied ||
		len(r.Turns[0].Sheets) != 2 || r.Panel[0].Name != "Giám khảo 1" || hex.EncodeToString(hash) != h.view().Signing.Hash {
		t.Errorf("signed: %+v", r)
	}
	var body, stored []byte
	h.must(h.db.QueryRow(t.Context(), `SELECT signed, hash FROM judging_signature WHERE step = 'witness'`).Scan(&body, &stored))
	if sum := sha256.Sum256(body); string(sum[:]) != string(stored) || !json.Valid(body) {
		t.Error("the bytes that were signed do not have the hash that is stored")
	}
	if _, err := h.db.Exec(t.Context(), `UPDATE judging_signature SET name = 'ai đó'`); err == nil {
		t.Error("a signature could be changed")
	}
	if found := h.check(); len(found) != 0 {
		t.Errorf("verify finds %q", found)
	}
}

func (h *hall) check() []string {
	h.t.Helper()
	found, err := h.s.Check(h.organizer, h.roundID)
	h.must(err)
	return found
}

// A judge has locked a wrong mark: one asks, another confirms, the judge corrects; before, after, why and who stay.
func TestASheetIsReopenedByTwo(t *testing.T) {
	h, devices := judged(t, 3, 1)
	p, head, judge := h.performance(0), h.judges[0], h.judges[1]
	secretary := h.person("Thư ký")
	ask := func(who context.Context, door judging.Door, seat int) error {
		return h.s.AskReopen(who, h.contestID, h.roundID, p, seat, door, "Hội ý: nhầm cột hình thức")
	}
	wants(t, "another judge's sheet", ask(h.judges[2], judging.PanelDoor, 2), "not_your_request")
	wants(t, "a stranger", ask(h.person("Người lạ"), judging.PanelDoor, 2), "not_on_panel")
	h.must(ask(judge, judging.PanelDoor, 2))
	wants(t, "a second request", ask(head, judging.PanelDoor, 2), "request_waiting")
	wants(t, "the judge alone", h.confirm(judge, judging.PanelDoor), "second_person_needed")
	wants(t, "a judge whom it does not concern", h.confirm(h.judges[2], judging.PanelDoor), "not_your_request")
	if g := h.judging().Gaps(); len(g) != 1 || g[0].Code != "request_open" {
		t.Errorf("while it waits: %+v", g)
	}
	wants(t, "checking while it waits", h.s.CheckPart(secretary, h.contestID, h.roundID, ""), "judging_not_complete")
	if _, err := devices[1].send(devices[1].next(p, h.criteria()[1].ID, 600)); err == nil {
		t.Error("the sheet is open before the second person confirmed")
	}
	before := h.count(`SELECT count(*) FROM sheet_version WHERE ended_us IS NOT NULL`)
	h.must(h.confirm(head, judging.PanelDoor))
	if n := h.count(`SELECT count(*) FROM sheet_version WHERE ended_us IS NOT NULL`); before != 0 || n != 1 {
		t.Errorf("%d, then %d ended versions", before, n)
	}
	v, _ := h.judging().JudgeView(idOf(judge))
	if s := v.Performances[0].Sheet; s.State != judging.Draft || s.Returned == nil || s.Returned.Reason != "Hội ý: nhầm cột hình thức" || v.Performances[0].Others != nil {
		t.Errorf("the judge sees %+v", s)
	}
	// The judge's tablet heard no answer to its lock and sends it again: that is no signature under the sheet opened since.
	late := judging.LockSheetData{PerformanceID: p, Writer: devices[1].writer}
	for _, m := range v.Performances[0].Sheet.Marks {
		late.Marks = append(late.Marks, judging.MarkValue{CriterionID: m.CriterionID, Value: m.Value})
	}
	_, err := h.s.Lock(judge, h.contestID, h.roundID, late)
	wants(t, "the lock from before", err, "sheet_reopened")
	if v.Performances[0].Sheet.Reopened != 1 {
		t.Errorf("the device hears of %d openings", v.Performances[0].Sheet.Reopened)
	}
	devices[1].mark(p, h.criteria()[1].ID, 600)
	_, err = devices[1].lock(p, []judging.MarkValue{{CriterionID: h.criteria()[0].ID, Value: 800}, {CriterionID: h.criteria()[1].ID, Value: 600}, {CriterionID: h.criteria()[2].ID, Value: 300}})
	h.must(err)
	sheet := h.view().Performances[0].Sheets[1]
	if len(sheet.Versions) != 1 || sheet.Versions[0].Total != 1600 || sheet.Total != 1700 || sheet.Versions[0].AskedBy != "Giám khảo 2" || sheet.Versions[0].Allowed != "Giám khảo 1" {
		t.Errorf("versions: %+v", sheet)
	}
	x := h.view().Signing.Exceptions
	if len(x) != 1 || !strings.Contains(x[0].Vi, "5 → 6") || !strings.Contains(x[0].Vi, "Hội ý: nhầm cột hình thức") {
		t.Errorf("annex: %+v", x)
	}
	h.must(h.close())
	wants(t, "reopening after the close", ask(secretary, judging.Office, 1), "judging_closed")
	if found := h.check(); len(found) != 0 {
		t.Errorf("verify finds %q", found)
	}
}

// The secretary has checked, and then a sheet turns out wrong: confirming its reopening takes the check back.
func TestReopeningAfterTheCheckTakesItBack(t *testing.T) {
	h, _ := judged(t, 2, 1)
	secretary := h.person("Thư ký")
	h.must(h.s.CheckPart(secretary, h.contestID, h.roundID, ""))
	h.must(h.s.AskReopen(secretary, h.contestID, h.roundID, h.performance(0), 2, judging.Office, "Trả lại: cộng nhầm"))
	wants(t, "closing while it waits", h.s.Close(h.judges[0], h.contestID, h.roundID, ""), "judging_not_complete")
	h.must(h.confirm(h.judges[1], judging.PanelDoor)) // the judge of the sheet takes it back
	if s := h.view().Signing; s.State != judging.PartOpen || s.Signatures[0].EndedUs == 0 {
		t.Errorf("after: %+v", s)
	}
}

func TestPaperCountsOnceTwoPeopleHaveTypedTheSame(t *testing.T) {
	h := open(t, 2, 2)
	one, two := h.person("Thư ký 1"), h.person("Thư ký 2")
	p := h.perform(0, 60)
	d := h.device(1)
	marks := func(values ...int64) (m []judging.MarkValue) {
		for i, c := range h.criteria() {
			m = append(m, judging.MarkValue{CriterionID: c.ID, Value: values[i]})
		}
		return m
	}
	paper := func(who context.Context, seat int, replaces bool, note string, values ...int64) error {
		return h.s.AskPaper(who, h.contestID, h.roundID, p, seat, marks(values...), replaces, note)
	}
	wants(t, "a judge who types paper", paper(h.judges[0], 2, false, "", 800, 500, 300), "judge_cannot_tally")
	wants(t, "a mark between steps", paper(one, 2, false, "", 810, 500, 300), "paper_marks")
	d.mark(p, h.criteria()[0].ID, 750)
	wants(t, "other marks on the device", paper(one, 2, false, "", 800, 500, 300), "paper_conflict")
	wants(t, "replacing without a reason", paper(one, 2, true, "", 800, 500, 300), "reason_missing")
	h.must(paper(one, 2, true, "máy tính bảng hỏng", 800, 500, 300))
	if strings.Contains(stringOf(h.view().Signing.Requests), "800") {
		t.Error("the second person can read what the first one typed")
	}
	wants(t, "typed again by the same person", h.confirm(one, judging.Office, marks(800, 500, 300)...), "second_person_needed")
	wants(t, "typed differently", h.confirm(two, judging.Office, marks(800, 550, 300)...), "paper_differs")
	wants(t, "not typed at all", h.confirm(two, judging.Office), "paper_differs")
	wants(t, "by the judge", h.confirm(h.judges[1], judging.PanelDoor), "not_your_request")
	h.must(h.confirm(two, judging.Office, marks(800, 500, 300)...))
	s := h.view().Performances[0].Sheets[1]
	if s.State != judging.Locked || !s.Paper || s.Total != 1600 {
		t.Errorf("the sheet: %+v", s)
	}
	_, err := d.send(d.next(p, h.criteria()[0].ID, 900))
	wants(t, "the device after the paper", err, "sheet_locked")
	wants(t, "paper over a locked sheet", paper(one, 2, true, "nhập lại", 800, 500, 250), "paper_sheet_locked")

	// Reopened, the judge goes on with the device: what it writes stands above the paper.
	h.must(h.s.AskReopen(one, h.contestID, h.roundID, p, 2, judging.Office, "đọc nhầm số trên phiếu"))
	h.must(h.confirm(h.judges[0], judging.PanelDoor))
	again := h.device(1)
	again.mark(p, h.criteria()[2].ID, 350)
	_, err = again.lock(p, marks(800, 500, 350))
	h.must(err)
	if s := h.view().Performances[0].Sheets[1]; s.Paper || s.Total != 1650 || len(s.Versions) != 1 || !s.Versions[0].Paper {
		t.Errorf("after reopening: %+v", s)
	}
	if found := h.check(); len(found) != 0 {
		t.Errorf("verify finds %q", found)
	}
}

func stringOf(v any) string { b, _ := json.Marshal(v); return string(b) }

func TestARevocationOpensAClosedPartAndKeepsBothSignatures(t *testing.T) {
	h, devices := judged(t, 2, 2)
	secretary := h.person("Thư ký")
	h.must(h.close())
	first := h.view().Signing
	h.must(h.s.AskRevoke(secretary, h.contestID, h.roundID, judging.Office, false, "Cộng nhầm điểm đội 2"))
	if h.judging().State() != judging.PartClosed {
		t.Error("open before the second person confirmed")
	}
	wants(t, "alone", h.confirm(secretary, judging.Office), "second_person_needed")
	h.must(h.confirm(h.judges[0], judging.PanelDoor))
	s := h.view().Signing
	if s.State != judging.PartOpen || s.Number != 2 || s.Seal != "" {
		t.Errorf("after: %+v", s)
	}
	if r, err := h.contests.Round(t.Context(), h.contestID, h.roundID); err != nil || r.State != contest.RoundRunning {
		t.Errorf("the round is %s (%v)", r.State, err)
	}
	p := h.performance(1)
	h.must(h.s.AskReopen(secretary, h.contestID, h.roundID, p, 2, judging.Office, "Cộng nhầm điểm đội 2"))
	h.must(h.confirm(h.judges[0], judging.PanelDoor))
	_, err := devices[1].lock(p, devices[1].fill(p, 900, 500, 300))
	h.must(err)
	h.must(h.close())
	s = h.view().Signing
	if s.Seal == first.Seal || len(s.Signatures) != 4 || !s.Signatures[1].Revoked || s.Signatures[1].Seal != first.Seal || s.Number != 2 {
		t.Errorf("signed again: %+v", s)
	}
	old, _, err := h.s.SignedRecord(h.organizer, h.contestID, h.roundID, 1)
	h.must(err)
	now, _, err := h.s.SignedRecord(h.organizer, h.contestID, h.roundID, 2)
	h.must(err)
	if old.Turns[1].Score != 1600 || now.Turns[1].Score != 1650 || len(now.Exceptions) != 2 {
		t.Errorf("signed %d, then %d with %+v", old.Turns[1].Score, now.Turns[1].Score, now.Exceptions)
	}
	if found := h.check(); len(found) != 0 {
		t.Errorf("verify finds %q", found)
	}

	// A final result changes by a correction only, with an organizer among the two.
	h.exec(`UPDATE contest SET state = 'finalized' WHERE id = $1`, h.contestID)
	wants(t, "after the result", h.s.AskRevoke(secretary, h.contestID, h.roundID, judging.Office, false, "thêm lần nữa"), "result_is_final")
	h.must(h.s.AskRevoke(secretary, h.contestID, h.roundID, judging.Office, true, "Đính chính sau khiếu nại"))
	wants(t, "a correction without an organizer", h.confirm(h.judges[0], judging.PanelDoor), "result_is_final")
	if h.judging().State() != judging.PartClosed {
		t.Error("a refused revocation has opened the part")
	}
}

func TestASignatureCannotBeTamperedWithUnseen(t *testing.T) {
	for what, sql := range map[string]string{
		"what was signed":          `UPDATE judging_signature SET signed = convert_to(replace(convert_from(signed, 'UTF8'), '"score":1600', '"score":1700'), 'UTF8') WHERE step = 'close'`,
		"with its hash":            `UPDATE judging_signature SET signed = x.b, hash = sha256(x.b) FROM (SELECT id, convert_to(replace(convert_from(signed, 'UTF8'), '"score":1600', '"score":1700'), 'UTF8') AS b FROM judging_signature) x WHERE x.id = judging_signature.id`,
		"a signature that is gone": `DELETE FROM judging_signature WHERE step = 'close'`,
		"a mark":                   `UPDATE mark SET value = value + 100 WHERE (sheet_id, seq) = (SELECT max(sheet_id), max(seq) FROM mark)`,
		"a version":                `UPDATE sheet_version SET marks = convert_to(replace(convert_from(marks, 'UTF8'), '800', '900'), 'UTF8')`,
		"a version that is gone":   `DELETE FROM sheet_version WHERE sheet_id = (SELECT max(sheet_id) FROM sheet_version)`,
		"a time":                   `UPDATE performance SET seconds = seconds + 1`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h, _ := judged(t, 2, 1)
			h.must(h.close())
			if found := h.check(); len(found) != 0 {
				t.Fatalf("before: %q", found)
			}
			tx, err := h.db.Begin(t.Context())
			h.must(err)
			for _, s := range []string{`SET LOCAL session_replication_role = replica`, sql} {
				_, err = tx.Exec(t.Context(), s)
				h.must(err)
			}
			h.must(tx.Commit(t.Context()))
			if found := h.check(); len(found) == 0 {
				t.Error("nothing is found")
			}
		})
	}
}

// Two people confirm at once, and the secretary checks at the same moment, on two nodes: one of them does it, the others
// are told, and no state is half of each.
func TestManyHandsAtOnce(t *testing.T) {
	h, _ := judged(t, 3, 1)
	nodes := []*judging.Service{h.s, h.service(), h.service()}
	for round := range 6 {
		h.must(h.s.AskReopen(h.judges[0], h.contestID, h.roundID, h.performance(0), 2, judging.PanelDoor, "hội ý"))
		id := h.waiting()
		type act struct {
			what string
			err  error
		}
		acts := make(chan act, 4)
		var all sync.WaitGroup
		for i, who := range []context.Context{h.person("Thư ký A"), h.person("Thư ký B"), h.person("Thư ký C")} {
			node := nodes[(i+round)%3]
			all.Go(func() { acts <- act{"confirm", node.Confirm(who, h.contestID, h.roundID, id, judging.Office, nil)} })
		}
		all.Go(func() {
			acts <- act{"check", nodes[round%3].CheckPart(h.person("Thư ký D"), h.contestID, h.roundID, "")}
		})
		all.Wait()
		close(acts)
		done := 0
		for a := range acts {
			switch {
			case a.err == nil && a.what == "confirm":
				done++
			case a.what == "confirm":
				wants(t, "who came second", a.err, "request_decided")
			default:
				wants(t, "checking meanwhile", a.err, "judging_not_complete")
			}
		}
		if done != 1 || h.count(`SELECT count(*) FROM sheet_version WHERE ended_us IS NOT NULL`) != round+1 {
			t.Fatalf("%d people confirmed, %d versions ended", done, h.count(`SELECT count(*) FROM sheet_version WHERE ended_us IS NOT NULL`))
		}
		d := h.device(1)
		_, err := d.lock(h.performance(0), d.fill(h.performance(0), 800, 500, int64(50*round)))
		h.must(err)
	}
	h.must(h.close())
	if found := h.check(); len(found) != 0 {
		t.Errorf("verify finds %q", found)
	}
}

// What the head judge reads before the own sheet is locked has no place for the marks of others.
func TestTheHeadJudgesPageTellsNoScoreBeforeTheOwnSheet(t *testing.T) {
	h := open(t, 2, 1)
	p := h.perform(0, 60)
	other := h.device(1)
	_, err := other.lock(p, other.fill(p, 750, 550, 350))
	h.must(err)
	v, _ := h.judging().JudgeView(idOf(h.judges[0]))
	if c := v.Closing; c == nil || c.Turns[0].Shown || c.Turns[0].Score != 0 || len(c.Turns[0].Sheets) != 0 || c.Turns[0].Locked != 1 || strings.Contains(stringOf(c), "1650") {
		t.Errorf("before: %s", stringOf(v.Closing))
	}
	if v, _ := h.judging().JudgeView(idOf(h.judges[1])); v.Closing != nil {
		t.Error("another judge has the head's page")
	}
	own := h.device(0)
	_, err = own.lock(p, own.fill(p, 800, 500, 300))
	h.must(err)
	v, _ = h.judging().JudgeView(idOf(h.judges[0]))
	if c := v.Closing.Turns[0]; !c.Shown || c.Score != 1625 || c.Place != 1 || c.Sheets[1].Total != 1650 {
		t.Errorf("after: %+v", c)
	}
}

// An entry that had withdrawn before its turn and comes back after the close has no part in what was signed.
func TestWhoComesBackAfterTheCloseChangesNothingThatWasSigned(t *testing.T) {
	t.Parallel()
	h := open(t, 1, 2)
	d := h.device(0)
	h.exec(`UPDATE entry SET state = 'withdrawn' WHERE id = $1`, h.entries[1])
	p := h.perform(0, 60)
	_, err := d.lock(p, d.fill(p, 800, 500, 300))
	h.must(err)
	h.must(h.close())
	signed, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	h.exec(`UPDATE entry SET state = 'active' WHERE id = $1`, h.entries[1])
	now, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	if found := h.check(); len(found) != 0 || string(now) != string(signed) {
		t.Errorf("verify finds %q; the inputs are now %s", found, now)
	}
	// Opened again, the part waits for the turn.
	h.must(h.s.AskRevoke(h.organizer, h.contestID, h.roundID, judging.Office, false, "đội 2 được thi lại"))
	h.must(h.confirm(h.judges[0], judging.PanelDoor))
	if gaps := h.judging().Gaps(); len(gaps) != 1 || gaps[0].Code != "performance_open" {
		t.Errorf("after the revocation: %+v", gaps)
	}
}
