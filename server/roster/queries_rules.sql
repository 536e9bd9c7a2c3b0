-- name: Terms :one
SELECT version, terms FROM registration_terms WHERE contest_id = $1;

-- name: SaveTerms :execrows
INSERT INTO registration_terms (contest_id, version, terms) VALUES (@contest_id, 1, @terms)
ON CONFLICT (contest_id) DO UPDATE SET terms = excluded.terms, version = registration_terms.version + 1, changed_at = now()
WHERE registration_terms.version = @version::integer;

-- name: CopyTerms :exec
INSERT INTO registration_terms (contest_id, version, terms) VALUES (@contest_id, 1, @terms) ON CONFLICT DO NOTHING;

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
-- An entry that came by registration is known by that registration; a pair is kept once, whichever side is named first.
WITH d AS (SELECT unnest(@likenesses::text[]) AS likeness, unnest(@one_registrations::bigint[]) AS one_registration, unnest(@one_entries::bigint[]) AS one_entry,
                  unnest(@other_registrations::bigint[]) AS other_registration, unnest(@other_entries::bigint[]) AS other_entry),
     x AS (SELECT DISTINCT d.likeness, coalesce(nullif(d.one_registration, 0), r1.id) AS one_registration, nullif(d.one_entry, 0) AS one_entry,
                  coalesce(nullif(d.other_registration, 0), r2.id) AS other_registration, nullif(d.other_entry, 0) AS other_entry
           FROM d LEFT JOIN registration r1 ON d.one_entry <> 0 AND r1.entry_id = d.one_entry
                  LEFT JOIN registration r2 ON d.other_entry <> 0 AND r2.entry_id = d.other_entry)
INSERT INTO duplicate (contest_id, likeness, one_registration_id, one_entry_id, other_registration_id, other_entry_id)
SELECT @contest_id::bigint, x.likeness, x.one_registration, CASE WHEN x.one_registration IS NULL THEN x.one_entry END,
       x.other_registration, CASE WHEN x.other_registration IS NULL THEN x.other_entry END
FROM x
WHERE NOT EXISTS (SELECT 1 FROM duplicate o WHERE o.contest_id = @contest_id::bigint AND o.likeness = x.likeness
      AND o.other_registration_id IS NOT DISTINCT FROM x.one_registration AND o.one_registration_id IS NOT DISTINCT FROM x.other_registration
      AND (x.one_registration IS NOT NULL OR o.other_entry_id = x.one_entry) AND (x.other_registration IS NOT NULL OR o.one_entry_id = x.other_entry))
ON CONFLICT DO NOTHING;

-- name: SetEntryFindings :exec
UPDATE entry SET findings = @findings WHERE id = @id;

-- name: FindEntries :many
SELECT e.id, e.contest_id, e.division_id, coalesce(e.unit_id, 0)::bigint AS unit_id, coalesce(u.name, '')::text AS unit_name,
       e.kind, e.number, e.name, e.state, e.phone, e.email, e.reason, e.source, e.code_version, e.created_at, e.findings
FROM entry e LEFT JOIN unit_in_contest u ON u.contest_id = e.contest_id AND u.unit_id = e.unit_id
WHERE e.contest_id = @contest_id::bigint AND e.number > @after::integer
  AND (@state::text = '' OR e.state = @state::text)
  AND (@division_id::bigint = 0 OR e.division_id = @division_id::bigint)
  AND (@unit_id::bigint = 0 OR e.unit_id = @unit_id::bigint)
  AND (@block_id::bigint = 0 OR e.unit_id IN (SELECT cu.unit_id FROM contest_unit cu WHERE cu.contest_id = @contest_id::bigint AND cu.block_id = @block_id::bigint))
  AND (NOT @found::boolean OR e.findings <> '[]')
  AND (@needle::text = '' OR letters_by_three(e.search_key) @> letters_by_three(@needle::text) AND e.search_key LIKE '%' || @needle::text || '%' OR e.number = @number::integer)
ORDER BY e.number
LIMIT @most::integer;

