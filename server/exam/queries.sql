-- name: Round :one
SELECT * FROM exam_round WHERE round_id = $1;

-- name: LockRound :one
-- Whoever changes a round, or counts its scores, holds its row. It does not keep attempts from beginning.
SELECT * FROM exam_round WHERE round_id = $1 FOR NO KEY UPDATE;

-- name: Positions :many
-- The rounds that a node looks after: those that somebody on it follows, and those that the clock moves.
SELECT round_id, seq, version, scores_version, phase FROM exam_round
WHERE round_id = ANY(@round_ids::bigint[]) OR phase IN ('ready', 'running', 'paused', 'closed');

-- name: Periods :many
SELECT * FROM exam_period WHERE round_id = $1 ORDER BY position, id;

-- name: Windows :many
SELECT w.* FROM exam_window w JOIN exam_period p ON p.id = w.period_id WHERE p.round_id = $1 ORDER BY w.period_id, w.division_id;

-- name: Pools :many
SELECT id, period_id, division_id, blueprint_id, content_hash, created_us FROM exam_pool WHERE round_id = $1 ORDER BY id;

-- name: PoolContents :many
SELECT id, content, content_hash FROM exam_pool WHERE id = ANY(@ids::bigint[]);

-- name: DropPools :exec
-- Only a period of which nobody has a paper yet gets other pools.
DELETE FROM exam_pool p WHERE p.period_id = @period_id
  AND NOT EXISTS (SELECT 1 FROM exam_attempt a WHERE a.round_id = p.round_id AND a.pool_id = p.id);

-- name: AddPool :execrows
INSERT INTO exam_pool (round_id, period_id, division_id, blueprint_id, content, content_hash, created_us)
VALUES (@round_id, @period_id, @division_id, @blueprint_id, @content, @content_hash, @created_us)
ON CONFLICT (period_id, division_id) DO NOTHING;

-- name: GrantedOverrides :many
SELECT * FROM exam_override WHERE round_id = $1 AND state = 'granted' ORDER BY id;

-- name: UnitsBelow :many
-- The units of overrides, each with all units below it.
WITH RECURSIVE below AS (
    SELECT o.id AS override_id, o.unit_id FROM exam_override o
    WHERE o.round_id = $1 AND o.state = 'granted' AND o.unit_id IS NOT NULL
    UNION
    SELECT b.override_id, u.id FROM below b JOIN unit u ON u.parent_id = b.unit_id
)
SELECT override_id::bigint AS override_id, unit_id::bigint AS unit_id FROM below ORDER BY 1, 2;

-- name: EventsAfter :many
SELECT seq, at_us, by_id, payload FROM exam_event WHERE round_id = $1 AND seq > $2 ORDER BY seq;

-- name: AppendEvent :exec
INSERT INTO exam_event (round_id, seq, at_us, by_id, payload) VALUES ($1, $2, $3, $4, $5);

-- name: Advance :exec
UPDATE exam_round SET seq = @seq, phase = @phase, paused_at_us = @paused_at_us, published_us = @published_us,
       scores_version = scores_version + @scores::bigint
WHERE round_id = @round_id;

-- name: LockExclusive :exec
SELECT pg_advisory_xact_lock(@class::int, @round::int);

-- name: Contestants :many
SELECT e.id, e.contest_id, e.division_id, coalesce(e.unit_id, 0)::bigint AS unit_id, e.number, e.name, e.state,
       coalesce(u.name, '')::text AS unit_name,
       EXISTS (SELECT 1 FROM round r WHERE r.id = @round_id::bigint AND (r.entry_kind = '' OR r.entry_kind = e.kind)
               AND (r.list_of IS NULL OR EXISTS (SELECT 1 FROM round_entry x WHERE x.round_id = r.list_of AND x.entry_id = e.id))) AS enters
FROM entry e LEFT JOIN unit u ON u.id = e.unit_id WHERE e.id = ANY(@ids::bigint[]);

-- name: AttemptsOf :many
-- All attempts of some entries; the paper only of those that run, or of all.
SELECT id, period_id, entry_id, number, pool_id, started_us, deadline_us, finished_us, coalesce(finish, '')::text AS finish, writer, device_id,
       released, gone_us, scored_us, points, correct, items, answered, time_us, guess, counts,
       CASE WHEN finished_us IS NULL OR @papers::bool THEN paper ELSE ''::bytea END::bytea AS paper
FROM exam_attempt WHERE round_id = @round_id AND entry_id = ANY(@entry_ids::bigint[])
ORDER BY entry_id, period_id, number;

