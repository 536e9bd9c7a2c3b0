package embedded

import (
	"runtime"
	"syscall"
)

// run starts the child and waits for it on one thread that lives as long as the child: Linux sends the parent-death
// signal when the *thread* that started the child ends, and Go ends threads as it likes.
func (c *Child) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c.cmd.SysProcAttr.Pdeathsig = syscall.SIGINT // PostgreSQL's fast shutdown
	if err := c.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	c.err = c.cmd.Wait()
	close(c.done)
}
