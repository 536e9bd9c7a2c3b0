package web

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// RemoteLocal is the key under which the websocket upgrade finds the browser's address.
const RemoteLocal = "remote"

// proxies are those whose word about the browser's address is believed.
type proxies []netip.Prefix

func proxiesOf(list []string) proxies {
	var known proxies
	for _, x := range list {
		if p, err := netip.ParsePrefix(strings.TrimSpace(x)); err == nil {
			known = append(known, p.Masked())
		} else if a, err := netip.ParseAddr(strings.TrimSpace(x)); err == nil {
			known = append(known, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return known
}

func (x proxies) trust(a netip.Addr) bool {
	for _, p := range x {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// address is where a request comes from, for counting tries. Each proxy adds to the right of X-Forwarded-For whom it
// heard; what stands further left was written by the browser, which may write what it likes. So the list is read from
// the right, as far as trusted proxies wrote it. Of IPv6 the network counts: one household has 2^64 addresses.
func (x proxies) address(c *fiber.Ctx) string {
	at, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return c.Context().RemoteIP().String()
	}
	at = at.Unmap()
	heard := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(heard) - 1; i >= 0 && x.trust(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(heard[i]))
		if err != nil {
			break
		}
		at = next.Unmap().WithZone("")
	}
	if at.Is6() {
		if network, err := at.Prefix(64); err == nil {
			return network.String()
		}
	}
	return at.String()
}
