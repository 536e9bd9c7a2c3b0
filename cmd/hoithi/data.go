package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/postgres"
)

// openApp opens the rooms for a command that does its work and ends; nothing is served.
func openApp(ctx context.Context, l logFlags, f storeFlags) (a *app.App, stop func(), err error) {
	f.beside()
	s, err := f.open(ctx, l.logger())
	if err != nil {
		return nil, nil, err
	}
	if err := postgres.Migrate(ctx, s.db); err != nil {
		s.stop()
		return nil, nil, err
	}
	a, err = app.New(ctx, app.Config{Version: buildVersion(), Node: fmt.Sprintf("command-%d", os.Getpid()), Log: l.logger()}, s.db, s.redis)
	if err != nil {
		s.stop()
		return nil, nil, err
	}
	return a, func() {
		if err := a.Close(context.WithoutCancel(ctx)); err != nil {
			l.logger().Error("closing", "error", err)
		}
		s.stop()
	}, nil
}

type seedCommand struct {
	logFlags
	storeFlags
	Address string `help:"Address that is printed before the paths." default:"http://localhost:8080" env:"HOITHI_PUBLIC_URL"`
}

// Run makes the demo contest.
func (c *seedCommand) Run(ctx context.Context) error {
	a, stop, err := openApp(ctx, c.logFlags, c.storeFlags)
	if err != nil {
		return err
	}
	defer stop()
	if _, err := a.Seed(ctx); err != nil {
		return err
	}
	return a.Welcome(ctx, os.Stdout, c.Address, true)
}

type verifyCommand struct {
	logFlags
	storeFlags
	Contest string `arg:"" optional:"" help:"Slug of the contest. Empty: all that have a final result."`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Run verifies final results.
func (c *verifyCommand) Run(ctx context.Context) error {
	a, stop, err := openApp(ctx, c.logFlags, c.storeFlags)
	if err != nil {
		return err
	}
	defer stop()
	found, err := a.Verify(ctx, c.Contest)
	if err != nil {
		return err
	}
	wrong := 0
	for _, v := range found {
		wrong += len(v.Findings)
		if c.JSON {
			continue
		}
		fmt.Printf("%s: revisions %d, seal %s, entries %d, audit events %d, findings %d\n", v.Contest, v.Revisions, v.Seal, v.Entries, v.AuditEvents, len(v.Findings))
		for _, f := range v.Findings {
			fmt.Printf("  %s: %s\n", f.Code, f.Text)
		}
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		if err := out.Encode(found); err != nil {
			return err
		}
	}
	if len(found) == 0 && !c.JSON {
		fmt.Println("no contest has a final result yet")
	}
	if wrong > 0 {
		return errors.New("some results do not fit their responses and marks")
	}
	return nil
}
