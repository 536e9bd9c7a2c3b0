-- +goose Up
-- Who takes part: the units a contest invites, registrations, the entries they become, and the entries' members.

CREATE TABLE contest_unit (
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    unit_id    bigint NOT NULL REFERENCES unit (id),
    PRIMARY KEY (contest_id, unit_id)
);
CREATE INDEX contest_unit_unit ON contest_unit (unit_id);

CREATE TABLE entry (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id   bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    division_id  bigint NOT NULL REFERENCES division (id),
    unit_id      bigint REFERENCES unit (id),
    kind         text NOT NULL CHECK (kind IN ('person', 'team')),
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    search_key   text NOT NULL,                  -- name, members and unit without marks, for the organizer's search
    same_key     text NOT NULL,                  -- what makes two entries the same in an import
    number       integer NOT NULL CHECK (number BETWEEN 1 AND 9999999),
    phone        text NOT NULL DEFAULT '' CHECK (length(phone) <= 20),
    email        text NOT NULL DEFAULT '' CHECK (length(email) <= 200),
    -- The code and the personal link: HMAC to check them, sealed (AES-GCM with the server's key) to print cards again.
    code_mac     bytea NOT NULL,
    code_sealed  bytea NOT NULL,
    link_mac     bytea NOT NULL UNIQUE,
    link_sealed  bytea NOT NULL,
    code_version integer NOT NULL DEFAULT 1,
    source       text NOT NULL CHECK (source IN ('registration', 'manual', 'import')),
    state        text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'withdrawn')),
    reason       text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contest_id, number)                  -- a number is never given twice, even after a withdrawal
);
CREATE INDEX entry_unit ON entry (unit_id) WHERE unit_id IS NOT NULL;
CREATE INDEX entry_division ON entry (division_id);
CREATE INDEX entry_same ON entry (contest_id, same_key);

CREATE TABLE member (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    position integer NOT NULL,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    role     text NOT NULL CHECK (role IN ('captain', 'member', 'reserve')),
    UNIQUE (entry_id, position)
);

CREATE TABLE registration (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id  bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    division_id bigint NOT NULL REFERENCES division (id),
    unit_id     bigint REFERENCES unit (id),
    unit_name   text NOT NULL DEFAULT '' CHECK (length(unit_name) <= 200), -- as typed, when it was not in the list
    kind        text NOT NULL CHECK (kind IN ('person', 'team')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    members     jsonb NOT NULL,                  -- as registered: [{"name", "role"}]
    search_key  text NOT NULL,
    same_key    text NOT NULL,
    phone       text NOT NULL DEFAULT '' CHECK (length(phone) <= 20),
    email       text NOT NULL DEFAULT '' CHECK (length(email) <= 200),
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn')),
    reason      text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    receipt_mac bytea NOT NULL UNIQUE,           -- HMAC of the secret by which the registrant asks how it stands
    entry_id    bigint REFERENCES entry (id) ON DELETE SET NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    decided_at  timestamptz,
    decided_by  bigint
);
CREATE INDEX registration_list ON registration (contest_id, state, id);
CREATE INDEX registration_same ON registration (contest_id, same_key);
CREATE INDEX registration_entry ON registration (entry_id) WHERE entry_id IS NOT NULL;

-- What a registrant agreed to: one row a purpose, also for what was declined, with the version of the text shown.
CREATE TABLE consent (
    registration_id bigint NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    purpose         text NOT NULL,
    version         text NOT NULL,
    given           boolean NOT NULL,
    at              timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (registration_id, purpose)
);

-- +goose Down
DROP TABLE consent;
DROP TABLE registration;
DROP TABLE member;
DROP TABLE entry;
DROP TABLE contest_unit;
