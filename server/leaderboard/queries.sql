-- name: NextBoardVersion :one
-- Never below the milliseconds of the clock: after a restore of an older backup the numbers still go on rising, while
-- a Redis that was not restored remembers the newest one it has seen.
INSERT INTO board (contest_id, version) VALUES ($1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
ON CONFLICT (contest_id) DO UPDATE SET version = greatest(board.version + 1, excluded.version)
RETURNING version;

-- name: HeldBoard :one
-- Waits for a freeze that is under way.
SELECT held, held_at_us, held_board FROM board WHERE contest_id = $1 FOR SHARE;

-- name: Held :one
SELECT held, held_at_us FROM board WHERE contest_id = $1;

-- name: LockBoard :one
SELECT held, final_board FROM board WHERE contest_id = $1 FOR UPDATE;

-- name: HoldBoard :exec
INSERT INTO board (contest_id, version, held, held_at_us, held_board)
VALUES (@contest_id, 1, @held, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, @held_board)
ON CONFLICT (contest_id) DO UPDATE SET held = excluded.held, held_at_us = excluded.held_at_us, held_board = excluded.held_board,
    final_board = NULL;

-- name: KeepBack :exec
UPDATE board SET final_board = @final_board WHERE contest_id = @contest_id AND held = 'frozen';

-- name: KeptBack :one
SELECT final_board FROM board WHERE contest_id = $1;

-- name: ReleaseBoard :execrows
UPDATE board SET held = NULL, held_at_us = NULL, held_board = NULL WHERE contest_id = $1 AND held = $2 AND final_board IS NULL;

-- name: Screen :one
SELECT seq, mode, round_id, division_id FROM hall_screen WHERE contest_id = $1;

-- name: SetScreen :one
INSERT INTO hall_screen (contest_id, mode, round_id, division_id) VALUES (@contest_id, @mode, @round_id, @division_id)
ON CONFLICT (contest_id) DO UPDATE SET seq = hall_screen.seq + 1, mode = excluded.mode, round_id = excluded.round_id,
    division_id = excluded.division_id
RETURNING seq;

-- name: RewriteHeldBoard :exec
UPDATE board SET held_board = @held_board, final_board = @final_board WHERE contest_id = @contest_id AND held IS NOT NULL;
