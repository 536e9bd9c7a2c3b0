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
