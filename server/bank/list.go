package bank

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Filter chooses items; empty fields let everything through.
type Filter struct {
	Search     string // words in any order, with or without marks
	Type       ItemType
	Difficulty Difficulty
	Topic      string // with its branches
	Retired    bool
	Page       int // from 0
	Size       int
}

// Page is one page of items.
type Page struct {
	Items []Item
	Total int // of all pages
}

// List gives the items of a contest's bank that pass a filter, in the order in which they came.
func (s *Service) List(ctx context.Context, contestID int64, f Filter) (Page, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Page{}, err
	}
	rows, err := s.q.Items(ctx, bankdb.ItemsParams{BankID: bankID, Retired: f.Retired, Patterns: patterns(f.Search),
		Type: string(f.Type), Difficulty: string(f.Difficulty), Topic: cleanTopic(f.Topic),
		Skip: int32(f.Page * f.Size), PageSize: int32(f.Size)})
	if err != nil {
		return Page{}, postgres.Fault(err)
	}
	page := Page{Items: make([]Item, 0, len(rows))}
	for _, r := range rows {
		content, err := Decode(r.Content)
		if err != nil {
			return Page{}, err
		}
		page.Total = int(r.Total)
		page.Items = append(page.Items, Item{ID: r.ID, RetiredAt: r.RetiredAt, Version: Version{ID: r.VersionID, ItemID: r.ID,
			Version: int(r.Version), Content: content, Hash: r.ContentHash, Origin: r.Origin, At: r.VersionAt, Author: r.Author}})
	}
	return page, nil
}

// patterns turns a search into one pattern a word. Search keys hold only letters, digits and spaces, so nothing in
// them needs escaping.
func patterns(search string) []string {
	out := []string{}
	for word := range strings.FieldsSeq(SearchKey(search)) {
		if len(out) < 12 {
			out = append(out, "%"+word+"%")
		}
	}
	return out
}

// Tally is how many items stand where.
type Tally struct {
	Types        map[ItemType]int
	Difficulties map[Difficulty]int
	Topics       []TopicCount
	Active       int
	Retired      int
}

// TopicCount is how many active items a topic has, without those of its branches.
type TopicCount struct {
	Topic string `json:"topic"`
	Items int    `json:"items"`
}

// Tally counts the bank of a contest.
func (s *Service) Tally(ctx context.Context, contestID int64) (Tally, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Tally{}, err
	}
	rows, err := s.q.ItemTally(ctx, bankID)
	if err != nil {
		return Tally{}, postgres.Fault(err)
	}
	t := Tally{Types: map[ItemType]int{}, Difficulties: map[Difficulty]int{}, Topics: []TopicCount{}}
	for _, r := range rows {
		n := int(r.Items)
		if r.Retired {
			t.Retired += n
			continue
		}
		t.Active += n
		t.Types[ItemType(r.Type)] += n
		t.Difficulties[Difficulty(r.Difficulty)] += n
		if last := len(t.Topics) - 1; last >= 0 && t.Topics[last].Topic == r.Topic {
			t.Topics[last].Items += n
		} else {
			t.Topics = append(t.Topics, TopicCount{r.Topic, n})
		}
	}
	return t, nil
}

// Get finds an item in the bank of a contest.
func (s *Service) Get(ctx context.Context, contestID, itemID int64) (Item, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Item{}, err
	}
	return s.item(ctx, bankID, itemID)
}

func (s *Service) item(ctx context.Context, bankID, itemID int64) (Item, error) {
	r, err := s.q.ItemByID(ctx, bankdb.ItemByIDParams{ID: itemID, BankID: bankID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Item{}, fault.NothingHere
	}
	if err != nil {
		return Item{}, postgres.Fault(err)
	}
	content, err := Decode(r.Content)
	return Item{ID: r.ID, RetiredAt: r.RetiredAt, Version: Version{ID: r.VersionID, ItemID: r.ID, Version: int(r.Version),
		Content: content, Hash: r.ContentHash, Origin: r.Origin, At: r.VersionAt, Author: r.Author}}, err
}

// History gives all versions of an item, newest first.
func (s *Service) History(ctx context.Context, contestID, itemID int64) ([]Version, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	rows, err := s.q.Versions(ctx, bankdb.VersionsParams{ItemID: itemID, BankID: bankID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	if len(rows) == 0 {
		return nil, fault.NothingHere
	}
	versions := make([]Version, 0, len(rows))
	for _, r := range rows {
		content, err := Decode(r.Content)
		if err != nil {
			return nil, err
		}
		versions = append(versions, Version{ID: r.ID, ItemID: itemID, Version: int(r.Version), Content: content,
			Hash: r.ContentHash, Origin: r.Origin, At: r.CreatedAt, Author: r.Author})
	}
	return versions, nil
}

// Versions gives versions of items by their ids; what does not belong to the bank is left out.
func (s *Service) Versions(ctx context.Context, bankID int64, ids []int64) ([]Version, error) {
	rows, err := s.q.VersionsByID(ctx, bankdb.VersionsByIDParams{Ids: ids, BankID: bankID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	versions := make([]Version, 0, len(rows))
	for _, r := range rows {
		content, err := Decode(r.Content)
		if err != nil {
			return nil, err
		}
		versions = append(versions, Version{ID: r.ID, ItemID: r.ItemID, Version: int(r.Version), Content: content, Hash: r.ContentHash})
	}
	return versions, nil
}

// All gives every item of a bank that is in use.
func (s *Service) All(ctx context.Context, bankID int64) ([]Version, error) {
	rows, err := s.q.AllItems(ctx, bankID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	versions := make([]Version, 0, len(rows))
	for _, r := range rows {
		content, err := Decode(r.Content)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", r.ID, err)
		}
		versions = append(versions, Version{ID: r.VersionID, ItemID: r.ID, Version: int(r.Version), Content: content, Hash: r.ContentHash})
	}
	return versions, nil
}
