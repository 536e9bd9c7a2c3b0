package app

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"log/slog"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// What is restored works like what was backed up: the same people sign in, the same codes open the same entries, and
// new rows get numbers of their own.
func TestBackupAndRestore(t *testing.T) {
	ctx := t.Context()
	open := func() *App {
		a, err := New(ctx, Config{Version: "test", Node: "test", Log: slog.New(slog.DiscardHandler)}, testkit.Postgres(t), testkit.Redis(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close(ctx) })
		return a
	}
	from := open()
	d, err := from.Seed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	before, err := from.Roster.Keys(ctx, d.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	tables, rows, err := postgres.Backup(ctx, from.DB, &file)
	if err != nil || tables < 20 || rows < 200 {
		t.Fatalf("backup of %d tables, %d rows: %v", tables, rows, err)
	}
	// Into a database that is in use: refused, and nothing of it is lost.
	if _, _, err := postgres.Restore(ctx, from.DB, bytes.NewReader(file.Bytes()), int64(file.Len())); fault.From(err).Code != "database_not_empty" {
		t.Fatalf("restoring over data: %v", err)
	}
	target := testkit.Postgres(t)
	restored, restoredRows, err := postgres.Restore(ctx, target, bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil || restored != tables || restoredRows != rows {
		t.Fatalf("restored %d tables, %d rows of %d, %d: %v", restored, restoredRows, tables, rows, err)
	}
	to, err := New(ctx, Config{Version: "test", Node: "test", Log: slog.New(slog.DiscardHandler)}, target, testkit.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = to.Close(ctx) })
	after, err := to.Roster.Keys(ctx, d.ContestID)
	if err != nil || len(after) != len(before) || after[0] != before[0] {
		t.Fatalf("codes after the restore: %v, %v", after, err)
	}
	if _, err := to.Seed(ctx); err != nil {
		t.Fatalf("making a further contest after the restore: %v", err)
	}
	// A damaged file changes nothing. The damage lies within the rows of the largest table.
	damaged := bytes.Clone(file.Bytes())
	archive, err := zip.NewReader(bytes.NewReader(damaged), int64(len(damaged)))
	if err != nil {
		t.Fatal(err)
	}
	largest := slices.MaxFunc(archive.File, func(a, b *zip.File) int { return cmp.Compare(a.CompressedSize64, b.CompressedSize64) })
	offset, err := largest.DataOffset()
	if err != nil {
		t.Fatal(err)
	}
	damaged[offset+int64(largest.CompressedSize64)/2] ^= 0xff
	clean := testkit.Postgres(t)
	if _, _, err := postgres.Restore(ctx, clean, bytes.NewReader(damaged), int64(len(damaged))); err == nil {
		t.Fatal("a damaged backup was restored")
	}
	var accounts int
	if err := clean.QueryRow(ctx, `SELECT count(*) FROM account`).Scan(&accounts); err != nil || accounts != 0 {
		t.Fatalf("a failed restore left %d accounts: %v", accounts, errors.Join(err))
	}
}
