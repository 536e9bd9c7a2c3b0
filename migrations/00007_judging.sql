-- +goose Up
-- Judged rounds: rubric, panel, running order, and the judges' marks.

CREATE TABLE judged_round (
    round_id   bigint PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE,
    settings   bytea NOT NULL,                   -- canonical JSON of judging.Settings
    -- Every change of anything in the round raises seq in its own transaction: it orders the views that are sent, and
    -- its row is the lock behind which the round's changes queue.
    epoch      bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    seq        bigint NOT NULL DEFAULT 1,
    order_seed text,                             -- the seed of the software's draw, when it made the running order
    closed_us  bigint,                           -- after it nothing changes any more
    closed_by  bigint
);

-- Numbers of devices that claim a judge's sheets: each one is higher than all before it, in whatever round.
CREATE SEQUENCE sheet_writer;

CREATE TABLE criterion (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id    bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    position    integer NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    max         bigint NOT NULL CHECK (max > 0),    -- hundredths of a point
    step        bigint NOT NULL CHECK (step > 0),
    weight      bigint NOT NULL CHECK (weight > 0), -- hundredths of a percent
    UNIQUE (round_id, position)
);

CREATE TABLE panel_seat (
    round_id   bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    seat       integer NOT NULL CHECK (seat > 0),
    account_id bigint NOT NULL REFERENCES account (id),
    head       boolean NOT NULL DEFAULT false,
    absent     boolean NOT NULL DEFAULT false,   -- gives no more marks; sheets locked before still count
    reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    writer     bigint NOT NULL DEFAULT 0,        -- the device that may write: the number of the last claim
    PRIMARY KEY (round_id, seat),
    UNIQUE (round_id, account_id)
);
CREATE UNIQUE INDEX panel_one_head ON panel_seat (round_id) WHERE head;
CREATE INDEX panel_seat_account ON panel_seat (account_id);

CREATE TABLE performance (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id   bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    entry_id   bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    position   integer NOT NULL,
    title      text NOT NULL DEFAULT '' CHECK (length(title) <= 200),
    state      text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'on_stage', 'done')),
    started_us bigint,
    ended_us   bigint,
    seconds    bigint CHECK (seconds BETWEEN 0 AND 86400), -- time used, as the timekeeper or the stage clock says
    timed_by   text NOT NULL DEFAULT 'clock' CHECK (timed_by IN ('clock', 'timekeeper')),
    UNIQUE (round_id, entry_id),
    UNIQUE (round_id, position) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX performance_on_stage ON performance (round_id) WHERE state = 'on_stage';

-- One judge's marks for one performance. It comes into being with its first mark.
CREATE TABLE sheet (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    performance_id bigint NOT NULL REFERENCES performance (id) ON DELETE CASCADE,
    account_id     bigint NOT NULL REFERENCES account (id),
    state          text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'locked')),
    writer         bigint NOT NULL DEFAULT 0,    -- the device that wrote last
    version        bigint NOT NULL DEFAULT 0,    -- how many marks were written
    locked_us      bigint,
    UNIQUE (performance_id, account_id),
    CHECK ((state = 'locked') = (locked_us IS NOT NULL))
);
CREATE INDEX sheet_account ON sheet (account_id);

-- Append-only. For each criterion the highest (writer, seq) counts; a null value takes the mark back.
CREATE TABLE mark (
    sheet_id     bigint NOT NULL REFERENCES sheet (id) ON DELETE CASCADE,
    criterion_id bigint NOT NULL REFERENCES criterion (id) ON DELETE CASCADE,
    writer       bigint NOT NULL CHECK (writer > 0),
    seq          bigint NOT NULL CHECK (seq > 0),
    value        bigint CHECK (value >= 0),      -- hundredths of a point
    received_us  bigint NOT NULL,
    PRIMARY KEY (sheet_id, criterion_id, writer, seq)
);
CREATE INDEX mark_criterion ON mark (criterion_id);
CREATE TRIGGER mark_append_only BEFORE UPDATE ON mark
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE mark;
DROP TABLE sheet;
DROP TABLE performance;
DROP TABLE panel_seat;
DROP TABLE criterion;
DROP SEQUENCE sheet_writer;
DROP TABLE judged_round;
