package contest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest/contestdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// RoundKind is what a kind of round (stage, judging) does for a contest's set-up. app plugs one in for each Kind.
type RoundKind interface {
	// SetUp gives a new round its settings, in the transaction that makes it.
	SetUp(ctx context.Context, tx pgx.Tx, round Round, spec RoundSpec) error
	// Copy gives a new round the settings of another one (items, rubric), but nothing of what happened in it.
	Copy(ctx context.Context, tx pgx.Tx, from, to Round) error
	// Missing lists what a round still needs, and what of it is done.
	Missing(ctx context.Context, round Round) ([]Missing, error)
}

// Banks makes the question bank of a new contest.
type Banks interface {
	NewBank(ctx context.Context, tx pgx.Tx, name string) (int64, error)
}

// Checks lists further lines of the checklist (registered entries, panel...). app plugs them in.
type Checks func(ctx context.Context, c Contest) ([]Missing, error)

// Service keeps contests.
type Service struct {
	db       *pgxpool.Pool
	q        *contestdb.Queries
	accounts *account.Service
	banks    Banks
	kinds    map[Kind]RoundKind
	checks   []Checks
	entered  func(ctx context.Context, c Contest) (bool, error)
	onCopy   []func(ctx context.Context, tx pgx.Tx, from, made Contest) error
	onRound  []func(ctx context.Context, tx pgx.Tx, r Round, spec RoundSpec) error
	onChange []func(contestID int64)
	ways     func(ctx context.Context, c Contest) (Ways, error)
	taking   func(ctx context.Context) (map[int64]bool, error)
	guessed  func(ctx context.Context, c Contest) (bool, error)
	told     func(ctx context.Context, contestID int64) (bool, error)
}

// New opens the room. Plug the kinds of round in with Use before the first request.
func New(db *pgxpool.Pool, accounts *account.Service, banks Banks) *Service {
	return &Service{db: db, q: contestdb.New(db), accounts: accounts, banks: banks, kinds: map[Kind]RoundKind{}}
}

// Use plugs in a kind of round.
func (s *Service) Use(kind Kind, k RoundKind) { s.kinds[kind] = k }

// UseChecks adds lines to the checklist.
func (s *Service) UseChecks(c Checks) { s.checks = append(s.checks, c) }

// UseEntered tells whether anybody has entered or asked to enter a contest.
func (s *Service) UseEntered(f func(ctx context.Context, c Contest) (bool, error)) { s.entered = f }

// OnCopy brings what other rooms keep with a contest into a copy of it, in the same transaction.
func (s *Service) OnCopy(f func(ctx context.Context, tx pgx.Tx, from, made Contest) error) {
	s.onCopy = append(s.onCopy, f)
}

// OnRound lets other rooms lay what a new round needs of them, in the transaction that makes it.
func (s *Service) OnRound(f func(ctx context.Context, tx pgx.Tx, r Round, spec RoundSpec) error) {
	s.onRound = append(s.onRound, f)
}

// UseGuessed tells whether contestants are asked to guess how many take part in a contest, or do well in it.
func (s *Service) UseGuessed(f func(ctx context.Context, c Contest) (bool, error)) { s.guessed = f }

// Guessed tells whether contestants guess how many take part: then nothing that they see may count them.
func (s *Service) Guessed(ctx context.Context, c Contest) (bool, error) {
	if s.guessed == nil {
		return false, nil
	}
	return s.guessed(ctx, c)
}

// OnChange is told after a contest or one of its rounds has changed on this node.
func (s *Service) OnChange(f func(contestID int64)) { s.onChange = append(s.onChange, f) }

func (s *Service) changed(contestID int64) {
	for _, f := range s.onChange {
		f(contestID)
	}
}

// Get finds a contest with its divisions and rounds.
func (s *Service) Get(ctx context.Context, id int64) (Contest, error) {
	row, err := s.q.ContestByID(ctx, id)
	return s.whole(ctx, s.q, row, err)
}

// BySlug finds a contest by its address.
func (s *Service) BySlug(ctx context.Context, slug string) (Contest, error) {
	row, err := s.q.ContestBySlug(ctx, slug)
	return s.whole(ctx, s.q, row, err)
}

// Visible finds a contest that the public may see; a rehearsal only for its own people and entries.
func (s *Service) Visible(ctx context.Context, slug string) (Contest, error) {
	c, err := s.BySlug(ctx, slug)
	if err == nil && (c.State == Draft || !c.OpenTo(account.From(ctx))) {
		return Contest{}, fault.NothingHere
	}
	return c, err
}

// OpenTo tells whether somebody may know of the contest's public pages. A rehearsal asks the questions of the evening
// before the evening: only its own people and entries may look.
func (c Contest) OpenTo(p account.Principal) bool {
	if c.RehearsalOf == 0 || p.IsEntry(c.ID) {
		return true
	}
	for _, role := range []account.Role{account.RoleHost, account.RoleSecretary, account.RoleJudge,
		account.RoleSupervisor, account.RoleTimekeeper} {
		if p.Has(c.ID, role) {
			return true
		}
	}
	return false
}

// GetTx is Get within the caller's transaction, with the contest's row locked.
func (s *Service) GetTx(ctx context.Context, tx pgx.Tx, id int64) (Contest, error) {
	q := s.q.WithTx(tx)
	row, err := q.LockContest(ctx, id)
	return s.whole(ctx, q, row, err)
}

