-- name: ControlRoundExists :one
SELECT EXISTS (SELECT 1 FROM exam_round WHERE round_id = $1);
