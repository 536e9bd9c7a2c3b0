-- name: AccountByLogin :one
SELECT * FROM account WHERE login = $1;

-- name: AccountByID :one
SELECT * FROM account WHERE id = $1;

-- name: CountAdmins :one
SELECT count(*) FROM account WHERE admin AND disabled_at IS NULL AND password_hash IS NOT NULL;

-- name: CreateAccount :one
INSERT INTO account (login, name, admin) VALUES ($1, $2, $3) RETURNING *;

-- name: CreateOwnAccount :one
INSERT INTO account (login, name, password_hash, self_made) VALUES ($1, $2, $3, true) ON CONFLICT (login) DO NOTHING RETURNING id;

-- name: BoundIn :many
-- The contests in which the account takes part.
SELECT contest_id FROM entry_account WHERE account_id = $1;

-- name: DropOwnAccount :execrows
-- Only one that its owner has made and that is of no use any more: no role, no entry.
DELETE FROM account a WHERE a.id = @account_id::bigint AND a.self_made AND NOT a.admin
  AND NOT EXISTS (SELECT 1 FROM account_grant g WHERE g.account_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM unit_leader l WHERE l.account_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM entry_account e WHERE e.account_id = a.id);

-- name: IdleOwnAccounts :many
-- Made a year ago, never used for an entry or no more, and not signed in to for months: its sessions are forgotten.
SELECT a.id FROM account a WHERE a.self_made AND NOT a.admin AND a.created_at < now() - interval '12 months'
  AND NOT EXISTS (SELECT 1 FROM session s WHERE s.account_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM account_grant g WHERE g.account_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM unit_leader l WHERE l.account_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM entry_account e WHERE e.account_id = a.id)
ORDER BY a.id LIMIT 500;

-- name: ForgetDevices :exec
DELETE FROM known_device WHERE scope = $1;

-- name: SetPassword :exec
UPDATE account SET password_hash = $2 WHERE id = $1;

-- name: GrantsOf :many
SELECT g.contest_id, g.role, 0::bigint AS unit_id FROM account_grant g WHERE g.account_id = @account_id::bigint
UNION ALL
SELECT l.contest_id, 'leader', l.unit_id FROM unit_leader l WHERE l.account_id = @account_id::bigint
ORDER BY contest_id, role, unit_id;

-- name: GrantsIn :many
SELECT a.id, a.login, a.name, (a.password_hash IS NOT NULL)::boolean AS has_password, a.disabled_at, g.role,
       (EXISTS (SELECT 1 FROM session s WHERE s.account_id = a.id AND s.revoked_at IS NULL AND s.expires_at > now()))::boolean AS signed_in
FROM account_grant g JOIN account a ON a.id = g.account_id
WHERE g.contest_id = $1
ORDER BY a.id, g.role;

-- name: AddGrant :exec
INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: RemoveGrant :execrows
DELETE FROM account_grant WHERE account_id = $1 AND contest_id = $2 AND role = $3;

-- name: CountGrants :one
SELECT count(*) FROM account_grant WHERE contest_id = $1 AND role = $2;

-- name: CopyGrants :exec
INSERT INTO account_grant (account_id, contest_id, role)
SELECT g.account_id, @to_contest::bigint, g.role FROM account_grant g
WHERE g.contest_id = @from_contest::bigint ON CONFLICT DO NOTHING;

-- name: DropGrants :exec
DELETE FROM account_grant WHERE contest_id = $1;

-- name: LeadersIn :many
SELECT a.id, a.login, a.name, (a.password_hash IS NOT NULL)::boolean AS has_password, l.unit_id,
       coalesce((SELECT max(s.last_seen_at) FROM session s WHERE s.account_id = a.id), 'epoch'::timestamptz)::timestamptz AS last_seen_at
FROM unit_leader l JOIN account a ON a.id = l.account_id
WHERE l.contest_id = @contest_id::bigint
ORDER BY a.id, l.unit_id;