-- name: CountFound :one
SELECT count(*) FROM (
    SELECT 1 FROM entry e
    WHERE e.contest_id = @contest_id::bigint
      AND (@state::text = '' OR e.state = @state::text)
      AND (@division_id::bigint = 0 OR e.division_id = @division_id::bigint)
      AND (@unit_id::bigint = 0 OR e.unit_id = @unit_id::bigint)
      AND (@block_id::bigint = 0 OR e.unit_id IN (SELECT cu.unit_id FROM contest_unit cu WHERE cu.contest_id = @contest_id::bigint AND cu.block_id = @block_id::bigint))
      AND (NOT @found::boolean OR e.findings <> '[]')
      AND (@needle::text = '' OR letters_by_three(e.search_key) @> letters_by_three(@needle::text) AND e.search_key LIKE '%' || @needle::text || '%' OR e.number = @number::integer)
    LIMIT @most::integer) x;

-- name: FindRegistrations :many
SELECT r.id, r.division_id, r.unit_id, r.unit_name, r.name, r.phone, r.email, r.state, r.reason, r.entry_id, r.created_at, r.findings,
       coalesce(u.name, r.unit_name)::text AS unit_shown, coalesce(e.number, 0)::integer AS number
FROM registration r LEFT JOIN unit_in_contest u ON u.contest_id = r.contest_id AND u.unit_id = r.unit_id LEFT JOIN entry e ON e.id = r.entry_id
WHERE r.contest_id = @contest_id::bigint AND r.id > @after::bigint
  AND (@state::text = '' OR r.state = @state::text)
  AND (@division_id::bigint = 0 OR r.division_id = @division_id::bigint)
  AND (@unit_id::bigint = 0 OR r.unit_id = @unit_id::bigint)
  AND (@block_id::bigint = 0 OR r.unit_id IN (SELECT cu.unit_id FROM contest_unit cu WHERE cu.contest_id = @contest_id::bigint AND cu.block_id = @block_id::bigint))
  AND (NOT @found::boolean OR r.findings <> '[]')
  AND (@needle::text = '' OR letters_by_three(r.search_key) @> letters_by_three(@needle::text) AND r.search_key LIKE '%' || @needle::text || '%')
ORDER BY r.id
LIMIT @most::integer;

-- name: CountFoundRegistrations :one
SELECT count(*) FROM (
    SELECT 1 FROM registration r
    WHERE r.contest_id = @contest_id::bigint
      AND (@state::text = '' OR r.state = @state::text)
      AND (@division_id::bigint = 0 OR r.division_id = @division_id::bigint)
      AND (@unit_id::bigint = 0 OR r.unit_id = @unit_id::bigint)
      AND (@block_id::bigint = 0 OR r.unit_id IN (SELECT cu.unit_id FROM contest_unit cu WHERE cu.contest_id = @contest_id::bigint AND cu.block_id = @block_id::bigint))
      AND (NOT @found::boolean OR r.findings <> '[]')
      AND (@needle::text = '' OR letters_by_three(r.search_key) @> letters_by_three(@needle::text) AND r.search_key LIKE '%' || @needle::text || '%')
    LIMIT @most::integer) x;

-- name: RegistrationIn :one
SELECT r.id, r.contest_id, r.division_id, r.unit_id, r.unit_name, r.name, r.phone, r.email, r.state, r.reason, r.entry_id, r.created_at, r.findings,
       coalesce(u.name, r.unit_name)::text AS unit_shown, coalesce(e.number, 0)::integer AS number
FROM registration r LEFT JOIN unit_in_contest u ON u.contest_id = r.contest_id AND u.unit_id = r.unit_id LEFT JOIN entry e ON e.id = r.entry_id
WHERE r.id = @id::bigint AND r.contest_id = @contest_id::bigint;

-- name: LockUndecided :many
SELECT id, division_id, unit_id, unit_name, name, phone, email, state FROM registration
WHERE contest_id = @contest_id::bigint AND state IN ('pending', 'waitlisted') AND id = ANY(@ids::bigint[])
ORDER BY id FOR UPDATE;

-- name: FirstInLine :many
SELECT id, division_id, unit_id, unit_name, name, phone, email, state FROM registration
WHERE contest_id = @contest_id::bigint AND state = 'waitlisted'
ORDER BY id LIMIT 200;

