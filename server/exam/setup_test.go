package exam_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/testkit"
)

// office is an organizer's office with contests, a bank, papers and exams on a database of its own.
type office struct {
	t        *testing.T
	db       *pgxpool.Pool
	ctx      context.Context // the organizer's
	contests *contest.Service
	bank     *bank.Service
	papers   *paper.Service
	exam     *exam.Service
	now      time.Time
}

// kept gives the contests their bank, and the bank its contests.
type kept struct{ o *office }

func (k kept) NewBank(ctx context.Context, tx pgx.Tx, name string) (int64, error) {
	return k.o.bank.NewBank(ctx, tx, name)
}

func (k kept) BankOf(ctx context.Context, id int64) (int64, error) {
	c, err := k.o.contests.Get(ctx, id)
	return c.BankID, err
}

var zone = time.FixedZone("ICT", 7*3600)

func sitDown(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, db: testkit.Postgres(t), now: time.Date(2026, 11, 26, 8, 0, 0, 0, zone)} // a Thursday
	accounts, err := account.New(t.Context(), o.db)
	o.must(err)
	id, err := accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", false)
	o.must(err)
	o.ctx = account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Locale: "vi"})
	o.contests = contest.New(o.db, accounts, kept{o})
	f := files.New(o.db)
	o.bank = bank.New(o.db, f, kept{o}, bank.Formats{Read: importing.Read, Write: exporting.Write, Losses: exporting.Losses}, time.Now)
	o.papers = paper.New(paper.Parts{DB: o.db, Bank: o.bank, Files: f, Contests: o.contests, Now: time.Now, Seed: paper.NewSeed})
	o.contests.OnCopy(o.papers.CopyBlueprints)
	o.exam = exam.New(exam.Config{DB: o.db, NowUs: func() int64 { return o.now.UnixMicro() }, Contests: o.contests, Papers: o.papers, Bank: o.bank})
	o.contests.Use(contest.Exam, o.exam)
	o.contests.OnCopy(o.exam.CopyContest)
	o.contests.OnRound(o.exam.FirstPaper)
	o.contests.UseWays(o.exam.Ways, o.exam.TakingAccounts)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) create(a contest.Answers) (contest.Contest, exam.Setup) {
	o.t.Helper()
	a.Name, a.OrganizerName = "Tìm hiểu cải cách hành chính", "Tỉnh Đoàn"
	c, err := o.contests.Create(o.ctx, a)
	o.must(err)
	x, err := o.exam.Setup(o.ctx, c.ID, c.Rounds[0].ID)
	o.must(err)
	return c, x
}

// fill puts n single choices with three options each into the bank.
func (o *office) fill(c contest.Contest, n int) {
	o.t.Helper()
	contents := make([]bank.Content, n)
	for i := range contents {
		contents[i] = bank.Content{Type: bank.Single, Stem: fmt.Sprintf("Câu hỏi số %d là gì?", i), Difficulty: bank.Recognition,
			Options: []bank.Option{{ID: "a", Text: "Một"}, {ID: "b", Text: "Hai"}, {ID: "c", Text: "Ba"}}, Key: bank.Key{Options: []string{"a"}}}
	}
	tx, err := o.db.Begin(o.ctx)
	o.must(err)
	_, err = o.bank.Add(o.ctx, tx, c.BankID, contents, "")
	o.must(err)
	o.must(tx.Commit(o.ctx))
}

func (o *office) refused(err error, code string) *fault.Fault {
	o.t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code {
		o.t.Fatalf("got %v, want the fault %s", err, code)
	}
	return f
}

func at(day, hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, zone) }

func moment(t time.Time) *time.Time { return &t }

