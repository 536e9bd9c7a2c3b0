-- +goose Up
-- People, how they sign in, what they may do where; and the audit chain.

CREATE TABLE account (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login         text NOT NULL UNIQUE,          -- lower case, NFC
    name          text NOT NULL,
    password_hash text,                          -- argon2id; null until the person has chosen one
    admin         boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz
);

-- What an account may be in one contest.
CREATE TABLE account_grant (
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    contest_id bigint NOT NULL,                  -- contest (id); the contest table comes later
    role       text NOT NULL CHECK (role IN ('organizer', 'host', 'secretary', 'judge')),
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, contest_id, role)
);
CREATE INDEX account_grant_contest ON account_grant (contest_id);

-- A signed-in browser: of an account, or of an entry's device. Only the token's SHA-256 is kept.
CREATE TABLE session (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE,
    account_id   bigint REFERENCES account (id) ON DELETE CASCADE,
    entry_id     bigint,                         -- entry (id)
    contest_id   bigint,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    user_agent   text NOT NULL DEFAULT '',
    CHECK ((account_id IS NULL) <> (entry_id IS NULL))
);
CREATE INDEX session_account ON session (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX session_entry ON session (entry_id) WHERE entry_id IS NOT NULL;

-- One-time links: the first administrator, invitations, pairing of a judge's tablet, sign-in of the demo.
CREATE TABLE sign_in_link (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    purpose    text NOT NULL CHECK (purpose IN ('first_admin', 'invitation', 'pairing')),
    account_id bigint REFERENCES account (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    contest_id bigint,                           -- pairing: the only contest in which the tablet may judge
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

-- Failed tries to sign in, by what was tried (a login, a candidate number) and from where; they slow down only
-- devices that are unknown.
CREATE TABLE failed_try (
    scope  text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX failed_try_scope ON failed_try (scope, at);

-- A browser that once signed in to a login or an entry: wrong tries by others never slow it down.
CREATE TABLE known_device (
    device_hash bytea NOT NULL,
    scope       text NOT NULL,                   -- 'login:<login>' or 'entry:<contest>:<number>'
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (device_hash, scope)
);

-- Secrets of this installation, made once: the key of the codes' HMAC and the like.
CREATE TABLE server_secret (
    name       text PRIMARY KEY,
    value      bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Who did what. Append-only; each row carries the hash of the one before it in its chain (one chain a contest,
-- chain 0 for the system).
CREATE TABLE audit_event (
    chain      bigint NOT NULL,                  -- contest id, or 0
    seq        bigint NOT NULL,
    at_us      bigint NOT NULL,
    account_id bigint,                           -- null: an entry's device or the system
    entry_id   bigint,
    actor      text NOT NULL,                    -- the name as it was then
    action     text NOT NULL,
    payload    bytea NOT NULL,                   -- canonical JSON
    prev_hash  bytea NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (chain, seq)
);
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_event_append_only BEFORE UPDATE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE audit_event;
DROP FUNCTION refuse_change;
DROP TABLE server_secret;
DROP TABLE known_device;
DROP TABLE failed_try;
DROP TABLE sign_in_link;
DROP TABLE session;
DROP TABLE account_grant;
DROP TABLE account;
