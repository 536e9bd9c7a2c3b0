//go:build unix && !linux

package embedded

import (
	"os/exec"
	"strconv"
	"syscall"
)

// run starts the child and, beside it, a guard: a shell that reads from a pipe which only this process holds open.
// When this process dies the pipe ends, and the guard interrupts the child.
func (c *Child) run(started chan<- error) {
	if err := c.cmd.Start(); err != nil {
		started <- err
		return
	}
	guard := exec.Command("/bin/sh", "-c", `cat >/dev/null; kill -INT "$1"`, "guard", strconv.Itoa(c.PID()))
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	held, err := guard.StdinPipe()
	if err == nil {
		err = guard.Start()
	}
	if err != nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		started <- err
		return
	}
	started <- nil
	c.err = c.cmd.Wait()
	// The guard goes first: its number to kill may soon belong to another.
	_ = syscall.Kill(-guard.Process.Pid, syscall.SIGKILL)
	_ = guard.Wait()
	_ = held.Close()
	close(c.done)
}
