-- name: ControlPeriods :many
-- How far each period is: entries that have begun, attempts that run, entries with a finished attempt.
SELECT period_id, count(DISTINCT entry_id) AS started, count(*) FILTER (WHERE finished_us IS NULL) AS running,
       count(DISTINCT entry_id) FILTER (WHERE finished_us IS NOT NULL) AS finished, count(*) FILTER (WHERE finished_us IS NOT NULL) AS attempts,
       count(*) FILTER (WHERE finished_us IS NULL AND gone_us <> 0) AS gone,
       count(*) FILTER (WHERE finished_us IS NOT NULL AND scored_us IS NULL) AS unscored,
       count(*) FILTER (WHERE number = 1 AND started_us >= @since_us::bigint) AS today
FROM exam_attempt WHERE round_id = @round_id GROUP BY period_id;

-- name: ControlTotals :one
SELECT (SELECT count(*) FROM round_entrant e WHERE e.round_id = @round_id) AS entries,
       (SELECT count(DISTINCT a.entry_id) FROM exam_attempt a WHERE a.round_id = @round_id) AS started,
       (SELECT count(DISTINCT a.entry_id) FROM exam_attempt a WHERE a.round_id = @round_id AND a.finished_us IS NOT NULL) AS submitted,
       (SELECT count(*) FROM exam_message m WHERE m.round_id = @round_id AND m.kind = 'clarification' AND m.reply_us = 0) AS questions,
       (SELECT count(*) FROM exam_override o WHERE o.round_id = @round_id AND o.state = 'asked') AS asked,
       (SELECT count(*) FROM exam_appeal p WHERE p.round_id = @round_id AND p.state = 'open') AS appeals;

-- name: ControlUnits :many
-- Entries by unit, and how many of them have taken part in a period (0: in any).
SELECT coalesce(e.unit_id, 0)::bigint AS unit_id, count(*) AS entries,
       count(*) FILTER (WHERE t.entry_id IS NOT NULL) AS started, count(*) FILTER (WHERE t.done) AS finished,
       count(*) FILTER (WHERE t.first_us >= @since_us::bigint) AS today
FROM round_entrant e
LEFT JOIN (SELECT a.entry_id, bool_or(a.finished_us IS NOT NULL) AS done, min(a.started_us) AS first_us FROM exam_attempt a
           WHERE a.round_id = @round_id AND (@period_id::bigint = 0 OR a.period_id = @period_id::bigint) GROUP BY a.entry_id) t
     ON t.entry_id = e.id
WHERE e.round_id = @round_id GROUP BY 1;

-- name: ControlPlan :many
-- The units of a contest as they are on its day, with what is expected of those that are invited.
SELECT u.unit_id, u.name, coalesce(u.parent_id, 0)::bigint AS parent_id, (cu.unit_id IS NOT NULL)::boolean AS invited,
       coalesce(b.name, '')::text AS block, coalesce(b.position, 1000000)::integer AS block_position, coalesce(cu.target, -1)::integer AS target
FROM unit_in_contest u
LEFT JOIN contest_unit cu ON cu.contest_id = u.contest_id AND cu.unit_id = u.unit_id
LEFT JOIN contest_block b ON b.contest_id = cu.contest_id AND b.id = cu.block_id
WHERE u.contest_id = @contest_id;

-- name: ControlAbsent :many
-- Who of some units (none named: of all) has not begun in a period (0: in any).
SELECT e.id, e.number, e.name, e.phone, coalesce(u.name, '')::text AS unit_name
FROM round_entrant e LEFT JOIN unit u ON u.id = e.unit_id
WHERE e.round_id = @round_id
  AND (@everywhere::boolean OR coalesce(e.unit_id, 0) = ANY(@unit_ids::bigint[]))
  AND NOT EXISTS (SELECT 1 FROM exam_attempt a WHERE a.round_id = @round_id AND a.entry_id = e.id
                  AND (@period_id::bigint = 0 OR a.period_id = @period_id::bigint))
ORDER BY e.number LIMIT @many::int;

-- name: ControlFind :many
SELECT e.id, e.number, e.name, coalesce(u.name, '')::text AS unit_name,
       (SELECT count(*) FROM exam_attempt a WHERE a.round_id = @round_id AND a.entry_id = e.id) AS attempts,
       EXISTS (SELECT 1 FROM exam_attempt a WHERE a.round_id = @round_id AND a.entry_id = e.id AND a.finished_us IS NULL) AS running