// The six contests that provinces hold, number for number.
func TestEveryTemplateSetsUpExactlyItsNumbers(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	type want struct {
		items     int
		kind      bank.ItemType
		points    int64
		durationS int64
		attempts  int
		guess     exam.Guess
		pass      int
		ranking   []exam.Metric
		score     exam.Moment
		max       int64
	}
	plain := []exam.Metric{exam.ByPoints, exam.ByTime, exam.BySubmitted}
	for id, w := range map[string]want{
		"exam_weekly":   {5, bank.Single, 100, 0, 0, exam.GuessAllRight, 0, []exam.Metric{exam.ByPoints, exam.ByGuess, exam.BySubmitted}, exam.AfterWindow, 6 * 500},
		"exam_multiple": {10, bank.Multiple, 100, 20 * 60, 1, exam.GuessNone, 0, plain, exam.AtSubmit, 1000},
		"exam_tries":    {19, "", 100, 20 * 60, 3, exam.GuessAllRight, 0, []exam.Metric{exam.ByPoints, exam.ByGuess, exam.ByTime, exam.BySubmitted}, exam.AtSubmit, 1900},
		"exam_once":     {20, "", 100, 15 * 60, 1, exam.GuessNone, 0, plain, exam.AtSubmit, 2000},
		"exam_drawn":    {30, "", 100, 20 * 60, 1, exam.GuessNone, 0, plain, exam.AtSubmit, 3000},
		"exam_pass":     {10, "", 1000, 20 * 60, 1, exam.GuessNone, 50, plain, exam.AtSubmit, 10000},
	} {
		c, x := o.create(contest.Answers{Template: id, StartsAt: moment(at(1, 7)), EndsAt: moment(at(8, 17)), Weeks: 6, OpenEntry: true})
		s := x.Settings
		if c.EntryKind != contest.PersonEntry || len(c.Rounds) != 1 || c.Rounds[0].Kind != contest.Exam || c.Check() != nil {
			t.Errorf("%s: made %+v", id, c)
		}
		if s.DurationS != w.durationS || s.Attempts != w.attempts || s.Counts != exam.CountBest || s.Guess != w.guess || s.PassPercent != w.pass ||
			!slices.Equal(s.Ranking, w.ranking) || s.ShowScore != w.score || s.ShowKeys != exam.AfterWindow || !s.OpenEntry || s.Check() != nil {
			t.Errorf("%s: settings %+v", id, s)
		}
		if len(s.Sources) != 1 || x.Round.MaxScore != w.max {
			t.Fatalf("%s: sources %v, at most %d", id, s.Sources, x.Round.MaxScore)
		}
		b, err := o.papers.Blueprint(o.ctx, c.ID, s.Sources[0].BlueprintID)
		o.must(err)
		row := b.Spec.Sections[0].Rows[0]
		if b.RoundID != x.Round.ID || len(b.Spec.Sections) != 1 || len(b.Spec.Sections[0].Rows) != 1 || row.Counts != (paper.Counts{Any: w.items}) ||
			row.Type != w.kind || row.Points != w.points || row.Topic != 0 || b.Spec.Sections[0].Mix != paper.MixBoth {
			t.Errorf("%s: blueprint %+v", id, b)
		}
		if id != "exam_weekly" {
			if len(x.Periods) != 1 || x.Periods[0].OpensUs() != at(1, 7).UnixMicro() || x.Periods[0].ClosesUs() != at(8, 17).UnixMicro() {
				t.Errorf("%s: periods %+v", id, x.Periods)
			}
			continue
		}
		if len(x.Periods) != 6 {
			t.Fatalf("%d weeks", len(x.Periods))
		}
		for i, p := range x.Periods {
			if p.Name != fmt.Sprintf("Tuần %d", i+1) || p.OpensUs() != at(7+7*i, 10).UnixMicro() || p.ClosesUs() != at(14+7*i, 9).UnixMicro() {
				t.Errorf("week %d: %+v", i+1, p)
			}
		}
	}
	_, err := o.contests.Create(o.ctx, contest.Answers{Template: "exam_once", Name: "Ngược giờ", OrganizerName: "Tỉnh Đoàn", StartsAt: moment(at(2, 7)), EndsAt: moment(at(1, 7))})
	o.refused(err, "ends_before_start")
}

