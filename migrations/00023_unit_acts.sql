-- +goose Up
-- Acts on the tree of units with what each of them found, so that the newest can be taken back; and what makes two
-- entries the same rests on the identity of their unit, not on what the unit happens to be called.

CREATE TABLE unit_act (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('found', 'rename', 'move', 'merge', 'split', 'dissolve', 'correct', 'import')),
    day         date,                            -- from when it holds; null: of an import, each row has its own
    ground      text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id  bigint,
    names       text[] NOT NULL,                 -- the first units it was done to, as they were called then
    leads_to    text[] NOT NULL,                 -- what it led to: new names, successors, the new parent
    changed     integer NOT NULL,                -- how many units it has made or changed
    units       bigint[] NOT NULL,               -- those units; one that was taken back again is no longer in unit
    back        bytea NOT NULL,                  -- canonical JSON of unit.Back: what was before
    left_hash   bytea NOT NULL,                  -- SHA-256 of what it left behind: see unit.Back.hash
    undone_at   timestamptz,
    undone_by   bigint,
    undo_reason text NOT NULL DEFAULT '' CHECK (length(undo_reason) <= 500),
    CHECK ((undone_at IS NULL) = (undo_reason = ''))
);
CREATE INDEX unit_act_units ON unit_act USING gin (units);

-- A key was kind|division|name of the unit|name. Entries that were erased have another form and stay as they are.
UPDATE entry SET same_key = split_part(same_key, '|', 1) || '|' || split_part(same_key, '|', 2) || '|#' || unit_id || '|' || split_part(same_key, '|', 4)
WHERE unit_id IS NOT NULL AND same_key ~ '^(person|team)\|[0-9]+\|[^|]*\|[^|]*$';
UPDATE registration SET same_key = split_part(same_key, '|', 1) || '|' || split_part(same_key, '|', 2) || '|#' || unit_id || '|' || split_part(same_key, '|', 4)
WHERE unit_id IS NOT NULL AND same_key ~ '^(person|team)\|[0-9]+\|[^|]*\|[^|]*$';

-- +goose Down
UPDATE registration r SET same_key = split_part(r.same_key, '|', 1) || '|' || split_part(r.same_key, '|', 2) || '|' || u.same_key || '|' || split_part(r.same_key, '|', 4)
FROM unit u WHERE u.id = r.unit_id AND r.same_key ~ '^(person|team)\|[0-9]+\|#[0-9]+\|[^|]*$';
UPDATE entry e SET same_key = split_part(e.same_key, '|', 1) || '|' || split_part(e.same_key, '|', 2) || '|' || u.same_key || '|' || split_part(e.same_key, '|', 4)
FROM unit u WHERE u.id = e.unit_id AND e.same_key ~ '^(person|team)\|[0-9]+\|#[0-9]+\|[^|]*$';
DROP TABLE unit_act;
