-- +goose Up
-- How a judged part is signed: checked by the secretary, closed by the head judge, witnessed by the supervisor; what
-- needs two people; and every version of a sheet that was ever locked.

ALTER TABLE judged_round
    ADD COLUMN checked_us bigint,                        -- the secretary has checked the part; nothing changes but by sending it back
    ADD COLUMN checked_by bigint,
    ADD COLUMN signing    integer NOT NULL DEFAULT 1,    -- which time the part is signed: rises with each revocation
    ADD COLUMN supervised boolean NOT NULL DEFAULT false; -- the supervisor's signature is wanted

-- On paper: the marks of a locked sheet come from a paper sheet, typed by one and confirmed by another.
ALTER TABLE sheet ADD COLUMN paper boolean NOT NULL DEFAULT false;

-- What one asks and another one confirms. Nothing of the round changes before.
CREATE TABLE judging_request (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id       bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    kind           text NOT NULL CHECK (kind IN ('reopen', 'paper', 'revoke')),
    performance_id bigint REFERENCES performance (id) ON DELETE CASCADE,
    account_id     bigint REFERENCES account (id),       -- whose sheet
    reason         text NOT NULL CHECK (length(reason) <= 500),
    marks          bytea,                                -- canonical: the marks as they were typed first
    replaces       boolean NOT NULL DEFAULT false,       -- paper in place of what the device had saved
    correction     boolean NOT NULL DEFAULT false,       -- a revocation after the contest's result was final
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'confirmed', 'refused', 'withdrawn')),
    asked_by       bigint NOT NULL REFERENCES account (id),
    asked_name     text NOT NULL,
    asked_us       bigint NOT NULL,
    decided_by     bigint REFERENCES account (id),
    decided_name   text NOT NULL DEFAULT '',
    decided_us     bigint,
    CHECK ((kind = 'revoke') = (performance_id IS NULL)),
    CHECK ((performance_id IS NULL) = (account_id IS NULL)),
    CHECK ((kind = 'paper') = (marks IS NOT NULL)),
    CHECK ((state = 'asked') = (decided_us IS NULL) AND (state = 'asked') = (decided_by IS NULL)),
    -- Two people, whatever the program thinks.
    CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> asked_by),
    CHECK (state <> 'withdrawn' OR decided_by = asked_by)
);
CREATE INDEX judging_request_round ON judging_request (round_id, id);
CREATE UNIQUE INDEX judging_request_one_open_sheet ON judging_request (performance_id, account_id) WHERE state = 'asked' AND kind <> 'revoke';
CREATE UNIQUE INDEX judging_request_one_open_revocation ON judging_request (round_id) WHERE state = 'asked' AND kind = 'revoke';

-- Each state in which a sheet was ever locked. The newest one of a locked sheet has not ended.
CREATE TABLE sheet_version (
    sheet_id   bigint NOT NULL REFERENCES sheet (id) ON DELETE CASCADE,
    number     integer NOT NULL CHECK (number > 0),
    paper      boolean NOT NULL,
    marks      bytea NOT NULL,                           -- canonical
    hash       bytea NOT NULL CHECK (length(hash) = 32), -- SHA-256 of marks
    locked_us  bigint NOT NULL,
    request_id bigint REFERENCES judging_request (id),   -- of paper marks
    ended_us   bigint,
    ended_by   bigint REFERENCES judging_request (id),   -- what reopened the sheet
    PRIMARY KEY (sheet_id, number),
    CHECK ((ended_us IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX sheet_version_one_open ON sheet_version (sheet_id) WHERE ended_us IS NULL;

-- The signatures under a part, with the very bytes that were signed. One that is sent back or revoked stays.
CREATE TABLE judging_signature (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id   bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    signing    integer NOT NULL CHECK (signing > 0),
    step       text NOT NULL CHECK (step IN ('check', 'close', 'witness')),
    account_id bigint NOT NULL REFERENCES account (id),
    name       text NOT NULL,
    at_us      bigint NOT NULL,
    signed     bytea NOT NULL,
    hash       bytea NOT NULL CHECK (length(hash) = 32),  -- SHA-256 of signed
    ended_us   bigint,
    ended_name text NOT NULL DEFAULT '',
    reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    request_id bigint REFERENCES judging_request (id),    -- the revocation that ended it; null: sent back
    CHECK (ended_us IS NOT NULL OR (request_id IS NULL AND reason = '' AND ended_name = ''))
);
CREATE UNIQUE INDEX judging_signature_one ON judging_signature (round_id, step) WHERE ended_us IS NULL;
CREATE INDEX judging_signature_round ON judging_signature (round_id, id);

-- +goose StatementBegin
CREATE FUNCTION keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_us IS NOT NULL OR
       (to_jsonb(NEW) - '{ended_us,ended_by,ended_name,reason,request_id}'::text[]) IS DISTINCT FROM
       (to_jsonb(OLD) - '{ended_us,ended_by,ended_name,reason,request_id}'::text[]) THEN
        RAISE EXCEPTION 'what was signed in % is never changed', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER judging_signature_stands BEFORE UPDATE ON judging_signature FOR EACH ROW EXECUTE FUNCTION keep_signed();
CREATE TRIGGER sheet_version_stands BEFORE UPDATE ON sheet_version FOR EACH ROW EXECUTE FUNCTION keep_signed();

-- Sheets that are locked already have one version.
INSERT INTO sheet_version (sheet_id, number, paper, marks, hash, locked_us)
SELECT v.id, 1, false, convert_to(v.marks, 'UTF8'), sha256(convert_to(v.marks, 'UTF8')), v.locked_us
FROM (SELECT s.id, s.locked_us, '[' || coalesce(string_agg('{"criterion_id":' || m.criterion_id || ',"value":' || m.value || '}', ',' ORDER BY m.criterion_id), '') || ']' AS marks
      FROM sheet s LEFT JOIN (SELECT DISTINCT ON (sheet_id, criterion_id) sheet_id, criterion_id, value FROM mark
                              ORDER BY sheet_id, criterion_id, writer DESC, seq DESC) m ON m.sheet_id = s.id AND m.value IS NOT NULL
      WHERE s.state = 'locked' GROUP BY s.id, s.locked_us) v;

-- +goose Down
DROP TABLE judging_signature;
DROP TABLE sheet_version;
DROP FUNCTION keep_signed;
DROP TABLE judging_request;
ALTER TABLE sheet DROP COLUMN paper;
ALTER TABLE judged_round DROP COLUMN checked_us, DROP COLUMN checked_by, DROP COLUMN signing, DROP COLUMN supervised;
