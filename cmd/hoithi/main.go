// Command hoithi runs competitions with live scoring: one program that serves, migrates, rehearses and verifies.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/hoithi/hoithi/server/fault"
)

// version is set by the build (-ldflags "-X main.version=...").
var version = "dev"

// commands are what the program can do; each has its help.
type commands struct {
	Serve    serveCommand    `cmd:"" default:"withargs" help:"Serve contests (the default command). With nothing configured it starts its own PostgreSQL and Redis and keeps all data in one folder."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database's tables up to this version, then end. serve does it by itself."`
	Seed     seedCommand     `cmd:"" help:"Make the demo contest (again) and print a sign-in for each kind of user."`
	Rehearse rehearseCommand `cmd:"" help:"Play a quiz round with robots through the real socket, on a copy that leaves no trace, and report what was measured."`
	Verify   verifyCommand   `cmd:"" help:"Compute contests again from their responses and marks, and compare with the final results and the audit chain. Ends with 1 when something does not fit."`
	Backup   backupCommand   `cmd:"" help:"Write everything into one file, as it is at one moment. A server may go on working meanwhile."`
	Restore  restoreCommand  `cmd:"" help:"Fill an empty database or data folder from a backup, also of another major version of PostgreSQL."`
	Openapi  openapiCommand  `cmd:"" name:"openapi" help:"Print the API's document (OpenAPI 3.1, with the live messages) as JSON."`

	Version kong.VersionFlag `help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		explain(err)
		os.Exit(1)
	}
}

// run parses the arguments and runs the command; a test can call it.
func run(ctx context.Context, args []string) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("hoithi"),
		kong.Description("Hội Thi runs competitions with live scoring. Every flag can also be set by the environment variable beside it."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Vars{"version": buildVersion()})
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		parser.FatalIfErrorf(err)
	}
	return parsed.Run()
}

func buildVersion() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return "dev-" + s.Value[:12]
			}
		}
	}
	return version
}

// explain tells the operator what happened, in both languages when it is a fault, with the cause.
func explain(err error) {
	var f *fault.Fault
	if !errors.As(err, &f) {
		fmt.Fprintln(os.Stderr, "hoithi:", err)
		return
	}
	fmt.Fprintf(os.Stderr, "hoithi: %s\n        %s\n", f.Vi, f.En)
	for _, x := range f.Fields {
		fmt.Fprintf(os.Stderr, "        - %s\n          %s\n", x.Vi, x.En)
	}
	if cause := errors.Unwrap(f); cause != nil {
		fmt.Fprintln(os.Stderr, "        ", cause)
	}
}
