-- +goose Up
-- Letters by e-mail: what was sent to whom, and how it went. A row goes away after a set time.

CREATE TABLE mail (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id      bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    registration_id bigint REFERENCES registration (id) ON DELETE SET NULL,
    entry_id        bigint REFERENCES entry (id) ON DELETE SET NULL,
    template        text NOT NULL,
    locale          text NOT NULL CHECK (locale IN ('vi', 'en')),
    recipient       text NOT NULL CHECK (length(recipient) BETWEEN 3 AND 254),
    -- What the letter says, sealed with the server's key: it may hold a personal link.
    content         bytea NOT NULL,
    message_id      text NOT NULL UNIQUE,        -- the same at every try, so that a receiver knows a letter again
    state           text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    tries           integer NOT NULL DEFAULT 0,
    problem         text NOT NULL DEFAULT '',    -- why the last try failed: a code that the page puts into words
    reply           text NOT NULL DEFAULT '' CHECK (length(reply) <= 300), -- the mail server's own words
    again_of        bigint REFERENCES mail (id) ON DELETE SET NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    changed_at      timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz
);
CREATE INDEX mail_list ON mail (contest_id, id);
CREATE INDEX mail_state ON mail (contest_id, state);
CREATE INDEX mail_recipient ON mail (recipient, created_at);
CREATE INDEX mail_registration ON mail (registration_id) WHERE registration_id IS NOT NULL;
CREATE INDEX mail_entry ON mail (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX mail_sent ON mail (contest_id, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX mail_age ON mail (created_at);

-- +goose Down
DROP TABLE mail;
