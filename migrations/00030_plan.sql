-- +goose Up
-- The plan that joins a contest's rounds: who enters each of them, promotions, and how ties at a line were resolved.

-- Who may enter a round, by its kind of entry: '' where a contest has one kind only. Kept by the contest's plan.
ALTER TABLE round ADD COLUMN entry_kind text NOT NULL DEFAULT '' CHECK (entry_kind IN ('', 'person', 'team'));
-- The total begins anew with this round: earlier points don't go along.
ALTER TABLE round ADD COLUMN from_zero boolean NOT NULL DEFAULT false;
ALTER TABLE round ADD COLUMN intake bytea NOT NULL DEFAULT '{}'::bytea; -- canonical JSON of contest.Intake
-- The round whose list of entries holds for this one; null: everybody enters. Kept by the contest's plan.
ALTER TABLE round ADD COLUMN list_of bigint REFERENCES round (id) ON DELETE SET NULL;
CREATE INDEX round_list_of ON round (list_of) WHERE list_of IS NOT NULL;

-- The entries of a round that a promotion has filled.
CREATE TABLE round_entry (
    round_id bigint NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    entry_id bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    PRIMARY KEY (round_id, entry_id)
);
CREATE INDEX round_entry_entry ON round_entry (entry_id);

-- Who enters each round: the active entries of its contest, or those of the list that holds for it.
CREATE VIEW round_entrant AS
SELECT r.id AS round_id, e.id, e.contest_id, e.division_id, e.unit_id, e.kind, e.name, e.search_key, e.number, e.phone
FROM round r JOIN entry e ON e.contest_id = r.contest_id AND e.state = 'active'
WHERE (r.entry_kind = '' OR e.kind = r.entry_kind)
  AND (r.list_of IS NULL OR EXISTS (SELECT 1 FROM round_entry x WHERE x.round_id = r.list_of AND x.entry_id = e.id));

ALTER TABLE entry DROP CONSTRAINT entry_source_check;
ALTER TABLE entry ADD CONSTRAINT entry_source_check CHECK (source IN ('registration', 'manual', 'import', 'promotion'));
-- The entry as which a team's member took part alone before.
ALTER TABLE member ADD COLUMN person_entry_id bigint REFERENCES entry (id) ON DELETE SET NULL;
CREATE INDEX member_person_entry ON member (person_entry_id) WHERE person_entry_id IS NOT NULL;

-- An act that filled a round: what it was decided from, as it was then.
CREATE TABLE promotion (
    round_id   bigint PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    at_us      bigint NOT NULL,
    account_id bigint,
    actor      text NOT NULL,
    record     bytea NOT NULL,                   -- canonical JSON: the rule, the ranked list, the decisions
    hash       bytea NOT NULL CHECK (length(hash) = 32)
);
CREATE INDEX promotion_contest ON promotion (contest_id);

-- The places that a promotion gave, and those who stand in line for one.
CREATE TABLE promotion_place (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id   bigint NOT NULL REFERENCES promotion (round_id) ON DELETE CASCADE,
    heat       bigint NOT NULL DEFAULT 0,        -- the division or block within which places are given
    line       integer NOT NULL,                 -- the order in which they are called
    subject_id bigint NOT NULL,                  -- entry (id) or unit (id), as the rule says
    state      text NOT NULL CHECK (state IN ('through', 'reserve', 'passed')),
    entry_id   bigint REFERENCES entry (id) ON DELETE SET NULL, -- who enters; null: the unit has not named its team
    deadline   timestamptz,                      -- until when a unit names its team
    reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    UNIQUE (round_id, subject_id)
);

-- How a tie was resolved. It holds for exactly those who were tied, and for nobody else.
CREATE TABLE tie_decision (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id   bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    what         text NOT NULL CHECK (what IN ('entry', 'unit')),
    round_id     bigint REFERENCES round (id) ON DELETE CASCADE, -- entries: the round alone, null: overall; units: the round they enter
    method       text NOT NULL CHECK (method IN ('round', 'head', 'lots')),
    subjects     bigint[] NOT NULL,              -- by id
    numbers      integer[] NOT NULL,             -- with which lots are drawn
    places       integer[] NOT NULL,             -- from 1 on; equal ones are still tied
    seed         text NOT NULL DEFAULT '',
    tie_round_id bigint REFERENCES round (id) ON DELETE SET NULL,
    decider      text NOT NULL DEFAULT '' CHECK (length(decider) <= 120),
    reason       text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    at_us        bigint NOT NULL,
    account_id   bigint,
    actor        text NOT NULL,
    revoked_us   bigint,
    revoked_by   text NOT NULL DEFAULT '',
    revoked_why  text NOT NULL DEFAULT '' CHECK (length(revoked_why) <= 500),
    CHECK (cardinality(subjects) >= 2 AND cardinality(subjects) = cardinality(places) AND cardinality(subjects) = cardinality(numbers)),
    CHECK ((method = 'lots') = (seed <> ''))
);
CREATE INDEX tie_decision_contest ON tie_decision (contest_id);

-- +goose Down
DROP TABLE tie_decision;
DROP TABLE promotion_place;
DROP TABLE promotion;
DROP INDEX member_person_entry;
ALTER TABLE member DROP COLUMN person_entry_id;
UPDATE entry SET source = 'manual' WHERE source = 'promotion';
ALTER TABLE entry DROP CONSTRAINT entry_source_check;
ALTER TABLE entry ADD CONSTRAINT entry_source_check CHECK (source IN ('registration', 'manual', 'import'));
DROP VIEW round_entrant;
DROP TABLE round_entry;
DROP INDEX round_list_of;
ALTER TABLE round DROP COLUMN list_of;
ALTER TABLE round DROP COLUMN intake;
ALTER TABLE round DROP COLUMN from_zero;
ALTER TABLE round DROP COLUMN entry_kind;
