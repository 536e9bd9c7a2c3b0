-- +goose Up
-- Host-led rounds: their settings and timeline, the events that are their history, and the responses of contestants.

-- One row a host-led round. seq is the number of its last event; phase follows from the events and is kept here for
-- whoever looks for rounds that need a clock.
CREATE TABLE stage_round (
    round_id       bigint PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE,
    epoch          bigint NOT NULL,              -- with seq it orders views on every node
    seq            bigint NOT NULL DEFAULT 0,
    phase          text NOT NULL DEFAULT 'planned'
                   CHECK (phase IN ('planned', 'ready', 'running', 'paused', 'closed', 'scored')),
    version        bigint NOT NULL DEFAULT 1,    -- of the set-up below and of the timeline
    scoring        text NOT NULL CHECK (scoring IN ('fixed', 'speed')),
    points         bigint NOT NULL CHECK (points BETWEEN 0 AND 10000000),      -- hundredths of a point
    wrong_loss     bigint NOT NULL CHECK (wrong_loss BETWEEN 0 AND 10000000),
    duration_s     bigint NOT NULL CHECK (duration_s BETWEEN 3 AND 3600),
    grace_ms       bigint NOT NULL CHECK (grace_ms BETWEEN 0 AND 3000),
    show_time      boolean NOT NULL,
    show_board     boolean NOT NULL,
    auto_advance   boolean NOT NULL,
    open_after_s   bigint NOT NULL CHECK (open_after_s BETWEEN 0 AND 600),
    reveal_after_s bigint NOT NULL CHECK (reveal_after_s BETWEEN 0 AND 600),
    next_after_s   bigint NOT NULL CHECK (next_after_s BETWEEN 0 AND 600)
);
CREATE INDEX stage_round_live ON stage_round (phase) WHERE phase IN ('running', 'paused');

-- The timeline. A start copies it into the first event; from then on it is history.
CREATE TABLE stage_item (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id        bigint NOT NULL REFERENCES stage_round (round_id) ON DELETE CASCADE,
    position        integer NOT NULL,
    item_version_id bigint NOT NULL REFERENCES item_version (id),
    points          bigint CHECK (points BETWEEN 0 AND 10000000),    -- null: the round's
    duration_s      bigint CHECK (duration_s BETWEEN 3 AND 3600),    -- null: the round's
    reserve         boolean NOT NULL DEFAULT false,
    UNIQUE (round_id, position)
);
CREATE INDEX stage_item_version ON stage_item (item_version_id);

-- What happened, in order; also the outbox from which every node reads.
CREATE TABLE stage_event (
    round_id bigint NOT NULL REFERENCES stage_round (round_id) ON DELETE CASCADE,
    seq      bigint NOT NULL,
    at_us    bigint NOT NULL,
    fence    bigint NOT NULL,                    -- of the lease under which the clock wrote it; 0: a person's cue
    payload  bytea NOT NULL,                     -- canonical bytes
    PRIMARY KEY (round_id, seq)
);

-- Whether answers to a play are taken, and until when. Nothing else: every batch of answers reads it.
CREATE TABLE stage_gate (
    round_id    bigint NOT NULL REFERENCES stage_round (round_id) ON DELETE CASCADE,
    play        integer NOT NULL,
    state       text NOT NULL CHECK (state IN ('open', 'closed')),
    deadline_us bigint NOT NULL,
    PRIMARY KEY (round_id, play)
);

-- Who ticks a running round. The lease says nothing about who may give cues.
CREATE TABLE stage_lease (
    round_id bigint PRIMARY KEY REFERENCES stage_round (round_id) ON DELETE CASCADE,
    node     text NOT NULL,
    fence    bigint NOT NULL,
    until    timestamptz NOT NULL                -- the database's clock
);

-- Nodes that live, so that the devices of a dead one don't count as connected.
CREATE TABLE stage_node (
    node  text PRIMARY KEY,
    until timestamptz NOT NULL
);

-- The device that answers for an entry. A device that takes over gets the next writer number; older ones are refused.
CREATE TABLE stage_writer (
    round_id   bigint NOT NULL REFERENCES stage_round (round_id) ON DELETE CASCADE,
    entry_id   bigint NOT NULL,
    writer     integer NOT NULL,
    device_id  bigint NOT NULL,
    node       text NOT NULL,
    connected  boolean NOT NULL,
    released   boolean NOT NULL DEFAULT false,   -- its device, or an organizer, lets another one take over
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round_id, entry_id)
);

-- Answers: append-only, the highest (writer, seq) counts. No foreign keys: they would cost a quarter of the speed at
-- which answers become durable; `hoithi verify` checks what they would have checked.
CREATE TABLE stage_response (
    round_id    bigint NOT NULL,
    play        integer NOT NULL CHECK (play > 0),
    entry_id    bigint NOT NULL,
    writer      integer NOT NULL,
    seq         integer NOT NULL,
    received_us bigint NOT NULL,
    shown_us    bigint NOT NULL,                 -- when the opened item first went into a socket of this entry; 0: not known
    payload     bytea NOT NULL CHECK (length(payload) <= 4096),
    PRIMARY KEY (round_id, play, entry_id, writer, seq)
);

-- +goose StatementBegin
CREATE FUNCTION stage_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM stage_response WHERE round_id = OLD.round_id;
    RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER stage_round_forget AFTER DELETE ON stage_round FOR EACH ROW EXECUTE FUNCTION stage_forget();

-- +goose Down
DROP TABLE stage_response;
DROP TABLE stage_writer;
DROP TABLE stage_node;
DROP TABLE stage_lease;
DROP TABLE stage_gate;
DROP TABLE stage_event;
DROP TABLE stage_item;
DROP TABLE stage_round;
DROP FUNCTION stage_forget();
