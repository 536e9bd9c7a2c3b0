package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/plan/plandb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// Leaders says for which units somebody acts.
type Leaders interface {
	Led(ctx context.Context, contestID int64) (roster.Led, error)
}

// Parts are the rooms below this one.
type Parts struct {
	DB       *pgxpool.Pool
	Contests *contest.Service
	Roster   *roster.Service
	Boards   *leaderboard.Service
	Leaders  Leaders
	NowUs    func() int64
	NewSeed  func() string
}

// Service keeps the plans.
type Service struct {
	Parts
	q *plandb.Queries
}

// New opens the room.
func New(p Parts) *Service { return &Service{Parts: p, q: plandb.New(p.DB)} }

// Decision is how a tie was resolved.
type Decision struct {
	ID        int64
	What      string // entry, unit
	RoundID   int64  // entries: the round alone, 0: overall; units: the round they enter
	Method    Method
	Subjects  []int64 // by id
	Numbers   []int
	Places    []int
	Seed      string
	TieRound  int64
	Decider   string
	Reason    string
	AtUs      int64
	Actor     string
	RevokedUs int64
	RevokedBy string
	Why       string
}

func (d Decision) ranking() ranking.Decision {
	places := make(map[int64]int, len(d.Subjects))
	for i, id := range d.Subjects {
		places[id] = d.Places[i]
	}
	return ranking.Decision{Places: places}
}

func decisionOf(r plandb.TieDecision) Decision {
	d := Decision{ID: r.ID, What: r.What, RoundID: value(r.RoundID), Method: Method(r.Method), Subjects: r.Subjects, Seed: r.Seed, TieRound: value(r.TieRoundID),
		Decider: r.Decider, Reason: r.Reason, AtUs: r.AtUs, Actor: r.Actor, RevokedUs: value(r.RevokedUs), RevokedBy: r.RevokedBy, Why: r.RevokedWhy}
	for i := range r.Subjects {
		d.Numbers, d.Places = append(d.Numbers, int(r.Numbers[i])), append(d.Places, int(r.Places[i]))
	}
	return d
}

// Facts are what promotions and decisions mean for the boards.
func (s *Service) Facts(ctx context.Context, contestID int64) (map[int64][]int64, []leaderboard.Decision, error) {
	lists, err := s.Roster.RoundLists(ctx, contestID)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.decisions(ctx, contestID)
	if err != nil {
		return nil, nil, err
	}
	var decisions []leaderboard.Decision
	for _, d := range all {
		if d.What == "entry" && d.RevokedUs == 0 {
			decisions = append(decisions, leaderboard.Decision{RoundID: d.RoundID, Decision: d.ranking()})
		}
	}
	return lists, decisions, nil
}

// Version changes whenever Facts do.
func (s *Service) Version(ctx context.Context, contestID int64) (string, error) {
	v, err := s.q.PlanVersion(ctx, contestID)
	if err != nil {
		return "", postgres.Fault(err)
	}
	return strings.Join([]string{itoa(v.Promoted), v.Lists, itoa(v.Decisions)}, "."), nil
}

