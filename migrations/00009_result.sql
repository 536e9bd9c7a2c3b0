-- +goose Up
-- Final results: immutable snapshots. A correction is a further revision; nothing is overwritten.

CREATE TABLE final_result (
    contest_id  bigint NOT NULL REFERENCES contest (id),
    revision    integer NOT NULL,
    at_us       bigint NOT NULL,
    account_id  bigint,
    actor       text NOT NULL,                   -- the name as it was then
    reason      text NOT NULL,                   -- of a correction; empty for the first
    snapshot    bytea NOT NULL,                  -- canonical JSON: rules, standings, inputs' hashes
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    inputs_hash bytea NOT NULL CHECK (length(inputs_hash) = 32),
    PRIMARY KEY (contest_id, revision)
);
CREATE TRIGGER final_result_immutable BEFORE UPDATE OR DELETE ON final_result
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE final_result;
