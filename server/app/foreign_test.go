package app

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/stage"
)

// neighbour is a contest of other people on the same server.
type neighbour struct {
	contest       contest.Contest
	stage, judged int64 // rounds
	item          bank.Version
	image         bank.Image
	entry         roster.Entry
	judge         int64
}

// Whoever has every right in one contest, and knows every number of another, can do nothing there: not by the other's
// address, and not by the other's numbers under his own address.
func TestNothingOfAnotherContest(t *testing.T) {
	a, address := running(t)
	ctx := t.Context()
	d, err := a.Seed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := a.Contests.Get(ctx, d.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	stageRound, judgedRound := roundsOf(t, mine)
	other := nextDoor(t, a)
	organizer := accountCookie(t, a, d.Organizer.ID)
	for _, x := range []struct{ method, path, body string }{
		{"GET", "/bank/items/{item}", ""},
		{"GET", "/bank/items/{item}/question", ""},
		{"GET", "/bank/items/{item}/versions", ""},
		{"PUT", "/bank/items/{item}/retired", `{"retired":true}`},
		{"GET", "/rounds/{stage}/stage", ""},
		{"GET", "/rounds/{stage}/stage/scores", ""},
		{"GET", "/rounds/{judged}/judging", ""},
		{"POST", "/rounds/{judged}/judging/check", `{"hash":"` + strings.Repeat("0", 64) + `"}`},
		{"POST", "/rounds/{judged}/judging/send-back", `{"reason":"xem lại"}`},
		{"POST", "/rounds/{judged}/judging/revoke", `{"reason":"thu hồi"}`},
		{"PUT", "/rounds/{judged}/judging/head", `{"reason":"đổi","seat":1}`},
		{"POST", "/rounds/{judged}/judging/order/draw", ""},
		{"PUT", "/rounds/{judged}/judging/panel", `{"accounts":[{judge}]}`},
		{"PUT", "/rounds/{mine}/judging/panel", `{"accounts":[{judge}]}`},
		{"PUT", "/rounds/{mine}/judging/order", `{"turns":[{"entry_id":{entry}}]}`},
		{"PUT", "/rounds/{myStage}/stage/items", `{"version":{version},"items":[{"version_id":{itemVersion}}]}`},
		{"GET", "/entries/{entry}", ""},
		{"POST", "/entries/{entry}/withdraw", `{"reason":"không cho thi"}`},
		{"POST", "/entries/{entry}/restore", ""},
		{"POST", "/entries/{entry}/code", ""},
		{"DELETE", "/people/{judge}/judge", ""},
		{"POST", "/people/{judge}/invitation", ""},
		{"POST", "/people/{judge}/pairing", ""},
		{"PUT", "/screen", `{"mode":"round","round_id":{stage}}`},
		{"PUT", "/rounds/{stage}", `{"name":"Của tôi","weight":10000}`},
		{"DELETE", "/rounds/{stage}", ""},
	} {
		setup, err := a.Stage.Setup(ctx, mine.ID, stageRound)
		if err != nil {
			t.Fatal(err)
		}
		fill := strings.NewReplacer("{item}", fmt.Sprint(other.item.ItemID), "{itemVersion}", fmt.Sprint(other.item.ID), "{stage}", fmt.Sprint(other.stage),
			"{judged}", fmt.Sprint(other.judged), "{mine}", fmt.Sprint(judgedRound), "{myStage}", fmt.Sprint(stageRound), "{judge}", fmt.Sprint(other.judge),
			"{entry}", fmt.Sprint(other.entry.ID), "{version}", fmt.Sprint(setup.Version))
		for _, contestID := range []int64{mine.ID, other.contest.ID} {
			path := fill.Replace(fmt.Sprintf("/api/organizer/contests/%d%s", contestID, x.path))
			status, body := call(t, address, x.method, path, fill.Replace(x.body), organizer)
			if status < 400 || status >= 500 || contestID == other.contest.ID && status != http.StatusForbidden {
				t.Errorf("%s %s: status %d %s", x.method, path, status, body)
			}
		}
	}
	t.Run("sockets", func(t *testing.T) { foreignCommands(t, a, address, d, mine, other) })
	asOrganizer := account.With(ctx, account.Principal{AccountID: d.Organizer.ID, Grants: map[int64][]account.Role{mine.ID: {account.RoleOrganizer}}})
	content := other.item.Content
	content.Stem, content.Image = "Hình của ai?", &other.image
	if _, err := a.Bank.Create(asOrganizer, mine.ID, content); err == nil {
		t.Error("a question took a picture of another bank")
	}
	content.Image = nil
	if _, err := a.Bank.Create(asOrganizer, mine.ID, content); err != nil {
		t.Errorf("without the picture: %v", err)
	}
	entry, err := a.Roster.Entry(ctx, other.contest.ID, other.entry.ID)
	if err != nil || entry.State != roster.EntryActive {
		t.Errorf("the other contest's entry: %+v, %v", entry, err)
	}
}

// foreignCommands are given over sockets by those who may give them, in their own contest.
func foreignCommands(t *testing.T, a *App, address string, d *DemoLogins, mine contest.Contest, other neighbour) {
	stageRound, judgedRound := roundsOf(t, mine)
	keys, err := a.Roster.Keys(t.Context(), mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	host, judge := dial(t, address, accountCookie(t, a, d.Organizer.ID)), dial(t, address, accountCookie(t, a, d.Judges[0].ID))
	contestant := dial(t, address, entryCookie(t, a, mine.ID, keys[0].EntryID))
	value := int64(100)
	for _, x := range []struct {
		who         *liveclient.Client
		kind, topic string
		data        any
	}{
		{host, "cue", fmt.Sprintf("organizer/round/%d", other.stage), stage.CueCommand{Cue: stage.CueStart}},
		{host, "release_entry_device", fmt.Sprintf("organizer/round/%d", other.stage), stage.ReleaseEntryCommand{EntryID: other.entry.ID}},
		{host, "release_entry_device", fmt.Sprintf("organizer/round/%d", stageRound), stage.ReleaseEntryCommand{EntryID: other.entry.ID}},
		{contestant, "claim_device", fmt.Sprintf("contestant/round/%d", other.stage), stage.ClaimCommand{}},
		{contestant, "answer", fmt.Sprintf("contestant/round/%d", other.stage), stage.AnswerCommand{Play: 1, Writer: 1, Seq: 1, Options: []string{"a"}}},
		{contestant, "cue", fmt.Sprintf("organizer/round/%d", stageRound), stage.CueCommand{Cue: stage.CueStart}},
		{judge, "claim_sheets", fmt.Sprintf("judge/round/%d", other.judged), struct{}{}},
		{judge, "mark", fmt.Sprintf("judge/round/%d", other.judged), judging.MarkData{PerformanceID: 1, CriterionID: 1, Writer: 1, Seq: 1, Value: &value}},
		{judge, "mark", fmt.Sprintf("judge/round/%d", judgedRound), judging.MarkData{PerformanceID: 1 << 40, CriterionID: 1, Writer: 1, Seq: 1, Value: &value}},
		{judge, "cue", fmt.Sprintf("organizer/round/%d", stageRound), stage.CueCommand{Cue: stage.CueStart}},
	} {
		var f *liveclient.Fault
		if err := x.who.Do(t.Context(), x.kind, x.topic, x.data, nil); !errors.As(err, &f) || f.Status < 400 || f.Status >= 500 {
			t.Errorf("%s on %s: %v", x.kind, x.topic, err)
		}
	}
	for topic, who := range map[string]*liveclient.Client{fmt.Sprintf("contestant/round/%d", other.stage): contestant,
		fmt.Sprintf("contestant/board/%d", other.contest.ID): contestant, fmt.Sprintf("judge/round/%d", other.judged): judge,
		fmt.Sprintf("organizer/judging/%d", other.judged): host, fmt.Sprintf("organizer/board/%d", other.contest.ID): host,
		fmt.Sprintf("audience/round/%d", other.stage): host, fmt.Sprintf("audience/judging/%d", other.judged): contestant,
		fmt.Sprintf("audience/board/%d", other.contest.ID): contestant, fmt.Sprintf("audience/screen/%d", other.contest.ID): judge} {
		var f *liveclient.Fault
		if err := who.Subscribe(t.Context(), topic); !errors.As(err, &f) { // the other contest is a draft, unknown to the public too
			t.Errorf("subscribed to %s: %v", topic, err)
		}
	}
}

func roundsOf(t *testing.T, c contest.Contest) (stageRound, judgedRound int64) {
	t.Helper()
	for _, r := range c.Rounds {
		switch r.Kind {
		case contest.Stage:
			stageRound = r.ID
		case contest.Judged:
			judgedRound = r.ID
		}
	}
	return stageRound, judgedRound
}

func nextDoor(t *testing.T, a *App) neighbour {
	t.Helper()
	owner := mustAccount(t, a, "hangxom", false)
	ctx := account.With(t.Context(), account.Principal{AccountID: owner, Name: "Hàng xóm"})
	var n neighbour
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	n.contest, err = a.Contests.Create(ctx, contest.Answers{Template: "reform", Name: "Hội thi bên cạnh", OrganizerName: "Đơn vị khác"})
	must(err)
	n.stage, n.judged = roundsOf(t, n.contest)
	content := bank.Content{Schema: bank.SchemaVersion, Type: bank.Single, Stem: "Câu của hàng xóm?", PartialCredit: bank.AllOrNothing,
		Options: []bank.Option{{ID: "a", Text: "Một"}, {ID: "b", Text: "Hai"}}, Difficulty: bank.Recognition}
	content.Key.Options = []string{"b"}
	must(postgres.InTx(ctx, a.DB, func(tx pgx.Tx) error {
		added, err := a.Bank.Add(ctx, tx, n.contest.BankID, []bank.Content{content}, "")
		if err == nil {
			n.item = added[0]
		}
		return err
	}))
	var picture bytes.Buffer
	must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))))
	n.image, err = a.Bank.UploadImage(ctx, n.contest.ID, picture.Bytes())
	must(err)
	n.entry, err = a.Roster.Add(ctx, n.contest.ID, roster.Draft{DivisionID: n.contest.Divisions[0].ID, Name: "Đội hàng xóm",
		Members: []roster.Member{{Name: "Nguyễn Văn An", Role: "captain"}}})
	must(err)
	n.judge = mustAccount(t, a, "gk-hangxom", false)
	must(a.Accounts.Grant(ctx, n.judge, n.contest.ID, account.RoleJudge))
	return n
}

func call(t *testing.T, address, method, path, body, cookie string) (status int, got string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Cookie", cookie)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var out bytes.Buffer
	_, _ = out.ReadFrom(response.Body)
	return response.StatusCode, out.String()
}
