package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// gathered waits until so many questions wait in the lane.
func gathered[Q, A any](l *Lane[Q, A], n int) {
	for {
		l.mu.Lock()
		there := len(l.queue)
		l.mu.Unlock()
		if there == n {
			return
		}
		runtime.Gosched()
	}
}

// A lone question is answered at once; what comes meanwhile makes one batch.
func TestLaneGathersOnlyWhileBusy(t *testing.T) {
	var sizes []int
	entered, leave := make(chan struct{}), make(chan struct{})
	l := Lane[int, int]{MaxBatch: 100, MaxQueue: 100, Flush: func(batch []int) []Reply[int] {
		sizes = append(sizes, len(batch))
		entered <- struct{}{}
		<-leave
		replies := make([]Reply[int], len(batch))
		for i := range batch {
			replies[i].Value = batch[i] * 2
		}
		return replies
	}}
	var wg sync.WaitGroup
	ask := func(q int) {
		wg.Go(func() {
			if v, err := l.Ask(t.Context(), q); err != nil || v != 2*q {
				t.Errorf("%d: %d %v", q, v, err)
			}
		})
	}
	ask(1)
	<-entered
	for i := range 50 {
		ask(i)
	}
	gathered(&l, 50)
	leave <- struct{}{}
	<-entered
	leave <- struct{}{}
	wg.Wait()
	if fmt.Sprint(sizes) != "[1 50]" {
		t.Fatal(sizes)
	}
}

// Whatever comes in whatever batches: everybody gets the own answer, the own error, and never that of another.
func TestLaneNeverMixesAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wrong := errors.New("refused")
		panics := rapid.IntRange(0, 400).Draw(t, "the batch that panics with")
		short := rapid.IntRange(0, 400).Draw(t, "the batch that is cut short with")
		l := Lane[int, int]{MaxBatch: rapid.IntRange(1, 40).Draw(t, "most"), MaxQueue: 1000, Flush: func(batch []int) []Reply[int] {
			replies := make([]Reply[int], len(batch))
			for i, q := range batch {
				switch {
				case q == panics:
					panic("a bad question")
				case q == short:
					return replies[:i]
				case q%7 == 0:
					replies[i].Err = fmt.Errorf("%d: %w", q, wrong)
				default:
					replies[i].Value = q * q
				}
			}
			return replies
		}}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var said []string
		for q := 1; q <= 300; q++ {
			ctx, cancel := context.WithCancel(context.Background())
			if q%5 == 0 {
				cancel() // stops waiting
			}
			wg.Go(func() {
				defer cancel()
				a, err := l.Ask(ctx, q)
				right := err == nil && a == q*q && q%7 != 0 || q%7 == 0 && errors.Is(err, wrong) && err.Error() == fmt.Sprintf("%d: refused", q) ||
					q%5 == 0 && errors.Is(err, ErrNotAwaited) || errors.Is(err, errLaneBroken)
				if !right {
					mu.Lock()
					said = append(said, fmt.Sprintf("%d was told %d, %v", q, a, err))
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(said) > 0 {
			t.Fatal(said)
		}
	})
}

// Who stops waiting takes nothing from the others, and a lane that is full says so at once.
func TestLaneLetsGoOfThoseWhoLeave(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	l := Lane[int, int]{MaxBatch: 10, MaxQueue: 2, Flush: func(batch []int) []Reply[int] {
		entered <- struct{}{}
		<-leave
		return make([]Reply[int], len(batch))
	}}
	left, stop := context.WithCancel(t.Context())
	gone, stayed := make(chan error, 1), make(chan error, 2)
	go func() { _, err := l.Ask(left, 1); gone <- err }()
	<-entered
	for range 2 {
		go func() { _, err := l.Ask(t.Context(), 2); stayed <- err }()
	}
	gathered(&l, 2)
	if _, err := l.Ask(t.Context(), 3); !errors.Is(err, ErrLaneFull) {
		t.Errorf("a full lane says %v", err)
	}
	stop()
	if err := <-gone; !errors.Is(err, ErrNotAwaited) || !errors.Is(err, context.Canceled) {
		t.Errorf("the one who left heard %v", err)
	}
	leave <- struct{}{}
	<-entered
	leave <- struct{}{}
	for range 2 {
		if err := <-stayed; err != nil {
			t.Errorf("one who stayed heard %v", err)
		}
	}
}
