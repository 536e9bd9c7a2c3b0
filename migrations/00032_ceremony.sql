-- +goose Up
-- Awards as part of a final result, results that are final but not told yet, and the ceremony that tells them.

-- A final result that is kept back while the board is frozen: what the public board becomes once it is told.
ALTER TABLE board ADD COLUMN final_board bytea CHECK (final_board IS NULL OR held = 'frozen');

ALTER TABLE hall_screen DROP CONSTRAINT hall_screen_mode_check;
ALTER TABLE hall_screen ADD CONSTRAINT hall_screen_mode_check
    CHECK (mode IN ('waiting', 'black', 'round', 'board', 'ceremony'));

-- What a contest gives, the highest level first. Who receives it follows from the standings alone.
CREATE TABLE award_plan (
    contest_id bigint PRIMARY KEY REFERENCES contest (id) ON DELETE CASCADE,
    version    integer NOT NULL DEFAULT 1         -- optimistic lock
);
CREATE TABLE award (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id  bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    division_id bigint REFERENCES division (id) ON DELETE CASCADE, -- NULL: of units, over all divisions
    position    integer NOT NULL,                 -- within its division, from the highest award
    name        text NOT NULL CHECK (name <> ''),
    prize       text NOT NULL DEFAULT '',         -- money, certificate: as it is read out
    quota       integer NOT NULL CHECK (quota BETWEEN 1 AND 500),
    withheld    integer NOT NULL DEFAULT 0,       -- how many of them are not given
    reason      text NOT NULL DEFAULT '',         -- why not
    -- Of an award of units: by how many of their entries have a score, or by the mean of their best ones.
    measure     text CHECK (measure IN ('entries', 'mean')),
    best        integer NOT NULL DEFAULT 0,       -- measure mean: so many of the best entries; absent ones count as 0
    CHECK (withheld BETWEEN 0 AND quota AND (withheld = 0 OR reason <> '')),
    CHECK ((division_id IS NULL) = (measure IS NOT NULL))
);
CREATE INDEX award_contest ON award (contest_id);

-- Prizes that don't follow from the standings: named by the organizers, or by a ballot of the panel.
CREATE TABLE side_prize (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    position   integer NOT NULL,
    name       text NOT NULL CHECK (name <> ''),  -- "Diễn viên xuất sắc nhất"
    prize      text NOT NULL DEFAULT '',
    entry_id   bigint REFERENCES entry (id),      -- whose it is, or whose member's
    receiver   text NOT NULL DEFAULT '',          -- the person, where it is not the whole entry
    note       text NOT NULL DEFAULT ''           -- how it was decided: "Ban Giám khảo bỏ phiếu: 5/7"
);
CREATE INDEX side_prize_contest ON side_prize (contest_id);

-- The ceremony of a contest: its settings, and where it stands. The script is fixed when it begins.
CREATE TABLE ceremony (
    contest_id bigint PRIMARY KEY REFERENCES contest (id) ON DELETE CASCADE,
    seq        bigint NOT NULL,                   -- rises with every change; orders the views on all nodes
    settings   bytea NOT NULL,                    -- canonical JSON
    state      text NOT NULL DEFAULT 'off' CHECK (state IN ('off', 'running', 'paused', 'over')),
    rehearsal  boolean NOT NULL DEFAULT false,    -- made-up names and points
    black      boolean NOT NULL DEFAULT false,
    position   integer NOT NULL DEFAULT 0,        -- steps of the script that have been shown
    revision   integer NOT NULL DEFAULT 0,        -- of the final result that is told
    script     bytea,                             -- canonical JSON; NULL: off
    moved_us   bigint NOT NULL DEFAULT 0,         -- when the last step was made, and by whom
    moved_by   text NOT NULL DEFAULT '',
    CHECK ((state = 'off') = (script IS NULL))
);

-- Every key press of a ceremony. A rehearsal leaves none.
CREATE TABLE ceremony_move (
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    seq        bigint NOT NULL,
    cue        text NOT NULL,
    position   integer NOT NULL,
    at_us      bigint NOT NULL,
    account_id bigint,
    actor      text NOT NULL,
    PRIMARY KEY (contest_id, seq)
);

-- +goose Down
DROP TABLE ceremony_move;
DROP TABLE ceremony;
DROP TABLE side_prize;
DROP TABLE award;
DROP TABLE award_plan;
UPDATE hall_screen SET mode = 'waiting' WHERE mode = 'ceremony';
ALTER TABLE hall_screen DROP CONSTRAINT hall_screen_mode_check;
ALTER TABLE hall_screen ADD CONSTRAINT hall_screen_mode_check CHECK (mode IN ('waiting', 'black', 'round', 'board'));
ALTER TABLE board DROP COLUMN final_board;
