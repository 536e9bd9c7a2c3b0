-- name: AddRevision :exec
INSERT INTO final_result (contest_id, revision, at_us, account_id, actor, reason, snapshot, hash, inputs_hash)
VALUES (@contest_id, @revision, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, @account_id, @actor, @reason,
        @snapshot, @hash, @inputs_hash);

-- name: NewestRevision :one
SELECT * FROM final_result WHERE contest_id = $1 ORDER BY revision DESC LIMIT 1;

-- name: Revisions :many
SELECT * FROM final_result WHERE contest_id = $1 ORDER BY revision;

-- name: ContestsWithResults :many
SELECT DISTINCT contest_id FROM final_result ORDER BY contest_id;

-- name: RecordedFinals :many
SELECT payload FROM audit_event WHERE chain = $1 AND action = 'result.finalize' ORDER BY seq;

-- name: AwardPlanVersion :one
SELECT version FROM award_plan WHERE contest_id = $1;

-- name: TurnAwardPlan :one
INSERT INTO award_plan (contest_id) VALUES ($1)
ON CONFLICT (contest_id) DO UPDATE SET version = award_plan.version + 1
RETURNING version;

-- name: Awards :many
SELECT division_id, name, prize, quota, withheld, reason, measure, best FROM award WHERE contest_id = $1 ORDER BY position;

-- name: DropAwards :exec
DELETE FROM award WHERE contest_id = $1;

-- name: AddAward :exec
INSERT INTO award (contest_id, division_id, position, name, prize, quota, withheld, reason, measure, best)
VALUES (@contest_id, @division_id, @position, @name, @prize, @quota, @withheld, @reason, @measure, @best);

-- name: SidePrizes :many
SELECT name, prize, entry_id, receiver, note FROM side_prize WHERE contest_id = $1 ORDER BY position, id;

-- name: DropSidePrizes :exec
DELETE FROM side_prize WHERE contest_id = $1;

-- name: AddSidePrize :exec
INSERT INTO side_prize (contest_id, position, name, prize, entry_id, receiver, note)
VALUES (@contest_id, @position, @name, @prize, @entry_id, @receiver, @note);
