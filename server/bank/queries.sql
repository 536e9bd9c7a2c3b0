-- name: CreateBank :one
INSERT INTO bank (name) VALUES ($1) RETURNING id;

-- name: BankByID :one
SELECT * FROM bank WHERE id = $1;

-- name: CreateItem :one
INSERT INTO item (bank_id, type, difficulty, topic, stem_key, search_key, content_hash)
VALUES (@bank_id, @type, @difficulty, @topic, @stem_key, @search_key, @content_hash)
ON CONFLICT (bank_id, content_hash) WHERE retired_at IS NULL DO NOTHING
RETURNING id;

-- name: AddVersion :one
INSERT INTO item_version (item_id, version, content, content_hash, origin, created_by, author)
VALUES (@item_id, @version, @content, @content_hash, @origin, @created_by, @author)
RETURNING id;

-- name: LockItem :one
SELECT * FROM item WHERE id = $1 AND bank_id = $2 FOR UPDATE;

-- name: AdvanceItem :exec
UPDATE item SET version = @version, type = @type, difficulty = @difficulty, topic = @topic, stem_key = @stem_key,
       search_key = @search_key, content_hash = @content_hash
WHERE id = @id;

-- name: SetRetired :exec
UPDATE item SET retired_at = @retired_at WHERE id = @id;

-- name: ItemWithHash :one
SELECT id FROM item WHERE bank_id = $1 AND content_hash = $2 AND retired_at IS NULL;

-- name: ItemByID :one
SELECT i.id, i.bank_id, i.created_at, i.retired_at, i.version, v.id AS version_id, v.content, v.content_hash,
       v.origin, v.created_at AS version_at, v.author
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
WHERE i.id = $1 AND i.bank_id = $2;

-- name: Items :many
-- Empty filters let everything through.
SELECT i.id, i.retired_at, i.version, v.id AS version_id, v.content, v.content_hash, v.created_at AS version_at,
       v.origin, v.author, count(*) OVER () AS total
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
WHERE i.bank_id = @bank_id
  AND (i.retired_at IS NOT NULL) = @retired::boolean
  AND i.search_key LIKE ALL (@patterns::text[])
  AND (@type::text = '' OR i.type = @type)
  AND (@difficulty::text = '' OR i.difficulty = @difficulty)
  AND (@topic::text = '' OR i.topic = @topic OR starts_with(i.topic, @topic || ' / '))
ORDER BY i.id
LIMIT @page_size OFFSET @skip;

-- name: ItemTally :many
-- How many items stand where, for the filters.
SELECT type, difficulty, topic, (retired_at IS NOT NULL)::boolean AS retired, count(*) AS items
FROM item WHERE bank_id = $1
GROUP BY 1, 2, 3, 4 ORDER BY 3, 2, 1;

-- name: CountItems :one
SELECT count(*) FROM item WHERE bank_id = $1;

-- name: Versions :many
SELECT v.id, v.version, v.content, v.content_hash, v.origin, v.created_at, v.author
FROM item_version v JOIN item i ON i.id = v.item_id
WHERE v.item_id = $1 AND i.bank_id = $2
ORDER BY v.version DESC;

-- name: VersionsByID :many
-- For rounds: what was frozen in, by version. The bank is checked, so that no contest reads another's questions.
SELECT v.id, v.item_id, v.version, v.content, v.content_hash
FROM item_version v JOIN item i ON i.id = v.item_id
WHERE v.id = ANY(@ids::bigint[]) AND i.bank_id = @bank_id;

-- name: AllItems :many
SELECT i.id, v.id AS version_id, i.version, v.content, v.content_hash
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
WHERE i.bank_id = $1 AND i.retired_at IS NULL
ORDER BY i.id;

-- name: KnownHashes :many
-- Which of these contents the bank has or once had, newest state of the item included.
SELECT DISTINCT ON (v.content_hash) v.content_hash, i.id AS item_id, (i.retired_at IS NOT NULL)::boolean AS retired,
       (i.version = v.version)::boolean AS newest
FROM item_version v JOIN item i ON i.id = v.item_id
WHERE i.bank_id = @bank_id AND v.content_hash = ANY(@hashes::bytea[])
ORDER BY v.content_hash, i.retired_at IS NOT NULL, i.version = v.version DESC, i.id;

-- name: SaveImport :exec
INSERT INTO bank_import (id, bank_id, account_id, file_name, result, expires_at)
VALUES (@id, @bank_id, @account_id, @file_name, @result, @expires_at);

-- name: ImportByID :one
SELECT * FROM bank_import WHERE id = @id AND bank_id = @bank_id AND expires_at > @now::timestamptz;

-- name: TakeImport :one
-- Confirming takes the preview away, so that a second press finds nothing to confirm twice.
DELETE FROM bank_import WHERE id = @id AND bank_id = @bank_id AND expires_at > @now::timestamptz RETURNING *;

-- name: DropImport :execrows
DELETE FROM bank_import WHERE id = @id AND bank_id = @bank_id;

-- name: DropExpiredImports :exec
DELETE FROM bank_import WHERE expires_at <= @now::timestamptz;

-- name: CountImports :one
SELECT count(*) FROM bank_import WHERE bank_id = $1;

-- name: EveryItem :many
-- Retired ones too: an import tells when it brings back what was put away.
SELECT i.id, i.version, (i.retired_at IS NOT NULL)::boolean AS retired, v.content
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
WHERE i.bank_id = $1 ORDER BY i.id;
