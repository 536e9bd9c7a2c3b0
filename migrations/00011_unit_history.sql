-- +goose Up
-- Units over time. `unit` stays as the identity with its present state; what it was called, what it was and where it
-- stood in the tree on any day is in its periods. What happened (renamed, moved, merged, split, dissolved) follows from
-- two periods beside each other and from the successors.

ALTER TABLE unit DROP CONSTRAINT unit_kind_check;
ALTER TABLE unit ADD CONSTRAINT unit_kind_check
    CHECK (kind IN ('province', 'district', 'commune', 'agency', 'enterprise', 'force', 'school', 'other'));
ALTER TABLE unit ADD COLUMN code text NOT NULL DEFAULT '' CHECK (length(code) <= 40); -- by which files name it
ALTER TABLE unit ADD COLUMN ended_on date;                                            -- since when it is no more
UPDATE unit SET code = 'DV' || lpad(id::text, 5, '0');
CREATE UNIQUE INDEX unit_code ON unit (upper(code)) WHERE code <> '';
-- Two units of one name under one parent are refused for each day by the rules of the tree (see unit.Check): one that
-- has ended and its successor may well share a name.
DROP INDEX unit_name;
CREATE INDEX unit_parent ON unit (parent_id);

CREATE TABLE unit_period (
    unit_id    bigint NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    valid_from date NOT NULL,                    -- '0001-01-01': since before anything was recorded
    valid_to   date,                             -- the first day on which it no longer holds; null: it still does
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    short_name text NOT NULL DEFAULT '' CHECK (length(short_name) <= 60),
    kind       text NOT NULL
               CHECK (kind IN ('province', 'district', 'commune', 'agency', 'enterprise', 'force', 'school', 'other')),
    parent_id  bigint REFERENCES unit (id),
    same_key   text NOT NULL,                    -- see unit.SameKey
    ground     text NOT NULL DEFAULT '' CHECK (length(ground) <= 300),     -- the act by which the period begins
    end_ground text NOT NULL DEFAULT '' CHECK (length(end_ground) <= 300), -- the act by which the unit ends with it
    PRIMARY KEY (unit_id, valid_from),
    CHECK (valid_to > valid_from),
    CHECK (parent_id <> unit_id),
    -- Periods of one unit never overlap. A range of one number stands for the number, so that no extension is needed.
    CONSTRAINT unit_period_apart EXCLUDE USING gist
        (int8range(unit_id, unit_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&)
);
CREATE INDEX unit_period_parent ON unit_period (parent_id);
CREATE INDEX unit_period_same ON unit_period (same_key);
INSERT INTO unit_period (unit_id, valid_from, name, short_name, kind, parent_id, same_key)
SELECT id, '0001-01-01', name, short_name, kind, parent_id, same_key FROM unit;

-- Who goes on with a unit, or with a part of it, from a day on.
CREATE TABLE unit_successor (
    unit_id      bigint NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    successor_id bigint NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    since        date NOT NULL,
    PRIMARY KEY (unit_id, successor_id, since),
    CHECK (unit_id <> successor_id)
);
CREATE INDEX unit_successor_back ON unit_successor (successor_id);

CREATE TABLE unit_headcount (
    unit_id bigint NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    day     date NOT NULL,
    members integer CHECK (members BETWEEN 0 AND 10000000), -- đoàn viên; null: not counted
    staff   integer CHECK (staff BETWEEN 0 AND 10000000),   -- cán bộ; null: not counted
    PRIMARY KEY (unit_id, day),
    CHECK (members IS NOT NULL OR staff IS NOT NULL)
);

-- Raised with every change of the tree, so that each node knows when what it has read is old.
CREATE TABLE unit_tree (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO unit_tree (version) VALUES (1);

-- What a contest expects of its units, and the blocks in which they are compared.
CREATE TABLE contest_block (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    position   integer NOT NULL,
    UNIQUE (contest_id, id)
);
ALTER TABLE contest_unit ADD COLUMN block_id bigint;
ALTER TABLE contest_unit ADD COLUMN target integer CHECK (target BETWEEN 0 AND 1000000);       -- null: none set
ALTER TABLE contest_unit ADD COLUMN headcount integer CHECK (headcount BETWEEN 0 AND 10000000); -- confirmed; null: not yet
-- A block of another contest can't be named.
ALTER TABLE contest_unit ADD CONSTRAINT contest_unit_block FOREIGN KEY (contest_id, block_id)
    REFERENCES contest_block (contest_id, id) ON DELETE SET NULL (block_id);
CREATE INDEX contest_unit_block_id ON contest_unit (contest_id, block_id);

-- A unit as it is on a contest's own day: the day it starts, or today while none is set. A unit that is not there on
-- that day goes by its present name.
CREATE VIEW unit_in_contest AS
SELECT c.id AS contest_id, u.id AS unit_id, coalesce(p.name, u.name) AS name, coalesce(p.short_name, u.short_name) AS short_name,
       coalesce(p.kind, u.kind) AS kind, CASE WHEN p.unit_id IS NULL THEN u.parent_id ELSE p.parent_id END AS parent_id
FROM contest c CROSS JOIN unit u
LEFT JOIN unit_period p ON p.unit_id = u.id
     AND p.valid_from <= (coalesce(c.starts_at, now()) AT TIME ZONE c.time_zone)::date
     AND (p.valid_to IS NULL OR p.valid_to > (coalesce(c.starts_at, now()) AT TIME ZONE c.time_zone)::date);

-- +goose Down
DROP VIEW unit_in_contest;
ALTER TABLE contest_unit DROP CONSTRAINT contest_unit_block;
ALTER TABLE contest_unit DROP COLUMN headcount;
ALTER TABLE contest_unit DROP COLUMN target;
ALTER TABLE contest_unit DROP COLUMN block_id;
DROP TABLE contest_block;
DROP TABLE unit_tree;
DROP TABLE unit_headcount;
DROP TABLE unit_successor;
DROP TABLE unit_period;
DROP INDEX unit_parent;
DROP INDEX unit_code;
ALTER TABLE unit DROP COLUMN ended_on;
ALTER TABLE unit DROP COLUMN code;
UPDATE unit SET kind = 'other' WHERE kind = 'district';
ALTER TABLE unit DROP CONSTRAINT unit_kind_check;
ALTER TABLE unit ADD CONSTRAINT unit_kind_check
    CHECK (kind IN ('province', 'commune', 'agency', 'enterprise', 'force', 'school', 'other'));
CREATE UNIQUE INDEX unit_name ON unit (coalesce(parent_id, 0), same_key);

