-- +goose Up
-- What a contest asks of those who register: fields, quotas, eligibility; the people of registrations and entries with
-- what they have given; people who seem to be in twice; the waiting list; requests for a change.

CREATE TABLE registration_terms (
    contest_id bigint PRIMARY KEY REFERENCES contest (id) ON DELETE CASCADE,
    version    integer NOT NULL,                 -- optimistic lock
    terms      jsonb NOT NULL,                   -- roster.Terms
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- Of a person who enters alone, phone and e-mail are those of the entry.
ALTER TABLE member ADD COLUMN name_key text NOT NULL DEFAULT '';       -- see unit.WordsKey
ALTER TABLE member ADD COLUMN birth_date date;
ALTER TABLE member ADD COLUMN sex text NOT NULL DEFAULT '' CHECK (sex IN ('', 'male', 'female', 'other'));
ALTER TABLE member ADD COLUMN phone text NOT NULL DEFAULT '' CHECK (length(phone) <= 20);
ALTER TABLE member ADD COLUMN email text NOT NULL DEFAULT '' CHECK (length(email) <= 200);
ALTER TABLE member ADD COLUMN job text NOT NULL DEFAULT '' CHECK (length(job) <= 500);
ALTER TABLE member ADD COLUMN citizen_sealed bytea;                    -- the citizen number, AES-GCM with the server's key
ALTER TABLE member ADD COLUMN citizen_mac bytea;                       -- its HMAC, by which equal ones are found
ALTER TABLE member ADD COLUMN own jsonb NOT NULL DEFAULT '{}';         -- the organizer's own fields: key → text, number or boolean
ALTER TABLE member ADD CHECK ((citizen_sealed IS NULL) = (citizen_mac IS NULL));
UPDATE member m SET phone = e.phone, email = e.email FROM entry e WHERE e.id = m.entry_id AND e.kind = 'person';
CREATE INDEX member_citizen ON member (citizen_mac) WHERE citizen_mac IS NOT NULL;
CREATE INDEX member_phone ON member (phone) WHERE phone <> '';
CREATE INDEX member_born ON member (name_key, birth_date) WHERE birth_date IS NOT NULL;

-- The people of a registration, as they were registered.
CREATE TABLE registrant (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    registration_id bigint NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    position        integer NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    role            text NOT NULL CHECK (role IN ('captain', 'member', 'reserve')),
    name_key        text NOT NULL DEFAULT '',
    birth_date      date,
    sex             text NOT NULL DEFAULT '' CHECK (sex IN ('', 'male', 'female', 'other')),
    phone           text NOT NULL DEFAULT '' CHECK (length(phone) <= 20),
    email           text NOT NULL DEFAULT '' CHECK (length(email) <= 200),
    job             text NOT NULL DEFAULT '' CHECK (length(job) <= 500),
    citizen_sealed  bytea,
    citizen_mac     bytea,
    own             jsonb NOT NULL DEFAULT '{}',
    UNIQUE (registration_id, position),
    CHECK ((citizen_sealed IS NULL) = (citizen_mac IS NULL))
);
INSERT INTO registrant (registration_id, position, name, role, phone, email)
SELECT r.id, p.at, p.person ->> 'name', p.person ->> 'role', CASE WHEN r.kind = 'person' THEN r.phone ELSE '' END,
       CASE WHEN r.kind = 'person' THEN r.email ELSE '' END
FROM registration r, jsonb_array_elements(r.members) WITH ORDINALITY AS p (person, at);
CREATE INDEX registrant_citizen ON registrant (citizen_mac) WHERE citizen_mac IS NOT NULL;
CREATE INDEX registrant_phone ON registrant (phone) WHERE phone <> '';
CREATE INDEX registrant_born ON registrant (name_key, birth_date) WHERE birth_date IS NOT NULL;
ALTER TABLE registration DROP COLUMN members;

ALTER TABLE registration DROP CONSTRAINT registration_state_check;
ALTER TABLE registration ADD CONSTRAINT registration_state_check
    CHECK (state IN ('pending', 'waitlisted', 'approved', 'rejected', 'withdrawn'));
ALTER TABLE registration ADD COLUMN findings jsonb NOT NULL DEFAULT '[]'; -- what the rules found: codes and numbers, no personal data
CREATE INDEX registration_found ON registration (contest_id, id) WHERE findings <> '[]';
CREATE INDEX registration_order ON registration (contest_id, id);
CREATE INDEX registration_of_unit ON registration (contest_id, unit_id, id);
CREATE INDEX registration_of_division ON registration (contest_id, division_id, id);

ALTER TABLE entry ADD COLUMN findings jsonb NOT NULL DEFAULT '[]';
CREATE INDEX entry_of_unit ON entry (contest_id, unit_id, number);
CREATE INDEX entry_of_division ON entry (contest_id, division_id, number);
CREATE INDEX entry_found ON entry (contest_id, number) WHERE findings <> '[]';

-- What happened to a registration or entry, for those concerned to read.
CREATE TABLE registration_event (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id      bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    registration_id bigint REFERENCES registration (id) ON DELETE CASCADE,
    entry_id        bigint REFERENCES entry (id) ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('registered', 'waitlisted', 'moved_up', 'changed', 'approved', 'rejected', 'withdrawn',
                        'restored', 'change_asked', 'change_accepted', 'change_declined', 'duplicate_kept')),
    reason          text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    by_organizer    boolean NOT NULL,
    account_id      bigint,                      -- who did it, when an account did
    at              timestamptz NOT NULL DEFAULT now(),
    CHECK (registration_id IS NOT NULL OR entry_id IS NOT NULL)
);
CREATE INDEX registration_event_of ON registration_event (registration_id, id) WHERE registration_id IS NOT NULL;
CREATE INDEX registration_event_of_entry ON registration_event (entry_id, id) WHERE entry_id IS NOT NULL;

