package account

import (
	"context"
	"errors"
	"time"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// After a break of the network thousands of phones come back within two seconds, and each is asked who it is. Their
// sessions are read together; see docs/decisions/0007-reading-together.md.
const (
	sessionsAtOnce  = 500
	sessionsWaiting = 50_000
	sessionsTimeout = 5 * time.Second
	touchAfter      = 10 * time.Minute
)

var errManyWait = fault.New(fault.Unavailable, "sessions_waiting",
	"Máy chủ đang nhận rất nhiều thiết bị cùng lúc. Chưa có gì bị mất; trang sẽ tự thử lại.",
	"The server is receiving very many devices at once. Nothing is lost; the page will try again by itself.")

// session is a session that has not ended; without an entry and an account: there is none.
type session = accountdb.SessionsByTokensRow

func newSessionLane(q *accountdb.Queries) *postgres.Lane[string, session] {
	return &postgres.Lane[string, session]{MaxBatch: sessionsAtOnce, MaxQueue: sessionsWaiting,
		Flush: func(hashes []string) []postgres.Reply[session] { return readSessions(q, hashes) }}
}

// session finds the session of a token. It is read after it was asked for, never from memory: one that was ended a
// moment ago is ended.
func (s *Service) session(ctx context.Context, token string) (session, error) {
	found, err := s.sessions.Ask(ctx, string(HashToken(token)))
	switch {
	case errors.Is(err, postgres.ErrLaneFull):
		return session{}, errManyWait.Because(err)
	case err != nil:
		return session{}, unavailable(err)
	}
	return found, nil
}

func readSessions(q *accountdb.Queries, hashes []string) []postgres.Reply[session] {
	ctx, cancel := context.WithTimeout(context.Background(), sessionsTimeout)
	defer cancel()
	replies := make([]postgres.Reply[session], len(hashes))
	tokens := make([][]byte, len(hashes))
	for i, h := range hashes {
		tokens[i] = []byte(h)
	}
	rows, err := q.SessionsByTokens(ctx, tokens)
	if err != nil {
		for i := range replies {
			replies[i].Err = err
		}
		return replies
	}
	byHash := make(map[string]session, len(rows))
	var touch []int64
	for _, row := range rows {
		byHash[string(row.TokenHash)] = row
		if time.Since(row.LastSeenAt) > touchAfter {
			touch = append(touch, row.ID)
		}
	}
	if len(touch) > 0 {
		_ = q.TouchSessions(ctx, touch) // a note that fails harms nobody
	}
	for i, h := range hashes {
		replies[i].Value = byHash[h] // the same phone may have asked twice
	}
	return replies
}