-- name: PlaceInLine :one
SELECT count(*) FROM registration r WHERE r.contest_id = @contest_id::bigint AND r.state = 'waitlisted' AND r.id <= @id::bigint;

-- name: MoveUp :many
UPDATE registration SET state = 'pending', findings = '[]'
WHERE contest_id = @contest_id::bigint AND state = 'waitlisted' AND id = ANY(@ids::bigint[])
RETURNING id;

-- name: RejectRegistrations :many
UPDATE registration SET state = 'rejected', reason = @reason, decided_at = now(), decided_by = @decided_by
WHERE contest_id = @contest_id::bigint AND state IN ('pending', 'waitlisted') AND id = ANY(@ids::bigint[])
RETURNING id;

-- name: RegistrationByReceipt :one
SELECT r.id, r.contest_id, r.division_id, r.unit_id, r.unit_name, r.state, r.reason, r.name, r.phone, r.email, r.created_at, r.entry_id,
       coalesce(u.name, r.unit_name)::text AS unit_shown, coalesce(e.number, 0)::integer AS number, e.link_sealed,
       coalesce(e.state, '')::text AS entry_state, coalesce(e.reason, '')::text AS entry_reason
FROM registration r LEFT JOIN unit_in_contest u ON u.contest_id = r.contest_id AND u.unit_id = r.unit_id LEFT JOIN entry e ON e.id = r.entry_id
WHERE r.receipt_mac = $1;

-- name: WithdrawRegistration :execrows
UPDATE registration SET state = 'withdrawn', reason = @reason, decided_at = now() WHERE id = @id AND state IN ('pending', 'waitlisted');

-- name: RewriteRegistration :execrows
UPDATE registration SET division_id = @division_id, unit_id = nullif(@unit_id::bigint, 0), unit_name = @unit_name, name = @name,
       search_key = @search_key, same_key = @same_key, phone = @phone, email = @email, state = @state, findings = @findings
WHERE id = @id AND state IN ('pending', 'waitlisted');

-- name: OpenDuplicates :many
SELECT d.id, d.likeness, d.created_at,
       coalesce(r1.id, 0)::bigint AS one_registration, coalesce(e1.id, 0)::bigint AS one_entry, coalesce(e1.number, 0)::integer AS one_number,
       coalesce(e1.name, r1.name)::text AS one_name, coalesce(u1.name, r1.unit_name, '')::text AS one_unit, coalesce(e1.state, r1.state)::text AS one_state,
       coalesce(r2.id, 0)::bigint AS other_registration, coalesce(e2.id, 0)::bigint AS other_entry, coalesce(e2.number, 0)::integer AS other_number,
       coalesce(e2.name, r2.name)::text AS other_name, coalesce(u2.name, r2.unit_name, '')::text AS other_unit, coalesce(e2.state, r2.state)::text AS other_state
FROM duplicate d
LEFT JOIN registration r1 ON r1.id = d.one_registration_id LEFT JOIN entry e1 ON e1.id = coalesce(d.one_entry_id, r1.entry_id)
LEFT JOIN registration r2 ON r2.id = d.other_registration_id LEFT JOIN entry e2 ON e2.id = coalesce(d.other_entry_id, r2.entry_id)
LEFT JOIN unit u1 ON u1.id = coalesce(e1.unit_id, r1.unit_id) LEFT JOIN unit u2 ON u2.id = coalesce(e2.unit_id, r2.unit_id)
WHERE d.contest_id = @contest_id::bigint AND d.id > @after::bigint AND NOT d.kept AND (@id::bigint = 0 OR d.id = @id::bigint)
  AND (e1.state = 'active' OR e1.id IS NULL AND r1.state IN ('pending', 'waitlisted'))
  AND (e2.state = 'active' OR e2.id IS NULL AND r2.state IN ('pending', 'waitlisted'))
  AND coalesce(e1.id, 0) IS DISTINCT FROM coalesce(e2.id, -1)
ORDER BY d.id LIMIT @most::integer;

