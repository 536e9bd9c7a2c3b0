-- +goose Up
-- Leaders: who may act for a unit, and everything below it, in one contest; and the spreadsheets that lists come in.

CREATE TABLE unit_leader (
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    unit_id    bigint NOT NULL REFERENCES unit (id),
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, contest_id, unit_id)
);
CREATE INDEX unit_leader_contest ON unit_leader (contest_id, unit_id);

-- The leader who registered somebody, and has answered for telling the people so.
ALTER TABLE registration ADD COLUMN led_by bigint REFERENCES account (id) ON DELETE SET NULL;
CREATE INDEX registration_led ON registration (led_by) WHERE led_by IS NOT NULL;

-- What an account said the columns of such a spreadsheet mean, by the header's words.
CREATE TABLE sheet_mapping (
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    signature  bytea NOT NULL,                   -- SHA-256 of the header; see roster/sheet
    fields     text[] NOT NULL,                  -- a field for each column, 'ignored' for none
    used_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, signature)
);

-- A spreadsheet between its upload and the moment it is taken; swept after a day, as it holds personal data.
CREATE TABLE sheet_upload (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) <= 200),
    data       bytea NOT NULL,
    columns    bytea NOT NULL DEFAULT ''::bytea, -- what the person corrected, as JSON; empty: nothing
    state      text NOT NULL DEFAULT 'read' CHECK (state IN ('read', 'taking', 'taken')),
    done       integer NOT NULL DEFAULT 0,       -- entries dealt with while it is taken
    total      integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sheet_upload_owner ON sheet_upload (account_id, contest_id, id);
CREATE INDEX sheet_upload_contest ON sheet_upload (contest_id);

-- +goose Down
DROP TABLE sheet_upload;
DROP TABLE sheet_mapping;
ALTER TABLE registration DROP COLUMN led_by;
DROP TABLE unit_leader;
