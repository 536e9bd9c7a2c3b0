package main

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"github.com/hoithi/hoithi/frontend"
	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/web"
)

type serveCommand struct {
	logFlags
	storeFlags
	mailFlags
	fileFlags
	Listen         string   `help:"Address to listen on." default:":8080" env:"HOITHI_LISTEN"`
	PublicURL      string   `help:"Address that people use, printed on cards and QR codes: https://hoithi.example.vn. Empty: this machine's address." env:"HOITHI_PUBLIC_URL"`
	TrustedProxies []string `help:"Addresses or ranges of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed." env:"HOITHI_TRUSTED_PROXIES"`
	Origins        []string `help:"Further origins whose pages may open sockets." env:"HOITHI_ORIGINS"`
	MetricsListen  string   `help:"Address for /metrics (Prometheus), such as 127.0.0.1:9090. Empty: no metrics are served." env:"HOITHI_METRICS_LISTEN"`
	Node           string   `help:"Name of this process among the nodes. Empty: the host's name and the process number." env:"HOITHI_NODE"`
	Demo           bool     `help:"Offer the demo contest, and print a sign-in for each kind of user." env:"HOITHI_DEMO"`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	started := time.Now()
	log := c.logger()
	// The port first: when it is taken, nothing else needs to be started.
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	defer func() { _ = listener.Close() }()
	letters, err := c.config(c.address(listener))
	if err != nil {
		return err
	}
	s, err := c.own(ctx, log)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := postgres.Migrate(ctx, s.db); err != nil {
		return err
	}
	a, err := app.New(ctx, app.Config{Version: buildVersion(), Node: c.node(), PublicURL: c.address(listener), Log: log,
		TrustedProxies: c.TrustedProxies, Origins: c.Origins, Mail: letters, Files: c.limits()}, s.db, s.redis)
	if err != nil {
		return err
	}
	site, err := fs.Sub(frontend.Build, "build/site")
	if err != nil {
		return err
	}
	if err := web.Static(a.Fiber, site); err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	if c.MetricsListen != "" {
		stop, err := a.ServeMetrics(c.MetricsListen)
		if err != nil {
			return err
		}
		defer stop()
	}
	if err := a.Welcome(ctx, os.Stdout, c.address(listener), c.Demo); err != nil {
		return err
	}
	log.Info("serving", "address", listener.Addr().String(), "node", c.node(), "version", buildVersion(), "started_in", time.Since(started).Round(time.Millisecond))
	err = a.Listen(ctx, listener)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if closing := a.Close(end); err == nil {
		err = closing
	}
	log.Info("stopped")
	return err
}

func (c *serveCommand) node() string {
	if c.Node == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "node"
		}
		c.Node = fmt.Sprintf("%s-%d", host, os.Getpid())
	}
	return c.Node
}

// address is where people find this server.
func (c *serveCommand) address(l net.Listener) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = app.LocalAddress()
	}
	return "http://" + net.JoinHostPort(host, port)
}
