package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Lane gathers questions that come one by one into batches that are answered together, so that thousands who come back
// at once cost a few statements instead of thousands. A lone question is never delayed: it starts a batch at once, and
// what comes while that batch is under way makes the next one. Batches follow one another, so what was asked earlier is
// answered earlier.
type Lane[Q, A any] struct {
	// Flush answers a batch: as many replies as questions, in their order. It runs under a context of its own: whoever
	// stops waiting takes nothing from the others.
	Flush    func(batch []Q) []Reply[A]
	MaxBatch int
	MaxQueue int

	mu    sync.Mutex
	queue []asked[Q, A]
	busy  bool
}

// Reply answers one question of a batch.
type Reply[A any] struct {
	Value A
	Err   error
}

type asked[Q, A any] struct {
	q  Q
	to chan Reply[A]
}

var (
	// ErrLaneFull says that too many wait already; nothing was asked.
	ErrLaneFull = errors.New("too many questions wait for the database")
	// ErrNotAwaited says that the asker's context ended first: nobody knows what becomes of the question.
	ErrNotAwaited = errors.New("the answer was not awaited")

	errLaneBroken = errors.New("a batch of questions was not answered one by one")
)

// Ask waits for the answer to q.
func (l *Lane[Q, A]) Ask(ctx context.Context, q Q) (A, error) {
	var none A
	to := make(chan Reply[A], 1)
	l.mu.Lock()
	if len(l.queue) >= l.MaxQueue {
		l.mu.Unlock()
		return none, ErrLaneFull
	}
	l.queue = append(l.queue, asked[Q, A]{q, to})
	if !l.busy {
		l.busy = true
		go l.work()
	}
	l.mu.Unlock()
	select {
	case r := <-to:
		return r.Value, r.Err
	case <-ctx.Done():
		return none, fmt.Errorf("%w: %w", ErrNotAwaited, ctx.Err())
	}
}

func (l *Lane[Q, A]) work() {
	for {
		l.mu.Lock()
		n := min(len(l.queue), l.MaxBatch)
		if n == 0 {
			l.busy, l.queue = false, nil
			l.mu.Unlock()
			return
		}
		batch := l.queue[:n:n]
		l.queue = l.queue[n:]
		l.mu.Unlock()
		questions := make([]Q, n)
		for i := range batch {
			questions[i] = batch[i].q
		}
		for i, r := range l.answered(questions) {
			batch[i].to <- r
		}
	}
}

// answered is Flush, whatever becomes of it: everybody gets a reply, and nobody that of another.
func (l *Lane[Q, A]) answered(questions []Q) (replies []Reply[A]) {
	fail := func(err error) []Reply[A] {
		replies := make([]Reply[A], len(questions))
		for i := range replies {
			replies[i].Err = err
		}
		return replies
	}
	defer func() {
		if r := recover(); r != nil {
			replies = fail(fmt.Errorf("%w: panic: %v", errLaneBroken, r))
		}
	}()
	if replies = l.Flush(questions); len(replies) != len(questions) {
		return fail(errLaneBroken)
	}
	return replies
}
