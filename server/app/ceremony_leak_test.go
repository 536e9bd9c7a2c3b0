package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/ceremony"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/stage"
	"github.com/hoithi/hoithi/server/web"
)

// evening is a contest whose points came in after the freeze: three entries with totals that stand nowhere else.
type evening struct {
	t       *testing.T
	a       *App
	address string
	plan    *Rehearsal
	slug    string
	ctx     context.Context // the organizer's
	secret  []string        // each robot's total
	outside []*outsider
}

// outsider is somebody who may not know yet: what the needs permit is subscribed to and called.
type outsider struct {
	listener
	cookie string
	needs  []web.Need
	step   atomic.Int64 // number of the ceremony's view that was heard last
}

// Nothing that anybody but the hosts can receive tells a total while the board is frozen, after the result has become
// final, and in a ceremony before its step: every topic that they may subscribe to is heard, and every route that they may
// call is called, at each step. Afterwards the same reading finds everything.
func TestTheFreezeAndTheCeremonyLeakNothing(t *testing.T) {
	t.Parallel()
	e := frozenEvening(t)
	e.quiet("while the board is frozen", nil)
	plan, err := e.a.Results.Awards(e.ctx, e.plan.ContestID)
	e.must(err)
	c, err := e.a.Contests.Get(e.ctx, e.plan.ContestID)
	e.must(err)
	for i, d := range c.Divisions {
		for _, name := range []string{"GIAIKINMOT", "GIAIKINHAI"} {
			plan.Awards = append(plan.Awards, result.Award{DivisionID: d.ID, Name: fmt.Sprint(name, i), Count: 1})
		}
	}
	plan.SidePrizes = []result.SidePrize{{Name: "GIAIKINPHU", EntryID: e.plan.Robots[0].EntryID, Receiver: "NGUOIKIN"}}
	e.must(e.a.Results.SaveAwards(e.ctx, c.ID, plan))
	e.exec(`UPDATE contest SET state = 'ended' WHERE id = $1`, c.ID)
	p, err := e.a.Results.Preview(e.ctx, c.ID)
	e.must(err)
	final, err := e.a.Results.Finalize(e.ctx, c.ID, p.InputsHash, "")
	e.must(err)
	seal := result.Seal(final.Hash)
	// Pages say that a result is final by this word: nobody outside may hear it before it has been told.
	isFinal := []string{`"finalized"`}
	all := append(append([]string{"GIAIKIN", "NGUOIKIN", seal, fmt.Sprintf("%x", final.Hash)}, isFinal...), e.secret...)
	e.quiet("once it is final but not told", all)
	if err := e.a.Boards.Thaw(e.ctx, c.ID); err == nil {
		t.Error("a thaw told a final result")
	}

	// A rehearsal shows made-up names; it tells nothing and leaves nothing.
	e.must(e.a.Ceremonies.SaveSettings(e.ctx, c.ID, 0, ceremony.Settings{Slow: 1, Rest: ceremony.RestPages}))
	e.must(e.a.Ceremonies.Begin(e.ctx, c.ID, e.desk().Seq, true))
	for e.desk().Next != nil {
		e.press(ceremony.CueNext)
	}
	e.quiet("in a rehearsal", append([]string{"NGUOIKIN", seal}, e.secret...))
	e.press(ceremony.CueFinish)
	e.press(ceremony.CueStop)
	e.quiet("after a rehearsal", append([]string{"NGUOIKIN", seal}, e.secret...))
	var traces int
	e.must(e.a.DB.QueryRow(e.ctx, `SELECT (SELECT count(*) FROM ceremony_move) + (SELECT count(*) FROM ceremony WHERE script IS NOT NULL)
		+ (SELECT count(*) FROM audit_event WHERE action LIKE 'ceremony.%' AND action <> 'ceremony.settings')`).Scan(&traces))
	if traces != 0 {
		t.Errorf("a rehearsal left %d traces", traces)
	}

	// The night itself, key press by key press.
	e.must(e.a.Ceremonies.Begin(e.ctx, c.ID, e.desk().Seq, false))
	if f := new(fault.Fault); !errors.As(e.a.Results.Tell(e.ctx, c.ID), &f) || f.Code != "ceremony_under_way" {
		t.Errorf("telling at once in the middle of a ceremony: %v", f)
	}
	for {
		d := e.desk()
		told := map[int64]bool{}
		for _, r := range d.Live.Told {
			told[r.EntryID] = true
		}
		hidden := slices.Clone(isFinal)
		for i, r := range e.plan.Robots {
			if !told[r.EntryID] {
				hidden = append(hidden, e.secret[i])
			}
		}
		line := e.words(d)
		for _, word := range []string{"NGUOIKIN", "GIAIKINMOT0", "GIAIKINHAI0", "GIAIKINPHU", seal} {
			if !strings.Contains(line, word) {
				hidden = append(hidden, word)
			}
		}
		e.quiet(fmt.Sprintf("at step %d", d.Position), hidden)
		if d.Next == nil {
			break
		}
		e.press(ceremony.CueNext)
	}
	// Two consoles press at once: one of them is told that the ceremony has moved on.
	seq := e.desk().Seq
	e.must(e.a.Ceremonies.Do(e.ctx, c.ID, seq, ceremony.CueBack, 0))
	if f := new(fault.Fault); !errors.As(e.a.Ceremonies.Do(e.ctx, c.ID, seq, ceremony.CueBack, 0), &f) || f.Code != "ceremony_moved_on" {
		t.Errorf("a second console: %v", f)
	}
	e.press(ceremony.CueNext)
	if _, err := e.a.Results.Final(e.ctx, e.slug); err == nil {
		t.Error("the results page knows the result before the ceremony has ended")
	}
	// Whoever comes after a crash reads where it stood from Postgres alone.
	other := ceremony.New(e.a.Ceremonies.Parts)
	if d, err := other.Desk(e.ctx, c.ID); err != nil || d.Position != e.desk().Position || d.Live.Scene.Kind != ceremony.StepClosing {
		t.Errorf("another node knows position %d, %v", d.Position, err)
	}
	e.press(ceremony.CueFinish)
	for _, o := range e.outside { // the same reading finds everything now: it would have found it before
		sent := e.read(o)
		for _, word := range append([]string{"GIAIKINMOT0", "NGUOIKIN", seal, isFinal[0]}, e.secret...) {
			if !strings.Contains(sent, word) {
				t.Errorf("after the ceremony the %s does not find %s", o.name, word)
			}
		}
	}
	v, err := e.a.Results.Verify(e.ctx, c.ID)
	if err != nil || len(v.Findings) > 0 {
		t.Errorf("verify: %+v, %v", v.Findings, err)
	}
}

