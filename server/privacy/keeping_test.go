package privacy

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/roster"
)

// A request runs from asking to being done, each step with its time and record; erasing leaves no trace of the person in
// any table of the database, and the chain of records whole.
func TestErasingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	g := lay(t)
	receipt, who := g.enter(person("Nguyễn Thị Hoài An", "2001-05-17"), g.answers(true))
	_, other := g.enter(g.another())
	g.must(g.s.Ask(t.Context(), who, Erase, "Tôi là Hoài An, xin xóa dữ liệu"))
	g.wants(g.s.Ask(t.Context(), who, Erase, ""), "data_request_open")
	g.wants(g.s.Ask(t.Context(), who, Correct, "  "), "data_request_words")
	g.must(g.s.Ask(t.Context(), who, Correct, "Tên đệm của tôi là Hoài"))
	requests, err := g.s.Requests(g.ctx, g.contest.ID, true, 1)
	g.must(err)
	if len(requests) != 2 || requests[0].Name != "Nguyễn Thị Hoài An" || requests[0].Number != "001" {
		t.Fatalf("the queue: %+v", requests)
	}
	erase := requests[0]
	if erase.Kind != Erase {
		erase = requests[1]
	}
	if !erase.AnswerDue.Before(erase.DoneDue) || erase.Overdue(time.Now()) || !erase.Overdue(erase.AnswerDue.Add(time.Second)) {
		t.Errorf("due dates of %+v", erase)
	}
	g.wants(g.s.Cancel(t.Context(), other, erase.ID), "data_request_ended")
	g.wants(g.s.Answer(g.ctx, g.contest.ID+1, erase.ID, Done, "của hội thi khác"), "not_found")
	g.wants(g.s.Answer(g.ctx, g.contest.ID, erase.ID, Accepted, " "), "data_answer_needed")
	g.must(g.s.Answer(g.ctx, g.contest.ID, erase.ID, Accepted, "Sẽ xóa trong tuần này"))
	g.must(g.s.Answer(g.ctx, g.contest.ID, erase.ID, Done, "Đã xóa theo yêu cầu"))
	g.wants(g.s.Answer(g.ctx, g.contest.ID, erase.ID, Refused, "đổi ý mất rồi"), "data_request_ended")

	for _, trace := range []string{"Hoài An", "hoai an", "0912345678", "hoaian@example.vn", "038305001234", "Bí thư", "Cỡ XL", "2001-05-17", "Tên đệm", "Riêng"} {
		for table, row := range g.rows() {
			if strings.Contains(row, trace) {
				t.Errorf("%q is still in %s", trace, table)
			}
		}
	}
	e, err := g.roster.Entry(t.Context(), g.contest.ID, who.EntryID)
	g.must(err)
	if e.Name != "Thí sinh ẩn danh 001" || e.Number != "001" || e.UnitName != "Phường Hạc Thành" || len(e.Members) != 0 {
		t.Errorf("the entry is now %+v", e)
	}
	if _, err := g.roster.WhoByReceipt(t.Context(), receipt); err == nil {
		t.Error("the old secret still opens what is left")
	}
	if _, broken, err := audit.Verify(t.Context(), g.db, g.contest.ID); err != nil || broken != 0 {
		t.Errorf("the chain of records is broken at %d: %v", broken, err)
	}
	if b, err := g.roster.Entry(t.Context(), g.contest.ID, other.EntryID); err != nil || b.Name != "Trần Văn Bình" || len(b.Members) != 1 {
		t.Errorf("somebody else was touched: %+v, %v", b, err)
	}
	g.wants(g.s.Ask(t.Context(), who, See, "Tôi còn gì ở đây không?"), "data_erased")
}

// rows are all rows of all tables of ours as text.
func (g *ground) rows() map[string]string {
	g.t.Helper()
	names, err := g.db.Query(g.t.Context(), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
	g.must(err)
	tables, err := pgx.CollectRows(names, pgx.RowTo[string])
	g.must(err)
	all := map[string]string{}
	for _, table := range tables {
		var text string
		g.must(g.db.QueryRow(g.t.Context(), `SELECT coalesce(string_agg(x::text, E'\n'), '') FROM `+pgx.Identifier{table}.Sanitize()+` x`).Scan(&text))
		all[table] = text
	}
	var events string
	g.must(g.db.QueryRow(g.t.Context(), `SELECT coalesce(string_agg(convert_from(payload, 'UTF8'), E'\n'), '') FROM audit_event`).Scan(&events))
	all["audit_event payloads"] = events
	return all
}

func TestAWithdrawalIsCarriedOut(t *testing.T) {
	t.Parallel()
	g := lay(t)
	_, who := g.enter(person("Nguyễn Thị Hoài An", "2001-05-17"), g.answers(true))
	g.must(g.s.Ask(t.Context(), who, Withdraw, ""))
	requests, err := g.s.Requests(g.ctx, g.contest.ID, true, 1)
	g.must(err)
	g.must(g.s.Answer(g.ctx, g.contest.ID, requests[0].ID, Done, "Đã cho rút"))
	e, err := g.roster.Entry(t.Context(), g.contest.ID, who.EntryID)
	g.must(err)
	if e.State != roster.EntryWithdrawn {
		t.Errorf("the entry is %s", e.State)
	}
	g.wants(g.s.Ask(t.Context(), who, Withdraw, ""), "data_request_ended")
}

func TestKeepingRemindsAndErasesNothingByItself(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.enter(person("Nguyễn Thị Hoài An", "2001-05-17"), g.answers(true))
	g.exec(`UPDATE contest SET state = 'ended' WHERE id = $1`, g.contest.ID)
	g.must(g.s.Remind(t.Context()))
	_, err := g.s.EraseSome(g.ctx, g.contest.ID, g.contest.Slug)
	g.wants(err, "data_still_kept")
	g.exec(`UPDATE data_keeping SET ended_at = now() - interval '25 months'`)
	reminders := func() (n int) {
		g.must(g.db.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE action = 'privacy.keeping_over'`).Scan(&n))
		return n
	}
	g.must(g.s.Remind(t.Context()))
	g.must(g.s.Remind(t.Context()))
	if n := reminders(); n != 1 {
		t.Errorf("%d reminders", n)
	}
	k, err := g.s.Keeping(t.Context(), g.contest.ID)
	g.must(err)
	if !k.Over || k.Entries != 1 || k.Months != DefaultKeepMonths {
		t.Errorf("%+v", k)
	}
	_, err = g.s.EraseSome(g.ctx, g.contest.ID, "sai")
	g.wants(err, "confirm_slug")
	left, err := g.s.EraseSome(g.ctx, g.contest.ID, g.contest.Slug)
	g.must(err)
	e, err := g.roster.Entries(t.Context(), g.contest.ID)
	g.must(err)
	if left != 0 || len(e) != 1 || e[0].Name != "Thí sinh ẩn danh 001" {
		t.Errorf("%d left, entries %+v", left, e)
	}
}
