-- name: PlanUnits :many
-- The units of a contest as they are on its day: those that are invited and those that have entries.
SELECT u.unit_id, t.code, u.name, u.short_name, u.kind, coalesce(u.parent_id, 0)::bigint AS parent_id, coalesce(p.name, '')::text AS parent_name,
       (t.ended_on IS NOT NULL)::boolean AS ended, (cu.unit_id IS NOT NULL)::boolean AS invited, coalesce(cu.block_id, 0)::bigint AS block_id,
       coalesce(cu.target, -1)::integer AS target, coalesce(cu.headcount, -1)::integer AS headcount,
       coalesce(c.entries, 0)::bigint AS entries, coalesce(r.waiting, 0)::bigint AS waiting
FROM unit_in_contest u
JOIN unit t ON t.id = u.unit_id
LEFT JOIN unit p ON p.id = u.parent_id
LEFT JOIN contest_unit cu ON cu.contest_id = @contest_id::bigint AND cu.unit_id = u.unit_id
LEFT JOIN (SELECT e.unit_id, count(*) AS entries FROM entry e WHERE e.contest_id = @contest_id::bigint AND e.state = 'active'
           GROUP BY e.unit_id) c ON c.unit_id = u.unit_id
LEFT JOIN (SELECT g.unit_id, count(*) AS waiting FROM registration g WHERE g.contest_id = @contest_id::bigint AND g.state = 'pending'
           GROUP BY g.unit_id) r ON r.unit_id = u.unit_id
WHERE u.contest_id = @contest_id::bigint AND (cu.unit_id IS NOT NULL OR c.entries > 0);

-- name: BlocksOf :many
SELECT id, name FROM contest_block WHERE contest_id = $1 ORDER BY position, id;

-- name: AddBlock :one
INSERT INTO contest_block (contest_id, name, position) VALUES (@contest_id, @name, @position) RETURNING id;

-- name: ChangeBlock :execrows
UPDATE contest_block SET name = @name, position = @position WHERE id = @id AND contest_id = @contest_id;

-- name: DropBlocks :exec
DELETE FROM contest_block WHERE contest_id = @contest_id AND NOT id = ANY(@kept::bigint[]);

-- name: SetPlan :execrows
-- Below -1: left as it is; -1: taken away. A block is left with -1 and taken away with 0.
UPDATE contest_unit cu SET
       block_id = CASE WHEN n.block_id < 0 THEN cu.block_id ELSE nullif(n.block_id, 0) END,
       target = CASE WHEN n.target < -1 THEN cu.target ELSE nullif(n.target, -1) END,
       headcount = CASE WHEN n.headcount < -1 THEN cu.headcount ELSE nullif(n.headcount, -1) END
FROM (SELECT unnest(@unit_ids::bigint[]) AS unit_id, unnest(@block_ids::bigint[]) AS block_id, unnest(@targets::integer[]) AS target,
             unnest(@headcounts::integer[]) AS headcount) n
WHERE cu.contest_id = @contest_id::bigint AND cu.unit_id = n.unit_id;

-- name: DismissUnits :execrows
DELETE FROM contest_unit WHERE contest_id = @contest_id AND unit_id = ANY(@unit_ids::bigint[]);

-- name: CopyBlocks :exec
INSERT INTO contest_block (contest_id, name, position)
SELECT @made::bigint, name, position FROM contest_block WHERE contest_id = @contest_id::bigint;

-- name: CopyPlan :exec
-- Units that are no more are left out, and headcounts: they were confirmed for one day.
INSERT INTO contest_unit (contest_id, unit_id, block_id, target)
SELECT @made::bigint, cu.unit_id, n.id, cu.target
FROM contest_unit cu JOIN unit u ON u.id = cu.unit_id AND u.ended_on IS NULL
LEFT JOIN contest_block b ON b.id = cu.block_id
LEFT JOIN contest_block n ON n.contest_id = @made::bigint AND n.name = b.name
WHERE cu.contest_id = @contest_id::bigint
ON CONFLICT (contest_id, unit_id) DO UPDATE SET block_id = excluded.block_id, target = excluded.target;
