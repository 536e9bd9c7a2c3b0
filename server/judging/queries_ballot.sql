-- name: SetPublicity :exec
UPDATE judged_round SET public_marks = $2, hall_score = $3 WHERE round_id = $1;

-- The public board has stopped or goes on: what the hall may see of each part has changed.
-- name: StirAll :many
UPDATE judged_round j SET seq = j.seq + 1 FROM round r WHERE r.id = j.round_id AND r.contest_id = @contest_id RETURNING j.round_id;

-- name: CreateBallotBook :exec
INSERT INTO ballot_book (contest_id) VALUES ($1) ON CONFLICT DO NOTHING;

-- Holds the book's row until the transaction ends: changes of one contest's ballots queue here.
-- name: NextBallotSeq :one
UPDATE ballot_book SET seq = seq + 1 WHERE contest_id = $1 RETURNING epoch, seq;

-- name: BallotBook :one
SELECT epoch, seq FROM ballot_book WHERE contest_id = $1;

-- name: BallotSeqs :many
SELECT contest_id, seq FROM ballot_book WHERE contest_id = ANY(@ids::bigint[]);

-- name: Ballots :many
SELECT b.*, coalesce(r.name, '')::text AS round_name FROM ballot b LEFT JOIN round r ON r.id = b.round_id
WHERE b.contest_id = $1 ORDER BY b.id;

-- name: BallotPanels :many
SELECT p.ballot_id, p.round_id, r.name FROM ballot_panel p JOIN ballot b ON b.id = p.ballot_id JOIN round r ON r.id = p.round_id
WHERE b.contest_id = $1 ORDER BY r.position, r.id;

-- name: BallotRuns :many
SELECT u.* FROM ballot_run u JOIN ballot b ON b.id = u.ballot_id WHERE b.contest_id = $1 ORDER BY u.ballot_id, u.number;

-- name: BallotChoices :many
SELECT c.ballot_id, c.run, c.entry_id, c.votes, e.name, e.number, coalesce(t.name, '')::text AS unit_name
FROM ballot_choice c JOIN ballot b ON b.id = c.ballot_id JOIN entry e ON e.id = c.entry_id
LEFT JOIN unit_in_contest t ON t.contest_id = e.contest_id AND t.unit_id = e.unit_id
WHERE b.contest_id = $1 ORDER BY c.ballot_id, c.run, c.position;

-- name: BallotVoters :many
SELECT v.* FROM ballot_voter v JOIN ballot b ON b.id = v.ballot_id WHERE b.contest_id = $1 ORDER BY v.ballot_id, v.run, v.name, v.account_id;

-- name: BallotBars :many
SELECT x.* FROM ballot_bar x JOIN ballot b ON b.id = x.ballot_id WHERE b.contest_id = $1;

-- name: BallotVotes :many
SELECT x.* FROM ballot_vote x JOIN ballot b ON b.id = x.ballot_id WHERE b.contest_id = $1 ORDER BY x.ballot_id, x.run, x.account_id, x.entry_id;

-- name: BallotWinners :many
SELECT w.*, e.name, e.number, coalesce(t.name, '')::text AS unit_name FROM ballot_winner w JOIN ballot b ON b.id = w.ballot_id JOIN entry e ON e.id = w.entry_id
LEFT JOIN unit_in_contest t ON t.contest_id = e.contest_id AND t.unit_id = e.unit_id
WHERE b.contest_id = $1 ORDER BY w.ballot_id, w.run, w.votes DESC, e.number;

-- name: AddBallot :one
INSERT INTO ballot (contest_id, name, prize, round_id, places, votes_each, named, head) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id;

-- name: SaveBallot :exec
UPDATE ballot SET name = $2, prize = $3, round_id = $4, places = $5, votes_each = $6, named = $7, head = $8 WHERE id = $1;

-- name: RemoveBallot :exec
DELETE FROM ballot WHERE id = $1;

-- name: DropBallotPanels :exec
DELETE FROM ballot_panel WHERE ballot_id = $1;

-- name: AddBallotPanel :exec
INSERT INTO ballot_panel (ballot_id, round_id) VALUES ($1, $2);

-- name: SetBallotState :exec
UPDATE ballot SET state = $2, ended_us = $3, ended_name = $4, reason = $5 WHERE id = $1;

-- name: AddBallotRun :exec
INSERT INTO ballot_run (ballot_id, number, places, votes_each, opened_us, opened_name) VALUES ($1, $2, $3, $4, $5, $6);

