-- +goose Up
-- Entry by account: a person's own account stands for an entry, in place of number and code.

-- Made by its owner to take part: nobody has vouched for who that is, so it may do nothing but take part.
ALTER TABLE account ADD COLUMN self_made boolean NOT NULL DEFAULT false;

-- Whose entry it is. One account has at most one entry in a contest, withdrawn ones too; an entry has at most one account.
CREATE TABLE entry_account (
    entry_id   bigint PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    contest_id bigint NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES account (id),
    way        text NOT NULL CHECK (way IN ('form', 'code')), -- the form made the entry; or the holder of its code bound it
    bound_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contest_id, account_id)
);
CREATE INDEX entry_account_account ON entry_account (account_id);

ALTER TABLE registration_event DROP CONSTRAINT registration_event_kind_check;
ALTER TABLE registration_event ADD CONSTRAINT registration_event_kind_check CHECK (kind IN ('registered', 'waitlisted', 'moved_up',
    'changed', 'approved', 'rejected', 'withdrawn', 'restored', 'change_asked', 'change_accepted', 'change_declined', 'duplicate_kept',
    'account_bound', 'account_unbound'));

-- +goose Down
DELETE FROM registration_event WHERE kind IN ('account_bound', 'account_unbound');
ALTER TABLE registration_event DROP CONSTRAINT registration_event_kind_check;
ALTER TABLE registration_event ADD CONSTRAINT registration_event_kind_check CHECK (kind IN ('registered', 'waitlisted', 'moved_up',
    'changed', 'approved', 'rejected', 'withdrawn', 'restored', 'change_asked', 'change_accepted', 'change_declined', 'duplicate_kept'));
DROP TABLE entry_account;
ALTER TABLE account DROP COLUMN self_made;
