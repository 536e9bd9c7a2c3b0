package judging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/testkit"
)

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 30 * time.Second

// node starts another server on the hall's database and gives the address of its socket.
func (h *hall) node(rdb redis.UniversalClient) string {
	h.t.Helper()
	hub := live.New(live.Config{NowUs: func() int64 { return h.clockUs.Add(1) }, ShutdownSpread: time.Millisecond,
		Permit: func(context.Context, account.Principal, string, live.Params) error { return nil }})
	relay := live.NewRelay(rdb, nil, nil)
	stop := judging.NewLive(h.service(), hub, slog.New(slog.DiscardHandler)).Start(relay)
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	live.PrepareApp(app)
	app.Get("/api/live", func(c *fiber.Ctx) error {
		id, err := strconv.ParseInt(c.Cookies("as"), 10, 64)
		p := account.Principal{AccountID: id, Name: "người thử", Locale: "vi"}
		if c.Cookies("entry") != "" { // a browser that has once come in as a contestant somewhere
			p.Entry = &account.EntrySession{EntryID: 4711, ContestID: 1}
		}
		c.Locals(live.PrincipalKey, p)
		if err != nil {
			return err
		}
		return c.Next()
	}, hub.Handler())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := errors.Join(hub.Shutdown(ctx), app.ShutdownWithContext(ctx), stop(ctx)); err != nil {
			h.t.Errorf("stopping a node: %v", err)
		}
		relay.Close()
		<-served
	})
	return "http://" + ln.Addr().String() + "/api/live"
}

// screen is somebody's browser; it keeps everything it was ever sent.
type screen struct {
	*liveclient.Client
	t    testing.TB
	mu   sync.Mutex
	got  [][]byte
	more chan struct{}
}

func (h *hall) screen(url string, who context.Context, topic string) *screen {
	h.t.Helper()
	return h.screenWith(url, who, topic, "")
}

func (h *hall) screenWith(url string, who context.Context, topic, cookies string) *screen {
	h.t.Helper()
	s := &screen{t: h.t, more: make(chan struct{}, 1)}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := liveclient.Dial(ctx, liveclient.Options{URL: url, Cookie: "as=" + strconv.FormatInt(idOf(who), 10) + cookies, OnMessage: func(m liveclient.Message) {
		s.mu.Lock()
		s.got = append(s.got, bytes.Clone(m.Data))
		s.mu.Unlock()
		select {
		case s.more <- struct{}{}:
		default:
		}
	}})
	h.must(err)
	s.Client = c
	h.t.Cleanup(c.Close)
	h.must(c.Subscribe(ctx, topic))
	return s
}

func (s *screen) all() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.got...)
}

// await waits until the newest view is as it should be, and gives it.
func await[V any](s *screen, what string, right func(V) bool) V {
	s.t.Helper()
	limit := time.After(patience)
	for {
		if got := s.all(); len(got) > 0 {
			var v V
			if err := json.Unmarshal(got[len(got)-1], &v); err != nil {
				s.t.Fatal(err)
			}
			if right(v) {
				return v
			}
		}
		select {
		case <-s.more:
		case <-limit:
			s.t.Fatalf("%s did not come", what)
		}
	}
}

func (s *screen) do(kind, topic string, data, reply any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.Do(ctx, kind, topic, data, reply)
}

