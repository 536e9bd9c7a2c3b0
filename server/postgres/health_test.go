package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

func TestHealthNotesOutages(t *testing.T) {
	h := NewHealth()
	h.since = time.Now().Add(-time.Hour)
	h.Report(io.ErrUnexpectedEOF)
	if h.UpFor() != 0 {
		t.Fatal("up while the database is away")
	}
	h.Report(nil)
	if h.UpFor() > time.Minute {
		t.Fatal("the outage was forgotten")
	}
	h.Report(fmt.Errorf("a frozen server: %w", context.DeadlineExceeded))
	if h.UpFor() != 0 {
		t.Fatal("up while the database is frozen")
	}
	h.Report(nil)
	h.Report(errors.New("moved on")) // an answer, though not the hoped-for one
	if h.UpFor() == 0 {
		t.Fatal("a refusal is no outage")
	}
}
