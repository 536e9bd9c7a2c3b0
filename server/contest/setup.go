package contest

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest/contestdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Answers are what a template asks: seven questions at the most.
type Answers struct {
	Template      string
	Name          string
	OrganizerName string
	StartsAt      *time.Time
	Venue         string
	// Divisions by name; none: one for all.
	Divisions []string
	// EntryKind overrides the template's; empty: as the template says.
	EntryKind EntryKind
	// EndsAt, Weeks, OpenEntry and AccountEntry are asked for online exams: until when the round can be taken, how many
	// weeks a weekly one has (0: as the template says), whether anybody may enter with the form, and whoever has an account.
	EndsAt       *time.Time
	Weeks        int
	OpenEntry    bool
	AccountEntry bool
}

var (
	unknownTemplate = fault.New(fault.Invalid, "unknown_template",
		"Không có mẫu hội thi này. Hãy chọn một mẫu trong danh sách.", "There is no such template. Choose one of the list.")
	movedOn = fault.New(fault.Conflict, "contest_changed",
		"Người khác vừa sửa hội thi này, nên thay đổi của bạn chưa được lưu. Hãy tải lại rồi sửa tiếp.",
		"Somebody else has just changed this contest, so yours was not saved. Reload and try again.")
	setUpClosed = fault.New(fault.Conflict, "set_up_closed",
		"Hội thi đã chốt kết quả nên không sửa phần này được nữa.", "The contest's results are final, so this can no longer be changed.")
	tooMany = fault.New(fault.Invalid, "too_many",
		"Số lượng vượt mức cho phép (12 bảng thi, 20 vòng thi).", "Too many: at most 12 divisions and 20 rounds.")
	inUse = fault.New(fault.Conflict, "in_use",
		"Mục này đang được dùng nên không xóa được.", "This is in use and cannot be removed.")
	onlyJudging = fault.New(fault.Forbidden, "only_judging",
		"Máy này đã ghép để chấm điểm nên không tạo được hội thi. Hãy đăng nhập trên máy của bạn.",
		"This device is paired for judging and cannot make contests. Sign in on your own device.")
	entryKindStands = fault.New(fault.Conflict, "entry_kind_stands",
		"Đã có người dự thi nên không đổi giữa cá nhân và đội được nữa.",
		"There are entries already, so persons and teams can no longer be exchanged.")
	endsFirst = fault.New(fault.Invalid, "ends_before_start",
		"Giờ đóng thi phải sau giờ mở thi.", "The exam must close after it opens.")
	tooManyWeeks = fault.New(fault.Invalid, "too_many_weeks",
		"Thi tuần có từ 1 đến 53 tuần.", "A weekly exam has 1 to 53 weeks.")
	badRound = fault.New(fault.Invalid, "invalid_round",
		"Thông tin vòng thi chưa đúng nên chưa lưu.", "The round's data is not right, so it was not saved.")
)

// notPaired refuses a tablet that was paired for judging: it can do nothing else, whoever its judge is.
func notPaired(ctx context.Context) error {
	if account.From(ctx).PairedWith != 0 {
		return onlyJudging
	}
	return nil
}

// Create makes a contest from a template; the one who creates it is its organizer.
func (s *Service) Create(ctx context.Context, a Answers) (Contest, error) {
	if err := notPaired(ctx); err != nil {
		return Contest{}, err
	}
	t, ok := FindTemplate(a.Template)
	if !ok {
		return Contest{}, unknownTemplate.At("template", unknownTemplate.Vi, unknownTemplate.En)
	}
	c := Contest{Name: a.Name, OrganizerName: a.OrganizerName, Venue: a.Venue, StartsAt: a.StartsAt, Template: t.ID,
		EntryKind: t.EntryKind, TeamMin: 1, TeamMax: 10, TimeZone: "Asia/Ho_Chi_Minh"}
	if t.TeamMax > 0 {
		c.TeamMin, c.TeamMax = t.TeamMin, t.TeamMax
	}
	if a.EntryKind != "" && !t.namesTeams() { // there the persons are the teams to be
		c.EntryKind = a.EntryKind
	}
	if err := c.Check(); err != nil {
		return Contest{}, err
	}
	if a.StartsAt != nil && a.EndsAt != nil && !a.StartsAt.Before(*a.EndsAt) {
		return Contest{}, endsFirst.At("ends_at", endsFirst.Vi, endsFirst.En)
	}
	if a.Weeks < 0 || a.Weeks > MaxWeeks {
		return Contest{}, tooManyWeeks.At("weeks", tooManyWeeks.Vi, tooManyWeeks.En)
	}
	names := a.Divisions
	if len(names) == 0 {
		names = []string{"Bảng chung"}
	}
	if len(names) > maxDivisions {
		return Contest{}, tooMany.At("divisions", tooMany.Vi, tooMany.En)
	}
	c.TieBreakers = t.TieBreakers
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		bankID, err := s.banks.NewBank(ctx, tx, c.Name)
		if err != nil {
			return err
		}
		c.BankID = bankID
		if err := s.insert(ctx, tx, &c); err != nil {
			return err
		}
		for i, name := range names {
			if err := s.addDivision(ctx, tx, c.ID, name, i+1); err != nil {
				return err
			}
		}
		for i, spec := range t.Rounds {
			if _, err := s.addRound(ctx, tx, c.ID, i+1, spec.answered(a)); err != nil {
				return err
			}
		}
		if err := s.settlePlan(ctx, tx, c.ID); err != nil {
			return err
		}
		return record(ctx, tx, c.ID, "create", map[string]any{"name": c.Name, "template": t.ID})
	})
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	return s.Get(ctx, c.ID)
}

