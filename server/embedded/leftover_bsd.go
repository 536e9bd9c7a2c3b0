//go:build unix && !linux

package embedded

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// livingIn knows the postmaster only. Its backends end by themselves when they notice that it has gone.
func livingIn(data string) []int { return postmasterOf(data) }

// alive asks ps, as a zombie answers to signals and the number may belong to quite another program by now.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) == syscall.ESRCH {
		return false
	}
	out, err := exec.Command("/bin/ps", "-o", "stat=,command=", "-p", strconv.Itoa(pid)).Output()
	state := strings.TrimSpace(string(out))
	return err == nil && state != "" && !strings.HasPrefix(state, "Z") && strings.Contains(state, "postgres")
}
