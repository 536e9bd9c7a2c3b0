package leaderboard

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/testkit"
)

// Redis holds nothing whose loss is felt: after it was emptied the board is the same, for new pages and for open ones.
func TestTheBoardIsItselfAfterRedisWasEmptied(t *testing.T) {
	testkit.EachRedis(t, func(t *testing.T, rdb *redis.Client) {
		ctx := t.Context()
		h := open(t, rdb, 130)
		for i := range h.entries {
			h.set(h.greeting, i, int64(1000-7*(i%40)))
		}
		n := h.node()
		phone := h.watch(n, audienceTopic, 0)
		first := await(phone, "the board", func(v BoardView) bool { return v.Count == 130 && totalOf(v, 100) == 1000 })
		if len(first.Rows) != topRows {
			t.Errorf("%d rows were sent to everybody", len(first.Rows))
		}
		h.must(n.build(ctx, h.contestID))
		before, err := n.Page(ctx, h.contestID, 100, 100)
		h.must(err)
		if len(before.Rows) != 30 {
			t.Fatalf("%d rows on the second page", len(before.Rows))
		}
		h.must(rdb.FlushAll(ctx).Err())
		// Once from what is in Postgres, and once from what the check of watched boards has built in Redis again.
		got, err := n.Page(ctx, h.contestID, 100, 100)
		h.must(err)
		if !reflect.DeepEqual(got, before) {
			t.Errorf("while Redis is empty: %+v", got)
		}
		h.set(h.greeting, 129, 5000)
		n.Changed(h.contestID)
		await(phone, "a score after the loss", func(v BoardView) bool { return v.Rows[0].EntryID == 229 })
		if _, _, err := n.load(ctx, h.contestID); err != nil {
			t.Errorf("Redis has no board again: %v", err)
		}
		h.set(h.greeting, 129, 1000-7*(129%40))
		h.must(n.build(ctx, h.contestID))
		if got, err = n.Page(ctx, h.contestID, 100, 100); err != nil || !reflect.DeepEqual(got, before) {
			t.Errorf("built again: %+v, %v", got, err)
		}
	})
}

