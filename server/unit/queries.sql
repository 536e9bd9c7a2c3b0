-- name: TreeVersion :one
SELECT version FROM unit_tree;

-- name: RaiseTree :exec
UPDATE unit_tree SET version = version + 1;

-- name: LockTree :exec
SELECT pg_advisory_xact_lock(@class::integer, 0);

-- name: AllUnits :many
SELECT id, code, name, short_name, kind, coalesce(parent_id, 0)::bigint AS parent_id,
       coalesce(to_char(ended_on, 'YYYY-MM-DD'), '')::text AS ended_on, search_key, same_key
FROM unit ORDER BY id;

-- name: AllPeriods :many
SELECT unit_id, to_char(valid_from, 'YYYY-MM-DD')::text AS valid_from, coalesce(to_char(valid_to, 'YYYY-MM-DD'), '')::text AS valid_to,
       name, short_name, kind, coalesce(parent_id, 0)::bigint AS parent_id, same_key, ground, end_ground
FROM unit_period ORDER BY unit_id, unit_period.valid_from;

-- name: AllSuccessors :many
SELECT unit_id, successor_id, to_char(since, 'YYYY-MM-DD')::text AS since FROM unit_successor ORDER BY since, unit_id, successor_id;

-- name: UnitByID :one
SELECT id, code, name, short_name, kind, coalesce(parent_id, 0)::bigint AS parent_id,
       coalesce(to_char(ended_on, 'YYYY-MM-DD'), '')::text AS ended_on
FROM unit WHERE id = $1;

-- name: UnitsByKey :many
-- Units that are called so or have been, those that are there and are called so now first.
SELECT u.id, u.code, u.name, u.short_name, u.kind, coalesce(u.parent_id, 0)::bigint AS parent_id,
       coalesce(to_char(u.ended_on, 'YYYY-MM-DD'), '')::text AS ended_on, p.same_key AS asked
FROM unit_period p JOIN unit u ON u.id = p.unit_id
WHERE p.same_key = ANY(@keys::text[])
ORDER BY (u.ended_on IS NULL) DESC, (u.same_key = p.same_key) DESC, u.id;

-- name: CreateUnit :one
INSERT INTO unit (code, name, short_name, kind, parent_id, search_key, same_key)
VALUES (@code, @name, @short_name, @kind, nullif(@parent_id::bigint, 0), @search_key, @same_key)
RETURNING id;

-- name: CreateUnits :many
INSERT INTO unit (name, kind, search_key, same_key)
SELECT n.name, n.kind, n.search_key, n.same_key
FROM (SELECT unnest(@names::text[]) AS name, unnest(@kinds::text[]) AS kind, unnest(@search_keys::text[]) AS search_key,
             unnest(@same_keys::text[]) AS same_key) n
RETURNING id, same_key;

-- name: NumberUnits :exec
-- A unit that nobody gave a code gets one of its number.
UPDATE unit SET code = 'DV' || lpad(id::text, 5, '0') || CASE WHEN EXISTS
    (SELECT 1 FROM unit o WHERE upper(o.code) = 'DV' || lpad(unit.id::text, 5, '0')) THEN '-' || unit.id::text ELSE '' END
WHERE code = '' AND id = ANY(@ids::bigint[]);

-- name: SetPresent :exec
UPDATE unit SET code = @code, name = @name, short_name = @short_name, kind = @kind, parent_id = nullif(@parent_id::bigint, 0),
       ended_on = to_date(nullif(@ended_on::text, ''), 'YYYY-MM-DD'), search_key = @search_key, same_key = @same_key
WHERE id = @id;

-- name: ClearPeriods :exec
DELETE FROM unit_period WHERE unit_id = ANY(@ids::bigint[]);

-- name: AddPeriods :exec
INSERT INTO unit_period (unit_id, valid_from, valid_to, name, short_name, kind, parent_id, same_key, ground, end_ground)
SELECT n.unit_id, n.valid_from::date, nullif(n.valid_to, '')::date, n.name, n.short_name, n.kind, nullif(n.parent_id, 0), n.same_key,
       n.ground, n.end_ground
FROM (SELECT unnest(@unit_ids::bigint[]) AS unit_id, unnest(@froms::text[]) AS valid_from, unnest(@tos::text[]) AS valid_to,
             unnest(@names::text[]) AS name, unnest(@short_names::text[]) AS short_name, unnest(@kinds::text[]) AS kind,
             unnest(@parent_ids::bigint[]) AS parent_id, unnest(@same_keys::text[]) AS same_key,
             unnest(@grounds::text[]) AS ground, unnest(@end_grounds::text[]) AS end_ground) n;

