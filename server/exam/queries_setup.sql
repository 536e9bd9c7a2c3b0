-- name: SetupCreate :exec
INSERT INTO exam_round (round_id, settings) VALUES ($1, $2);

-- name: SetupRow :one
SELECT round_id, version, settings, phase FROM exam_round WHERE round_id = $1;

-- name: SetupLock :one
SELECT round_id, version, settings, phase FROM exam_round WHERE round_id = $1 FOR UPDATE;

-- name: SetupSettings :exec
UPDATE exam_round SET settings = @settings, version = version + 1 WHERE round_id = @round_id;

-- name: SetupRaise :exec
UPDATE exam_round SET version = version + 1 WHERE round_id = $1;

-- name: SetupPeriods :many
SELECT p.id, p.position, p.name, p.actual, p.settled_us,
       EXISTS (SELECT 1 FROM exam_attempt a WHERE a.round_id = p.round_id AND a.period_id = p.id) AS taken
FROM exam_period p WHERE p.round_id = $1 ORDER BY p.position;

-- name: SetupWindows :many
SELECT w.period_id, w.division_id, w.opens_us, w.closes_us
FROM exam_window w JOIN exam_period p ON p.id = w.period_id
WHERE p.round_id = $1 ORDER BY w.period_id, w.division_id;

-- name: SetupPools :many
SELECT id, period_id, division_id, blueprint_id, created_us FROM exam_pool WHERE round_id = $1 ORDER BY period_id, division_id;

-- name: SetupAddPeriod :one
INSERT INTO exam_period (round_id, position, name) VALUES ($1, $2, $3) RETURNING id;

-- name: SetupPeriod :exec
UPDATE exam_period SET position = @position, name = @name WHERE id = @id AND round_id = @round_id;

-- name: SetupDropPeriods :exec
DELETE FROM exam_period WHERE round_id = @round_id AND NOT (id = ANY(@kept::bigint[]));

-- name: SetupDropWindows :exec
DELETE FROM exam_window WHERE period_id = $1;

-- name: SetupAddWindow :exec
INSERT INTO exam_window (period_id, division_id, opens_us, closes_us) VALUES ($1, $2, $3, $4);

-- name: SetupDropPool :exec
DELETE FROM exam_pool WHERE round_id = @round_id AND period_id = @period_id AND division_id = @division_id;

-- name: SetupTaking :many
-- The rounds of all contests that people may enter now by themselves, with their settings.
SELECT r.contest_id, x.settings FROM exam_round x JOIN round r ON r.id = x.round_id JOIN contest c ON c.id = r.contest_id
WHERE c.state IN ('open', 'running') AND c.entry_kind = 'person' AND c.rehearsal_of IS NULL AND x.phase NOT IN ('closed', 'scored')
  AND EXISTS (SELECT 1 FROM exam_period p JOIN exam_window w ON w.period_id = p.id
              WHERE p.round_id = x.round_id AND w.closes_us > @now_us::bigint);

-- name: SetupOpenEntries :many
-- The rounds of a contest that can still be taken, with their settings: open entry is one of them.
SELECT x.round_id, x.settings FROM exam_round x JOIN round r ON r.id = x.round_id
WHERE r.contest_id = @contest_id AND x.phase NOT IN ('closed', 'scored')
  AND EXISTS (SELECT 1 FROM exam_period p JOIN exam_window w ON w.period_id = p.id
              WHERE p.round_id = x.round_id AND w.closes_us > @now_us::bigint);
