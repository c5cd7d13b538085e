package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

type importReports struct{ file }

// Run imports reports as drafts from a file that is what its name ends in. Every report that is refused
// is told with its place; the others are kept.
func (i importReports) Run(ctx context.Context, c *Config, s streams) error {
	in, err := os.Open(i.File)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	return withServices(ctx, c, func(services services) error {
		bar := newProgress(s.err)
		options := exchange.Options{DryRun: i.DryRun, Progress: bar.show}
		actor := accounts.System("import reports")
		var result exchange.Result
		switch ending := strings.ToLower(filepath.Ext(i.File)); ending {
		case ".csv":
			result, err = services.exchange.ImportCSV(ctx, actor, in, options)
		case ".json", ".ndjson", ".jsonl":
			result, err = services.exchange.ImportJSON(ctx, actor, in, options)
		case ".xlsx":
			result, err = services.exchange.Read(ctx, actor, exchange.File{ReaderAt: in, Size: info.Size()}, options)
		default:
			return fmt.Errorf("%s: a file of reports ends in .csv, .json, .ndjson or .xlsx", i.File)
		}
		bar.end()
		if err != nil {
			return err
		}
		i.tell(s.err, result)
		i.say(s.out, "%d reports created, %d updated, %d unchanged, %d refused", result.Created, result.Updated, result.Unchanged, result.Refused)
		if result.Refused > 0 {
			return fmt.Errorf("%d reports were refused and are as they were", result.Refused)
		}
		return nil
	})
}

// tell writes what was refused, and what checks say, a line each.
func (i importReports) tell(w io.Writer, result exchange.Result) {
	words := terminalWords()
	out := bufio.NewWriter(w)
	defer out.Flush()
	for _, p := range result.Problems {
		where := fmt.Sprintf("%s:%d", i.File, p.Row)
		for _, part := range []string{p.Cell, p.Unit, p.Item} {
			if part != "" {
				where += ": " + part
			}
		}
		fmt.Fprintf(out, "%s: %s\n", where, words.Message(p.Message))
	}
	for _, f := range result.Warnings {
		fmt.Fprintf(out, "%s:%d: %s: %s: %s: %s\n", i.File, f.Row, f.Unit, strings.Join(f.Items, ","), f.Severity, words.Message(f.Message))
	}
	if more := result.Warned - len(result.Warnings); more > 0 {
		fmt.Fprintf(out, "%s: %s\n", i.File, words.T("exchange.upload.more_warnings", more))
	}
}

// exportCommand is `pilotboard export`.
type exportCommand struct {
	Reports exportReports `cmd:"" help:"Reports, as a workbook, CSV or JSON."`
}

type exportReports struct {
	Format string `enum:"xlsx,csv,json" default:"csv" help:"xlsx, csv or json."`
	Period string `placeholder:"2019Q3" help:"Only this quarter."`
	Form   string `help:"Only this form; a workbook holds one form."`
	Scope  string `placeholder:"CODE" help:"Only this division."`
}

// Run writes reports to the output, as they are read.
func (e exportReports) Run(ctx context.Context, c *Config, s streams) error {
	filter := reporting.Filter{Form: e.Form, Scope: e.Scope}
	if e.Period != "" {
		var err error
		if filter.Period, err = period.Parse(e.Period); err != nil {
			return err
		}
	}
	return withServices(ctx, c, func(services services) error {
		actor := accounts.System("export reports")
		switch e.Format {
		case "xlsx":
			return services.exchange.Batch(ctx, actor, terminalWords(), filter, s.out)
		case "json":
			return services.exchange.ExportJSON(ctx, actor, filter, s.out)
		}
		return services.exchange.ExportCSV(ctx, actor, filter, s.out)
	})
}

// terminalWords speaks the terminal's language.
func terminalWords() locale.Printer {
	return locale.For(locale.Match(strings.ReplaceAll(strings.SplitN(os.Getenv("LANG"), ".", 2)[0], "_", "-")))
}

// progress shows how far a long command is: a bar on a terminal, now and then a line elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	told     time.Time
}

const (
	barWidth   = 40
	lineEvery  = 5 * time.Second
	barRefresh = 100 * time.Millisecond
)

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), told: time.Now()}
}

func (p *progress) show(done, total int) {
	every := lineEvery
	if p.terminal {
		every = barRefresh
	}
	if time.Since(p.told) < every && done < total {
		return
	}
	p.told = time.Now()
	if p.terminal {
		full := barWidth * done / max(total, 1)
		fmt.Fprintf(p.w, "\r[%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat(" ", barWidth-full), done, total)
	} else if done < total {
		fmt.Fprintf(p.w, "%d of %d reports\n", done, total)
	}
}

// end leaves the line of the bar.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprintln(p.w)
	}
}
