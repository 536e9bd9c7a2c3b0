-- +goose Up
-- What the boards need beyond the scores themselves, which belong to the rounds. The boards live in Redis and can be
-- thrown away at any moment.

CREATE TABLE board (
    contest_id   bigint PRIMARY KEY REFERENCES contest (id) ON DELETE CASCADE,
    version      bigint NOT NULL DEFAULT 0,      -- the newest number given to a builder; orders boards on all nodes
    -- While held, the public sees this and nothing newer: a frozen board, or the final one.
    held         text CHECK (held IN ('frozen', 'final')),
    held_at_us   bigint,
    held_board   bytea,                          -- canonical JSON of the public board at that moment
    CHECK ((held IS NULL) = (held_board IS NULL) AND (held IS NULL) = (held_at_us IS NULL))
);

-- What the hall's projector shows.
CREATE TABLE hall_screen (
    contest_id  bigint PRIMARY KEY REFERENCES contest (id) ON DELETE CASCADE,
    seq         bigint NOT NULL DEFAULT 1,
    mode        text NOT NULL DEFAULT 'waiting' CHECK (mode IN ('waiting', 'black', 'round', 'board')),
    round_id    bigint REFERENCES round (id) ON DELETE SET NULL, -- mode round: which; mode board: of one round only
    division_id bigint REFERENCES division (id) ON DELETE SET NULL
);

-- +goose Down
DROP TABLE hall_screen;
DROP TABLE board;
