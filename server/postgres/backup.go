package postgres

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/fault"
)

// A backup is one zip file: manifest.json, and every table as PostgreSQL's COPY writes it, all of one moment. It is
// also the way from one major version of PostgreSQL to the next.

const backupFormat = 1

type manifest struct {
	Format    int              `json:"format"`
	MadeAt    time.Time        `json:"made_at"`
	Schema    int64            `json:"schema"` // version of the last migration
	Tables    []backupTable    `json:"tables"` // parents before those that refer to them
	Sequences map[string]int64 `json:"sequences"`
}

type backupTable struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
}

var (
	notABackup = fault.New(fault.Invalid, "not_a_backup",
		"Tệp này không phải bản sao lưu của Hội Thi, hoặc đã hỏng. Chưa có gì thay đổi.",
		"This file is no backup of Hội Thi, or it is damaged. Nothing was changed.")
	otherSchema = fault.New(fault.Conflict, "backup_other_version",
		"Bản sao lưu thuộc phiên bản khác của chương trình. Hãy phục hồi bằng đúng phiên bản đã sao lưu, rồi nâng cấp.",
		"The backup belongs to another version of the program. Restore it with that version, then upgrade.")
	notEmpty = fault.New(fault.Conflict, "database_not_empty",
		"Cơ sở dữ liệu đích đã có dữ liệu nên không phục hồi, để không mất gì. Hãy dùng một cơ sở dữ liệu hoặc thư mục dữ liệu mới.",
		"The target database holds data already, so nothing was restored, and nothing is lost. Use a new database or data folder.")
)

// tablesInOrder lists our tables, each after those that it refers to. Those of the tools (migrations, jobs) are left
// out: they are made anew.
const tablesInOrder = `
WITH RECURSIVE own AS (
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'goose_db_version' AND c.relname NOT LIKE 'river\_%'
), link AS (
    SELECT DISTINCT conrelid AS child, confrelid AS parent FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid
), depth AS (
    SELECT oid, relname, 0 AS level FROM own
    UNION
    SELECT o.oid, o.relname, d.level + 1 FROM depth d JOIN link l ON l.parent = d.oid JOIN own o ON o.oid = l.child WHERE d.level < 50
)
SELECT d.relname, (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
                   WHERE a.attrelid = d.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
FROM depth d GROUP BY d.oid, d.relname ORDER BY max(d.level), d.relname`

// Backup writes everything to w, as it is at one moment. The program may go on working meanwhile.
func Backup(ctx context.Context, pool *pgxpool.Pool, w io.Writer) (tables int, rows int64, err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return 0, 0, Fault(err)
	}
	defer conn.Release()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return 0, 0, Fault(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it has only read
	if err := unlimited(ctx, tx); err != nil {
		return 0, 0, err
	}
	m, err := describe(ctx, tx)
	if err != nil {
		return 0, 0, err
	}
	archive := zip.NewWriter(w)
	for i := range m.Tables {
		t := &m.Tables[i]
		entry, err := archive.Create("tables/" + t.Name)
		if err != nil {
			return 0, 0, err
		}
		tag, err := tx.Conn().PgConn().CopyTo(ctx, entry, fmt.Sprintf("COPY %s (%s) TO STDOUT", quoted(t.Name), quotedAll(t.Columns)))
		if err != nil {
			return 0, 0, fmt.Errorf("back up table %s: %w", t.Name, Fault(err))
		}
		t.Rows = tag.RowsAffected()
		rows += t.Rows
	}
	entry, err := archive.Create("manifest.json")
	if err != nil {
		return 0, 0, err
	}
	if err := json.NewEncoder(entry).Encode(m); err != nil {
		return 0, 0, err
	}
	return len(m.Tables), rows, archive.Close()
}

func unlimited(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`)
	if err == nil {
		_, err = tx.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`)
	}
	return Fault(err)
}

