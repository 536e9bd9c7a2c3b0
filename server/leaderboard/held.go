package leaderboard

import (
	"context"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard/leaderboarddb"
	"github.com/hoithi/hoithi/server/postgres"
)

// public is the one function that decides what the public may see: the held board, or the present one without the
// rounds that are hidden. The scores are read before it is asked whether the board is held, and the question waits for
// a freeze that is under way (Freeze reads its own scores with the row locked). So either every score read here is in
// the frozen board as well, or the answer is that board.
func (s *Service) public(ctx context.Context, contestID int64) (Public, error) {
	version, err := s.q.NextBoardVersion(ctx, contestID)
	if postgres.IsForeignKeyViolation(err) {
		return Public{}, fault.NothingHere
	}
	if err != nil {
		return Public{}, postgres.Fault(err)
	}
	in, err := s.Input(ctx, contestID)
	if err != nil {
		return Public{}, err
	}
	in.Public = true
	p := Public{Version: version, Status: Provisional, Board: ComputePlan(in)}
	held, err := s.q.HeldBoard(ctx, contestID)
	if err != nil {
		return Public{}, postgres.Fault(err)
	}
	if held.Held != nil {
		p.Status, p.HeldAtUs = Status(*held.Held), *held.HeldAtUs
		p.Board = Board{}
		if err := json.Unmarshal(held.HeldBoard, &p.Board); err != nil {
			return Public{}, err
		}
	}
	masks, err := s.roster.Masks(ctx, contestID)
	if err != nil {
		return Public{}, err
	}
	p.Board.mask(masks)
	return p, nil
}

var (
	alreadyFrozen = fault.New(fault.Conflict, "already_frozen",
		"Bảng điểm đã được tạm giấu hoặc đã chốt.", "The board is frozen already, or final.")
	notFrozen = fault.New(fault.Conflict, "not_frozen",
		"Bảng điểm đang không bị tạm giấu.", "The board is not frozen.")
)

// Freeze makes the public board stand still from now on.
func (s *Service) Freeze(ctx context.Context, contestID int64) error {
	return s.done(contestID, s.freeze(ctx, contestID))
}

func (s *Service) freeze(ctx context.Context, contestID int64) error {
	if _, err := s.q.NextBoardVersion(ctx, contestID); err != nil { // makes the row that is locked below
		return postgres.Fault(err)
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		held, err := q.LockBoard(ctx, contestID)
		if err != nil {
			return err
		}
		if held.Held != nil {
			return alreadyFrozen
		}
		in, err := s.Input(ctx, contestID)
		if err != nil {
			return err
		}
		in.Public = true
		body, err := audit.Canonical(ComputePlan(in))
		if err != nil {
			return err
		}
		if err := q.HoldBoard(ctx, leaderboarddb.HoldBoardParams{ContestID: contestID, Held: ptr(string(Frozen)), HeldBoard: body}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "board.freeze", map[string]any{})
	})
}

// Thaw lets the public see the present board again.
func (s *Service) Thaw(ctx context.Context, contestID int64) error {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.WithTx(tx).ReleaseBoard(ctx, leaderboarddb.ReleaseBoardParams{ContestID: contestID, Held: ptr(string(Frozen))})
		if err != nil {
			return err
		}
		if n == 0 {
			kept, err := s.q.WithTx(tx).KeptBack(ctx, contestID)
			if err == nil && kept != nil {
				return finalKeptBack
			}
			return notFrozen
		}
		return audit.Append(ctx, tx, contestID, "board.thaw", map[string]any{})
	})
	return s.done(contestID, err)
}

// done tells everybody who watches after an act on the board.
func (s *Service) done(contestID int64, err error) error {
	if err != nil {
		return postgres.Fault(err)
	}
	s.Changed(contestID)
	return nil
}

func ptr[T any](v T) *T { return &v }