func (s *Service) decisions(ctx context.Context, contestID int64) ([]Decision, error) {
	rows, err := s.q.Decisions(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := make([]Decision, 0, len(rows))
	for _, r := range rows {
		list = append(list, decisionOf(r))
	}
	return list, nil
}

// standing is all that the plan of a contest goes by.
type standing struct {
	leaderboard.Input
	all        []Decision
	units      []Unit // in the order of their names; only where units go on
	blocks     []int64
	blockNames map[int64]string
	promotions map[int64]plandb.Promotion
	places     map[int64][]plandb.PromotionPlace
}

func (s *Service) read(ctx context.Context, contestID int64) (standing, error) {
	in, err := s.Boards.Input(ctx, contestID)
	x := standing{Input: in, promotions: map[int64]plandb.Promotion{}, places: map[int64][]plandb.PromotionPlace{}, blockNames: map[int64]string{}}
	if err != nil {
		return x, err
	}
	if x.all, err = s.decisions(ctx, contestID); err != nil {
		return x, err
	}
	promotions, err := s.q.Promotions(ctx, contestID)
	if err != nil {
		return x, postgres.Fault(err)
	}
	for _, p := range promotions {
		x.promotions[p.RoundID] = p
	}
	places, err := s.q.PlacesIn(ctx, contestID)
	if err != nil {
		return x, postgres.Fault(err)
	}
	for _, p := range places {
		x.places[p.RoundID] = append(x.places[p.RoundID], p)
	}
	if !x.byUnits() {
		return x, nil
	}
	p, err := s.Roster.Plan(ctx, contestID)
	if err != nil {
		return x, err
	}
	for _, b := range p.Blocks {
		x.blocks = append(x.blocks, b.ID)
		x.blockNames[b.ID] = b.Name
	}
	for _, u := range p.Units {
		x.units = append(x.units, Unit{ID: u.ID, ParentID: u.ParentID, Name: u.Name, Invited: u.Invited, BlockID: u.BlockID,
			Target: max(u.Target, 0), Headcount: max(u.Headcount, 0)})
	}
	return x, nil
}

func (x standing) byUnits() bool {
	for _, r := range x.Contest.Rounds {
		if r.Intake.Who == contest.WhoUnits {
			return true
		}
	}
	return false
}

// unitDecisions are those on ties of units for a round.
func (x standing) unitDecisions(roundID int64) []ranking.Decision {
	var some []ranking.Decision
	for _, d := range x.all {
		if d.What == "unit" && d.RoundID == roundID && d.RevokedUs == 0 {
			some = append(some, d.ranking())
		}
	}
	return some
}

func (x standing) unitResults(round contest.Round) []UnitResult {
	return UnitResults(x.units, peopleOf(x.Input, round), round.Intake.Units, x.unitDecisions(round.ID))
}

// heats are the lists by which a round is entered, as they are now.
func (x standing) heats(round contest.Round) []Heat {
	switch round.Intake.Who {
	case contest.WhoBest:
		return Entries(x.Input, round)
	case contest.WhoUnits:
		return unitHeats(x.unitResults(round), round.Intake, x.blocks)
	case contest.WhoAll, contest.WhoSame, contest.WhoTied:
	}
	return nil
}

func (x standing) cut(roundID int64) (contest.Round, error) {
	r, ok := x.Contest.Round(roundID)
	if !ok {
		return r, fault.NothingHere
	}
	if !r.Cuts() {
		return r, noCut
	}
	return r, nil
}

func hashOf(v any) (body, hash []byte, err error) {
	if body, err = audit.Canonical(v); err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(body)
	return body, sum[:], nil
}

// change runs fn with the contest locked, so that two organizers do one thing after the other, and tells those who listen.
func (s *Service) change(ctx context.Context, contestID int64, fn func(tx pgx.Tx, q *plandb.Queries, c contest.Contest) error) error {
	err := postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		c, err := s.Contests.GetTx(ctx, tx, contestID)
		if err != nil {
			return err
		}
		return fn(tx, s.q.WithTx(tx), c)
	})
	if err != nil {
		return postgres.Fault(err)
	}
	s.Contests.Changed(contestID)
	return nil
}

// entriesOpen refuses changes of who enters a round once it has begun, or the contest is over.
func entriesOpen(c contest.Contest, roundID int64) (contest.Round, error) {
	r, ok := c.Round(roundID)
	switch {
	case !ok:
		return r, fault.NothingHere
	case r.Begun():
		return r, roundBegun
	case c.State == contest.Ended || c.State == contest.Finalized || c.State == contest.Archived:
		return r, contestOver
	}
	return r, nil
}

// record notes an act in the contest's audit chain.
func record(ctx context.Context, tx pgx.Tx, contestID int64, action string, payload any) error {
	return audit.Append(ctx, tx, contestID, "plan."+action, payload)
}

func actor(ctx context.Context) (*int64, string) {
	p := account.From(ctx)
	if p.AccountID == 0 {
		return nil, p.Name
	}
	return &p.AccountID, p.Name
}

func cleanReason(s string) (string, error) {
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	if n := len([]rune(s)); n < 3 || n > 500 || strings.ContainsRune(s, 0) {
		return "", reasonNeeded.At("reason", reasonNeeded.Vi, reasonNeeded.En)
	}
	return s, nil
}

func value(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

func readRecord(p plandb.Promotion) (Record, error) {
	var r Record
	err := json.Unmarshal(p.Record, &r)
	return r, err
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// Missing are the plan's lines of a contest's checklist: rounds whose entries are still to be decided.
func (s *Service) Missing(ctx context.Context, c contest.Contest) ([]contest.Missing, error) {
	var list []contest.Missing
	for _, r := range c.Rounds {
		if !r.Cuts() || c.State != contest.Running && c.State != contest.Ended {
			continue
		}
		places, err := s.q.PlacesOf(ctx, r.ID)
		if err != nil {
			return nil, postgres.Fault(err)
		}
		list = append(list, contest.Missing{Code: "promotion", Done: places.Given > 0, RoundID: r.ID, Vi: "Xét suất vào vòng “" + r.Name + "”",
			En: "Decide who enters “" + r.Name + "”"})
		if r.Intake.Who == contest.WhoUnits && places.Given > 0 {
			list = append(list, contest.Missing{Code: "teams_named", Done: places.Named == places.Given, RoundID: r.ID,
				Vi: "Đơn vị cử đội vào “" + r.Name + "”: " + itoa(places.Named) + "/" + itoa(places.Given), En: "Units name their teams for “" + r.Name + "”: " + itoa(places.Named) + "/" + itoa(places.Given)})
		}
	}
	return list, nil
}

// UnitNames are the names of a contest's units.
func (s *Service) UnitNames(ctx context.Context, contestID int64) (map[int64]string, error) {
	p, err := s.Roster.Plan(ctx, contestID)
	if err != nil {
		return nil, err
	}
	names := make(map[int64]string, len(p.Units))
	for _, u := range p.Units {
		names[u.ID] = u.Name
	}
	return names, nil
}
