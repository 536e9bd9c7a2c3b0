-- Where items stand: topics, tags, legal acts; and changes of many at once.

-- name: Topics :many
SELECT id, parent_id, name, position, path, path_key FROM topic WHERE bank_id = $1 ORDER BY position, name, id;

-- name: LockTopics :exec
-- One change of the tree at a time.
SELECT 1 FROM bank WHERE id = $1 FOR NO KEY UPDATE;

-- name: AddTopic :one
INSERT INTO topic (bank_id, parent_id, name, position, path, path_key)
VALUES (@bank_id, @parent_id, @name, @position, @path, @path_key) RETURNING id;

-- name: SaveTopic :exec
UPDATE topic SET parent_id = @parent_id, name = @name, position = @position, path = @path, path_key = @path_key WHERE id = @id;

-- name: RemoveTopic :exec
DELETE FROM topic WHERE id = $1;

-- name: MoveTopicItems :execrows
UPDATE item SET topic_id = @into_topic WHERE topic_id = @from_topic;

-- name: Acts :many
SELECT a.id, a.title, a.title_key, a.force_from, a.force_to, a.replaced_by, a.lapsed_at, a.note, a.checked_at, a.checked_by, a.version,
       coalesce(n.items, 0)::bigint AS items, coalesce(n.barred, 0)::bigint AS barred, coalesce(n.unchecked, 0)::bigint AS unchecked
FROM legal_act a LEFT JOIN (
    SELECT i.act_id, count(*) AS items,
           count(*) FILTER (WHERE x.lapsed_at <= @now::timestamptz AND coalesce(i.checked_at < x.lapsed_at, true)) AS barred,
           count(*) FILTER (WHERE coalesce(i.checked_at, i.created_at) < @check_before::timestamptz) AS unchecked
    FROM item i JOIN legal_act x ON x.id = i.act_id
    WHERE i.bank_id = @bank_id AND i.retired_at IS NULL GROUP BY i.act_id) n ON n.act_id = a.id
WHERE a.bank_id = @bank_id ORDER BY a.title_key, a.id;

-- name: ActByKey :one
SELECT id FROM legal_act WHERE bank_id = @bank_id AND title_key = @title_key;

-- name: AddAct :one
INSERT INTO legal_act (bank_id, title, title_key) VALUES (@bank_id, @title, @title_key)
ON CONFLICT (bank_id, title_key) DO UPDATE SET title_key = excluded.title_key RETURNING id;

-- name: LockAct :one
SELECT * FROM legal_act WHERE id = @id AND bank_id = @bank_id FOR UPDATE;

-- name: SaveAct :exec
UPDATE legal_act SET title = @title, title_key = @title_key, force_from = @force_from, force_to = @force_to, replaced_by = @replaced_by,
       lapsed_at = @lapsed_at, note = @note, checked_at = @checked_at, checked_by = @checked_by, version = version + 1
WHERE id = @id;

-- name: RemoveAct :execrows
DELETE FROM legal_act a WHERE a.id = @id AND a.bank_id = @bank_id AND NOT EXISTS (SELECT 1 FROM item i WHERE i.act_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM legal_act o WHERE o.replaced_by = a.id);

-- name: UnfiledItems :many
SELECT i.id, i.bank_id, v.content FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
WHERE NOT i.filed ORDER BY i.id LIMIT 500 FOR UPDATE OF i SKIP LOCKED;

-- name: FileItem :exec
UPDATE item SET topic_id = @topic_id, act_id = @act_id, filed = true WHERE id = @id;

-- name: ChosenItems :many
-- What a change of many needs to know of each.
SELECT i.id, i.version, i.retired_at, i.state, i.approved_version, i.difficulty, i.topic_id, i.act_id, i.tags, i.checked_at, i.stem_key
FROM item i WHERE i.id = ANY(@ids::bigint[]) AND i.bank_id = @bank_id ORDER BY i.id FOR UPDATE;

-- name: PlaceMany :exec
UPDATE item SET topic_id = u.topic_id, difficulty = u.difficulty, act_id = u.act_id, tags = string_to_array(u.tags, E'\n'), tag_key = u.tag_key
FROM (SELECT unnest(@ids::bigint[]) AS id, nullif(unnest(@topic_ids::bigint[]), 0) AS topic_id, unnest(@difficulties::text[]) AS difficulty,
             nullif(unnest(@act_ids::bigint[]), 0) AS act_id, unnest(@tags::text[]) AS tags, unnest(@tag_keys::text[]) AS tag_key) u
