-- +goose Up
-- Consent by purpose and version, what people may ask about their own data, who looked at it, how long it is kept.

-- Consents are only ever added: the newest row of a purpose is in force, the older ones are the proof of what was.
ALTER TABLE consent DROP CONSTRAINT consent_pkey;
ALTER TABLE consent ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
ALTER TABLE consent ADD COLUMN contest_id bigint REFERENCES contest (id) ON DELETE CASCADE;
UPDATE consent c SET contest_id = r.contest_id FROM registration r WHERE r.id = c.registration_id;
ALTER TABLE consent ALTER COLUMN contest_id SET NOT NULL;
ALTER TABLE consent ALTER COLUMN registration_id DROP NOT NULL;
ALTER TABLE consent ADD COLUMN entry_id bigint REFERENCES entry (id) ON DELETE CASCADE;
ALTER TABLE consent ADD CHECK (registration_id IS NOT NULL OR entry_id IS NOT NULL);
ALTER TABLE consent ADD COLUMN person integer NOT NULL DEFAULT 0;  -- place of the person in the team whose parent agreed; 0: of all
ALTER TABLE consent ADD COLUMN text_hash bytea;                    -- SHA-256 of the text as it was shown; null: given before texts were hashed
ALTER TABLE consent ADD COLUMN method text NOT NULL DEFAULT 'form' CHECK (method IN ('form', 'own_page', 'leader', 'organizer'));
ALTER TABLE consent ADD COLUMN agent text NOT NULL DEFAULT '' CHECK (length(agent) <= 200);
ALTER TABLE consent ADD COLUMN network text NOT NULL DEFAULT '' CHECK (length(network) <= 50); -- the first part of the address only
ALTER TABLE consent ADD COLUMN statement text NOT NULL DEFAULT '' CHECK (length(statement) <= 500); -- how it was obtained on paper
ALTER TABLE consent ADD COLUMN guardian_name text NOT NULL DEFAULT '' CHECK (length(guardian_name) <= 120);
ALTER TABLE consent ADD COLUMN guardian_phone text NOT NULL DEFAULT '' CHECK (length(guardian_phone) <= 20);
ALTER TABLE consent ADD COLUMN account_id bigint;                  -- who recorded it, when not the person
CREATE INDEX consent_registration ON consent (registration_id, purpose, id) WHERE registration_id IS NOT NULL;
CREATE INDEX consent_entry ON consent (entry_id, purpose, id) WHERE entry_id IS NOT NULL;

-- A contest's own wording of a purpose. A new wording is a new version; the old ones stay for those who agreed to them.
CREATE TABLE consent_text (
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    purpose    text NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    vi         text NOT NULL CHECK (length(vi) BETWEEN 10 AND 2000),
    en         text NOT NULL CHECK (length(en) BETWEEN 10 AND 2000),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint,
    PRIMARY KEY (contest_id, purpose, version)
);
CREATE TRIGGER consent_text_append_only BEFORE UPDATE ON consent_text FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Who asked that the name be kept from the public, and who was made anonymous.
ALTER TABLE entry ADD COLUMN name_hidden boolean NOT NULL DEFAULT false;
ALTER TABLE entry ADD COLUMN erased_at timestamptz;
ALTER TABLE registration ADD COLUMN erased_at timestamptz;
CREATE INDEX entry_masked ON entry (contest_id, id) WHERE name_hidden OR erased_at IS NOT NULL;

-- What people ask about their own data. What they wrote is removed when they are erased.
CREATE TABLE data_request (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id      bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    registration_id bigint REFERENCES registration (id) ON DELETE SET NULL,
    entry_id        bigint REFERENCES entry (id) ON DELETE SET NULL,
    kind            text NOT NULL CHECK (kind IN ('see', 'correct', 'withdraw', 'export', 'erase')),
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'done', 'refused', 'cancelled')),
    words           text NOT NULL DEFAULT '' CHECK (length(words) <= 1000),
    answer          text NOT NULL DEFAULT '' CHECK (length(answer) <= 1000),
    answer_due      timestamptz NOT NULL,
    done_due        timestamptz NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    answered_at     timestamptz,
    done_at         timestamptz,
    decided_by      bigint
);
CREATE INDEX data_request_list ON data_request (contest_id, state, done_due, id);
CREATE INDEX data_request_entry ON data_request (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX data_request_registration ON data_request (registration_id) WHERE registration_id IS NOT NULL;

-- Who looked at somebody's data, once a day a person and purpose.
CREATE TABLE data_access (
    contest_id      bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    entry_id        bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    account_id      bigint NOT NULL,
    purpose         text NOT NULL CHECK (purpose IN ('detail', 'request', 'reveal')),
    day             date NOT NULL DEFAULT current_date,
    at              timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry_id, account_id, purpose, day)
);
CREATE INDEX data_access_contest ON data_access (contest_id);

-- How long a contest's personal data is kept after its end, and the days within which requests are met.
CREATE TABLE data_keeping (
    contest_id  bigint PRIMARY KEY REFERENCES contest (id) ON DELETE CASCADE,
    keep_months integer NOT NULL DEFAULT 24 CHECK (keep_months BETWEEN 1 AND 120),
    ended_at    timestamptz,                     -- noted when the contest is first seen to have ended
    reminded_at timestamptz
);

-- +goose Down
DROP TABLE data_keeping;
DROP TABLE data_access;
DROP TABLE data_request;
ALTER TABLE registration DROP COLUMN erased_at;
DROP INDEX entry_masked;
ALTER TABLE entry DROP COLUMN erased_at;
ALTER TABLE entry DROP COLUMN name_hidden;
DROP TABLE consent_text;
DELETE FROM consent WHERE registration_id IS NULL OR id NOT IN (SELECT max(id) FROM consent GROUP BY registration_id, purpose);
DROP INDEX consent_entry;
DROP INDEX consent_registration;
ALTER TABLE consent DROP COLUMN account_id, DROP COLUMN guardian_phone, DROP COLUMN guardian_name, DROP COLUMN statement,
    DROP COLUMN network, DROP COLUMN agent, DROP COLUMN method, DROP COLUMN text_hash, DROP COLUMN person, DROP COLUMN entry_id,
    DROP COLUMN contest_id, DROP COLUMN id;
ALTER TABLE consent ALTER COLUMN registration_id SET NOT NULL;
ALTER TABLE consent ADD PRIMARY KEY (registration_id, purpose);

