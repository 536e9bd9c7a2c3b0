-- +goose Up
-- Units: the tree of organisations that people enter for. One tree for the whole installation; what a contest expects
-- of a unit stands with the contest's roster.

CREATE TABLE unit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    short_name text NOT NULL DEFAULT '' CHECK (length(short_name) <= 60),
    kind       text NOT NULL DEFAULT 'other'
               CHECK (kind IN ('province', 'commune', 'agency', 'enterprise', 'force', 'school', 'other')),
    parent_id  bigint REFERENCES unit (id),
    search_key text NOT NULL,                    -- the name without marks, lower case; see unit.SearchKey
    same_key   text NOT NULL,                    -- equal for two spellings of one name; see unit.SameKey
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (parent_id <> id)
);
-- The same name may exist under different parents, never twice under one.
CREATE UNIQUE INDEX unit_name ON unit (coalesce(parent_id, 0), same_key);
CREATE INDEX unit_same ON unit (same_key);

-- +goose Down
DROP TABLE unit;
