// Package embedded starts the two servers that Hội Thi needs when none is configured: a real PostgreSQL as a child
// process with its data in one folder, and a Redis-compatible server inside this process.
//
// It must leave nothing behind that keeps the next start from working, however this process ended, and it must never
// touch a server that belongs to another data folder. Nothing outside this package knows that the servers are built in.
package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Options say where the servers live.
type Options struct {
	// DataDir is the one folder that holds everything.
	DataDir string
	// PostgresBin is the folder of PostgreSQL's programs; empty: look for them.
	PostgresBin string
	// NoPostgres and NoRedis leave one out: a server of the user's own is there for it.
	NoPostgres, NoRedis bool
	// Log gets what the servers do; nil: the default one.
	Log *slog.Logger
}

// Servers are running, until Stop is called or this process ends.
type Servers struct {
	DatabaseURL string
	RedisURL    string
	// DataDir is where the data are: not always where they were asked for, see DataDir.
	DataDir string
	// PostgresVersion is what runs, "18.4".
	PostgresVersion string
	// FirstStart tells that the database was made just now.
	FirstStart bool

	lock     *Lock
	postgres *supervised
	redis    *redisServer
}

// Start starts both servers, on the data of last time if there are any. Only one program at a time may use a data folder.
func Start(ctx context.Context, o Options) (*Servers, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Servers{}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Servers) start(ctx context.Context, o Options) error {
	if !o.NoPostgres {
		if err := s.startPostgres(ctx, o); err != nil {
			return err
		}
	}
	if !o.NoRedis {
		var err error
		if s.redis, err = startRedis(); err != nil {
			return err
		}
		s.RedisURL = s.redis.url
	}
	if s.lock == nil {
		return nil // without data there is no folder to be found by
	}
	if err := s.announce(); err != nil {
		return errFolder.Because(err).With("folder", s.DataDir)
	}
	return nil
}

func (s *Servers) startPostgres(ctx context.Context, o Options) (err error) {
	began := time.Now()
	if s.DataDir, err = DataDir(o.DataDir); err != nil {
		return errFolder.Because(err).With("folder", o.DataDir)
	}
	// Running holds the lock for a moment, to look; so does a child of an owner that was killed while starting it.
	for range 20 {
		if s.lock, err = TryLock(filepath.Join(s.DataDir, "lock")); !errors.Is(err, ErrLocked) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if errors.Is(err, ErrLocked) {
		return errInUse.Because(fmt.Errorf("%s: %w", s.DataDir, err)).With("folder", s.DataDir)
	}
	if err != nil {
		return errFolder.Because(err).With("folder", s.DataDir)
	}
	place, err := choose(ctx, s.DataDir, o.PostgresBin)
	if err != nil {
		return err
	}
	s.PostgresVersion, s.FirstStart = place.bin.Version, place.fresh
	if s.postgres, err = place.start(ctx, o.Log); err != nil {
		return err
	}
	s.DatabaseURL = place.url("hoithi")
	o.Log.Info("built-in PostgreSQL started", "version", s.PostgresVersion, "folder", s.DataDir, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// Stop stops the servers, PostgreSQL in order. It may be called again.
func (s *Servers) Stop() (err error) {
	if s.lock != nil {
		err = os.Remove(filepath.Join(s.DataDir, announced))
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	}
	if s.redis != nil {
		s.redis.stop()
		s.redis = nil
	}
	if s.postgres != nil {
		s.postgres.stop()
		s.postgres = nil
	}
	if s.lock != nil {
		s.lock.Unlock()
		s.lock = nil
	}
	return err
}

// announced is the file that tells other commands on this machine where the servers are. It is for this user alone.
const announced = "running.json"

type announcement struct {
	DatabaseURL string `json:"database_url"`
	RedisURL    string `json:"redis_url"`
}

func (s *Servers) announce() error {
	raw, err := json.Marshal(announcement{s.DatabaseURL, s.RedisURL})
	if err != nil {
		return err
	}
	path := filepath.Join(s.DataDir, announced)
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Running gives the addresses of the servers that another process of this machine runs on the data folder, so that a
// command can work beside it. False: none runs.
func Running(dataDir string) (databaseURL, redisURL string, ok bool) {
	dir, err := whereIs(dataDir)
	if err != nil || !isFile(filepath.Join(dir, announced)) {
		return "", "", false
	}
	lock, err := TryLock(filepath.Join(dir, "lock"))
	if err == nil {
		lock.Unlock()
	}
	if !errors.Is(err, ErrLocked) {
		return "", "", false
	}
	raw, err := os.ReadFile(filepath.Join(dir, announced))
	if err != nil {
		return "", "", false
	}
	var a announcement
	if json.Unmarshal(raw, &a) != nil || a.DatabaseURL == "" {
		return "", "", false
	}
	return a.DatabaseURL, a.RedisURL, true
}
