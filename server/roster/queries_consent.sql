-- name: InsertConsents :exec
INSERT INTO consent (contest_id, registration_id, entry_id, purpose, version, given, person, text_hash, method, agent, network, statement,
                     guardian_name, guardian_phone, account_id)
SELECT @contest_id::bigint, nullif(@registration_id::bigint, 0), nullif(@entry_id::bigint, 0), c.purpose, c.version, c.given, c.person, c.text_hash,
       c.method, @agent::text, @network::text, c.statement, c.guardian_name, c.guardian_phone, sqlc.narg(account_id)::bigint
FROM (SELECT unnest(@purposes::text[]) AS purpose, unnest(@versions::text[]) AS version, unnest(@given::boolean[]) AS given,
             unnest(@persons::integer[]) AS person, unnest(@text_hashes::bytea[]) AS text_hash, unnest(@methods::text[]) AS method,
             unnest(@statements::text[]) AS statement, unnest(@guardian_names::text[]) AS guardian_name,
             unnest(@guardian_phones::text[]) AS guardian_phone) c;

-- name: ConsentHistory :many
SELECT c.purpose, c.version, c.given, c.at, c.person, c.method, c.agent, c.network, c.statement, c.guardian_name, c.guardian_phone
FROM consent c
WHERE (c.registration_id = @registration_id::bigint AND @registration_id::bigint <> 0)
   OR (c.entry_id = @entry_id::bigint AND @entry_id::bigint <> 0)
ORDER BY c.id;

-- name: ConsentTexts :many
SELECT purpose, version, vi, en, created_at FROM consent_text WHERE contest_id = $1 ORDER BY purpose, version;

-- name: AddConsentText :exec
INSERT INTO consent_text (contest_id, purpose, version, vi, en, created_by)
SELECT @contest_id, @purpose, coalesce(max(t.version), 0) + 1, @vi, @en, sqlc.narg(created_by)::bigint
FROM consent_text t WHERE t.contest_id = @contest_id AND t.purpose = @purpose;

-- name: HideAsRefused :exec
-- An entry's name is hidden when the newest answer to publishing it is no.
UPDATE entry e SET name_hidden = coalesce((
    SELECT NOT c.given FROM consent c
    WHERE c.purpose = 'publish' AND (c.entry_id = e.id OR c.registration_id IN (SELECT r.id FROM registration r WHERE r.entry_id = e.id))
    ORDER BY c.id DESC LIMIT 1), e.name_hidden)
WHERE e.contest_id = @contest_id AND e.id = ANY(@ids::bigint[]);

-- name: MaskedEntries :many
SELECT id, kind, number, name, (erased_at IS NOT NULL)::boolean AS erased FROM entry
WHERE contest_id = $1 AND (name_hidden OR erased_at IS NOT NULL);

-- name: MaskVersion :one
SELECT (count(*) || ':' || coalesce(sum(id), 0) || ':' || count(erased_at))::text AS version FROM entry
WHERE contest_id = $1 AND (name_hidden OR erased_at IS NOT NULL);

-- name: WhoByReceipt :one
SELECT id, contest_id, coalesce(entry_id, 0)::bigint AS entry_id FROM registration WHERE receipt_mac = $1;

-- name: OwnRegistration :one
SELECT r.id, r.contest_id, r.division_id, coalesce(u.name, r.unit_name)::text AS unit_name, r.kind, r.name, r.phone, r.email, r.state, r.reason,
       r.created_at, (r.erased_at IS NOT NULL)::boolean AS erased
FROM registration r LEFT JOIN unit u ON u.id = r.unit_id WHERE r.id = $1;

-- name: EraseEntry :one
UPDATE entry SET name = @name, search_key = '', same_key = 'erased|' || id, phone = '', email = '', reason = '', erased_at = now(), name_hidden = true,
       state = CASE WHEN @withdraw::boolean THEN 'withdrawn' ELSE state END,
       code_mac = @code_mac, code_sealed = @code_sealed, link_mac = @link_mac, link_sealed = @link_sealed, code_version = code_version + 1
WHERE id = @id AND contest_id = @contest_id AND erased_at IS NULL
RETURNING number;

-- name: EraseRegistration :exec
UPDATE registration SET name = @name, search_key = '', same_key = 'erased|' || id, phone = '', email = '', reason = '', unit_name = '',
       erased_at = now(), receipt_mac = @receipt_mac,
       state = CASE WHEN state IN ('pending', 'waitlisted') THEN 'withdrawn' ELSE state END
WHERE id = @id AND contest_id = @contest_id;

-- name: EraseMembers :exec
DELETE FROM member WHERE entry_id = $1;

-- name: EraseRegistrants :exec
DELETE FROM registrant WHERE registration_id = $1;

-- name: EraseChangeRequests :exec
DELETE FROM change_request WHERE registration_id = @registration_id::bigint OR entry_id = @entry_id::bigint;

-- name: EraseEvents :exec
UPDATE registration_event SET reason = '' WHERE entry_id = @entry_id::bigint OR registration_id = @registration_id::bigint;

-- name: EraseDuplicates :exec
DELETE FROM duplicate WHERE one_entry_id = @entry_id::bigint OR other_entry_id = @entry_id::bigint
    OR one_registration_id = @registration_id::bigint OR other_registration_id = @registration_id::bigint;

-- name: EraseConsentEvidence :exec
UPDATE consent SET agent = '', network = '', statement = '', guardian_name = '', guardian_phone = ''
WHERE entry_id = @entry_id::bigint OR registration_id = @registration_id::bigint;

-- name: EraseDevices :exec
UPDATE session SET user_agent = '', revoked_at = coalesce(revoked_at, now()) WHERE entry_id = $1;

-- name: DevicesOf :many
SELECT user_agent, created_at, last_seen_at FROM session WHERE entry_id = $1 ORDER BY id DESC LIMIT 50;

-- name: WhoByRegistration :one
SELECT coalesce(entry_id, 0)::bigint AS entry_id FROM registration WHERE id = @id AND contest_id = @contest_id;

-- name: EntryErased :one
SELECT (erased_at IS NOT NULL)::boolean AS erased FROM entry WHERE id = $1;
