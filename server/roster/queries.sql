-- name: LockRoster :exec
SELECT pg_advisory_xact_lock(@class::integer, @contest::integer);

-- name: HighestNumber :one
SELECT coalesce(max(number), 0)::integer FROM entry WHERE contest_id = $1;

-- name: NumbersTaken :many
SELECT number FROM entry WHERE contest_id = @contest_id AND number = ANY(@numbers::integer[]);

-- name: InsertEntries :many
INSERT INTO entry (contest_id, division_id, unit_id, kind, name, search_key, same_key, number, phone, email,
                   code_mac, code_sealed, link_mac, link_sealed, findings, source)
SELECT @contest_id::bigint, n.division_id, nullif(n.unit_id, 0), @kind::text, n.name, n.search_key, n.same_key, n.number, n.phone,
       n.email, n.code_mac, n.code_sealed, n.link_mac, n.link_sealed, n.findings::jsonb, @source::text
FROM (SELECT unnest(@division_ids::bigint[]) AS division_id, unnest(@unit_ids::bigint[]) AS unit_id,
             unnest(@names::text[]) AS name, unnest(@search_keys::text[]) AS search_key,
             unnest(@same_keys::text[]) AS same_key, unnest(@numbers::integer[]) AS number,
             unnest(@phones::text[]) AS phone, unnest(@emails::text[]) AS email,
             unnest(@code_macs::bytea[]) AS code_mac, unnest(@codes_sealed::bytea[]) AS code_sealed,
             unnest(@link_macs::bytea[]) AS link_mac, unnest(@links_sealed::bytea[]) AS link_sealed,
             unnest(@findings::text[]) AS findings) n
RETURNING id, number;

-- name: MembersIn :many
SELECT m.entry_id, m.id, m.name, m.role FROM member m JOIN entry e ON e.id = m.entry_id
WHERE e.contest_id = @contest_id::bigint ORDER BY m.entry_id, m.position;

-- name: AllEntries :many
SELECT e.id, e.contest_id, e.division_id, coalesce(e.unit_id, 0)::bigint AS unit_id, coalesce(u.name, '')::text AS unit_name,
       e.kind, e.number, e.name, e.state
FROM entry e LEFT JOIN unit_in_contest u ON u.contest_id = e.contest_id AND u.unit_id = e.unit_id
WHERE e.contest_id = @contest_id::bigint AND e.state = 'active'
ORDER BY e.number;

-- name: EntryIn :one
SELECT e.id, e.contest_id, e.division_id, coalesce(e.unit_id, 0)::bigint AS unit_id, coalesce(u.name, '')::text AS unit_name,
       e.kind, e.number, e.name, e.state, e.phone, e.email, e.reason, e.source, e.code_version, e.created_at, e.findings
FROM entry e LEFT JOIN unit_in_contest u ON u.contest_id = e.contest_id AND u.unit_id = e.unit_id
WHERE e.id = @id::bigint AND (@contest_id::bigint = 0 OR e.contest_id = @contest_id::bigint);

-- name: SecretsOf :many
SELECT e.id, e.number, e.name, e.code_sealed, e.link_sealed, coalesce(u.name, '')::text AS unit_name
FROM entry e LEFT JOIN unit_in_contest u ON u.contest_id = e.contest_id AND u.unit_id = e.unit_id
WHERE e.contest_id = @contest_id::bigint AND e.state = 'active'
  AND (@everyone::boolean OR e.id = ANY(@ids::bigint[]))
ORDER BY e.number;

-- name: EntryByNumber :one
SELECT id, contest_id, code_mac, state FROM entry WHERE contest_id = $1 AND number = $2;

-- name: EntryByLink :one
SELECT id, contest_id, number, state FROM entry WHERE link_mac = $1;

-- name: UpdateEntry :execrows
UPDATE entry SET division_id = @division_id, unit_id = nullif(@unit_id::bigint, 0), name = @name, search_key = @search_key,
       same_key = @same_key, number = @number, phone = @phone, email = @email
WHERE id = @id AND contest_id = @contest_id;

-- name: SetEntryState :execrows
UPDATE entry SET state = @state, reason = @reason WHERE id = @id AND contest_id = @contest_id AND state <> @state;

-- name: SetSecrets :execrows
UPDATE entry SET code_mac = @code_mac, code_sealed = @code_sealed, link_mac = @link_mac, link_sealed = @link_sealed,
       code_version = code_version + 1
WHERE id = @id AND contest_id = @contest_id;

-- name: KnownSame :many
SELECT same_key, number, phone FROM entry
WHERE contest_id = @contest_id::bigint AND state = 'active' AND same_key = ANY(@same_keys::text[]);

-- name: PendingSame :many
SELECT id, same_key, phone FROM registration
WHERE contest_id = @contest_id::bigint AND state IN ('pending', 'waitlisted') AND same_key = ANY(@same_keys::text[]);

-- name: CountEntries :many
SELECT state, count(*) AS entries FROM entry WHERE contest_id = $1 GROUP BY state;

-- name: CountRegistrations :many
SELECT state, count(*) AS registrations FROM registration WHERE contest_id = $1 GROUP BY state;

-- name: UnitsOf :many
SELECT u.unit_id AS id, u.name, coalesce(c.entries, 0)::bigint AS entries, (cu.unit_id IS NOT NULL)::boolean AS invited
FROM unit_in_contest u
LEFT JOIN contest_unit cu ON cu.unit_id = u.unit_id AND cu.contest_id = @contest_id::bigint
LEFT JOIN (SELECT e.unit_id, count(*) AS entries FROM entry e
           WHERE e.contest_id = @contest_id::bigint AND e.state = 'active' GROUP BY e.unit_id) c ON c.unit_id = u.unit_id
WHERE u.contest_id = @contest_id::bigint AND (cu.unit_id IS NOT NULL OR c.entries > 0);

-- name: InviteUnits :exec
INSERT INTO contest_unit (contest_id, unit_id) SELECT @contest_id::bigint, unnest(@unit_ids::bigint[]) ON CONFLICT DO NOTHING;

-- name: CountInvited :one
SELECT count(*) FROM contest_unit WHERE contest_id = $1;

-- name: IsInvited :one
SELECT EXISTS (SELECT 1 FROM contest_unit WHERE contest_id = $1 AND unit_id = $2);

-- name: InsertRegistration :one
INSERT INTO registration (contest_id, division_id, unit_id, unit_name, kind, name, search_key, same_key, phone, email, receipt_mac, state, findings)
VALUES (@contest_id, @division_id, nullif(@unit_id::bigint, 0), @unit_name, @kind, @name, @search_key, @same_key, @phone, @email, @receipt_mac, @state, @findings)
RETURNING id;

-- name: CountPending :one
SELECT count(*) FROM registration WHERE contest_id = $1 AND state = 'pending';

-- name: ApproveRegistration :exec
UPDATE registration SET state = 'approved', entry_id = @entry_id, unit_id = @unit_id, decided_at = now(), decided_by = @decided_by
WHERE id = @id;