func (s *Service) insert(ctx context.Context, tx pgx.Tx, c *Contest) error {
	q := s.q.WithTx(tx)
	slug, err := s.freeSlug(ctx, q, c.Name)
	if err != nil {
		return err
	}
	p := account.From(ctx)
	params := contestdb.CreateContestParams{Slug: slug, Name: c.Name, OrganizerName: c.OrganizerName, Venue: c.Venue,
		Rules: c.Rules, TimeZone: c.TimeZone, Template: c.Template, EntryKind: string(c.EntryKind),
		TeamMin: int32(c.TeamMin), TeamMax: int32(c.TeamMax), RegistrationOpensAt: c.RegistrationOpensAt,
		RegistrationClosesAt: c.RegistrationClosesAt, StartsAt: c.StartsAt, TieBreakers: c.TieBreakers, BankID: c.BankID,
		Unlisted: c.Unlisted}
	if params.TieBreakers == nil {
		params.TieBreakers = []string{}
	}
	if p.AccountID != 0 {
		params.CreatedBy = &p.AccountID
	}
	if c.RehearsalOf != 0 {
		params.RehearsalOf = &c.RehearsalOf
	}
	row, err := q.CreateContest(ctx, params)
	if err != nil {
		return err
	}
	c.ID, c.Slug = row.ID, row.Slug
	if p.AccountID != 0 && c.RehearsalOf == 0 {
		return s.accounts.GrantTx(ctx, tx, p.AccountID, c.ID, account.RoleOrganizer)
	}
	return nil
}

func (s *Service) addDivision(ctx context.Context, tx pgx.Tx, contestID int64, name string, position int) error {
	name = clean(name)
	if n := len([]rune(name)); n < 1 || n > 80 {
		return badContest.At("divisions", "Tên bảng thi cần từ 1 đến 80 ký tự.", "A division's name needs 1 to 80 characters.")
	}
	_, err := s.q.WithTx(tx).CreateDivision(ctx, contestdb.CreateDivisionParams{ContestID: contestID, Name: name, Position: int32(position)})
	if postgres.IsUniqueViolation(err) {
		return badContest.At("divisions", "Hai bảng thi trùng tên.", "Two divisions have the same name.")
	}
	return err
}

func (s *Service) addRound(ctx context.Context, tx pgx.Tx, contestID int64, position int, spec RoundSpec) (Round, error) {
	name := clean(spec.Name)
	if n := len([]rune(name)); n < 2 || n > 80 {
		return Round{}, badRound.At("name", "Tên vòng thi cần từ 2 đến 80 ký tự.", "A round's name needs 2 to 80 characters.")
	}
	kind := s.kinds[spec.Kind]
	if kind == nil {
		return Round{}, badRound.At("kind", "Hình thức vòng thi không có.", "There is no such kind of round.")
	}
	intake, err := audit.Canonical(spec.Intake.Kept())
	if err != nil {
		return Round{}, err
	}
	row, err := s.q.WithTx(tx).CreateRound(ctx, contestdb.CreateRoundParams{ContestID: contestID, Position: int32(position),
		Kind: string(spec.Kind), Name: name, Weight: int32(spec.Weight), FromZero: spec.FromZero, Intake: intake})
	if err != nil {
		return Round{}, err
	}
	r := roundFromRow(row)
	if err := kind.SetUp(ctx, tx, r, spec); err != nil {
		return Round{}, err
	}
	for _, f := range s.onRound {
		if err := f(ctx, tx, r, spec); err != nil {
			return Round{}, err
		}
	}
	return r, nil
}

