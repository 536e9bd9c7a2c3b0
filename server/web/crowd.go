package web

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
)

// What anybody may read is read by whole halls at once, and by whoever wants to do harm. So many of these requests are
// answered at the same time; the next ones wait their turn for a moment, and what would wait in vain is told to come
// back. Whoever is signed in is not held up: an evening must go on while its public page is besieged.
const (
	crowdAtOnce  = 48
	crowdWaiting = 2000
	crowdPatient = 5 * time.Second
)

var crowded = &fault.Fault{Kind: fault.Unavailable, Code: "crowded", RetryAfterSeconds: 3,
	Vi: "Đang có rất nhiều người xem cùng lúc. Chưa có gì bị mất: hãy chờ vài giây rồi tải lại.",
	En: "Very many people are looking at this at once. Nothing is lost: wait a few seconds, then reload."}

type crowd struct {
	slots   chan struct{}
	waiting atomic.Int64
	most    int64
	patient time.Duration
}

func newCrowd(atOnce int, waiting int64, patient time.Duration) *crowd {
	return &crowd{slots: make(chan struct{}, atOnce), most: waiting, patient: patient}
}

// enter waits for a turn; leave gives it back.
func (c *crowd) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-c.slots }
	select {
	case c.slots <- struct{}{}:
		return leave, nil
	default:
	}
	if c.waiting.Add(1) > c.most {
		c.waiting.Add(-1)
		return nil, crowded
	}
	defer c.waiting.Add(-1)
	timer := time.NewTimer(c.patient)
	defer timer.Stop()
	select {
	case c.slots <- struct{}{}:
		return leave, nil
	case <-timer.C:
		return nil, crowded
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// unknown tells whether nobody has said who asks. An account that somebody has made for himself says nothing: anybody
// makes as many as he likes.
func unknown(ctx context.Context) bool {
	p := account.From(ctx)
	return (p.AccountID == 0 || p.SelfMade) && p.Entry == nil
}
