package mail

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/mail/maildb"
)

func TestServersAddress(t *testing.T) {
	for address, want := range map[string]Config{
		"smtp://btc:mat%2Fkhau@thu.example.vn":  {Host: "thu.example.vn", Port: 587, User: "btc", Password: "mat/khau", TLS: StartTLS},
		"smtps://btc:m@thu.example.vn:8465":     {Host: "thu.example.vn", Port: 8465, User: "btc", Password: "m", TLS: FullTLS},
		"smtp+plain://127.0.0.1:2525":           {Host: "127.0.0.1", Port: 2525, TLS: NoTLS},
		"http://thu.example.vn":                 {},
		"smtp://":                               {},
		"smtp://btc:bimat@thu.example.vn/abc/":  {},
		"thu.example.vn:587":                    {},
		"smtp://btc:bi mat@thu.example.vn:abc/": {},
	} {
		var c Config
		err := c.ParseURL(address)
		if (want.Host == "") != (err != nil) || want.Host != "" && c != want {
			t.Errorf("%s: %+v, %v", address, c, err)
		}
		if err != nil && strings.Contains(err.Error(), "bimat") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
	c := Config{Host: "thu.example.vn"}
	if err := c.Check(); err == nil {
		t.Error("a server without a sender is accepted")
	}
	c.From = "Ban Tổ chức <hoithi@example.vn>"
	if err := c.Check(); err != nil || c.Port != 587 || c.TLS != StartTLS || c.PerMinute != DefaultPerMinute {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAddresses(t *testing.T) {
	for s, want := range map[string]bool{"a@b.vn": true, "le.thu-trang+hoithi@mail.example.vn": true, "a@b": false, "a@b.vn\r\nBcc: c@d.vn": false,
		"a@b.vn,c@d.vn": false, "<a@b.vn>": false, "a b@c.vn": false, "@b.vn": false, "a@": false, "ạ@b.vn": false, "a@@b.vn": false,
		"a@.vn": false, strings.Repeat("a", 65) + "@b.vn": false, "a@b..vn": false} {
		if IsAddress(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

// Whatever people type into names, reasons and titles, a letter has the headers that we write, one recipient, and
// nothing else; and it asks for nothing from outside.
func TestNothingTypedBecomesAHeader(t *testing.T) {
	s, err := New(nil, []byte("a key"), Config{})
	if err != nil {
		t.Fatal(err)
	}
	s.from = mail.Address{Name: "Ban Tổ chức", Address: "hoithi@example.vn"}
	s.config.Address = "https://hoithi.example.vn"
	known := map[string]bool{"Date": true, "Mime-Version": true, "Message-Id": true, "Subject": true, "From": true, "To": true,
		"Content-Type": true, "Auto-Submitted": true, "User-Agent": true, "X-Mailer": true}
	templates := []Template{Registered, Approved, Declined, Waitlisted, ChangeDone, DataAnswer, Invitation, KeepingOver}
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.Custom(func(t *rapid.T) string {
			return rapid.String().Draw(t, "before") + rapid.SampledFrom([]string{"\r\nBcc: victim@example.com\r\n", "\nX-Evil: 1\n\n<img src=http://evil.example/x>",
				"\u2028Bcc: a@b.vn", "\r", "<script>", "\x00", "=?utf-8?q?=0D=0ABcc:x?=", " \v\f\u0085"}).Draw(t, "evil") + rapid.String().Draw(t, "after")
		})
		c := Content{Contest: typed.Draw(t, "contest"), Organizer: typed.Draw(t, "organizer"), Name: typed.Draw(t, "name"), Number: typed.Draw(t, "number"),
			Reason: typed.Draw(t, "reason"), Role: typed.Draw(t, "role"), Path: "/audience/cchc/registration#abc"}
		row := maildb.BeginMailRow{Template: string(rapid.SampledFrom(templates).Draw(t, "template")), Locale: rapid.SampledFrom([]string{"vi", "en"}).Draw(t, "locale"),
			Recipient: "an@example.vn", MessageID: "abc@example.vn"}
		msg, err := s.message(row, c)
		if err != nil {
			t.Fatal(err)
		}
		var raw strings.Builder
		if _, err := msg.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		read, err := mail.ReadMessage(strings.NewReader(raw.String()))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range read.Header {
			if !known[name] || len(values) != 1 {
				t.Fatalf("header %s: %q", name, values)
			}
		}
		to, err := read.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != "an@example.vn" {
			t.Fatalf("to %v, %v", to, err)
		}
		page, err := write(Template(row.Template), row.Locale, s.config.Address, c).html(row.Locale)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range []string{"<img", "<script", "src=", "url(", "<link", "@import"} {
			if strings.Contains(page, tag) && !strings.Contains(fmt.Sprint(c), tag) || strings.Contains(page, "<script") || strings.Contains(page, "<img") {
				t.Fatalf("the letter holds %s", tag)
			}
		}
	})
}
