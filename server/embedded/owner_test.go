//go:build unix

package embedded

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
)

// Started with ownerEnv, the test binary is a whole program that owns a data folder, for the tests that kill one.
const ownerEnv = "HOITHI_EMBEDDED_OWNER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerEnv); dir != "" {
		s, err := Start(context.Background(), Options{DataDir: dir, PostgresBin: os.Getenv("HOITHI_POSTGRES_BIN")})
		if err != nil {
			fmt.Println("refused", fault.From(err).Code)
			os.Exit(3)
		}
		fmt.Println("running", s.DatabaseURL)
		bufio.NewScanner(os.Stdin).Scan()
		if err := s.Stop(); err != nil {
			fmt.Println("not stopped", err)
			os.Exit(4)
		}
		os.Exit(0)
	}
	code := m.Run()
	if made.dir != "" {
		_ = os.RemoveAll(made.dir)
	}
	os.Exit(code)
}

// newest runs the test with the newest PostgreSQL alone: what it shows does not depend on the version.
func newest(t *testing.T, test func(t *testing.T, bin Binaries)) {
	found, err := FindBinaries(t.Context(), os.Getenv("HOITHI_POSTGRES_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	test(t, found[0])
}

// folder is a data folder that the server's user can reach, also as root: t.TempDir is closed to it.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "hoithi-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := EndAll(context.Background(), dataOf(dir)); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(dir)
	})
	return dir
}

// prepared is a folder that holds data of a first start already, which is most of the time that a start takes.
func prepared(t *testing.T, bin Binaries) string {
	t.Helper()
	dir := folder(t)
	made.Lock()
	defer made.Unlock()
	as, err := ChildUser()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("postgres-%d", bin.Major)
	if made.dir == "" {
		if made.dir, err = os.MkdirTemp("/tmp", "hoithi-made-"); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(made.dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	from := filepath.Join(made.dir, name)
	if _, err := os.Stat(from); err != nil {
		if err := bin.InitDB(t.Context(), as, from, "--auth=trust", "--data-checksums", "--no-sync"); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("cp", "-a", from, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// made holds one new data folder a version.
var made struct {
	sync.Mutex
	dir string
}

func dataOf(dir string) string {
	all, _ := filepath.Glob(filepath.Join(dir, "postgres-*", "PG_VERSION"))
	if len(all) == 0 {
		return filepath.Join(dir, "postgres-none")
	}
	return filepath.Dir(all[0])
}

// eachVersion runs the test with the oldest and the newest PostgreSQL of this machine.
func eachVersion(t *testing.T, test func(t *testing.T, bin Binaries)) {
	found, err := FindBinaries(t.Context(), os.Getenv("HOITHI_POSTGRES_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range found {
		if i != 0 && i != len(found)-1 {
			continue
		}
		t.Run(b.Version, func(t *testing.T) { test(t, b) })
	}
}

func start(t *testing.T, dir string, bin Binaries) *Servers {
	t.Helper()
	began := time.Now()
	s, err := Start(t.Context(), Options{DataDir: dir, PostgresBin: bin.Dir})
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "postgres.log"))
		t.Fatalf("%v\n%s", err, log)
	}
	t.Cleanup(func() { stop(t, s) })
	t.Logf("PostgreSQL %s started in %d ms (new: %v)", s.PostgresVersion, time.Since(began).Milliseconds(), s.FirstStart)
	return s
}

func stop(t *testing.T, s *Servers) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, url, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// owner is another program that owns the data folder.
type owner struct {
	cmd  *exec.Cmd
	url  string
	said string
	in   *os.File
}

func startOwner(t *testing.T, dir string, bin Binaries, env ...string) *owner {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	o := &owner{cmd: exec.Command(self), in: w}
	o.cmd.Env = append(append(os.Environ(), ownerEnv+"="+dir, "HOITHI_POSTGRES_BIN="+bin.Dir), env...)
	o.cmd.Stdin = r
	o.cmd.Stderr = os.Stderr
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	t.Cleanup(func() { _ = o.cmd.Process.Kill(); _ = o.cmd.Wait() })
	lines := bufio.NewScanner(out)
	if lines.Scan() {
		o.said, o.url, _ = strings.Cut(lines.Text(), " ")
	}
	return o
}

func (o *owner) kill(t *testing.T) {
	t.Helper()
	if err := o.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = o.cmd.Wait() // it was killed
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for began := time.Now(); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("waited 30 s for %s", what)
		}
	}
}
