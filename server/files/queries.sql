-- name: Keep :exec
INSERT INTO file (id, owner, content_type, hash, width, height, size, created_by)
VALUES (@id, @owner, @content_type, @hash, @width, @height, @size, @created_by);

-- name: KeepChunk :exec
-- A piece that comes twice is the same piece: what is there stays.
INSERT INTO file_chunk (file_id, number, data) VALUES (@file_id, @number, @data) ON CONFLICT DO NOTHING;

-- name: Chunk :one
SELECT data FROM file_chunk WHERE file_id = @file_id AND number = @number;

-- name: ChunkPart :one
-- Only the asked stretch of a piece leaves the database.
SELECT substring(data FROM @first::integer FOR @size::integer)::bytea AS data
FROM file_chunk WHERE file_id = @file_id AND number = @number;

-- name: WholeFile :one
SELECT coalesce(string_agg(data, ''::bytea ORDER BY number), ''::bytea)::bytea AS data FROM file_chunk WHERE file_id = $1;

-- name: KeptBytes :one
SELECT coalesce(sum(length(data)), 0)::bigint FROM file_chunk WHERE file_id = $1;

-- name: SameFile :one
SELECT id, content_type, hash, width, height, size FROM file WHERE owner = $1 AND hash = $2 LIMIT 1;

-- name: FileByID :one
SELECT id, owner, content_type, hash, width, height, size, created_by FROM file WHERE id = $1;

-- name: FileSizes :many
SELECT id, size FROM file WHERE id = ANY(@ids::text[]);

-- name: SizeOf :one
SELECT coalesce(sum(size), 0)::bigint FROM file WHERE owner = $1;

-- name: Finish :execrows
-- An upload becomes a file of its owner.
UPDATE file SET owner = @owner, content_type = @content_type, hash = @hash WHERE id = @id AND owner = @upload;

-- name: MoveFiles :exec
UPDATE file SET owner = @to_owner WHERE owner = @from_owner AND id = ANY(@ids::text[]);

-- name: DropFile :exec
DELETE FROM file WHERE id = $1 AND owner = $2;

-- name: DropFilesOf :exec
DELETE FROM file WHERE owner = $1;

-- name: DropFilesOfGone :exec
-- Files of imports that were neither confirmed nor kept.
DELETE FROM file WHERE starts_with(owner, @prefix::text) AND created_at < @before::timestamptz;
