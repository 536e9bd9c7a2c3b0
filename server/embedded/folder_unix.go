//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
)

var shutdownSignals = []os.Signal{syscall.SIGINT, syscall.SIGQUIT} // fast; then without writing out

// canReach tells whether the child's user may walk to dir: through every folder above it that exists.
func canReach(dir string) bool {
	data, _ := filepath.Glob(filepath.Join(dir, "postgres-*", "PG_VERSION")) // the pattern is well-formed
	as, err := userFor(filepath.Dir(append(data, filepath.Join(dir, "PG_VERSION"))[0]))
	if err != nil || !as.switched {
		return true // our own user: an attempt will tell
	}
	for above := filepath.Dir(dir); ; above = filepath.Dir(above) {
		if info, err := os.Stat(above); err == nil && !as.mayEnter(info) {
			return false
		}
		if above == filepath.Dir(above) {
			return true
		}
	}
}

func (u RunAs) mayEnter(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return false
	case int(owner.Uid) == u.UID:
		return info.Mode()&0o100 != 0
	case int(owner.Gid) == u.GID:
		return info.Mode()&0o010 != 0
	}
	return info.Mode()&0o001 != 0
}

// openTo makes the data folder: closed to others, except that the child's user may walk through it to its own.
func openTo(dir string) error {
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&mode == mode {
		return err
	}
	return os.Chmod(dir, info.Mode().Perm()|mode)
}

// userFor is who the server runs as: for root, whoever owns the data that are there already, else ChildUser.
func userFor(data string) (RunAs, error) {
	if os.Geteuid() == 0 {
		if info, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
			if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid != 0 {
				return RunAs{UID: int(owner.Uid), GID: int(owner.Gid), switched: true}, nil
			}
		}
	}
	return ChildUser()
}

// longestSocket is what every system takes as the path of a socket.
const longestSocket = 100

// reachBy puts the server on a socket in a folder that only its user may enter, and off the network.
func (p *place) reachBy() error {
	run := filepath.Join(p.dir, "run")
	if len(filepath.Join(run, ".s.PGSQL.5432.lock")) > longestSocket {
		sum := fnv.New64a()
		_, _ = sum.Write([]byte(p.dir)) // never fails
		run = fmt.Sprintf("/tmp/hoithi-%d-%x", os.Geteuid(), sum.Sum64())
	}
	if err := p.as.MakeDir(run); err != nil {
		return err
	}
	p.settings = map[string]string{"listen_addresses": "", "unix_socket_directories": run, "unix_socket_permissions": "0700"}
	p.leave = func() { _ = os.Remove(run) } // the socket has gone with its server; the next start makes it again
	p.initArgs = []string{"--auth=trust"}   // who can enter the folder is this user
	p.url = func(database string) string {
		u := url.URL{Scheme: "postgres", User: url.User("hoithi"), Path: "/" + database}
		u.RawQuery = url.Values{"host": {run}, "sslmode": {"disable"}}.Encode()
		return u.String()
	}
	return nil
}

// MakeDir makes a folder that belongs to the user, closed to others. One that a stranger has put there is refused.
func (u RunAs) MakeDir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(path) // a link, too, is a stranger's
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || (int(owner.Uid) != u.UID && int(owner.Uid) != os.Geteuid()) {
		return fmt.Errorf("%s belongs to another user", path)
	}
	if u.switched {
		if err := os.Lchown(path, u.UID, u.GID); err != nil {
			return err
		}
	}
	return os.Chmod(path, 0o700)
}
