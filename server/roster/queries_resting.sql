-- name: InvitedOf :many
-- Which of some units a contest invites, and how many entries it asks of them; 0: no number.
SELECT unit_id, coalesce(target, 0)::integer AS target FROM contest_unit
WHERE contest_id = @contest_id::bigint AND unit_id = ANY(@unit_ids::bigint[]);

-- name: EntriesResting :many
-- Entries of units that would be no more, and those that came to units since a moment.
SELECT e.unit_id::bigint AS unit_id, c.name AS contest, count(*) AS many FROM entry e JOIN contest c ON c.id = e.contest_id
WHERE e.unit_id = ANY(@made::bigint[]) OR e.unit_id = ANY(@shared::bigint[]) AND e.created_at > @since::timestamptz
GROUP BY e.unit_id, c.id ORDER BY e.unit_id, c.id;

-- name: RegistrationsResting :many
SELECT r.unit_id::bigint AS unit_id, c.name AS contest, count(*) AS many FROM registration r JOIN contest c ON c.id = r.contest_id
WHERE r.unit_id = ANY(@made::bigint[]) OR r.unit_id = ANY(@shared::bigint[]) AND r.created_at > @since::timestamptz
GROUP BY r.unit_id, c.id ORDER BY r.unit_id, c.id;

-- name: InvitationsResting :many
-- Contests that expect units: those that would be no more, and targets of the others.
SELECT cu.unit_id, c.name AS contest FROM contest_unit cu JOIN contest c ON c.id = cu.contest_id
WHERE cu.unit_id = ANY(@made::bigint[]) OR cu.unit_id = ANY(@shared::bigint[]) AND cu.target IS NOT NULL
ORDER BY cu.unit_id, c.id;

-- name: LeadersResting :many
SELECT l.unit_id, c.name AS contest, count(*) AS many FROM unit_leader l JOIN contest c ON c.id = l.contest_id
WHERE l.unit_id = ANY(@made::bigint[]) GROUP BY l.unit_id, c.id ORDER BY l.unit_id, c.id;

-- name: AllTerms :many
SELECT c.name AS contest, t.terms FROM registration_terms t JOIN contest c ON c.id = t.contest_id ORDER BY c.id;

-- name: ResultsResting :many
-- Contests with final results whose entries belong to units.
SELECT c.name AS contest FROM contest c
WHERE c.state IN ('finalized', 'archived') AND EXISTS (SELECT 1 FROM entry e WHERE e.contest_id = c.id AND e.unit_id = ANY(@units::bigint[]))
ORDER BY c.id;
