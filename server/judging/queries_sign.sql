-- name: Signatures :many
SELECT id, round_id, signing, step, account_id, name, at_us, hash, ended_us, ended_name, reason, request_id
FROM judging_signature WHERE round_id = $1 ORDER BY id;

-- name: SignedBytes :many
SELECT id, signing, step, name, at_us, signed, hash, ended_us FROM judging_signature WHERE round_id = $1 ORDER BY id;

-- name: SignedRecord :one
SELECT signed, hash FROM judging_signature WHERE round_id = $1 AND signing = $2 AND step = 'close' ORDER BY id DESC LIMIT 1;

-- name: AddSignature :exec
INSERT INTO judging_signature (round_id, signing, step, account_id, name, at_us, signed, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: EndSignatures :execrows
UPDATE judging_signature SET ended_us = @ended_us::bigint, ended_name = @ended_name, reason = @reason, request_id = @request_id
WHERE round_id = @round_id AND ended_us IS NULL;

-- name: CheckJudgedRound :exec
UPDATE judged_round SET checked_us = @checked_us::bigint, checked_by = @checked_by::bigint WHERE round_id = @round_id;

-- name: UncheckJudgedRound :exec
UPDATE judged_round SET checked_us = NULL, checked_by = NULL WHERE round_id = $1;

-- name: ReopenJudgedRound :exec
UPDATE judged_round SET checked_us = NULL, checked_by = NULL, closed_us = NULL, closed_by = NULL, signing = signing + 1 WHERE round_id = $1;

-- name: SetSupervised :exec
UPDATE judged_round SET supervised = $2 WHERE round_id = $1;

-- name: TakeHead :exec
UPDATE panel_seat SET head = false WHERE round_id = $1;

-- name: GiveHead :exec
UPDATE panel_seat SET head = true WHERE round_id = $1 AND seat = $2;

-- name: Requests :many
SELECT * FROM judging_request WHERE round_id = $1 ORDER BY id;

-- name: AddRequest :one
INSERT INTO judging_request (round_id, kind, performance_id, account_id, reason, marks, replaces, correction, asked_by, asked_name, asked_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id;

-- name: DecideRequest :exec
UPDATE judging_request SET state = @state, decided_by = @decided_by::bigint, decided_name = @decided_name, decided_us = @decided_us::bigint WHERE id = @id;

-- name: EndedVersions :many
SELECT v.*, s.performance_id, s.account_id FROM sheet_version v JOIN sheet s ON s.id = v.sheet_id JOIN performance p ON p.id = s.performance_id
WHERE p.round_id = $1 AND v.ended_us IS NOT NULL ORDER BY v.ended_us, v.sheet_id, v.number;

-- name: AllVersions :many
SELECT v.*, s.performance_id, s.account_id FROM sheet_version v JOIN sheet s ON s.id = v.sheet_id JOIN performance p ON p.id = s.performance_id
WHERE p.round_id = $1 ORDER BY v.sheet_id, v.number;

-- name: AddSheetVersion :exec
INSERT INTO sheet_version (sheet_id, number, paper, marks, hash, locked_us, request_id)
SELECT @sheet_id::bigint, coalesce(max(v.number), 0) + 1, @paper::boolean, @marks::bytea, @hash::bytea, @locked_us::bigint, sqlc.narg(request_id)::bigint
FROM sheet_version v WHERE v.sheet_id = @sheet_id::bigint;

-- name: EndSheetVersion :execrows
UPDATE sheet_version SET ended_us = @ended_us::bigint, ended_by = @ended_by::bigint WHERE sheet_id = @sheet_id AND ended_us IS NULL;

-- name: ReopenSheet :exec
UPDATE sheet SET state = 'draft', locked_us = NULL, paper = false, version = version + 1 WHERE id = $1;

-- name: LockPaperSheet :exec
UPDATE sheet SET state = 'locked', locked_us = @locked_us::bigint, paper = true, version = version + 1 WHERE id = @id;

-- name: NextWriter :one
SELECT nextval('sheet_writer')::bigint;

-- name: SetSeatWriter :exec
UPDATE panel_seat SET writer = $3 WHERE round_id = $1 AND account_id = $2;

-- name: RecordedSignatures :many
SELECT payload FROM audit_event WHERE chain = $1 AND action IN ('judging.check', 'judging.close', 'judging.witness') ORDER BY seq;
