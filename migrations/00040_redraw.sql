-- +goose Up
-- A draw of the running order that is made again keeps its reason, for the annex of the minutes.
ALTER TABLE round_change DROP CONSTRAINT round_change_kind_check;
ALTER TABLE round_change ADD CONSTRAINT round_change_kind_check
    CHECK (kind IN ('move', 'last', 'leave_out', 'bring_back', 'add', 'redraw', 'replace', 'join', 'head', 'absent', 'present', 'ties', 'names'));

-- +goose Down
DELETE FROM round_change WHERE kind = 'redraw';
ALTER TABLE round_change DROP CONSTRAINT round_change_kind_check;
ALTER TABLE round_change ADD CONSTRAINT round_change_kind_check
    CHECK (kind IN ('move', 'last', 'leave_out', 'bring_back', 'add', 'replace', 'join', 'head', 'absent', 'present', 'ties', 'names'));
