package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/embedded"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// logFlags choose how the program logs.
type logFlags struct {
	LogLevel  string `help:"Least level that is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"HOITHI_LOG_LEVEL"`
	LogFormat string `help:"Form of the log on standard error: text or json." enum:"text,json" default:"text" env:"HOITHI_LOG_FORMAT"`
}

func (f logFlags) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(f.LogLevel)) // the flag's enum has checked it
	options := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// storeFlags say where the data is. Every command that touches data has them.
type storeFlags struct {
	Data        string `help:"Folder of the built-in PostgreSQL's data; used when no database is configured." default:"data" type:"path" env:"HOITHI_DATA"`
	DatabaseURL string `help:"PostgreSQL to use (15 or newer): postgres://user:password@host:5432/hoithi. Empty: the built-in one." env:"HOITHI_DATABASE_URL"`
	RedisURL    string `help:"Redis to use: redis://user:password@host:6379/0. Empty: the built-in one, for a single node." env:"HOITHI_REDIS_URL"`
	PostgresBin string `help:"Folder with initdb, pg_ctl and postgres for the built-in PostgreSQL. Empty: the system's, or the npm package's." type:"path" env:"HOITHI_POSTGRES_BIN"`
}

// beside lets a command work beside a server that runs on the data folder: it uses that server's database and Redis.
func (f *storeFlags) beside() {
	if f.DatabaseURL != "" {
		return
	}
	if databaseURL, redisURL, ok := embedded.Running(f.Data); ok {
		f.DatabaseURL = databaseURL
		if f.RedisURL == "" {
			f.RedisURL = redisURL
		}
	}
}

// stores are open connections, and what must be ended with them.
type stores struct {
	db    *pgxpool.Pool
	redis redis.UniversalClient
	stop  func()
}

var redisAway = fault.New(fault.Unavailable, "redis_unreachable",
	"Không kết nối được với Redis trong HOITHI_REDIS_URL. Hãy kiểm tra địa chỉ, mật khẩu và máy chủ Redis.",
	"The Redis of HOITHI_REDIS_URL cannot be reached. Check the address, the password and the server.")

var redisAddress = fault.New(fault.Invalid, "redis_url_invalid",
	"Địa chỉ Redis (HOITHI_REDIS_URL) viết sai. Mẫu đúng: redis://tên:mật-khẩu@máy-chủ:6379/0",
	"The Redis address (HOITHI_REDIS_URL) is not well-formed. It looks like redis://name:password@host:6379/0")

// open is for a command beside serve: when a program of this machine serves from the same data folder already, the
// command joins its built-in servers; else it opens the stores as serve does.
func (f storeFlags) open(ctx context.Context, log *slog.Logger) (*stores, error) {
	if f.DatabaseURL != "" {
		return f.own(ctx, log)
	}
	if databaseURL, redisURL, running := embedded.Running(f.Data); running {
		f.DatabaseURL = databaseURL
		if f.RedisURL == "" {
			f.RedisURL = redisURL
		}
	}
	return f.own(ctx, log)
}

// own connects to the configured servers, or starts the built-in ones. What is configured and wrong is an error:
// there is no silent falling back.
func (f storeFlags) own(ctx context.Context, log *slog.Logger) (s *stores, err error) {
	var ends []func()
	stop := func() {
		for i := len(ends) - 1; i >= 0; i-- {
			ends[i]()
		}
	}
	defer func() {
		if err != nil {
			stop()
		}
	}()
	databaseURL, redisURL := f.DatabaseURL, f.RedisURL
	if databaseURL == "" || redisURL == "" {
		servers, err := embedded.Start(ctx, embedded.Options{DataDir: f.Data, PostgresBin: f.PostgresBin, Log: log,
			NoPostgres: databaseURL != "", NoRedis: redisURL != ""})
		if err != nil {
			return nil, err
		}
		ends = append(ends, func() {
			if err := servers.Stop(); err != nil {
				log.Error("stopping the built-in servers", "error", err)
			}
		})
		if databaseURL == "" {
			databaseURL = servers.DatabaseURL
		}
		if redisURL == "" {
			redisURL = servers.RedisURL
		}
	}
	db, err := postgres.Open(ctx, databaseURL, postgres.Options{Patience: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	ends = append(ends, db.Close)
	options, err := redis.ParseURL(redisURL)
	if err != nil {
		return nil, redisAddress.Because(errors.New("the address is not well-formed")) // the error would show the password
	}
	client := redis.NewClient(options)
	ends = append(ends, func() { _ = client.Close() })
	ping, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := client.Ping(ping).Err(); err != nil {
		return nil, redisAway.Because(err)
	}
	return &stores{db: db, redis: client, stop: stop}, nil
}
