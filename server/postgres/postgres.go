// Package postgres opens the one database of Hội Thi and holds what every room needs around it: migrations,
// transactions, the classes of errors, and contest time.
//
// It must never know a concept of the field, and never hide from its caller whether a transaction was committed.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/fault"
)

// Options change how a pool is opened. The zero value is right for a node.
type Options struct {
	// ApplicationName is shown in pg_stat_activity.
	ApplicationName string
	// MaxConns limits the pool. Postgres works best with few connections; waiting in the pool is cheaper than in it.
	MaxConns int32
	// StatementTimeout ends a statement that hangs; IdleInTransactionTimeout one whose node has gone silent.
	StatementTimeout         time.Duration
	IdleInTransactionTimeout time.Duration
	// ConnectTimeout limits one attempt to connect.
	ConnectTimeout time.Duration
	// Patience is how long Open waits for a server that is starting or not yet reachable. Zero: one attempt.
	Patience time.Duration
}

func (o Options) withDefaults() Options {
	if o.ApplicationName == "" {
		o.ApplicationName = "hoithi"
	}
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 15 * time.Second
	}
	if o.IdleInTransactionTimeout == 0 {
		o.IdleInTransactionTimeout = 15 * time.Second
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = 5 * time.Second
	}
	return o
}

// oldestServer is the oldest major version that the SQL is written for and tested on.
const oldestServer = 15

// Faults of opening. They name the server and the database, never the password.
var (
	errURL = fault.New(fault.Invalid, "database_url_invalid",
		"Địa chỉ cơ sở dữ liệu (HOITHI_DATABASE_URL) viết sai. Mẫu đúng: postgres://tên:mật-khẩu@máy-chủ:5432/hoithi",
		"The database address (HOITHI_DATABASE_URL) is not well-formed. It looks like postgres://name:password@host:5432/hoithi")
	errUnreachable = fault.New(fault.Unavailable, "database_unreachable",
		"Không kết nối được với PostgreSQL. Hãy kiểm tra máy chủ đã chạy chưa, địa chỉ và cổng trong HOITHI_DATABASE_URL có đúng không.",
		"PostgreSQL cannot be reached. Check that it is running and that the host and port in HOITHI_DATABASE_URL are right.")
	errRefused = fault.New(fault.Unauthenticated, "database_sign_in_refused",
		"PostgreSQL từ chối tên đăng nhập hoặc mật khẩu trong HOITHI_DATABASE_URL.",
		"PostgreSQL refuses the user name or the password in HOITHI_DATABASE_URL.")
	errNoDatabase = fault.New(fault.NotFound, "database_missing",
		"PostgreSQL chạy, nhưng chưa có cơ sở dữ liệu được ghi trong HOITHI_DATABASE_URL. Hãy tạo nó trước (CREATE DATABASE).",
		"PostgreSQL is running, but the database named in HOITHI_DATABASE_URL does not exist. Create it first (CREATE DATABASE).")
	errTooOld = fault.New(fault.Invalid, "database_too_old",
		"PostgreSQL này quá cũ. Hội Thi cần bản 15 trở lên.",
		"This PostgreSQL is too old. Hội Thi needs version 15 or newer.")
)

// Open connects to the server at url and proves that it answers. The error is a fault whose words say what to mend.
func Open(ctx context.Context, url string, o Options) (*pgxpool.Pool, error) {
	o = o.withDefaults()
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil || strings.TrimSpace(url) == "" {
		if err == nil {
			err = errors.New("empty address")
		}
		return nil, errURL.Because(err)
	}
	cfg.MaxConns = o.MaxConns
	cfg.MinIdleConns = min(2, o.MaxConns)
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.HealthCheckPeriod = 15 * time.Second
	cfg.ConnConfig.ConnectTimeout = o.ConnectTimeout
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = o.ApplicationName
	params["statement_timeout"] = milliseconds(o.StatementTimeout)
	params["idle_in_transaction_session_timeout"] = milliseconds(o.IdleInTransactionTimeout)
	// Calendar times leave the database as instants; a session's zone must not change any text or date arithmetic.
	params["timezone"] = "UTC"
	// A plan that was made while a table was empty would be kept while the table fills: on a new server, when ten
	// thousand people begin an exam, responses then waited for many seconds. Planning anew costs a fraction of a
	// millisecond a statement.
	params["plan_cache_mode"] = "force_custom_plan"

	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, errURL.Because(err)
	}
	if err := firstAnswer(ctx, pool, o.Patience); err != nil {
		pool.Close()
		return nil, explain(err, cfg.ConnConfig.Config)
	}
	return pool, nil
}

func milliseconds(d time.Duration) string {
	return strconv.FormatInt(d.Milliseconds(), 10)
}

// firstAnswer asks the server for its version until it answers, refuses for good, or patience runs out.
func firstAnswer(ctx context.Context, pool *pgxpool.Pool, patience time.Duration) error {
	giveUp := time.Now().Add(patience)
	for {
		var version int
		err := pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version)
		if err == nil {
			if version/10000 < oldestServer {
				return errTooOld.With("version", strconv.Itoa(version/10000))
			}
			return nil
		}
		if !IsUnavailable(err) || !time.Now().Before(giveUp) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// explain turns a failure to connect into the fault that says what to mend.
func explain(err error, c pgconn.Config) error {
	if errors.Is(err, errTooOld) {
		return err
	}
	f := errUnreachable
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case strings.HasPrefix(pg.Code, "28"):
			f = errRefused
		case pg.Code == "3D000":
			f = errNoDatabase
		}
	}
	server := net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
	return f.Because(fmt.Errorf("server %s, database %q, user %q: %w", server, c.Database, c.User, err)).
		With("server", server).With("database", c.Database)
}
