package leaderboard

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard/leaderboarddb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
)

var (
	finalKeptBack = fault.New(fault.Conflict, "final_kept_back",
		"Kết quả đã chốt và đang chờ công bố, nên bảng điểm chỉ được mở bằng lễ công bố hoặc “Công bố tất cả”. Khán giả vẫn thấy bảng cũ.",
		"The result is final and waits to be told, so only the ceremony or \"Tell everything\" opens the board. The public still sees the old one.")
	nothingKeptBack = fault.New(fault.Conflict, "nothing_kept_back",
		"Không có kết quả nào đang chờ công bố.", "No result waits to be told.")
)

// HoldFinal makes the final board the public one, in the transaction that finalizes the results. While the board is
// frozen it stays what it was: the final one is kept back until Tell.
func (s *Service) HoldFinal(ctx context.Context, tx pgx.Tx, contestID int64, b Board) (told bool, err error) {
	body, err := audit.Canonical(b)
	if err != nil {
		return false, err
	}
	q := s.q.WithTx(tx)
	if _, err := q.NextBoardVersion(ctx, contestID); err != nil { // makes the row that is locked below
		return false, err
	}
	held, err := q.LockBoard(ctx, contestID)
	if err != nil {
		return false, err
	}
	if held.Held != nil && Status(*held.Held) == Frozen {
		return false, q.KeepBack(ctx, leaderboarddb.KeepBackParams{ContestID: contestID, FinalBoard: body})
	}
	return true, q.HoldBoard(ctx, leaderboarddb.HoldBoardParams{ContestID: contestID, Held: ptr(string(Final)), HeldBoard: body})
}

// Tell makes the final board that was kept back the public one.
func (s *Service) Tell(ctx context.Context, tx pgx.Tx, contestID int64) error {
	q := s.q.WithTx(tx)
	held, err := q.LockBoard(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && held.FinalBoard == nil {
		return nothingKeptBack
	}
	if err != nil {
		return err
	}
	return q.HoldBoard(ctx, leaderboarddb.HoldBoardParams{ContestID: contestID, Held: ptr(string(Final)), HeldBoard: held.FinalBoard})
}

// Published decides whether the final result may be read by the public: a result that became final while the board was
// frozen is not, until it has been told. Every public path to a final result goes by here.
func (s *Service) Published(ctx context.Context, contestID int64) (bool, error) {
	status, _, err := s.status(ctx, contestID)
	return status == Final, err
}

// Frozen tells whether the public board stands still now: then nothing newer may reach the public by another way either,
// also when the result is final already.
func (s *Service) Frozen(ctx context.Context, contestID int64) (bool, error) {
	status, _, err := s.status(ctx, contestID)
	return status == Frozen, err
}

// Forget takes an erased entry's name out of a board that is held, in the transaction that erases.
func (s *Service) Forget(ctx context.Context, tx pgx.Tx, contestID, entryID int64, name string) error {
	q := s.q.WithTx(tx)
	held, err := q.HeldBoard(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && held.Held == nil {
		return nil
	}
	if err != nil {
		return err
	}
	kept, err := q.KeptBack(ctx, contestID)
	if err != nil {
		return err
	}
	p := leaderboarddb.RewriteHeldBoardParams{ContestID: contestID}
	if p.HeldBoard, err = without(held.HeldBoard, entryID, name); err != nil {
		return err
	}
	if kept != nil {
		if p.FinalBoard, err = without(kept, entryID, name); err != nil {
			return err
		}
	}
	return q.RewriteHeldBoard(ctx, p)
}

// without is a stored board in which an entry has another name.
func without(stored []byte, entryID int64, name string) ([]byte, error) {
	b := Board{}
	if err := json.Unmarshal(stored, &b); err != nil {
		return nil, err
	}
	b.mask(map[int64]roster.Mask{entryID: {Name: name, Erased: true}})
	return audit.Canonical(b)
}

// status is how the public board stands, as Postgres has it.
func (s *Service) status(ctx context.Context, contestID int64) (Status, int64, error) {
	held, err := s.q.Held(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) {
		return Provisional, 0, nil
	}
	if err != nil || held.Held == nil {
		return Provisional, 0, postgres.Fault(err)
	}
	return Status(*held.Held), *held.HeldAtUs, nil
}
