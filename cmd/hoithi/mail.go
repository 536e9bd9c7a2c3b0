package main

import (
	"fmt"

	"github.com/hoithi/hoithi/server/mail"
)

// mailFlags say which mail server takes our letters. Without them no mail is sent, and nothing mentions it.
type mailFlags struct {
	SMTPURL       string `name:"smtp-url" help:"Mail server: smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465 (TLS), smtp+plain://host:25 (unprotected, for a relay of your own). Empty: no mail is sent." env:"HOITHI_SMTP_URL"`
	SMTPHost      string `name:"smtp-host" help:"Mail server, when not given by --smtp-url." env:"HOITHI_SMTP_HOST"`
	SMTPPort      int    `name:"smtp-port" help:"Its port. 0: 587, with TLS 465, unprotected 25." env:"HOITHI_SMTP_PORT"`
	SMTPUser      string `name:"smtp-user" help:"User at the mail server." env:"HOITHI_SMTP_USER"`
	SMTPPassword  string `name:"smtp-password" help:"Password at the mail server; better given in the environment." env:"HOITHI_SMTP_PASSWORD"`
	SMTPTLS       string `name:"smtp-tls" help:"Protection of --smtp-host: starttls, tls or none." enum:"starttls,tls,none" default:"starttls" env:"HOITHI_SMTP_TLS"`
	SMTPFrom      string `name:"smtp-from" help:"Sender of letters: \"Ban Tổ chức <hoithi@example.vn>\"." env:"HOITHI_SMTP_FROM"`
	SMTPPerMinute int    `name:"smtp-per-minute" help:"Most letters that one contest sends in a minute." default:"60" env:"HOITHI_SMTP_PER_MINUTE"`
}

// config reads and checks the flags: a mistake is told at the start, not at the first letter.
func (f mailFlags) config(address string) (mail.Config, error) {
	c := mail.Config{Host: f.SMTPHost, Port: f.SMTPPort, TLS: mail.TLS(f.SMTPTLS), From: f.SMTPFrom, Address: address, PerMinute: f.SMTPPerMinute}
	if f.SMTPURL != "" {
		if err := c.ParseURL(f.SMTPURL); err != nil {
			return c, fmt.Errorf("the mail server's address (HOITHI_SMTP_URL) is not well-formed: %w", err)
		}
	}
	if f.SMTPUser != "" {
		c.User = f.SMTPUser
	}
	if f.SMTPPassword != "" {
		c.Password = f.SMTPPassword
	}
	return c, c.Check()
}
