package roster

import (
	"context"
	"sync"
)

// turns let the changes of a contest's roster on this node come one after the other.
type turns struct {
	mu sync.Mutex
	of map[int64]chan struct{}
}

// take waits for the turn of a contest; done ends it.
func (t *turns) take(ctx context.Context, contestID int64) (done func(), err error) {
	t.mu.Lock()
	if t.of == nil {
		t.of = map[int64]chan struct{}{}
	}
	turn := t.of[contestID]
	if turn == nil {
		turn = make(chan struct{}, 1)
		t.of[contestID] = turn
	}
	t.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
