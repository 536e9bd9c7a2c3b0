-- +goose Up
-- A corrected time is an act at the stage clock like the others, with its reason: the annex of the minutes tells it.
ALTER TABLE clock_act DROP CONSTRAINT clock_act_act_check;
ALTER TABLE clock_act ADD CONSTRAINT clock_act_act_check CHECK (act IN ('start', 'pause', 'resume', 'stop', 'correct'));
-- What counted before the correction; of no other act.
ALTER TABLE clock_act ADD COLUMN before_us bigint CHECK ((before_us IS NOT NULL) = (act = 'correct'));
-- The corrections so far stand in the audit chain.
INSERT INTO clock_act (performance_id, at_us, act, used_us, before_us, reason, account_id)
SELECT p.id, e.at_us, 'correct', (e.said->>'after')::bigint * 1000000, (e.said->>'before')::bigint * 1000000, e.said->>'reason', a.id
FROM (SELECT seq, at_us, account_id, convert_from(payload, 'UTF8')::jsonb AS said FROM audit_event WHERE action = 'judging.seconds') e
JOIN performance p ON p.id = (e.said->>'performance')::bigint LEFT JOIN account a ON a.id = e.account_id
ORDER BY e.seq;

-- +goose Down
DELETE FROM clock_act WHERE act = 'correct';
ALTER TABLE clock_act DROP COLUMN before_us;
ALTER TABLE clock_act DROP CONSTRAINT clock_act_act_check;
ALTER TABLE clock_act ADD CONSTRAINT clock_act_act_check CHECK (act IN ('start', 'pause', 'resume', 'stop'));
