package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hoithi/hoithi/server/postgres"
)

type backupCommand struct {
	logFlags
	storeFlags
	File string `arg:"" help:"File to write, such as hoithi-2026-12-12.zip. It must not exist yet." type:"path"`
}

// Run writes a backup. The file gets its name only when it is whole.
func (c *backupCommand) Run(ctx context.Context) error {
	if _, err := os.Stat(c.File); err == nil {
		return fmt.Errorf("%s exists already: choose another name", c.File)
	}
	c.beside()
	s, err := c.open(ctx, c.logger())
	if err != nil {
		return err
	}
	defer s.stop()
	f, err := os.CreateTemp(filepath.Dir(c.File), ".hoithi-backup-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when it got its name
	tables, rows, err := postgres.Backup(ctx, s.db, f)
	if err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), c.File); err != nil {
		return err
	}
	fmt.Printf("%s: %d tables, %d rows\n", c.File, tables, rows)
	return nil
}

type restoreCommand struct {
	logFlags
	storeFlags
	File string `arg:"" help:"Backup to read." type:"existingfile"`
}

// Run fills an empty database from a backup.
func (c *restoreCommand) Run(ctx context.Context) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	s, err := c.open(ctx, c.logger())
	if err != nil {
		return err
	}
	defer s.stop()
	if err := postgres.Migrate(ctx, s.db); err != nil {
		return err
	}
	tables, rows, err := postgres.Restore(ctx, s.db, f, info.Size())
	if err != nil {
		return err
	}
	fmt.Printf("restored %d tables, %d rows\n", tables, rows)
	return nil
}
