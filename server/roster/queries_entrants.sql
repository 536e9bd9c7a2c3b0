-- Who enters which round, and the teams that units name.

-- name: RoundLimited :one
SELECT (list_of IS NOT NULL OR entry_kind <> '')::boolean AS limited FROM round WHERE id = $1;

-- name: Entrants :many
SELECT id FROM round_entrant WHERE round_id = $1 ORDER BY number;

-- name: RoundLists :many
-- The lists of a contest's rounds that promotions have filled, also of entries that have left since.
SELECT x.round_id, x.entry_id FROM round_entry x JOIN round r ON r.id = x.round_id
WHERE r.contest_id = $1 ORDER BY x.round_id, x.entry_id;

-- name: ClearRound :exec
DELETE FROM round_entry WHERE round_id = $1;

-- name: FillRound :exec
INSERT INTO round_entry (round_id, entry_id) SELECT @round_id::bigint, unnest(@entry_ids::bigint[]) ON CONFLICT DO NOTHING;

-- name: LeaveRound :exec
DELETE FROM round_entry WHERE round_id = @round_id AND entry_id = @entry_id;

-- name: CameFrom :exec
-- Says of a team's members as which entries they took part alone.
UPDATE member m SET person_entry_id = nullif(p.person, 0)
FROM (SELECT unnest(@positions::integer[]) AS position, unnest(@persons::bigint[]) AS person) p
WHERE m.entry_id = @entry_id AND m.position = p.position;

-- name: TeamsOf :many
-- In which active teams of a contest some persons stand.
SELECT m.person_entry_id::bigint AS person, m.entry_id, e.name FROM member m JOIN entry e ON e.id = m.entry_id
WHERE e.contest_id = @contest_id AND e.state = 'active' AND m.person_entry_id = ANY(@persons::bigint[]);

-- name: TeamMembers :many
SELECT m.entry_id, m.position, m.name, m.role, coalesce(m.person_entry_id, 0)::bigint AS person
FROM member m JOIN entry e ON e.id = m.entry_id
WHERE e.contest_id = @contest_id AND m.entry_id = ANY(@entry_ids::bigint[]) ORDER BY m.entry_id, m.position;