-- name: AddSuccessors :exec
INSERT INTO unit_successor (unit_id, successor_id, since)
SELECT n.unit_id, n.successor_id, n.since::date
FROM (SELECT unnest(@unit_ids::bigint[]) AS unit_id, unnest(@successor_ids::bigint[]) AS successor_id,
             unnest(@sinces::text[]) AS since) n
ON CONFLICT DO NOTHING;

-- name: HeadcountsAt :many
-- The newest count of each unit up to a day.
SELECT DISTINCT ON (unit_id) unit_id, to_char(day, 'YYYY-MM-DD')::text AS on_day, coalesce(members, -1)::integer AS members,
       coalesce(staff, -1)::integer AS staff
FROM unit_headcount WHERE day <= to_date(@at::text, 'YYYY-MM-DD')
ORDER BY unit_id, day DESC;

-- name: HeadcountsOf :many
SELECT to_char(day, 'YYYY-MM-DD')::text AS on_day, coalesce(members, -1)::integer AS members, coalesce(staff, -1)::integer AS staff
FROM unit_headcount WHERE unit_id = $1 ORDER BY day DESC;

-- name: AllHeadcounts :many
SELECT unit_id, to_char(day, 'YYYY-MM-DD')::text AS on_day, coalesce(members, -1)::integer AS members, coalesce(staff, -1)::integer AS staff
FROM unit_headcount ORDER BY unit_id, unit_headcount.day;

-- name: SetHeadcounts :exec
INSERT INTO unit_headcount (unit_id, day, members, staff)
SELECT n.unit_id, n.day::date, nullif(n.members, -1), nullif(n.staff, -1)
FROM (SELECT unnest(@unit_ids::bigint[]) AS unit_id, unnest(@days::text[]) AS day, unnest(@members::integer[]) AS members,
             unnest(@staff::integer[]) AS staff) n
ON CONFLICT (unit_id, day) DO UPDATE SET members = excluded.members, staff = excluded.staff;

-- name: DropHeadcount :execrows
DELETE FROM unit_headcount WHERE unit_id = @unit_id AND day = to_date(@day::text, 'YYYY-MM-DD');

-- name: AddAct :one
INSERT INTO unit_act (kind, day, ground, account_id, names, leads_to, changed, units, back, left_hash)
VALUES (@kind, nullif(@day::text, '')::date, @ground, nullif(@account_id::bigint, 0), @names, @leads_to, @changed, @units, @back, @left_hash)
RETURNING id;

-- name: ActsOf :many
-- The acts on the tree, those on one unit or all (0), newest first.
SELECT id, kind, coalesce(to_char(day, 'YYYY-MM-DD'), '')::text AS day, ground, at, names, leads_to, changed, undone_at, undo_reason
FROM unit_act WHERE (@unit_id::bigint = 0 OR units @> ARRAY[@unit_id::bigint]) AND (@before::bigint = 0 OR id < @before::bigint)
ORDER BY id DESC LIMIT @most::integer;

-- name: NewestAct :one
SELECT coalesce(max(id), 0)::bigint FROM unit_act WHERE undone_at IS NULL;

-- name: ActByID :one
SELECT id, kind, coalesce(to_char(day, 'YYYY-MM-DD'), '')::text AS day, ground, at, names, leads_to, changed, undone_at, undo_reason, back, left_hash
FROM unit_act WHERE id = $1;

-- name: UndoAct :execrows
UPDATE unit_act SET undone_at = clock_timestamp(), undone_by = nullif(@account_id::bigint, 0), undo_reason = @reason
WHERE id = @id AND undone_at IS NULL;

-- name: DropSuccessors :exec
DELETE FROM unit_successor s
USING (SELECT unnest(@unit_ids::bigint[]) AS unit_id, unnest(@successor_ids::bigint[]) AS successor_id, unnest(@sinces::text[]) AS since) n
WHERE s.unit_id = n.unit_id AND s.successor_id = n.successor_id AND s.since = n.since::date;

-- name: HeadcountsIn :many
SELECT unit_id, to_char(day, 'YYYY-MM-DD')::text AS on_day, coalesce(members, -1)::integer AS members, coalesce(staff, -1)::integer AS staff
FROM unit_headcount WHERE unit_id = ANY(@unit_ids::bigint[]) ORDER BY unit_id, unit_headcount.day;

-- name: DropHeadcounts :exec
DELETE FROM unit_headcount h
USING (SELECT unnest(@unit_ids::bigint[]) AS unit_id, unnest(@days::text[]) AS day) n
WHERE h.unit_id = n.unit_id AND h.day = n.day::date;

-- name: DropUnits :exec
DELETE FROM unit WHERE id = ANY(@ids::bigint[]);