// Many builders finish in any order: the newest board wins, whole.
func TestAnOlderBoardNeverReplacesANewerOne(t *testing.T) {
	testkit.EachRedis(t, func(t *testing.T, rdb *redis.Client) {
		ctx := t.Context()
		h := open(t, rdb, 3)
		s := h.service(nil, nil)
		boards := make([]Public, 20)
		for i := range boards {
			h.set(h.quiz, 0, int64(i))
			var err error
			boards[i], err = s.public(ctx, h.contestID)
			h.must(err)
		}
		var writers sync.WaitGroup
		for i := range boards {
			writers.Go(func() {
				if err := s.write(ctx, boards[(i*7+3)%len(boards)], ""); err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
		newest := boards[len(boards)-1]
		h.must(s.write(ctx, boards[0], ""))
		got, _, err := s.load(ctx, h.contestID)
		h.must(err)
		if !reflect.DeepEqual(got, newest) {
			t.Errorf("version %d counts, want %d", got.Version, newest.Version)
		}
	})
}

// From the freeze to the thaw nothing newer reaches the public: not by HTTP, not live, not in an own row, not on
// another node. Every frame that was ever sent is looked at.
func TestNothingNewerLeaksWhileFrozen(t *testing.T) {
	testkit.EachRedis(t, func(t *testing.T, rdb *redis.Client) {
		ctx := t.Context()
		h := open(t, rdb, 4)
		for i := range h.entries {
			h.set(h.greeting, i, int64(1000+i))
		}
		a, b := h.node(), h.node()
		phone, projector := h.watch(a, audienceTopic, 0), h.watch(b, audienceTopic, 0)
		own := h.watch(b, contestantTopic, h.entries[0].ID)
		organizer := h.watch(a, organizerTopic, 0)
		await(own, "the own row", func(v OwnBoardView) bool {
			return v.Row != nil && v.Row.Total == 1000 && v.Row.Place == 4 && v.Count == 4
		})

		h.must(a.Freeze(ctx, h.contestID))
		if err := a.Freeze(ctx, h.contestID); !isFault(err, "already_frozen") {
			t.Errorf("frozen twice: %v", err)
		}
		const secret = 77777
		h.set(h.quiz, 0, secret)
		a.Changed(h.contestID)
		b.Changed(h.contestID)
		// The organizer's screen shows the new score, so a board was built from it; so did both nodes.
		await(organizer, "the new score at the organizer's", func(v BoardView) bool { return v.Status == Frozen && totalOf(v, h.entries[0].ID) == 1000+secret })
		h.must(a.build(ctx, h.contestID))
		h.must(b.build(ctx, h.contestID))
		for _, s := range []*screen{phone, projector} {
			v := await(s, "the frozen board", func(v BoardView) bool { return v.Status == Frozen })
			if v.HeldAtUs == 0 || v.Rows[0].EntryID != h.entries[3].ID {
				t.Errorf("the frozen board: %+v", v)
			}
		}
		await(own, "the frozen own row", func(v OwnBoardView) bool { return v.Status == Frozen && v.Row.Total == 1000 })
		// Who comes now, and who comes while Redis is empty.
		late := h.watch(b, contestantTopic, h.entries[0].ID)
		await(late, "a late own row", func(v OwnBoardView) bool { return v.Status == Frozen && v.Row.Total == 1000 && v.Row.Place == 4 })
		for range 2 {
			for _, n := range []*node{a, b} {
				if v, err := n.Page(ctx, h.contestID, 0, 100); err != nil || v.Status != Frozen || totalOf(v, h.entries[0].ID) != 1000 {
					t.Errorf("a page while frozen: %+v, %v", v, err)
				}
			}
			h.must(rdb.FlushAll(ctx).Err())
		}
		for _, s := range []*screen{phone, projector, own, late} {
			for _, frame := range s.all() {
				if bytes.Contains(frame, []byte("77777")) || bytes.Contains(frame, []byte("78777")) {
					t.Fatalf("leaked while frozen: %s", frame)
				}
			}
		}
		h.must(b.Thaw(ctx, h.contestID))
		if err := b.Thaw(ctx, h.contestID); !isFault(err, "not_frozen") {
			t.Errorf("thawed twice: %v", err)
		}
		for _, s := range []*screen{phone, projector} {
			await(s, "the thawed board", func(v BoardView) bool { return v.Status == Provisional && totalOf(v, h.entries[0].ID) == 1000+secret })
		}
		await(own, "the thawed own row", func(v OwnBoardView) bool { return v.Row.Place == 1 })
	})
}

// Whoever withdraws the consent to publication vanishes by name from every public path: from phones and projectors that
// look on, even when the hint of it was lost, from pages, from one's own row, and from a board that was frozen before.
// Organizers still see the name.
func TestARefusedNameVanishesEverywhere(t *testing.T) {
	h := open(t, testkit.Redis(t), 3)
	ctx := t.Context()
	for i := range h.entries {
		h.set(h.greeting, i, int64(1000+i))
	}
	a, b := h.node(), h.node()
	phone, late := h.watch(a, audienceTopic, 0), h.watch(b, audienceTopic, 0)
	organizer := h.watch(a, organizerTopic, 0)
	nameOf := func(v BoardView) string {
		for _, r := range v.Rows {
			if r.EntryID == h.entries[1].ID {
				return r.Name
			}
		}
		return ""
	}
	await(phone, "the name", func(v BoardView) bool { return nameOf(v) == "Đội 2" })
	h.must(a.Freeze(ctx, h.contestID))
	await(late, "the frozen board", func(v BoardView) bool { return v.Status == Frozen && nameOf(v) == "Đội 2" })
	h.refuse(1) // no hint: the nodes find it by themselves
	for _, s := range []*screen{phone, late} {
		await(s, "the board without the name", func(v BoardView) bool { return v.Status == Frozen && nameOf(v) == "Đ.A. (002)" })
	}
	for _, n := range []*node{a, b} {
		if v, err := n.Page(ctx, h.contestID, 0, 100); err != nil || nameOf(v) != "Đ.A. (002)" {
			t.Errorf("a page: %q, %v", nameOf(v), err)
		}
	}
	own := h.watch(b, contestantTopic, h.entries[1].ID)
	await(own, "the own row", func(v OwnBoardView) bool { return v.Row != nil && v.Row.Name == "Đ.A. (002)" })
	await(organizer, "the organizer's board", func(v BoardView) bool { return nameOf(v) == "Đội 2" })
	// An erased person's name leaves also what is stored of a held board.
	h.must(pgx.BeginFunc(ctx, h.db, func(tx pgx.Tx) error {
		return a.Forget(ctx, tx, h.contestID, h.entries[1].ID, "Đội ẩn danh 002")
	}))
	var kept bool
	h.must(h.db.QueryRow(ctx, `SELECT position('Đội 2' IN convert_from(held_board, 'UTF8')) > 0 FROM board`).Scan(&kept))
	if kept {
		t.Error("the held board still has the name")
	}
}

// A freeze that comes while boards are being built: a board that is still called provisional never shows more than
// the frozen one, and places on it never go back.
func TestFreezingWhileScoresArrive(t *testing.T) {
	h := open(t, testkit.Redis(t), 1)
	ctx := t.Context()
	s := h.service(nil, nil)
	for range 10 {
		var builders sync.WaitGroup
		boards := make(chan Public, 200)
		for range 4 {
			builders.Go(func() {
				for i := range 10 {
					h.mu.Lock()
					h.version++
					h.scores[h.quiz] = map[int64]Score{h.entries[0].ID: {EntryID: h.entries[0].ID, Points: h.version}}
					h.mu.Unlock()
					if p, err := s.public(ctx, h.contestID); err != nil {
						t.Error(i, err)
					} else {
						boards <- p
					}
				}
			})
		}
		frozen := make(chan error, 1)
		builders.Go(func() {
			frozen <- s.freeze(ctx, h.contestID)
		})
		builders.Wait()
		close(boards)
		h.must(<-frozen)
		held, err := s.public(ctx, h.contestID)
		h.must(err)
		for p := range boards {
			if p.Status == Provisional && p.Board.Rows[0].Total > held.Board.Rows[0].Total {
				t.Fatalf("a provisional board shows %d, the frozen one %d", p.Board.Rows[0].Total, held.Board.Rows[0].Total)
			}
		}
		h.exec(`UPDATE board SET held = NULL, held_at_us = NULL, held_board = NULL`)
	}
}

// A node that froze the board died before it told anybody: the others find it by themselves.
func TestAFreezeIsFoundWithoutAHint(t *testing.T) {
	h := open(t, testkit.Redis(t), 2)
	h.set(h.greeting, 0, 500)
	phone := h.watch(h.node(), audienceTopic, 0)
	await(phone, "the board", func(v BoardView) bool { return v.Status == Provisional && len(v.Rows) == 2 })
	h.must(h.service(nil, nil).freeze(t.Context(), h.contestID))
	await(phone, "the freeze", func(v BoardView) bool { return v.Status == Frozen })
}

func TestHiddenRoundsAndScreensLive(t *testing.T) {
	h := open(t, testkit.Redis(t), 2)
	ctx := t.Context()
	h.set(h.greeting, 0, 500)
	h.set(h.quiz, 1, 66666)
	h.hide(h.quiz, true)
	a, b := h.node(), h.node()
	phone := h.watch(a, audienceTopic, 0)
	v := await(phone, "the board", func(v BoardView) bool { return len(v.Rows) == 2 })
	if len(v.Rounds) != 1 || bytes.Contains(phone.all()[0], []byte("66666")) {
		t.Errorf("a hidden round is on the board: %s", phone.all()[0])
	}
	h.hide(h.quiz, false)
	b.Changed(h.contestID)
	await(phone, "the round that was shown", func(v BoardView) bool { return len(v.Rounds) == 2 && v.Rows[0].Total == 66666 })

	projector := h.watch(b, screenTopic, 0)
	await(projector, "the waiting screen", func(v ScreenView) bool { return v.Mode == ScreenWaiting })
	h.must(a.SetScreen(ctx, h.contestID, ScreenView{Mode: ScreenRound, RoundID: h.quiz}))
	await(projector, "the round, set on another node", func(v ScreenView) bool { return v.Mode == ScreenRound && v.RoundID == h.quiz })
	if err := a.SetScreen(ctx, h.contestID, ScreenView{Mode: ScreenRound}); !isFault(err, "invalid_screen") {
		t.Errorf("a round that is not named: %v", err)
	}
	if err := a.SetScreen(ctx, h.contestID, ScreenView{Mode: ScreenBoard, RoundID: 1 << 40}); !isFault(err, "invalid_screen") {
		t.Errorf("a round of no contest: %v", err)
	}
}

// A draft does not exist for the public.
func TestADraftHasNoPublicBoard(t *testing.T) {
	h := open(t, testkit.Redis(t), 2)
	n := h.node()
	h.exec(`UPDATE contest SET state = 'draft'`)
	phone := h.watch(n, contestantTopic, h.entries[0].ID) // what comes to everybody is not asked for yet
	for _, topic := range []string{audienceTopic, screenTopic} {
		var f *liveclient.Fault
		if err := phone.Do(context.Background(), "subscribe", topicOf(topic, h.contestID), nil, nil); !errors.As(err, &f) || f.Code != "not_found" {
			t.Errorf("%s of a draft: %v", topic, err)
		}
	}
	if _, err := n.contests.Visible(t.Context(), "cchc"); !isFault(err, "not_found") {
		t.Errorf("the page of a draft: %v", err)
	}
}

func isFault(err error, code string) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Code == code
}
