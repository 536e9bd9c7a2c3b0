package leader

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leader/leaderdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
)

// Turns says which entries have taken a round of one kind.
type Turns interface {
	Taken(ctx context.Context, roundID int64) ([]int64, error)
}

// Parts are the rooms below this one.
type Parts struct {
	DB       *pgxpool.Pool
	Accounts *account.Service
	Contests *contest.Service
	Units    *unit.Service
	Roster   *roster.Service
	// Turns by the kind of round; a kind without one has no "who has not entered yet".
	Turns map[contest.Kind]Turns
}

// Service is the leaders' place.
type Service struct {
	Parts
	q *leaderdb.Queries
}

// New opens the room.
func New(p Parts) *Service { return &Service{Parts: p, q: leaderdb.New(p.DB)} }

var notLeading = fault.New(fault.Forbidden, "not_leading",
	"Tài khoản này không phụ trách đơn vị nào trong hội thi. Hãy liên hệ Ban Tổ chức nếu đơn vị của bạn vừa thay đổi.",
	"This account acts for no unit in this contest. Ask the organizers if your unit has changed.")

// Led says for which units the one who asks acts in a contest. Every operation of a leader begins here.
func (s *Service) Led(ctx context.Context, contestID int64) (roster.Led, error) {
	p := account.From(ctx)
	led := roster.Led{AccountID: p.AccountID}
	view, err := s.view(ctx)
	if err != nil {
		return led, err
	}
	for _, id := range p.Units[contestID] {
		u, there := view.Unit(id)
		if !there {
			continue
		}
		led.Own = append(led.Own, id)
		for _, below := range append([]int64{id}, view.Below(id)...) {
			if led.May(below) {
				continue // two units, one below the other
			}
			if below != id {
				u, _ = view.Unit(below)
			}
			led.Units = append(led.Units, u)
		}
	}
	if len(led.Units) == 0 {
		return led, notLeading
	}
	return led, nil
}

// view is the tree of units as it is today.
func (s *Service) view(ctx context.Context) (unit.View, error) {
	tree, err := s.Units.Tree(ctx)
	if err != nil {
		return unit.View{}, err
	}
	return tree.At(unit.Today()), nil
}

// Mine is a contest in which the account acts for units.
type Mine struct {
	Contest contest.Contest
	Units   []string // those that were given by name
	Total   BlockRow
}

// MyContests lists the contests in which the one who asks acts for units, the newest first.
func (s *Service) MyContests(ctx context.Context) ([]Mine, error) {
	p := account.From(ctx)
	ids := make([]int64, 0, len(p.Units))
	for id := range p.Units {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	mine := make([]Mine, 0, len(ids))
	for _, id := range ids {
		c, err := s.Contests.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		led, err := s.Led(ctx, id)
		if fault.IsKind(err, fault.Forbidden) {
			continue // the unit is no more: nothing to do in this contest
		}
		if err != nil {
			return nil, err
		}
		rows, err := s.rows(ctx, c, &led)
		if err != nil {
			return nil, err
		}
		m := Mine{Contest: c, Total: Sum(rows)}
		for _, u := range led.Units {
			if slices.Contains(led.Own, u.ID) {
				m.Units = append(m.Units, u.Name)
			}
		}
		mine = append(mine, m)
	}
	return mine, nil
}

// Home is what a leader's page of a contest shows above the list.
type Home struct {
	Contest contest.Contest
	Led     roster.Led
	Rules   roster.Rules
	Total   BlockRow
	Rows    []UnitRow
	// Divisions counts the units' people by division.
	Divisions map[int64]Count
}

// Home looks at a contest as a leader sees it.
func (s *Service) Home(ctx context.Context, contestID int64) (Home, error) {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return Home{}, err
	}
	c, err := s.Contests.Get(ctx, contestID)
	if err != nil {
		return Home{}, err
	}
	h := Home{Contest: c, Led: led}
	if h.Rules, err = s.Roster.Rules(ctx, contestID); err != nil {
		return h, err
	}
	counts, err := s.counts(ctx, contestID, &led)
	if err != nil {
		return h, err
	}
	h.Divisions = counts.byDivision
	h.Rows, err = s.rowsOf(ctx, c, &led, counts)
	h.Total = Sum(h.Rows)
	return h, err
}

// record notes an act in the contest's audit chain: numbers and ids, no personal data.
func record(ctx context.Context, tx pgx.Tx, contestID int64, action string, payload any) error {
	return audit.Append(ctx, tx, contestID, "leader."+action, payload)
}

func (s *Service) recorded(ctx context.Context, contestID int64, action string, payload any) error {
	return postgres.Fault(postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error { return record(ctx, tx, contestID, action, payload) }))
}
