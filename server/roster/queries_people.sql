-- The people of entries (member) and of registrations (registrant) have the same columns: see person.go.

-- name: InsertMembers :exec
INSERT INTO member (entry_id, position, name, role, name_key, birth_date, sex, phone, email, job, citizen_sealed, citizen_mac, own)
SELECT p.owner, p.position, p.name, p.role, p.name_key, nullif(p.birth_date, '')::date, p.sex, p.phone, p.email, p.job,
       p.citizen_sealed, p.citizen_mac, p.own::jsonb
FROM (SELECT unnest(@owners::bigint[]) AS owner, unnest(@positions::integer[]) AS position, unnest(@names::text[]) AS name,
             unnest(@roles::text[]) AS role, unnest(@name_keys::text[]) AS name_key, unnest(@birth_dates::text[]) AS birth_date,
             unnest(@sexes::text[]) AS sex, unnest(@phones::text[]) AS phone, unnest(@emails::text[]) AS email,
             unnest(@jobs::text[]) AS job, unnest(@citizens_sealed::bytea[]) AS citizen_sealed,
             unnest(@citizen_macs::bytea[]) AS citizen_mac, unnest(@owns::text[]) AS own) p;

-- name: InsertRegistrants :exec
INSERT INTO registrant (registration_id, position, name, role, name_key, birth_date, sex, phone, email, job, citizen_sealed, citizen_mac, own)
SELECT p.owner, p.position, p.name, p.role, p.name_key, nullif(p.birth_date, '')::date, p.sex, p.phone, p.email, p.job,
       p.citizen_sealed, p.citizen_mac, p.own::jsonb
FROM (SELECT unnest(@owners::bigint[]) AS owner, unnest(@positions::integer[]) AS position, unnest(@names::text[]) AS name,
             unnest(@roles::text[]) AS role, unnest(@name_keys::text[]) AS name_key, unnest(@birth_dates::text[]) AS birth_date,
             unnest(@sexes::text[]) AS sex, unnest(@phones::text[]) AS phone, unnest(@emails::text[]) AS email,
             unnest(@jobs::text[]) AS job, unnest(@citizens_sealed::bytea[]) AS citizen_sealed,
             unnest(@citizen_macs::bytea[]) AS citizen_mac, unnest(@owns::text[]) AS own) p;

-- name: DeleteRegistrants :exec
DELETE FROM registrant WHERE registration_id = $1;

-- name: DeleteMembers :exec
DELETE FROM member WHERE entry_id = $1;

-- name: MembersOf :many
SELECT entry_id AS owner, id, name, role, coalesce(to_char(birth_date, 'YYYY-MM-DD'), '')::text AS birth_date, sex, phone, email, job, citizen_sealed, own
FROM member WHERE entry_id = ANY(@owners::bigint[]) ORDER BY entry_id, position;

-- name: RegistrantsOf :many
SELECT registration_id AS owner, id, name, role, coalesce(to_char(birth_date, 'YYYY-MM-DD'), '')::text AS birth_date, sex, phone, email, job, citizen_sealed, own
FROM registrant WHERE registration_id = ANY(@owners::bigint[]) ORDER BY registration_id, position;

-- name: AlikeMembers :many
SELECT e.id AS entry_id, e.number, m.name_key, coalesce(to_char(m.birth_date, 'YYYY-MM-DD'), '')::text AS birth_date, m.phone, m.email, m.citizen_mac
FROM member m JOIN entry e ON e.id = m.entry_id
WHERE e.contest_id = @contest_id::bigint AND e.state = 'active' AND e.id <> ALL(@except_ids::bigint[])
  AND m.id IN (SELECT c.id FROM member c WHERE c.citizen_mac = ANY(@citizen_macs::bytea[])
               UNION SELECT p.id FROM member p WHERE p.phone <> '' AND p.phone = ANY(@phones::text[])
               UNION SELECT n.id FROM member n WHERE n.birth_date IS NOT NULL AND (n.name_key, n.birth_date) IN
                   (SELECT b.name_key, b.birth_date::date FROM (SELECT unnest(@name_keys::text[]) AS name_key, unnest(@birth_dates::text[]) AS birth_date) b))
LIMIT 5000;

-- name: AlikeRegistrants :many
SELECT r.id AS registration_id, m.name_key, coalesce(to_char(m.birth_date, 'YYYY-MM-DD'), '')::text AS birth_date, m.phone, m.email, m.citizen_mac
FROM registrant m JOIN registration r ON r.id = m.registration_id
WHERE r.contest_id = @contest_id::bigint AND r.state IN ('pending', 'waitlisted') AND r.id <> ALL(@except_ids::bigint[])
  AND m.id IN (SELECT c.id FROM registrant c WHERE c.citizen_mac = ANY(@citizen_macs::bytea[])
               UNION SELECT p.id FROM registrant p WHERE p.phone <> '' AND p.phone = ANY(@phones::text[])
               UNION SELECT n.id FROM registrant n WHERE n.birth_date IS NOT NULL AND (n.name_key, n.birth_date) IN
                   (SELECT b.name_key, b.birth_date::date FROM (SELECT unnest(@name_keys::text[]) AS name_key, unnest(@birth_dates::text[]) AS birth_date) b))
LIMIT 5000;

-- name: WinnersPeople :many
SELECT m.name_key, coalesce(to_char(m.birth_date, 'YYYY-MM-DD'), '')::text AS birth_date, m.phone, m.email, m.citizen_mac, c.name AS contest_name
FROM member m JOIN entry e ON e.id = m.entry_id JOIN contest c ON c.id = e.contest_id
WHERE e.id = ANY(@entry_ids::bigint[]);
