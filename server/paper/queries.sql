-- name: CreateBlueprint :one
INSERT INTO blueprint (contest_id, round_id, name, spec, updated_at, updated_by)
VALUES (@contest_id, @round_id, @name, @spec, @updated_at, @updated_by)
RETURNING id;

-- name: SaveBlueprint :execrows
UPDATE blueprint SET round_id = @round_id, name = @name, spec = @spec, updated_at = @updated_at, updated_by = @updated_by,
       version = version + 1
WHERE id = @id AND contest_id = @contest_id AND version = @version;

-- name: BlueprintByID :one
SELECT b.*, (SELECT count(*) FROM paper p WHERE p.blueprint_id = b.id) AS papers
FROM blueprint b WHERE b.id = @id AND b.contest_id = @contest_id;

-- name: LockBlueprint :one
SELECT * FROM blueprint WHERE id = @id AND contest_id = @contest_id FOR UPDATE;

-- name: Blueprints :many
SELECT b.*, (SELECT count(*) FROM paper p WHERE p.blueprint_id = b.id) AS papers
FROM blueprint b WHERE b.contest_id = $1 ORDER BY b.id;

-- name: CountBlueprints :one
SELECT count(*) FROM blueprint WHERE contest_id = $1;

-- name: DropBlueprint :execrows
-- One that has papers stays: they name it.
DELETE FROM blueprint b WHERE b.id = @id AND b.contest_id = @contest_id
  AND NOT EXISTS (SELECT 1 FROM paper p WHERE p.blueprint_id = b.id);

-- name: NextNumber :one
SELECT coalesce(max(number), 0)::integer + 1 FROM paper WHERE blueprint_id = $1;

-- name: KeepPaper :one
INSERT INTO paper (contest_id, blueprint_id, number, content, content_hash, codes, items, points, replaces, reason, created_at, created_by, author)
VALUES (@contest_id, @blueprint_id, @number, @content, @content_hash, @codes, @items, @points, @replaces, @reason, @created_at, @created_by, @author)
RETURNING id;

-- name: KeepItems :exec
INSERT INTO paper_item (paper_id, item_id) SELECT @paper_id, unnest(@items::bigint[]);

-- name: PaperByID :one
SELECT p.*, coalesce((SELECT max(n.id) FROM paper n WHERE n.replaces = p.id), 0)::bigint AS replaced_by
FROM paper p WHERE p.id = @id AND p.contest_id = @contest_id;

-- name: Papers :many
SELECT p.id, p.blueprint_id, p.number, p.content_hash, p.codes, p.items, p.points, p.replaces, p.reason, p.created_at, p.author,
       b.name, coalesce((SELECT max(n.id) FROM paper n WHERE n.replaces = p.id), 0)::bigint AS replaced_by
FROM paper p JOIN blueprint b ON b.id = p.blueprint_id
WHERE p.contest_id = @contest_id AND (@blueprint_id::bigint = 0 OR p.blueprint_id = @blueprint_id)
ORDER BY p.id DESC;

-- name: ItemsInPapers :many
-- Of the contest's other blueprints.
SELECT DISTINCT i.item_id FROM paper_item i JOIN paper p ON p.id = i.paper_id
WHERE p.contest_id = @contest_id AND p.blueprint_id <> @blueprint_id ORDER BY 1;