func (s *Service) whole(ctx context.Context, q *contestdb.Queries, row contestdb.Contest, err error) (Contest, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return Contest{}, fault.NothingHere
	}
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	c := fromRow(row)
	divisions, err := q.Divisions(ctx, c.ID)
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	for _, d := range divisions {
		c.Divisions = append(c.Divisions, Division{ID: d.ID, Name: d.Name, Position: int(d.Position)})
	}
	rounds, err := q.Rounds(ctx, c.ID)
	if err != nil {
		return Contest{}, postgres.Fault(err)
	}
	for _, r := range rounds {
		c.Rounds = append(c.Rounds, roundFromRow(r))
	}
	return c, nil
}

func fromRow(r contestdb.Contest) Contest {
	c := Contest{ID: r.ID, Slug: r.Slug, Name: r.Name, OrganizerName: r.OrganizerName, Venue: r.Venue, Rules: r.Rules,
		TimeZone: r.TimeZone, State: State(r.State), Template: r.Template, EntryKind: EntryKind(r.EntryKind),
		TeamMin: int(r.TeamMin), TeamMax: int(r.TeamMax), RegistrationOpensAt: r.RegistrationOpensAt,
		RegistrationClosesAt: r.RegistrationClosesAt, StartsAt: r.StartsAt, TieBreakers: r.TieBreakers, BankID: r.BankID,
		Unlisted: r.Unlisted, Version: int(r.Version)}
	if r.RehearsalOf != nil {
		c.RehearsalOf = *r.RehearsalOf
	}
	return c
}

func roundFromRow(r contestdb.Round) Round {
	round := Round{ID: r.ID, ContestID: r.ContestID, Position: int(r.Position), Kind: Kind(r.Kind), Name: r.Name,
		State: RoundState(r.State), StartsAt: r.StartsAt, Weight: int(r.Weight), MaxScore: r.MaxScore, FromZero: r.FromZero,
		Intake: intakeFromRow(r.Intake), EntryKind: EntryKind(r.EntryKind)}
	if r.ListOf != nil {
		round.ListOf = *r.ListOf
	}
	return round
}

// Round finds a round; it must belong to the contest (0: any).
func (s *Service) Round(ctx context.Context, contestID, roundID int64) (Round, error) {
	row, err := s.q.RoundByID(ctx, roundID)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && contestID != 0 && row.ContestID != contestID {
		return Round{}, fault.NothingHere
	}
	if err != nil {
		return Round{}, postgres.Fault(err)
	}
	return roundFromRow(row), nil
}

// RoundTx is Round within the caller's transaction, with the round's row locked.
func (s *Service) RoundTx(ctx context.Context, tx pgx.Tx, contestID, roundID int64) (Round, error) {
	row, err := s.q.WithTx(tx).LockRound(ctx, roundID)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && contestID != 0 && row.ContestID != contestID {
		return Round{}, fault.NothingHere
	}
	if err != nil {
		return Round{}, postgres.Fault(err)
	}
	return roundFromRow(row), nil
}

// SetRoundState is for the kinds of round: they decide when a round starts, closes and is scored.
func (s *Service) SetRoundState(ctx context.Context, tx pgx.Tx, roundID int64, state RoundState) error {
	return s.q.WithTx(tx).SetRoundState(ctx, contestdb.SetRoundStateParams{ID: roundID, State: string(state)})
}

// SetRoundMaxScore is for the kinds of round: the most that can be reached, in hundredths of a point.
func (s *Service) SetRoundMaxScore(ctx context.Context, tx pgx.Tx, roundID, maxScore int64) error {
	return s.q.WithTx(tx).SetRoundMaxScore(ctx, contestdb.SetRoundMaxScoreParams{ID: roundID, MaxScore: maxScore})
}

// FillRoundStart is for the kinds of round: the day of a round that nobody has set, or that was filled in like this from
// before (nil: never), is the one on which it can first be taken.
func (s *Service) FillRoundStart(ctx context.Context, tx pgx.Tx, roundID int64, startsAt time.Time, before *time.Time) error {
	return s.q.WithTx(tx).FillRoundStart(ctx, contestdb.FillRoundStartParams{ID: roundID, StartsAt: &startsAt, Before: before})
}

// Mine lists the contests in which the account has a role (an administrator: all).
func (s *Service) Mine(ctx context.Context, p account.Principal) ([]Contest, error) {
	var rows []contestdb.Contest
	var err error
	if p.Admin {
		rows, err = s.q.AllContests(ctx)
	} else {
		ids := make([]int64, 0, len(p.Grants))
		for id := range p.Grants {
			ids = append(ids, id)
		}
		rows, err = s.q.ContestsByID(ctx, ids)
	}
	contests, err := list(rows, err)
	for i := 0; i < len(contests) && err == nil; i++ {
		contests[i], err = s.asKnownTo(ctx, p, contests[i])
	}
	return contests, err
}

// Public lists the contests of the home page.
func (s *Service) Public(ctx context.Context) ([]Contest, error) {
	return list(s.q.PublicContests(ctx))
}

func list(rows []contestdb.Contest, err error) ([]Contest, error) {
	if err != nil {
		return nil, postgres.Fault(err)
	}
	contests := make([]Contest, 0, len(rows))
	for _, r := range rows {
		contests = append(contests, fromRow(r))
	}
	return contests, nil
}

// freeSlug finds an address that is not taken yet.
func (s *Service) freeSlug(ctx context.Context, q *contestdb.Queries, name string) (string, error) {
	base := SlugOf(name)
	for n := 1; n < 1000; n++ {
		slug := base
		if n > 1 {
			slug += "-" + strconv.Itoa(n)
		}
		taken, err := q.SlugTaken(ctx, slug)
		if err != nil || !taken {
			return slug, err
		}
	}
	return "", fmt.Errorf("no free address for %q", base)
}

// record notes an act in the contest's audit chain.
func record(ctx context.Context, tx pgx.Tx, contestID int64, action string, payload any) error {
	return audit.Append(ctx, tx, contestID, "contest."+action, payload)
}
