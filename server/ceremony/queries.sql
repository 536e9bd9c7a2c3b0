-- name: Ceremony :one
SELECT * FROM ceremony WHERE contest_id = $1;

-- name: CeremonySeq :one
SELECT seq FROM ceremony WHERE contest_id = $1;

-- name: MakeCeremony :exec
-- The row is there before it is locked. Its number is never below the milliseconds of the clock: after a restore of an
-- older backup it still goes on rising.
INSERT INTO ceremony (contest_id, seq, settings)
VALUES (@contest_id, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, @settings)
ON CONFLICT (contest_id) DO NOTHING;

-- name: LockCeremony :one
SELECT * FROM ceremony WHERE contest_id = $1 FOR UPDATE;

-- name: CeremonyForShare :one
SELECT state, rehearsal FROM ceremony WHERE contest_id = $1 FOR SHARE;

-- name: SaveCeremony :one
UPDATE ceremony SET seq = greatest(seq + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint), settings = @settings,
    state = @state, rehearsal = @rehearsal, black = @black, position = @position, revision = @revision, script = @script,
    moved_us = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, moved_by = @moved_by
WHERE contest_id = @contest_id
RETURNING seq, moved_us;

-- name: AddMove :exec
INSERT INTO ceremony_move (contest_id, seq, cue, position, at_us, account_id, actor)
VALUES (@contest_id, @seq, @cue, @position, @at_us, @account_id, @actor);

-- name: RewriteScript :exec
UPDATE ceremony SET seq = seq + 1, script = @script WHERE contest_id = @contest_id AND script IS NOT NULL;
