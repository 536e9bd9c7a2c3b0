-- name: CreateJudgedRound :exec
INSERT INTO judged_round (round_id, settings) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: JudgedRound :one
SELECT * FROM judged_round WHERE round_id = $1;

-- Raises the version of the round and holds its row until the transaction ends: changes of one round queue here.
-- name: NextSeq :one
UPDATE judged_round SET seq = seq + 1 WHERE round_id = $1 RETURNING *;

-- name: Versions :many
SELECT round_id, epoch, seq FROM judged_round WHERE round_id = ANY(@ids::bigint[]);

-- name: SetSettings :exec
UPDATE judged_round SET settings = $2 WHERE round_id = $1;

-- name: SetOrderSeed :exec
UPDATE judged_round SET order_seed = $2 WHERE round_id = $1;

-- name: CloseJudgedRound :exec
UPDATE judged_round SET closed_us = @closed_us::bigint, closed_by = @closed_by::bigint WHERE round_id = @round_id;

-- name: Criteria :many
SELECT * FROM criterion WHERE round_id = $1 ORDER BY position;

-- name: DeleteCriteria :exec
DELETE FROM criterion WHERE round_id = $1;

-- name: AddCriterion :exec
INSERT INTO criterion (round_id, position, name, description, max, step, weight, levels) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Panel :many
SELECT p.*, a.name FROM panel_seat p JOIN account a ON a.id = p.account_id WHERE p.round_id = $1 ORDER BY p.seat;

-- name: DeletePanel :exec
DELETE FROM panel_seat WHERE round_id = $1;

-- name: AddSeat :exec
INSERT INTO panel_seat (round_id, seat, account_id, head) VALUES ($1, $2, $3, $4);

-- name: SetAbsence :execrows
UPDATE panel_seat SET absent = $3, reason = $4 WHERE round_id = $1 AND seat = $2;

-- name: LeaveSeat :exec
UPDATE panel_seat SET absent = true, reason = @reason, left_us = @left_us WHERE round_id = @round_id AND seat = @seat;

-- name: JoinPanel :exec
INSERT INTO panel_seat (round_id, seat, account_id, replaces) VALUES (@round_id, @seat, @account_id, @replaces);

-- name: ClaimSeat :one
UPDATE panel_seat SET writer = nextval('sheet_writer') WHERE round_id = $1 AND account_id = $2 RETURNING writer;

-- Who may sit on a panel, and who may not because of another role.
-- name: RolesOf :many
SELECT a.id, a.name, g.role FROM account a JOIN account_grant g ON g.account_id = a.id
WHERE g.contest_id = $1 AND a.disabled_at IS NULL ORDER BY a.name, a.id, g.role;

-- name: CopyCriteria :exec
INSERT INTO criterion (round_id, position, name, description, max, step, weight, levels)
SELECT @to_round::bigint, c.position, c.name, c.description, c.max, c.step, c.weight, c.levels FROM criterion c WHERE c.round_id = @from_round::bigint;

-- Who was replaced there does not sit here.
-- name: CopyPanel :exec
INSERT INTO panel_seat (round_id, seat, account_id, head)
SELECT @to_round::bigint, row_number() OVER (ORDER BY coalesce(nullif(p.replaces, 0), p.seat), p.seat), p.account_id, p.head
FROM panel_seat p WHERE p.round_id = @from_round::bigint AND p.left_us = 0;

-- name: Performances :many
SELECT p.*, coalesce(e.name, p.title)::text AS entry_name, coalesce(e.number, 0)::integer AS entry_number,
       coalesce(e.state, 'active')::text AS entry_state, coalesce(u.name, '')::text AS unit_name
FROM performance p LEFT JOIN entry e ON e.id = p.entry_id
LEFT JOIN unit_in_contest u ON u.contest_id = e.contest_id AND u.unit_id = e.unit_id
WHERE p.round_id = $1 ORDER BY p.position;

-- name: ActiveEntries :many
SELECT id, number FROM round_entrant WHERE round_id = $1 ORDER BY number;

-- name: AddPerformance :exec
INSERT INTO performance (round_id, entry_id, position, title) VALUES (@round_id, @entry_id::bigint, @position, @title);

-- name: MovePerformance :exec
UPDATE performance SET position = $2, title = $3 WHERE id = $1;

-- name: RemovePerformance :exec
DELETE FROM performance WHERE id = $1 AND state = 'planned';