-- name: CloseBallotRun :exec
UPDATE ballot_run SET closed_us = @closed_us::bigint, closed_name = @closed_name, reason = @reason WHERE ballot_id = @ballot_id AND number = @number;

-- name: AddBallotChoice :exec
INSERT INTO ballot_choice (ballot_id, run, entry_id, position) VALUES ($1, $2, $3, $4);

-- name: CountBallotChoice :exec
UPDATE ballot_choice SET votes = @votes::integer WHERE ballot_id = @ballot_id AND run = @run AND entry_id = @entry_id;

-- name: AddBallotVoter :exec
INSERT INTO ballot_voter (ballot_id, run, account_id, name) VALUES ($1, $2, $3, $4);

-- name: MarkVoted :exec
UPDATE ballot_voter SET version = version + 1, voted_us = @voted_us::bigint WHERE ballot_id = @ballot_id AND run = @run AND account_id = @account_id;

-- name: AddBallotBar :exec
INSERT INTO ballot_bar (ballot_id, run, account_id, entry_id) VALUES ($1, $2, $3, $4);

-- name: DropPaper :exec
DELETE FROM ballot_vote WHERE ballot_id = $1 AND run = $2 AND account_id = $3;

-- name: AddBallotVote :exec
INSERT INTO ballot_vote (ballot_id, run, account_id, entry_id) VALUES ($1, $2, $3, $4);

-- name: MixPapers :exec
DELETE FROM ballot_vote WHERE ballot_id = $1 AND run = $2;

-- name: AddBallotWinner :exec
INSERT INTO ballot_winner (ballot_id, entry_id, run, votes, by_head) VALUES ($1, $2, $3, $4, $5);

-- Every seat of the contest's panels, with the part and its rule for conflicts of interest.
-- name: BallotSeats :many
SELECT s.round_id, s.account_id, s.head, s.absent, a.name, j.conflict_rule, (j.blind_seed IS NOT NULL AND j.closed_us IS NULL)::boolean AS hidden
FROM panel_seat s JOIN account a ON a.id = s.account_id JOIN judged_round j ON j.round_id = s.round_id JOIN round r ON r.id = s.round_id
WHERE r.contest_id = $1 ORDER BY r.position, r.id, s.seat;

-- Whom one can choose: who performs in a judged part, who enters another round, or who takes part in the contest.
-- name: PerformingEntries :many
SELECT e.id FROM performance p JOIN entry e ON e.id = p.entry_id
WHERE p.round_id = $1 AND e.state = 'active' AND NOT p.left_out ORDER BY e.number, e.id;

-- name: EnteringEntries :many
SELECT id FROM round_entrant WHERE round_id = $1 ORDER BY number, id LIMIT 201;

-- name: ContestEntries :many
SELECT id FROM entry WHERE contest_id = $1 AND state = 'active' ORDER BY number, id LIMIT 201;

-- What ties judges to entries, as in ConflictsNow, whatever part they sit in.
-- name: BallotTies :many
WITH RECURSIVE tie AS (
    SELECT t.account_id, t.own, t.unit_id, t.entry_id FROM judge_tie t WHERE t.contest_id = @contest_id AND t.account_id = ANY(@accounts::bigint[])
), own AS (
    SELECT t.account_id, t.unit_id::bigint AS unit_id FROM tie t WHERE t.own
    UNION SELECT o.account_id, u.successor_id FROM own o JOIN unit_successor u ON u.unit_id = o.unit_id
), above AS (
    SELECT o.account_id, c.parent_id AS unit_id FROM own o JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = o.unit_id
    UNION SELECT a.account_id, c.parent_id FROM above a JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = a.unit_id
), chosen AS (
    SELECT e.id, e.unit_id FROM entry e WHERE e.contest_id = @contest_id AND e.id = ANY(@entries::bigint[])
), over AS (
    SELECT t.id, c.parent_id AS unit_id FROM chosen t JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = t.unit_id
    UNION SELECT o.id, c.parent_id FROM over o JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = o.unit_id
), found AS (
    SELECT t.id, o.account_id FROM chosen t JOIN own o ON o.unit_id = t.unit_id
    UNION SELECT t.id, d.account_id FROM chosen t JOIN tie d ON NOT d.own AND (d.entry_id = t.id OR d.unit_id = t.unit_id)
    UNION SELECT t.id, a.account_id FROM chosen t JOIN above a ON a.unit_id = t.unit_id
    UNION SELECT v.id, o.account_id FROM over v JOIN own o ON o.unit_id = v.unit_id
)
SELECT DISTINCT id::bigint AS entry_id, account_id::bigint AS account_id FROM found;
