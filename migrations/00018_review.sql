-- +goose Up
-- Review of the bank: who writes and who approves, topics as a tree, tags, legal acts, comments, who has seen a key, and
-- items that read alike.

ALTER TABLE account_grant DROP CONSTRAINT account_grant_role_check;
ALTER TABLE account_grant ADD CONSTRAINT account_grant_role_check
    CHECK (role IN ('organizer', 'host', 'secretary', 'judge', 'author', 'reviewer'));

ALTER TABLE bank ADD COLUMN needs_review boolean NOT NULL DEFAULT false, -- off: what is written counts as approved
                 ADD COLUMN own_approval boolean NOT NULL DEFAULT false, -- who wrote a version may approve it
                 ADD COLUMN check_months integer NOT NULL DEFAULT 12 CHECK (check_months BETWEEN 1 AND 120),
                 ADD COLUMN version integer NOT NULL DEFAULT 1;          -- optimistic lock of these settings

-- The tree of topics. The path, with ' / ' between branches, follows from the names and is kept for lists.
CREATE TABLE topic (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank_id   bigint NOT NULL REFERENCES bank (id) ON DELETE CASCADE,
    parent_id bigint REFERENCES topic (id),
    name      text NOT NULL CHECK (name <> '' AND length(name) <= 200),
    position  integer NOT NULL DEFAULT 0,
    path      text NOT NULL,
    path_key  text NOT NULL                       -- without marks, lower case
);
CREATE UNIQUE INDEX topic_name ON topic (bank_id, coalesce(parent_id, 0), name);
CREATE INDEX topic_parent ON topic (parent_id);

-- The acts that legal items rest on.
CREATE TABLE legal_act (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank_id     bigint NOT NULL REFERENCES bank (id) ON DELETE CASCADE,
    title       text NOT NULL CHECK (title <> '' AND length(title) <= 300),
    title_key   text NOT NULL,                    -- by which items find their act, however it was typed
    force_from  date,
    force_to    date,                             -- the last day
    replaced_by bigint REFERENCES legal_act (id),
    lapsed_at   timestamptz,                      -- since when items that rest on it must be looked at again
    note        text NOT NULL DEFAULT '',
    checked_at  timestamptz,
    checked_by  text NOT NULL DEFAULT '',
    version     integer NOT NULL DEFAULT 1,
    UNIQUE (bank_id, title_key)
);
CREATE INDEX legal_act_replaced ON legal_act (replaced_by) WHERE replaced_by IS NOT NULL;

-- state is that of the newest version; the approved version is the one that is drawn until a newer one is approved.
ALTER TABLE item ADD COLUMN state text NOT NULL DEFAULT 'approved' CHECK (state IN ('draft', 'in_review', 'sent_back', 'approved')),
                 ADD COLUMN approved_version integer,
                 ADD COLUMN created_by bigint,
                 ADD COLUMN topic_id bigint REFERENCES topic (id),
                 ADD COLUMN act_id bigint REFERENCES legal_act (id),
                 ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
                 ADD COLUMN tag_key text NOT NULL DEFAULT '',
                 ADD COLUMN checked_at timestamptz,        -- its legal basis
                 ADD COLUMN checked_by text NOT NULL DEFAULT '',
                 ADD COLUMN filed boolean NOT NULL DEFAULT false; -- its topic and act stand in the tables above
UPDATE item SET approved_version = version,
    created_by = (SELECT v.created_by FROM item_version v WHERE v.item_id = item.id AND v.version = 1);
ALTER TABLE item ALTER COLUMN filed SET DEFAULT true;
ALTER TABLE item ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_key || ' ' || tag_key)) STORED;

CREATE INDEX item_words ON item USING gin (words);
CREATE INDEX item_tags ON item USING gin (tags);
CREATE INDEX item_topic ON item (topic_id, id);
CREATE INDEX item_act ON item (act_id, id) WHERE act_id IS NOT NULL;
CREATE INDEX item_facts ON item (bank_id, topic_id, difficulty, type, state, retired_at, id);
CREATE INDEX item_state ON item (bank_id, state, id);
CREATE INDEX item_unfiled ON item (id) WHERE NOT filed;

