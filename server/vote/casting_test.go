package vote

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/hoithi/hoithi/server/vote/votedb"
)

// Many first requests for one address at the same moment make one letter: nobody is flooded by somebody else's presses.
func TestOneLetterHoweverManyAskAtOnce(t *testing.T) {
	h := open(t)
	jobs, err := rivermigrate.New(riverpgxv5.New(h.db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	h.must(err)
	_, err = jobs.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	h.must(err)
	x := DefaultSettings
	x.Mail = true
	h.settings(x)
	h.must(h.s.Open(h.ctx, h.contestID, h.roundID))
	// Somebody else's request that fails in the end lets all of them come to the same point.
	holder, err := h.db.Begin(t.Context())
	h.must(err)
	defer func() { _ = holder.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = h.s.q.WithTx(holder).PutCode(t.Context(), votedb.PutCodeParams{RoundID: h.roundID, Mac: h.s.mac("mail", h.roundID, "lan@example.vn"),
		CodeMac: h.s.mac("code", h.roundID, "000000"), Most: codesMost})
	h.must(err)
	answers := make(chan error, 3)
	for range 2 {
		go func() { answers <- h.s.SendCode(h.ctx, h.roundID, "lan@example.vn", "vi") }()
	}
	for waiting := 0; waiting < 2; {
		h.must(h.db.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting))
	}
	h.must(holder.Rollback(t.Context()))
	sent := 0
	for range 2 {
		switch err := <-answers; {
		case err == nil:
			sent++
		case !errors.Is(err, errSoon):
			t.Error(err)
		}
	}
	var letters int
	h.must(h.db.QueryRow(t.Context(), `SELECT count(*) FROM mail`).Scan(&letters))
	if sent != 1 || letters != 1 {
		t.Errorf("%d were told yes, %d letters are to be sent", sent, letters)
	}
}
