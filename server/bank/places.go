package bank

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Where an item stands (topic, difficulty, tags, act) belongs to the item, not to its version: a topic that is renamed
// rewrites no question. A version keeps the words that were written when it was.

// filing finds the places of items within one transaction.
type filing struct {
	q      *bankdb.Queries
	bankID int64
	review Review
	topics map[string]int64 // by path
	acts   map[string]int64 // by key
}

func (s *Service) filing(ctx context.Context, tx pgx.Tx, bankID int64) (*filing, error) {
	f := &filing{q: s.q.WithTx(tx), bankID: bankID, acts: map[string]int64{}}
	b, err := f.q.BankByID(ctx, bankID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	f.review = reviewOf(b)
	return f, f.read(ctx)
}

func reviewOf(b bankdb.Bank) Review {
	return Review{Needed: b.NeedsReview, OwnApproval: b.OwnApproval, CheckMonths: int(b.CheckMonths), Version: int(b.Version)}
}

func (f *filing) read(ctx context.Context) error {
	rows, err := f.q.Topics(ctx, f.bankID)
	if err != nil {
		return postgres.Fault(err)
	}
	f.topics = make(map[string]int64, len(rows))
	for _, r := range rows {
		f.topics[r.Path] = r.ID
	}
	return nil
}

// topic finds a topic by its path, or makes it with the branches above it.
func (f *filing) topic(ctx context.Context, path string) (*int64, error) {
	if path = cleanTopic(path); path == "" {
		return nil, nil
	}
	if id, ok := f.topics[path]; ok {
		return &id, nil
	}
	if err := f.q.LockTopics(ctx, f.bankID); err != nil {
		return nil, postgres.Fault(err)
	}
	if err := f.read(ctx); err != nil {
		return nil, err
	}
	var parent *int64
	branches := strings.Split(path, " / ")
	for i := range branches {
		sub := strings.Join(branches[:i+1], " / ")
		id, ok := f.topics[sub]
		if !ok {
			if len(f.topics) >= maxTopics {
				return nil, errTooManyTopics
			}
			var err error
			id, err = f.q.AddTopic(ctx, bankdb.AddTopicParams{BankID: f.bankID, ParentID: parent, Name: branches[i],
				Position: int32(len(f.topics) + 1), Path: sub, PathKey: SearchKey(sub)})
			if err != nil {
				return nil, postgres.Fault(err)
			}
			f.topics[sub] = id
		}
		parent = &id
	}
	return parent, nil
}

// actKey is by what an act is known however it was typed: "Nghị định số 61/2018/NĐ-CP" is "nghi dinh 61 2018 nd cp".
func actKey(title string) string {
	words := strings.Fields(SearchKey(title))
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "so" }), " ")
}

// act finds the act that an item names, or enters it.
func (f *filing) act(ctx context.Context, title string) (*int64, error) {
	title = CleanLine(title)
	key := actKey(title)
	if key == "" {
		return nil, nil
	}
	if id, ok := f.acts[key]; ok {
		return &id, nil
	}
	id, err := f.q.ActByKey(ctx, bankdb.ActByKeyParams{BankID: f.bankID, TitleKey: key})
	if errors.Is(err, pgx.ErrNoRows) {
		if r := []rune(title); len(r) > 300 {
			title = string(r[:300])
		}
		id, err = f.q.AddAct(ctx, bankdb.AddActParams{BankID: f.bankID, Title: title, TitleKey: key})
	}
	if err != nil {
		return nil, postgres.Fault(err)
	}
	f.acts[key] = id
	return &id, nil
}

// File gives items that were written before the bank had topics and acts their places, some at a time. It is for the
// start of the server.
func (s *Service) File(ctx context.Context) error {
	for {
		n := 0
		err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
			rows, err := s.q.WithTx(tx).UnfiledItems(ctx)
			n = len(rows)
			if err != nil {
				return err
			}
			files := map[int64]*filing{}
			for _, r := range rows {
				f := files[r.BankID]
				if f == nil {
					if f, err = s.filing(ctx, tx, r.BankID); err != nil {
						return err
					}
					files[r.BankID] = f
				}
				c, err := Decode(r.Content)
				if err != nil {
					return err
				}
				topic, err := f.topic(ctx, c.Topic)
				if err != nil && !fault.IsKind(err, fault.TooLarge) {
					return err
				}
				act, err := f.act(ctx, c.Source.Act)
				if err != nil {
					return err
				}
				if err := f.q.FileItem(ctx, bankdb.FileItemParams{ID: r.ID, TopicID: topic, ActID: act}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