// Two judges on two nodes, a secretary: marks arrive at the secretary's screen as they are given, no judge is ever
// sent the other's before the own lock, and a device that was taken over learns it.
func TestJudgesAndSecretaryLive(t *testing.T) {
	h := open(t, 2, 1)
	rdb := testkit.Redis(t)
	a, b := h.node(rdb), h.node(rdb)
	topic := judging.JudgeTopicOf(h.roundID)
	secretary := h.screen(a, h.organizer, judging.OrganizerTopicOf(h.roundID))
	first, second := h.screen(a, h.judges[0], topic), h.screen(b, h.judges[1], topic)
	p := h.performance(0)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, p)) // by a node that hints nobody: it is found all the same
	await(second, "the performance on stage", func(v judging.JudgeView) bool { return v.OnStage == p })

	criteria := h.criteria()
	give := func(s *screen, writer int64, values ...int64) judging.LockSheetData {
		t.Helper()
		lock := judging.LockSheetData{PerformanceID: p, Writer: writer}
		for i, c := range criteria {
			var saved judging.MarkSaved
			h.must(s.do(judging.CommandMark, topic, judging.MarkData{PerformanceID: p, CriterionID: c.ID, Writer: writer, Seq: int64(i + 1), Value: &values[i]}, &saved))
			if n := h.count(`SELECT count(*) FROM mark WHERE writer = $1 AND seq = $2 AND received_us = $3`, writer, i+1, saved.ReceivedUs); n != 1 {
				t.Fatalf("answered with ok, but stored %d times", n)
			}
			lock.Marks = append(lock.Marks, judging.MarkValue{CriterionID: c.ID, Value: values[i]})
		}
		return lock
	}
	var one, two judging.SheetsClaimed
	h.must(first.do(judging.CommandClaim, topic, nil, &one))
	h.must(second.do(judging.CommandClaim, topic, nil, &two))
	lockFirst := give(first, one.Writer, 950, 550, 350)
	lockSecond := give(second, two.Writer, 700, 400, 250)
	await(secretary, "all marks at the secretary's", func(v judging.JudgingView) bool {
		return len(v.Performances) == 1 && v.Performances[0].Sheets[0].Total == 1850 && v.Performances[0].Sheets[1].Total == 1350
	})
	await(first, "the own marks", func(v judging.JudgeView) bool { return v.Performances[0].Sheet.Total == 1850 })
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, p))

	h.must(second.do(judging.CommandLock, topic, lockSecond, nil))
	seen := await(second, "the own locked sheet", func(v judging.JudgeView) bool { return v.Performances[0].Sheet.State == judging.Locked })
	if o := seen.Performances[0].Others; o == nil || len(o.Sheets) != 0 {
		t.Errorf("after the own lock, before the other's: %+v", o)
	}
	// The first judge goes on with a phone; the tablet is told.
	phone := h.screen(b, h.judges[0], topic)
	var three judging.SheetsClaimed
	h.must(phone.do(judging.CommandClaim, topic, nil, &three))
	await(first, "the phone's claim on the tablet", func(v judging.JudgeView) bool { return v.Writer == three.Writer })
	err := first.do(judging.CommandMark, topic, judging.MarkData{PerformanceID: p, CriterionID: criteria[0].ID, Writer: one.Writer, Seq: 99, Value: new(int64)}, nil)
	var f *liveclient.Fault
	if !errors.As(err, &f) || f.Code != "device_superseded" || f.Status != 409 {
		t.Errorf("a mark of the tablet: %v", err)
	}
	for _, m := range append(first.all(), phone.all()...) {
		if bytes.Contains(m, []byte(`"value":700`)) || bytes.Contains(m, []byte(`1350`)) {
			t.Fatalf("the first judge was sent the second one's marks before the own lock: %s", m)
		}
	}
	lockFirst.Writer = three.Writer
	h.must(phone.do(judging.CommandLock, topic, lockFirst, nil))
	done := await(second, "the score", func(v judging.JudgeView) bool {
		return v.Performances[0].Others != nil && v.Performances[0].Others.Working != nil
	})
	if w := done.Performances[0].Others; w.Working.Score != 1600 || len(w.Sheets) != 1 || w.Sheets[0].Total != 1850 {
		t.Errorf("what the second judge sees at the end: %+v", w)
	}
	await(secretary, "a performance that is complete", func(v judging.JudgingView) bool { return v.Performances[0].Complete && len(v.Gaps) == 0 })
}

func TestLiveRefusesStrangersAndJudgesAtTheTable(t *testing.T) {
	h := open(t, 1, 1)
	url := h.node(testkit.Redis(t))
	stranger := h.screen(url, h.organizer, judging.OrganizerTopicOf(h.roundID))
	err := stranger.do("subscribe", judging.JudgeTopicOf(h.roundID), nil, nil)
	var f *liveclient.Fault
	if !errors.As(err, &f) || f.Code != "not_on_panel" {
		t.Errorf("the organizer at the judges' topic: %v", err)
	}
	judge := h.screen(url, h.judges[0], judging.JudgeTopicOf(h.roundID))
	if err := judge.do("subscribe", judging.OrganizerTopicOf(h.roundID), nil, nil); !errors.As(err, &f) || f.Code != "judges_see_own_marks" {
		t.Errorf("a judge at the table of all marks: %v", err)
	}
	for what, data := range map[string]any{
		"no data":           nil,
		"a negative value":  map[string]any{"performance_id": 1, "criterion_id": 1, "writer": 1, "seq": 1, "value": -1},
		"a fraction":        map[string]any{"performance_id": 1, "criterion_id": 1, "writer": 1, "seq": 1, "value": 7.5},
		"an unknown field":  map[string]any{"performance_id": 1, "criterion_id": 1, "writer": 1, "seq": 1, "account_id": 3},
		"a missing key":     map[string]any{"performance_id": 1, "criterion_id": 1},
		"a value as a text": map[string]any{"performance_id": 1, "criterion_id": 1, "writer": 1, "seq": 1, "value": "9"},
	} {
		if err := judge.do(judging.CommandMark, judging.JudgeTopicOf(h.roundID), data, nil); !errors.As(err, &f) || f.Status != 422 {
			t.Errorf("%s: %v", what, err)
		}
	}
}
