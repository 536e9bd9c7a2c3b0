-- +goose Up
-- More types of items, and files in pieces: sounds and films are read a stretch at a time.

ALTER TABLE item DROP CONSTRAINT item_type_check;
ALTER TABLE item ADD CONSTRAINT item_type_check CHECK (type IN ('single', 'multiple', 'true_false', 'true_false_group',
    'short_text', 'numeric', 'fill_in', 'ordering', 'matching'));

-- An answer to a text with ten blanks is longer than any before.
ALTER TABLE stage_response DROP CONSTRAINT stage_response_payload_check;
ALTER TABLE stage_response ADD CONSTRAINT stage_response_payload_check CHECK (length(payload) <= 8192);

-- What a file holds, in pieces of 256 KiB; the last one may be shorter.
CREATE TABLE file_chunk (
    file_id text NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    number  integer NOT NULL CHECK (number >= 0),
    data    bytea NOT NULL CHECK (length(data) BETWEEN 1 AND 262144),
    PRIMARY KEY (file_id, number)
);
-- Pictures, sounds and films are compressed already.
ALTER TABLE file_chunk ALTER COLUMN data SET STORAGE EXTERNAL;

ALTER TABLE file ADD COLUMN size bigint NOT NULL DEFAULT 0;
UPDATE file SET size = length(data);
INSERT INTO file_chunk (file_id, number, data)
SELECT f.id, n, substring(f.data FROM n * 262144 + 1 FOR 262144)
FROM file f CROSS JOIN LATERAL generate_series(0, (length(f.data) - 1) / 262144) AS n;
ALTER TABLE file DROP COLUMN data;
ALTER TABLE file ALTER COLUMN size DROP DEFAULT;

-- +goose Down
-- What the older shape has no place for would have to be lost: then this fails, and nothing is.
ALTER TABLE file ADD COLUMN data bytea;
UPDATE file SET data = (SELECT string_agg(c.data, ''::bytea ORDER BY c.number) FROM file_chunk c WHERE c.file_id = file.id);
ALTER TABLE file ALTER COLUMN data SET NOT NULL;
ALTER TABLE file ADD CONSTRAINT file_data_check CHECK (length(data) <= 2097152);
ALTER TABLE file DROP COLUMN size;
DROP TABLE file_chunk;
ALTER TABLE stage_response DROP CONSTRAINT stage_response_payload_check;
ALTER TABLE stage_response ADD CONSTRAINT stage_response_payload_check CHECK (length(payload) <= 4096);
ALTER TABLE item DROP CONSTRAINT item_type_check;
ALTER TABLE item ADD CONSTRAINT item_type_check CHECK (type IN ('single', 'multiple', 'true_false', 'short_text', 'numeric'));
