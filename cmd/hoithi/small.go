package main

import (
	"context"
	"os"

	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/postgres"
)

type migrateCommand struct {
	logFlags
	storeFlags
}

// Run brings the tables up to date.
func (c *migrateCommand) Run(ctx context.Context) error {
	s, err := c.open(ctx, c.logger())
	if err != nil {
		return err
	}
	defer s.stop()
	return postgres.Migrate(ctx, s.db)
}

type openapiCommand struct{}

// Run prints the document from the handlers themselves, without any server.
func (c *openapiCommand) Run() error {
	document, err := app.Describe("0").Document()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(document)
	return err
}
