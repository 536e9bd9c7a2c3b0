-- +goose Up
-- What a judged evening runs on beside the marks: the stage clock with its pauses, performances that are judged for
-- practice, the judges' private notes, and how the part is conducted.

-- Canonical JSON of judging.Conduct; null: the default. No score follows from it.
ALTER TABLE judged_round ADD COLUMN conduct bytea;

-- The stage clock: the time that it has run before the present run, and since when it runs.
ALTER TABLE performance
    ADD COLUMN clock_state    text NOT NULL DEFAULT 'ready' CHECK (clock_state IN ('ready', 'running', 'paused', 'stopped')),
    ADD COLUMN clock_used_us  bigint NOT NULL DEFAULT 0 CHECK (clock_used_us >= 0),
    ADD COLUMN clock_since_us bigint,
    ADD COLUMN clock_reason   text NOT NULL DEFAULT '' CHECK (length(clock_reason) <= 500),
    -- Judged for practice and talked over. It belongs to no entry and never counts.
    ADD COLUMN calibration    boolean NOT NULL DEFAULT false;
UPDATE performance SET clock_state = 'running', clock_since_us = started_us WHERE state = 'on_stage';
UPDATE performance SET clock_state = 'stopped', clock_used_us = coalesce(ended_us - started_us, seconds * 1000000, 0)
WHERE state = 'done';
ALTER TABLE performance ADD CONSTRAINT performance_clock_runs CHECK ((clock_state = 'running') = (clock_since_us IS NOT NULL));
ALTER TABLE performance ALTER COLUMN entry_id DROP NOT NULL;
ALTER TABLE performance ADD CONSTRAINT performance_of_an_entry CHECK (calibration = (entry_id IS NULL));

-- What was done to a clock, and when. Append-only: a pause for a failure goes into the annex of the minutes.
CREATE TABLE clock_act (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    performance_id bigint NOT NULL REFERENCES performance (id) ON DELETE CASCADE,
    at_us          bigint NOT NULL,
    act            text NOT NULL CHECK (act IN ('start', 'pause', 'resume', 'stop')),
    used_us        bigint NOT NULL,              -- what the clock showed
    reason         text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    account_id     bigint REFERENCES account (id)
);
CREATE INDEX clock_act_performance ON clock_act (performance_id, id);
CREATE TRIGGER clock_act_append_only BEFORE UPDATE ON clock_act
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A judge's own note on a performance. Nobody else ever reads it. The highest (writer, seq) counts.
CREATE TABLE judge_note (
    performance_id bigint NOT NULL REFERENCES performance (id) ON DELETE CASCADE,
    account_id     bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    writer         bigint NOT NULL CHECK (writer > 0),
    seq            bigint NOT NULL CHECK (seq > 0),
    body           text NOT NULL CHECK (length(body) <= 2000),
    saved_us       bigint NOT NULL,
    PRIMARY KEY (performance_id, account_id)
);

-- +goose Down
DROP TABLE judge_note;
DROP TABLE clock_act;
DELETE FROM performance WHERE calibration;
ALTER TABLE performance DROP CONSTRAINT performance_of_an_entry, DROP CONSTRAINT performance_clock_runs;
ALTER TABLE performance ALTER COLUMN entry_id SET NOT NULL;
ALTER TABLE performance DROP COLUMN calibration, DROP COLUMN clock_state, DROP COLUMN clock_used_us, DROP COLUMN clock_since_us, DROP COLUMN clock_reason;
ALTER TABLE judged_round DROP COLUMN conduct;
