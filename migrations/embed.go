// Package migrations carries the SQL files that build the database, so that the one binary needs no folder beside it.
//
// It must hold nothing else: how and when they run is the business of server/postgres.
package migrations

import "embed"

// FS holds 00001_name.sql and so on: plain goose SQL, one file a concept.
//
//go:embed *.sql
var FS embed.FS
