package bank

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Filter chooses items; empty fields let everything through.
type Filter struct {
	Search     string // words in any order, from their beginning, with or without marks
	Type       ItemType
	Difficulty Difficulty
	TopicID    int64  // with its branches; NoTopic: those in none
	State      State  // of the newest version
	Look       Look   // what calls for somebody's attention
	Tag        string // one of its tags
	ActID      int64
	Use        string // UsedNever, UsedEver, or UsedNotSince with Since
	Since      time.Time
	Offered    bool // only what may be drawn, as it would be drawn
	Retired    bool
	After      int64 // the last item of the page before
	Size       int
}

// NoTopic is the TopicID of items that stand in no topic.
const NoTopic = -1

// Look is something that calls for somebody's attention.
type Look string

// The looks.
const (
	LookBarred    Look = "barred"    // its act has lapsed
	LookUnchecked Look = "unchecked" // its legal basis was looked at long ago
	LookCommented Look = "commented" // a comment is open
)

// Listed is an item in a list: what is known of it, without its key.
type Listed struct {
	Item
	Shown    int // the version in the list
	Barred   bool
	Comments int // open ones
	Uses     []Use
}

// Page is one page of items.
type Page struct {
	Items []Listed
	Total int // of all pages
	More  bool
}

// List gives the items of a contest's bank that pass a filter, in the order in which they came.
func (s *Service) List(ctx context.Context, contestID int64, f Filter) (Page, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Page{}, err
	}
	var page Page
	var rows []bankdb.ListedItemsRow
	// The filters are known only now, and so is the best way to what they choose.
	err = postgres.InTxWith(ctx, s.db, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if _, err := tx.Exec(ctx, `SET LOCAL plan_cache_mode = force_custom_plan`); err != nil {
			return err
		}
		chosen, err := s.chosenBy(ctx, q, contestID, bankID, f)
		if err != nil {
			return err
		}
		chosen.PageSize = int32(f.Size + 1)
		ids, err := q.ItemIDs(ctx, chosen)
		if err != nil {
			return err
		}
		if page.More = len(ids) > f.Size; page.More {
			ids = ids[:f.Size]
		}
		chosen.After = 0
		total, err := q.ItemCount(ctx, bankdb.ItemCountParams(chosen))
		if err != nil {
			return err
		}
		page.Total = int(total)
		rows, err = q.ListedItems(ctx, bankdb.ListedItemsParams{BankID: bankID, Ids: ids, Now: s.now(), Approved: f.Offered && chosen.NeedsReview})
		return err
	})
	if err != nil {
		return Page{}, postgres.Fault(err)
	}
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		content, err := Decode(r.Content)
		if err != nil {
			return Page{}, err
		}
		content.Topic, content.Difficulty = r.Path, Difficulty(r.Difficulty)
		ids = append(ids, r.ID)
		page.Items = append(page.Items, Listed{Shown: int(r.ShownVersion), Barred: r.Barred, Comments: int(r.Comments), Uses: []Use{},
			Item: Item{ID: r.ID, RetiredAt: r.RetiredAt, State: State(r.State), Approved: number(r.ApprovedVersion), TopicID: id64(r.TopicID),
				ActID: id64(r.ActID), Tags: r.Tags, CheckedAt: r.CheckedAt, Version: Version{ID: r.VersionID, ItemID: r.ID,
					Version: int(r.Version), Content: content, At: r.VersionAt, Author: r.Author}}})
	}
	uses, err := s.usesOf(ctx, bankID, ids)
	for i, item := range page.Items {
		page.Items[i].Uses = append(page.Items[i].Uses, uses[item.ID]...)
	}
	return page, err
}

// chosenBy turns a filter into what the database is asked.
func (s *Service) chosenBy(ctx context.Context, q *bankdb.Queries, contestID, bankID int64, f Filter) (bankdb.ItemIDsParams, error) {
	b, err := q.BankByID(ctx, bankID)
	if err != nil {
		return bankdb.ItemIDsParams{}, err
	}
	p := bankdb.ItemIDsParams{BankID: bankID, After: f.After, Retired: f.Retired, Words: searchWords(f.Search), WordTopics: []int64{},
		Type: string(f.Type), Difficulty: string(f.Difficulty), InTopics: f.TopicID > 0, Topics: []int64{}, NoTopic: f.TopicID == NoTopic,
		State: string(f.State), Tags: []string{}, Act: f.ActID, Mine: mine(ctx, contestID), Barred: f.Look == LookBarred, Now: s.now(),
		Unchecked: f.Look == LookUnchecked, CheckBefore: reviewOf(b).checkBefore(s.now()), Commented: f.Look == LookCommented,
		Offered: f.Offered, NeedsReview: b.NeedsReview, OnlyUsed: f.Use == UsedEver, NotUsed: f.Use == UsedNever || f.Use == UsedNotSince, Used: []int64{}}
	if f.Tag != "" {
		p.Tags = append(p.Tags, f.Tag)
	}
	if p.Words != "" || p.InTopics {
		rows, err := q.Topics(ctx, bankID)
		if err != nil {
			return p, err
		}
		if p.InTopics {
			p.Topics = append(p.Topics, branch(treeOf(rows), f.TopicID)...)
		}
		words := strings.Fields(SearchKey(f.Search))
		for _, r := range rows {
			if len(words) > 0 && hasWords(r.PathKey, words) {
				p.WordTopics = append(p.WordTopics, r.ID)
			}
		}
	}
	if p.OnlyUsed || p.NotUsed {
		since := time.Time{}
		if f.Use == UsedNotSince {
			since = f.Since
		}
		if s.uses != nil {
			p.Used, err = s.uses.UsedSince(ctx, bankID, since)
		}
	}
	return p, err
}

