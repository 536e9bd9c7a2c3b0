package account

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/fault"
)

// How wrong tries slow an unknown device down: the first few are free (people mistype), then the wait doubles.
const (
	freeTries        = 5
	freeTriesAddress = 60 // of passwords: an agency stands behind one address
	longestWait      = 5 * time.Minute
)

var slowDown = fault.New(fault.TooMany, "slow_down",
	"Đã thử sai nhiều lần. Hãy đợi một lát rồi thử lại; thiết bị đã từng đăng nhập không bị ảnh hưởng.",
	"There were several wrong tries. Wait a little and try again; devices that signed in before are not affected.")

// loginScope is the scope in which wrong passwords of a login are counted. They are counted by address, too: people
// choose the same weak passwords. The codes of entries are random, so that trying a few on each of many entries leads
// nowhere, while counting by address would let one joker keep a whole school from entering.
const loginScope = "login:"

// Slowdown refuses a try when there were too many wrong ones for the scope ("login:...", "entry:..."), or for logins
// from the address. A device that once succeeded for the scope is never slowed down by others.
func (s *Service) Slowdown(ctx context.Context, p Principal, scope string) error {
	if len(p.Device) > 0 {
		known, err := s.q.IsKnownDevice(ctx, accountdb.IsKnownDeviceParams{DeviceHash: p.Device, Scope: scope})
		if err != nil {
			return unavailable(err)
		}
		if known {
			// It still has limits of its own, or a stolen phone could try codes for ever.
			return s.waitFor(ctx, "device:"+scope+":"+string(hexOf(p.Device)), 4*freeTries)
		}
	}
	if err := s.waitFor(ctx, scope, freeTries); err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(scope, loginScope):
		return s.waitFor(ctx, "address:"+p.Address, freeTriesAddress)
	case strings.HasPrefix(scope, ownScope):
		return s.waitFor(ctx, "address-own:"+p.Address, freeTriesOfASchool)
	}
	return nil
}

func (s *Service) waitFor(ctx context.Context, scope string, free int64) error {
	row, err := s.q.FailedTries(ctx, scope)
	if err != nil {
		return unavailable(err)
	}
	if row.Tries < free {
		return nil
	}
	wait := longestWait
	if over := row.Tries - free; over < 9 {
		wait = min(longestWait, time.Second<<over)
	}
	left := wait - row.Now.Sub(row.Last)
	if left <= 0 {
		return nil
	}
	return SlowDown(left)
}

// SlowDown is the refusal of a try that may be made again after a while.
func SlowDown(left time.Duration) error {
	seconds := int((left + time.Second - 1) / time.Second)
	f := *slowDown.With("seconds", strconv.Itoa(seconds))
	f.RetryAfterSeconds = seconds
	return &f
}

// Known tells whether a device has once succeeded for a scope.
func (s *Service) Known(ctx context.Context, p Principal, scope string) (bool, error) {
	if len(p.Device) == 0 {
		return false, nil
	}
	known, err := s.q.IsKnownDevice(ctx, accountdb.IsKnownDeviceParams{DeviceHash: p.Device, Scope: scope})
	if err != nil {
		return false, unavailable(err)
	}
	return known, nil
}

// Failed notes a wrong try.
func (s *Service) Failed(ctx context.Context, p Principal, scope string) error {
	scopes := []string{scope}
	switch {
	case strings.HasPrefix(scope, loginScope):
		scopes = append(scopes, "address:"+p.Address)
	case strings.HasPrefix(scope, ownScope):
		scopes = append(scopes, "address-own:"+p.Address)
	}
	if len(p.Device) > 0 {
		known, err := s.q.IsKnownDevice(ctx, accountdb.IsKnownDeviceParams{DeviceHash: p.Device, Scope: scope})
		if err != nil {
			return unavailable(err)
		}
		if known {
			scopes = []string{"device:" + scope + ":" + string(hexOf(p.Device))}
		}
	}
	for _, x := range scopes {
		if err := s.q.AddFailedTry(ctx, x); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// Succeeded makes the device a known one for the scope.
func (s *Service) Succeeded(ctx context.Context, p Principal, scope string) error {
	if len(p.Device) == 0 {
		return nil
	}
	if err := s.q.AddKnownDevice(ctx, accountdb.AddKnownDeviceParams{DeviceHash: p.Device, Scope: scope}); err != nil {
		return unavailable(err)
	}
	return nil
}

func hexOf(b []byte) []byte {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(b))
	for _, x := range b {
		out = append(out, digits[x>>4], digits[x&15])
	}
	return out
}
