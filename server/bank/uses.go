package bank

import (
	"context"
	"time"

	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Use is a round in which an item stands.
type Use struct {
	ContestID int64      `json:"contest_id"`
	Contest   string     `json:"contest"`
	RoundID   int64      `json:"round_id"`
	Round     string     `json:"round"`
	Version   int        `json:"version"`
	At        *time.Time `json:"at,omitempty" doc:"When the round began; absent: it has not yet"`
	Reserve   bool       `json:"reserve" doc:"Only as a reserve"`
}

// Uses knows the rounds in which items stand; the rooms of rounds are above this one.
type Uses interface {
	// UsesOf gives the rounds of items, newest first.
	UsesOf(ctx context.Context, bankID int64, itemIDs []int64) (map[int64][]Use, error)
	// UsedSince gives the items in rounds that began at or after a moment; the zero moment: in any round at all.
	UsedSince(ctx context.Context, bankID int64, since time.Time) ([]int64, error)
}

// The values of Filter.Use.
const (
	UsedNever    = "never"
	UsedEver     = "ever"
	UsedNotSince = "not_since"
)

// UseUses lets the bank ask where its items were used.
func (s *Service) UseUses(uses Uses) { s.uses = uses }

func (s *Service) usesOf(ctx context.Context, bankID int64, itemIDs []int64) (map[int64][]Use, error) {
	if s.uses == nil || len(itemIDs) == 0 {
		return nil, nil
	}
	return s.uses.UsesOf(ctx, bankID, itemIDs)
}

// OfferedItem is an item that may be drawn, by the version that would be.
type OfferedItem struct {
	ItemID     int64
	VersionID  int64
	Version    int
	Type       ItemType
	Difficulty Difficulty
	TopicID    int64 // 0: in none
}

// Offered gives what may be drawn from a bank: of each item the approved version where the bank is reviewed, else the
// newest; nothing that is retired or whose act has lapsed.
func (s *Service) Offered(ctx context.Context, bankID int64) ([]OfferedItem, error) {
	rows, err := s.q.OfferedItems(ctx, bankdb.OfferedItemsParams{BankID: bankID, Now: s.now()})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	items := make([]OfferedItem, 0, len(rows))
	for _, r := range rows {
		items = append(items, OfferedItem{ItemID: r.ID, VersionID: r.VersionID, Version: int(r.Version), Type: ItemType(r.Type),
			Difficulty: Difficulty(r.Difficulty), TopicID: r.TopicID})
	}
	return items, nil
}

// Barred tells which of these versions may not be put into a round, and why.
func (s *Service) Barred(ctx context.Context, bankID int64, versionIDs []int64) (map[int64]Bar, error) {
	b, err := s.q.BankByID(ctx, bankID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	rows, err := s.q.Standings(ctx, bankdb.StandingsParams{BankID: bankID, Ids: versionIDs, Now: s.now()})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	bars := map[int64]Bar{}
	for _, r := range rows {
		switch {
		case r.Retired:
			bars[r.VersionID] = BarRetired
		case r.Barred:
			bars[r.VersionID] = BarLapsed
		case b.NeedsReview && (r.ApprovedVersion == nil || *r.ApprovedVersion < r.Version):
			bars[r.VersionID] = BarUnapproved
		}
	}
	return bars, nil
}