// Update changes the contest's own fields; c.Version must be the one that was read.
func (s *Service) Update(ctx context.Context, c Contest) (Contest, error) {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		now, err := s.GetTx(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if now.State == Finalized || now.State == Archived {
			return setUpClosed
		}
		c.Rounds = now.Rounds
		if c.EntryKind != now.EntryKind {
			if err := s.kindMayChange(ctx, now); err != nil {
				return err
			}
		}
		if err := c.Check(); err != nil {
			return err
		}
		n, err := s.q.WithTx(tx).UpdateContest(ctx, contestdb.UpdateContestParams{ID: c.ID, Version: int32(c.Version), Name: c.Name,
			OrganizerName: c.OrganizerName, Venue: c.Venue, Rules: c.Rules, EntryKind: string(c.EntryKind),
			TeamMin: int32(c.TeamMin), TeamMax: int32(c.TeamMax), RegistrationOpensAt: c.RegistrationOpensAt,
			RegistrationClosesAt: c.RegistrationClosesAt, StartsAt: c.StartsAt, TieBreakers: c.TieBreakers, Unlisted: c.Unlisted})
		if err != nil {
			return err
		}
		if n == 0 {
			return movedOn
		}
		if c.EntryKind != now.EntryKind {
			if err := s.settlePlan(ctx, tx, c.ID); err != nil {
				return err
			}
		}
		return record(ctx, tx, c.ID, "update", map[string]any{"name": c.Name, "tie_breakers": c.TieBreakers, "unlisted": c.Unlisted})
	})
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	s.changed(c.ID)
	return s.Get(ctx, c.ID)
}

// kindMayChange refuses to turn persons into teams, or back, once somebody has entered.
func (s *Service) kindMayChange(ctx context.Context, c Contest) error {
	if s.entered == nil {
		return nil
	}
	yes, err := s.entered(ctx, c)
	if err != nil || !yes {
		return err
	}
	return entryKindStands.At("entry_kind", entryKindStands.Vi, entryKindStands.En)
}

// SetDivisions replaces the list: known ids are renamed and ordered, id 0 is new, what is left out goes (if unused).
// version is the contest's that was read: whoever replaces a list must have seen it.
func (s *Service) SetDivisions(ctx context.Context, contestID int64, version int, divisions []Division) (Contest, error) {
	if len(divisions) < 1 || len(divisions) > maxDivisions {
		return Contest{}, tooMany.At("divisions", tooMany.Vi, tooMany.En)
	}
	return s.change(ctx, contestID, "divisions", divisions, func(tx pgx.Tx, c Contest) error {
		q := s.q.WithTx(tx)
		n, err := q.RaiseVersion(ctx, contestdb.RaiseVersionParams{ID: c.ID, Version: int32(version)})
		if err != nil {
			return err
		}
		if n == 0 {
			return movedOn
		}
		keep := map[int64]bool{}
		for _, d := range divisions {
			keep[d.ID] = true
		}
		for _, d := range c.Divisions {
			if keep[d.ID] {
				// Names may swap places: free them first.
				if _, err := q.UpdateDivision(ctx, contestdb.UpdateDivisionParams{ID: d.ID, ContestID: c.ID,
					Name: "\x01" + strconv.FormatInt(d.ID, 10), Position: int32(d.Position)}); err != nil {
					return err
				}
				continue
			}
			_, err := q.DeleteDivision(ctx, contestdb.DeleteDivisionParams{ID: d.ID, ContestID: c.ID})
			if postgres.IsForeignKeyViolation(err) {
				return inUse
			}
			if err != nil {
				return err
			}
		}
		for i, d := range divisions {
			if d.ID == 0 {
				if err := s.addDivision(ctx, tx, c.ID, d.Name, i+1); err != nil {
					return err
				}
				continue
			}
			name := clean(d.Name)
			if n := len([]rune(name)); n < 1 || n > 80 {
				return badContest.At("divisions["+strconv.Itoa(i)+"].name", "Tên bảng thi cần từ 1 đến 80 ký tự.", "A division's name needs 1 to 80 characters.")
			}
			n, err := q.UpdateDivision(ctx, contestdb.UpdateDivisionParams{ID: d.ID, ContestID: c.ID, Name: name, Position: int32(i + 1)})
			if postgres.IsUniqueViolation(err) {
				return badContest.At("divisions", "Hai bảng thi trùng tên.", "Two divisions have the same name.")
			}
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.NothingHere
			}
		}
		return nil
	})
}

// change locks the contest, runs fn, records the act and tells who listens.
func (s *Service) change(ctx context.Context, contestID int64, action string, payload any, fn func(pgx.Tx, Contest) error) (Contest, error) {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		c, err := s.GetTx(ctx, tx, contestID)
		if err != nil {
			return err
		}
		if c.State == Finalized || c.State == Archived {
			return setUpClosed
		}
		if err := fn(tx, c); err != nil {
			return err
		}
		return record(ctx, tx, contestID, action, payload)
	})
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	s.changed(contestID)
	return s.Get(ctx, contestID)
}
