package bank

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/postgres"
)

// MaxItems is how many items, retired ones included, a bank may hold.
const MaxItems = 100_000

// Formats reads and writes files of questions; the packages that know them build on this one.
type Formats struct {
	Read  func(data []byte) (Reading, error)
	Write func(format Format, title string, items []Written, locale string) ([]byte, error)
	// Losses tells what a format would not carry of these items.
	Losses func(format Format, items []Written) []Loss
}

// Written is an item as it goes into a file, with the files that it shows by their ids.
type Written struct {
	Content Content
	Files   map[string]WrittenFile
}

// WrittenFile is a picture, sound or film that goes with an item.
type WrittenFile struct {
	Data []byte
	Type string
}

// Contests finds the bank of a contest.
type Contests interface {
	BankOf(ctx context.Context, contestID int64) (int64, error)
}

// Service keeps banks.
type Service struct {
	db       *pgxpool.Pool
	q        *bankdb.Queries
	files    *files.Service
	contests Contests
	formats  Formats
	uses     Uses
	compare  func(ctx context.Context, tx pgx.Tx, bankID int64) error
	now      func() time.Time
}

// New opens the room.
func New(db *pgxpool.Pool, f *files.Service, contests Contests, formats Formats, now func() time.Time) *Service {
	return &Service{db: db, q: bankdb.New(db), files: f, contests: contests, formats: formats, now: now}
}

// Version is an immutable version of an item.
type Version struct {
	ID      int64
	ItemID  int64
	Version int
	Content Content
	Hash    []byte
	Origin  string // the file it came from; empty: typed in
	At      time.Time
	Author  string
	By      int64 // the author's account; 0: the server itself
}

// Item is an item with its newest version. The content tells the topic and difficulty that the item has now.
type Item struct {
	ID        int64
	RetiredAt *time.Time
	Version
	State     State
	Approved  int   // the version that is drawn; 0: none yet
	CreatedBy int64 // account
	TopicID   int64
	ActID     int64
	Tags      []string
	CheckedAt *time.Time // its legal basis
	CheckedBy string
}

var (
	errSame = fault.New(fault.Conflict, "item_exists",
		"Ngân hàng đã có đúng câu hỏi này nên không lưu thêm bản nữa.",
		"The bank already has this very question, so it was not saved a second time.")
	errMoved = fault.New(fault.Conflict, "item_changed",
		"Câu hỏi vừa được người khác sửa. Bản bạn đang sửa chưa được lưu: hãy xem bản mới nhất rồi sửa lại.",
		"Somebody else has just changed this question. Your change was not saved: look at the newest version first.")
	errFull = fault.New(fault.TooLarge, "bank_full",
		"Ngân hàng đã đủ 100.000 câu nên không nhận thêm.",
		"The bank holds 100,000 questions and takes no more.")
	errRetired = fault.New(fault.Conflict, "item_retired",
		"Câu hỏi này đã ngừng dùng. Hãy dùng lại câu hỏi trước khi sửa.",
		"This question is retired. Bring it back before you change it.")
)

// NewBank makes an empty bank in the caller's transaction.
func (s *Service) NewBank(ctx context.Context, tx pgx.Tx, name string) (int64, error) {
	id, err := s.q.WithTx(tx).CreateBank(ctx, name)
	return id, postgres.Fault(err)
}

// Create puts a new item into the bank of a contest.
func (s *Service) Create(ctx context.Context, contestID int64, c Content) (Item, error) {
	var id int64
	bankID, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		if err := s.room(ctx, tx, bankID, 1); err != nil {
			return err
		}
		f, err := s.filing(ctx, tx, bankID)
		if err != nil {
			return err
		}
		v, err := s.add(ctx, tx, f, c, "")
		if err != nil {
			return err
		}
		id = v.ItemID
		return audit.Append(ctx, tx, contestID, "bank.create_item", map[string]any{"item": v.ItemID, "version": v.ID, "hash": hex.EncodeToString(v.Hash)})
	})
	if err != nil {
		return Item{}, err
	}
	return s.item(ctx, bankID, id)
}

