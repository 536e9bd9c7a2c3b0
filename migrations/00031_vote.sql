-- +goose Up
-- Public votes: a round whose score is what the audience gives. Who voted is kept only as an HMAC of the ticket or the
-- address: enough to refuse a second vote, too little to tell who it was.

ALTER TABLE round DROP CONSTRAINT round_kind_check;
ALTER TABLE round ADD CONSTRAINT round_kind_check CHECK (kind IN ('stage', 'judged', 'exam', 'vote'));

CREATE TABLE vote_round (
    round_id     bigint PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE,
    version      bigint NOT NULL DEFAULT 1,     -- grows with each change but a vote
    settings     bytea  NOT NULL,               -- canonical JSON
    opened_us    bigint NOT NULL DEFAULT 0,     -- 0: not yet
    closed_us    bigint NOT NULL DEFAULT 0,     -- 0: not yet
    published_us bigint NOT NULL DEFAULT 0,     -- when a hidden count was made public; 0: not yet
    CHECK (closed_us = 0 OR opened_us > 0),
    CHECK (published_us = 0 OR closed_us > 0)
);

-- Whom one can vote for: fixed when the vote opens.
CREATE TABLE vote_candidate (
    round_id bigint NOT NULL REFERENCES vote_round (round_id) ON DELETE CASCADE,
    entry_id bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    PRIMARY KEY (round_id, entry_id)
);

-- Printed tickets. The code itself is nowhere: it exists on paper only.
CREATE TABLE vote_ticket (
    round_id bigint NOT NULL REFERENCES vote_round (round_id) ON DELETE CASCADE,
    mac      bytea  NOT NULL CHECK (length(mac) = 32),
    batch    integer NOT NULL,
    void     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (round_id, mac)
);
CREATE INDEX vote_ticket_batch ON vote_ticket (round_id, batch);

-- Codes that were sent to mail addresses and not used yet.
CREATE TABLE vote_code (
    round_id   bigint NOT NULL REFERENCES vote_round (round_id) ON DELETE CASCADE,
    mac        bytea  NOT NULL CHECK (length(mac) = 32),  -- of the address
    code_mac   bytea  NOT NULL CHECK (length(code_mac) = 32),
    expires_us bigint NOT NULL,
    sent_us    bigint NOT NULL,
    sent       integer NOT NULL DEFAULT 1,
    tries      integer NOT NULL DEFAULT 0,
    PRIMARY KEY (round_id, mac)
);

CREATE TABLE vote (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id bigint NOT NULL REFERENCES vote_round (round_id) ON DELETE CASCADE,
    entry_id bigint NOT NULL,
    way      text   NOT NULL CHECK (way IN ('ticket', 'mail')),
    mac      bytea  NOT NULL CHECK (length(mac) = 32),    -- of the ticket or the address
    at_us    bigint NOT NULL,
    UNIQUE (round_id, mac),
    FOREIGN KEY (round_id, entry_id) REFERENCES vote_candidate (round_id, entry_id) ON DELETE CASCADE
);
CREATE INDEX vote_entry ON vote (round_id, entry_id);
CREATE TRIGGER vote_immutable BEFORE UPDATE ON vote FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE vote;
DROP TABLE vote_code;
DROP TABLE vote_ticket;
DROP TABLE vote_candidate;
DROP TABLE vote_round;
DELETE FROM round WHERE kind = 'vote';
ALTER TABLE round DROP CONSTRAINT round_kind_check;
ALTER TABLE round ADD CONSTRAINT round_kind_check CHECK (kind IN ('stage', 'judged', 'exam'));
