-- name: Promotions :many
SELECT * FROM promotion WHERE contest_id = $1 ORDER BY round_id;

-- name: AddPromotion :exec
INSERT INTO promotion (round_id, contest_id, at_us, account_id, actor, record, hash)
VALUES (@round_id, @contest_id, @at_us, @account_id, @actor, @record, @hash);

-- name: DeletePromotion :execrows
DELETE FROM promotion WHERE round_id = @round_id AND contest_id = @contest_id;

-- name: AddPlaces :exec
INSERT INTO promotion_place (round_id, heat, line, subject_id, state, entry_id, deadline)
SELECT @round_id::bigint, p.heat, p.line, p.subject_id, p.state, nullif(p.entry_id, 0), CASE WHEN p.state = 'through' THEN sqlc.narg('deadline')::timestamptz END
FROM (SELECT unnest(@heats::bigint[]) AS heat, unnest(@lines::integer[]) AS line, unnest(@subjects::bigint[]) AS subject_id,
             unnest(@states::text[]) AS state, unnest(@entries::bigint[]) AS entry_id) p;

-- name: PlacesIn :many
SELECT p.* FROM promotion_place p JOIN promotion m ON m.round_id = p.round_id WHERE m.contest_id = $1 ORDER BY p.round_id, p.heat, p.line, p.id;

-- name: LockPlaces :many
SELECT * FROM promotion_place WHERE round_id = $1 ORDER BY heat, line, id FOR UPDATE;

-- name: SetPlace :exec
UPDATE promotion_place SET state = @state, entry_id = sqlc.narg('entry_id'), deadline = sqlc.narg('deadline'), reason = @reason WHERE id = @id;

-- name: Decisions :many
SELECT * FROM tie_decision WHERE contest_id = $1 ORDER BY id;

-- name: AddDecision :one
INSERT INTO tie_decision (contest_id, what, round_id, method, subjects, numbers, places, seed, tie_round_id, decider, reason, at_us, account_id, actor)
VALUES (@contest_id, @what, sqlc.narg('round_id'), @method, @subjects, @numbers, @places, @seed, sqlc.narg('tie_round_id'), @decider, @reason, @at_us,
        @account_id, @actor)
RETURNING id;

-- name: RevokeDecision :execrows
UPDATE tie_decision SET revoked_us = @at_us::bigint, revoked_by = @actor, revoked_why = @reason
WHERE id = @id AND contest_id = @contest_id AND revoked_us IS NULL;

-- name: PlanVersion :one
SELECT (SELECT coalesce(max(p.at_us), 0) FROM promotion p WHERE p.contest_id = $1)::bigint AS promoted,
       (SELECT coalesce(sum(hashint8extended(x.round_id, x.entry_id)), 0) FROM round_entry x JOIN round r ON r.id = x.round_id WHERE r.contest_id = $1)::text AS lists,
       (SELECT count(*) + count(d.revoked_us) * 1000000 FROM tie_decision d WHERE d.contest_id = $1)::bigint AS decisions;

-- name: PlacesOf :one
SELECT count(*) AS given, count(entry_id) AS named FROM promotion_place WHERE round_id = $1 AND state = 'through';
