package leaderboard

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/redis/go-redis/v9"
)

// The keys of a contest carry a hash tag, so that on a cluster they live together:
//
//	{board:7}:now          the number of the board that counts
//	{board:7}:12:head      board 12 without its rows
//	{board:7}:12:rows      hash: entry id → row
//	{board:7}:12:order     sorted set: entry id by its position
const (
	// oldBoardLife is how long a replaced board can still be read by whoever has just asked for its number.
	oldBoardLife = time.Minute
	// boardLife ends boards of contests that nobody looks at any more; who looks again builds a new one.
	boardLife = 7 * 24 * time.Hour
	// writeBatch rows go into one command.
	writeBatch = 500
)

func key(contestID int64) string { return "{board:" + strconv.FormatInt(contestID, 10) + "}" }

func versionKey(contestID, version int64, part string) string {
	return key(contestID) + ":" + strconv.FormatInt(version, 10) + ":" + part
}

// movePointer makes a board the one that counts, unless a newer one does already. It gives the number that counted
// before (0: none), or -1 when refused.
var movePointer = redis.NewScript(`
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
if now >= tonumber(ARGV[1]) then return -1 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return now`)

type head struct {
	Public
	Count int `json:"count"`
	// BuiltFrom is what the board was built from, so that other nodes don't build it again.
	BuiltFrom string `json:"built_from"`
}

// write puts a board into Redis whole, under keys of its own, and then moves the pointer.
func (s *Service) write(ctx context.Context, p Public, builtFrom string) error {
	id := p.Board.ContestID
	h := head{Public: p, Count: len(p.Board.Rows), BuiltFrom: builtFrom}
	h.Board.Rows = []Row{}
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	order, rows := versionKey(id, p.Version, "order"), versionKey(id, p.Version, "rows")
	pipe := s.redis.Pipeline()
	pipe.Set(ctx, versionKey(id, p.Version, "head"), body, boardLife)
	for from := 0; from < len(p.Board.Rows); from += writeBatch {
		to := min(from+writeBatch, len(p.Board.Rows))
		fields := make([]any, 0, 2*(to-from))
		members := make([]redis.Z, 0, to-from)
		for i, r := range p.Board.Rows[from:to] {
			row, err := json.Marshal(r)
			if err != nil {
				return err
			}
			entry := strconv.FormatInt(r.EntryID, 10)
			fields = append(fields, entry, row)
			members = append(members, redis.Z{Score: float64(from + i), Member: entry})
		}
		pipe.HSet(ctx, rows, fields...)
		pipe.ZAdd(ctx, order, members...)
	}
	if len(p.Board.Rows) > 0 {
		pipe.Expire(ctx, rows, boardLife)
		pipe.Expire(ctx, order, boardLife)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("write board %d of contest %d: %w", p.Version, id, err)
	}
	old, err := movePointer.Run(ctx, s.redis, []string{key(id) + ":now"}, p.Version, int(boardLife/time.Second)).Int64()
	if err != nil {
		return fmt.Errorf("move the pointer of contest %d: %w", id, err)
	}
	if old == -1 {
		old = p.Version // a newer board counts already: this one is the old one
	}
	if old > 0 {
		pipe := s.redis.Pipeline()
		for _, part := range []string{"head", "rows", "order"} {
			pipe.Expire(ctx, versionKey(id, old, part), oldBoardLife)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("let board %d of contest %d run out: %w", old, id, err)
		}
	}
	return nil
}

// errNoBoard: Redis has no board of the contest, because none was built yet or because it was emptied.
var errNoBoard = errors.New("no board in Redis")

// pointer is the number of the board that counts.
func (s *Service) pointer(ctx context.Context, contestID int64) (int64, error) {
	n, err := s.redis.Get(ctx, key(contestID)+":now").Int64()
	if errors.Is(err, redis.Nil) {
		return 0, errNoBoard
	}
	return n, err
}

func (s *Service) readHead(ctx context.Context, contestID int64) (head, error) {
	var h head
	version, err := s.pointer(ctx, contestID)
	if err != nil {
		return h, err
	}
	body, err := s.redis.Get(ctx, versionKey(contestID, version, "head")).Bytes()
	if errors.Is(err, redis.Nil) {
		return h, errNoBoard
	}
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(body, &h)
}

// page reads a part of the public board from Redis: rows in their order.
func (s *Service) page(ctx context.Context, contestID int64, offset, limit int) (head, error) {
	h, err := s.readHead(ctx, contestID)
	if err != nil || h.Count == 0 {
		return h, err
	}
	ids, err := s.redis.ZRange(ctx, versionKey(contestID, h.Version, "order"), int64(offset), int64(offset+limit-1)).Result()
	if err != nil || len(ids) == 0 {
		return h, err
	}
	values, err := s.redis.HMGet(ctx, versionKey(contestID, h.Version, "rows"), ids...).Result()
	if err != nil {
		return h, err
	}
	for _, v := range values {
		text, ok := v.(string)
		if !ok {
			return h, errNoBoard
		}
		var r Row
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return h, err
		}
		h.Board.Rows = append(h.Board.Rows, r)
	}
	return h, nil
}

// load reads the whole public board from Redis, and what it was built from.
func (s *Service) load(ctx context.Context, contestID int64) (Public, string, error) {
	h, err := s.page(ctx, contestID, 0, 1<<30)
	if err != nil {
		return Public{}, "", err
	}
	if len(h.Board.Rows) != h.Count {
		return Public{}, "", errNoBoard
	}
	return h.Public, h.BuiltFrom, nil
}
