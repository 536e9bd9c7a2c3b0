-- Supervisors who are nothing else that may read open marks.
-- name: OnlySupervisors :many
SELECT g.account_id FROM account_grant g JOIN account a ON a.id = g.account_id
WHERE g.contest_id = $1 AND g.role = 'supervisor' AND NOT a.admin
  AND NOT EXISTS (SELECT 1 FROM account_grant o WHERE o.account_id = g.account_id AND o.contest_id = g.contest_id
                  AND o.role IN ('organizer', 'host', 'secretary'));

-- name: PanelOf :one
SELECT j.conflict_rule, j.blind_seed, j.blind_keeper, j.draw_id, coalesce(a.name, '')::text AS keeper_name,
       (EXISTS (SELECT 1 FROM judge_tie t WHERE t.contest_id = @contest_id))::boolean AS ties
FROM judged_round j LEFT JOIN account a ON a.id = j.blind_keeper WHERE j.round_id = @round_id;

-- What ties the judges of a round to its entries: the own unit, a unit above or below it in the tree as it is for the
-- contest (a unit that has ended goes on as its successors), and what was declared. The nearest tie of each pair.
-- name: ConflictsNow :many
WITH RECURSIVE tie AS (
    SELECT t.account_id, t.own, t.unit_id, t.entry_id FROM judge_tie t
    JOIN panel_seat s ON s.account_id = t.account_id AND s.round_id = @round_id WHERE t.contest_id = @contest_id
), own AS (
    SELECT t.account_id, t.unit_id::bigint AS unit_id FROM tie t WHERE t.own
    UNION SELECT o.account_id, u.successor_id FROM own o JOIN unit_successor u ON u.unit_id = o.unit_id
), above AS (
    SELECT o.account_id, c.parent_id AS unit_id FROM own o JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = o.unit_id
    UNION SELECT a.account_id, c.parent_id FROM above a JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = a.unit_id
), turn AS (
    SELECT p.id, p.entry_id, e.unit_id FROM performance p JOIN entry e ON e.id = p.entry_id WHERE p.round_id = @round_id
), over AS (
    SELECT t.id, c.parent_id AS unit_id FROM turn t JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = t.unit_id
    UNION SELECT o.id, c.parent_id FROM over o JOIN unit_in_contest c ON c.contest_id = @contest_id AND c.unit_id = o.unit_id
), found AS (
    SELECT t.id, o.account_id, 1 AS nearness, 'own_unit' AS why FROM turn t JOIN own o ON o.unit_id = t.unit_id
    UNION ALL SELECT t.id, d.account_id, 2, 'declared' FROM turn t JOIN tie d ON NOT d.own AND (d.entry_id = t.entry_id OR d.unit_id = t.unit_id)
    UNION ALL SELECT t.id, a.account_id, 3, 'unit_above' FROM turn t JOIN above a ON a.unit_id = t.unit_id
    UNION ALL SELECT v.id, o.account_id, 4, 'unit_below' FROM over v JOIN own o ON o.unit_id = v.unit_id
)
SELECT DISTINCT ON (id, account_id) id::bigint AS performance_id, account_id::bigint AS account_id, why::text AS why
FROM found ORDER BY id, account_id, nearness;

-- name: ConflictsKept :many
SELECT c.* FROM performance_conflict c JOIN performance p ON p.id = c.performance_id WHERE p.round_id = $1;

-- name: DropConflicts :exec
DELETE FROM performance_conflict WHERE performance_id = $1;

-- name: KeepConflict :exec
INSERT INTO performance_conflict (performance_id, account_id, why) VALUES ($1, $2, $3);

-- name: SetConflictRule :exec
UPDATE judged_round SET conflict_rule = $2 WHERE round_id = $1;

-- name: TiesIn :many
SELECT t.account_id, t.own, t.unit_id, t.entry_id, t.note, coalesce(u.name, '')::text AS unit_name, coalesce(e.name, '')::text AS entry_name
FROM judge_tie t LEFT JOIN unit_in_contest u ON u.contest_id = t.contest_id AND u.unit_id = t.unit_id
LEFT JOIN entry e ON e.id = t.entry_id
WHERE t.contest_id = $1 ORDER BY t.account_id, t.own DESC, t.id;

