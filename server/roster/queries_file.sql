-- Spreadsheets with registrations: between their upload and the moment they are taken.

-- name: KeepUpload :one
INSERT INTO sheet_upload (contest_id, account_id, name, data) VALUES (@contest_id, @account_id, @name, @data) RETURNING id;

-- name: DropUploads :exec
DELETE FROM sheet_upload WHERE created_at < now() - interval '1 day'
   OR (sheet_upload.account_id = @account_id::bigint AND sheet_upload.contest_id = @contest_id::bigint AND state <> 'taking'
       AND id NOT IN (SELECT k.id FROM sheet_upload k WHERE k.account_id = @account_id::bigint AND k.contest_id = @contest_id::bigint ORDER BY k.id DESC LIMIT 3));

-- name: UploadOf :one
SELECT id, name, data, columns, state, respell FROM sheet_upload
WHERE id = @id AND contest_id = @contest_id AND account_id = @account_id AND created_at > now() - interval '1 day';

-- name: SetUploadColumns :execrows
UPDATE sheet_upload SET columns = @columns WHERE id = @id AND contest_id = @contest_id AND account_id = @account_id AND state <> 'taking';

-- name: SetUploadRespell :execrows
UPDATE sheet_upload SET respell = @respell WHERE id = @id AND contest_id = @contest_id AND account_id = @account_id AND state <> 'taking';

-- name: BeginTaking :execrows
UPDATE sheet_upload SET state = 'taking', done = 0, total = 0 WHERE id = @id AND state <> 'taking';

-- name: NoteProgress :exec
UPDATE sheet_upload SET done = @done, total = @total WHERE id = @id;

-- name: EndTaking :exec
UPDATE sheet_upload SET state = @state WHERE id = @id;

-- name: ProgressOf :one
SELECT state, done, total FROM sheet_upload WHERE id = @id AND contest_id = @contest_id AND account_id = @account_id;

-- name: SheetMappings :many
SELECT signature, fields FROM sheet_mapping WHERE account_id = @account_id ORDER BY used_at DESC LIMIT 200;

-- name: RememberMapping :exec
INSERT INTO sheet_mapping (account_id, signature, fields) VALUES (@account_id, @signature, @fields)
ON CONFLICT (account_id, signature) DO UPDATE SET fields = excluded.fields, used_at = now();

-- name: SameEntries :many
SELECT id, same_key, number, phone, email FROM entry
WHERE contest_id = @contest_id::bigint AND state = 'active' AND same_key = ANY(@same_keys::text[]) ORDER BY id;

-- name: SameRegistrations :many
SELECT id, same_key, phone, email FROM registration
WHERE contest_id = @contest_id::bigint AND state IN ('pending', 'waitlisted') AND same_key = ANY(@same_keys::text[]) ORDER BY id;

-- name: InsertLedRegistrations :many
INSERT INTO registration (contest_id, division_id, unit_id, kind, name, search_key, same_key, phone, email, receipt_mac, state, findings, led_by)
SELECT @contest_id::bigint, n.division_id, n.unit_id, @kind::text, n.name, n.search_key, n.same_key, n.phone, n.email, n.receipt_mac,
       n.state, n.findings::jsonb, @led_by::bigint
FROM (SELECT unnest(@division_ids::bigint[]) AS division_id, unnest(@unit_ids::bigint[]) AS unit_id, unnest(@names::text[]) AS name,
             unnest(@search_keys::text[]) AS search_key, unnest(@same_keys::text[]) AS same_key, unnest(@phones::text[]) AS phone,
             unnest(@emails::text[]) AS email, unnest(@receipt_macs::bytea[]) AS receipt_mac, unnest(@states::text[]) AS state,
             unnest(@findings::text[]) AS findings) n
RETURNING id, receipt_mac;

-- name: ChangeLedRegistration :execrows
UPDATE registration SET division_id = @division_id, unit_id = @unit_id, unit_name = '', name = @name, search_key = @search_key,
       same_key = @same_key, phone = @phone, email = @email, findings = @findings, state = CASE WHEN @waits::boolean THEN 'waitlisted' ELSE state END, led_by = coalesce(led_by, @led_by)
WHERE id = @id AND contest_id = @contest_id AND state IN ('pending', 'waitlisted');

-- name: WithdrawLedRegistration :execrows
UPDATE registration SET state = 'withdrawn', reason = @reason, decided_at = now(), decided_by = @decided_by
WHERE id = @id AND contest_id = @contest_id AND state IN ('pending', 'waitlisted') AND unit_id = ANY(@unit_ids::bigint[]);

-- An entry may have been moved to another unit since: then it is that unit's.
-- name: LedRegistration :one
SELECT r.id, r.contest_id, r.division_id, r.unit_id, r.unit_name, r.name, r.phone, r.email, r.state, r.entry_id,
       coalesce(e.state, '') AS entry_state
FROM registration r LEFT JOIN entry e ON e.id = r.entry_id
WHERE r.id = @id AND r.contest_id = @contest_id AND coalesce(e.unit_id, r.unit_id) = ANY(@unit_ids::bigint[]);

-- name: InsertLedConsents :exec
INSERT INTO consent (contest_id, registration_id, purpose, version, given, text_hash, method, statement, account_id)
SELECT @contest_id::bigint, r.id, p.purpose, p.version, p.given, p.text_hash, 'leader', @statement::text, @account_id::bigint
FROM (SELECT unnest(@registration_ids::bigint[]) AS id) r,
     (SELECT unnest(@purposes::text[]) AS purpose, unnest(@versions::text[]) AS version, unnest(@given::boolean[]) AS given,
             unnest(@text_hashes::bytea[]) AS text_hash) p;

-- name: EntryUnits :many
SELECT id, coalesce(unit_id, 0)::bigint AS unit_id FROM entry WHERE contest_id = @contest_id AND id = ANY(@ids::bigint[]);

-- name: ActiveEntriesOf :many
SELECT id FROM entry WHERE contest_id = @contest_id AND state = 'active' AND unit_id = ANY(@unit_ids::bigint[]) ORDER BY number;
