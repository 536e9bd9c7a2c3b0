package bank

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Edit writes a new version of an item. seen is the version that the author had before him.
func (s *Service) Edit(ctx context.Context, contestID, itemID int64, seen int, c Content) (Item, error) {
	bankID, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		f, err := s.filing(ctx, tx, bankID)
		if err != nil {
			return err
		}
		_, err = s.revise(ctx, tx, contestID, f, itemID, seen, c, "")
		return err
	})
	if err != nil {
		return Item{}, err
	}
	return s.item(ctx, bankID, itemID)
}

// revise writes a new version in the caller's transaction; false: the content says nothing new. Another topic or
// difficulty moves the item and is no new version.
func (s *Service) revise(ctx context.Context, tx pgx.Tx, contestID int64, f *filing, itemID int64, seen int, c Content, origin string) (bool, error) {
	row, err := s.lock(ctx, tx, contestID, f.bankID, itemID)
	if err != nil {
		return false, err
	}
	if row.RetiredAt != nil {
		return false, errRetired
	}
	if int(row.Version) != seen {
		return false, errMoved
	}
	c, err = s.checked(ctx, tx, f.bankID, c)
	if err != nil {
		return false, err
	}
	given := c.Hash()
	moved, err := f.place(ctx, row, &c)
	if err != nil {
		return false, err
	}
	hash := c.Hash()
	if hex.EncodeToString(hash[:]) == hex.EncodeToString(row.ContentHash) {
		if moved {
			err = audit.Append(ctx, tx, contestID, "bank.place_item", map[string]any{"item": itemID})
		}
		return moved, err // nothing has changed: no new version
	}
	// A violated constraint would end the transaction, which an import has more to do in.
	for _, h := range [][32]byte{hash, given} {
		if other, err := f.q.ItemWithHash(ctx, bankdb.ItemWithHashParams{BankID: f.bankID, ContentHash: h[:]}); err == nil && other != itemID {
			return false, errSame
		} else if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return false, postgres.Fault(err)
		}
	}
	act, err := f.act(ctx, c.Source.Act)
	if err != nil {
		return false, err
	}
	v, err := s.addVersion(ctx, f.q, itemID, seen+1, c, origin)
	if err != nil {
		return false, err
	}
	state := f.review.firstState()
	err = f.q.AdvanceItem(ctx, bankdb.AdvanceItemParams{ID: itemID, Version: int32(v.Version), Type: string(c.Type), ActID: act,
		StemKey: SearchKey(c.PlainStem()), SearchKey: searchKey(c), ContentHash: hash[:],
		State: string(state), ApprovedVersion: approvedVersion(state, int32(v.Version), row.ApprovedVersion)})
	if postgres.IsUniqueViolation(err, "item_content") {
		return false, errSame
	}
	if err != nil {
		return false, postgres.Fault(err)
	}
	return true, audit.Append(ctx, tx, contestID, "bank.edit_item", map[string]any{"item": itemID, "version": v.ID, "hash": hex.EncodeToString(v.Hash)})
}

// place puts an item where a content says, and gives the content back the words of the version before: where an item
// stands is not part of what a version says.
func (f *filing) place(ctx context.Context, row bankdb.LockItemRow, c *Content) (bool, error) {
	before, err := Decode(row.Content)
	if err != nil {
		return false, err
	}
	topicID, moved := row.TopicID, c.Difficulty != Difficulty(row.Difficulty)
	if c.Topic != row.Path {
		moved = true
		if topicID, err = f.topic(ctx, c.Topic); err != nil {
			return false, err
		}
	}
	if moved {
		err = f.q.PlaceItem(ctx, bankdb.PlaceItemParams{ID: row.ID, TopicID: topicID, Difficulty: string(c.Difficulty)})
	}
	c.Topic, c.Difficulty = before.Topic, before.Difficulty
	return moved, postgres.Fault(err)
}

// Retire puts an item away (or brings it back): it is offered to no new round, and those that use it keep it.
func (s *Service) Retire(ctx context.Context, contestID, itemID int64, retired bool) (Item, error) {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		q := s.q.WithTx(tx)
		row, err := s.lock(ctx, tx, contestID, bankID, itemID)
		if err != nil || (row.RetiredAt != nil) == retired {
			return err
		}
		action, step := "bank.restore_item", Restore
		var at *time.Time
		if retired {
			now := s.now()
			at, action, step = &now, "bank.retire_item", Retire
		}
		err = q.SetRetired(ctx, bankdb.SetRetiredParams{ID: itemID, RetiredAt: at})
		if postgres.IsUniqueViolation(err, "item_content") {
			return errSame
		}
		if err != nil {
			return postgres.Fault(err)
		}
		if err := s.step(ctx, q, itemID, row.Version, step, ""); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, action, map[string]any{"item": itemID})
	})
	if err != nil {
		return Item{}, err
	}
	return s.Get(ctx, contestID, itemID)
}
