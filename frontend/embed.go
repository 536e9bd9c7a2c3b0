// Package frontend carries the built web pages inside the program.
//
// The build is made by `npm run build` into build/site; without it only a marker file is embedded and the server says
// so. This package must never hold logic: serving the files is the web package's work.
package frontend

import "embed"

// Build is the folder build; the site is its folder "site".
//
//go:embed all:build
var Build embed.FS