-- name: Sittings :many
SELECT id, entry_id, pool_id, paper FROM exam_attempt WHERE round_id = @round_id AND id = ANY(@ids::bigint[]);

-- name: FinalResponses :many
-- What stands in each place of some attempts.
SELECT DISTINCT ON (attempt_id, place) attempt_id, place, writer, seq, received_us, payload
FROM exam_response WHERE attempt_id = ANY(@attempt_ids::bigint[])
ORDER BY attempt_id, place, writer DESC, seq DESC;

-- name: MessagesFor :many
-- What some entries may read: announcements, what was said to them, their own questions, and answers shown to all.
SELECT id, kind, coalesce(entry_id, 0)::bigint AS entry_id, coalesce(place, 0)::smallint AS place, body, at_us, by_id, reply, reply_us, reply_all
FROM exam_message WHERE round_id = @round_id AND (entry_id IS NULL OR reply_all OR entry_id = ANY(@entry_ids::bigint[]))
ORDER BY id DESC LIMIT 20000;

-- name: Keep :many
-- The device that answers keeps its number when it comes back.
UPDATE exam_attempt a SET gone_us = 0
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@devices::bigint[]) AS device_id) AS c
WHERE a.round_id = @round_id AND a.id = c.id AND a.device_id = c.device_id AND a.finished_us IS NULL
RETURNING a.id, a.writer;

-- name: TakeOver :many
-- Another device takes over from one that was released, or that has no connection any more.
UPDATE exam_attempt a SET writer = a.writer + 1, device_id = c.device_id, devices = a.devices + 1, released = false, gone_us = 0
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@devices::bigint[]) AS device_id) AS c
WHERE a.round_id = @round_id AND a.id = c.id AND a.device_id <> c.device_id AND a.finished_us IS NULL AND (a.released OR a.gone_us <> 0)
RETURNING a.id, a.writer;

-- name: Gone :exec
UPDATE exam_attempt a SET gone_us = @now_us::bigint
FROM (SELECT unnest(@entry_ids::bigint[]) AS entry_id, unnest(@devices::bigint[]) AS device_id) AS c
WHERE a.round_id = @round_id AND a.entry_id = c.entry_id AND a.device_id = c.device_id AND a.finished_us IS NULL AND a.gone_us = 0;

-- name: Back :exec
UPDATE exam_attempt a SET gone_us = 0
FROM (SELECT unnest(@entry_ids::bigint[]) AS entry_id, unnest(@devices::bigint[]) AS device_id) AS c
WHERE a.round_id = @round_id AND a.entry_id = c.entry_id AND a.device_id = c.device_id AND a.finished_us IS NULL AND a.gone_us <> 0;

-- name: Release :many
-- device 0: an organizer's word.
UPDATE exam_attempt SET released = true
WHERE round_id = @round_id AND entry_id = @entry_id AND finished_us IS NULL AND (@device::bigint = 0 OR device_id = @device::bigint)
RETURNING id;

-- name: Away :execrows
UPDATE exam_attempt SET away = least(away + @times::int, 1000000)
WHERE round_id = @round_id AND id = @id AND entry_id = @entry_id AND finished_us IS NULL;

-- name: AnyDue :one
SELECT EXISTS (SELECT 1 FROM exam_attempt WHERE round_id = @round_id AND finished_us IS NULL AND deadline_us <= @latest_us::bigint);

-- name: CloseDue :many
-- What the clock submits: the recorded finish is the deadline. A round that stands still closes nothing.
UPDATE exam_attempt SET finished_us = deadline_us, finish = 'deadline'
WHERE id IN (SELECT a.id FROM exam_attempt a JOIN exam_round x ON x.round_id = a.round_id AND x.paused_at_us = 0
             WHERE a.round_id = @round_id AND a.finished_us IS NULL AND a.deadline_us <= @latest_us::bigint
             ORDER BY a.id LIMIT @many::int FOR NO KEY UPDATE OF a SKIP LOCKED)
RETURNING id, entry_id;

-- name: Unscored :many
SELECT id, entry_id, period_id, pool_id, paper, started_us, finished_us::bigint AS finished_us, paused_us FROM exam_attempt
WHERE round_id = @round_id AND finished_us IS NOT NULL AND scored_us IS NULL
ORDER BY id LIMIT @many::int FOR NO KEY UPDATE SKIP LOCKED;