// words are those that the steps made so far have told, and the names of awards and prizes with them.
func (e *evening) words(d ceremony.DeskView) string {
	var b strings.Builder
	for _, s := range d.Steps[:d.Position] {
		fmt.Fprintln(&b, s.Award, s.Names)
	}
	fmt.Fprintln(&b, d.Live.Seal)
	return b.String()
}

func (e *evening) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *evening) exec(sql string, args ...any) {
	e.t.Helper()
	_, err := e.a.DB.Exec(e.t.Context(), sql, args...)
	e.must(err)
}

func (e *evening) desk() ceremony.DeskView {
	e.t.Helper()
	d, err := e.a.Ceremonies.Desk(e.ctx, e.plan.ContestID)
	e.must(err)
	return d
}

func (e *evening) press(cue ceremony.Cue) {
	e.t.Helper()
	e.must(e.a.Ceremonies.Do(e.ctx, e.plan.ContestID, e.desk().Seq, cue, 0))
}

// frozenEvening freezes the board before the first answer and then lets the points come in.
func frozenEvening(t *testing.T) *evening {
	t.Helper()
	a, address := running(t)
	plan, err := a.PrepareRehearsal(t.Context(), "", 3)
	e := &evening{t: t, a: a, address: address, plan: plan, secret: []string{"77713", "44401", "55532"}}
	e.must(err)
	e.ctx = account.With(t.Context(), account.Principal{AccountID: 1, Name: "Ban Tổ chức"})
	e.exec(`UPDATE contest SET rehearsal_of = NULL WHERE id = $1`, plan.ContestID)
	// All in one division, so that the order is one.
	e.exec(`UPDATE entry SET division_id = (SELECT min(id) FROM division WHERE contest_id = $1) WHERE contest_id = $1`, plan.ContestID)
	e.exec(`UPDATE round SET weight = 10000 WHERE contest_id = $1`, plan.ContestID)
	e.slug = publicSlug(t, a, plan.ContestID)
	items := secretItems(t, a, plan)
	points := []int64{44422, 33291, 11110}
	for i := range items {
		items[i].Points = &points[i]
	}
	setup, err := a.Stage.Setup(t.Context(), plan.ContestID, plan.RoundID)
	e.must(err)
	_, err = a.Stage.SaveItems(t.Context(), plan.ContestID, plan.RoundID, setup.Version, items)
	e.must(err)
	e.exec(`UPDATE stage_round SET scoring = 'fixed' WHERE round_id = $1`, plan.RoundID)
	host := listen(t, a, address, &listener{name: "host"}, plan.Host, plan, false)
	cue := func(c stage.Cue) {
		t.Helper()
		for {
			_, seq, err := a.Stage.Seq(t.Context(), plan.RoundID)
			e.must(err)
			err = host.Do(t.Context(), "cue", fmt.Sprintf("organizer/round/%d", plan.RoundID), stage.CueCommand{Cue: c, Expected: seq}, nil)
			if err == nil {
				return
			}
			if t.Context().Err() != nil || !strings.Contains(err.Error(), "round_moved_on") && !strings.Contains(err.Error(), "item_still_closing") {
				t.Fatalf("cue %s: %v", c, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	cue(stage.CueStart)
	e.must(a.Boards.Freeze(e.ctx, plan.ContestID))
	e.comeIn()
	topic := fmt.Sprintf("contestant/round/%d", plan.RoundID)
	var robots []*liveclient.Client
	writers := make([]int32, 3)
	for i, r := range plan.Robots {
		robots = append(robots, listen(t, a, address, &listener{name: "robot"}, r.Cookie, plan, false))
		var claimed stage.Claimed
		e.must(robots[i].Do(t.Context(), "claim_device", topic, stage.ClaimCommand{}, &claimed))
		writers[i] = claimed.Writer
	}
	right := []stage.AnswerCommand{{Options: []string{"b"}}, {Text: "BIMATDAPAN"}, {Text: "987654"}}
	for n, who := range [][]int{{0, 2}, {0, 1}, {1, 2}} {
		cue(stage.CueNext)
		cue(stage.CueOpen)
		for _, i := range who {
			c := right[n]
			c.Play, c.Writer, c.Seq = int32(n+1), writers[i], int32(n+1)
			e.must(robots[i].Do(t.Context(), "answer", topic, c, nil))
		}
		cue(stage.CueClose)
		cue(stage.CueReveal)
	}
	cue(stage.CueFinish)
	cue(stage.CueScored)
	board, err := a.Boards.Whole(e.ctx, plan.ContestID)
	e.must(err)
	for i, r := range plan.Robots {
		found := false
		for _, row := range board.Rows {
			found = found || row.EntryID == r.EntryID && fmt.Sprint(row.Total) == e.secret[i]
		}
		if !found {
			t.Fatalf("robot %d has not reached %s: %+v", i, e.secret[i], board.Rows)
		}
	}
	return e
}

// comeIn lets the audience, each contestant and a judge listen to all that they may hear.
func (e *evening) comeIn() {
	e.t.Helper()
	judge := mustAccount(e.t, e.a, "giamkhaokin", false)
	e.must(e.a.Accounts.Grant(e.ctx, judge, e.plan.ContestID, account.RoleJudge))
	e.outside = []*outsider{{listener: listener{name: "audience"}, needs: []web.Need{web.Public}},
		{listener: listener{name: "judge"}, needs: []web.Need{web.Public, web.SignedIn, web.Judge}, cookie: accountCookie(e.t, e.a, judge)}}
	for i, r := range e.plan.Robots {
		e.outside = append(e.outside, &outsider{listener: listener{name: fmt.Sprint("contestant ", i+1)}, needs: []web.Need{web.Public, web.Contestant}, cookie: r.Cookie})
	}
	c, err := e.a.Contests.Get(e.ctx, e.plan.ContestID)
	e.must(err)
	for _, o := range e.outside {
		client, err := liveclient.Dial(e.t.Context(), liveclient.Options{URL: "ws://" + e.address + "/api/live", Cookie: o.cookie,
			OnMessage: func(m liveclient.Message) {
				if m.Kind == stage.KindOwn {
					return // what one's own answers were worth is no secret to oneself
				}
				o.add(m.Data)
				if m.Kind == "ceremony" {
					o.step.Store(m.Seq)
				}
			}})
		e.must(err)
		e.t.Cleanup(client.Close)
		heard := 0
		for key := range e.a.Hub.Needs() {
			pattern, ok := strings.CutPrefix(key, "topic:")
			if !ok {
				continue
			}
			for _, r := range c.Rounds {
				topic := strings.NewReplacer("{contest}", fmt.Sprint(c.ID), "{round}", fmt.Sprint(r.ID)).Replace(pattern)
				if client.Subscribe(e.t.Context(), topic) == nil {
					heard++
				}
				if !strings.Contains(pattern, "{round}") {
					break
				}
			}
		}
		if heard < 3 { // the board, the projector and the ceremony at least
			e.t.Fatalf("the %s could subscribe to %d topics only", o.name, heard)
		}
	}
}

// read is everything that somebody outside has heard and can read now.
func (e *evening) read(o *outsider) string {
	e.t.Helper()
	// What is sent after this moment was decided after it: the boards are built and every socket has what is in its way.
	e.a.Boards.Changed(e.plan.ContestID)
	for path, item := range e.a.API.Huma.OpenAPI().Paths {
		if item.Get == nil {
			continue
		}
		permitted := false
		for _, n := range o.needs {
			permitted = permitted || access[item.Get.OperationID] == n
		}
		url := strings.NewReplacer("{contest}", fmt.Sprint(e.plan.ContestID), "{slug}", e.slug, "{round}", fmt.Sprint(e.plan.RoundID)).Replace(path)
		if !permitted || strings.Contains(url, "{") {
			continue
		}
		request, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, "http://"+e.address+url, nil)
		e.must(err)
		request.Header.Set("Cookie", o.cookie)
		response, err := http.DefaultClient.Do(request)
		e.must(err)
		body, err := io.ReadAll(response.Body)
		e.must(errors.Join(err, response.Body.Close()))
		o.add(body)
	}
	return o.take()
}

// quiet fails when somebody outside finds one of the secrets; nil: all totals.
func (e *evening) quiet(when string, secrets []string) {
	e.t.Helper()
	if secrets == nil {
		secrets = e.secret
	}
	e.settle()
	for _, o := range e.outside {
		sent := e.read(o)
		for _, s := range secrets {
			// A whole word: the digits of a time may hold those of a total.
			if at := regexp.MustCompile(`(^|[^0-9A-Za-z.])` + regexp.QuoteMeta(s)).FindStringIndex(sent); at != nil {
				e.t.Fatalf("%s the %s is told %s: …%s…", when, o.name, s, sent[max(0, at[0]-300):min(len(sent), at[1]+100)])
			}
		}
	}
}

// settle waits until everybody has heard of the step that the ceremony stands at, if there is one.
func (e *evening) settle() {
	e.t.Helper()
	want := e.desk().Seq
	for _, o := range e.outside {
		for o.step.Load() < want {
			select {
			case <-e.t.Context().Done():
				e.t.Fatalf("the %s did not hear of the ceremony's step", o.name)
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
}
