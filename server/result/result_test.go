package result_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/unit"
)

// hall is a contest with one judged round that is over: two judges, entries with marks.
type hall struct {
	t         testing.TB
	ctx       context.Context // the organizer's
	db        *pgxpool.Pool
	judging   *judging.Service
	boards    *leaderboard.Service
	results   *result.Service
	roster    *roster.Service
	stored    bool // entries as the real roster gives them
	contestID int64
	roundID   int64
	entries   []roster.Entry
	masks     map[int64]roster.Mask
	clockUs   atomic.Int64
}

// open gives entry i the marks of rows[i]: one number for each judge.
func open(t testing.TB, rows ...[2]int64) *hall {
	t.Helper()
	h := &hall{t: t, db: testkit.Postgres(t)}
	h.clockUs.Store(1_800_000_000_000_000)
	one := func(to *int64, sql string, args ...any) {
		t.Helper()
		h.must(h.db.QueryRow(context.Background(), sql, args...).Scan(to))
	}
	person := func(login string) context.Context {
		var id int64
		one(&id, `INSERT INTO account (login, name) VALUES ($1, $1) RETURNING id`, login)
		return account.With(context.Background(), account.Principal{AccountID: id, Name: login})
	}
	h.ctx = person("Thư ký")
	contests := contest.New(h.db, nil, nil)
	accounts, err := account.New(h.ctx, h.db)
	h.must(err)
	h.roster = roster.New(h.db, accounts, contests, unit.New(h.db))
	h.judging = judging.New(h.db, contests, func() int64 { return h.clockUs.Add(1_000_000) }, rand.Text)
	h.boards = leaderboard.New(leaderboard.Parts{DB: h.db, Contests: contests, Roster: h, Log: slog.New(slog.DiscardHandler),
		Sources: map[contest.Kind]leaderboard.Source{contest.Judged: source{h.judging}}})
	h.results = result.New(h.db, contests, h.boards, h, map[contest.Kind]result.Inputs{contest.Judged: h.judging})

	var bank, division int64
	one(&bank, `INSERT INTO bank (name) VALUES ('Ngân hàng') RETURNING id`)
	one(&h.contestID, `INSERT INTO contest (slug, name, organizer_name, template, state, bank_id)
		VALUES ('cchc', 'Thanh niên với cải cách hành chính', 'Tỉnh đoàn', 'judged', 'running', $1) RETURNING id`, bank)
	one(&division, `INSERT INTO division (contest_id, name, position) VALUES ($1, 'Bảng A', 1) RETURNING id`, h.contestID)
	one(&h.roundID, `INSERT INTO round (contest_id, position, kind, name, state) VALUES ($1, 1, 'judged', 'Tiểu phẩm', 'running') RETURNING id`, h.contestID)
	h.must(h.inTx(func(tx pgx.Tx) error {
		return h.judging.SetUp(h.ctx, tx, contest.Round{ID: h.roundID, ContestID: h.contestID, Kind: contest.Judged, Name: "Tiểu phẩm"},
			contest.RoundSpec{Kind: contest.Judged, Judged: contest.JudgedSpec{Criteria: []contest.CriterionSpec{{Name: "Nội dung", Max: 1000, Step: 25}}}})
	}))
	var turns []judging.Turn
	for i := range rows {
		e := roster.Entry{ContestID: h.contestID, DivisionID: division, Number: roster.NumberText(i + 1), Name: fmt.Sprintf("Đội %d", i+1),
			State: roster.EntryActive, Members: []roster.Member{{Name: "Nguyễn Văn A"}}}
		one(&e.ID, `INSERT INTO entry (contest_id, division_id, kind, name, search_key, same_key, number, code_mac, code_sealed, link_mac, link_sealed, source)
			VALUES ($1, $2, 'team', $3::text, $3::text, $3::text, $4::int, '\x', '\x', convert_to($4::text, 'UTF8'), '\x', 'manual') RETURNING id`,
			h.contestID, division, e.Name, i+1)
		h.entries = append(h.entries, e)
		turns = append(turns, judging.Turn{EntryID: e.ID})
	}
	judges := []context.Context{person("GK1"), person("GK2")}
	var seats []int64
	for _, j := range judges {
		seats = append(seats, account.From(j).AccountID)
		h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'judge')`, account.From(j).AccountID, h.contestID)
	}
	h.must(h.judging.SetPanel(h.ctx, h.contestID, h.roundID, seats, seats[0]))
	h.must(h.judging.SetOrder(h.ctx, h.contestID, h.roundID, turns))
	h.perform(judges, rows)
	h.must(h.judging.CheckPart(h.ctx, h.contestID, h.roundID, ""))
	h.must(h.judging.Close(judges[0], h.contestID, h.roundID, ""))
	h.exec(`UPDATE contest SET state = 'ended'`)
	return h
}

func (h *hall) perform(judges []context.Context, rows [][2]int64) {
	h.t.Helper()
	j, err := h.judging.Get(h.ctx, h.contestID, h.roundID)
	h.must(err)
	writers := make([]int64, len(judges))
	for i, judge := range judges {
		writers[i], err = h.judging.Claim(judge, h.contestID, h.roundID)
		h.must(err)
	}
	for n, p := range j.Performances {
		h.must(h.judging.Start(h.ctx, h.contestID, h.roundID, p.ID))
		h.must(h.judging.Finish(h.ctx, h.contestID, h.roundID, p.ID))
		for i, judge := range judges {
			value := rows[n][i]
			_, err := h.judging.Mark(judge, h.contestID, h.roundID, judging.NewMark{PerformanceID: p.ID, CriterionID: j.Criteria[0].ID,
				Writer: writers[i], Seq: int64(n + 1), Value: &value, ReceivedUs: h.clockUs.Add(1)})
			h.must(err)
			_, err = h.judging.Lock(judge, h.contestID, h.roundID, judging.LockSheetData{PerformanceID: p.ID, Writer: writers[i], Marks: []judging.MarkValue{{CriterionID: j.Criteria[0].ID, Value: value}}})
			h.must(err)
		}
	}
}

// source gives the boards the marks' scores, as app does.
type source struct{ s *judging.Service }

func (s source) Scores(ctx context.Context, roundID int64) (leaderboard.Scores, error) {
	version, scores, err := s.s.Scores(ctx, roundID)
	out := leaderboard.Scores{Version: version}
	for _, x := range scores {
		out.Rows = append(out.Rows, leaderboard.Score{EntryID: x.EntryID, Points: x.Score})
	}
	return out, err
}

func (s source) Version(ctx context.Context, roundID int64) (int64, error) {
	return s.s.Version(ctx, roundID)
}

func (h *hall) UnitPaths(ctx context.Context, contestID int64) (map[int64][]string, error) {
	return h.roster.UnitPaths(ctx, contestID)
}

func (h *hall) Entries(ctx context.Context, contestID int64) ([]roster.Entry, error) {
	if h.stored {
		return h.roster.Entries(ctx, contestID)
	}
	return h.entries, nil
}

func (h *hall) Masks(context.Context, int64) (map[int64]roster.Mask, error) { return h.masks, nil }

func (h *hall) MaskVersion(context.Context, int64) (string, error) { return "", nil }

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) exec(sql string, args ...any) {
	h.t.Helper()
	_, err := h.db.Exec(context.Background(), sql, args...)
	h.must(err)
}

func (h *hall) inTx(f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(context.Background(), h.db, f)
}

// tamper changes what the database itself refuses to change, as somebody with its password would.
func (h *hall) tamper(sql string, args ...any) {
	h.t.Helper()
	h.must(h.inTx(func(tx pgx.Tx) error {
		if _, err := tx.Exec(context.Background(), `SET LOCAL session_replication_role = replica`); err != nil {
			return err
		}
		tag, err := tx.Exec(context.Background(), sql, args...)
		if err == nil && tag.RowsAffected() != 1 {
			return fmt.Errorf("%d rows were changed", tag.RowsAffected())
		}
		return err
	}))
}

func (h *hall) finalize(reason string) (result.Revision, error) {
	h.t.Helper()
	p, err := h.results.Preview(h.ctx, h.contestID)
	h.must(err)
	return h.results.Finalize(h.ctx, h.contestID, p.InputsHash, reason)
}

func (h *hall) wants(what string, err error, code string) {
	h.t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code {
		h.t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// found lists the codes of what Verify finds.
func (h *hall) found() string {
	h.t.Helper()
	v, err := h.results.Verify(h.ctx, h.contestID)
	h.must(err)
	var codes []string
	for _, f := range v.Findings {
		if f.Code == "round_data" && slices.Contains(codes, "round_data") {
			continue // a mark that somebody changed shows in the sheet, and in each signature under the part
		}
		codes = append(codes, f.Code)
	}
	return strings.Join(codes, " ")
}

func TestFinalizing(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700}, [2]int64{700, 700}, [2]int64{500, 600})
	_, err := h.results.Final(h.ctx, "cchc")
	h.wants("before the end", err, "not_final")
	p, err := h.results.Preview(h.ctx, h.contestID)
	h.must(err)
	if len(p.Problems) != 2 || p.Problems[0].Code != "tie" || p.Problems[0].Blocks {
		t.Errorf("problems: %+v", p.Problems)
	}
	_, err = h.results.Finalize(h.ctx, h.contestID, make([]byte, 32), "")
	h.wants("without having seen the preview", err, "results_moved")
	h.exec(`UPDATE contest SET state = 'running'`)
	_, err = h.results.Finalize(h.ctx, h.contestID, p.InputsHash, "")
	h.wants("while rounds may run", err, "contest_not_ended")
	h.exec(`UPDATE contest SET state = 'ended'`)

	r, err := h.results.Finalize(h.ctx, h.contestID, p.InputsHash, "")
	h.must(err)
	var got []string
	for _, s := range r.Snapshot.Standings {
		got = append(got, fmt.Sprintf("%s:%d:%v:%d", s.Number, s.Place, s.Tied, s.Total))
	}
	if want := "001:1:false:850 002:2:true:700 003:2:true:700 004:4:false:550"; strings.Join(got, " ") != want {
		t.Errorf("standings: %v", got)
	}
	final, err := h.results.Final(context.Background(), "cchc")
	h.must(err)
	if final.Seal != result.Seal(r.Hash) || len(final.Seal) != 11 || final.Hash != hex.EncodeToString(r.Hash) || final.History[0].Actor != "" {
		t.Errorf("what the public sees: %+v", final)
	}
	var state, status string
	h.must(h.db.QueryRow(h.ctx, `SELECT c.state, b.held FROM contest c JOIN board b ON b.contest_id = c.id`).Scan(&state, &status))
	if state != "finalized" || status != "final" {
		t.Errorf("the contest is %s, its board %s", state, status)
	}
	h.wants("a thaw of the final board", h.boards.Thaw(h.ctx, h.contestID), "not_frozen")
	h.wants("a freeze of the final board", h.boards.Freeze(h.ctx, h.contestID), "already_frozen")
	for _, sql := range []string{`UPDATE final_result SET reason = 'x'`, `DELETE FROM final_result`} {
		if _, err := h.db.Exec(h.ctx, sql); err == nil {
			t.Errorf("a final result was changed: %s", sql)
		}
	}
	if found := h.found(); found != "" {
		t.Errorf("found in a whole contest: %s", found)
	}
}

// Whatever moves between the preview and the act stops it: marks, but also entries, names and rules.
func TestNothingIsFinalizedUnseen(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700})
	for what, change := range map[string]func(){
		"an entry withdrawn":  func() { h.entries[1].State = roster.EntryWithdrawn },
		"an entry renamed":    func() { h.entries[0].Name = "Đội khác" },
		"another weight":      func() { h.exec(`UPDATE round SET weight = 5000`) },
		"another tie-breaker": func() { h.exec(`UPDATE contest SET tie_breakers = '{time}'`) },
		"another mark": func() {
			h.tamper(`UPDATE mark SET value = value - 25 WHERE (sheet_id, seq) = (SELECT min(sheet_id), min(seq) FROM mark)`)
		},
	} {
		p, err := h.results.Preview(h.ctx, h.contestID)
		h.must(err)
		change()
		_, err = h.results.Finalize(h.ctx, h.contestID, p.InputsHash, "")
		h.wants(what, err, "results_moved")
	}
}

func TestTwoFinalizeAtOnce(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700})
	p, err := h.results.Preview(h.ctx, h.contestID)
	h.must(err)
	var people sync.WaitGroup
	var done, refused atomic.Int64
	for range 6 {
		people.Go(func() {
			_, err := h.results.Finalize(h.ctx, h.contestID, p.InputsHash, "")
			if err == nil {
				done.Add(1)
				return
			}
			h.wants("a second one", err, "results_moved")
			refused.Add(1)
		})
	}
	people.Wait()
	if done.Load() != 1 || refused.Load() != 5 {
		t.Errorf("%d finalized, %d refused", done.Load(), refused.Load())
	}
	if found := h.found(); found != "" {
		t.Errorf("found afterwards: %s", found)
	}
}

func TestCorrections(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700}, [2]int64{600, 600})
	first, err := h.finalize("")
	h.must(err)
	_, err = h.finalize("Không có gì thay đổi cả")
	h.wants("a correction of nothing", err, "nothing_changed")
	h.entries[1].State = roster.EntryWithdrawn
	_, err = h.finalize("ngắn")
	h.wants("a correction without a reason", err, "reason_needed")
	second, err := h.finalize("Đội 2 vi phạm thể lệ nên bị loại.")
	h.must(err)
	if second.Snapshot.Revision != 2 || second.Snapshot.Reason != "Đội 2 vi phạm thể lệ nên bị loại." || len(second.Snapshot.Standings) != 2 {
		t.Errorf("the correction: %+v", second.Snapshot)
	}
	final, err := h.results.Final(h.ctx, "cchc")
	h.must(err)
	if final.Revision != 2 || len(final.History) != 2 || final.History[0].Seal != result.Seal(first.Hash) {
		t.Errorf("what the public sees: %+v", final)
	}
	want := []result.Change{{Number: "003", Name: "Đội 3", OldPlace: 3, NewPlace: 2, OldTotal: 600, NewTotal: 600}, {Number: "002", Name: "Đội 2", OldPlace: 2, OldTotal: 700}}
	if got := final.History[1].Changes; len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("changes: %+v", got)
	}
	if found := h.found(); found != "" {
		t.Errorf("found in a corrected contest: %s", found)
	}
}

// Each kind of tampering, by somebody who may write to the database, is found.
// A person who is erased or refuses publication after the results are final: the sealed snapshot stays and is verified,
// what is shown of it has no name; the erased one's is gone for organizers too.
func TestFinalResultsHonourConsentAndErasure(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 600}, [2]int64{500, 400})
	r, err := h.finalize("")
	h.must(err)
	sealed := r.Hash
	h.entries[0].Name, h.entries[0].Members = "Đội ẩn danh 001", nil // as the roster has it after erasing
	h.masks = map[int64]roster.Mask{h.entries[0].ID: {Name: "Đội ẩn danh 001", Erased: true}, h.entries[1].ID: {Name: "Đ.H. (002)"}}
	v, err := h.results.Final(h.ctx, "cchc")
	h.must(err)
	shown := fmt.Sprintf("%+v", v)
	if v.Standings[0].Name != "Đội ẩn danh 001" || v.Standings[1].Name != "Đ.H. (002)" || v.Standings[2].Name != "Đội 3" ||
		strings.Contains(shown, "Đội 1") || strings.Contains(shown, "Đội 2") {
		t.Errorf("the public reads %s", shown)
	}
	if len(v.Standings[0].Members)+len(v.Standings[1].Members) != 0 || len(v.Standings[2].Members) != 1 {
		t.Errorf("members shown: %+v", v.Standings)
	}
	mine, err := h.results.Revisions(h.ctx, h.contestID, false)
	h.must(err)
	if s := mine[0].Snapshot.Standings; s[0].Name != "Đội ẩn danh 001" || s[1].Name != "Đội 2" || len(s[1].Members) != 1 {
		t.Errorf("the organizer reads %+v", s)
	}
	if found := h.found(); found != "" {
		t.Errorf("verify finds %s", found)
	}
	if !bytes.Equal(mine[0].Hash, sealed) || v.Seal != result.Seal(sealed) {
		t.Error("the seal has changed")
	}
	if _, err := h.finalize("một lý do đủ dài"); err != nil {
		t.Log("a correction after erasing:", err)
	}
	if found := h.found(); found != "" {
		t.Errorf("after a correction verify finds %s", found)
	}
}

func TestVerifyFindsTampering(t *testing.T) {
	for what, x := range map[string]struct {
		do   func(h *hall)
		want string
	}{
		"a mark": {func(h *hall) {
			h.tamper(`UPDATE mark SET value = value + 100 WHERE (sheet_id, seq) = (SELECT max(sheet_id), max(seq) FROM mark)`)
		}, "round_data inputs standing"},
		"the time of a mark": {func(h *hall) {
			h.tamper(`UPDATE mark SET received_us = received_us - 5 WHERE (sheet_id, seq) = (SELECT max(sheet_id), max(seq) FROM mark)`)
		}, "round_data inputs"},
		"a snapshot": {func(h *hall) {
			h.tamper(`UPDATE final_result SET snapshot = convert_to(replace(convert_from(snapshot, 'UTF8'), '"total":700', '"total":701'), 'UTF8')`)
		}, "snapshot_hash standing"},
		"a snapshot with its hash": {func(h *hall) {
			h.tamper(`UPDATE final_result SET snapshot = convert_to(replace(convert_from(snapshot, 'UTF8'), '"total":700', '"total":701'), 'UTF8'),
				hash = sha256(convert_to(replace(convert_from(snapshot, 'UTF8'), '"total":700', '"total":701'), 'UTF8'))`)
		}, "audit_hash standing"},
		"an audit event": {func(h *hall) {
			h.tamper(`UPDATE audit_event SET actor = 'ai đó' WHERE chain = $1 AND seq = 1`, h.contestID)
		}, "audit_chain"},
		"the record of the result": {func(h *hall) {
			h.tamper(`DELETE FROM audit_event WHERE action = 'result.finalize'`)
		}, "audit_hash"},
		"a revision that is gone": {func(h *hall) {
			h.entries[0].Name = "Tên đúng"
			_, err := h.finalize("Sửa lại tên đội cho đúng.")
			h.must(err)
			h.tamper(`DELETE FROM final_result WHERE revision = 1`)
		}, "revision_missing revision_missing"},
	} {
		t.Run(what, func(t *testing.T) {
			h := open(t, [2]int64{900, 800}, [2]int64{700, 700})
			_, err := h.finalize("")
			h.must(err)
			x.do(h)
			if got := h.found(); got != x.want {
				t.Errorf("found %q, want %q", got, x.want)
			}
		})
	}
}
