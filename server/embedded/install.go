package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// UsableBy gives binaries that the user can run: these, or, where it cannot reach them (under /root, say), a copy in dir.
func (b Binaries) UsableBy(ctx context.Context, as RunAs, dir string) (Binaries, error) {
	err := b.tryAs(ctx, as, dir)
	if err == nil {
		return b, nil
	}
	from, inside := filepath.Dir(b.Dir), filepath.Base(b.Dir)
	if b.npm != "" {
		from, inside = b.npm, filepath.Join("native", "bin")
	}
	to := filepath.Join(dir, "postgresql-"+b.Version)
	if copyErr := copyTree(from, to); copyErr != nil {
		return b, fmt.Errorf("%s cannot be run (%w), nor copied: %w", b.Dir, err, copyErr)
	}
	if b.npm != "" {
		if err := makeLinks(to); err != nil {
			return b, err
		}
		b.npm = to
	}
	b.Dir = filepath.Join(to, inside)
	return b, b.tryAs(ctx, as, dir)
}

// tryAs runs the server for its version as the user, in dir: proof that both can be reached.
func (b Binaries) tryAs(ctx context.Context, as RunAs, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := b.command(ctx, "postgres", "--version")
	cmd.Dir = dir
	as.attr(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run postgres: %w: %s", err, firstLine(out))
	}
	return nil
}

func (b Binaries) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(b.Dir, exe(name)), args...)
	cmd.Env = childEnv()
	return cmd
}

// Server is the command that runs PostgreSQL on data; settings are added as -c.
func (b Binaries) Server(data string, settings map[string]string) *exec.Cmd {
	cmd := b.command(context.Background(), "postgres", "-D", data)
	for name, value := range settings {
		cmd.Args = append(cmd.Args, "-c", name+"="+value)
	}
	cmd.Dir = data
	return cmd
}

// InitDB makes a new data folder. It appears whole or not at all, as a half-made one would refuse every later start.
func (b Binaries) InitDB(ctx context.Context, as RunAs, data string, args ...string) error {
	part := data + ".new"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := as.MakeDir(part); err != nil {
		return err
	}
	// Locale C: the order of text must not change with a machine's libraries; collations are named in the queries.
	args = append([]string{"-D", part, "--username=hoithi", "--encoding=UTF8", "--locale=C"}, args...)
	cmd := b.command(ctx, "initdb", args...)
	cmd.Dir = part
	as.attr(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return os.Rename(part, data)
}
