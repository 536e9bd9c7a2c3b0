package account

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/testkit"
)

// phones gives sessions of so many entries; what each must be found to be follows from its place.
func phones(t testing.TB, db *pgxpool.Pool, n int) (s *Service, tokens []string) {
	t.Helper()
	s, err := New(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	var hashes [][]byte
	for range n {
		token := NewToken()
		tokens, hashes = append(tokens, token), append(hashes, HashToken(token))
	}
	if _, err := db.Exec(t.Context(), `INSERT INTO session (token_hash, entry_id, contest_id, expires_at, user_agent)
		SELECT h, 1000 + n, 7, now() + interval '1 day', '' FROM unnest($1::bytea[]) WITH ORDINALITY AS x (h, n) ORDER BY n`, hashes); err != nil {
		t.Fatal(err)
	}
	return s, tokens
}

// All phones come back at once, some of them twice, some with a token that never was, some that leave again: each is
// found to be who it is, and nobody somebody else.
func TestThousandsWhoComeBackAreThemselves(t *testing.T) {
	t.Parallel()
	s, tokens := phones(t, testkit.Postgres(t), 2000)
	if _, err := s.db.Exec(t.Context(), `UPDATE session SET last_seen_at = now() - interval '1 hour' WHERE entry_id % 3 = 0;`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(t.Context(), `UPDATE session SET revoked_at = now() WHERE entry_id % 10 = 0`); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i, token := range tokens {
		entry := int64(1000 + i + 1)
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%17 == 0 {
				cancel()
			}
			p, err := s.Identify(ctx, Principal{}, "", token)
			switch {
			case err != nil && i%17 == 0 && errors.Is(err, context.Canceled):
			case err != nil:
				t.Errorf("entry %d: %v", entry, err)
			case entry%10 == 0:
				if p.Entry != nil {
					t.Errorf("the ended session of entry %d stands", entry)
				}
			case p.Entry == nil || p.Entry.EntryID != entry || p.Entry.ContestID != 7:
				t.Errorf("entry %d was taken for %+v", entry, p.Entry)
			}
		})
		if i%11 == 0 {
			all.Go(func() {
				if p, err := s.Identify(t.Context(), Principal{}, "", NewToken()); err != nil || p.Entry != nil {
					t.Errorf("a token that never was: %+v, %v", p.Entry, err)
				}
			})
		}
	}
	all.Wait()
	var old int
	if err := s.db.QueryRow(t.Context(), `SELECT count(*) FROM session WHERE last_seen_at < now() - interval '10 minutes' AND revoked_at IS NULL`).Scan(&old); err != nil || old != 0 {
		t.Errorf("%d sessions in use are not noted as such, %v", old, err)
	}
}

// While the database is away everybody is told so, and nobody is taken for a stranger.
func TestNobodyIsAStrangerWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	db := testkit.Postgres(t)
	s, tokens := phones(t, db, 20)
	db.Close()
	var all sync.WaitGroup
	for _, token := range tokens {
		all.Go(func() {
			if _, err := s.Identify(t.Context(), Principal{}, "", token); err == nil {
				t.Error("a phone was taken for a stranger")
			}
		})
	}
	all.Wait()
}

// BenchmarkReconnectStorm is the coming back of 5,000 phones at once: their sessions read one by one, as it was before,
// and together.
func BenchmarkReconnectStorm(b *testing.B) {
	const n = 5000
	db := testkit.Postgres(b)
	s, tokens := phones(b, db, n)
	oneByOne := func(ctx context.Context, token string) (int64, error) {
		var id, entry int64
		var last time.Time
		err := db.QueryRow(ctx, `SELECT s.id, s.entry_id, s.last_seen_at FROM session s LEFT JOIN account a ON a.id = s.account_id
			WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now() AND a.disabled_at IS NULL`, HashToken(token)).Scan(&id, &entry, &last)
		if err == nil && time.Since(last) > 10*time.Minute {
			_, err = db.Exec(ctx, `UPDATE session SET last_seen_at = now() WHERE id = $1 AND last_seen_at < now() - interval '5 minutes'`, id)
		}
		return entry, err
	}
	together := func(ctx context.Context, token string) (int64, error) {
		p, err := s.Identify(ctx, Principal{}, "", token)
		if err != nil {
			return 0, err
		}
		return p.Entry.EntryID, nil
	}
	for _, old := range []bool{false, true} {
		for _, way := range []struct {
			name string
			read func(context.Context, string) (int64, error)
		}{{"one_by_one", oneByOne}, {"together", together}} {
			b.Run(fmt.Sprintf("%s/silent=%t", way.name, old), func(b *testing.B) {
				for b.Loop() {
					if old {
						b.StopTimer()
						if _, err := db.Exec(b.Context(), `UPDATE session SET last_seen_at = now() - interval '1 hour'`); err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
					}
					var all sync.WaitGroup
					for i, token := range tokens {
						all.Go(func() {
							if entry, err := way.read(b.Context(), token); err != nil || entry != int64(1000+i+1) {
								b.Errorf("phone %d is %d, %v", i, entry, err)
							}
						})
					}
					all.Wait()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/storm")
			})
		}
		b.Run(fmt.Sprintf("alone/one_by_one/%t", old), func(b *testing.B) {
			for b.Loop() {
				_, _ = oneByOne(b.Context(), tokens[0])
			}
		})
		b.Run(fmt.Sprintf("alone/together/%t", old), func(b *testing.B) {
			for b.Loop() {
				_, _ = together(b.Context(), tokens[0])
			}
		})
	}
}
