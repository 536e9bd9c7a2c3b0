-- name: CreateRound :exec
INSERT INTO stage_round (round_id, epoch, scoring, points, wrong_loss, duration_s, grace_ms, show_time, show_board,
                         auto_advance, open_after_s, reveal_after_s, next_after_s)
VALUES (@round_id, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, @scoring, @points, @wrong_loss,
        @duration_s, @grace_ms, @show_time, @show_board, @auto_advance, @open_after_s, @reveal_after_s, @next_after_s)
ON CONFLICT (round_id) DO NOTHING;

-- name: Round :one
SELECT * FROM stage_round WHERE round_id = $1;

-- name: LockRound :one
SELECT * FROM stage_round WHERE round_id = $1 FOR UPDATE;

-- name: SaveSettings :execrows
UPDATE stage_round SET scoring = @scoring, points = @points, wrong_loss = @wrong_loss, duration_s = @duration_s,
       grace_ms = @grace_ms, show_time = @show_time, show_board = @show_board, auto_advance = @auto_advance,
       open_after_s = @open_after_s, reveal_after_s = @reveal_after_s, next_after_s = @next_after_s,
       version = version + 1
WHERE round_id = @round_id AND version = @version AND phase IN ('planned', 'ready');

-- name: TouchSetup :execrows
UPDATE stage_round SET version = version + 1, phase = @phase
WHERE round_id = @round_id AND version = @version AND phase IN ('planned', 'ready');

-- name: Positions :many
SELECT round_id, seq, version FROM stage_round WHERE round_id = ANY(@round_ids::bigint[]);

-- name: Items :many
SELECT * FROM stage_item WHERE round_id = $1 ORDER BY position;

-- name: DeleteItems :exec
DELETE FROM stage_item WHERE round_id = $1;

-- name: AddItem :one
INSERT INTO stage_item (round_id, position, item_version_id, points, duration_s, reserve)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id;

-- name: CopyRound :execrows
INSERT INTO stage_round (round_id, epoch, phase, scoring, points, wrong_loss, duration_s, grace_ms, show_time, show_board,
                         auto_advance, open_after_s, reveal_after_s, next_after_s)
SELECT @to_round, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       CASE WHEN EXISTS (SELECT 1 FROM stage_item i WHERE i.round_id = @from_round) THEN 'ready' ELSE 'planned' END,
       o.scoring, o.points, o.wrong_loss, o.duration_s, o.grace_ms, o.show_time, o.show_board,
       o.auto_advance, o.open_after_s, o.reveal_after_s, o.next_after_s
FROM stage_round AS o WHERE o.round_id = @from_round;

-- name: CopyItems :exec
INSERT INTO stage_item (round_id, position, item_version_id, points, duration_s, reserve)
SELECT @to_round, position, item_version_id, points, duration_s, reserve FROM stage_item AS o WHERE o.round_id = @from_round
ORDER BY position;

-- name: EventsAfter :many
SELECT seq, fence, payload FROM stage_event WHERE round_id = $1 AND seq > $2 ORDER BY seq;

-- name: EventAt :one
SELECT payload FROM stage_event WHERE round_id = $1 AND seq = $2;

-- name: SettleRound :exec
-- Waits until no transaction that moves the round on is under way: one whose commit nobody answered for has then
-- been made or undone.
SELECT 1 FROM stage_round WHERE round_id = $1 FOR UPDATE;

-- name: Advance :execrows
UPDATE stage_round SET seq = @new_seq, phase = @phase WHERE round_id = @round_id AND seq = @old_seq;

-- name: AppendEvent :execrows
INSERT INTO stage_event (round_id, seq, at_us, fence, payload)
SELECT @round_id, @seq, @at_us, @fence, @payload
WHERE @fence::bigint = 0 OR EXISTS (
    SELECT 1 FROM stage_lease l WHERE l.round_id = @round_id AND l.fence = @fence::bigint AND l.node = @node);

-- name: SetGate :exec
INSERT INTO stage_gate (round_id, play, state, deadline_us) VALUES ($1, $2, $3, $4)
ON CONFLICT (round_id, play) DO UPDATE SET state = excluded.state, deadline_us = excluded.deadline_us;

-- name: LockResponsesExclusive :exec
SELECT pg_advisory_xact_lock(@class::int, @round::int);

-- name: LiveRoundsWithoutOwner :many
SELECT r.round_id FROM stage_round r LEFT JOIN stage_lease l ON l.round_id = r.round_id
WHERE r.phase IN ('running', 'paused') AND (l.until IS NULL OR l.until < clock_timestamp());

-- name: TakeLease :one
INSERT INTO stage_lease AS l (round_id, node, fence, until)
VALUES (@round_id, @node, 1, clock_timestamp() + make_interval(secs => @ttl_s::float8))
ON CONFLICT (round_id) DO UPDATE SET node = excluded.node, fence = l.fence + 1, until = excluded.until
WHERE l.until < clock_timestamp()
RETURNING fence;

