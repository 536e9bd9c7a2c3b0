-- +goose Up
-- How many people each unit has, of a hundred thousand, without reading their rows: these two hold all that is counted.
CREATE INDEX entry_counts ON entry (contest_id, unit_id, division_id, state);
CREATE INDEX registration_counts ON registration (contest_id, unit_id, division_id, state) WHERE state <> 'approved';

-- +goose Down
DROP INDEX registration_counts;
DROP INDEX entry_counts;
