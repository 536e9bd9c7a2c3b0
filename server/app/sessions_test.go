package app

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/web"
)

func dial(t *testing.T, address, cookie string) *liveclient.Client {
	t.Helper()
	client, err := liveclient.Dial(t.Context(), liveclient.Options{URL: "ws://" + address + "/api/live", Cookie: cookie})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// ends waits for the server to end a socket.
func ends(t *testing.T, what string, c *liveclient.Client) {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: the socket is still open", what)
	}
}

// A socket lives as long as what it was opened with: signing out, losing a role, and the withdrawal or the new code of an
// entry end it, also when Redis is too far away to tell.
func TestSocketsEndWithTheirSession(t *testing.T) {
	a, address := running(t)
	ctx := t.Context()
	d, err := a.Seed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := a.Roster.Keys(ctx, d.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	organizer := account.With(ctx, account.Principal{AccountID: d.Organizer.ID,
		Grants: map[int64][]account.Role{d.ContestID: {account.RoleOrganizer}}})

	out := accountCookie(t, a, d.Organizer.ID)
	signedOut, stays := dial(t, address, out), dial(t, address, accountCookie(t, a, d.Organizer.ID))
	if err := a.Accounts.SignOut(ctx, strings.TrimPrefix(out, web.AccountCookie+"=")); err != nil {
		t.Fatal(err)
	}
	ends(t, "sign-out", signedOut)

	dismissed := dial(t, address, accountCookie(t, a, d.Secretary.ID))
	if err := a.Accounts.Dismiss(organizer, d.ContestID, d.Secretary.ID, account.RoleSecretary); err != nil {
		t.Fatal(err)
	}
	ends(t, "dismissal", dismissed)

	withdrawn := dial(t, address, entryCookie(t, a, d.ContestID, keys[0].EntryID))
	if err := a.Roster.Withdraw(organizer, d.ContestID, keys[0].EntryID, "bỏ thi"); err != nil {
		t.Fatal(err)
	}
	ends(t, "withdrawal", withdrawn)

	reissued := dial(t, address, entryCookie(t, a, d.ContestID, keys[1].EntryID))
	if _, err := a.Roster.Reissue(organizer, d.ContestID, keys[1].EntryID); err != nil {
		t.Fatal(err)
	}
	ends(t, "new code", reissued)

	// On another node, whose hint was lost: it looks by itself.
	elsewhere := dial(t, address, entryCookie(t, a, d.ContestID, keys[2].EntryID))
	if _, err := a.DB.Exec(ctx, `UPDATE session SET revoked_at = now() WHERE entry_id = $1`, keys[2].EntryID); err != nil {
		t.Fatal(err)
	}
	ends(t, "a lost hint", elsewhere)

	if err := stays.Subscribe(ctx, fmt.Sprintf("organizer/board/%d", d.ContestID)); err != nil {
		t.Errorf("the other browser of the same account: %v", err)
	}
}

// A rehearsal asks the questions of the evening before the evening: the public finds neither its pages nor its topics.
func TestRehearsalsAreNotPublic(t *testing.T) {
	a, address := running(t)
	plan, err := a.PrepareRehearsal(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	slug := publicSlug(t, a, plan.ContestID)
	topics := []string{fmt.Sprintf("audience/round/%d", plan.RoundID), fmt.Sprintf("audience/board/%d", plan.ContestID),
		fmt.Sprintf("audience/screen/%d", plan.ContestID)}
	c, err := a.Contests.Get(t.Context(), plan.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Rounds {
		if r.Kind == contest.Judged {
			topics = append(topics, fmt.Sprintf("audience/judging/%d", r.ID))
		}
	}
	outsider := dial(t, address, "")
	insider := dial(t, address, plan.Host)
	for _, topic := range topics {
		var f *liveclient.Fault
		if err := outsider.Subscribe(t.Context(), topic); !errors.As(err, &f) || f.Code != "not_found" {
			t.Errorf("the public, %s: %v", topic, err)
		}
		if err := insider.Subscribe(t.Context(), topic); err != nil {
			t.Errorf("the rehearsal's host, %s: %v", topic, err)
		}
	}
	for _, path := range []string{"", "/board", "/results", "/registration"} {
		response, err := http.Get("http://" + address + "/api/audience/contests/" + slug + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("the public, %s: status %d %s", path, response.StatusCode, body)
		}
	}
}