-- What became of an item: each step of its review, and what was done to it beside its text.
CREATE TABLE item_step (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id    bigint NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    version    integer NOT NULL,
    step       text NOT NULL CHECK (step IN ('submit', 'withdraw', 'approve', 'send_back', 'check', 'retire', 'restore')),
    note       text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL,
    account_id bigint,
    name       text NOT NULL DEFAULT ''
);
CREATE INDEX item_step_item ON item_step (item_id, id);

CREATE TABLE item_comment (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id     bigint NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    version     integer NOT NULL,
    body        text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
    at          timestamptz NOT NULL,
    account_id  bigint,
    name        text NOT NULL,
    resolved_at timestamptz,
    resolved_by text NOT NULL DEFAULT ''
);
CREATE INDEX item_comment_item ON item_comment (item_id, id);
CREATE INDEX item_comment_open ON item_comment (item_id) WHERE resolved_at IS NULL;

-- Who has read an item with its key: once for every ten minutes, version and way.
CREATE TABLE item_view (
    item_id    bigint NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    version    integer NOT NULL,
    account_id bigint NOT NULL,
    how        text NOT NULL CHECK (how IN ('open', 'history', 'export', 'compare', 'print')),
    stretch    bigint NOT NULL,                   -- ten minutes since 1970
    contest_id bigint NOT NULL,
    name       text NOT NULL,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    PRIMARY KEY (item_id, account_id, stretch, how, version)
);
CREATE INDEX item_view_contest ON item_view (contest_id, last_at DESC);

-- Pairs of items that read alike, as the last comparison of the bank found them. decided outlives comparisons.
CREATE TABLE item_pair (
    bank_id    bigint NOT NULL REFERENCES bank (id) ON DELETE CASCADE,
    a          bigint NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    b          bigint NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    percent    integer NOT NULL CHECK (percent BETWEEN 0 AND 100),
    other_key  boolean NOT NULL,
    found      boolean NOT NULL DEFAULT true,     -- by the last comparison
    different  boolean NOT NULL DEFAULT false,    -- somebody has said so
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    PRIMARY KEY (a, b),
    CHECK (a < b)
);
CREATE INDEX item_pair_bank ON item_pair (bank_id, percent DESC, a, b);
CREATE INDEX item_pair_b ON item_pair (b);

CREATE TABLE bank_comparison (
    bank_id     bigint PRIMARY KEY REFERENCES bank (id) ON DELETE CASCADE,
    state       text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    done        integer NOT NULL DEFAULT 0,
    total       integer NOT NULL DEFAULT 0,
    pairs       integer NOT NULL DEFAULT 0,
    more        boolean NOT NULL DEFAULT false,   -- there were more pairs than are kept
    started_at  timestamptz NOT NULL,
    touched_at  timestamptz NOT NULL,
    finished_at timestamptz
);

-- +goose Down
-- Authors and reviewers have no place in the older shape: who has only these grants loses them.
DELETE FROM account_grant WHERE role IN ('author', 'reviewer');
ALTER TABLE account_grant DROP CONSTRAINT account_grant_role_check;
ALTER TABLE account_grant ADD CONSTRAINT account_grant_role_check CHECK (role IN ('organizer', 'host', 'secretary', 'judge'));
DROP TABLE bank_comparison;
DROP TABLE item_pair;
DROP TABLE item_view;
DROP TABLE item_comment;
DROP TABLE item_step;
DROP INDEX item_unfiled, item_state, item_facts, item_act, item_topic, item_tags, item_words;
ALTER TABLE item DROP COLUMN words, DROP COLUMN filed, DROP COLUMN checked_by, DROP COLUMN checked_at, DROP COLUMN tag_key,
    DROP COLUMN tags, DROP COLUMN act_id, DROP COLUMN topic_id, DROP COLUMN created_by, DROP COLUMN approved_version, DROP COLUMN state;
DROP TABLE legal_act;
DROP TABLE topic;
ALTER TABLE bank DROP COLUMN version, DROP COLUMN check_months, DROP COLUMN own_approval, DROP COLUMN needs_review;
