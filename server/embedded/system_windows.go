package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

var shutdownSignals = []os.Signal{os.Interrupt}

// RunAs is the user that a child runs as: on Windows always our own.
type RunAs struct{}

// ChildUser is this process's own user.
func ChildUser() (RunAs, error) { return RunAs{}, nil }

func userFor(string) (RunAs, error) { return RunAs{}, nil }
func canReach(string) bool          { return true }
func openTo(dir string) error       { return os.MkdirAll(dir, 0o700) }

func (RunAs) attr(cmd *exec.Cmd) {
	cmd.SysProcAttr = &windows.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// MakeDir makes a folder.
func (RunAs) MakeDir(path string) error { return os.MkdirAll(path, 0o700) }

// EndAll has nothing to end: the job object takes the server with its owner.
func EndAll(context.Context, string) error { return nil }

// run puts the child into a job that ends with this process.
func (c *Child) run(started chan<- error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		started <- err
		return
	}
	defer func() { _ = windows.CloseHandle(job) }()
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		started <- err
		return
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(c.cmd.Process.Pid))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, process)
		_ = windows.CloseHandle(process)
	}
	if err != nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		started <- err
		return
	}
	started <- nil
	c.err = c.cmd.Wait()
	close(c.done)
}

// reachBy puts the server on a free port of this machine alone, behind a password that is kept with the data.
func (p *place) reachBy() error {
	file := filepath.Join(p.dir, "postgres-password")
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) && p.fresh {
		raw = []byte(rand.Text())
		err = os.WriteFile(file, raw, 0o600)
	}
	if err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		return err
	}
	p.settings = map[string]string{"listen_addresses": "127.0.0.1", "port": strconv.Itoa(port)}
	p.leave = func() {}
	p.initArgs = []string{"--auth=scram-sha-256", "--pwfile=" + file}
	p.url = func(database string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword("hoithi", strings.TrimSpace(string(raw))),
			Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/" + database, RawQuery: "sslmode=disable"}
		return u.String()
	}
	return nil
}

// TryLock takes the lock at path or says ErrLocked.
func TryLock(path string) (*Lock, error) {
	return lockFile(path, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
}

// ShareLock waits until nobody holds the lock alone, then holds it with others.
func ShareLock(path string) (*Lock, error) { return lockFile(path, 0) }

func lockFile(path string, flags uint32) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
	if err != nil {
		_ = f.Close()
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			return nil, ErrLocked
		}
		return nil, err
	}
	return &Lock{f}, nil
}

func release(f *os.File) {
	_ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &windows.Overlapped{})
}
