package bank

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

const (
	maxPairs = 5000
	// staleComparison is after how long without a sign a comparison counts as lost.
	staleComparison = 5 * time.Minute
)

var errComparing = fault.New(fault.Conflict, "already_comparing",
	"Đang so sánh các câu của ngân hàng. Hãy đợi xong rồi so sánh lại.",
	"The bank is being compared already. Wait for it to end.")

// Comparison is how far the search for like items has come.
type Comparison struct {
	State      string     `json:"state" enum:"never,waiting,running,done,failed"`
	Done       int        `json:"done"`
	Total      int        `json:"total"`
	More       bool       `json:"more" doc:"There were more pairs than are kept"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// UseComparing gives the bank the queue in which comparisons wait for their turn.
func (s *Service) UseComparing(enqueue func(ctx context.Context, tx pgx.Tx, bankID int64) error) {
	s.compare = enqueue
}

// StartComparing asks for a comparison of all items of a contest's bank in use.
func (s *Service) StartComparing(ctx context.Context, contestID int64) error {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		n, err := s.q.WithTx(tx).StartComparison(ctx, bankdb.StartComparisonParams{BankID: bankID, At: s.now(), Stale: s.now().Add(-staleComparison)})
		if err != nil {
			return err
		}
		if n == 0 {
			return errComparing
		}
		if err := s.compare(ctx, tx, bankID); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "bank.compare", map[string]any{})
	})
	return err
}

// Compare does it. It is for the queue.
func (s *Service) Compare(ctx context.Context, bankID int64) error {
	err := s.compareAll(ctx, bankID)
	if err != nil {
		left := context.WithoutCancel(ctx)
		err = errors.Join(err, s.q.TouchComparison(left, bankdb.TouchComparisonParams{BankID: bankID, State: "failed", At: s.now()}))
	}
	return err
}

func (s *Service) compareAll(ctx context.Context, bankID int64) error {
	rows, err := s.q.AllItems(ctx, bankID)
	if err != nil {
		return err
	}
	told := func(done int) error {
		return s.q.TouchComparison(ctx, bankdb.TouchComparisonParams{BankID: bankID, State: "running", Done: int32(done), Total: int32(len(rows)), At: s.now()})
	}
	if err := told(0); err != nil {
		return err
	}
	comparing := NewComparing()
	items := make([]Fingerprint, 0, len(rows))
	for i := range rows {
		c, err := Decode(rows[i].Content)
		if err != nil {
			return err
		}
		items = append(items, comparing.Of(rows[i].ID, c))
		rows[i].Content = nil
	}
	pairs, more, err := Pairs(items, maxPairs, told)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.ForgetPairs(ctx, bankID); err != nil {
			return err
		}
		p := bankdb.AddPairsParams{BankID: bankID}
		for _, x := range pairs {
			p.A, p.B = append(p.A, x.A), append(p.B, x.B)
			p.Percents, p.OtherKeys = append(p.Percents, int32(x.Percent)), append(p.OtherKeys, x.OtherKey)
		}
		if err := q.AddPairs(ctx, p); err != nil {
			return err
		}
		if err := q.DropPairs(ctx, bankID); err != nil {
			return err
		}
		return q.FinishComparison(ctx, bankdb.FinishComparisonParams{BankID: bankID, Pairs: int32(len(pairs)), More: more, At: s.now()})
	})
}

// AlikePair is two items that read alike, with their keys.
type AlikePair struct {
	A, B      Item
	Percent   int
	OtherKey  bool
	Different bool
	DecidedBy string
	DecidedAt *time.Time
}

// AlikeItems gives the pairs that were found, the most alike first: those to be decided, or those that somebody has called
// different. Their keys are shown, and that is recorded.
func (s *Service) AlikeItems(ctx context.Context, contestID int64, different bool, page int) ([]AlikePair, int, Comparison, error) {
	const size = 20
	now := Comparison{State: "never"}
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return nil, 0, now, err
	}
	c, err := s.q.Comparison(ctx, bankID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, 0, now, nil
	}
	if err != nil {
		return nil, 0, now, postgres.Fault(err)
	}
	now = Comparison{State: c.State, Done: int(c.Done), Total: int(c.Total), More: c.More, FinishedAt: c.FinishedAt}
	if (c.State == "waiting" || c.State == "running") && c.TouchedAt.Before(s.now().Add(-staleComparison)) {
		now.State = "failed"
	}
	total, err := s.q.CountPairs(ctx, bankdb.CountPairsParams{BankID: bankID, Different: different})
	if err != nil {
		return nil, 0, now, postgres.Fault(err)
	}
	rows, err := s.q.Pairs(ctx, bankdb.PairsParams{BankID: bankID, Different: different, PageSize: size, Skip: int32(page * size)})
	if err != nil {
		return nil, 0, now, postgres.Fault(err)
	}
	pairs := make([]AlikePair, 0, len(rows))
	var seen []Version
	for _, r := range rows {
		p := AlikePair{Percent: int(r.Percent), OtherKey: r.OtherKey, Different: r.Different, DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt}
		if p.A, err = s.item(ctx, bankID, r.A); err != nil {
			return nil, 0, now, err
		}
		if p.B, err = s.item(ctx, bankID, r.B); err != nil {
			return nil, 0, now, err
		}
		seen = append(seen, p.A.Version, p.B.Version)
		pairs = append(pairs, p)
	}
	return pairs, int(total), now, s.saw(ctx, s.q, contestID, SeenCompare, once(seen))
}

// once leaves each item once: one statement can't write a row twice.
func once(versions []Version) []Version {
	known := map[int64]bool{}
	out := versions[:0]
	for _, v := range versions {
		if !known[v.ItemID] {
			known[v.ItemID] = true
			out = append(out, v)
		}
	}
	return out
}

// DecideAlike says that two items are different however alike they read, or takes that back.
func (s *Service) DecideAlike(ctx context.Context, contestID, a, b int64, different bool) error {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		p := bankdb.DecidePairParams{A: min(a, b), B: max(a, b), BankID: bankID, Different: different}
		if different {
			now := s.now()
			p.DecidedAt, p.DecidedBy = &now, account.From(ctx).Name
		}
		n, err := s.q.WithTx(tx).DecidePair(ctx, p)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NothingHere
		}
		return audit.Append(ctx, tx, contestID, "bank.decide_alike", map[string]any{"a": p.A, "b": p.B, "different": different})
	})
	return err
}
