package stage

import (
	"context"
	"sync"

	"github.com/hoithi/hoithi/server/fault"
)

var (
	errLaneFull = fault.New(fault.Unavailable, "answers_waiting",
		"Máy chủ đang chờ cơ sở dữ liệu nên chưa lưu được. Máy của bạn sẽ tự gửi lại.",
		"The server waits for its database, so this is not saved yet. Your device will send it again by itself.")
	errNotKnown = fault.New(fault.Unavailable, "answer_not_known",
		"Chưa biết câu trả lời đã được lưu chưa. Máy của bạn sẽ tự hỏi lại.",
		"It is not known yet whether this was saved. Your device will ask again by itself.")
)

// lane gathers questions that come one by one into batches that are answered together. A lone question is never
// delayed: it starts a batch at once, and what comes while that batch is under way makes the next one.
type lane[Q, A any] struct {
	flush    func(batch []Q) []reply[A]
	maxBatch int
	maxQueue int

	mu    sync.Mutex
	queue []asked[Q, A]
	busy  bool
}

type reply[A any] struct {
	value A
	err   error
}

type asked[Q, A any] struct {
	q  Q
	to chan reply[A]
}

// ask waits for the answer. When ctx ends first, nobody knows what becomes of q.
func (l *lane[Q, A]) ask(ctx context.Context, q Q) (A, error) {
	to := make(chan reply[A], 1)
	l.mu.Lock()
	if len(l.queue) >= l.maxQueue {
		l.mu.Unlock()
		var none A
		return none, errLaneFull
	}
	l.queue = append(l.queue, asked[Q, A]{q, to})
	if !l.busy {
		l.busy = true
		go l.work()
	}
	l.mu.Unlock()
	select {
	case r := <-to:
		return r.value, r.err
	case <-ctx.Done():
		var none A
		return none, errNotKnown.Because(ctx.Err())
	}
}

func (l *lane[Q, A]) work() {
	for {
		l.mu.Lock()
		n := min(len(l.queue), l.maxBatch)
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
		for i, r := range l.flush(questions) {
			batch[i].to <- r
		}
	}
}
