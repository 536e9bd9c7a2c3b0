//go:build unix

package embedded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// EndAll ends every PostgreSQL process that still works on data: an orphan of a killed owner, or backends whose
// postmaster was killed. First in order, then by force, within ten seconds.
func EndAll(ctx context.Context, data string) error {
	steps := []struct {
		signal syscall.Signal
		wait   time.Duration
	}{
		{syscall.SIGINT, 5 * time.Second},  // fast shutdown: what is committed is written out
		{syscall.SIGQUIT, 3 * time.Second}, // without writing out: recovery at the next start
		{syscall.SIGKILL, 2 * time.Second},
	}
	for _, step := range steps {
		left := livingIn(data)
		for _, pid := range left {
			// SIGINT is for the postmaster alone; to a backend without one it only means "cancel the query".
			if step.signal == syscall.SIGINT && pid != postmasterPID(data) {
				continue
			}
			_ = syscall.Kill(pid, step.signal) // it may have ended meanwhile
		}
		until := time.Now().Add(step.wait)
		if p := postmasterPID(data); step.signal == syscall.SIGINT && (p == 0 || !alive(p)) {
			until = time.Now() // nobody is there who would end the rest in order
		}
		for {
			if len(livingIn(data)) == 0 {
				return nil
			}
			if !time.Now().Before(until) {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("processes %v still work on %s", livingIn(data), data)
}

// postmasterPID reads who last claimed the data folder; 0 if nobody.
func postmasterPID(data string) int {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid <= 1 || pid == os.Getpid() {
		return 0
	}
	return pid
}

// postmasterOf is what postmaster.pid alone can tell, where the system shows nothing more.
func postmasterOf(data string) []int {
	if pid := postmasterPID(data); pid != 0 && alive(pid) {
		return []int{pid}
	}
	return nil
}
