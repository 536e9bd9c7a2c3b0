-- What leaders see of their units' people, and how far each unit is.

-- name: CountEntriesByUnit :many
-- Without the teams that units have named of their people: these have been counted alone.
SELECT e.unit_id::bigint AS unit_id, e.division_id, e.state, count(*) AS entries FROM entry e
WHERE e.contest_id = @contest_id::bigint AND e.unit_id IS NOT NULL AND e.source <> 'promotion' AND (@everywhere::boolean OR e.unit_id = ANY(@unit_ids::bigint[]))
GROUP BY e.unit_id, e.division_id, e.state;

-- name: CountRegistrationsByUnit :many
SELECT r.unit_id::bigint AS unit_id, r.division_id, r.state, count(*) AS registrations FROM registration r
WHERE r.contest_id = @contest_id::bigint AND r.unit_id IS NOT NULL AND r.state <> 'approved' AND (@everywhere::boolean OR r.unit_id = ANY(@unit_ids::bigint[]))
GROUP BY r.unit_id, r.division_id, r.state;

-- name: ListPeople :many
SELECT x.what, x.id, x.number, x.name, x.state, x.reason, x.unit_id, x.division_id, x.phone, x.email, x.findings, x.created_at,
       x.registration_id
FROM (
    SELECT 'entry'::text AS what, e.id, e.number, e.name, e.state, e.reason, coalesce(e.unit_id, 0)::bigint AS unit_id, e.division_id, e.phone,
           e.email, e.findings, e.created_at,
           coalesce((SELECT max(a.id) FROM registration a WHERE a.entry_id = e.id), 0)::bigint AS registration_id, 0 AS rank
    FROM entry e
    WHERE e.contest_id = @contest_id::bigint AND e.unit_id = ANY(@unit_ids::bigint[])
      AND (@state::text = '' OR e.state = @state::text) AND (@division_id::bigint = 0 OR e.division_id = @division_id::bigint)
      AND (@needle::text = '' OR e.search_key LIKE '%' || @needle::text || '%' OR e.number = @number::integer)
    UNION ALL
    SELECT 'registration'::text, r.id, 0, r.name, r.state, r.reason, coalesce(r.unit_id, 0)::bigint, r.division_id, r.phone, r.email, r.findings,
           r.created_at, r.id, 1
    FROM registration r
    WHERE r.contest_id = @contest_id::bigint AND r.unit_id = ANY(@unit_ids::bigint[]) AND r.state <> 'approved'
      AND (@state::text = '' OR r.state = @state::text) AND (@division_id::bigint = 0 OR r.division_id = @division_id::bigint)
      AND (@needle::text = '' OR r.search_key LIKE '%' || @needle::text || '%')
) x
ORDER BY x.rank DESC, x.number, x.id DESC
LIMIT @most::integer OFFSET @skip::integer;

-- name: CountPeople :one
SELECT ((SELECT count(*) FROM entry e
         WHERE e.contest_id = @contest_id::bigint AND e.unit_id = ANY(@unit_ids::bigint[])
           AND (@state::text = '' OR e.state = @state::text) AND (@division_id::bigint = 0 OR e.division_id = @division_id::bigint)
           AND (@needle::text = '' OR e.search_key LIKE '%' || @needle::text || '%' OR e.number = @number::integer))
      + (SELECT count(*) FROM registration r
         WHERE r.contest_id = @contest_id::bigint AND r.unit_id = ANY(@unit_ids::bigint[]) AND r.state <> 'approved'
           AND (@state::text = '' OR r.state = @state::text) AND (@division_id::bigint = 0 OR r.division_id = @division_id::bigint)
           AND (@needle::text = '' OR r.search_key LIKE '%' || @needle::text || '%')))::bigint AS people;

-- name: MemberNames :many
SELECT m.entry_id AS owner, m.name, m.role FROM member m WHERE m.entry_id = ANY(@ids::bigint[]) ORDER BY m.entry_id, m.position;

-- name: RegistrantNames :many
SELECT m.registration_id AS owner, m.name, m.role FROM registrant m WHERE m.registration_id = ANY(@ids::bigint[]) ORDER BY m.registration_id, m.position;

-- name: ActiveEntries :many
-- Those who enter a round; round 0: all of the contest.
SELECT e.id, e.number, e.name, e.unit_id::bigint AS unit_id, e.phone FROM entry e
WHERE e.contest_id = @contest_id::bigint AND e.state = 'active' AND e.unit_id IS NOT NULL
  AND (@round_id::bigint = 0 OR EXISTS (SELECT 1 FROM round r WHERE r.id = @round_id::bigint AND (r.entry_kind = '' OR r.entry_kind = e.kind)
       AND (r.list_of IS NULL OR EXISTS (SELECT 1 FROM round_entry x WHERE x.round_id = r.list_of AND x.entry_id = e.id))))
  AND (@everywhere::boolean OR e.unit_id = ANY(@unit_ids::bigint[]))
ORDER BY e.number;

-- name: AskedChanges :many
-- Which of some entries and registrations have a request for a change that waits for its answer.
SELECT coalesce(c.registration_id, 0)::bigint AS registration_id, coalesce(c.entry_id, r.entry_id, 0)::bigint AS entry_id
FROM change_request c LEFT JOIN registration r ON r.id = c.registration_id
WHERE c.contest_id = @contest_id::bigint AND c.state = 'open'
  AND (c.entry_id = ANY(@entry_ids::bigint[]) OR r.entry_id = ANY(@entry_ids::bigint[]) OR c.registration_id = ANY(@registration_ids::bigint[]));
