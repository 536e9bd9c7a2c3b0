-- name: Keep :exec
INSERT INTO file (id, owner, content_type, hash, width, height, data, created_by)
VALUES (@id, @owner, @content_type, @hash, @width, @height, @data, @created_by);

-- name: SameFile :one
SELECT id, content_type, hash, width, height FROM file WHERE owner = $1 AND hash = $2 LIMIT 1;

-- name: FileByID :one
SELECT id, content_type, hash, width, height, data FROM file WHERE id = $1;

-- name: FileFacts :one
SELECT id, owner, content_type, hash, width, height FROM file WHERE id = $1;

-- name: FileSizes :many
SELECT id, length(data)::bigint AS size FROM file WHERE id = ANY(@ids::text[]);

-- name: SizeOf :one
SELECT coalesce(sum(length(data)), 0)::bigint FROM file WHERE owner = $1;

-- name: MoveFiles :exec
UPDATE file SET owner = @to_owner WHERE owner = @from_owner AND id = ANY(@ids::text[]);

-- name: DropFilesOf :exec
DELETE FROM file WHERE owner = $1;

-- name: DropFilesOfGone :exec
-- Files of imports that were neither confirmed nor kept.
DELETE FROM file WHERE starts_with(owner, @prefix::text) AND created_at < @before::timestamptz;