-- Two that seem to hold the same person. A side is a registration as long as it is not an entry yet.
CREATE TABLE duplicate (
    id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id           bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    likeness             text NOT NULL CHECK (likeness IN ('citizen', 'phone', 'name_birth')),
    one_registration_id   bigint REFERENCES registration (id) ON DELETE CASCADE,
    one_entry_id          bigint REFERENCES entry (id) ON DELETE CASCADE,
    other_registration_id bigint REFERENCES registration (id) ON DELETE CASCADE,
    other_entry_id        bigint REFERENCES entry (id) ON DELETE CASCADE,
    kept                 boolean NOT NULL DEFAULT false, -- an organizer has found that they are two people, or that both may stay
    reason               text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    created_at           timestamptz NOT NULL DEFAULT now(),
    decided_at           timestamptz,
    decided_by           bigint,
    CHECK ((one_registration_id IS NULL) <> (one_entry_id IS NULL)),
    CHECK ((other_registration_id IS NULL) <> (other_entry_id IS NULL))
);
CREATE UNIQUE INDEX duplicate_once ON duplicate (contest_id, likeness, coalesce(one_registration_id, 0), coalesce(one_entry_id, 0),
    coalesce(other_registration_id, 0), coalesce(other_entry_id, 0));
CREATE INDEX duplicate_one_registration ON duplicate (one_registration_id) WHERE one_registration_id IS NOT NULL;
CREATE INDEX duplicate_one_entry ON duplicate (one_entry_id) WHERE one_entry_id IS NOT NULL;
CREATE INDEX duplicate_other_registration ON duplicate (other_registration_id) WHERE other_registration_id IS NOT NULL;
CREATE INDEX duplicate_other_entry ON duplicate (other_entry_id) WHERE other_entry_id IS NOT NULL;

-- A registrant asks for a change of what can no longer be changed by themselves. Before and after are sealed whole: they
-- hold personal data.
CREATE TABLE change_request (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id      bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    registration_id bigint NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    before_sealed   bytea NOT NULL,
    after_sealed    bytea NOT NULL,
    note            text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
    reason          text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    created_at      timestamptz NOT NULL DEFAULT now(),
    decided_at      timestamptz,
    decided_by      bigint
);
CREATE INDEX change_request_list ON change_request (contest_id, state, id);
CREATE UNIQUE INDEX change_request_open ON change_request (registration_id) WHERE state = 'open';

-- +goose Down
DROP TABLE change_request;
DROP TABLE duplicate;
DROP TABLE registration_event;
DROP INDEX entry_found;
DROP INDEX entry_of_division;
DROP INDEX entry_of_unit;
ALTER TABLE entry DROP COLUMN findings;
DROP INDEX registration_of_division;
DROP INDEX registration_of_unit;
DROP INDEX registration_order;
DROP INDEX registration_found;
ALTER TABLE registration DROP COLUMN findings;
UPDATE registration SET state = 'pending' WHERE state = 'waitlisted';
ALTER TABLE registration DROP CONSTRAINT registration_state_check;
ALTER TABLE registration ADD CONSTRAINT registration_state_check CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn'));
ALTER TABLE registration ADD COLUMN members jsonb NOT NULL DEFAULT '[]';
UPDATE registration r SET members = p.people
FROM (SELECT registration_id, jsonb_agg(jsonb_build_object('name', name, 'role', role) ORDER BY position) AS people
      FROM registrant GROUP BY registration_id) p
WHERE p.registration_id = r.id;
ALTER TABLE registration ALTER COLUMN members DROP DEFAULT;
DROP TABLE registrant;
DROP INDEX member_born;
DROP INDEX member_phone;
DROP INDEX member_citizen;
ALTER TABLE member DROP COLUMN own;
ALTER TABLE member DROP COLUMN citizen_mac;
ALTER TABLE member DROP COLUMN citizen_sealed;
ALTER TABLE member DROP COLUMN job;
ALTER TABLE member DROP COLUMN email;
ALTER TABLE member DROP COLUMN phone;
ALTER TABLE member DROP COLUMN sex;
ALTER TABLE member DROP COLUMN birth_date;
ALTER TABLE member DROP COLUMN name_key;
DROP TABLE registration_terms;
