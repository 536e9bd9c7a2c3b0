-- +goose Up
-- Contests, their divisions and rounds, and the plan that combines the rounds.

CREATE TABLE contest (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug           text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60),
    name           text NOT NULL,
    organizer_name text NOT NULL,                -- the organizing unit, as it stands on papers
    venue          text NOT NULL DEFAULT '',
    rules          text NOT NULL DEFAULT '',     -- thể lệ: paragraphs of plain text
    time_zone      text NOT NULL DEFAULT 'Asia/Ho_Chi_Minh',
    state          text NOT NULL DEFAULT 'draft'
                   CHECK (state IN ('draft', 'open', 'running', 'ended', 'finalized', 'archived')),
    template       text NOT NULL,
    entry_kind     text NOT NULL DEFAULT 'team' CHECK (entry_kind IN ('person', 'team')),
    team_min       integer NOT NULL DEFAULT 1,
    team_max       integer NOT NULL DEFAULT 10,
    registration_opens_at  timestamptz,
    registration_closes_at timestamptz,
    starts_at      timestamptz,                  -- the evening itself
    tie_breakers   text[] NOT NULL DEFAULT '{}', -- ordered metrics after the total; see ranking
    bank_id        bigint NOT NULL,              -- bank (id); a clone shares its origin's bank
    unlisted       boolean NOT NULL DEFAULT false,
    rehearsal_of   bigint REFERENCES contest (id) ON DELETE CASCADE, -- a copy that never counts
    version        integer NOT NULL DEFAULT 1,   -- optimistic lock of the set-up
    created_at     timestamptz NOT NULL DEFAULT now(),
    created_by     bigint
);

CREATE TABLE division (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    name       text NOT NULL,
    position   integer NOT NULL,
    UNIQUE (contest_id, name)
);

CREATE TABLE round (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id   bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    position     integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('stage', 'judged')),
    name         text NOT NULL,
    state        text NOT NULL DEFAULT 'planned'
                 CHECK (state IN ('planned', 'ready', 'running', 'paused', 'closed', 'scored')),
    starts_at    timestamptz,
    -- What the round gives to the total: its score times weight / 10000. Hundredths of a percent.
    weight       integer NOT NULL DEFAULT 10000 CHECK (weight BETWEEN 0 AND 100000),
    max_score    bigint NOT NULL DEFAULT 0,      -- hundredths of a point; 0: not yet known
    UNIQUE (contest_id, position) DEFERRABLE INITIALLY DEFERRED
);

-- +goose Down
DROP TABLE round;
DROP TABLE division;
DROP TABLE contest;
