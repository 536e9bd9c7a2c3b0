//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// TryLock takes the lock at path or says ErrLocked.
func TryLock(path string) (*Lock, error) {
	return lockFile(path, syscall.LOCK_EX|syscall.LOCK_NB)
}

// ShareLock waits until nobody holds the lock alone, then holds it with others.
func ShareLock(path string) (*Lock, error) {
	return lockFile(path, syscall.LOCK_SH)
}

func lockFile(path string, how int) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &Lock{f}, nil
}

func release(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