// hasWords tells whether each of these begins a word of a key.
func hasWords(key string, words []string) bool {
	for _, w := range words {
		if !strings.HasPrefix(key, w) && !strings.Contains(key, " "+w) {
			return false
		}
	}
	return true
}

// searchWords turns a search into one that finds words by their beginning. Search keys hold only letters, digits and
// spaces, so nothing in them needs escaping.
func searchWords(search string) string {
	var out []string
	for word := range strings.FieldsSeq(SearchKey(search)) {
		if len(out) < 12 {
			out = append(out, word+":*")
		}
	}
	return strings.Join(out, " & ")
}

func number(n *int32) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

func id64(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// Tally is how many items stand where. Retired ones count only as Retired.
type Tally struct {
	Types        map[ItemType]int
	Difficulties map[Difficulty]int
	States       map[State]int
	Topics       map[int64]int // 0: in none
	Active       int
	Retired      int
}

// Tally counts the bank of a contest.
func (s *Service) Tally(ctx context.Context, contestID int64) (Tally, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Tally{}, err
	}
	rows, err := s.q.ItemTally(ctx, bankdb.ItemTallyParams{BankID: bankID, Mine: mine(ctx, contestID)})
	if err != nil {
		return Tally{}, postgres.Fault(err)
	}
	t := Tally{Types: map[ItemType]int{}, Difficulties: map[Difficulty]int{}, States: map[State]int{}, Topics: map[int64]int{}}
	for _, r := range rows {
		n := int(r.Items)
		if r.Retired {
			t.Retired += n
			continue
		}
		t.Active += n
		t.Types[ItemType(r.Type)] += n
		t.Difficulties[Difficulty(r.Difficulty)] += n
		t.States[State(r.State)] += n
		t.Topics[r.TopicID] += n
	}
	return t, nil
}

// Get finds an item in the bank of a contest, with its key: that somebody has read it is recorded.
func (s *Service) Get(ctx context.Context, contestID, itemID int64) (Item, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Item{}, err
	}
	i, err := s.item(ctx, bankID, itemID)
	if err != nil {
		return Item{}, err
	}
	if me := mine(ctx, contestID); me != 0 && i.CreatedBy != me {
		return Item{}, fault.NothingHere
	}
	return i, s.saw(ctx, s.q, contestID, SeenOpen, []Version{i.Version})
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
	content.Topic, content.Difficulty = r.Path, Difficulty(r.Difficulty)
	return Item{ID: r.ID, RetiredAt: r.RetiredAt, State: State(r.State), Approved: number(r.ApprovedVersion), CreatedBy: id64(r.CreatedBy),
		TopicID: id64(r.TopicID), ActID: id64(r.ActID), Tags: r.Tags, CheckedAt: r.CheckedAt, CheckedBy: r.CheckedBy,
		Version: Version{ID: r.VersionID, ItemID: r.ID, Version: int(r.Version), Content: content, Hash: r.ContentHash, Origin: r.Origin,
			At: r.VersionAt, Author: r.Author, By: id64(r.WrittenBy)}}, err
}

// History gives all versions of an item, newest first, with their keys: that somebody has read them is recorded.
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
	if me := mine(ctx, contestID); me != 0 && id64(rows[len(rows)-1].CreatedBy) != me {
		return nil, fault.NothingHere
	}
	versions := make([]Version, 0, len(rows))
	for _, r := range rows {
		content, err := Decode(r.Content)
		if err != nil {
			return nil, err
		}
		versions = append(versions, Version{ID: r.ID, ItemID: itemID, Version: int(r.Version), Content: content,
			Hash: r.ContentHash, Origin: r.Origin, At: r.CreatedAt, Author: r.Author, By: id64(r.CreatedBy)})
	}
	if err := s.saw(ctx, s.q, contestID, SeenOpen, versions[:1]); err != nil {
		return nil, err
	}
	return versions, s.saw(ctx, s.q, contestID, SeenHistory, versions[1:])
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

// All gives every item of a bank that is in use, with the topic and difficulty it has now.
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
		content.Topic, content.Difficulty = r.Path, Difficulty(r.Difficulty)
		versions = append(versions, Version{ID: r.VersionID, ItemID: r.ID, Version: int(r.Version), Content: content, Hash: r.ContentHash})
	}
	return versions, nil
}
