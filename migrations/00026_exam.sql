-- +goose Up
-- Online exam rounds: their settings and periods, the frozen pools that papers are drawn from, attempts, responses, and
-- what organizers do while a round runs.

ALTER TABLE round DROP CONSTRAINT round_kind_check;
ALTER TABLE round ADD CONSTRAINT round_kind_check CHECK (kind IN ('stage', 'judged', 'exam'));

-- One row an exam round. seq is the number of its last event; it also orders what nodes know of the round.
CREATE TABLE exam_round (
    round_id       bigint PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE,
    version        bigint NOT NULL DEFAULT 1,    -- of the set-up: settings, periods and windows
    settings       bytea  NOT NULL,              -- canonical JSON
    phase          text   NOT NULL DEFAULT 'planned'
                   CHECK (phase IN ('planned', 'ready', 'running', 'paused', 'closed', 'scored')),
    seq            bigint NOT NULL DEFAULT 0,
    scores_version bigint NOT NULL DEFAULT 0,    -- grows with everything that changes a score, a place or an actual value
    paused_at_us   bigint NOT NULL DEFAULT 0,    -- 0: not paused
    published_us   bigint NOT NULL DEFAULT 0     -- when the organizer made results (and keys) public; 0: not yet
);
CREATE INDEX exam_round_live ON exam_round (phase) WHERE phase IN ('ready', 'running', 'paused', 'closed');

-- The weeks of a round; most rounds have one.
CREATE TABLE exam_period (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id  bigint NOT NULL REFERENCES exam_round (round_id) ON DELETE CASCADE,
    position  integer NOT NULL,
    name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    actual    bigint,                            -- what the guess was about, in hundredths; null: not computed yet
    settled_us bigint NOT NULL DEFAULT 0,        -- when everything of it was scored and counted; 0: not yet
    UNIQUE (round_id, position) DEFERRABLE INITIALLY DEFERRED
);

-- When a period may be taken. Division 0 is everybody who has no window of their own.
CREATE TABLE exam_window (
    period_id   bigint NOT NULL REFERENCES exam_period (id) ON DELETE CASCADE,
    division_id bigint NOT NULL DEFAULT 0,
    opens_us    bigint NOT NULL,
    closes_us   bigint NOT NULL,
    PRIMARY KEY (period_id, division_id),
    CHECK (opens_us > 0 AND closes_us > opens_us)
);

-- What the papers of a period (and division) are drawn from: the blueprint and the offers as they were. It never changes.
CREATE TABLE exam_pool (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id     bigint NOT NULL REFERENCES exam_round (round_id) ON DELETE CASCADE,
    period_id    bigint NOT NULL REFERENCES exam_period (id) ON DELETE CASCADE,
    division_id  bigint NOT NULL DEFAULT 0,
    blueprint_id bigint NOT NULL,
    content      bytea NOT NULL,                 -- canonical JSON
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    created_us   bigint NOT NULL,
    UNIQUE (period_id, division_id)
);
CREATE TRIGGER exam_pool_immutable BEFORE UPDATE ON exam_pool FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE exam_attempt (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id    bigint NOT NULL REFERENCES exam_round (round_id) ON DELETE CASCADE,
    period_id   bigint NOT NULL REFERENCES exam_period (id) ON DELETE CASCADE,
    entry_id    bigint NOT NULL,                 -- no foreign key: see responses; `hoithi verify` checks it
    number      integer NOT NULL CHECK (number > 0),
    pool_id     bigint NOT NULL,
    seed        bytea NOT NULL CHECK (length(seed) = 16),
    paper       bytea NOT NULL,                  -- canonical JSON: indexes into the pool with the order of options
    started_us  bigint NOT NULL,
    deadline_us bigint NOT NULL,                 -- with extra time and pauses
    finished_us bigint,                          -- null: open. At the deadline it is the deadline
    finish      text CHECK (finish IN ('submitted', 'deadline')),
    writer      integer NOT NULL DEFAULT 1,      -- the device that answers; older ones are refused
    device_id   bigint NOT NULL,
    released    boolean NOT NULL DEFAULT false,  -- its device, or an organizer, lets another one take over
    devices     integer NOT NULL DEFAULT 1,      -- how often it changed hands, counting the first
    gone_us     bigint NOT NULL DEFAULT 0,       -- when the last connection of its device ended; 0: it is there, or was never missed
    away        integer NOT NULL DEFAULT 0,      -- how often the page lost the focus; never costs points
    -- The result, once scored.
    scored_us   bigint,
    points      bigint NOT NULL DEFAULT 0,       -- hundredths of a point
    correct     integer NOT NULL DEFAULT 0,
    items       integer NOT NULL DEFAULT 0,      -- items of the paper that can be right: those voided for nobody are none
    answered    integer NOT NULL DEFAULT 0,
    time_us     bigint NOT NULL DEFAULT 0,       -- used, without pauses
    guess       bigint,                          -- hundredths; null: none
    paused_us   bigint NOT NULL DEFAULT 0,       -- pauses while it was open; no part of the time used
    counts      boolean NOT NULL DEFAULT false,  -- the attempt of its period that counts for its entry
    UNIQUE (round_id, entry_id, period_id, number)
) WITH (fillfactor = 85);
-- Two devices that begin two periods at the same moment make one attempt.
CREATE UNIQUE INDEX exam_attempt_one_open ON exam_attempt (round_id, entry_id) WHERE finished_us IS NULL;
CREATE INDEX exam_attempt_open ON exam_attempt (round_id, deadline_us) WHERE finished_us IS NULL;
CREATE INDEX exam_attempt_unscored ON exam_attempt (round_id, id) WHERE finished_us IS NOT NULL AND scored_us IS NULL;
CREATE INDEX exam_attempt_counts ON exam_attempt (period_id, entry_id) WHERE counts;