WHERE item.id = u.id;

-- name: StateMany :exec
-- What was approved and is sent back is no longer drawn.
UPDATE item SET state = @state::text, approved_version = CASE WHEN @state::text = 'approved' THEN item.version
    WHEN @state::text = 'sent_back' AND item.state = 'approved' THEN NULL ELSE item.approved_version END
WHERE id = ANY(@ids::bigint[]);

-- name: RetireMany :exec
UPDATE item SET retired_at = @retired_at WHERE id = ANY(@ids::bigint[]);

-- name: CheckMany :exec
UPDATE item SET checked_at = @checked_at, checked_by = @checked_by WHERE id = ANY(@ids::bigint[]) AND act_id IS NOT NULL;

-- name: StepMany :exec
INSERT INTO item_step (item_id, version, step, note, at, account_id, name)
SELECT i.id, i.version, @step, @note, @at, @account_id, @name FROM item i WHERE i.id = ANY(@ids::bigint[]);

-- name: WrittenByMany :many
-- Which of these items somebody has written himself since they were last approved.
SELECT DISTINCT v.item_id FROM item_version v JOIN item i ON i.id = v.item_id
WHERE i.id = ANY(@ids::bigint[]) AND v.version > coalesce(i.approved_version, 0) AND v.created_by = @account_id::bigint;

-- name: Comparison :one
SELECT * FROM bank_comparison WHERE bank_id = $1;

-- name: StartComparison :execrows
-- One at a time; one that has not moved for five minutes has been lost with its node.
INSERT INTO bank_comparison (bank_id, state, started_at, touched_at) VALUES (@bank_id, 'waiting', @at, @at)
ON CONFLICT (bank_id) DO UPDATE SET state = 'waiting', done = 0, total = 0, started_at = @at, touched_at = @at, finished_at = NULL
WHERE bank_comparison.state NOT IN ('waiting', 'running') OR bank_comparison.touched_at < @stale::timestamptz;

-- name: TouchComparison :exec
UPDATE bank_comparison SET state = @state, done = @done, total = @total, touched_at = @at WHERE bank_id = @bank_id;

-- name: FinishComparison :exec
UPDATE bank_comparison SET state = 'done', done = total, pairs = @pairs, more = @more, touched_at = @at, finished_at = @at WHERE bank_id = @bank_id;

-- name: ForgetPairs :exec
UPDATE item_pair SET found = false WHERE bank_id = $1;

-- name: DropPairs :exec
DELETE FROM item_pair WHERE bank_id = $1 AND NOT found AND NOT different;

-- name: AddPairs :exec
INSERT INTO item_pair (bank_id, a, b, percent, other_key)
SELECT @bank_id, unnest(@a::bigint[]), unnest(@b::bigint[]), unnest(@percents::int[]), unnest(@other_keys::boolean[])
ON CONFLICT (a, b) DO UPDATE SET percent = excluded.percent, other_key = excluded.other_key, found = true;

-- name: Pairs :many
SELECT p.a, p.b, p.percent, p.other_key, p.different, p.decided_by, p.decided_at
FROM item_pair p JOIN item x ON x.id = p.a JOIN item y ON y.id = p.b
WHERE p.bank_id = @bank_id AND p.different = @different::boolean AND (p.found OR p.different)
  AND x.retired_at IS NULL AND y.retired_at IS NULL
ORDER BY p.percent DESC, p.a, p.b LIMIT @page_size OFFSET @skip;

-- name: CountPairs :one
SELECT count(*) FROM item_pair p JOIN item x ON x.id = p.a JOIN item y ON y.id = p.b
WHERE p.bank_id = @bank_id AND p.different = @different::boolean AND (p.found OR p.different)
  AND x.retired_at IS NULL AND y.retired_at IS NULL;

-- name: DecidePair :execrows
UPDATE item_pair SET different = @different, decided_by = @decided_by, decided_at = @decided_at WHERE a = @a AND b = @b AND bank_id = @bank_id;
