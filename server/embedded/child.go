package embedded

import (
	"os"
	"os/exec"
	"time"
)

// Child is a process that ends with this one, whatever ends it.
type Child struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// StartChild starts cmd as the given user. When this process dies, by whatever cause, the child gets an interrupt.
func StartChild(cmd *exec.Cmd, as RunAs) (*Child, error) {
	as.attr(cmd)
	c := &Child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go c.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	return c, nil
}

// PID is the child's process number.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Done is closed when the child has ended and was reaped.
func (c *Child) Done() <-chan struct{} { return c.done }

// Err is how the child ended; only after Done.
func (c *Child) Err() error { return c.err }

// Stop sends each signal in turn, waiting for the child to end after each; then it is killed.
func (c *Child) Stop(patience time.Duration, signals ...os.Signal) {
	for _, s := range signals {
		_ = c.cmd.Process.Signal(s) // one that has ended already needs none
		select {
		case <-c.done:
			return
		case <-time.After(patience):
		}
	}
	_ = c.cmd.Process.Kill()
	<-c.done
}
