-- +goose Up
-- The panel and what surrounds it: supervisors and timekeepers, levels of a criterion, how a running order came about
-- and what was changed in it on the night, blind codes, and whose judge a judge is.

ALTER TABLE account_grant DROP CONSTRAINT account_grant_role_check;
ALTER TABLE account_grant ADD CONSTRAINT account_grant_role_check
    CHECK (role IN ('organizer', 'host', 'secretary', 'judge', 'supervisor', 'timekeeper', 'author', 'reviewer'));

-- [{from, to, name, text}], the highest first; marks in hundredths of a point.
ALTER TABLE criterion ADD COLUMN levels jsonb NOT NULL DEFAULT '[]';

-- A draw of the running order: by the software, or lots drawn in the room and typed in. Never changed: a new draw is a
-- new row, and the old one stays for those who ask.
CREATE TABLE order_draw (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id    bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    method      text NOT NULL CHECK (method IN ('software', 'room')),
    seed        text NOT NULL DEFAULT '',        -- of the software's draw
    drawn_at    timestamptz,                     -- null: not known any more
    place       text NOT NULL DEFAULT '' CHECK (length(place) <= 200),
    chair       text NOT NULL DEFAULT '' CHECK (length(chair) <= 120),
    secretary   text NOT NULL DEFAULT '' CHECK (length(secretary) <= 120),
    witnesses   text NOT NULL DEFAULT '' CHECK (length(witnesses) <= 500),
    lots        jsonb NOT NULL,                  -- [{entry_id, number, drawer}] in the order that was drawn
    recorded_by bigint REFERENCES account (id)
);
CREATE INDEX order_draw_round ON order_draw (round_id, id);

-- The draw that the order of a round comes from, order_draw (id); null: set by hand. Without a foreign key: a draw names
-- its round already, and two tables that name each other cannot be restored one after the other.
ALTER TABLE judged_round ADD COLUMN draw_id bigint;

INSERT INTO order_draw (round_id, method, seed, lots)
SELECT j.round_id, 'software', j.order_seed,
       (SELECT jsonb_agg(jsonb_build_object('entry_id', e.id, 'number', e.number, 'drawer', '') ORDER BY p.position)
        FROM performance p JOIN entry e ON e.id = p.entry_id WHERE p.round_id = j.round_id)
FROM judged_round j
WHERE j.order_seed IS NOT NULL AND EXISTS (SELECT 1 FROM performance p WHERE p.round_id = j.round_id);
UPDATE judged_round j SET draw_id = d.id FROM order_draw d WHERE d.round_id = j.round_id;

-- Left out of this part on the night, with a reason; the entry itself stays in the contest.
ALTER TABLE performance ADD COLUMN left_out boolean NOT NULL DEFAULT false;

-- What was changed in a round after it had been set: moved, put last, left out, brought back; a judge replaced, absent
-- or back; who holds the names of a blind round. Append-only: it goes into the annex of the minutes.
CREATE TABLE round_change (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round_id       bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    at_us          bigint NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('move', 'last', 'leave_out', 'bring_back', 'add', 'replace', 'absent', 'present', 'ties', 'names')),
    entry_id       bigint REFERENCES entry (id) ON DELETE SET NULL,
    seat           integer NOT NULL DEFAULT 0,
    before         text NOT NULL DEFAULT '',     -- a place in the order, a judge's name
    after          text NOT NULL DEFAULT '',
    reason         text NOT NULL CHECK (length(reason) <= 500),
    account_id     bigint REFERENCES account (id),
    account_name   text NOT NULL
);
CREATE INDEX round_change_round ON round_change (round_id, id);
CREATE TRIGGER round_change_append_only BEFORE UPDATE OF at_us, kind, seat, before, after, reason, account_name ON round_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What happens when a judge marks an entry of the own unit, or one that the judge is tied to: nothing, the head judge,
-- the secretary and the judge are told, or the sheet is neither asked for nor counted. Rounds that are there stay as they
-- are; new ones tell.
ALTER TABLE judged_round ADD COLUMN conflict_rule text NOT NULL DEFAULT 'none' CHECK (conflict_rule IN ('none', 'flag', 'bar'));
ALTER TABLE judged_round ALTER COLUMN conflict_rule SET DEFAULT 'flag';

-- Blind rounds (those with a seed): who alone knows which entry a code stands for, and the seed of the codes.
ALTER TABLE judged_round ADD COLUMN blind_seed text,
                         ADD COLUMN blind_keeper bigint REFERENCES account (id);
CREATE TABLE blind_code (
    round_id bigint NOT NULL REFERENCES judged_round (round_id) ON DELETE CASCADE,
    entry_id bigint NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    code     text NOT NULL CHECK (length(code) BETWEEN 2 AND 8),
    PRIMARY KEY (round_id, entry_id),
    UNIQUE (round_id, code)
);

-- What ties a judge of a contest to units and entries: the own unit (at most one), and what was declared.
CREATE TABLE judge_tie (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    own        boolean NOT NULL DEFAULT false,
    unit_id    bigint REFERENCES unit (id) ON DELETE CASCADE,
    entry_id   bigint REFERENCES entry (id) ON DELETE CASCADE,
    note       text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    CHECK ((unit_id IS NULL) <> (entry_id IS NULL)),
    CHECK (NOT own OR unit_id IS NOT NULL)
);
CREATE INDEX judge_tie_contest ON judge_tie (contest_id, account_id);
CREATE UNIQUE INDEX judge_tie_own ON judge_tie (contest_id, account_id) WHERE own;

-- The conflicts of interest of a performance, as they were known when it began or as ties were declared since.
CREATE TABLE performance_conflict (
    performance_id bigint NOT NULL REFERENCES performance (id) ON DELETE CASCADE,
    account_id     bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    why            text NOT NULL CHECK (why IN ('own_unit', 'unit_above', 'unit_below', 'declared')),
    PRIMARY KEY (performance_id, account_id)
);

-- +goose Down
DROP TABLE performance_conflict;
DROP TABLE judge_tie;
DROP TABLE blind_code;
ALTER TABLE judged_round DROP COLUMN conflict_rule, DROP COLUMN blind_seed, DROP COLUMN blind_keeper,
                         DROP COLUMN draw_id;
DROP TABLE round_change;
ALTER TABLE performance DROP COLUMN left_out;
DROP TABLE order_draw;
ALTER TABLE criterion DROP COLUMN levels;
DELETE FROM account_grant WHERE role IN ('supervisor', 'timekeeper');
ALTER TABLE account_grant DROP CONSTRAINT account_grant_role_check;
ALTER TABLE account_grant ADD CONSTRAINT account_grant_role_check
    CHECK (role IN ('organizer', 'host', 'secretary', 'judge', 'author', 'reviewer'));
