package embedded

import (
	"errors"
	"os"
)

// Lock is held on a file for as long as its process lives; the system lets go of it however the process ends.
type Lock struct{ file *os.File }

// ErrLocked says that another process holds the lock.
var ErrLocked = errors.New("locked by another process")

// Unlock lets go. Closing alone would not do: a child that is just being started holds the file, too, for a moment.
func (l *Lock) Unlock() {
	release(l.file)
	_ = l.file.Close()
}
