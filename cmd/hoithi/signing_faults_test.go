package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/testkit"
)

// signers ask by the API as the people of a part do, of whichever server stands there now.
type signers struct {
	t      *testing.T
	base   string
	rounds string // of the part, below organizer or judge
}

func (s signers) ask(cookie, method, path, body string, out any) (status int, err error) {
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", s.base)
	res, err := (&http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err == nil && out != nil && res.StatusCode < 300 {
		err = json.Unmarshal(raw, out)
	}
	return res.StatusCode, err
}

func (s signers) must(cookie, path, body string, out any) {
	s.t.Helper()
	method := http.MethodPost
	if body == "" && out != nil {
		method = http.MethodGet
	}
	if status, err := s.ask(cookie, method, path, body, out); err != nil || status >= 300 {
		s.t.Fatalf("%s: %d %v", path, status, err)
	}
}

// The plug is pulled after the last sheet is locked, while the secretary's check is on its way, and while the head judge
// closes: what was acknowledged stands after each start, an act that was cut off has happened whole or not at all, and
// what is signed in the end verifies.
func TestServerKilledWhileAPartIsSigned(t *testing.T) {
	databaseURL := testkit.PostgresURL(t)
	a := appBeside(t, databaseURL)
	r, err := a.PrepareJudgedRehearsal(t.Context(), "", 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	lockAll(t, a, r)
	e := evening{t: t, db: a.DB, plan: &r.Rehearsal}
	redisURL, _ := e.realRedis()
	listen := freeAddress(t)
	n := startNode(t, listen, databaseURL, redisURL, "first")
	s := signers{t: t, base: "http://" + listen, rounds: fmt.Sprintf("contests/%d/rounds/%d", r.ContestID, r.RoundID)}
	desk, head := "/api/organizer/"+s.rounds+"/judging", "/api/judge/"+s.rounds
	table := func() (v judging.JudgingView) {
		t.Helper()
		s.must(r.Host, desk, "", &v)
		return v
	}
	again := func(name string) judging.JudgingView {
		t.Helper()
		n.kill()
		n = startNode(t, listen, databaseURL, redisURL, name)
		return table()
	}

	locked := table()
	v := again("after the locks")
	if len(v.Gaps) != 0 || v.Signing.Hash == "" || v.Signing.Hash != locked.Signing.Hash || v.Performances[0].Working.Score != locked.Performances[0].Working.Score {
		t.Fatalf("after the locks: %+v, before %+v", v.Signing, locked.Signing)
	}

	// The plug goes while an act is on its way: whatever the wire said, the part is before or after the act, never between.
	cut := func(cookie, path, name string, was, next judging.SigningState) {
		t.Helper()
		seen := fmt.Sprintf(`{"hash":%q}`, table().Signing.Hash)
		answered := make(chan int, 1)
		go func() {
			status, err := s.ask(cookie, http.MethodPost, path, seen, nil)
			if err != nil {
				status = 0
			}
			answered <- status
		}()
		n.kill()
		status := <-answered
		n = startNode(t, listen, databaseURL, redisURL, name)
		switch state := table().Signing.State; {
		case state == next: // it was stored, told or not
		case state == was && status != http.StatusOK:
			s.must(cookie, path, seen, nil)
		default:
			t.Fatalf("%s: answered %d, and the part is %s", name, status, state)
		}
		if v := again("after " + name); v.Signing.State != next || v.Signing.Hash != locked.Signing.Hash {
			t.Fatalf("%s was acknowledged, and the part is %s under %s", name, v.Signing.State, v.Signing.Hash)
		}
	}
	cut(r.Host, desk+"/check", "the check", judging.PartOpen, judging.PartChecked)
	cut(r.Judges[0].Cookie, head+"/close", "the close", judging.PartChecked, judging.PartClosed)
	if n := len(table().Signing.Signatures); n != 2 {
		t.Errorf("%d signatures, want the check and the close, each once", n)
	}
	if found, err := a.Judging.Check(t.Context(), r.RoundID); err != nil || len(found) != 0 {
		t.Errorf("the signatures do not verify: %q %v", found, err)
	}
	c, err := a.Contests.Get(t.Context(), r.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	verifies(t, databaseURL, redisURL, c.Slug)
}

// lockAll brings the one turn of a rehearsal to locked sheets.
func lockAll(t *testing.T, a *app.App, r *app.JudgedRehearsal) {
	t.Helper()
	ctx := t.Context()
	if err := a.Judging.DrawOrder(ctx, r.ContestID, r.RoundID, ""); err != nil {
		t.Fatal(err)
	}
	j, err := a.Judging.Get(ctx, r.ContestID, r.RoundID)
	if err != nil {
		t.Fatal(err)
	}
	turn := j.Performances[0].ID
	if err := a.Judging.Start(ctx, r.ContestID, r.RoundID, turn); err != nil {
		t.Fatal(err)
	}
	for _, judge := range r.Judges {
		as := account.With(ctx, account.Principal{AccountID: judge.AccountID, Name: fmt.Sprintf("GK%d", judge.Seat)})
		writer, err := a.Judging.Claim(as, r.ContestID, r.RoundID)
		if err != nil {
			t.Fatal(err)
		}
		var seen []judging.MarkValue
		for i, c := range j.Criteria {
			if _, err := a.Judging.Mark(as, r.ContestID, r.RoundID, judging.NewMark{PerformanceID: turn, CriterionID: c.ID, Writer: writer,
				Seq: int64(i + 1), Value: &c.Max, ReceivedUs: time.Now().UnixMicro()}); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, judging.MarkValue{CriterionID: c.ID, Value: c.Max})
		}
		if _, err := a.Judging.Lock(as, r.ContestID, r.RoundID, judging.LockSheetData{PerformanceID: turn, Writer: writer, Marks: seen}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Judging.Finish(ctx, r.ContestID, r.RoundID, turn); err != nil {
		t.Fatal(err)
	}
}

// verifies runs the command that anybody may run beside the server.
func verifies(t *testing.T, databaseURL, redisURL, contest string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "verify", contest, "--database-url", databaseURL, "--redis-url", redisURL)
	cmd.Env = append(os.Environ(), asServer+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "findings 0") {
		t.Errorf("hoithi verify: %v\n%s", err, out)
	}
}
