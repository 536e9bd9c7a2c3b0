-- name: CreateBank :one
INSERT INTO bank (name) VALUES ($1) RETURNING id;

-- name: BankByID :one
SELECT * FROM bank WHERE id = $1;

-- name: CreateItem :one
INSERT INTO item (bank_id, type, difficulty, topic, topic_id, act_id, stem_key, search_key, content_hash, state, approved_version, created_by)
VALUES (@bank_id, @type, @difficulty, @topic, @topic_id, @act_id, @stem_key, @search_key, @content_hash, @state, @approved_version, @created_by)
ON CONFLICT (bank_id, content_hash) WHERE retired_at IS NULL DO NOTHING
RETURNING id;

-- name: AddVersion :one
INSERT INTO item_version (item_id, version, content, content_hash, origin, created_by, author)
VALUES (@item_id, @version, @content, @content_hash, @origin, @created_by, @author)
RETURNING id;

-- name: LockItem :one
SELECT i.id, i.version, i.retired_at, i.content_hash, i.state, i.approved_version, i.created_by, i.topic_id, i.difficulty,
       i.act_id, coalesce(t.path, '')::text AS path, v.content, v.created_by AS written_by
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version LEFT JOIN topic t ON t.id = i.topic_id
WHERE i.id = $1 AND i.bank_id = $2 FOR UPDATE OF i;

-- name: AdvanceItem :exec
UPDATE item SET version = @version, type = @type, stem_key = @stem_key, search_key = @search_key, content_hash = @content_hash,
       act_id = @act_id, state = @state, approved_version = @approved_version
WHERE id = @id;

-- name: PlaceItem :exec
-- Where an item stands in the bank: that is no new version.
UPDATE item SET topic_id = @topic_id, difficulty = @difficulty WHERE id = @id;

-- name: SetRetired :exec
UPDATE item SET retired_at = @retired_at WHERE id = @id;

-- name: ItemWithHash :one
SELECT id FROM item WHERE bank_id = $1 AND content_hash = $2 AND retired_at IS NULL;

-- name: ItemByID :one
SELECT i.id, i.bank_id, i.created_at, i.retired_at, i.version, i.state, i.approved_version, i.created_by, i.topic_id, i.difficulty,
       i.act_id, i.tags, i.checked_at, i.checked_by, coalesce(t.path, '')::text AS path,
       v.id AS version_id, v.content, v.content_hash, v.origin, v.created_at AS version_at, v.author, v.created_by AS written_by
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version LEFT JOIN topic t ON t.id = i.topic_id
WHERE i.id = $1 AND i.bank_id = $2;

-- name: ItemIDs :many
-- Empty filters let everything through, and leave the plan: what is not asked for is not read. Keep in step with ItemCount.
SELECT i.id FROM item i LEFT JOIN legal_act a ON a.id = i.act_id
WHERE i.bank_id = @bank_id AND i.id > @after
  AND (i.retired_at IS NOT NULL) = @retired::boolean
  AND (@words::text = '' OR i.words @@ to_tsquery('simple', @words::text) OR i.topic_id = ANY(@word_topics::bigint[]))
  AND (@type::text = '' OR i.type = @type)
  AND (@difficulty::text = '' OR i.difficulty = @difficulty)
  AND (NOT @in_topics::boolean OR i.topic_id = ANY(@topics::bigint[]))
  AND (NOT @no_topic::boolean OR i.topic_id IS NULL)
  AND (@state::text = '' OR i.state = @state)
  AND (cardinality(@tags::text[]) = 0 OR i.tags @> @tags::text[])
  AND (@act::bigint = 0 OR i.act_id = @act)
  AND (@mine::bigint = 0 OR i.created_by = @mine)
  AND (NOT @barred::boolean OR (a.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < a.lapsed_at, true)))
  AND (NOT @unchecked::boolean OR (i.act_id IS NOT NULL AND coalesce(i.checked_at, i.created_at) < @check_before::timestamptz))
  AND (NOT @commented::boolean OR EXISTS (SELECT 1 FROM item_comment c WHERE c.item_id = i.id AND c.resolved_at IS NULL))
  AND (NOT @offered::boolean OR ((NOT @needs_review::boolean OR i.approved_version IS NOT NULL)
       AND NOT coalesce(a.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < a.lapsed_at, true), false)))
  AND (NOT @only_used::boolean OR i.id = ANY(@used::bigint[]))
  AND (NOT @not_used::boolean OR i.id <> ALL(@used::bigint[]))
ORDER BY i.id
LIMIT @page_size;