// Add puts contents into a bank in the caller's transaction, for seeds and copies; what the bank has already is left
// out. The versions are in the order of the contents, with ID 0 for those left out.
func (s *Service) Add(ctx context.Context, tx pgx.Tx, bankID int64, contents []Content, origin string) ([]Version, error) {
	if err := s.room(ctx, tx, bankID, len(contents)); err != nil {
		return nil, err
	}
	f, err := s.filing(ctx, tx, bankID)
	if err != nil {
		return nil, err
	}
	versions := make([]Version, len(contents))
	for i, c := range contents {
		v, err := s.add(ctx, tx, f, c, origin)
		if err != nil && !errors.Is(err, errSame) {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		versions[i] = v
	}
	return versions, nil
}

// room holds the bank for this transaction and refuses when so many more items don't fit.
func (s *Service) room(ctx context.Context, tx pgx.Tx, bankID int64, more int) error {
	if _, err := tx.Exec(ctx, `SELECT 1 FROM bank WHERE id = $1 FOR UPDATE`, bankID); err != nil {
		return postgres.Fault(err)
	}
	n, err := s.q.WithTx(tx).CountItems(ctx, bankID)
	if err != nil {
		return postgres.Fault(err)
	}
	if n+int64(more) > MaxItems {
		return errFull
	}
	return nil
}

func (s *Service) add(ctx context.Context, tx pgx.Tx, f *filing, c Content, origin string) (Version, error) {
	c, err := s.checked(ctx, tx, f.bankID, c)
	if err != nil {
		return Version{}, err
	}
	topic, err := f.topic(ctx, c.Topic)
	if err != nil {
		return Version{}, err
	}
	act, err := f.act(ctx, c.Source.Act)
	if err != nil {
		return Version{}, err
	}
	state, hash := f.review.firstState(), c.Hash()
	id, err := f.q.CreateItem(ctx, bankdb.CreateItemParams{BankID: f.bankID, Type: string(c.Type), Difficulty: string(c.Difficulty),
		Topic: c.Topic, TopicID: topic, ActID: act, StemKey: SearchKey(c.PlainStem()), SearchKey: searchKey(c), ContentHash: hash[:],
		State: string(state), ApprovedVersion: approvedVersion(state, 1, nil), CreatedBy: by(ctx)})
	if errors.Is(err, pgx.ErrNoRows) {
		return Version{}, errSame
	}
	if err != nil {
		return Version{}, postgres.Fault(err)
	}
	return s.addVersion(ctx, f.q, id, 1, c, origin)
}

// approvedVersion is the version that is drawn once the newest is in this state.
func approvedVersion(state State, newest int32, before *int32) *int32 {
	if state == Approved {
		return &newest
	}
	return before
}

func (s *Service) addVersion(ctx context.Context, q *bankdb.Queries, itemID int64, number int, c Content, origin string) (Version, error) {
	hash := c.Hash()
	p := account.From(ctx)
	id, err := q.AddVersion(ctx, bankdb.AddVersionParams{ItemID: itemID, Version: int32(number), Content: c.Encode(),
		ContentHash: hash[:], Origin: origin, CreatedBy: by(ctx), Author: p.Name})
	return Version{ID: id, ItemID: itemID, Version: number, Content: c, Hash: hash[:], Origin: origin, Author: p.Name, By: p.AccountID}, postgres.Fault(err)
}

// checked validates a content and takes what is said about its picture from the picture itself.
func (s *Service) checked(ctx context.Context, tx pgx.Tx, bankID int64, c Content, owners ...string) (Content, error) {
	c = c.Normalized()
	for _, image := range c.images() {
		f, err := s.files.Facts(ctx, tx, image.FileID, append(owners, owner(bankID))...)
		if fault.IsKind(err, fault.NotFound) {
			return c, invalidContent.At("image", "Hình ảnh không còn; hãy tải lên lại.", "The picture is missing; upload it again.")
		}
		if err != nil {
			return c, err
		}
		image.Hash, image.Width, image.Height = f.HashText(), f.Width, f.Height
	}
	if m := c.Media; m != nil {
		f, err := s.files.Facts(ctx, tx, m.FileID, append(owners, owner(bankID))...)
		kind, _, _ := strings.Cut(f.ContentType, "/")
		if fault.IsKind(err, fault.NotFound) || err == nil && kind != string(Audio) && kind != string(Video) {
			return c, invalidContent.At("media", "Tệp âm thanh hoặc phim không còn; hãy tải lên lại.", "The sound or film is missing; upload it again.")
		}
		if err != nil {
			return c, err
		}
		m.Kind, m.Hash, m.ContentType, m.Size = MediaKind(kind), f.HashText(), f.ContentType, f.Size
	}
	// What the pictures are can change the order of options that have one.
	c = c.Normalized()
	return c, c.Validate()
}

func owner(bankID int64) string { return fmt.Sprintf("bank:%d", bankID) }

// searchKey is everything by which an item may be looked for.
func searchKey(c Content) string {
	parts := []string{c.PlainStem(), c.Source.Act, c.Source.Article}
	for _, o := range slices.Concat(c.Options, c.Targets) {
		parts = append(parts, o.Text)
	}
	for i, b := range c.Blanks {
		for _, o := range b.Options {
			parts = append(parts, o.Text)
		}
		parts = append(parts, c.Key.Blanks[i].Texts...)
	}
	parts = append(append(parts, c.Key.Texts...), c.Explanation)
	if c.Media != nil {
		parts = append(parts, c.Media.Alt, c.Media.Transcript)
	}
	return SearchKey(strings.Join(parts, " . "))
}

// lock holds an item of the bank for this transaction; who only writes finds none but his own.
func (s *Service) lock(ctx context.Context, tx pgx.Tx, contestID, bankID, itemID int64) (bankdb.LockItemRow, error) {
	row, err := s.q.WithTx(tx).LockItem(ctx, bankdb.LockItemParams{ID: itemID, BankID: bankID})
	if errors.Is(err, pgx.ErrNoRows) {
		return row, fault.NothingHere
	}
	if err != nil {
		return row, postgres.Fault(err)
	}
	if me := mine(ctx, contestID); me != 0 && (row.CreatedBy == nil || *row.CreatedBy != me) {
		return row, fault.NothingHere
	}
	return row, nil
}

// inBank runs fn in a transaction on the bank of a contest.
func (s *Service) inBank(ctx context.Context, contestID int64, fn func(tx pgx.Tx, bankID int64) error) (int64, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error { return fn(tx, bankID) })
	return bankID, postgres.Fault(err)
}