-- name: RenewLeases :many
UPDATE stage_lease SET until = clock_timestamp() + make_interval(secs => @ttl_s::float8)
FROM (SELECT unnest(@round_ids::bigint[]) AS round_id, unnest(@fences::bigint[]) AS fence) AS held
WHERE stage_lease.round_id = held.round_id AND stage_lease.fence = held.fence AND stage_lease.node = @node
RETURNING stage_lease.round_id;

-- name: DropLease :exec
UPDATE stage_lease SET until = clock_timestamp() WHERE round_id = $1 AND node = $2 AND fence = $3;

-- name: Beat :exec
INSERT INTO stage_node (node, until) VALUES (@node, clock_timestamp() + make_interval(secs => @ttl_s::float8))
ON CONFLICT (node) DO UPDATE SET until = excluded.until;

-- name: ForgetDeadNodes :exec
DELETE FROM stage_node WHERE until < clock_timestamp() - interval '1 day';

-- name: LeaveNode :exec
DELETE FROM stage_node WHERE node = $1;

-- name: Claim :many
INSERT INTO stage_writer AS w (round_id, entry_id, writer, device_id, node, connected)
SELECT @round_id::bigint, c.entry_id, 1, c.device_id, @node::text, true
FROM (SELECT unnest(@entry_ids::bigint[]) AS entry_id, unnest(@device_ids::bigint[]) AS device_id) AS c
ORDER BY c.entry_id
ON CONFLICT (round_id, entry_id) DO UPDATE SET
    writer = w.writer + 1, device_id = excluded.device_id, node = excluded.node, connected = true, released = false,
    claimed_at = now()
WHERE w.device_id = excluded.device_id OR w.released OR NOT w.connected
   OR NOT EXISTS (SELECT 1 FROM stage_node n WHERE n.node = w.node AND n.until >= clock_timestamp())
RETURNING entry_id, writer;

-- name: Keep :many
UPDATE stage_writer w SET node = @node::text, connected = true
FROM (SELECT unnest(@entry_ids::bigint[]) AS entry_id, unnest(@device_ids::bigint[]) AS device_id,
             unnest(@keeps::int[]) AS keep) AS c
WHERE w.round_id = @round_id::bigint AND w.entry_id = c.entry_id AND w.device_id = c.device_id AND w.writer = c.keep
RETURNING w.entry_id, w.writer;

-- name: ReleaseWriter :execrows
UPDATE stage_writer SET released = true WHERE round_id = $1 AND entry_id = $2;

-- name: Disconnect :exec
UPDATE stage_writer w SET connected = false
FROM (SELECT unnest(@entry_ids::bigint[]) AS entry_id, unnest(@device_ids::bigint[]) AS device_id) AS c
WHERE w.round_id = @round_id::bigint AND w.entry_id = c.entry_id AND w.device_id = c.device_id AND w.node = @node::text;

-- name: ConnectedEntries :many
SELECT w.entry_id FROM stage_writer w JOIN stage_node n ON n.node = w.node AND n.until >= clock_timestamp()
WHERE w.round_id = $1 AND w.connected;

-- name: AnsweredEntries :many
SELECT DISTINCT entry_id FROM stage_response WHERE round_id = $1 AND play = $2;

-- name: FinalResponses :many
SELECT DISTINCT ON (entry_id) entry_id, writer, seq, received_us, shown_us, payload
FROM stage_response WHERE round_id = $1 AND play = $2
ORDER BY entry_id, writer DESC, seq DESC;

-- name: OwnResponses :many
SELECT e.entry_id::bigint AS entry_id, r.writer, r.seq, r.received_us, r.shown_us, r.payload
FROM (SELECT unnest(@entry_ids::bigint[]) AS entry_id) AS e
CROSS JOIN LATERAL (
    SELECT writer, seq, received_us, shown_us, payload FROM stage_response
    WHERE round_id = @round_id AND play = @play AND stage_response.entry_id = e.entry_id
    ORDER BY writer DESC, seq DESC LIMIT 1) AS r;

-- name: Writers :many
SELECT entry_id, writer, device_id, connected FROM stage_writer
WHERE round_id = @round_id AND entry_id = ANY(@entry_ids::bigint[]);

-- name: AllResponses :many
SELECT play, entry_id, writer, seq, received_us, shown_us, payload FROM stage_response
WHERE round_id = $1 AND play = $2 ORDER BY entry_id, writer, seq;

-- name: StrayResponses :one
SELECT count(*) FROM stage_response r
WHERE r.round_id = $1 AND NOT EXISTS (SELECT 1 FROM stage_gate g WHERE g.round_id = r.round_id AND g.play = r.play);

-- name: LateResponses :one
SELECT count(*) FROM stage_response WHERE round_id = @round_id AND play = @play AND received_us > @limit_us::bigint;

-- name: WhoAnswered :many
SELECT DISTINCT entry_id FROM stage_response WHERE round_id = $1;
