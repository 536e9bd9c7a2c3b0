-- name: CreateContest :one
INSERT INTO contest (slug, name, organizer_name, venue, rules, time_zone, template, entry_kind, team_min, team_max,
                     registration_opens_at, registration_closes_at, starts_at, tie_breakers, bank_id, unlisted,
                     rehearsal_of, created_by)
VALUES (@slug, @name, @organizer_name, @venue, @rules, @time_zone, @template, @entry_kind, @team_min, @team_max,
        @registration_opens_at, @registration_closes_at, @starts_at, @tie_breakers, @bank_id, @unlisted,
        @rehearsal_of, @created_by)
RETURNING *;

-- name: ContestByID :one
SELECT * FROM contest WHERE id = $1;

-- name: ContestBySlug :one
SELECT * FROM contest WHERE slug = $1;

-- name: LockContest :one
SELECT * FROM contest WHERE id = $1 FOR UPDATE;

-- name: HoldContest :one
SELECT state, (rehearsal_of IS NOT NULL)::boolean AS rehearsal FROM contest WHERE id = $1 FOR SHARE;

-- name: UnfinishedRounds :many
SELECT name FROM round WHERE contest_id = $1 AND state IN ('running', 'paused') ORDER BY position, id;

-- name: SlugTaken :one
SELECT EXISTS (SELECT 1 FROM contest WHERE slug = $1);

-- name: ContestsByID :many
SELECT * FROM contest WHERE id = ANY(@ids::bigint[]) AND rehearsal_of IS NULL
ORDER BY coalesce(starts_at, created_at) DESC, id DESC;

-- name: AllContests :many
SELECT * FROM contest WHERE rehearsal_of IS NULL ORDER BY coalesce(starts_at, created_at) DESC, id DESC LIMIT 500;

-- name: PublicContests :many
SELECT * FROM contest WHERE state NOT IN ('draft', 'archived') AND NOT unlisted AND rehearsal_of IS NULL
ORDER BY coalesce(starts_at, created_at) DESC, id DESC LIMIT 200;

-- name: UpdateContest :execrows
UPDATE contest SET name = @name, organizer_name = @organizer_name, venue = @venue, rules = @rules,
       entry_kind = @entry_kind, team_min = @team_min, team_max = @team_max,
       registration_opens_at = @registration_opens_at, registration_closes_at = @registration_closes_at,
       starts_at = @starts_at, tie_breakers = @tie_breakers, unlisted = @unlisted, version = version + 1
WHERE id = @id AND version = @version;

-- name: RaiseVersion :execrows
UPDATE contest SET version = version + 1 WHERE id = @id AND version = @version;

-- name: SetContestState :execrows
UPDATE contest SET state = @to_state WHERE id = @id AND state = @from_state;

-- name: DeleteRehearsal :execrows
DELETE FROM contest WHERE id = $1 AND rehearsal_of IS NOT NULL;

-- name: Divisions :many
SELECT * FROM division WHERE contest_id = $1 ORDER BY position, id;

-- name: CreateDivision :one
INSERT INTO division (contest_id, name, position) VALUES ($1, $2, $3) RETURNING *;

-- name: UpdateDivision :execrows
UPDATE division SET name = $3, position = $4 WHERE id = $1 AND contest_id = $2;

-- name: DeleteDivision :execrows
DELETE FROM division WHERE id = $1 AND contest_id = $2;

-- name: Rounds :many
SELECT * FROM round WHERE contest_id = $1 ORDER BY position, id;

-- name: RoundByID :one
SELECT * FROM round WHERE id = $1;

-- name: LockRound :one
SELECT * FROM round WHERE id = $1 FOR UPDATE;

-- name: CreateRound :one
INSERT INTO round (contest_id, position, kind, name, starts_at, weight, max_score, from_zero, intake)
VALUES (@contest_id, @position, @kind, @name, @starts_at, @weight, @max_score, @from_zero, @intake) RETURNING *;

-- name: UpdateRound :execrows
UPDATE round SET name = $3, position = $4, starts_at = $5, weight = $6 WHERE id = $1 AND contest_id = $2;

-- name: SetRoundPlan :exec
UPDATE round SET weight = @weight, from_zero = @from_zero, intake = @intake WHERE id = @id;

-- name: DeriveRound :exec
UPDATE round SET entry_kind = @entry_kind, list_of = @list_of WHERE id = @id;

-- name: SetTieBreakers :execrows
UPDATE contest SET tie_breakers = @tie_breakers, version = version + 1 WHERE id = @id AND version = @version;

-- name: FilledRounds :many
-- Rounds whose entries a promotion has decided.
SELECT p.round_id FROM promotion p WHERE p.contest_id = $1;

-- name: SetRoundState :exec
UPDATE round SET state = $2 WHERE id = $1;

-- name: SetRoundMaxScore :exec
UPDATE round SET max_score = $2 WHERE id = $1;

-- name: FillRoundStart :exec
-- A time that somebody has chosen stays; one that followed the old beginning follows the new one.
UPDATE round SET starts_at = @starts_at WHERE id = @id AND (starts_at IS NULL OR starts_at = sqlc.narg('before'));

-- name: DeleteRound :execrows
DELETE FROM round WHERE id = $1 AND contest_id = $2 AND state IN ('planned', 'ready');