-- name: ItemCount :one
SELECT count(*) FROM item i LEFT JOIN legal_act a ON a.id = i.act_id
WHERE i.bank_id = @bank_id AND i.id > @after
  AND (i.retired_at IS NOT NULL) = @retired::boolean
  AND (@words::text = '' OR i.words @@ to_tsquery('simple', @words::text) OR i.topic_id = ANY(@word_topics::bigint[]))
  AND (@type::text = '' OR i.type = @type)
  AND (@difficulty::text = '' OR i.difficulty = @difficulty)
  AND (NOT @in_topics::boolean OR i.topic_id = ANY(@topics::bigint[]))
  AND (NOT @no_topic::boolean OR i.topic_id IS NULL)
  AND (@state::text = '' OR i.state = @state)
  AND (cardinality(@tags::text[]) = 0 OR i.tags @> @tags::text[])
  AND (@act::bigint = 0 OR i.act_id = @act)
  AND (@mine::bigint = 0 OR i.created_by = @mine)
  AND (NOT @barred::boolean OR (a.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < a.lapsed_at, true)))
  AND (NOT @unchecked::boolean OR (i.act_id IS NOT NULL AND coalesce(i.checked_at, i.created_at) < @check_before::timestamptz))
  AND (NOT @commented::boolean OR EXISTS (SELECT 1 FROM item_comment c WHERE c.item_id = i.id AND c.resolved_at IS NULL))
  AND (NOT @offered::boolean OR ((NOT @needs_review::boolean OR i.approved_version IS NOT NULL)
       AND NOT coalesce(a.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < a.lapsed_at, true), false)))
  AND (NOT @only_used::boolean OR i.id = ANY(@used::bigint[]))
  AND (NOT @not_used::boolean OR i.id <> ALL(@used::bigint[]))
  AND (@page_size::int >= 0);

-- name: ListedItems :many
-- For a page of the list; the caller makes of the content what may be shown.
SELECT i.id, i.version, i.retired_at, i.state, i.approved_version, i.difficulty, i.topic_id, i.act_id, i.tags, i.created_at,
       i.checked_at, coalesce(t.path, '')::text AS path,
       coalesce(a.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < a.lapsed_at, true), false)::boolean AS barred,
       (SELECT count(*) FROM item_comment c WHERE c.item_id = i.id AND c.resolved_at IS NULL) AS comments,
       v.id AS version_id, v.version AS shown_version, v.content, v.created_at AS version_at, v.author
FROM item i
JOIN item_version v ON v.item_id = i.id AND v.version = CASE WHEN @approved::boolean THEN i.approved_version ELSE i.version END
LEFT JOIN topic t ON t.id = i.topic_id LEFT JOIN legal_act a ON a.id = i.act_id
WHERE i.id = ANY(@ids::bigint[]) AND i.bank_id = @bank_id
ORDER BY i.id;

-- name: ItemTally :many
-- How many items stand where, for the filters.
SELECT type, difficulty, coalesce(topic_id, 0)::bigint AS topic_id, state, (retired_at IS NOT NULL)::boolean AS retired, count(*) AS items
FROM item WHERE bank_id = @bank_id AND (@mine::bigint = 0 OR created_by = @mine)
GROUP BY 1, 2, 3, 4, 5;

-- name: TagTally :many
SELECT u.tag::text AS tag, count(*) AS items FROM item i CROSS JOIN LATERAL unnest(i.tags) AS u(tag)
WHERE i.bank_id = $1 AND i.retired_at IS NULL AND i.tags <> '{}'
GROUP BY 1 ORDER BY 1;

-- name: CountItems :one
SELECT count(*) FROM item WHERE bank_id = $1;

-- name: Versions :many
SELECT v.id, v.version, v.content, v.content_hash, v.origin, v.created_at, v.author, v.created_by
FROM item_version v JOIN item i ON i.id = v.item_id
WHERE v.item_id = $1 AND i.bank_id = $2
ORDER BY v.version DESC;

-- name: VersionsByID :many
-- For rounds: what was frozen in, by version. The bank is checked, so that no contest reads another's questions.
SELECT v.id, v.item_id, v.version, v.content, v.content_hash
FROM item_version v JOIN item i ON i.id = v.item_id
WHERE v.id = ANY(@ids::bigint[]) AND i.bank_id = @bank_id;

-- name: AllItems :many
SELECT i.id, v.id AS version_id, i.version, i.topic_id, i.difficulty, coalesce(t.path, '')::text AS path, v.content, v.content_hash
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version LEFT JOIN topic t ON t.id = i.topic_id
WHERE i.bank_id = $1 AND i.retired_at IS NULL
ORDER BY i.id;

-- name: OfferedItems :many
-- What may be drawn: no content, for counting and drawing.
SELECT i.id, v.id AS version_id, v.version, i.type, i.difficulty, coalesce(i.topic_id, 0)::bigint AS topic_id
FROM item i JOIN bank b ON b.id = i.bank_id
JOIN item_version v ON v.item_id = i.id AND v.version = CASE WHEN b.needs_review THEN i.approved_version ELSE i.version END
LEFT JOIN legal_act a ON a.id = i.act_id
WHERE i.bank_id = @bank_id AND i.retired_at IS NULL
  AND NOT coalesce(a.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < a.lapsed_at, true), false)
ORDER BY i.id;

-- name: Standings :many
-- How these versions stand to being drawn.
SELECT v.id AS version_id, v.version, i.approved_version, (i.retired_at IS NOT NULL)::boolean AS retired,
       coalesce(a.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < a.lapsed_at, true), false)::boolean AS barred
FROM item_version v JOIN item i ON i.id = v.item_id LEFT JOIN legal_act a ON a.id = i.act_id
WHERE v.id = ANY(@ids::bigint[]) AND i.bank_id = @bank_id;

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
SELECT i.id, i.version, (i.retired_at IS NOT NULL)::boolean AS retired, i.difficulty, coalesce(t.path, '')::text AS path, v.content
FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version LEFT JOIN topic t ON t.id = i.topic_id
WHERE i.bank_id = $1 ORDER BY i.id;