func describe(ctx context.Context, tx pgx.Tx) (manifest, error) {
	m := manifest{Format: backupFormat, MadeAt: time.Now().UTC(), Sequences: map[string]int64{}}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&m.Schema); err != nil {
		return m, Fault(err)
	}
	rows, err := tx.Query(ctx, tablesInOrder)
	if err != nil {
		return m, Fault(err)
	}
	m.Tables, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t backupTable, err error) {
		err = row.Scan(&t.Name, &t.Columns)
		return t, err
	})
	if err != nil {
		return m, Fault(err)
	}
	rows, err = tx.Query(ctx, `SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences
		WHERE schemaname = 'public' AND sequencename NOT LIKE 'river\_%' AND sequencename NOT LIKE 'goose\_%'`)
	if err != nil {
		return m, Fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var last int64
		if err := rows.Scan(&name, &last); err != nil {
			return m, Fault(err)
		}
		m.Sequences[name] = last
	}
	return m, Fault(rows.Err())
}

// Restore fills a migrated database that holds nothing yet, all or nothing.
func Restore(ctx context.Context, pool *pgxpool.Pool, r io.ReaderAt, size int64) (tables int, rows int64, err error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return 0, 0, notABackup.Because(err)
	}
	m, err := readManifest(archive)
	if err != nil {
		return 0, 0, err
	}
	err = InTx(ctx, pool, func(tx pgx.Tx) error {
		if err := unlimited(ctx, tx); err != nil {
			return err
		}
		now, err := describe(ctx, tx)
		if err != nil {
			return err
		}
		if now.Schema != m.Schema || len(now.Tables) != len(m.Tables) {
			return otherSchema
		}
		if err := empty(ctx, tx, now.Tables); err != nil {
			return err
		}
		for _, t := range m.Tables {
			n, err := restoreTable(ctx, tx, archive, t)
			if err != nil {
				return err
			}
			rows += n
		}
		for name, last := range m.Sequences {
			if last == 0 {
				continue
			}
			if _, err := tx.Exec(ctx, `SELECT setval($1::regclass, $2)`, quoted(name), last); err != nil {
				return err
			}
		}
		return nil
	})
	return len(m.Tables), rows, Fault(err)
}

func readManifest(archive *zip.Reader) (m manifest, err error) {
	f, err := archive.Open("manifest.json")
	if err != nil {
		return m, notABackup.Because(err)
	}
	defer func() { _ = f.Close() }()
	if err := json.NewDecoder(io.LimitReader(f, 1<<20)).Decode(&m); err != nil {
		return m, notABackup.Because(err)
	}
	if m.Format != backupFormat {
		return m, otherSchema
	}
	return m, nil
}

// empty refuses a database that holds anything but what the migrations and the first start of the program make.
func empty(ctx context.Context, tx pgx.Tx, tables []backupTable) error {
	for _, t := range tables {
		switch t.Name {
		case "server_secret", "sign_in_link", "stage_node", "unit_tree":
			if _, err := tx.Exec(ctx, "DELETE FROM "+quoted(t.Name)); err != nil {
				return err
			}
			continue
		}
		var any bool
		if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %s)", quoted(t.Name))).Scan(&any); err != nil {
			return err
		}
		if any {
			return notEmpty.With("table", t.Name)
		}
	}
	return nil
}

func restoreTable(ctx context.Context, tx pgx.Tx, archive *zip.Reader, t backupTable) (int64, error) {
	f, err := archive.Open("tables/" + t.Name)
	if err != nil {
		return 0, notABackup.Because(err)
	}
	defer func() { _ = f.Close() }()
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, f, fmt.Sprintf("COPY %s (%s) FROM STDIN", quoted(t.Name), quotedAll(t.Columns)))
	if err != nil {
		return 0, fmt.Errorf("restore table %s: %w", t.Name, err)
	}
	if tag.RowsAffected() != t.Rows {
		return 0, notABackup.Because(errors.New("table " + t.Name + " has another number of rows than the manifest says"))
	}
	return t.Rows, nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

func quotedAll(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = quoted(n)
	}
	return strings.Join(list, ", ")
}
