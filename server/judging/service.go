package judging

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
)

// Service keeps judged rounds.
type Service struct {
	db       *pgxpool.Pool
	q        *judgingdb.Queries
	contests *contest.Service
	nowUs    func() int64
	newSeed  func() string
	address  string // of the program, for the codes on paper
	onChange []func(contestID, roundID int64)
	seat     func(ctx context.Context, tx pgx.Tx, accountID, contestID int64) error
	masks    func(ctx context.Context, contestID int64) (map[int64]roster.Mask, error)
	frozen   func(ctx context.Context, contestID int64) (bool, error)
	told     func(ctx context.Context, contestID int64) (bool, error)
	prizes   func(ctx context.Context, tx pgx.Tx, contestID int64, won []Prize) error
	onBallot []func(contestID int64)
}

// New opens the room. nowUs is contest time; newSeed makes the seed of a draw.
func New(db *pgxpool.Pool, contests *contest.Service, nowUs func() int64, newSeed func() string) *Service {
	no := func(context.Context, int64) (bool, error) { return false, nil }
	return &Service{db: db, q: judgingdb.New(db), contests: contests, nowUs: nowUs, newSeed: newSeed, frozen: no, told: no,
		prizes: func(context.Context, pgx.Tx, int64, []Prize) error { return nil },
		seat:   func(context.Context, pgx.Tx, int64, int64) error { return nil },
		masks:  func(context.Context, int64) (map[int64]roster.Mask, error) { return nil, nil }}
}

// UseMasks plugs in what the public reads instead of some entries' names.
func (s *Service) UseMasks(f func(ctx context.Context, contestID int64) (map[int64]roster.Mask, error)) {
	s.masks = f
}

// OnChange is told after something of a round has changed on this node: a mark, a lock, the stage, the set-up. It
// must be quick. Plug in before the first request.
func (s *Service) OnChange(f func(contestID, roundID int64)) { s.onChange = append(s.onChange, f) }

// Get reads a round as it stands at one moment. It must belong to the contest (0: any).
func (s *Service) Get(ctx context.Context, contestID, roundID int64) (Judging, error) {
	round, err := s.round(ctx, contestID, roundID)
	if err != nil {
		return Judging{}, err
	}
	var j Judging
	// One snapshot: a mark and the lock of its sheet are seen together or not at all.
	err = postgres.InTxWith(ctx, s.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var err error
		j, err = load(ctx, s.q.WithTx(tx), round)
		return err
	})
	return j, postgres.Fault(err)
}

func (s *Service) round(ctx context.Context, contestID, roundID int64) (contest.Round, error) {
	round, err := s.contests.Round(ctx, contestID, roundID)
	if err == nil && round.Kind != contest.Judged {
		return contest.Round{}, fault.NothingHere
	}
	return round, err
}

// JudgeView is what the judge who asks may see of a round.
func (s *Service) JudgeView(ctx context.Context, contestID, roundID int64) (JudgeView, Judging, error) {
	j, err := s.Get(ctx, contestID, roundID)
	if err != nil {
		return JudgeView{}, j, err
	}
	v, ok := j.JudgeView(account.From(ctx).AccountID)
	if !ok {
		return JudgeView{}, j, errNotOnPanel
	}
	return v, j, nil
}

// Table is what the organizer, secretary or supervisor who asks may see: everybody's marks. A judge of the round may not
// before it is closed, whatever other role the account has; and a supervisor reads only what is closed.
func (s *Service) Table(ctx context.Context, contestID, roundID int64) (JudgingView, Judging, error) {
	j, err := s.Get(ctx, contestID, roundID)
	if err != nil {
		return JudgingView{}, j, err
	}
	if err := j.mayWatch(account.From(ctx)); err != nil {
		return JudgingView{}, j, err
	}
	return j.For(account.From(ctx).AccountID).View(), j, nil
}

func (j Judging) mayWatch(p account.Principal) error {
	if j.Closed() {
		return nil
	}
	if _, sits := j.SeatOf(p.AccountID); sits {
		return errOthersMarks
	}
	if p.Has(j.ContestID, account.RoleSupervisor) && !p.Has(j.ContestID, account.RoleHost) && !p.Has(j.ContestID, account.RoleSecretary) {
		return errMarksOpen
	}
	return nil
}

// Scores are the scores that count so far: of the performances that are complete, in running order. version is that
// of Version at the same moment.
func (s *Service) Scores(ctx context.Context, roundID int64) (version int64, scores []Score, err error) {
	j, err := s.Get(ctx, 0, roundID)
	if err != nil {
		return 0, nil, err
	}
	scores = []Score{}
	if j.Blind && !j.Closed() {
		return j.Seq, scores, nil // a score beside a name would tell whose code it is
	}
	for _, x := range j.Scores() {
		if x.Complete {
			scores = append(scores, x)
		}
	}
	return j.Seq, scores, nil
}

// Version rises with every change of the round: equal versions mean equal scores.
func (s *Service) Version(ctx context.Context, roundID int64) (int64, error) {
	rows, err := s.q.Versions(ctx, []int64{roundID})
	if err != nil || len(rows) == 0 {
		return 1, postgres.Fault(err)
	}
	return rows[0].Seq, nil
}

