-- Review: the bank's settings, steps, comments, and who has read a key.

-- name: SaveReview :execrows
UPDATE bank SET needs_review = @needs_review, own_approval = @own_approval, check_months = @check_months, version = version + 1
WHERE id = @id AND version = @version;

-- name: SetState :exec
UPDATE item SET state = @state, approved_version = @approved_version WHERE id = @id;

-- name: SetChecked :exec
UPDATE item SET checked_at = @checked_at, checked_by = @checked_by WHERE id = @id;

-- name: WrittenSince :many
-- Who wrote the versions after one.
SELECT DISTINCT coalesce(created_by, 0)::bigint FROM item_version WHERE item_id = @item_id AND version > @after;

-- name: AddStep :exec
INSERT INTO item_step (item_id, version, step, note, at, account_id, name)
VALUES (@item_id, @version, @step, @note, @at, @account_id, @name);

-- name: Steps :many
SELECT id, version, step, note, at, name FROM item_step WHERE item_id = $1 ORDER BY id DESC LIMIT 200;

-- name: Comments :many
SELECT c.id, c.version, c.body, c.at, c.account_id, c.name, c.resolved_at, c.resolved_by
FROM item_comment c JOIN item i ON i.id = c.item_id
WHERE c.item_id = @item_id AND i.bank_id = @bank_id ORDER BY c.id;

-- name: CountComments :one
SELECT count(*) FROM item_comment WHERE item_id = $1;

-- name: AddComment :one
INSERT INTO item_comment (item_id, version, body, at, account_id, name) VALUES (@item_id, @version, @body, @at, @account_id, @name)
RETURNING id;

-- name: ResolveComment :execrows
UPDATE item_comment SET resolved_at = @resolved_at, resolved_by = @resolved_by WHERE id = @id AND item_id = @item_id;

-- name: AddViews :exec
INSERT INTO item_view (item_id, version, account_id, how, stretch, contest_id, name, first_at, last_at)
SELECT u.item_id, u.version, @account_id, @how, @stretch, @contest_id, @name, @at, @at
FROM (SELECT unnest(@items::bigint[]) AS item_id, unnest(@versions::int[]) AS version) u
ON CONFLICT (item_id, account_id, stretch, how, version) DO UPDATE SET last_at = excluded.last_at;

-- name: ViewsOfItem :many
SELECT version, account_id, how, name, first_at, last_at FROM item_view WHERE item_id = @item_id
ORDER BY last_at DESC, account_id, version LIMIT 200;

-- name: ViewsOfContest :many
-- One row for each person, way and stretch; with one item its id and stem can be shown.
SELECT account_id, name, how, stretch, count(DISTINCT item_id) AS items, min(item_id)::bigint AS item_id,
       min(first_at)::timestamptz AS first_at, max(last_at)::timestamptz AS last_at
FROM item_view WHERE contest_id = @contest_id AND (@account_id::bigint = 0 OR account_id = @account_id)
  AND stretch < @before
GROUP BY account_id, name, how, stretch
ORDER BY stretch DESC, max(last_at) DESC, account_id, how
LIMIT @page_size;

-- name: ViewersOfContest :many
SELECT account_id, max(name)::text AS name, count(DISTINCT item_id) AS items, max(last_at)::timestamptz AS last_at
FROM item_view WHERE contest_id = $1 GROUP BY account_id ORDER BY max(last_at) DESC LIMIT 200;
