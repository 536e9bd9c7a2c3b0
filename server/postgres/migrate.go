package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/hoithi/hoithi/migrations"
	"github.com/hoithi/hoithi/server/fault"
)

// migrationLock is the advisory lock under which a database is migrated, the letters of "hoithi".
const migrationLock int64 = 0x686f69746869

var errNewer = fault.New(fault.Conflict, "database_newer",
	"Cơ sở dữ liệu này đã được một bản Hội Thi mới hơn nâng cấp. Hãy chạy bản mới đó; dữ liệu vẫn nguyên vẹn.",
	"This database was upgraded by a newer Hội Thi. Run that newer version; the data are untouched.")

// Migrate brings the database up to the newest migration. Several nodes may start at once: one migrates, the others
// wait and find the work done.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	return migrate(ctx, pool, migrations.FS)
}

func migrate(ctx context.Context, pool *pgxpool.Pool, files fs.FS) error {
	// Connections of its own: a migration may rightly take longer than any statement of a request.
	cfg := pool.Config().ConnConfig.Copy()
	cfg.RuntimeParams = maps.Clone(cfg.RuntimeParams)
	cfg.RuntimeParams["statement_timeout"] = "0"
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	db := stdlib.OpenDB(*cfg)
	defer func() { _ = db.Close() }()

	lock, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// Closing the connection would keep it in the pool with the lock held; db.Close, which runs last, ends it.
	defer func() { _ = lock.Close() }()
	if _, err := lock.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		return fmt.Errorf("migrate: take the lock: %w", err)
	}

	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true))
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := refuseNewer(ctx, db, provider); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// refuseNewer keeps an old program from working on tables that it does not know.
func refuseNewer(ctx context.Context, db *sql.DB, provider *goose.Provider) error {
	var exists bool
	err := db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&exists)
	if err != nil || !exists {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if current > target {
		return errNewer.With("database", fmt.Sprint(current)).With("program", fmt.Sprint(target))
	}
	return nil
}
