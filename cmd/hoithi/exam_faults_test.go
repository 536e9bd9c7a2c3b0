package main

import (
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/testkit"
)

// Someone pulls the plug of the server while an exam is being taken; the time of some runs out before it is back, and
// Redis has lost everything. Nothing acknowledged is lost, the ones whose time is up are submitted as of their deadline,
// and all others go on with the time they had.
func TestServerKilledInMidExam(t *testing.T) {
	databaseURL := testkit.PostgresURL(t)
	e := newExamNight(t, databaseURL, 12)
	redisURL, redis := e.realRedis()
	listen := freeAddress(t)
	first := startNode(t, listen, databaseURL, redisURL, "first")
	all := e.takers(first.address)
	late, others := all[:5], all[5:]
	stop := streaming(t.Context(), all)
	defer stop()
	moreSaved(t, all, 5)

	first.kill()
	e.endAt(late, time.Now().UnixMicro())
	if err := redis.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	startNode(t, listen, databaseURL, redisURL, "second")
	moreSaved(t, others, 5) // they came back by themselves and go on
	for _, x := range late {
		finish, finished, deadline := e.finished(x)
		if finish != "deadline" || finished != x.deadlineUs || deadline != x.deadlineUs {
			t.Errorf("entry %d ended by %s at %d with the deadline %d; its time was up at %d", x.entry, finish, finished, deadline, x.deadlineUs)
		}
	}
	stop()
	e.submit(others)
	for _, x := range others {
		finish, finished, deadline := e.finished(x)
		if finish != "submitted" || finished >= x.deadlineUs || deadline != x.deadlineUs {
			t.Errorf("entry %d ended by %s at %d with the deadline %d; it was %d before the restart", x.entry, finish, finished, deadline, x.deadlineUs)
		}
	}
	e.check(all)
}

// Postgres is away for some seconds while an exam is being taken, and the time of some runs out meanwhile: nothing is
// acknowledged that is not stored, and what waited is stored before anything is closed.
func TestPostgresAwayInMidExam(t *testing.T) {
	server := testkit.OwnPostgres(t)
	e := newExamNight(t, server.URL, 9)
	redisURL, _ := e.realRedis()
	n := startNode(t, "127.0.0.1:0", server.URL, redisURL, "only")
	all := e.takers(n.address)
	late, others := all[:4], all[4:]
	stop := streaming(t.Context(), all)
	defer stop()
	moreSaved(t, all, 5)

	e.endAt(late, time.Now().Add(500*time.Millisecond).UnixMicro())
	server.Stop()
	time.Sleep(4 * time.Second) // the trial itself: four seconds without a database
	server.Start()
	moreSaved(t, others, 5)
	for _, x := range late {
		if finish, finished, _ := e.finished(x); finish != "deadline" || finished != x.deadlineUs {
			t.Errorf("entry %d ended by %s at %d, its time was up at %d", x.entry, finish, finished, x.deadlineUs)
		}
	}
	stop()
	e.submit(others)
	for _, x := range others {
		e.finished(x)
	}
	e.check(all)
}