func TestTheChecklistSaysWhatAnExamLacks(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	c, x := o.create(contest.Answers{Template: "exam_once"})
	open := func() (list []string) {
		t.Helper()
		lines, err := o.exam.Missing(o.ctx, x.Round)
		o.must(err)
		for _, l := range lines {
			if !l.Done {
				list = append(list, l.Code)
			}
			if l.RoundID != x.Round.ID || l.Vi == "" || l.En == "" {
				t.Errorf("line %+v", l)
			}
		}
		return list
	}
	want := func(codes ...string) {
		t.Helper()
		if got := open(); !slices.Equal(got, codes) {
			t.Fatalf("open are %v, want %v", got, codes)
		}
	}
	want("exam_window")
	x, err := o.exam.SavePeriods(o.ctx, c.ID, x.Round.ID, x.Version, []exam.Period{{Name: "Kỳ thi", Windows: []exam.Window{{OpensUs: at(1, 7).UnixMicro(), ClosesUs: at(2, 7).UnixMicro()}}}})
	o.must(err)
	want("exam_bank", "exam_prepared", "exam_ready")
	o.fill(c, 20)
	want("exam_prepared", "exam_ready")
	settings := x.Settings
	settings.Sources = nil
	x, err = o.exam.SaveSettings(o.ctx, c.ID, x.Round.ID, x.Version, settings)
	o.must(err)
	want("exam_blueprint", "exam_prepared", "exam_ready")
	o.now = at(3, 0)
	want("exam_window_ahead")
}