-- name: StartPerformance :exec
UPDATE performance SET state = 'on_stage', started_us = @started_us::bigint, ended_us = NULL, seconds = NULL, timed_by = 'clock',
    clock_state = @clock_state, clock_used_us = 0, clock_since_us = sqlc.narg(clock_since_us), clock_reason = '' WHERE id = @id;

-- name: FinishPerformance :exec
UPDATE performance SET state = 'done', ended_us = @ended_us::bigint, seconds = @seconds::bigint, timed_by = 'clock',
    clock_state = 'stopped', clock_used_us = @clock_used_us, clock_since_us = NULL, clock_reason = '' WHERE id = @id;

-- name: ReturnPerformance :exec
UPDATE performance SET state = 'planned', started_us = NULL, ended_us = NULL, seconds = NULL, timed_by = 'clock',
    clock_state = 'ready', clock_used_us = 0, clock_since_us = NULL, clock_reason = '' WHERE id = $1;

-- name: TimePerformance :exec
UPDATE performance SET seconds = @seconds::bigint, timed_by = 'timekeeper' WHERE id = @id;

-- name: Sheets :many
SELECT s.* FROM sheet s JOIN performance p ON p.id = s.performance_id WHERE p.round_id = $1 ORDER BY s.id;

-- The marks that count.
-- name: CountingMarks :many
SELECT DISTINCT ON (m.sheet_id, m.criterion_id) m.*
FROM mark m JOIN sheet s ON s.id = m.sheet_id JOIN performance p ON p.id = s.performance_id
WHERE p.round_id = $1 ORDER BY m.sheet_id, m.criterion_id, m.writer DESC, m.seq DESC;

-- name: HasMarks :one
SELECT EXISTS (SELECT 1 FROM mark m JOIN sheet s ON s.id = m.sheet_id WHERE s.performance_id = $1);

-- name: CreateSheet :exec
INSERT INTO sheet (performance_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: SheetOf :one
SELECT * FROM sheet WHERE performance_id = $1 AND account_id = $2;

-- name: MarkByKey :one
SELECT m.* FROM mark m JOIN sheet s ON s.id = m.sheet_id
WHERE s.performance_id = $1 AND s.account_id = $2 AND m.criterion_id = $3 AND m.writer = $4 AND m.seq = $5;

-- name: AddMark :exec
INSERT INTO mark (sheet_id, criterion_id, writer, seq, value, received_us) VALUES ($1, $2, $3, $4, $5, $6);

-- name: TouchSheet :exec
UPDATE sheet SET writer = $2, version = version + 1 WHERE id = $1;

-- name: LockSheet :exec
UPDATE sheet SET state = 'locked', locked_us = @locked_us::bigint, writer = @writer WHERE id = @id;

-- name: SeatsOf :many
SELECT r.contest_id, c.name AS contest_name, r.id AS round_id, r.name AS round_name, r.position, p.seat, p.head, (j.closed_us IS NOT NULL)::boolean AS closed,
       (SELECT count(*) FROM performance f WHERE f.round_id = r.id AND NOT f.calibration) AS performances,
       (SELECT count(*) FROM performance f WHERE f.round_id = r.id AND f.state <> 'planned' AND NOT f.calibration) AS begun,
       (SELECT count(*) FROM sheet s JOIN performance f ON f.id = s.performance_id
        WHERE f.round_id = r.id AND s.account_id = p.account_id AND s.state = 'locked' AND NOT f.calibration) AS locked,
       COALESCE((SELECT CASE WHEN e.id IS NULL THEN f.title
                             WHEN j.blind_seed IS NULL OR j.closed_us IS NOT NULL THEN e.name
                             ELSE (SELECT b.code FROM blind_code b WHERE b.round_id = r.id AND b.entry_id = e.id) END
                 FROM performance f LEFT JOIN entry e ON e.id = f.entry_id
                 WHERE f.round_id = r.id AND f.state = 'on_stage' LIMIT 1), '')::text AS on_stage
FROM panel_seat p JOIN judged_round j ON j.round_id = p.round_id JOIN round r ON r.id = p.round_id JOIN contest c ON c.id = r.contest_id
WHERE p.account_id = $1 AND c.state NOT IN ('archived')
ORDER BY c.id DESC, r.position;

-- name: WhoPerformed :many
SELECT entry_id::bigint FROM performance WHERE round_id = $1 AND state = 'done' AND NOT calibration;
