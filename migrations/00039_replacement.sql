-- +goose Up
-- A judge who falls out in the middle of a part keeps the sheets that are locked; who comes instead has a seat of their
-- own and judges the turns that the other did not.
ALTER TABLE panel_seat
    ADD COLUMN left_us  bigint NOT NULL DEFAULT 0,   -- replaced from here on, contest time in microseconds; 0: not
    ADD COLUMN replaces integer NOT NULL DEFAULT 0;  -- the seat whose remaining turns are judged from here; 0: none
ALTER TABLE panel_seat ADD CHECK (replaces >= 0 AND replaces < seat), ADD CHECK (left_us = 0 OR absent);
ALTER TABLE round_change DROP CONSTRAINT round_change_kind_check;
ALTER TABLE round_change ADD CONSTRAINT round_change_kind_check
    CHECK (kind IN ('move', 'last', 'leave_out', 'bring_back', 'add', 'replace', 'join', 'head', 'absent', 'present', 'ties', 'names'));

-- +goose Down
ALTER TABLE panel_seat DROP COLUMN left_us, DROP COLUMN replaces;
DELETE FROM round_change WHERE kind IN ('join', 'head');
ALTER TABLE round_change DROP CONSTRAINT round_change_kind_check;
ALTER TABLE round_change ADD CONSTRAINT round_change_kind_check
    CHECK (kind IN ('move', 'last', 'leave_out', 'bring_back', 'add', 'replace', 'absent', 'present', 'ties', 'names'));