func TestWhoHasNotSeenTheNewestSetUpOverwritesNothing(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	c, x := o.create(contest.Answers{Template: "exam_tries", StartsAt: moment(at(1, 7)), EndsAt: moment(at(8, 17))})
	theirs, mine := x.Settings, x.Settings
	theirs.DurationS, mine.Attempts = 600, 9
	now, err := o.exam.SaveSettings(o.ctx, c.ID, x.Round.ID, x.Version, theirs)
	o.must(err)
	_, err = o.exam.SaveSettings(o.ctx, c.ID, x.Round.ID, x.Version, mine)
	o.refused(err, "setup_changed")
	_, err = o.exam.SavePeriods(o.ctx, c.ID, x.Round.ID, x.Version, nil)
	o.refused(err, "setup_changed")
	mine.Sources = []exam.Source{{BlueprintID: 1 << 40}}
	_, err = o.exam.SaveSettings(o.ctx, c.ID, x.Round.ID, now.Version, mine)
	o.refused(err, "exam_settings")
	if now.Settings.DurationS != 600 || now.Settings.Attempts != 3 {
		t.Errorf("kept %+v", now.Settings)
	}
	if _, broken, err := audit.Verify(o.ctx, o.db, c.ID); err != nil || broken != 0 {
		t.Errorf("audit chain broken at %d, %v", broken, err)
	}
	if _, err := o.db.Exec(o.ctx, `UPDATE contest SET state = 'finalized' WHERE id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	_, err = o.exam.SaveSettings(o.ctx, c.ID, x.Round.ID, now.Version, now.Settings)
	o.refused(err, "contest_over")
}

func TestAPeriodTakesItsOwnBlueprintAlong(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	c, x := o.create(contest.Answers{Template: "exam_weekly", StartsAt: moment(at(1, 7)), Weeks: 3})
	s := x.Settings
	own := exam.Source{PeriodID: x.Periods[2].ID, BlueprintID: s.Sources[0].BlueprintID}
	s.Sources = append(s.Sources, own)
	x, err := o.exam.SaveSettings(o.ctx, c.ID, x.Round.ID, x.Version, s)
	o.must(err)
	if x.Round.MaxScore != 3*500 {
		t.Errorf("at most %d", x.Round.MaxScore)
	}
	var two []exam.Period
	for _, p := range x.Periods[:2] {
		two = append(two, p.Period)
	}
	slices.Reverse(two)
	two[0].Name = " Tuần  hai "
	first := x.Periods[0].ID
	x, err = o.exam.SavePeriods(o.ctx, c.ID, x.Round.ID, x.Version, two)
	o.must(err)
	if len(x.Periods) != 2 || x.Periods[0].Name != "Tuần hai" || x.Periods[1].ID != first || len(x.Settings.Sources) != 1 || x.Round.MaxScore != 2*500 {
		t.Errorf("periods %+v, sources %v, at most %d", x.Periods, x.Settings.Sources, x.Round.MaxScore)
	}
}

func TestACopyHasItsOwnPeriodsDivisionsAndBlueprints(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	c, x := o.create(contest.Answers{Template: "exam_tries", StartsAt: moment(at(1, 7)), EndsAt: moment(at(8, 17)), Divisions: []string{"Cán bộ", "Người dân"}})
	s := x.Settings
	s.Divisions = []exam.Division{{DivisionID: c.Divisions[1].ID, DurationS: 1800}}
	s.Sources = append(s.Sources, exam.Source{PeriodID: x.Periods[0].ID, DivisionID: c.Divisions[1].ID, BlueprintID: s.Sources[0].BlueprintID})
	x, err := o.exam.SaveSettings(o.ctx, c.ID, x.Round.ID, x.Version, s)
	o.must(err)
	for name, starts := range map[string]*time.Time{"Năm sau": moment(at(1, 7).AddDate(1, 0, 0)), "Chưa biết khi nào": nil} {
		made, err := o.contests.Clone(o.ctx, c.ID, name, starts)
		o.must(err)
		y, err := o.exam.Setup(o.ctx, made.ID, made.Rounds[0].ID)
		o.must(err)
		blueprints, err := o.papers.Blueprints(o.ctx, made.ID)
		o.must(err)
		want := x.Settings.Normalized()
		want.Divisions = []exam.Division{{DivisionID: made.Divisions[1].ID, DurationS: 1800}}
		want.Sources = []exam.Source{{BlueprintID: blueprints[0].ID}, {PeriodID: y.Periods[0].ID, DivisionID: made.Divisions[1].ID, BlueprintID: blueprints[0].ID}}
		if !reflect.DeepEqual(y.Settings, want) || len(y.Periods) != 1 || y.Periods[0].ID == x.Periods[0].ID {
			t.Errorf("%s: %+v, want %+v", name, y.Settings, want)
		}
		if starts == nil && len(y.Periods[0].Windows) != 0 {
			t.Errorf("%s: nobody has said when, but %+v", name, y.Periods[0].Windows)
		}
		if starts != nil && y.Periods[0].ClosesUs() != at(8, 17).AddDate(1, 0, 0).UnixMicro() {
			t.Errorf("%s: windows %+v", name, y.Periods[0].Windows)
		}
	}
}

func TestAPreviewIsDrawnAfreshWithoutTheKeyAndRecorded(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	c, x := o.create(contest.Answers{Template: "exam_weekly", StartsAt: moment(at(1, 7)), Weeks: 2})
	_, err := o.exam.Preview(o.ctx, c.ID, x.Round.ID, x.Periods[0].ID, 0)
	o.refused(err, "blueprint_infeasible")
	o.fill(c, 40)
	seen := map[string]bool{}
	for range 4 {
		v, err := o.exam.Preview(o.ctx, c.ID, x.Round.ID, x.Periods[0].ID, c.Divisions[0].ID)
		o.must(err)
		if len(v.Items) != 5 || v.Guess != exam.GuessAllRight || v.Items[4].Place != 5 || v.Items[0].Points != 100 || len(v.Items[0].Question.Options) != 3 {
			t.Fatalf("paper %+v", v)
		}
		seen[fmt.Sprint(v.Items)] = true
	}
	if len(seen) < 2 {
		t.Error("every preview is the same")
	}
	var n int
	o.must(o.db.QueryRow(o.ctx, `SELECT count(*) FROM audit_event WHERE action = 'exam.preview'`).Scan(&n))
	if n != 4 {
		t.Errorf("%d looks are recorded", n)
	}
}

func TestOpenEntryLastsUntilTheLastWindowCloses(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	c, _ := o.create(contest.Answers{Template: "exam_once", StartsAt: moment(at(1, 7)), EndsAt: moment(at(8, 17)), OpenEntry: true})
	is := func(want bool, why string) {
		t.Helper()
		if got, err := o.contests.Ways(o.ctx, c); err != nil || got.Form != want || got.Account {
			t.Errorf("%s: %v, %v", why, got, err)
		}
	}
	is(false, "a draft")
	c.State = contest.Open
	is(true, "before the exam opens")
	o.now = at(8, 16)
	is(true, "an hour before it closes")
	o.now = at(8, 17)
	is(false, "when it has closed")
	closed, _ := o.create(contest.Answers{Template: "exam_once", StartsAt: moment(at(1, 7)), EndsAt: moment(at(30, 17))})
	closed.State, c = contest.Open, closed
	is(false, "only for those on the list")
	taking := func(want bool, why string) {
		t.Helper()
		_, err := o.db.Exec(o.ctx, `UPDATE contest SET state = $2 WHERE id = $1`, c.ID, c.State)
		o.must(err)
		if list, err := o.contests.TakingAccounts(o.ctx); err != nil || list[c.ID] != want {
			t.Errorf("%s: %v, %v", why, list, err)
		}
	}
	c, _ = o.create(contest.Answers{Template: "exam_once", StartsAt: moment(at(1, 7)), EndsAt: moment(at(30, 17)), AccountEntry: true})
	taking(false, "a draft")
	c.State = contest.Open
	taking(true, "open")
	if got, err := o.contests.Ways(o.ctx, c); err != nil || got != (contest.Ways{Account: true}) {
		t.Errorf("by account: %v, %v", got, err)
	}
	o.now = at(30, 17)
	taking(false, "closed")
}

// The day of a round follows its first window, unless somebody has chosen another one.
func TestTheDayOfARoundFollowsItsFirstWindow(t *testing.T) {
	t.Parallel()
	o := sitDown(t)
	c, x := o.create(contest.Answers{Template: "exam_once"})
	starts := func() *time.Time {
		t.Helper()
		r, err := o.contests.Round(o.ctx, c.ID, x.Round.ID)
		o.must(err)
		return r.StartsAt
	}
	open := func(from time.Time) {
		t.Helper()
		var err error
		x, err = o.exam.SavePeriods(o.ctx, c.ID, x.Round.ID, x.Version, []exam.Period{{Name: "Kỳ thi",
			Windows: []exam.Window{{OpensUs: from.UnixMicro(), ClosesUs: from.Add(48 * time.Hour).UnixMicro()}}}})
		o.must(err)
	}
	if _, err := o.db.Exec(o.ctx, `UPDATE round SET starts_at = NULL WHERE id = $1`, x.Round.ID); err != nil {
		t.Fatal(err)
	}
	for _, day := range []int{5, 7} {
		if open(at(day, 8)); starts() == nil || !starts().Equal(at(day, 8)) {
			t.Fatalf("the round is on %v", starts())
		}
	}
	_, err := o.db.Exec(o.ctx, `UPDATE round SET starts_at = $2 WHERE id = $1`, x.Round.ID, at(6, 9))
	o.must(err)
	if open(at(10, 8)); !starts().Equal(at(6, 9)) {
		t.Fatalf("what somebody chose became %v", starts())
	}
}