-- Responses: append-only, the highest (writer, seq) of a place counts. Place 1, 2, ... is the item on the paper, 0 the
-- guess, -1 what the contestant has flagged for later (never scored). No foreign keys: they would cost a quarter of the
-- speed at which responses become durable; `hoithi verify` checks what they would have checked.
CREATE TABLE exam_response (
    attempt_id  bigint   NOT NULL,
    place       smallint NOT NULL CHECK (place BETWEEN -1 AND 300),
    writer      integer  NOT NULL,
    seq         integer  NOT NULL,
    received_us bigint   NOT NULL,
    payload     bytea    NOT NULL CHECK (length(payload) <= 8192),
    PRIMARY KEY (attempt_id, place, writer, seq)
);

-- What organizers did to a round while it ran, and what the clock did: pause, extension, void, correction, publication.
CREATE TABLE exam_event (
    round_id bigint NOT NULL REFERENCES exam_round (round_id) ON DELETE CASCADE,
    seq      bigint NOT NULL,
    at_us    bigint NOT NULL,
    by_id    bigint NOT NULL DEFAULT 0,          -- account (id); 0: the clock
    payload  bytea  NOT NULL,                    -- canonical JSON
    PRIMARY KEY (round_id, seq)
);

-- Exceptions, with a reason. One for a single entry needs a second person before it holds.
CREATE TABLE exam_override (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id   bigint NOT NULL REFERENCES exam_round (round_id) ON DELETE CASCADE,
    period_id  bigint REFERENCES exam_period (id) ON DELETE CASCADE,  -- null: all periods
    entry_id   bigint,                           -- one of entry and unit
    unit_id    bigint,                           -- with everything below it
    extra_us   bigint NOT NULL DEFAULT 0 CHECK (extra_us >= 0),
    opens_us   bigint,                           -- another window; null: the period's
    closes_us  bigint,
    attempts   integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 100), -- more than the round allows
    reason     text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    state      text NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'revoked')),
    asked_us   bigint NOT NULL,
    asked_by   bigint NOT NULL,
    decided_us bigint NOT NULL DEFAULT 0,
    decided_by bigint NOT NULL DEFAULT 0,
    decision   text NOT NULL DEFAULT '',         -- the second person's word
    CHECK ((entry_id IS NULL) <> (unit_id IS NULL)),
    CHECK (state <> 'granted' OR entry_id IS NULL OR decided_by <> asked_by)
);
CREATE INDEX exam_override_round ON exam_override (round_id, state);
CREATE INDEX exam_override_entry ON exam_override (entry_id) WHERE entry_id IS NOT NULL;

-- Announcements (to all, or to one entry), and questions of contestants with their answers.
CREATE TABLE exam_message (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id    bigint NOT NULL REFERENCES exam_round (round_id) ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('announcement', 'clarification')),
    entry_id    bigint,                          -- null: an announcement to all
    attempt_id  bigint,
    place       smallint,                        -- the item that a question is about
    body        text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    at_us       bigint NOT NULL,
    by_id       bigint NOT NULL DEFAULT 0,       -- account; 0: the entry itself
    reply       text NOT NULL DEFAULT '',
    reply_us    bigint NOT NULL DEFAULT 0,
    reply_by    bigint NOT NULL DEFAULT 0,
    reply_all   boolean NOT NULL DEFAULT false   -- the answer was shown to everybody
);
CREATE INDEX exam_message_round ON exam_message (round_id, id);
CREATE INDEX exam_message_entry ON exam_message (entry_id, round_id) WHERE entry_id IS NOT NULL;

-- Phúc khảo: a contestant asks for a review of an item or of the result.
CREATE TABLE exam_appeal (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id   bigint NOT NULL REFERENCES exam_round (round_id) ON DELETE CASCADE,
    entry_id   bigint NOT NULL,
    attempt_id bigint NOT NULL,
    place      smallint NOT NULL DEFAULT 0,      -- 0: the result as a whole
    body       text NOT NULL CHECK (length(body) BETWEEN 5 AND 2000),
    at_us      bigint NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'rejected', 'withdrawn')),
    answer     text NOT NULL DEFAULT '',
    answered_us bigint NOT NULL DEFAULT 0,
    answered_by bigint NOT NULL DEFAULT 0,
    event_seq  bigint NOT NULL DEFAULT 0         -- the correction that came of it; 0: none
);
CREATE UNIQUE INDEX exam_appeal_open ON exam_appeal (attempt_id, place) WHERE state = 'open';
CREATE INDEX exam_appeal_round ON exam_appeal (round_id, state);

-- +goose StatementBegin
CREATE FUNCTION exam_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM exam_response r USING exam_attempt a WHERE a.id = r.attempt_id AND a.round_id = OLD.round_id;
    RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER exam_round_forget BEFORE DELETE ON exam_round FOR EACH ROW EXECUTE FUNCTION exam_forget();

-- +goose Down
DROP TABLE exam_appeal;
DROP TABLE exam_message;
DROP TABLE exam_override;
DROP TABLE exam_event;
DROP TRIGGER exam_round_forget ON exam_round;
DROP TABLE exam_response;
DROP TABLE exam_attempt;
DROP TABLE exam_pool;
DROP TABLE exam_window;
DROP TABLE exam_period;
DROP TABLE exam_round;
DROP FUNCTION exam_forget();
DELETE FROM round WHERE kind = 'exam';
ALTER TABLE round DROP CONSTRAINT round_kind_check;
ALTER TABLE round ADD CONSTRAINT round_kind_check CHECK (kind IN ('stage', 'judged'));
