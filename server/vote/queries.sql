-- name: CreateVoteRound :exec
INSERT INTO vote_round (round_id, settings) VALUES (@round_id, @settings) ON CONFLICT DO NOTHING;

-- name: VoteRound :one
SELECT * FROM vote_round WHERE round_id = @round_id;

-- name: LockVoteRound :one
SELECT * FROM vote_round WHERE round_id = @round_id FOR UPDATE;

-- name: HoldVoteRound :one
SELECT * FROM vote_round WHERE round_id = @round_id FOR SHARE;

-- name: SetVoteSettings :exec
UPDATE vote_round SET settings = @settings, version = version + 1 WHERE round_id = @round_id;

-- name: OpenVote :exec
UPDATE vote_round SET opened_us = @at_us, version = version + 1 WHERE round_id = @round_id;

-- name: CloseVote :exec
UPDATE vote_round SET closed_us = @at_us, version = version + 1 WHERE round_id = @round_id;

-- name: PublishVote :exec
UPDATE vote_round SET published_us = @at_us, version = version + 1 WHERE round_id = @round_id;

-- name: UnsettledVotes :many
SELECT v.round_id, r.contest_id, v.settings, v.opened_us FROM vote_round v
JOIN round r ON r.id = v.round_id
JOIN contest c ON c.id = r.contest_id
WHERE v.closed_us = 0 AND c.state = 'running';

-- name: AddCandidates :exec
INSERT INTO vote_candidate (round_id, entry_id) SELECT @round_id, unnest(@entry_ids::bigint[]) ON CONFLICT DO NOTHING;

-- name: Candidates :many
SELECT c.entry_id, e.state = 'withdrawn' AS withdrawn FROM vote_candidate c JOIN entry e ON e.id = c.entry_id
WHERE c.round_id = @round_id ORDER BY c.entry_id;

-- name: Candidate :one
SELECT e.state = 'withdrawn' AS withdrawn FROM vote_candidate c JOIN entry e ON e.id = c.entry_id
WHERE c.round_id = @round_id AND c.entry_id = @entry_id;

-- name: CountVotes :many
SELECT entry_id, count(*) AS votes FROM vote WHERE round_id = @round_id GROUP BY entry_id ORDER BY entry_id;

-- name: VoteVersion :one
SELECT (v.version + (SELECT count(*) FROM vote x WHERE x.round_id = v.round_id))::bigint AS version,
       coalesce((SELECT array_agg(c.entry_id ORDER BY c.entry_id) FROM vote_candidate c JOIN entry e ON e.id = c.entry_id
                 WHERE c.round_id = v.round_id AND e.state = 'withdrawn'), '{}')::bigint[] AS withdrawn,
       v.closed_us, v.published_us, v.settings
FROM vote_round v WHERE v.round_id = @round_id;

-- name: Ballots :many
SELECT entry_id, way, mac, at_us FROM vote WHERE round_id = @round_id ORDER BY id;

-- name: BallotOf :one
SELECT entry_id, at_us FROM vote WHERE round_id = @round_id AND mac = @mac;

-- name: AddBallot :execrows
INSERT INTO vote (round_id, entry_id, way, mac, at_us) VALUES (@round_id, @entry_id, @way, @mac, @at_us)
ON CONFLICT (round_id, mac) DO NOTHING;

-- name: Ticket :one
SELECT void FROM vote_ticket WHERE round_id = @round_id AND mac = @mac;

-- name: AddTickets :execrows
INSERT INTO vote_ticket (round_id, mac, batch) SELECT @round_id, unnest(@macs::bytea[]), @batch ON CONFLICT DO NOTHING;

-- name: TicketBatches :many
SELECT t.batch, count(*) AS made, count(*) FILTER (WHERE t.void) AS void,
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM vote v WHERE v.round_id = t.round_id AND v.mac = t.mac)) AS used
FROM vote_ticket t WHERE t.round_id = @round_id GROUP BY t.batch ORDER BY t.batch;

-- name: VoidTickets :execrows
UPDATE vote_ticket t SET void = true WHERE t.round_id = @round_id AND t.batch = @batch AND NOT t.void
AND NOT EXISTS (SELECT 1 FROM vote v WHERE v.round_id = t.round_id AND v.mac = t.mac);

-- name: LockCode :one
SELECT * FROM vote_code WHERE round_id = @round_id AND mac = @mac FOR UPDATE;

-- name: PutCode :execrows
-- Its limits stand here and not before it: of the many who ask for the same address at once, one gets a letter.
INSERT INTO vote_code (round_id, mac, code_mac, expires_us, sent_us) VALUES (@round_id, @mac, @code_mac, @expires_us, @sent_us)
ON CONFLICT (round_id, mac) DO UPDATE SET code_mac = EXCLUDED.code_mac, expires_us = EXCLUDED.expires_us, sent_us = EXCLUDED.sent_us,
    sent = vote_code.sent + 1, tries = 0
WHERE vote_code.sent < @most::integer AND vote_code.sent_us <= @not_after_us::bigint;

-- name: CountTry :exec
UPDATE vote_code SET tries = tries + 1 WHERE round_id = @round_id AND mac = @mac;

-- name: DropCodes :exec
DELETE FROM vote_code WHERE round_id = @round_id;
