-- +goose Up
-- A change can be asked for what an organizer has entered too: an entry that no registration stands behind. A request
-- names its registration wherever there is one, and the entry itself only where there is none.
ALTER TABLE change_request ALTER COLUMN registration_id DROP NOT NULL;
ALTER TABLE change_request ADD COLUMN entry_id bigint REFERENCES entry (id) ON DELETE CASCADE;
ALTER TABLE change_request ADD CONSTRAINT change_request_of CHECK ((registration_id IS NULL) <> (entry_id IS NULL));
CREATE UNIQUE INDEX change_request_open_entry ON change_request (entry_id) WHERE state = 'open' AND entry_id IS NOT NULL;

-- Names that a list has in capitals only, or in small letters only, are written in the ordinary way: when its owner says so.
ALTER TABLE sheet_upload ADD COLUMN respell boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE sheet_upload DROP COLUMN respell;
DELETE FROM change_request WHERE registration_id IS NULL;
DROP INDEX change_request_open_entry;
ALTER TABLE change_request DROP CONSTRAINT change_request_of;
ALTER TABLE change_request DROP COLUMN entry_id;
ALTER TABLE change_request ALTER COLUMN registration_id SET NOT NULL;
