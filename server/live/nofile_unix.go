//go:build unix

package live

import (
	"fmt"
	"syscall"
)

// CheckNoFile tells whether this process may open enough files for so many sockets besides what else it needs.
// Go has raised the soft limit to the hard one by now, so only who starts the process can raise it further.
func CheckNoFile(sockets int) error {
	const besides = 512
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("read the limit of open files: %w", err)
	}
	if want := uint64(sockets) + besides; uint64(limit.Cur) < want {
		return fmt.Errorf("this process may open %d files, but %d connections need %d: raise the limit (ulimit -n, LimitNOFILE)",
			limit.Cur, sockets, want)
	}
	return nil
}
