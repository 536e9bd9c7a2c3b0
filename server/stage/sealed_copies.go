package stage

import (
	"context"
	"sync"
	"time"
)

// sealedCopiesBytes is how much of the sealed files a node keeps ready.
const sealedCopiesBytes = 64 << 20

// sealedCopies keeps sealed files that are being fetched by many, so that each is read and encrypted once.
type sealedCopies struct {
	mu    sync.Mutex
	at    map[string]*sealedCopy
	bytes int
	uses  int64
}

type sealedCopy struct {
	made chan struct{} // closed when blob or err is there
	blob []byte
	err  error
	used int64
}

// get gives the copy, or makes it; whoever comes meanwhile waits for the same. The making runs under the context of the
// service: one who leaves takes nothing from the others.
func (x *sealedCopies) get(ctx, service context.Context, id string, seal func(context.Context) ([]byte, error)) ([]byte, error) {
	x.mu.Lock()
	if x.at == nil {
		x.at = map[string]*sealedCopy{}
	}
	c := x.at[id]
	if c == nil {
		c = &sealedCopy{made: make(chan struct{})}
		x.at[id] = c
		go x.make(service, id, c, seal)
	}
	x.uses++
	c.used = x.uses
	x.mu.Unlock()
	select {
	case <-c.made:
		return c.blob, c.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (x *sealedCopies) make(service context.Context, id string, c *sealedCopy, seal func(context.Context) ([]byte, error)) {
	ctx, cancel := context.WithTimeout(service, 20*time.Second)
	defer cancel()
	blob, err := seal(ctx)
	x.mu.Lock()
	defer x.mu.Unlock()
	c.blob, c.err = blob, err
	if c.err != nil {
		delete(x.at, id) // the next one tries again
	} else {
		x.bytes += len(c.blob)
		x.forget(id)
	}
	close(c.made)
}

// forget drops what was not asked for the longest, but not the one that was made just now. The caller holds mu.
func (x *sealedCopies) forget(keep string) {
	for x.bytes > sealedCopiesBytes {
		oldest := ""
		for id, c := range x.at {
			if id != keep && c.blob != nil && (oldest == "" || c.used < x.at[oldest].used) {
				oldest = id
			}
		}
		if oldest == "" {
			return
		}
		x.bytes -= len(x.at[oldest].blob)
		delete(x.at, oldest)
	}
}
