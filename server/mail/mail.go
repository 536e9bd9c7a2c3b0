// Package mail writes letters to people who gave an address, and sends them when a mail server is configured.
//
// It must never let what somebody typed become a header or an address of a letter, never send a letter that is known
// to have been sent, and never be needed: without a mail server nothing is queued and every step works as before.
package mail

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TLS says how the way to the mail server is protected.
type TLS string

const (
	// StartTLS begins in the open and must be protected before anything is said.
	StartTLS TLS = "starttls"
	// FullTLS is protected from the first byte.
	FullTLS TLS = "tls"
	// NoTLS is for a relay on the own machine or network.
	NoTLS TLS = "none"
)

// Config is the mail server; without a host no mail is sent.
type Config struct {
	Host           string
	Port           int
	User, Password string
	TLS            TLS
	// From is the sender: an address, or "Ban Tổ chức <hoithi@example.vn>".
	From string
	// Address is that of this server, before the paths in letters.
	Address string
	// PerMinute bounds what one contest sends in a minute.
	PerMinute int
}

// On tells whether letters are sent at all.
func (c Config) On() bool { return c.Host != "" }

// DefaultPerMinute is what mail servers usually bear from one sender.
const DefaultPerMinute = 60

var errAddress = errors.New("it looks like smtp://user:password@host:587, smtps://user:password@host:465 or smtp+plain://host:25")

// ParseURL reads a mail server's address into the configuration: smtp is STARTTLS, smtps TLS from the start, smtp+plain
// unprotected. The error never repeats the address: it holds a password.
func (c *Config) ParseURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || strings.Trim(u.Path, "/") != "" {
		return errAddress
	}
	switch u.Scheme {
	case "smtp":
		c.TLS, c.Port = StartTLS, 587
	case "smtps":
		c.TLS, c.Port = FullTLS, 465
	case "smtp+plain":
		c.TLS, c.Port = NoTLS, 25
	default:
		return errAddress
	}
	c.Host = u.Hostname()
	if p := u.Port(); p != "" {
		if c.Port, err = strconv.Atoi(p); err != nil {
			return errAddress
		}
	}
	if u.User != nil {
		c.User = u.User.Username()
		c.Password, _ = u.User.Password()
	}
	return nil
}

// Check finds what is wrong with a configuration, before the first letter is lost by it.
func (c *Config) Check() error {
	if !c.On() {
		return nil
	}
	if c.TLS == "" {
		c.TLS = StartTLS
	}
	if c.Port == 0 {
		c.Port = map[TLS]int{StartTLS: 587, FullTLS: 465, NoTLS: 25}[c.TLS]
	}
	if c.PerMinute <= 0 {
		c.PerMinute = DefaultPerMinute
	}
	if c.Port < 1 || c.Port > 65535 {
		return fmt.Errorf("the mail server's port %d does not exist", c.Port)
	}
	from, err := netmail.ParseAddress(c.From)
	if err != nil || !IsAddress(from.Address) {
		return errors.New(`a mail server is configured, but the sender (HOITHI_SMTP_FROM) is not an address such as "Ban Tổ chức <hoithi@example.vn>"`)
	}
	return nil
}

// IsAddress tells whether a text is one plain address that may stand in an envelope: nothing in it can end a header, a
// command or the address itself.
func IsAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if len(s) > 254 || at < 1 || at > 64 || at == len(s)-1 || strings.Count(s, "@") != 1 {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),:;<>[\]`, r) {
			return false
		}
	}
	host := s[at+1:]
	return strings.Contains(host, ".") && !strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") && !strings.Contains(s, "..")
}

// line makes one line of what people typed: no control characters, no line ends of any alphabet, bounded.
func line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029' || r == '\u0085' || r == '\v' || r == '\f':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d':
			return -1
		}
		return r
	}, norm.NFC.String(s))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// State is where a letter stands.
type State string

const (
	Queued  State = "queued"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
)

// Problem is why a try failed; the pages put it into words.
type Problem string

// Problems.
const (
	Unreachable Problem = "unreachable" // the mail server does not answer
	Refused     Problem = "refused"     // it does not let us in
	BadAddress  Problem = "bad_address" // it does not know the recipient
	Rejected    Problem = "rejected"    // it does not take this letter
	Busy        Problem = "busy"        // it asks for patience
	TooMany     Problem = "too_many"    // this address has been written to often enough today
	GaveUp      Problem = "gave_up"     // tried long enough
)

// backoff is how long to wait after a failed try: minutes first, then hours; a night without the mail server loses nothing.
var backoff = []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
	4 * time.Hour, 8 * time.Hour, 12 * time.Hour}

// after is the wait after a number of tries.
func after(tries int) time.Duration {
	return backoff[min(max(tries, 1), len(backoff))-1]
}

const (
	maxTries = 10
	// perAddress is how many letters one address gets in a day: who types a stranger's address can't flood the stranger.
	perAddress = 12
	// Keep is how long the record of a letter, with its address, is kept.
	Keep = 90 * 24 * time.Hour
)
