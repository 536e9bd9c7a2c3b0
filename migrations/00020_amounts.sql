-- +goose Up
-- Searches by fragments of a name among a hundred thousand: an index of the threes of letters that a search key holds.
-- What an index finds is looked at once more by LIKE, so it decides nothing but how fast the answer comes.

-- +goose StatementBegin
CREATE FUNCTION letters_by_three(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT coalesce(array_agg(DISTINCT substr(words, i, 3)), '{}') FROM generate_series(1, length(words) - 2) AS i $$;
-- +goose StatementEnd
CREATE INDEX entry_letters ON entry USING gin (letters_by_three(search_key));
CREATE INDEX registration_letters ON registration USING gin (letters_by_three(search_key));
CREATE INDEX entry_state ON entry (contest_id, state, number);

-- +goose Down
DROP INDEX entry_state;
DROP INDEX registration_letters;
DROP INDEX entry_letters;
DROP FUNCTION letters_by_three(text);
