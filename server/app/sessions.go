package app

import (
	"context"
	"reflect"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/live"
)

// A socket is opened once and stays for hours, so what its opener may do is asked again: on a hint when sessions or roles
// have changed on any node, and every few seconds in case a hint was lost.

const (
	sessionsHint  = "sessions"
	sessionsCheck = 10 * time.Second
	// sessionsSettle: when an evening ends, thousands sign out, and one look serves many.
	sessionsSettle = 250 * time.Millisecond
)

// watchSessions begins to end sockets whose session has ended or whose rights have changed.
func (a *App) watchSessions() (stop func(context.Context) error) {
	wake := make(chan struct{}, 1)
	poke := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	a.Relay.On(sessionsHint, func(string, string) { poke() })
	ctx, cancel := context.WithCancel(context.Background())
	a.Accounts.OnSessions = func() {
		poke() // this node does not need Redis for it
		a.Relay.Hint(sessionsHint, "")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(sessionsCheck)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-wake:
			case <-tick.C:
			}
			if err := a.checkSockets(ctx); err != nil && ctx.Err() == nil {
				a.Config.Log.Warn("the sessions of open sockets can't be checked; trying again", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(sessionsSettle):
			}
		}
	}()
	return func(context.Context) error { cancel(); <-done; return nil }
}

// checkSockets ends the sockets of this node whose opener is no longer what he was. A socket with new rights comes back
// at once, with them.
func (a *App) checkSockets(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var ids []int64
	accounts := map[int64]account.Principal{} // by session
	a.Hub.CloseWhere(func(c *live.Client) bool {
		p := c.Principal()
		if p.SessionID != 0 {
			ids = append(ids, p.SessionID)
			accounts[p.SessionID] = p
		}
		if p.Entry != nil {
			ids = append(ids, p.Entry.DeviceID)
		}
		return false
	}, 0)
	if len(ids) == 0 {
		return nil
	}
	standing, err := a.Accounts.Standing(ctx, ids)
	if err != nil {
		return err
	}
	changed := map[int64]bool{}
	for session, p := range accounts {
		if !standing[session] {
			continue
		}
		now, err := a.Accounts.Rights(ctx, p)
		if err != nil {
			return err
		}
		changed[session] = !reflect.DeepEqual(now, p.Grants)
	}
	known := make(map[int64]bool, len(ids)) // sockets that were opened since are none of this look's
	for _, id := range ids {
		known[id] = true
	}
	stands := func(session int64) bool { return standing[session] || !known[session] }
	for _, c := range gone(a.Hub, stands) {
		p := c.Principal()
		if p.SessionID != 0 && stands(p.SessionID) || p.Entry != nil && stands(p.Entry.DeviceID) {
			c.Close(live.CloseReconnect) // it is still somebody
			continue
		}
		c.Close(live.CloseSignedOut)
	}
	a.Hub.CloseWhere(func(c *live.Client) bool { return changed[c.Principal().SessionID] }, live.CloseReconnect)
	return nil
}

// gone lists the sockets with a session that has ended.
func gone(h *live.Hub, stands func(session int64) bool) []*live.Client {
	var list []*live.Client
	h.CloseWhere(func(c *live.Client) bool {
		p := c.Principal()
		if p.SessionID != 0 && !stands(p.SessionID) || p.Entry != nil && !stands(p.Entry.DeviceID) {
			list = append(list, c)
		}
		return false
	}, 0)
	return list
}
