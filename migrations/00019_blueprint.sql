-- +goose Up
-- Blueprints, and the papers drawn from them.

CREATE TABLE blueprint (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    round_id   bigint REFERENCES round (id) ON DELETE SET NULL, -- whose paper it is to be; null: none yet
    name       text NOT NULL CHECK (name <> '' AND length(name) <= 200),
    spec       bytea NOT NULL,                -- canonical JSON
    version    integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL DEFAULT ''       -- the name as it was then
);
CREATE INDEX blueprint_contest ON blueprint (contest_id, id);
CREATE INDEX blueprint_round ON blueprint (round_id) WHERE round_id IS NOT NULL;

-- A drawn paper with all its variants. It never changes: a replaced question makes a new paper that names the old one.
-- It goes only with its whole contest (a rehearsal).
CREATE TABLE paper (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id   bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    blueprint_id bigint NOT NULL REFERENCES blueprint (id) ON DELETE CASCADE,
    number       integer NOT NULL,            -- 1, 2, ... within the blueprint
    content      bytea NOT NULL,              -- canonical JSON
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    codes        text[] NOT NULL,
    items        integer NOT NULL,            -- of a variant
    points       bigint NOT NULL,             -- of a variant, hundredths
    replaces     bigint REFERENCES paper (id) ON DELETE CASCADE,
    reason       text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    created_by   bigint,                      -- account (id)
    author       text NOT NULL DEFAULT '',    -- the name as it was then
    UNIQUE (blueprint_id, number),
    CHECK ((replaces IS NULL) = (reason = ''))
);
CREATE INDEX paper_contest ON paper (contest_id, id);
CREATE INDEX paper_replaces ON paper (replaces) WHERE replaces IS NOT NULL;
CREATE TRIGGER paper_immutable BEFORE UPDATE ON paper FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Which items stand in which papers, so that others can leave them out.
CREATE TABLE paper_item (
    paper_id bigint NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    item_id  bigint NOT NULL REFERENCES item (id),
    PRIMARY KEY (paper_id, item_id)
);
CREATE INDEX paper_item_item ON paper_item (item_id);

-- +goose Down
DROP TABLE paper_item;
DROP TABLE paper;
DROP TABLE blueprint;