-- name: SaveScores :exec
UPDATE exam_attempt a SET scored_us = @scored_us::bigint, points = c.points, correct = c.correct, items = c.items, answered = c.answered,
       time_us = c.time_us, guess = CASE WHEN c.guess < 0 THEN NULL ELSE c.guess END
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@points::bigint[]) AS points, unnest(@corrects::int[]) AS correct, unnest(@items::int[]) AS items,
             unnest(@answereds::int[]) AS answered, unnest(@times::bigint[]) AS time_us, unnest(@guesses::bigint[]) AS guess) AS c
WHERE a.id = c.id;

-- name: Rivals :many
-- The scored attempts among which one counts, of some entries in a period.
SELECT id, entry_id, number, points, correct, time_us, finished_us::bigint AS finished_us, guess, counts FROM exam_attempt
WHERE round_id = @round_id AND period_id = @period_id AND entry_id = ANY(@entry_ids::bigint[]) AND scored_us IS NOT NULL
ORDER BY entry_id, number;

-- name: RivalsAfter :many
-- The same of entries in their order, for a whole period.
SELECT id, entry_id, number, points, correct, time_us, finished_us::bigint AS finished_us, guess, counts FROM exam_attempt
WHERE round_id = @round_id AND period_id = @period_id AND entry_id > @after_entry::bigint AND scored_us IS NOT NULL
ORDER BY entry_id, number LIMIT @many::int;

-- name: SetCounts :exec
UPDATE exam_attempt a SET counts = (a.id = ANY(@counting::bigint[]))
WHERE a.id = ANY(@ids::bigint[]);

-- name: RaiseScores :exec
UPDATE exam_round SET scores_version = scores_version + 1 WHERE round_id = $1;

-- name: UnscoreRound :execrows
-- After a correction everything is scored again; what stands until then is shown.
UPDATE exam_attempt SET scored_us = NULL WHERE round_id = $1 AND scored_us IS NOT NULL;

-- name: Unfinished :one
-- What of a period is not over, or not scored: each by its own small index.
SELECT (SELECT count(*) FROM exam_attempt o WHERE o.round_id = @round_id AND o.finished_us IS NULL AND o.period_id = @period_id) AS open,
       (SELECT count(*) FROM exam_attempt u WHERE u.round_id = @round_id AND u.finished_us IS NOT NULL AND u.scored_us IS NULL
               AND u.period_id = @period_id) AS unscored;

-- name: AllRight :one
-- Entries that took part in a period, and those among them that had every item right.
SELECT count(*) AS entrants, count(*) FILTER (WHERE correct = items AND items > 0) AS all_right FROM exam_attempt
WHERE period_id = @period_id AND counts;

-- name: SettlePeriod :exec
UPDATE exam_period SET actual = @actual, settled_us = @settled_us WHERE id = @id;

-- name: UnsettlePeriod :exec
UPDATE exam_period SET actual = NULL, settled_us = 0 WHERE id = @id;

-- name: GiveDeadlinesBack :execrows
-- After a pause: what still ran when it began gets all of it back.
UPDATE exam_attempt SET deadline_us = deadline_us + @length_us::bigint, paused_us = paused_us + @length_us::bigint
WHERE round_id = @round_id AND finished_us IS NULL AND deadline_us > @paused_at_us::bigint;

-- name: MoveWindow :exec
UPDATE exam_window SET opens_us = @opens_us, closes_us = @closes_us WHERE period_id = @period_id AND division_id = @division_id;

-- name: MoveOverride :exec
UPDATE exam_override SET opens_us = @opens_us, closes_us = @closes_us WHERE id = @id;

-- name: ExtendDeadlines :execrows
-- Whoever's time has just run out gets the extension from now on.
UPDATE exam_attempt SET deadline_us = greatest(deadline_us, @now_us::bigint) + @by_us::bigint
WHERE round_id = @round_id AND finished_us IS NULL AND (@period_id::bigint = 0 OR period_id = @period_id::bigint);

-- name: OpenAttemptEntries :many
SELECT entry_id FROM exam_attempt WHERE round_id = $1 AND finished_us IS NULL;

-- name: WhoTookPart :many
SELECT DISTINCT entry_id FROM exam_attempt WHERE round_id = $1;

-- name: FinishedAfter :many
-- Everything that was finished, in the order of ids, to be scored anew.
SELECT id, entry_id, period_id, number, pool_id, paper, started_us, finished_us::bigint AS finished_us, paused_us FROM exam_attempt
WHERE round_id = @round_id AND id > @after_id::bigint AND finished_us IS NOT NULL ORDER BY id LIMIT @many::int;