-- name: DropTies :exec
DELETE FROM judge_tie WHERE contest_id = $1 AND account_id = $2;

-- name: AddTie :exec
INSERT INTO judge_tie (contest_id, account_id, own, unit_id, entry_id, note) VALUES ($1, $2, $3, $4, $5, $6);

-- name: UnitIsThere :one
SELECT EXISTS (SELECT 1 FROM unit WHERE id = $1);

-- name: EntryOfContest :one
SELECT EXISTS (SELECT 1 FROM entry WHERE id = $1 AND contest_id = $2);

-- Other open rounds of the contest, whose views follow the same ties.
-- name: StirOthers :many
UPDATE judged_round j SET seq = j.seq + 1 FROM round r
WHERE r.id = j.round_id AND r.contest_id = @contest_id AND j.round_id <> @round_id AND j.closed_us IS NULL RETURNING j.round_id;

-- name: Changes :many
SELECT c.*, coalesce(e.name, '')::text AS entry_name FROM round_change c LEFT JOIN entry e ON e.id = c.entry_id
WHERE c.round_id = $1 ORDER BY c.id;

-- name: AddChange :exec
INSERT INTO round_change (round_id, at_us, kind, entry_id, seat, before, after, reason, account_id, account_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: LeaveOut :exec
UPDATE performance SET left_out = $2 WHERE id = $1;

-- name: LeftOut :many
SELECT id FROM performance WHERE round_id = $1 AND left_out;

-- name: AddDraw :one
INSERT INTO order_draw (round_id, method, seed, drawn_at, place, chair, secretary, witnesses, lots, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id;

-- name: DrawByID :one
SELECT * FROM order_draw WHERE id = $1;

-- name: CountDraws :one
SELECT count(*) FROM order_draw WHERE round_id = $1;

-- name: SetDraw :exec
UPDATE judged_round SET draw_id = $2 WHERE round_id = $1;

-- name: SetBlind :exec
UPDATE judged_round SET blind_seed = $2, blind_keeper = $3 WHERE round_id = $1;

-- name: BlindCodes :many
SELECT entry_id, code FROM blind_code WHERE round_id = $1;

-- name: DropBlindCodes :exec
DELETE FROM blind_code WHERE round_id = $1;

-- name: AddBlindCode :exec
INSERT INTO blind_code (round_id, entry_id, code) VALUES ($1, $2, $3);

-- name: RemovePlanned :exec
DELETE FROM performance WHERE round_id = $1 AND state = 'planned' AND entry_id IS NOT NULL;

-- name: MarksOfSeat :one
SELECT EXISTS (SELECT 1 FROM sheet s JOIN performance p ON p.id = s.performance_id
               WHERE p.round_id = $1 AND s.account_id = $2 AND (s.version > 0 OR s.state = 'locked'));

-- name: ReplaceSeat :exec
UPDATE panel_seat SET account_id = $3, absent = false, reason = '', writer = 0 WHERE round_id = $1 AND seat = $2;

-- name: Keepers :many
SELECT a.id, a.name FROM account a JOIN account_grant g ON g.account_id = a.id
WHERE g.contest_id = $1 AND g.role IN ('organizer', 'secretary') AND a.disabled_at IS NULL
GROUP BY a.id, a.name ORDER BY a.name;

-- Judged rounds whose rubric and panel one who organizes these contests may take over.
-- name: Sources :many
SELECT r.id AS round_id, r.name AS round_name, c.id AS contest_id, c.name AS contest_name,
       (SELECT count(*) FROM criterion k WHERE k.round_id = r.id) AS criteria,
       (SELECT count(*) FROM panel_seat p WHERE p.round_id = r.id) AS judges
FROM round r JOIN contest c ON c.id = r.contest_id
WHERE r.kind = 'judged' AND (@everywhere::boolean OR c.id = ANY(@contest_ids::bigint[])) AND c.rehearsal_of IS NULL
  AND EXISTS (SELECT 1 FROM criterion k WHERE k.round_id = r.id)
ORDER BY c.id DESC, r.position LIMIT 200;
