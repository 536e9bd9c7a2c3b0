-- +goose Up
-- Banks of questions: items, their immutable versions, uploaded files, and imports that wait to be confirmed.

-- One bank a contest by default; a cloned contest shares its origin's bank.
CREATE TABLE bank (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- An item is a line of versions. The columns below version are drawn from its newest version, for lists and searches.
CREATE TABLE item (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank_id      bigint NOT NULL REFERENCES bank (id),
    created_at   timestamptz NOT NULL DEFAULT now(),
    retired_at   timestamptz,                     -- no longer drawn or offered; rounds that used it keep it
    version      integer NOT NULL DEFAULT 1,
    type         text NOT NULL CHECK (type IN ('single', 'multiple', 'true_false', 'short_text', 'numeric')),
    difficulty   text NOT NULL CHECK (difficulty IN ('recognition', 'understanding', 'application', 'high_application')),
    topic        text NOT NULL,
    stem_key     text NOT NULL,                   -- the stem without marks, lower case
    search_key   text NOT NULL,                   -- everything worth finding, without marks, lower case
    content_hash bytea NOT NULL
);
CREATE INDEX item_bank ON item (bank_id, id);
-- The same question stands in a bank once, also when two imports run at the same moment.
CREATE UNIQUE INDEX item_content ON item (bank_id, content_hash) WHERE retired_at IS NULL;

-- What an item said at a moment. Rounds and papers refer to item_version (id) and keep its hash.
CREATE TABLE item_version (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id      bigint NOT NULL REFERENCES item (id),
    version      integer NOT NULL,
    content      bytea NOT NULL,                  -- canonical JSON
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    origin       text NOT NULL DEFAULT '',        -- the file it was imported from; empty: typed in
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   bigint,                          -- account (id)
    author       text NOT NULL DEFAULT '',        -- the name as it was then
    UNIQUE (item_id, version)
);
CREATE INDEX item_version_hash ON item_version (content_hash);
CREATE TRIGGER item_version_immutable BEFORE UPDATE OR DELETE ON item_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Uploaded files, whole, so that every node and every backup has them. The id is unguessable: who knows it may read.
CREATE TABLE file (
    id           text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
    owner        text NOT NULL,                   -- 'bank:<id>': for quotas and cleaning up
    content_type text NOT NULL,
    hash         bytea NOT NULL CHECK (length(hash) = 32),
    width        integer NOT NULL DEFAULT 0,
    height       integer NOT NULL DEFAULT 0,
    data         bytea NOT NULL CHECK (length(data) <= 2097152),
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   bigint
);
CREATE INDEX file_owner ON file (owner, hash);

-- A read file whose items wait for the organizer's word. Nothing of it is in the bank yet.
CREATE TABLE bank_import (
    id         text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
    bank_id    bigint NOT NULL REFERENCES bank (id) ON DELETE CASCADE,
    account_id bigint NOT NULL,                   -- who read it in
    file_name  text NOT NULL,
    result     bytea NOT NULL,                    -- JSON of the items and problems
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX bank_import_expiry ON bank_import (expires_at);

-- +goose Down
DROP TABLE bank_import;
DROP TABLE file;
DROP TABLE item_version;
DROP TABLE item;
DROP TABLE bank;
