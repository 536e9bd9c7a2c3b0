//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// RunAs is the user that a child runs as. PostgreSQL refuses to run as root.
type RunAs struct {
	UID, GID int
	switched bool
}

// ChildUser is this process's own user, or, for root, postgres, or nobody. Only users with an entry in passwd will do:
// initdb asks for its own name.
func ChildUser() (RunAs, error) {
	if os.Geteuid() != 0 {
		return RunAs{UID: os.Geteuid(), GID: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2); err != nil {
			return RunAs{}, fmt.Errorf("user %s: %w", name, err)
		}
		if uid != 0 {
			return RunAs{UID: uid, GID: gid, switched: true}, nil
		}
	}
	return RunAs{}, errors.New("running as root, and there is neither a user postgres nor nobody to run PostgreSQL as")
}

// attr makes cmd run as the user, in a process group of its own: Ctrl-C in the terminal is for us, not for it.
func (u RunAs) attr(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if u.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(u.UID), Gid: uint32(u.GID)}
	}
}