-- name: CountOpenDuplicates :one
-- Pairs whose two are both still there: by the entry's state, or the registration's while there is no entry. Looked up one
-- by one: pairs are few, and joined the database reads all entries and registrations twice.
SELECT count(*) FROM duplicate d
WHERE d.contest_id = $1 AND NOT d.kept
  AND coalesce((SELECT e.state FROM entry e WHERE e.id = coalesce(d.one_entry_id, (SELECT r.entry_id FROM registration r WHERE r.id = d.one_registration_id))),
               (SELECT r.state FROM registration r WHERE r.id = d.one_registration_id)) IN ('active', 'pending', 'waitlisted')
  AND coalesce((SELECT e.state FROM entry e WHERE e.id = coalesce(d.other_entry_id, (SELECT r.entry_id FROM registration r WHERE r.id = d.other_registration_id))),
               (SELECT r.state FROM registration r WHERE r.id = d.other_registration_id)) IN ('active', 'pending', 'waitlisted');

-- name: KeepDuplicate :execrows
UPDATE duplicate SET kept = true, reason = @reason, decided_at = now(), decided_by = @decided_by
WHERE id = @id AND contest_id = @contest_id AND NOT kept;

-- name: InsertChange :exec
-- A request names its registration wherever there is one; the entry only where no registration stands behind it.
INSERT INTO change_request (contest_id, registration_id, entry_id, before_sealed, after_sealed, note)
VALUES (@contest_id, nullif(@registration_id::bigint, 0), CASE WHEN @registration_id::bigint = 0 THEN @entry_id::bigint END, @before_sealed, @after_sealed, @note);

-- name: Changes :many
SELECT c.id, c.contest_id, coalesce(c.registration_id, 0)::bigint AS registration_id, c.before_sealed, c.after_sealed, c.note, c.state, c.reason, c.created_at, c.decided_at,
       coalesce(e.id, 0)::bigint AS entry_id, coalesce(e.number, 0)::integer AS number, coalesce(e.name, r.name)::text AS name,
       coalesce(u.name, r.unit_name, '')::text AS unit_name, coalesce(r.state, '')::text AS registration_state
FROM change_request c LEFT JOIN registration r ON r.id = c.registration_id LEFT JOIN entry e ON e.id = coalesce(c.entry_id, r.entry_id)
LEFT JOIN unit u ON u.id = coalesce(e.unit_id, r.unit_id)
WHERE c.contest_id = @contest_id::bigint AND c.id > @after::bigint AND (@state::text = '' OR c.state = @state::text)
  AND (@id::bigint = 0 OR c.id = @id::bigint) AND (@registration_id::bigint = 0 OR c.registration_id = @registration_id::bigint)
  AND (@entry_id::bigint = 0 OR c.entry_id = @entry_id::bigint)
ORDER BY c.id LIMIT @most::integer;

-- name: CountOpenChanges :one
SELECT count(*) FROM change_request WHERE contest_id = $1 AND state = 'open';

-- name: DecideChange :execrows
UPDATE change_request SET state = @state, reason = @reason, decided_at = now(), decided_by = @decided_by
WHERE id = @id AND contest_id = @contest_id AND state = 'open';

-- name: WithdrawChange :execrows
UPDATE change_request SET state = 'withdrawn', decided_at = now()
WHERE state = 'open' AND (registration_id = @registration_id::bigint OR @registration_id::bigint = 0 AND entry_id = @entry_id::bigint);

-- name: CloseChanges :many
UPDATE change_request SET state = 'declined', reason = @reason, decided_at = now(), decided_by = @decided_by
WHERE contest_id = @contest_id::bigint AND state = 'open' AND (entry_id = ANY(@entry_ids::bigint[]) OR registration_id IN
    (SELECT r.id FROM registration r WHERE r.contest_id = @contest_id::bigint
       AND (r.id = ANY(@registration_ids::bigint[]) OR r.entry_id = ANY(@entry_ids::bigint[]))))
RETURNING coalesce(registration_id, 0)::bigint AS registration_id, coalesce(entry_id, 0)::bigint AS entry_id;

-- name: Addresses :many
SELECT id, email, name FROM registration WHERE contest_id = @contest_id::bigint AND id = ANY(@ids::bigint[]) AND email <> '' ORDER BY id;
