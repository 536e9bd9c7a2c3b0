package leader

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/unit"
)

// ground is a contest with two communes, a leader for each.
type ground struct {
	s        *Service
	db       *pgxpool.Pool
	contest  contest.Contest
	ctx      context.Context // the organizer's
	a, b     context.Context // the leaders'
	hac, sam int64           // their units
}

type noBank struct{}

func (noBank) NewBank(ctx context.Context, tx pgx.Tx, name string) (id int64, err error) {
	return id, tx.QueryRow(ctx, `INSERT INTO bank (name) VALUES ($1) RETURNING id`, name).Scan(&id)
}

type anyRound struct{ taken []int64 }

func (anyRound) SetUp(context.Context, pgx.Tx, contest.Round, contest.RoundSpec) error { return nil }
func (anyRound) Copy(context.Context, pgx.Tx, contest.Round, contest.Round) error      { return nil }
func (anyRound) Missing(context.Context, contest.Round) ([]contest.Missing, error)     { return nil, nil }
func (r *anyRound) Taken(context.Context, int64) ([]int64, error)                      { return r.taken, nil }

func lay(t *testing.T) (*ground, *anyRound) {
	t.Helper()
	db := testkit.Postgres(t)
	accounts, err := account.New(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	round := &anyRound{}
	contests, units := contest.New(db, accounts, noBank{}), unit.New(db)
	contests.Use(contest.Stage, round)
	contests.Use(contest.Judged, round)
	g := &ground{db: db}
	g.s = New(Parts{DB: db, Accounts: accounts, Contests: contests, Units: units, Roster: roster.New(db, accounts, contests, units),
		Turns: map[contest.Kind]Turns{contest.Stage: round, contest.Judged: round}})
	id, err := accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	if err != nil {
		t.Fatal(err)
	}
	g.ctx = account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Admin: true})
	c, err := contests.Create(g.ctx, contest.Answers{Template: "reform", Name: "Thanh niên với cải cách", OrganizerName: "Tỉnh Đoàn", EntryKind: contest.PersonEntry})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `UPDATE contest SET state = 'open', entry_kind = 'person' WHERE id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	if g.contest, err = contests.Get(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	if err := g.s.Roster.InviteUnits(g.ctx, c.ID, []string{"Phường Hạc Thành", "Phường Sầm Sơn", "Xã Nga Sơn"}); err != nil {
		t.Fatal(err)
	}
	list, err := g.s.Leaders(g.ctx, c.ID)
	if err != nil || len(list) != 3 {
		t.Fatalf("units %+v, %v", list, err)
	}
	for _, u := range list {
		switch u.Name {
		case "Phường Hạc Thành":
			g.hac, g.a = u.UnitID, g.leads(t, u.UnitID, "Lê An", "0912345670")
		case "Phường Sầm Sơn":
			g.sam, g.b = u.UnitID, g.leads(t, u.UnitID, "", "")
		}
	}
	return g, round
}

// leads invites a leader and gives the context of his requests.
func (g *ground) leads(t *testing.T, unitID int64, name, login string) context.Context {
	t.Helper()
	made, err := g.s.Invite(g.ctx, g.contest.ID, unitID, name, login)
	if err != nil || made.Token == "" {
		t.Fatalf("invited %+v, %v", made, err)
	}
	session, err := g.s.Accounts.AcceptLink(t.Context(), account.Principal{}, made.Token, account.Acceptance{Password: "một câu thật dễ nhớ"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := g.s.Accounts.Identify(t.Context(), account.Principal{}, session, "")
	if err != nil {
		t.Fatal(err)
	}
	return account.With(t.Context(), p)
}

func agreed() roster.LedConsent {
	return roster.LedConsent{Held: true, Statement: "Ký trên danh sách, lưu tại văn phòng Đoàn phường"}
}

// sheetOf makes an .xlsx of rows.
func sheetOf(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bring brings a file in and takes its good rows, as the leader of ctx.
func (g *ground) bring(t *testing.T, ctx context.Context, data []byte) (roster.Upload, roster.Imported) {
	t.Helper()
	led, err := g.s.Led(ctx, g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	u, err := g.s.Roster.Bring(ctx, g.contest.ID, &led, "danh sách.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	done, _, err := g.s.Roster.Take(ctx, g.contest.ID, &led, u.ID, agreed())
	if err != nil {
		t.Fatal(err)
	}
	return u, done
}

// The story of a messy list: the good rows are sent, the bad ones come back with the reason, and the corrected file is
// taken without anybody standing there twice.
func TestTheBadRowsGoBackAndComeInCorrected(t *testing.T) {
	t.Parallel()
	g, _ := lay(t)
	u, done := g.bring(t, g.a, sheetOf(t, []any{"ĐOÀN PHƯỜNG"}, []any{}, []any{"Nơi công tác", "Số ĐT/Zalo", "TT", "Họ tên"},
		[]any{"P. Hạc Thành", 912345678, 1, "Nguyễn An"},
		[]any{"Hạc Thành", "0912.345.679", 2, "Trần Bình"},
		[]any{"", "gọi văn phòng", 3, "Lê Cúc"},
		[]any{"Phường Sầm Sơn", "", 4, "Vũ Dung"}, // another leader's
		[]any{"", "912345678", 5, "Nguyễn An"}))   // row 4 again
	if done.Added != 2 || len(done.File.Entries) != 5 {
		t.Fatalf("added %d of %+v", done.Added, done.File.Entries)
	}
	led, err := g.s.Led(g.a, g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := g.s.Roster.RefusedRows(g.a, g.contest.ID, &led, u.ID, "vi")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := export.ReadWorkbook(data, 100, 40)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows go back, %v", len(rows), err)
	}
	last := len(rows[0].Cells) - 1
	for i, want := range []string{"Lý do chưa nhận", "10 chữ số", "không thuộc đơn vị bạn phụ trách"} {
		if !strings.Contains(rows[i].Cell(last), want) {
			t.Errorf("row %d says %q, want %q", i, rows[i].Cells, want)
		}
	}
	if rows[1].Cell(1) != "gọi văn phòng" || rows[1].Cell(3) != "Lê Cúc" {
		t.Errorf("the original columns are gone: %q", rows[1].Cells)
	}
	corrected := sheetOf(t, []any{rows[0].Cell(0), rows[0].Cell(1), rows[0].Cell(2), rows[0].Cell(3), rows[0].Cell(last)},
		[]any{"", "0912345680", 3, "Lê Cúc", rows[1].Cell(last)}, []any{"Phường Hạc Thành", "", 4, "Vũ Dung", rows[2].Cell(last)},
		[]any{"", "0912345678", 1, "Nguyễn An", ""}) // and one that was taken
	if _, done = g.bring(t, g.a, corrected); done.Added != 2 {
		t.Errorf("the corrected file adds %d", done.Added)
	}
	if _, done = g.bring(t, g.a, corrected); done.Added != 0 || done.Updated != 0 {
		t.Errorf("once more it adds %d, changes %d", done.Added, done.Updated)
	}
	// What the file knows besides is added to the one who waits.
	if _, done = g.bring(t, g.a, sheetOf(t, []any{"Họ tên", "E-mail"}, []any{"Trần Bình", "binh@example.vn"})); done.Added != 0 || done.Updated != 1 {
		t.Errorf("an e-mail adds %d, changes %d", done.Added, done.Updated)
	}
	people, total, err := g.s.People(g.a, g.contest.ID, Filter{})
	if err != nil || total != 4 {
		t.Fatalf("%d people, %v", total, err)
	}
	for _, p := range people {
		if p.Name == "Trần Bình" && (p.Email != "binh@example.vn" || p.Phone != "0912345679") {
			t.Errorf("completed: %+v", p)
		}
	}
}

// Whatever the leader of one unit tries, the people of another are neither seen nor changed.
func TestALeaderNeverReachesAnotherUnit(t *testing.T) {
	t.Parallel()
	g, _ := lay(t)
	if _, done := g.bring(t, g.a, sheetOf(t, []any{"Họ tên"}, []any{"Nguyễn An"}, []any{"Trần Bình"})); done.Added != 2 {
		t.Fatalf("added %d", done.Added)
	}
	mine, _, err := g.s.People(g.a, g.contest.ID, Filter{})
	if err != nil {
		t.Fatal(err)
	}
	approved, err := g.s.Roster.Approve(g.ctx, g.contest.ID, []int64{mine[0].ID}, "")
	if err != nil || len(approved.Entries) != 1 {
		t.Fatalf("approved %+v, %v", approved, err)
	}
	entry, registration := approved.Entries[0].ID, mine[1].ID
	foreign := roster.Draft{Name: "Vũ Dung", UnitID: g.hac}
	for name, try := range map[string]func(context.Context) error{
		"registers": func(ctx context.Context) error {
			_, err := g.s.Register(ctx, g.contest.ID, foreign, agreed())
			return err
		},
		"changes": func(ctx context.Context) error {
			_, err := g.s.Change(ctx, g.contest.ID, registration, roster.Draft{Name: "Khác", UnitID: g.sam})
			return err
		},
		"reads": func(ctx context.Context) error {
			_, _, err := g.s.Draft(ctx, g.contest.ID, roster.LedOne{RegistrationID: registration})
			return err
		},
		"asks for a change": func(ctx context.Context) error {
			return g.s.AskChange(ctx, g.contest.ID, roster.LedOne{RegistrationID: registration}, roster.Draft{Name: "Khác", UnitID: g.sam}, "vì vậy")
		},
		"withdraws": func(ctx context.Context) error {
			return g.s.WithdrawRegistration(ctx, g.contest.ID, registration, "không muốn")
		},
		"withdraws an entry": func(ctx context.Context) error { return g.s.WithdrawEntry(ctx, g.contest.ID, entry, "không muốn") },
		"issues a code":      func(ctx context.Context) error { _, err := g.s.Reissue(ctx, g.contest.ID, entry); return err },
		"prints": func(ctx context.Context) error {
			_, _, err := g.s.Cards(ctx, g.contest.ID, []int64{entry}, "https://hoithi.vn", "vi")
			return err
		},
		"prints all of his": func(ctx context.Context) error {
			_, _, err := g.s.Cards(ctx, g.contest.ID, nil, "https://hoithi.vn", "vi")
			return err
		},
		"sees the code": func(ctx context.Context) error { _, err := g.s.Keys(ctx, g.contest.ID, []int64{entry}); return err },
		"sees another's upload": func(ctx context.Context) error {
			led, err := g.s.Led(ctx, g.contest.ID)
			if err != nil {
				return err
			}
			_, err = g.s.Roster.Brought(ctx, g.contest.ID, &led, 1)
			return err
		},
	} {
		if err := try(g.b); fault.From(err) == nil || fault.From(err).Kind == fault.Internal {
			t.Errorf("the other leader %s: %v", name, err)
		}
		if err := try(account.With(t.Context(), account.Principal{AccountID: 1, Admin: true})); err == nil {
			t.Errorf("an administrator who leads nothing %s", name)
		}
	}
	if people, total, err := g.s.People(g.b, g.contest.ID, Filter{UnitID: g.hac}); err != nil || total != 0 || len(people) != 0 {
		t.Errorf("the other leader sees %+v, %v", people, err)
	}
	p, err := g.s.Led(g.b, g.contest.ID)
	if err != nil {
		t.Fatal(err)
	}
	progress, err := g.s.Progress(g.b, g.contest.ID, &p, 0)
	if err != nil || len(progress.Rows) != 1 || progress.Rows[0].UnitID != g.sam || progress.Rows[0].Registered() != 0 {
		t.Errorf("the other leader's progress %+v, %v", progress.Rows, err)
	}
	if _, err := g.s.Keys(g.a, g.contest.ID, []int64{entry}); err != nil {
		t.Errorf("the unit's own leader: %v", err)
	}
	// Moved to the other unit, the entry is the other leader's: the first one reads and asks nothing any more.
	if err := g.s.Roster.Edit(g.ctx, g.contest.ID, entry, approved.Entries[0].Number, roster.Draft{Name: approved.Entries[0].Name, UnitID: g.sam,
		DivisionID: approved.Entries[0].DivisionID, Members: approved.Entries[0].Members}, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.s.Draft(g.a, g.contest.ID, roster.LedOne{RegistrationID: mine[0].ID}); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("the former leader reads an entry that was moved: %v", err)
	}
	if d, _, err := g.s.Draft(g.b, g.contest.ID, roster.LedOne{RegistrationID: mine[0].ID}); err != nil || d.UnitID != g.sam {
		t.Errorf("the new leader reads %+v, %v", d, err)
	}
	// Dismissed, the leader reaches nothing at the next request.
	if err := g.s.Dismiss(g.ctx, g.contest.ID, g.sam, account.From(g.b).AccountID); err != nil {
		t.Fatal(err)
	}
	rights, err := g.s.Accounts.Rights(t.Context(), account.From(g.b))
	if err != nil || len(rights) != 0 {
		t.Errorf("after dismissal: %v, %v", rights, err)
	}
}

func TestLeadersAreInvitedInBulk(t *testing.T) {
	t.Parallel()
	g, _ := lay(t)
	made, err := g.s.InviteUnits(g.ctx, g.contest.ID, nil)
	if err != nil || len(made) != 1 || made[0].UnitName != "Xã Nga Sơn" || made[0].Login != "xangason" || made[0].Token == "" {
		t.Fatalf("one link for each unit without a leader: %+v, %v", made, err)
	}
	// A login that somebody else has is not given away with the unit's link.
	if _, err := g.s.Accounts.EnsureAccount(t.Context(), "phuongsamson", "Người khác", "một câu dễ nhớ", false); err != nil {
		t.Fatal(err)
	}
	if again, err := g.s.InviteUnits(g.ctx, g.contest.ID, []int64{g.hac}); err != nil || len(again) != 1 || again[0].Login != "phuonghacthanh" {
		t.Errorf("a chosen unit: %+v, %v", again, err)
	}
	lines, err := g.s.InviteList(g.ctx, g.contest.ID, sheetOf(t, []any{"DANH SÁCH"}, []any{"Tên đơn vị", "Người phụ trách", "SĐT"},
		[]any{"P. Hạc Thành", "Vũ Dung", 912345699}, []any{"Xã Không Có", "Ai Đó", ""}, []any{"Xã Nga Sơn", "Mai Mỷ", "12"}), true)
	if err != nil || len(lines) != 3 || lines[0].Login != "0912345699" || lines[0].Token == "" || lines[1].Vi == "" || lines[2].Vi == "" {
		t.Errorf("the list: %+v, %v", lines, err)
	}
}

// The largest file is taken whole: every row one registration with its person and what the leader has answered for. Brought
// again, it adds nobody.
func TestAFileOfFiveThousandRowsIsTakenWholeAndOnce(t *testing.T) {
	t.Parallel()
	g, _ := lay(t)
	rows := make([][]any, 5001)
	rows[0] = []any{"Họ và tên", "SĐT"}
	for i := 1; i < len(rows); i++ {
		rows[i] = []any{fmt.Sprintf("Nguyễn Văn Thí Sinh %d", i), fmt.Sprintf("09%08d", i)}
	}
	data := sheetOf(t, rows...)
	if _, done := g.bring(t, g.a, data); done.Added != 5000 {
		t.Fatalf("added %d", done.Added)
	}
	if _, again := g.bring(t, g.a, data); again.Added != 0 {
		t.Errorf("brought again, %d were added", again.Added)
	}
	var registrations, people, agreed int
	if err := g.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM registration WHERE contest_id = $1 AND unit_id = $2 AND state = 'pending'),
		(SELECT count(DISTINCT (p.name, p.phone)) FROM registrant p JOIN registration r ON r.id = p.registration_id WHERE r.name = p.name),
		(SELECT count(DISTINCT registration_id) FROM consent WHERE method = 'leader' AND given)`, g.contest.ID, g.hac).
		Scan(&registrations, &people, &agreed); err != nil {
		t.Fatal(err)
	}
	if registrations != 5000 || people != 5000 || agreed != 5000 {
		t.Errorf("%d registrations, %d people, %d with a consent", registrations, people, agreed)
	}
}
