-- name: SetConduct :exec
UPDATE judged_round SET conduct = @conduct::bytea WHERE round_id = @round_id;

-- How the round is run, and what was agreed of it beforehand.
-- name: CopyConduct :exec
UPDATE judged_round t SET conduct = f.conduct, conflict_rule = f.conflict_rule, public_marks = f.public_marks, hall_score = f.hall_score,
    supervised = f.supervised
FROM judged_round f WHERE t.round_id = @to_round::bigint AND f.round_id = @from_round::bigint;

-- name: SetClock :exec
UPDATE performance SET clock_state = @clock_state, clock_used_us = @clock_used_us, clock_since_us = sqlc.narg(clock_since_us), clock_reason = @clock_reason
WHERE id = @id;

-- name: AddClockAct :exec
INSERT INTO clock_act (performance_id, at_us, act, used_us, before_us, reason, account_id) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- What was done at the clocks of a round, in time.
-- name: ClockActs :many
SELECT c.*, coalesce(a.name, '')::text AS account_name FROM clock_act c JOIN performance p ON p.id = c.performance_id
LEFT JOIN account a ON a.id = c.account_id
WHERE p.round_id = $1 ORDER BY c.id;

-- In front of the running order, before those that stand there already.
-- name: AddCalibration :exec
INSERT INTO performance (round_id, entry_id, position, title, calibration)
SELECT @round_id::bigint, NULL, least(coalesce(min(position), 1), 1) - 1, @title::text, true FROM performance WHERE round_id = @round_id::bigint;

-- name: RemoveCalibration :exec
DELETE FROM performance WHERE id = $1 AND calibration;

-- Marked without having been on stage: it counts as over.
-- name: OpenFreely :exec
UPDATE performance SET state = 'done', seconds = 0, clock_state = 'stopped' WHERE id = $1 AND state = 'planned';

-- name: Notes :many
SELECT n.* FROM judge_note n JOIN performance p ON p.id = n.performance_id
WHERE p.round_id = $1 AND n.account_id = $2 ORDER BY p.position;

-- A later note of the same judge stands against an earlier one that comes late.
-- name: PutNote :exec
INSERT INTO judge_note (performance_id, account_id, writer, seq, body, saved_us) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (performance_id, account_id) DO UPDATE SET writer = excluded.writer, seq = excluded.seq, body = excluded.body, saved_us = excluded.saved_us
WHERE (judge_note.writer, judge_note.seq) < (excluded.writer, excluded.seq);

-- Who asks to write a note: the number of the device that may, and whether the round is still open.
-- name: NotePlace :one
SELECT s.writer, (j.closed_us IS NOT NULL)::boolean AS closed
FROM performance p JOIN judged_round j ON j.round_id = p.round_id JOIN panel_seat s ON s.round_id = p.round_id
WHERE p.id = $1 AND p.round_id = $2 AND s.account_id = $3;

-- The judged rounds of a contest and what is on stage in each.
-- name: EveningRounds :many
SELECT r.id, r.name, r.position, j.epoch, j.seq, (j.closed_us IS NOT NULL)::boolean AS closed,
       coalesce(p.id, 0)::bigint AS on_stage, coalesce(p.started_us, 0)::bigint AS since_us
FROM round r JOIN judged_round j ON j.round_id = r.id
LEFT JOIN performance p ON p.round_id = r.id AND p.state = 'on_stage'
WHERE r.contest_id = $1 ORDER BY r.position, r.id;

-- name: EveningSeats :many
SELECT s.account_id, s.round_id FROM panel_seat s JOIN round r ON r.id = s.round_id WHERE r.contest_id = $1;

-- The versions of whole evenings.
-- name: EveningVersions :many
SELECT r.contest_id, sum(j.seq)::bigint AS seq FROM judged_round j JOIN round r ON r.id = j.round_id
WHERE r.contest_id = ANY(@ids::bigint[]) GROUP BY r.contest_id;
