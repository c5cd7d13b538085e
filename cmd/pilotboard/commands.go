package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"pilotboard/pkg/fault"
)

// Exit codes: all done, something went wrong, the command line itself is wrong.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// streams are what a command reads from and writes to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// commandLine is every command and the settings they share.
type commandLine struct {
	Config

	Demo     demoCommand     `cmd:"" help:"Serve a sample province from a fresh database."`
	Serve    serveCommand    `cmd:"" help:"Serve the pages and the API."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database schema up to date, or show its state."`
	User     userCommand     `cmd:"" help:"Add, list and disable users, and set passwords."`
	Token    tokenCommand    `cmd:"" help:"Create access tokens for the API."`
	Import   importCommand   `cmd:"" help:"Import divisions, a plan, pilots or reports from a file."`
	Export   exportCommand   `cmd:"" help:"Write reports as a workbook, CSV or JSON."`
	Rebuild  rebuildCommand  `cmd:"" help:"Compute all figures again from accepted revisions and say what differed."`
	Generate generateCommand `cmd:"" help:"Fill a database with synthetic reports over the real tree."`
	Verify   verifyCommand   `cmd:"" help:"Check the hash chain of every revision."`
}

// run does one command and gives its exit code. Errors go to stderr, one per line.
func run(ctx context.Context, args []string, s streams) int {
	var line commandLine
	exited := -1
	parser, err := kong.New(&line, kong.Name("pilotboard"),
		kong.Description("Quarterly reporting and plan-against-actual monitoring for government pilots."),
		kong.Writers(s.out, s.err), kong.Exit(func(code int) { exited = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(s.err, err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help has printed itself
		return exited
	}
	if err != nil {
		fmt.Fprintf(s.err, "pilotboard: %s\nRun `pilotboard --help` for the commands.\n", err)
		return exitUsage
	}
	if problems := line.Config.validate(); len(problems) > 0 {
		fmt.Fprintln(s.err, strings.Join(problems, "\n"))
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&line.Config, s); err != nil {
		report(s.err, err)
		return exitFailed
	}
	return exitDone
}

// report writes an error for the person at the terminal, one line per fault, in the terminal's language.
func report(w io.Writer, err error) {
	p := terminalWords()
	var inFile fault.FileFaults
	if errors.As(err, &inFile) {
		for _, f := range inFile {
			fmt.Fprintf(w, "%s: %s\n", f.Where(), p.Message(f.Message))
		}
		return
	}
	f, ok := fault.As(err)
	if !ok {
		fmt.Fprintf(w, "pilotboard: %s\n", err)
		return
	}
	fmt.Fprintln(w, p.Fault(f))
	for _, field := range f.Fields {
		fmt.Fprintf(w, "%s: %s\n", field.Name, p.Message(field.Message))
	}
}