FROM round_entrant e LEFT JOIN unit u ON u.id = e.unit_id
WHERE e.round_id = @round_id
  AND (e.number = @number::int OR @key::text <> '' AND e.search_key LIKE '%' || @key::text || '%')
ORDER BY (e.number = @number::int) DESC, e.number LIMIT 30;

-- name: ControlEntry :one
SELECT e.id, e.contest_id, e.number, e.name, e.phone, e.division_id, coalesce(e.unit_id, 0)::bigint AS unit_id, coalesce(u.name, '')::text AS unit_name,
       e.state
FROM entry e LEFT JOIN unit u ON u.id = e.unit_id WHERE e.id = @id AND e.contest_id = @contest_id;

-- name: ControlAttempts :many
SELECT a.id, a.period_id, a.number, a.pool_id, a.started_us, a.deadline_us, a.finished_us, coalesce(a.finish, '')::text AS finish, a.released, a.devices,
       a.gone_us, a.away, a.scored_us, a.points, a.correct, a.items, a.answered, a.time_us, a.counts,
       (SELECT count(DISTINCT r.place) FROM exam_response r WHERE r.attempt_id = a.id AND r.place > 0) AS places,
       coalesce((SELECT max(r.received_us) FROM exam_response r WHERE r.attempt_id = a.id), 0)::bigint AS last_us
FROM exam_attempt a WHERE a.round_id = @round_id AND a.entry_id = @entry_id ORDER BY a.period_id, a.number;

-- name: ControlPatterns :many
-- What people may want to look at: many devices, many times away, a device that has been gone for long.
SELECT a.id, a.entry_id, e.number AS entry_number, e.name, coalesce(u.name, '')::text AS unit_name, a.period_id, a.number, a.devices, a.away,
       a.started_us, a.deadline_us, a.paused_us, a.finished_us, a.gone_us, e.division_id
FROM exam_attempt a JOIN entry e ON e.id = a.entry_id LEFT JOIN unit u ON u.id = e.unit_id
WHERE a.round_id = @round_id
  AND (a.devices >= @devices::int OR a.away >= @away::int OR a.finished_us IS NULL AND a.gone_us <> 0 AND a.gone_us < @gone_before_us::bigint
       OR a.finished_us IS NULL AND @duration_us::bigint > 0 AND a.deadline_us - a.started_us - a.paused_us < @duration_us::bigint)
ORDER BY (a.finished_us IS NULL) DESC, a.devices DESC, a.away DESC, a.id LIMIT 200;

-- name: AddOverride :one
INSERT INTO exam_override (round_id, period_id, entry_id, unit_id, extra_us, opens_us, closes_us, attempts, reason, state, asked_us, asked_by,
                           decided_us, decided_by)
VALUES (@round_id, sqlc.narg('period_id'), sqlc.narg('entry_id'), sqlc.narg('unit_id'), @extra_us, sqlc.narg('opens_us'), sqlc.narg('closes_us'), @attempts,
        @reason, @state, @asked_us, @asked_by, @decided_us, @decided_by) RETURNING id;

-- name: LockOverride :one
SELECT * FROM exam_override WHERE id = @id AND round_id = @round_id FOR UPDATE;

-- name: DecideOverride :exec
UPDATE exam_override SET state = @state, decided_us = @decided_us, decided_by = @decided_by, decision = @decision WHERE id = @id;

-- name: Overrides :many
SELECT o.*, coalesce(a.name, '')::text AS asked_name, coalesce(d.name, '')::text AS decided_name, coalesce(e.name, '')::text AS entry_name,
       coalesce(e.number, 0)::integer AS entry_number, coalesce(u.name, '')::text AS unit_name
FROM exam_override o LEFT JOIN account a ON a.id = o.asked_by LEFT JOIN account d ON d.id = o.decided_by
LEFT JOIN entry e ON e.id = o.entry_id LEFT JOIN unit u ON u.id = o.unit_id
WHERE o.round_id = $1 ORDER BY (o.state = 'asked') DESC, o.id DESC LIMIT 1000;

-- name: UnitAndBelow :many
WITH RECURSIVE below AS (
    SELECT u.id FROM unit u WHERE u.id = $1
    UNION
    SELECT u.id FROM below b JOIN unit u ON u.parent_id = b.id
)
SELECT id::bigint AS id FROM below;

-- name: CountEntriesOf :one
SELECT count(*) FROM round_entrant WHERE round_id = @round_id AND unit_id = ANY(@unit_ids::bigint[]);

