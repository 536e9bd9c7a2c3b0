-- name: ResultPeople :many
-- The entries of a round as standings name them.
SELECT e.id, e.division_id, coalesce(e.unit_id, 0)::bigint AS unit_id, e.kind, e.number, e.name, e.search_key, e.name_hidden,
       (e.erased_at IS NOT NULL)::boolean AS erased
FROM round_entrant r JOIN entry e ON e.id = r.id WHERE r.round_id = $1;

-- name: ResultNames :many
-- The same of some entries.
SELECT id, division_id, coalesce(unit_id, 0)::bigint AS unit_id, kind, number, name, search_key, name_hidden, (erased_at IS NOT NULL)::boolean AS erased
FROM entry WHERE contest_id = @contest_id AND id = ANY(@ids::bigint[]);

-- name: ResultUnits :many
-- The units of a contest as they are on its day, with what is expected of those that are invited.
SELECT u.unit_id, u.name, coalesce(u.parent_id, 0)::bigint AS parent_id, (cu.unit_id IS NOT NULL)::boolean AS invited,
       coalesce(b.id, 0)::bigint AS block_id, coalesce(b.name, '')::text AS block, coalesce(b.position, 1000000)::integer AS block_position,
       coalesce(cu.target, 0)::integer AS target, coalesce(cu.headcount, 0)::integer AS headcount
FROM unit_in_contest u
LEFT JOIN contest_unit cu ON cu.contest_id = u.contest_id AND cu.unit_id = u.unit_id
LEFT JOIN contest_block b ON b.contest_id = cu.contest_id AND b.id = cu.block_id
WHERE u.contest_id = $1;

-- name: ResultAttempt :one
SELECT id, period_id, entry_id, number, pool_id, paper, finished_us, scored_us FROM exam_attempt WHERE round_id = @round_id AND id = @id;

-- name: ResultResponses :many
-- Everything that was said in some attempts, also what a later answer replaced.
SELECT attempt_id, place, writer, seq, received_us, payload FROM exam_response
WHERE attempt_id = ANY(@attempt_ids::bigint[]) ORDER BY attempt_id, place, writer, seq;

-- name: CountingAfter :many
-- The attempts that count in a period, in the order of ids, with their papers. A share is asked for only of very many: a
-- condition that the planner can't judge would make it read the whole table for each chunk.
SELECT id, entry_id, pool_id, paper FROM exam_attempt
WHERE period_id = @period_id AND counts AND id > @after_id::bigint AND (@every::bigint = 1 OR id % @every::bigint = 0)
ORDER BY id LIMIT @many::int;

-- name: CountCounting :one
SELECT count(*) FROM exam_attempt WHERE period_id = $1 AND counts;

-- name: LateResponses :one
SELECT count(*) FROM exam_attempt a JOIN exam_response r ON r.attempt_id = a.id
WHERE a.round_id = @round_id AND a.finished_us IS NOT NULL AND r.received_us > a.deadline_us + @grace_us::bigint;

-- name: StrayAttempts :one
-- Attempts that belong to nobody, or whose pool is not one of the round's.
SELECT count(*) FROM exam_attempt a WHERE a.round_id = @round_id
  AND (NOT EXISTS (SELECT 1 FROM entry e JOIN round x ON x.contest_id = e.contest_id WHERE e.id = a.entry_id AND x.id = a.round_id)
    OR NOT EXISTS (SELECT 1 FROM exam_pool p WHERE p.id = a.pool_id AND p.round_id = a.round_id));

-- name: StrayResponses :one
SELECT EXISTS (SELECT 1 FROM exam_response r WHERE NOT EXISTS (SELECT 1 FROM exam_attempt a WHERE a.id = r.attempt_id));

-- name: StoredScores :many
SELECT id, points, correct, items, answered, time_us, guess, counts, (scored_us IS NOT NULL)::boolean AS scored FROM exam_attempt
WHERE round_id = @round_id AND id = ANY(@ids::bigint[]);

-- name: AppealsOfEntry :many
SELECT * FROM exam_appeal WHERE round_id = @round_id AND entry_id = @entry_id ORDER BY id DESC;

-- name: AppealsOfRound :many
SELECT p.*, a.period_id, a.number AS attempt_number, e.number AS entry_number, e.name AS entry_name, coalesce(u.name, '')::text AS unit_name
FROM exam_appeal p JOIN exam_attempt a ON a.id = p.attempt_id JOIN entry e ON e.id = p.entry_id LEFT JOIN unit u ON u.id = e.unit_id
WHERE p.round_id = @round_id AND (@state::text = '' OR p.state = @state::text)
ORDER BY (p.state = 'open') DESC, p.id LIMIT @many::int OFFSET @from_row::int;

-- name: CountAppeals :many
SELECT state, count(*) AS appeals FROM exam_appeal WHERE round_id = $1 GROUP BY state;

-- name: AddAppeal :one
INSERT INTO exam_appeal (round_id, entry_id, attempt_id, place, body, at_us) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (attempt_id, place) WHERE state = 'open' DO NOTHING RETURNING id;

-- name: AppealsAbout :one
SELECT count(*) FROM exam_appeal WHERE attempt_id = @attempt_id AND place = @place AND state <> 'withdrawn';

-- name: WithdrawAppeal :execrows
UPDATE exam_appeal SET state = 'withdrawn' WHERE id = @id AND round_id = @round_id AND entry_id = @entry_id AND state = 'open';

-- name: AnswerAppeal :one
UPDATE exam_appeal SET state = @state, answer = @answer, answered_us = @answered_us, answered_by = @answered_by
WHERE id = @id AND round_id = @round_id AND state = 'open' RETURNING entry_id, attempt_id, place;
