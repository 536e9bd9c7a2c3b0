package bank

import (
	"context"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Way is how somebody came to read an item with its key.
type Way string

// The ways.
const (
	SeenOpen    Way = "open"    // its page
	SeenHistory Way = "history" // its older versions
	SeenExport  Way = "export"
	SeenCompare Way = "compare" // beside one that reads nearly the same
	SeenPrint   Way = "print"
)

// stretch is how long several readings of one kind count as one.
const stretch = 10 * time.Minute

// saw records that whoever asks has read these versions with their keys.
func (s *Service) saw(ctx context.Context, q *bankdb.Queries, contestID int64, how Way, versions []Version) error {
	p := account.From(ctx)
	if p.AccountID == 0 || len(versions) == 0 {
		return nil
	}
	params := bankdb.AddViewsParams{AccountID: p.AccountID, How: string(how), Stretch: s.now().Unix() / int64(stretch/time.Second),
		ContestID: contestID, Name: p.Name, At: s.now()}
	for _, v := range versions {
		params.Items, params.Versions = append(params.Items, v.ItemID), append(params.Versions, int32(v.Version))
	}
	return postgres.Fault(q.AddViews(ctx, params))
}

// Seen records that whoever asks has been given these versions with their keys, for rooms that print papers.
func (s *Service) Seen(ctx context.Context, contestID int64, how Way, versionIDs []int64) error {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return err
	}
	versions, err := s.Versions(ctx, bankID, versionIDs)
	if err != nil {
		return err
	}
	return s.saw(ctx, s.q, contestID, how, versions)
}

// View is one reading of an item with its key.
type View struct {
	AccountID int64     `json:"account_id"`
	Name      string    `json:"name"`
	Version   int       `json:"version"`
	How       Way       `json:"how" enum:"open,history,export,compare,print"`
	FirstAt   time.Time `json:"first_at"`
	LastAt    time.Time `json:"last_at"`
}

// Views tells who has read an item with its key, newest first.
func (s *Service) Views(ctx context.Context, contestID, itemID int64) ([]View, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	if _, err := s.item(ctx, bankID, itemID); err != nil {
		return nil, err
	}
	rows, err := s.q.ViewsOfItem(ctx, itemID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	views := make([]View, 0, len(rows))
	for _, r := range rows {
		views = append(views, View{AccountID: r.AccountID, Name: r.Name, Version: int(r.Version), How: Way(r.How), FirstAt: r.FirstAt, LastAt: r.LastAt})
	}
	return views, nil
}

// Sitting is what one person has read in one way within ten minutes.
type Sitting struct {
	AccountID int64     `json:"account_id"`
	Name      string    `json:"name"`
	How       Way       `json:"how" enum:"open,history,export,compare,print"`
	Stretch   int64     `json:"stretch" doc:"For the next page"`
	Items     int       `json:"items" doc:"How many questions"`
	ItemID    int64     `json:"item_id" doc:"One of them"`
	FirstAt   time.Time `json:"first_at"`
	LastAt    time.Time `json:"last_at"`
}

// Viewer is a person who has read keys in a contest.
type Viewer struct {
	AccountID int64     `json:"account_id"`
	Name      string    `json:"name"`
	Items     int       `json:"items" doc:"How many questions"`
	LastAt    time.Time `json:"last_at"`
}

// Readings tells who has read keys in a contest, newest first; before is the stretch of the last row of the page before,
// 0 for the first page.
func (s *Service) Readings(ctx context.Context, contestID, accountID, before int64) ([]Viewer, []Sitting, error) {
	if before == 0 {
		before = 1 << 60
	}
	people, err := s.q.ViewersOfContest(ctx, contestID)
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	viewers := make([]Viewer, 0, len(people))
	for _, p := range people {
		viewers = append(viewers, Viewer{AccountID: p.AccountID, Name: p.Name, Items: int(p.Items), LastAt: p.LastAt})
	}
	rows, err := s.q.ViewsOfContest(ctx, bankdb.ViewsOfContestParams{ContestID: contestID, AccountID: accountID, Before: before, PageSize: 100})
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	sittings := make([]Sitting, 0, len(rows))
	for _, r := range rows {
		sittings = append(sittings, Sitting{AccountID: r.AccountID, Name: r.Name, How: Way(r.How), Stretch: r.Stretch, Items: int(r.Items),
			ItemID: r.ItemID, FirstAt: r.FirstAt, LastAt: r.LastAt})
	}
	return viewers, sittings, nil
}