// Inputs are the canonical bytes of everything that the scores follow from; Recompute reads them.
func (s *Service) Inputs(ctx context.Context, roundID int64) ([]byte, error) {
	j, err := s.Get(ctx, 0, roundID)
	if err != nil {
		return nil, err
	}
	return j.Inputs(), nil
}

// SeatsOf lists the rounds in which an account sits on the panel.
func (s *Service) SeatsOf(ctx context.Context, accountID int64) ([]SeatOfMine, error) {
	rows, err := s.q.SeatsOf(ctx, accountID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	seats := make([]SeatOfMine, 0, len(rows))
	for _, r := range rows {
		seats = append(seats, SeatOfMine{ContestID: r.ContestID, ContestName: r.ContestName, RoundID: r.RoundID,
			RoundName: r.RoundName, Seat: int(r.Seat), Head: r.Head, Closed: r.Closed,
			Performances: int(r.Performances), Begun: int(r.Begun), Locked: int(r.Locked), OnStage: r.OnStage})
	}
	return seats, nil
}

// SeatOfMine is a place in a panel, in the judge's own list.
type SeatOfMine struct {
	ContestID   int64  `json:"contest_id"`
	ContestName string `json:"contest_name"`
	RoundID     int64  `json:"round_id"`
	RoundName   string `json:"round_name"`
	Seat        int    `json:"seat"`
	Head        bool   `json:"head"`
	Closed      bool   `json:"closed"`
	// Performances counts the turns of the round, Begun those that are or were on stage, Locked the judge's own
	// locked sheets.
	Performances int    `json:"performances"`
	Begun        int    `json:"begun"`
	Locked       int    `json:"locked"`
	OnStage      string `json:"on_stage" doc:"Name of the entry on stage now; empty: none"`
}

// changing is what an act does to a round as it stands.
type changing = func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error

// change runs fn on the round as it stands, behind all other changes of the same round, and tells the listeners
// after the commit. fn must write through q; a fault from it changes nothing. Once the round is checked it is refused.
func (s *Service) change(ctx context.Context, contestID, roundID int64, fn changing) error {
	return s.changeUntilClosed(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if j.State() == PartChecked {
			return errChecked
		}
		return fn(tx, q, j)
	})
}

// changeUntilClosed is for what may happen also while a checked round waits for the head judge: nothing that people sign.
func (s *Service) changeUntilClosed(ctx context.Context, contestID, roundID int64, fn changing) error {
	return s.changeAlways(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if j.Closed() {
			return errClosed
		}
		return fn(tx, q, j)
	})
}

// changeAlways is for what may happen to a closed round: a supervisor's signature, a revocation.
func (s *Service) changeAlways(ctx context.Context, contestID, roundID int64, fn changing) error {
	round, err := s.round(ctx, contestID, roundID)
	if err != nil {
		return err
	}
	if err := s.setUpStands(ctx, round); err != nil {
		return err
	}
	err = postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := ensure(ctx, q, roundID, DefaultRules(0)); err != nil {
			return err
		}
		if _, err := q.NextSeq(ctx, roundID); err != nil {
			return err
		}
		// A statement of its own, after the lock: it sees everything that was committed before.
		j, err := load(ctx, q, round)
		if err != nil {
			return err
		}
		if err := fn(tx, q, j); err != nil {
			return err
		}
		return s.keepMax(ctx, tx, q, round, j.Rules)
	})
	if err != nil {
		return postgres.Fault(err)
	}
	s.changed(round.ContestID, roundID)
	return nil
}

// keepMax keeps the most that can be reached true where it hangs on how many judges and entries there are.
func (s *Service) keepMax(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, round contest.Round, rules MarkingRules) error {
	if rules.Combining.Method != scoring.RankSum {
		return nil
	}
	j, err := load(ctx, q, round)
	if err != nil {
		return err
	}
	return s.contests.SetRoundMaxScore(ctx, tx, round.ID, j.max())
}

// setUpStands refuses changes to a round that never took place once its contest is over: what it was set to belongs to
// the inputs that a result was made from. (A round that took place is closed by itself.)
func (s *Service) setUpStands(ctx context.Context, round contest.Round) error {
	if round.State != contest.Planned && round.State != contest.Ready {
		return nil
	}
	c, err := s.contests.Get(ctx, round.ContestID)
	if err != nil {
		return err
	}
	switch c.State {
	case contest.Ended, contest.Finalized, contest.Archived:
		return errClosed
	case contest.Draft, contest.Open, contest.Running:
	}
	return nil
}

func (s *Service) changed(contestID, roundID int64) {
	for _, f := range s.onChange {
		f(contestID, roundID)
	}
}

// ensure makes the row of a judged round that has none yet.
func ensure(ctx context.Context, q *judgingdb.Queries, roundID int64, rules MarkingRules) error {
	b, err := rules.encode()
	if err != nil {
		return err
	}
	return q.CreateJudgedRound(ctx, judgingdb.CreateJudgedRoundParams{RoundID: roundID, Settings: b})
}

func (r MarkingRules) encode() ([]byte, error) { return audit.Canonical(r) }

// record notes an act in the contest's audit chain.
func record(ctx context.Context, tx pgx.Tx, j Judging, action string, payload any) error {
	if m, ok := payload.(map[string]any); ok && j.Blind {
		for _, key := range []string{"entry", "entries", "seed"} {
			delete(m, key) // the record is read by those who must not know the names yet
		}
	}
	return audit.Append(ctx, tx, j.ContestID, "judging."+action, payload)
}
