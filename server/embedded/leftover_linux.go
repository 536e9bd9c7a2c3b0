package embedded

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// livingIn are the processes that work in a data folder: PostgreSQL's postmaster and each of its backends make it
// their working folder. Zombies have none, so they count as dead.
func livingIn(data string) []int {
	if real, err := filepath.EvalSymlinks(data); err == nil {
		data = real
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return postmasterOf(data)
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if cwd, err := os.Readlink("/proc/" + e.Name() + "/cwd"); err != nil || cwd != data {
			continue
		}
		// Someone's shell may stand in the folder too.
		if comm, err := os.ReadFile("/proc/" + e.Name() + "/comm"); err == nil && bytes.HasPrefix(comm, []byte("postgres")) && alive(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	// "pid (name) state": the name may hold anything, so the state follows the last bracket.
	i := bytes.LastIndexByte(stat, ')')
	dead := i < 0 || i+2 >= len(stat) || stat[i+2] == 'Z' || stat[i+2] == 'X'
	return !dead && syscall.Kill(pid, 0) != syscall.ESRCH
}
