package judging

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// Turn is a line of a running order.
type Turn struct {
	EntryID int64
	Title   string
}

// SetOrder sets the running order by hand before the first performance. Afterwards it only gives titles: turns are moved
// and left out by ChangeOrder, with a reason.
func (s *Service) SetOrder(ctx context.Context, contestID, roundID int64, turns []Turn) error {
	for i := range turns {
		turns[i].Title = tidy(turns[i].Title)
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if err := j.mayOrder(ctx); err != nil {
			return err
		}
		same := j.sameOrder(turns)
		if j.Started() && !same {
			return errOrderTonight
		}
		numbers, err := entries(ctx, q, j.RoundID)
		if err != nil {
			return err
		}
		if same {
			// Only titles: who has withdrawn since has a turn all the same.
			for _, t := range turns {
				if _, enters := numbers[t.EntryID]; !enters {
					numbers[t.EntryID] = 0
				}
			}
		}
		if err := checkOrder(turns, numbers); err != nil {
			return err
		}
		if err := putOrder(ctx, q, j, turns); err != nil {
			return err
		}
		if same {
			return record(ctx, tx, j, "titles", map[string]any{"round": roundID})
		}
		if err := q.SetOrderSeed(ctx, judgingdb.SetOrderSeedParams{RoundID: roundID}); err != nil {
			return err
		}
		if err := q.SetDraw(ctx, judgingdb.SetDrawParams{RoundID: roundID}); err != nil {
			return err
		}
		return record(ctx, tx, j, "order", map[string]any{"round": roundID, "entries": entryIDs(turns)})
	})
}

// DrawOrder puts all entries of the round into an order drawn by a new seed, which is kept. To draw again needs a reason.
func (s *Service) DrawOrder(ctx context.Context, contestID, roundID int64, reason string) error {
	seed := s.newSeed()
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if j.Started() {
			return errOrderBegun
		}
		if err := j.mayOrder(ctx); err != nil {
			return err
		}
		numbers, err := entries(ctx, q, j.RoundID)
		if err != nil {
			return err
		}
		if len(numbers) == 0 {
			return errNoEntries
		}
		titles := j.titles()
		var turns []Turn
		var lots []Lot
		for _, id := range Draw(seed, numbers) {
			turns = append(turns, Turn{EntryID: id, Title: titles[id]})
			lots = append(lots, Lot{EntryID: id, Number: numbers[id]})
		}
		if err := checkOrder(turns, numbers); err != nil {
			return err
		}
		if err := putOrder(ctx, q, j, turns); err != nil {
			return err
		}
		now := time.UnixMicro(s.nowUs())
		return s.keepDraw(ctx, tx, q, j, OrderDraw{Method: DrawnBySoftware, Seed: seed, At: &now, Lots: lots}, reason)
	})
}

// checkOrder checks a whole running order before the first performance. numbers are those of the entries that enter.
func checkOrder(turns []Turn, numbers map[int64]int) error {
	f := errOrder
	if len(turns) > maxPlaces {
		return f.At("turns", "Thứ tự có tối đa 500 lượt.", "A running order has at most 500 turns.")
	}
	seen := map[int64]bool{}
	for i, t := range turns {
		_, enters := numbers[t.EntryID]
		switch {
		case seen[t.EntryID]:
			f = f.At(at("turns", i), "Đội, thí sinh này có hai lần trong danh sách.", "This entry stands in the list twice.")
		case !enters:
			f = f.At(at("turns", i), "Đội, thí sinh này không vào vòng này.", "This entry does not enter this round.")
		}
		if !fits(t.Title, 0, maxTitle) {
			f = f.At(at("turns", i)+".title", "Tên tiết mục dài tối đa 200 ký tự.", "The title has at most 200 characters.")
		}
		seen[t.EntryID] = true
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func putOrder(ctx context.Context, q *judgingdb.Queries, j Judging, turns []Turn) error {
	if j.Blind {
		codes, err := j.giveCodes(ctx, q, turns)
		if err != nil {
			return err
		}
		if !j.Started() {
			return putBlindOrder(ctx, q, j, turns, codes)
		}
	}
	places := map[int64]int{}
	for i, t := range turns {
		places[t.EntryID] = i
	}
	have := map[int64]bool{}
	for _, p := range j.counting() {
		i, stays := places[p.EntryID]
		if !stays {
			if err := q.RemovePerformance(ctx, p.ID); err != nil {
				return err
			}
			continue
		}
		have[p.EntryID] = true
		if err := q.MovePerformance(ctx, judgingdb.MovePerformanceParams{ID: p.ID, Position: int32(i + 1), Title: turns[i].Title}); err != nil {
			return err
		}
	}
	for i, t := range turns {
		if !have[t.EntryID] {
			if err := q.AddPerformance(ctx, judgingdb.AddPerformanceParams{RoundID: j.RoundID, EntryID: t.EntryID, Position: int32(i + 1), Title: t.Title}); err != nil {
				return err
			}
		}
	}
	return nil
}

// putBlindOrder makes all turns anew in the order of their codes: the numbers of turns, which judges see, must not tell
// who stands where in the running order or in the list of entries.
func putBlindOrder(ctx context.Context, q *judgingdb.Queries, j Judging, turns []Turn, codes map[int64]string) error {
	if err := q.RemovePlanned(ctx, j.RoundID); err != nil {
		return err
	}
	places := make([]int, len(turns))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int { return strings.Compare(codes[turns[a].EntryID], codes[turns[b].EntryID]) })
	for _, i := range places {
		if err := q.AddPerformance(ctx, judgingdb.AddPerformanceParams{RoundID: j.RoundID, EntryID: turns[i].EntryID, Position: int32(i + 1), Title: turns[i].Title}); err != nil {
			return err
		}
	}
	return nil
}

// entries are those that enter the round, with their candidate numbers.
func entries(ctx context.Context, q *judgingdb.Queries, roundID int64) (map[int64]int, error) {
	rows, err := q.ActiveEntries(ctx, roundID)
	if err != nil {
		return nil, err
	}
	numbers := make(map[int64]int, len(rows))
	for _, r := range rows {
		numbers[r.ID] = int(r.Number)
	}
	return numbers, nil
}

func entryIDs(turns []Turn) []int64 {
	ids := make([]int64, len(turns))
	for i, t := range turns {
		ids[i] = t.EntryID
	}
	return ids
}
