-- name: Terms :one
SELECT version, terms FROM registration_terms WHERE contest_id = $1;

-- name: SaveTerms :execrows
INSERT INTO registration_terms (contest_id, version, terms) VALUES (@contest_id, 1, @terms)
ON CONFLICT (contest_id) DO UPDATE SET terms = excluded.terms, version = registration_terms.version + 1, changed_at = now()
WHERE registration_terms.version = @version::integer;

-- name: CopyTerms :exec
INSERT INTO registration_terms (contest_id, version, terms) VALUES (@contest_id, 1, @terms) ON CONFLICT DO NOTHING;

-- name: UnitsAbove :many
WITH RECURSIVE line AS (
    SELECT u.id AS of_id, u.id, u.parent_id, 1 AS step FROM unit u WHERE u.id = ANY(@ids::bigint[])
    UNION ALL
    SELECT l.of_id, p.id, p.parent_id, l.step + 1 FROM line l JOIN unit p ON p.id = l.parent_id WHERE l.step < 20
)
SELECT l.of_id::bigint AS of_id, l.id::bigint AS above_id, u.kind, (cu.unit_id IS NOT NULL)::boolean AS listed
FROM line l JOIN unit u ON u.id = l.id LEFT JOIN contest_unit cu ON cu.unit_id = l.id AND cu.contest_id = @contest_id::bigint
ORDER BY l.of_id, l.step;

-- name: TakenPlaces :one
SELECT count(*) FROM entry e
WHERE e.contest_id = @contest_id::bigint AND e.state = 'active' AND e.id <> ALL(@except_ids::bigint[])
  AND (@division_id::bigint = 0 OR e.division_id = @division_id::bigint)
  AND (@unit_id::bigint = 0 OR e.unit_id = @unit_id::bigint);

-- name: AskedPlaces :one
SELECT count(*) FROM registration r
WHERE r.contest_id = @contest_id::bigint AND r.state = 'pending' AND r.id <> ALL(@except_ids::bigint[])
  AND (@division_id::bigint = 0 OR r.division_id = @division_id::bigint)
  AND (@unit_id::bigint = 0 OR r.unit_id = @unit_id::bigint);

-- name: TakenPersons :one
SELECT count(*) FROM member m JOIN entry e ON e.id = m.entry_id
WHERE e.contest_id = @contest_id::bigint AND e.state = 'active' AND e.unit_id = @unit_id::bigint AND e.id <> ALL(@except_ids::bigint[]);

-- name: AskedPersons :one
SELECT count(*) FROM registrant m JOIN registration r ON r.id = m.registration_id
WHERE r.contest_id = @contest_id::bigint AND r.state = 'pending' AND r.unit_id = @unit_id::bigint AND r.id <> ALL(@except_ids::bigint[]);

-- name: UnitsBySameKey :many
SELECT id, same_key FROM unit WHERE same_key = ANY(@same_keys::text[]) ORDER BY id;

-- name: InsertEvents :exec
INSERT INTO registration_event (contest_id, registration_id, entry_id, kind, reason, by_organizer, account_id)
SELECT @contest_id::bigint, nullif(e.registration_id, 0), nullif(e.entry_id, 0), @kind::text, @reason::text, @by_organizer::boolean, sqlc.narg(account_id)::bigint
FROM (SELECT unnest(@registration_ids::bigint[]) AS registration_id, unnest(@entry_ids::bigint[]) AS entry_id) e;

-- name: EventsOf :many
SELECT e.kind, e.reason, e.by_organizer, coalesce(a.name, '')::text AS who, e.at
FROM registration_event e LEFT JOIN account a ON a.id = e.account_id
WHERE (@registration_id::bigint <> 0 AND e.registration_id = @registration_id::bigint) OR (@entry_id::bigint <> 0 AND e.entry_id = @entry_id::bigint)
ORDER BY e.id;

-- name: RegistrationOfEntry :one
SELECT id FROM registration WHERE entry_id = $1 ORDER BY id LIMIT 1;

-- name: InsertDuplicates :exec
INSERT INTO duplicate (contest_id, likeness, one_registration_id, one_entry_id, other_registration_id, other_entry_id)
SELECT @contest_id::bigint, d.likeness, nullif(d.one_registration, 0), nullif(d.one_entry, 0), nullif(d.other_registration, 0), nullif(d.other_entry, 0)
FROM (SELECT unnest(@likenesses::text[]) AS likeness, unnest(@one_registrations::bigint[]) AS one_registration, unnest(@one_entries::bigint[]) AS one_entry,
             unnest(@other_registrations::bigint[]) AS other_registration, unnest(@other_entries::bigint[]) AS other_entry) d
ON CONFLICT DO NOTHING;

-- name: SetFindings :exec
UPDATE registration SET findings = @findings WHERE id = @id;

-- name: SetEntryFindings :exec
UPDATE entry SET findings = @findings WHERE id = @id;
