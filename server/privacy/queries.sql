-- name: LockPerson :exec
SELECT pg_advisory_xact_lock(@class::integer, @person::integer);

-- name: InsertRequest :one
INSERT INTO data_request (contest_id, registration_id, entry_id, kind, words, answer_due, done_due)
VALUES (@contest_id, nullif(@registration_id::bigint, 0), nullif(@entry_id::bigint, 0), @kind, @words, @answer_due, @done_due)
RETURNING id;

-- name: CountRequestsOf :one
SELECT count(*) FILTER (WHERE kind = @kind AND state IN ('open', 'accepted')) AS same,
       count(*) FILTER (WHERE created_at > now() - interval '1 day') AS lately
FROM data_request
WHERE contest_id = @contest_id AND ((entry_id = @entry_id::bigint AND @entry_id::bigint <> 0)
      OR (registration_id = @registration_id::bigint AND @registration_id::bigint <> 0));

-- name: RequestsOf :many
SELECT * FROM data_request
WHERE contest_id = @contest_id AND ((entry_id = @entry_id::bigint AND @entry_id::bigint <> 0)
      OR (registration_id = @registration_id::bigint AND @registration_id::bigint <> 0))
ORDER BY id DESC LIMIT 100;

-- name: CancelRequest :execrows
UPDATE data_request SET state = 'cancelled', done_at = now()
WHERE id = @id AND contest_id = @contest_id AND state IN ('open', 'accepted')
  AND ((entry_id = @entry_id::bigint AND @entry_id::bigint <> 0)
      OR (registration_id = @registration_id::bigint AND @registration_id::bigint <> 0));

-- name: ListRequests :many
SELECT d.*, coalesce(e.name, r.name, '')::text AS name, coalesce(e.number, 0)::integer AS number
FROM data_request d LEFT JOIN entry e ON e.id = d.entry_id LEFT JOIN registration r ON r.id = d.registration_id
WHERE d.contest_id = @contest_id AND (d.state IN ('open', 'accepted')) = @waiting::boolean
ORDER BY CASE WHEN @waiting::boolean THEN least(d.done_due, CASE WHEN d.state = 'open' THEN d.answer_due ELSE d.done_due END) END, d.id DESC
LIMIT @most::integer OFFSET @skip::integer;

-- name: CountRequests :one
SELECT count(*) FILTER (WHERE state IN ('open', 'accepted')) AS waiting,
       count(*) FILTER (WHERE (state = 'open' AND answer_due < now()) OR (state IN ('open', 'accepted') AND done_due < now())) AS overdue,
       count(*) FILTER (WHERE state NOT IN ('open', 'accepted')) AS ended
FROM data_request WHERE contest_id = $1;

-- name: LockRequest :one
SELECT d.*, coalesce(r.email, e.email, '')::text AS email, coalesce(e.name, r.name, '')::text AS name
FROM data_request d LEFT JOIN entry e ON e.id = d.entry_id LEFT JOIN registration r ON r.id = d.registration_id
WHERE d.id = @id AND d.contest_id = @contest_id FOR UPDATE OF d;

-- name: AnswerRequest :exec
UPDATE data_request SET state = @state, answer = @answer, answered_at = coalesce(answered_at, now()), decided_by = sqlc.narg(decided_by)::bigint,
       done_at = CASE WHEN @ended::boolean THEN now() END
WHERE id = @id;

-- name: ForgetWords :exec
UPDATE data_request SET words = '', answer = CASE WHEN kind = 'erase' THEN answer ELSE '' END
WHERE contest_id = @contest_id AND (entry_id = @entry_id::bigint OR registration_id = @registration_id::bigint);

-- name: NoteAccess :exec
INSERT INTO data_access (contest_id, entry_id, account_id, purpose) VALUES (@contest_id, @entry_id, @account_id, @purpose) ON CONFLICT DO NOTHING;

-- name: AccessesOf :many
SELECT a.name, d.purpose, d.at FROM data_access d JOIN account a ON a.id = d.account_id
WHERE d.entry_id = $1 ORDER BY d.at DESC LIMIT 200;

-- name: Handled :many
-- What was done with the whole list, from the record of acts: exports, cards, imports.
SELECT action, actor, at_us FROM audit_event
WHERE chain = @contest_id AND action = ANY(@actions::text[]) AND at_us >= @since_us::bigint
ORDER BY seq DESC LIMIT 50;

-- name: Keeping :one
SELECT keep_months, ended_at, reminded_at FROM data_keeping WHERE contest_id = $1;

-- name: SetKeepMonths :exec
INSERT INTO data_keeping (contest_id, keep_months) VALUES (@contest_id, @keep_months)
ON CONFLICT (contest_id) DO UPDATE SET keep_months = excluded.keep_months, reminded_at = NULL;

-- name: CountKept :one
SELECT (SELECT count(*) FROM entry e WHERE e.contest_id = @contest_id::bigint AND e.erased_at IS NULL)::bigint AS entries,
       (SELECT count(*) FROM registration r WHERE r.contest_id = @contest_id::bigint AND r.erased_at IS NULL AND r.entry_id IS NULL)::bigint AS registrations;

-- name: NoteEnds :exec
-- When a contest ended stands in the record of acts.
INSERT INTO data_keeping (contest_id, ended_at)
SELECT c.id, coalesce((SELECT to_timestamp(min(a.at_us) / 1000000.0) FROM audit_event a
                       WHERE a.chain = c.id AND a.action = 'contest.state' AND convert_from(a.payload, 'UTF8') LIKE '%"to":"ended"%'), now())
FROM contest c LEFT JOIN data_keeping k ON k.contest_id = c.id
WHERE c.state IN ('ended', 'finalized', 'archived') AND c.rehearsal_of IS NULL AND k.ended_at IS NULL
  AND (@one_contest::bigint = 0 OR c.id = @one_contest::bigint)
ON CONFLICT (contest_id) DO UPDATE SET ended_at = excluded.ended_at;

-- name: KeptTooLong :many
SELECT k.contest_id, c.name, c.organizer_name FROM data_keeping k JOIN contest c ON c.id = k.contest_id
WHERE k.ended_at IS NOT NULL AND k.reminded_at IS NULL AND k.ended_at + make_interval(months => k.keep_months) < now()
  AND (EXISTS (SELECT 1 FROM entry e WHERE e.contest_id = k.contest_id AND e.erased_at IS NULL)
       OR EXISTS (SELECT 1 FROM registration r WHERE r.contest_id = k.contest_id AND r.erased_at IS NULL))
LIMIT 50;

-- name: NoteReminded :execrows
UPDATE data_keeping SET reminded_at = now() WHERE contest_id = $1 AND reminded_at IS NULL;

-- name: OrganizersOf :many
SELECT a.login, a.name FROM account_grant g JOIN account a ON a.id = g.account_id
WHERE g.contest_id = $1 AND g.role = 'organizer' AND a.disabled_at IS NULL ORDER BY a.id;

-- name: NextToErase :many
SELECT e.id AS entry_id, 0::bigint AS registration_id FROM entry e WHERE e.contest_id = @contest_id::bigint AND e.erased_at IS NULL
UNION ALL
SELECT 0::bigint, r.id FROM registration r WHERE r.contest_id = @contest_id::bigint AND r.erased_at IS NULL AND r.entry_id IS NULL
LIMIT 200;
