-- name: InsertMail :one
INSERT INTO mail (contest_id, registration_id, entry_id, template, locale, recipient, content, message_id, state, problem, again_of)
VALUES (@contest_id, nullif(@registration_id::bigint, 0), nullif(@entry_id::bigint, 0), @template, @locale, @recipient, @content,
        @message_id, @state, @problem, nullif(@again_of::bigint, 0))
RETURNING id;

-- name: LocaleOf :one
SELECT locale FROM mail WHERE registration_id = @registration_id::bigint OR entry_id = @entry_id::bigint ORDER BY id DESC LIMIT 1;

-- name: LockRecipient :exec
SELECT pg_advisory_xact_lock(@class::integer, hashtext(@recipient::text));

-- name: CountToRecipient :one
SELECT count(*) FROM mail WHERE recipient = @recipient AND created_at > @since AND problem <> 'too_many';

-- name: BeginMail :one
UPDATE mail SET state = 'sending', tries = tries + 1, changed_at = now()
WHERE id = $1 AND state IN ('queued', 'sending')
RETURNING id, contest_id, template, locale, recipient, content, message_id, tries, created_at;

-- name: MailByID :one
SELECT * FROM mail WHERE id = @id AND contest_id = @contest_id;

-- name: PaceOf :one
SELECT m.state, m.contest_id,
       (SELECT count(*) FROM mail o WHERE o.contest_id = m.contest_id AND o.state IN ('sent', 'sending') AND o.changed_at > @since
        AND o.id <> m.id)::bigint AS lately
FROM mail m WHERE m.id = @id;

-- name: MailSent :exec
UPDATE mail SET state = 'sent', problem = '', reply = '', sent_at = now(), changed_at = now() WHERE id = $1;

-- name: MailTried :exec
UPDATE mail SET state = @state, problem = @problem, reply = @reply, changed_at = now() WHERE id = @id AND state <> 'sent';

-- name: ListMails :many
SELECT m.id, m.template, m.recipient, m.state, m.tries, m.problem, m.reply, m.created_at, m.sent_at,
       coalesce(e.number, 0)::integer AS number
FROM mail m LEFT JOIN entry e ON e.id = m.entry_id
WHERE m.contest_id = @contest_id AND (@state::text = '' OR m.state = @state::text OR (@state::text = 'queued' AND m.state = 'sending'))
ORDER BY m.id DESC LIMIT @most::integer OFFSET @skip::integer;

-- name: CountMails :many
SELECT state, count(*) AS mails FROM mail WHERE contest_id = $1 GROUP BY state;

-- name: GiveUpMails :execrows
UPDATE mail SET state = 'failed', problem = 'gave_up', changed_at = now()
WHERE state IN ('queued', 'sending') AND changed_at < @before;

-- name: DropOldMails :execrows
DELETE FROM mail WHERE created_at < @before;

-- name: DropLastLetters :exec
DELETE FROM mail WHERE template IN ('data_erased', 'vote_code') AND state IN ('sent', 'failed');

-- name: DropLastLetter :exec
DELETE FROM mail WHERE id = $1 AND template IN ('data_erased', 'vote_code') AND state IN ('sent', 'failed');

-- name: DropMailsOf :execrows
DELETE FROM mail WHERE contest_id = @contest_id
  AND (entry_id = @entry_id::bigint OR registration_id = @registration_id::bigint);

-- name: MailsOf :many
SELECT template, recipient, state, created_at, sent_at FROM mail
WHERE contest_id = @contest_id AND ((entry_id = @entry_id::bigint AND @entry_id::bigint <> 0)
      OR (registration_id = @registration_id::bigint AND @registration_id::bigint <> 0))
ORDER BY id;
