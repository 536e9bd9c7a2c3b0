-- +goose Up
-- The bank's lists and their counts, of fifty thousand questions, without reading the texts: this holds what most of
-- their filters ask, in the order in which they show it.
CREATE INDEX item_active ON item (bank_id, id) INCLUDE (act_id, checked_at, created_at, approved_version) WHERE retired_at IS NULL;

-- +goose Down
DROP INDEX item_active;
