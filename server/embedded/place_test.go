//go:build unix

package embedded

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/fault"
)

// The number in postmaster.pid may belong to quite another program after a restart of the machine.
func TestStalePostmasterFileIsNoObstacle(t *testing.T) {
	t.Parallel()
	newest(t, func(t *testing.T, bin Binaries) {
		dir := prepared(t, bin)
		stop(t, start(t, dir, bin))
		as, err := userFor(dataOf(dir))
		if err != nil {
			t.Fatal(err)
		}
		other := exec.Command("sleep", "1000")
		stranger, err := StartChild(other, as)
		if err != nil {
			t.Fatal(err)
		}
		defer stranger.Stop(0)
		file := fmt.Sprintf("%d\n%s\n1\n5432\n", stranger.PID(), dataOf(dir))
		if err := os.WriteFile(filepath.Join(dataOf(dir), "postmaster.pid"), []byte(file), 0o644); err != nil {
			t.Fatal(err)
		}
		start(t, dir, bin)
		select {
		case <-stranger.Done():
			t.Error("a program that has nothing to do with it was ended")
		default:
		}
	})
}

func TestDataChooseTheVersion(t *testing.T) {
	t.Parallel()
	found, err := FindBinaries(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	newest, oldest := found[0], found[len(found)-1]
	if newest.Major == oldest.Major {
		t.Skip("only one version of PostgreSQL is here")
	}
	dir := prepared(t, oldest)
	stop(t, start(t, dir, oldest))
	_, err = Start(t.Context(), Options{DataDir: dir, PostgresBin: newest.Dir})
	if f := fault.From(err); f == nil || f.Code != "postgres_major_missing" {
		t.Fatalf("data of %d under %d: %v", oldest.Major, newest.Major, err)
	}
	if s := start(t, dir, Binaries{}); !strings.HasPrefix(s.PostgresVersion, fmt.Sprint(oldest.Major)) {
		t.Errorf("the data are of %d, and %s runs", oldest.Major, s.PostgresVersion)
	}
	if s := start(t, folder(t), Binaries{}); s.PostgresVersion != newest.Version {
		t.Errorf("a new folder has %s, and %s is here", s.PostgresVersion, newest.Version)
	}
}

func TestLongPathAndHalfMadeData(t *testing.T) {
	t.Parallel()
	newest(t, func(t *testing.T, bin Binaries) {
		dir := filepath.Join(folder(t), strings.Repeat("Cuộc thi cấp huyện ", 8))
		stop(t, start(t, dir, bin))
		// As if the machine had gone down during initdb.
		half := dataOf(dir)
		if err := os.Rename(half, half+".new"); err != nil {
			t.Fatal(err)
		}
		if s := start(t, dir, bin); !s.FirstStart {
			t.Error("half-made data were taken for whole ones")
		}
	})
}

// Root's own folder is closed to the user that the server runs as.
func TestRootsDataGoWhereTheServerCanReachThem(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only for root")
	}
	closed := folder(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, filepath.Join(closed, "data"), Binaries{})
	t.Cleanup(func() { stop(t, s); _ = os.RemoveAll(s.DataDir) })
	if want := "/var/lib/hoithi/" + strings.ReplaceAll(closed[1:], "/", "-") + "-data"; s.DataDir != want {
		t.Errorf("the data are in %s, want %s", s.DataDir, want)
	}
	if _, _, ok := Running(filepath.Join(closed, "data")); !ok {
		t.Error("another command does not find them")
	}
}

// A clone under /root has its programs where the server's user cannot reach them.
func TestProgramsAreCopiedWhereTheServerCanReachThem(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only for root")
	}
	found, err := FindBinaries(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for i < len(found) && found[i].npm == "" {
		i++
	}
	if i == len(found) {
		t.Skip("the npm package is not installed")
	}
	closed := folder(t)
	if err := copyTree(found[i].npm, filepath.Join(closed, "package")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	s := start(t, dir, Binaries{Dir: filepath.Join(closed, "package", "native", "bin")})
	exec1(t, s.DatabaseURL, `SELECT 1`)
	if s.postgres.place.bin.Dir != filepath.Join(dir, "postgresql-"+found[i].Version, "native", "bin") {
		t.Errorf("runs from %s", s.postgres.place.bin.Dir)
	}
}

func TestRedisOfThisMachineOnly(t *testing.T) {
	t.Parallel()
	server, err := startRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer server.stop()
	o, err := redis.ParseURL(server.url)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(o.Addr, "127.0.0.1:") {
		t.Errorf("listens on %s", o.Addr)
	}
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	if err := client.Set(t.Context(), "k", "v", 30*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the key to run out", func() bool { return client.Exists(t.Context(), "k").Val() == 0 })
	o.Password = ""
	stranger := redis.NewClient(o)
	defer func() { _ = stranger.Close() }()
	if err := stranger.Ping(t.Context()).Err(); err == nil {
		t.Error("a client without the password is let in")
	}
}
