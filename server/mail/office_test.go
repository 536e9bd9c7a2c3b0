package mail

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// postOffice is a mail server that keeps what it accepts.
type postOffice struct {
	address string
	mu      sync.Mutex
	got     map[string][]string // letters by recipient
	refuse  func(to string) error
	hold    chan string // when set: letters beyond holdAfter wait; their recipients are told here
	after   int
	arrived chan struct{}
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{got: map[string][]string{}, arrived: make(chan struct{}, 100)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{p: p}, nil }))
	server.Domain = "thu.example.vn"
	server.ErrorLog = quietLog{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = l.Addr().String()
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return p
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

type session struct {
	p  *postOffice
	to string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Reset()                               { s.to = "" }
func (s *session) Logout() error                        { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.p.refuse != nil {
		return s.p.refuse(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	full := s.p.hold != nil && s.p.count() >= s.p.after
	hold := s.p.hold
	s.p.mu.Unlock()
	if full { // the sender is killed while this waits: the letter is never accepted
		hold <- s.to
		time.Sleep(time.Hour)
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.got[s.to] = append(s.p.got[s.to], string(body))
	s.p.arrived <- struct{}{}
	return nil
}

func (p *postOffice) count() int {
	n := 0
	for _, l := range p.got {
		n += len(l)
	}
	return n
}

func (p *postOffice) wait(t *testing.T, letters int) {
	t.Helper()
	for range letters {
		select {
		case <-p.arrived:
		case <-t.Context().Done():
			t.Fatal("letters did not arrive")
		case <-time.After(time.Minute): // a bound for a hang
			t.Fatal("letters did not arrive")
		}
	}
}
