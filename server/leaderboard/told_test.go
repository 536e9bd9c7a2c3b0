package leaderboard

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/testkit"
)

// A board that became final while it was frozen is kept back: nobody outside sees it on any topic or page, on any node,
// until it is told, and then everybody does.
func TestAFinalBoardThatIsKeptBack(t *testing.T) {
	testkit.EachRedis(t, func(t *testing.T, rdb *redis.Client) {
		ctx := t.Context()
		h := open(t, rdb, 3)
		for i := range h.entries {
			h.set(h.greeting, i, int64(1000+i))
		}
		a, b := h.node(), h.node()
		phone, own := h.watch(a, audienceTopic, 0), h.watch(b, contestantTopic, h.entries[0].ID)
		inTx := func(fn func(tx pgx.Tx) error) { h.must(pgx.BeginFunc(ctx, h.db, fn)) }
		h.must(a.Freeze(ctx, h.contestID))
		h.set(h.greeting, 0, 9999) // the last becomes the first
		whole, err := a.Whole(ctx, h.contestID)
		h.must(err)
		inTx(func(tx pgx.Tx) error {
			told, err := a.HoldFinal(ctx, tx, h.contestID, whole)
			if told {
				t.Error("a frozen board became final before everybody")
			}
			return err
		})
		a.Changed(h.contestID)
		for _, n := range []*node{a, b} {
			h.must(n.build(ctx, h.contestID))
			v, err := n.Page(ctx, h.contestID, 0, 100)
			if err != nil || v.Status != Frozen || v.Rows[0].EntryID != h.entries[2].ID || totalOf(v, h.entries[0].ID) != 1000 {
				t.Errorf("a page: %+v, %v", v, err)
			}
			if told, err := n.Published(ctx, h.contestID); told || err != nil {
				t.Errorf("published: %v, %v", told, err)
			}
		}
		await(h.watch(b, audienceTopic, 0), "the old board", func(v BoardView) bool { return v.Status == Frozen && totalOf(v, h.entries[0].ID) == 1000 })
		await(own, "the old own row", func(v OwnBoardView) bool { return v.Status == Frozen && v.Row.Total == 1000 && v.Row.Place == 3 })
		if err := a.Thaw(ctx, h.contestID); !isFault(err, "final_kept_back") {
			t.Errorf("a thaw instead of the telling: %v", err)
		}
		// Who is erased meanwhile is in neither board.
		inTx(func(tx pgx.Tx) error { return a.Forget(ctx, tx, h.contestID, h.entries[1].ID, "Đội ẩn danh") })
		var stored string
		h.must(h.db.QueryRow(ctx, `SELECT convert_from(held_board, 'UTF8') || convert_from(final_board, 'UTF8') FROM board`).Scan(&stored))
		if strings.Contains(stored, `"Đội 2"`) || !strings.Contains(stored, `"Đội ẩn danh"`) {
			t.Errorf("an erased name: %s", stored)
		}
		inTx(func(tx pgx.Tx) error { return b.Tell(ctx, tx, h.contestID) })
		b.Changed(h.contestID)
		await(phone, "the final board", func(v BoardView) bool {
			return v.Status == Final && v.Rows[0].EntryID == h.entries[0].ID && v.Rows[0].Total == 9999
		})
		await(own, "the final own row", func(v OwnBoardView) bool { return v.Status == Final && v.Row.Place == 1 })
		if told, err := a.Published(ctx, h.contestID); !told || err != nil {
			t.Errorf("published: %v, %v", told, err)
		}
		err = pgx.BeginFunc(ctx, h.db, func(tx pgx.Tx) error { return a.Tell(ctx, tx, h.contestID) })
		if !isFault(err, "nothing_kept_back") {
			t.Errorf("told twice: %v", err)
		}
	})
}
