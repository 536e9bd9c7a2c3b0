package stage

import (
	"context"
	"errors"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

var (
	errLaneFull = fault.New(fault.Unavailable, "answers_waiting",
		"Máy chủ đang chờ cơ sở dữ liệu nên chưa lưu được. Máy của bạn sẽ tự gửi lại.",
		"The server waits for its database, so this is not saved yet. Your device will send it again by itself.")
	errNotKnown = fault.New(fault.Unavailable, "answer_not_known",
		"Chưa biết câu trả lời đã được lưu chưa. Máy của bạn sẽ tự hỏi lại.",
		"It is not known yet whether this was saved. Your device will ask again by itself.")
)

// lane is a postgres.Lane that speaks to contestants.
type lane[Q, A any] struct{ postgres.Lane[Q, A] }

type reply[A any] = postgres.Reply[A]

func newLane[Q, A any](maxBatch int, flush func(batch []Q) []reply[A]) lane[Q, A] {
	return lane[Q, A]{postgres.Lane[Q, A]{Flush: flush, MaxBatch: maxBatch, MaxQueue: 50_000}}
}

// ask waits for the answer. When ctx ends first, nobody knows what becomes of q.
func (l *lane[Q, A]) ask(ctx context.Context, q Q) (A, error) {
	a, err := l.Ask(ctx, q)
	switch {
	case errors.Is(err, postgres.ErrLaneFull):
		err = errLaneFull
	case errors.Is(err, postgres.ErrNotAwaited):
		err = errNotKnown.Because(err)
	}
	return a, err
}