-- name: OpenAttemptsOf :many
-- The attempts that run, of an entry or of units.
SELECT a.id, a.period_id, a.entry_id, a.started_us, a.deadline_us, a.paused_us, e.division_id, coalesce(e.unit_id, 0)::bigint AS unit_id
FROM exam_attempt a JOIN entry e ON e.id = a.entry_id
WHERE a.round_id = @round_id AND a.finished_us IS NULL AND (@period_id::bigint = 0 OR a.period_id = @period_id::bigint)
  AND (a.entry_id = @entry_id::bigint OR e.unit_id = ANY(@unit_ids::bigint[]))
ORDER BY a.id;

-- name: SetDeadlines :exec
UPDATE exam_attempt a SET deadline_us = c.deadline_us
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@deadlines::bigint[]) AS deadline_us) AS c
WHERE a.id = c.id AND a.finished_us IS NULL;

-- name: AddMessage :one
INSERT INTO exam_message (round_id, kind, entry_id, attempt_id, place, body, at_us, by_id)
VALUES (@round_id, @kind, sqlc.narg('entry_id'), sqlc.narg('attempt_id'), sqlc.narg('place'), @body, @at_us, @by_id) RETURNING id;

-- name: LockMessage :one
SELECT * FROM exam_message WHERE id = @id AND round_id = @round_id FOR UPDATE;

-- name: ReplyMessage :exec
UPDATE exam_message SET reply = @reply, reply_us = @reply_us, reply_by = @reply_by, reply_all = @reply_all WHERE id = @id;

-- name: QuestionsOf :one
SELECT count(*) AS asked, count(*) FILTER (WHERE reply_us = 0) AS waiting FROM exam_message
WHERE round_id = @round_id AND entry_id = @entry_id AND kind = 'clarification';

-- name: Messages :many
SELECT m.*, coalesce(b.name, '')::text AS by_name, coalesce(p.name, '')::text AS reply_name, coalesce(e.name, '')::text AS entry_name,
       coalesce(e.number, 0)::integer AS entry_number, coalesce(u.name, '')::text AS unit_name
FROM exam_message m LEFT JOIN account b ON b.id = m.by_id LEFT JOIN account p ON p.id = m.reply_by
LEFT JOIN entry e ON e.id = m.entry_id LEFT JOIN unit u ON u.id = e.unit_id
WHERE m.round_id = $1 ORDER BY (m.kind = 'clarification' AND m.reply_us = 0) DESC, m.id DESC LIMIT 500;

-- name: RegradeAfter :many
-- What has a score and may hold an item of some pools, in the order of ids.
SELECT id, entry_id, period_id, pool_id, paper FROM exam_attempt
WHERE round_id = @round_id AND id > @after_id::bigint AND pool_id = ANY(@pool_ids::bigint[]) AND scored_us IS NOT NULL
ORDER BY id LIMIT @many::int;

-- name: ScoredSince :many
SELECT id, entry_id, period_id, pool_id, paper FROM exam_attempt
WHERE round_id = @round_id AND pool_id = ANY(@pool_ids::bigint[]) AND scored_us >= @since_us::bigint ORDER BY id;

-- name: AnswersAt :many
-- What stands in one place of each attempt.
SELECT DISTINCT ON (r.attempt_id) r.attempt_id, r.payload
FROM exam_response r JOIN (SELECT unnest(@ids::bigint[]) AS id, unnest(@places::smallint[]) AS place) c ON c.id = r.attempt_id AND c.place = r.place
ORDER BY r.attempt_id, r.writer DESC, r.seq DESC;

-- name: ShiftScores :exec
UPDATE exam_attempt a SET points = a.points + c.points, correct = a.correct + c.correct, items = a.items + c.items
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@points::bigint[]) AS points, unnest(@corrects::int[]) AS correct, unnest(@items::int[]) AS items) AS c
WHERE a.id = c.id;

-- name: NamesOf :many
SELECT e.id, e.number, e.name, coalesce(u.name, '')::text AS unit_name FROM entry e LEFT JOIN unit u ON u.id = e.unit_id WHERE e.id = ANY(@ids::bigint[]);

-- name: DrawnTimes :one
SELECT count(*) FROM exam_attempt WHERE round_id = $1 AND pool_id = ANY(@pool_ids::bigint[]);

-- name: PaperAt :one
SELECT pool_id, paper FROM exam_attempt WHERE round_id = @round_id AND id = @id;

-- name: LinkAppeal :execrows
UPDATE exam_appeal SET event_seq = @event_seq WHERE id = @id AND round_id = @round_id;

-- name: AccountNames :many
SELECT id, name FROM account WHERE id = ANY(@ids::bigint[]);
