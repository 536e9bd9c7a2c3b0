package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hoithi/hoithi/server/fault"
)

// ErrUnknownCommit is the cause of a transaction of which nobody knows whether it was committed: the connection broke
// after COMMIT was sent. Whoever gets it asks the database again, and never guesses.
var ErrUnknownCommit = errors.New("the outcome of the commit is unknown")

var errAway = fault.New(fault.Unavailable, "database_away",
	"Cơ sở dữ liệu tạm thời không trả lời. Những gì đã báo \"Đã lưu\" vẫn an toàn; lần vừa rồi có thể chưa được lưu. Hãy thử lại sau giây lát.",
	"The database does not answer for the moment. Whatever was shown as saved is safe; the last act may not have been. Try again shortly.")

// Fault gives err the words for people: an unreachable database, or one that has not answered in time, becomes
// database_away, a fault stays itself.
func Fault(err error) error {
	var f *fault.Fault
	switch {
	case err == nil, errors.As(err, &f):
		return err
	case IsUnknownCommit(err), IsConnectionLost(err), IsUnavailable(err), Code(err) == "57014", errors.Is(err, context.DeadlineExceeded):
		a := errAway.Because(err)
		a.RetryAfterSeconds = 2
		return a
	}
	return err
}

// Code is the SQLSTATE of err, or "".
func Code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// IsUniqueViolation tells whether err says that a unique key exists already; with names, whether it is one of these
// constraints.
func IsUniqueViolation(err error, constraints ...string) bool {
	return violates(err, "23505", constraints)
}

// IsForeignKeyViolation tells whether err says that a referenced row is missing, or that one is still referenced.
func IsForeignKeyViolation(err error, constraints ...string) bool {
	return violates(err, "23503", constraints)
}

// IsCheckViolation tells whether err says that a CHECK was not met.
func IsCheckViolation(err error, constraints ...string) bool {
	return violates(err, "23514", constraints)
}

func violates(err error, code string, constraints []string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != code {
		return false
	}
	if len(constraints) == 0 {
		return true
	}
	for _, c := range constraints {
		if pg.ConstraintName == c {
			return true
		}
	}
	return false
}

// IsBadData tells whether err lies in the data (class 22) or breaks a constraint (class 23): trying the same again is
// useless; in a batch, only the guilty row is to be refused.
func IsBadData(err error) bool {
	c := Code(err)
	return strings.HasPrefix(c, "22") || strings.HasPrefix(c, "23")
}

// IsContention tells whether err is a serialization failure or a deadlock: nothing was written, the same may be tried again.
func IsContention(err error) bool {
	c := Code(err)
	return c == "40001" || c == "40P01"
}

// IsUnavailable tells whether the server could not be reached, is starting or shutting down, or has no connection
// left: a matter of waiting.
func IsUnavailable(err error) bool {
	switch c := Code(err); {
	case strings.HasPrefix(c, "08"), strings.HasPrefix(c, "57P"), strings.HasPrefix(c, "53"):
		return true
	case c != "":
		return false
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	return IsConnectionLost(err)
}

// IsConnectionLost tells whether the connection broke under a statement. What had been written in an open transaction
// is undone by the server; only after COMMIT was sent is the outcome unknown (see IsUnknownCommit).
func IsConnectionLost(err error) bool {
	if err == nil {
		return false
	}
	if c := Code(err); c != "" {
		return strings.HasPrefix(c, "08") || strings.HasPrefix(c, "57P")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var op net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.As(err, &op) || pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed")
}

// IsUnknownCommit tells whether nobody knows if the transaction was committed.
func IsUnknownCommit(err error) bool { return errors.Is(err, ErrUnknownCommit) }
