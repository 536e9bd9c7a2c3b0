package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	startPatience = 10 * time.Second // for what is left of another run to go away
	readyPatience = 2 * time.Minute  // for a server that lives and recovers from a crash
	stopPatience  = 10 * time.Second
	logLimit      = 8 << 20
)

// start makes the data folder if there is none, starts the server on it, and looks after it.
func (p place) start(ctx context.Context, log *slog.Logger) (*supervised, error) {
	if p.fresh {
		if err := p.bin.InitDB(ctx, p.as, p.data, append([]string{"--data-checksums"}, p.initArgs...)...); err != nil {
			return nil, errStart.Because(err)
		}
	}
	child, err := p.launch(ctx)
	if err != nil {
		return nil, errStart.Because(err).With("folder", p.dir)
	}
	s := &supervised{place: p, log: log, child: child, ended: make(chan struct{})}
	keep, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.giveUp = stop
	go s.look(keep)
	return s, nil
}

// launch starts the server and waits until it answers, trying again while something of an earlier run is in the way.
func (p place) launch(ctx context.Context) (*Child, error) {
	giveUp := time.Now().Add(startPatience)
	for {
		child, err := p.try(ctx)
		if err == nil || !time.Now().Before(giveUp) || ctx.Err() != nil {
			return child, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (p place) try(ctx context.Context) (*Child, error) {
	if err := EndAll(ctx, p.data); err != nil {
		return nil, err
	}
	// Nobody works here any more. The file may name a number that has meanwhile gone to another program, which would
	// keep the server from starting.
	if err := os.Remove(filepath.Join(p.data, "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	logFile, err := openLog(filepath.Join(p.dir, "postgres.log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = logFile.Close() }() // the child has its own by then
	cmd := p.bin.Server(p.data, p.allSettings())
	cmd.Stdout, cmd.Stderr = logFile, logFile
	child, err := StartChild(cmd, p.as)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx, child); err != nil {
		child.Stop(stopPatience, shutdownSignals...)
		return nil, err
	}
	return child, nil
}

func (p place) allSettings() map[string]string {
	all := map[string]string{
		"timezone": "UTC", "log_timezone": "UTC", "jit": "off", "log_checkpoints": "off",
		// One laptop serves a hall: room for the pool, for tools beside it, and for a second node.
		"max_connections": "100",
	}
	maps.Copy(all, p.settings)
	return all
}

// openLog opens the server's log; one that has grown large begins anew.
func openLog(path string) (*os.File, error) {
	how := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		how |= os.O_TRUNC
	}
	return os.OpenFile(path, how, 0o600)
}

// ready waits until the server answers and the database of Hội Thi is there.
func (p place) ready(ctx context.Context, child *Child) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	for {
		err := p.makeDatabase(ctx)
		if err == nil {
			return nil
		}
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code != "57P03" { // 57P03: it is starting up
			return err
		}
		select {
		case <-child.Done():
			return fmt.Errorf("the server ended: %w", errors.Join(child.Err(), err))
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (p place) makeDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'hoithi')`).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE DATABASE hoithi TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`)
	return err
}

// supervised is a server that is started again when it ends without having been told to.
type supervised struct {
	place  place
	log    *slog.Logger
	mu     sync.Mutex
	child  *Child
	giveUp context.CancelFunc
	ended  chan struct{}
}

func (s *supervised) look(ctx context.Context) {
	defer close(s.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.current().Done():
		}
		s.log.Error("the built-in PostgreSQL ended by itself; starting it again", "err", s.current().Err())
		for {
			child, err := s.place.launch(ctx)
			if ctx.Err() != nil {
				if child != nil {
					s.set(child)
				}
				return
			}
			if err == nil {
				s.set(child)
				s.log.Info("the built-in PostgreSQL runs again")
				break
			}
			s.log.Error("the built-in PostgreSQL does not start", "err", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(2 * time.Second):
			}
		}
	}
}

func (s *supervised) current() *Child {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child
}

func (s *supervised) set(c *Child) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.child = c
}

func (s *supervised) stop() {
	s.giveUp()
	<-s.ended
	s.current().Stop(stopPatience, shutdownSignals...)
	s.place.leave()
}
