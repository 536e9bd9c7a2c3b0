-- Supervisors who are nothing else that may read open marks.
-- name: OnlySupervisors :many
SELECT g.account_id FROM account_grant g JOIN account a ON a.id = g.account_id
WHERE g.contest_id = $1 AND g.role = 'supervisor' AND NOT a.admin
  AND NOT EXISTS (SELECT 1 FROM account_grant o WHERE o.account_id = g.account_id AND o.contest_id = g.contest_id
                  AND o.role IN ('organizer', 'host', 'secretary'));
