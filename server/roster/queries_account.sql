-- name: EntryOfAccount :one
SELECT e.id, e.number, e.state, x.way FROM entry_account x JOIN entry e ON e.id = x.entry_id
WHERE x.contest_id = @contest_id AND x.account_id = @account_id;

-- name: AccountOfEntry :one
SELECT x.account_id, x.way, x.bound_at, a.login, a.name FROM entry_account x JOIN account a ON a.id = x.account_id
WHERE x.entry_id = $1;

-- name: BindAccount :exec
INSERT INTO entry_account (entry_id, contest_id, account_id, way) VALUES (@entry_id, @contest_id, @account_id, @way);

-- name: UnbindAccount :one
-- way '': whichever it was.
DELETE FROM entry_account WHERE entry_id = @entry_id AND contest_id = @contest_id AND (@way::text = '' OR way = @way::text)
RETURNING account_id;

-- name: EntriesOfAccount :many
-- Where an account takes part, newest first; rehearsals are nobody's.
SELECT x.contest_id, e.id, e.number, e.name, e.state, x.bound_at, coalesce(u.name, '')::text AS unit_name
FROM entry_account x JOIN entry e ON e.id = x.entry_id
LEFT JOIN unit_in_contest u ON u.contest_id = e.contest_id AND u.unit_id = e.unit_id
WHERE x.account_id = $1 ORDER BY x.bound_at DESC, e.id DESC LIMIT 200;