-- name: AddLeader :execrows
INSERT INTO unit_leader (contest_id, account_id, unit_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: RemoveLeader :execrows
DELETE FROM unit_leader WHERE contest_id = $1 AND account_id = $2 AND unit_id = $3;

-- name: LedByLogin :many
SELECT l.unit_id FROM unit_leader l JOIN account a ON a.id = l.account_id WHERE a.login = $1;

-- name: LoginTaken :one
SELECT EXISTS (SELECT 1 FROM account WHERE login = $1);

-- name: CreateSession :one
INSERT INTO session (token_hash, account_id, entry_id, contest_id, expires_at, user_agent)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id;

-- name: SessionsByTokens :many
SELECT s.token_hash, s.id, s.account_id, s.entry_id, s.contest_id, s.last_seen_at, coalesce(a.name, '')::text AS name,
       coalesce(a.admin, false)::boolean AS admin, coalesce(a.self_made, false)::boolean AS self_made
FROM session s LEFT JOIN account a ON a.id = s.account_id
WHERE s.token_hash = ANY(@token_hashes::bytea[]) AND s.revoked_at IS NULL AND s.expires_at > now() AND a.disabled_at IS NULL;

-- name: TouchSessions :exec
-- In one order and past those that another node notes just now, so that two nodes never wait for each other.
UPDATE session SET last_seen_at = now() WHERE id IN (
    SELECT t.id FROM session t WHERE t.id = ANY(@ids::bigint[]) AND t.last_seen_at < now() - interval '5 minutes'
    ORDER BY t.id FOR UPDATE SKIP LOCKED);

-- name: RevokeSession :exec
UPDATE session SET revoked_at = now() WHERE token_hash = $1 AND revoked_at IS NULL;

-- name: RevokeAccountSessions :exec
UPDATE session SET revoked_at = now() WHERE account_id = $1 AND id <> $2 AND revoked_at IS NULL;

-- name: RevokeEntrySessions :exec
UPDATE session SET revoked_at = now() WHERE entry_id = $1 AND id <> $2 AND revoked_at IS NULL;

-- name: StandingSessions :many
SELECT s.id FROM session s LEFT JOIN account a ON a.id = s.account_id
WHERE s.id = ANY(@ids::bigint[]) AND s.revoked_at IS NULL AND s.expires_at > now() AND a.disabled_at IS NULL;

-- name: LockFirstAdmin :exec
SELECT pg_advisory_xact_lock(hashtext('hoithi first administrator'));

-- name: LockGrants :exec
SELECT pg_advisory_xact_lock(hashtextextended('hoithi grants', @contest_id::bigint));

-- name: CreateLink :exec
INSERT INTO sign_in_link (token_hash, purpose, account_id, contest_id, expires_at) VALUES ($1, $2, $3, $4, $5);

-- name: LinkByToken :one
SELECT * FROM sign_in_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now();

-- name: UseLink :execrows
UPDATE sign_in_link SET used_at = now() WHERE id = $1 AND used_at IS NULL AND expires_at > now();

-- name: DropLinks :exec
DELETE FROM sign_in_link WHERE purpose = $1 AND account_id IS NOT DISTINCT FROM $2 AND used_at IS NULL;

-- name: AddFailedTry :exec
INSERT INTO failed_try (scope) VALUES ($1);

-- name: FailedTries :one
SELECT count(*) AS tries, coalesce(max(at), 'epoch'::timestamptz)::timestamptz AS last, now()::timestamptz AS now
FROM failed_try WHERE scope = $1 AND at > now() - interval '1 hour';

-- name: IsKnownDevice :one
SELECT EXISTS (SELECT 1 FROM known_device WHERE device_hash = $1 AND scope = $2);

-- name: AddKnownDevice :exec
INSERT INTO known_device (device_hash, scope) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: SweepAccount :exec
WITH old_tries AS (DELETE FROM failed_try WHERE at < now() - interval '2 hours'),
     old_links AS (DELETE FROM sign_in_link WHERE expires_at < now() - interval '7 days')
DELETE FROM session WHERE expires_at < now() - interval '90 days';

-- name: PutSecret :exec
INSERT INTO server_secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: Secret :one
SELECT value FROM server_secret WHERE name = $1;
