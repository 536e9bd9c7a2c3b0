package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/migrations"
	"github.com/hoithi/hoithi/server/postgres"
)

// templateLock keeps two test processes from making the same template at once.
const templateLock = 0x7465737474706c

var madeTemplate = sync.OnceValues(makeTemplate)

// template is the name of the database that all tests with these migrations are cloned from.
func template(t testing.TB) string {
	t.Helper()
	serverURL(t) // says itself why there is none
	name, err := madeTemplate()
	if err != nil {
		t.Fatalf("testkit: template database: %v", err)
	}
	return name
}

func makeTemplate() (name string, err error) {
	sum, err := migrationsSum()
	if err != nil {
		return "", err
	}
	name = "tpl_" + sum
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	server, err := theServer()
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	// Closing the connection lets go of the lock.
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(templateLock)); err != nil {
		return "", err
	}
	var whole bool
	err = conn.QueryRow(ctx, "SELECT coalesce(bool_or(datistemplate), false) FROM pg_database WHERE datname = $1", name).Scan(&whole)
	if err != nil || whole {
		return name, err
	}
	return name, fillTemplate(ctx, conn, name)
}

// fillTemplate makes the database; only a whole one is marked as a template.
func fillTemplate(ctx context.Context, conn *pgx.Conn, name string) error {
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name + " TEMPLATE template0"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	cfg := conn.Config().Copy()
	address := fmt.Sprintf("host=%s port=%d user=%s password='%s' dbname=%s sslmode=disable", cfg.Host, cfg.Port, cfg.User, cfg.Password, name)
	if cfg.TLSConfig != nil {
		address += " sslmode=require"
	}
	pool, err := postgres.Open(ctx, address, postgres.Options{ApplicationName: "hoithi testkit"})
	if err != nil {
		return err
	}
	err = postgres.Migrate(ctx, pool)
	pool.Close()
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+name+" IS_TEMPLATE true")
	return err
}

// migrationsSum names the state of all migrations: another state, another template.
func migrationsSum() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := migrations.FS.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%s %d\n%s", path, len(body), body)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}
