package account

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// recorder notes the acts it is told of.
func recorder(acts *[]string) func(context.Context, pgx.Tx, int64, string, any) error {
	return func(_ context.Context, _ pgx.Tx, _ int64, action string, _ any) error {
		*acts = append(*acts, action)
		return nil
	}
}

func refuser(context.Context, pgx.Tx, int64, string, any) error { return errors.New("no record") }
