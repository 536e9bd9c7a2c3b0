-- +goose Up
-- Side prizes by ballot of the panel, and what the public sees of the marks of a judged round.

-- Totals alone, marks by seat (GK1, GK2...), or with the judges' names; and when a provisional score is shown in the hall.
ALTER TABLE judged_round
    ADD COLUMN public_marks text NOT NULL DEFAULT 'totals' CHECK (public_marks IN ('totals', 'seats', 'names')),
    ADD COLUMN hall_score   text NOT NULL DEFAULT 'at_once' CHECK (hall_score IN ('at_once', 'after_part', 'never'));

-- Where the panel has agreed to a ceremony that opens the sheets of a round, that stays so.
UPDATE judged_round j SET public_marks = 'seats' FROM ceremony c JOIN round r ON r.contest_id = c.contest_id
WHERE j.round_id = r.id AND convert_from(c.settings, 'UTF8')::jsonb ->> 'marks_agreed' = 'true'
  AND convert_from(c.settings, 'UTF8')::jsonb ->> 'marks_round' = r.id::text;

-- Every change of a contest's ballots raises seq in its own transaction: it orders the views that are sent, and its row
-- is the lock behind which the changes queue.
CREATE TABLE ballot_book (
    contest_id bigint PRIMARY KEY REFERENCES contest (id) ON DELETE CASCADE,
    epoch      bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    seq        bigint NOT NULL DEFAULT 1
);

CREATE TABLE ballot (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES ballot_book (contest_id) ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),  -- of the prize
    prize      text NOT NULL DEFAULT '' CHECK (length(prize) <= 160), -- money, paper: as it is read out
    round_id   bigint REFERENCES round (id) ON DELETE CASCADE,        -- whose entries may be chosen; NULL: all of the contest
    places     integer NOT NULL CHECK (places BETWEEN 1 AND 10),
    votes_each integer NOT NULL CHECK (votes_each BETWEEN 1 AND 10),
    named      boolean NOT NULL,            -- an open ballot: who voted for whom is kept
    head       boolean NOT NULL,            -- the head judge confirms the count
    state      text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'open', 'counted', 'decided', 'cancelled')),
    ended_us   bigint,                      -- decided or cancelled
    ended_name text NOT NULL DEFAULT '',
    reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 500) -- of the head judge's decision, or of the cancelling
);
CREATE INDEX ballot_contest ON ballot (contest_id, id);

-- Whose panels vote; none: the judges of all parts.
CREATE TABLE ballot_panel (
    ballot_id bigint NOT NULL REFERENCES ballot (id) ON DELETE CASCADE,
    round_id  bigint NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    PRIMARY KEY (ballot_id, round_id)
);

-- One opening of a ballot: the first, and another one among those who are tied. Choices and voters are fixed by it.
CREATE TABLE ballot_run (
    ballot_id   bigint NOT NULL REFERENCES ballot (id) ON DELETE CASCADE,
    number      integer NOT NULL,
    places      integer NOT NULL,
    votes_each  integer NOT NULL,
    opened_us   bigint NOT NULL,
    opened_name text NOT NULL,
    closed_us   bigint,
    closed_name text NOT NULL DEFAULT '',
    reason      text NOT NULL DEFAULT '' CHECK (length(reason) <= 500), -- why it was closed before everybody had voted
    PRIMARY KEY (ballot_id, number)
);

CREATE TABLE ballot_choice (
    ballot_id bigint NOT NULL,
    run       integer NOT NULL,
    entry_id  bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    position  integer NOT NULL,
    votes     integer,                      -- NULL: not counted yet
    PRIMARY KEY (ballot_id, run, entry_id),
    FOREIGN KEY (ballot_id, run) REFERENCES ballot_run (ballot_id, number) ON DELETE CASCADE
);

CREATE TABLE ballot_voter (
    ballot_id  bigint NOT NULL,
    run        integer NOT NULL,
    account_id bigint NOT NULL REFERENCES account (id),
    name       text NOT NULL,
    version    bigint NOT NULL DEFAULT 0,   -- rises with each change of the paper
    voted_us   bigint,                      -- NULL: not yet
    PRIMARY KEY (ballot_id, run, account_id),
    FOREIGN KEY (ballot_id, run) REFERENCES ballot_run (ballot_id, number) ON DELETE CASCADE
);

-- For whom a judge may not vote, by the rule for conflicts of interest as it stood at the opening.
CREATE TABLE ballot_bar (
    ballot_id  bigint NOT NULL,
    run        integer NOT NULL,
    account_id bigint NOT NULL,
    entry_id   bigint NOT NULL,
    PRIMARY KEY (ballot_id, run, account_id, entry_id),
    FOREIGN KEY (ballot_id, run, account_id) REFERENCES ballot_voter (ballot_id, run, account_id) ON DELETE CASCADE,
    FOREIGN KEY (ballot_id, run, entry_id) REFERENCES ballot_choice (ballot_id, run, entry_id) ON DELETE CASCADE
);

-- Those of a secret ballot are counted and removed when it closes: afterwards nobody can find out who voted for whom.
CREATE TABLE ballot_vote (
    ballot_id  bigint NOT NULL,
    run        integer NOT NULL,
    account_id bigint NOT NULL,
    entry_id   bigint NOT NULL,
    PRIMARY KEY (ballot_id, run, account_id, entry_id),
    FOREIGN KEY (ballot_id, run, account_id) REFERENCES ballot_voter (ballot_id, run, account_id) ON DELETE CASCADE,
    FOREIGN KEY (ballot_id, run, entry_id) REFERENCES ballot_choice (ballot_id, run, entry_id) ON DELETE CASCADE
);

CREATE TABLE ballot_winner (
    ballot_id bigint NOT NULL REFERENCES ballot (id) ON DELETE CASCADE,
    entry_id  bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    run       integer NOT NULL,
    votes     integer NOT NULL,
    by_head   boolean NOT NULL,             -- tied, and chosen by the head judge
    PRIMARY KEY (ballot_id, entry_id)
);

-- +goose Down
DROP TABLE ballot_winner;
DROP TABLE ballot_vote;
DROP TABLE ballot_bar;
DROP TABLE ballot_voter;
DROP TABLE ballot_choice;
DROP TABLE ballot_run;
DROP TABLE ballot_panel;
DROP TABLE ballot;
DROP TABLE ballot_book;
ALTER TABLE judged_round DROP COLUMN public_marks, DROP COLUMN hall_score;
