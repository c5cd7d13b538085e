package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
)

// importCommand is `pilotboard import`.
type importCommand struct {
	Divisions    importDivisions    `cmd:"" help:"The tree of divisions, from a CSV file."`
	Plan         importPlan         `cmd:"" help:"A plan, from a YAML file."`
	Forms        importForms        `cmd:"" help:"Forms, from YAML files; all of them or none."`
	Pilots       importPilots       `cmd:"" help:"Pilot units and their designations, from a CSV file."`
	Observations importObservations `cmd:"" help:"Figures and claims that documents have published, from a YAML file."`
	Reports      importReports      `cmd:"" help:"Reports as drafts, from a CSV, JSON, NDJSON or xlsx file."`
}

// file is what every import takes.
type file struct {
	File   string `arg:"" help:"The file."`
	DryRun bool   `help:"Change nothing and report everything."`
}

// maxImport is the greatest size of a file, in bytes.
const maxImport = 256 << 20

func (f file) read() ([]byte, error) {
	in, err := os.Open(f.File)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.File, err)
	}
	if len(data) > maxImport {
		return nil, fmt.Errorf("%s is larger than %d MiB", f.File, maxImport>>20)
	}
	return data, nil
}

func (f file) say(w io.Writer, format string, args ...any) {
	if f.DryRun {
		format = "dry run, nothing changed: " + format
	}
	fmt.Fprintf(w, format+"\n", args...)
}

type importDivisions struct{ file }

// Run imports the tree, then sets again where every unit lies.
func (i importDivisions) Run(ctx context.Context, c *Config, s streams) error {
	data, err := i.read()
	if err != nil {
		return err
	}
	return withServices(ctx, c, func(services services) error {
		result, err := services.tree.Import(ctx, bytes.NewReader(data), i.File, i.DryRun, "import divisions")
		if err != nil {
			return err
		}
		i.say(s.out, "%d divisions created, %d updated, %d unchanged", result.Created, result.Updated, result.Unchanged)
		if i.DryRun {
			return nil
		}
		return services.settle(ctx)
	})
}

type importPlan struct {
	file
	Reason string `help:"Why a plan that is there already changes."`
}

// Run imports a plan version, then makes the obligations that it calls for.
func (i importPlan) Run(ctx context.Context, c *Config, s streams) error {
	data, err := i.read()
	if err != nil {
		return err
	}
	return withServices(ctx, c, func(services services) error {
		p, err := services.plans.Import(ctx, accounts.System("import plan"), i.File, data, i.Reason, i.DryRun)
		if err != nil {
			return err
		}
		i.say(s.out, "plan %s, version %d", p.Key, p.No)
		if i.DryRun {
			return nil
		}
		return services.settle(ctx)
	})
}

type importForms struct {
	Files  []string `arg:"" help:"The files."`
	Note   string   `help:"What changes in a form that is there already."`
	DryRun bool     `help:"Change nothing and report everything."`
}

// Run publishes forms, then makes the obligations that they call for.
func (i importForms) Run(ctx context.Context, c *Config, s streams) error {
	files := make([]forms.File, len(i.Files))
	for n, name := range i.Files {
		data, err := file{File: name}.read()
		if err != nil {
			return err
		}
		files[n] = forms.File{Name: name, Data: data}
	}
	return withServices(ctx, c, func(services services) error {
		list, err := services.forms.ImportFiles(ctx, accounts.System("import forms"), files, i.Note, i.DryRun)
		if err != nil {
			return err
		}
		for _, form := range list {
			file{DryRun: i.DryRun}.say(s.out, "form %s, version %d", form.Key, form.Version)
		}
		if i.DryRun {
			return nil
		}
		return services.settle(ctx)
	})
}

type importPilots struct{ file }

// Run imports pilots, then makes the obligations that they bring.
func (i importPilots) Run(ctx context.Context, c *Config, s streams) error {
	data, err := i.read()
	if err != nil {
		return err
	}
	return withServices(ctx, c, func(services services) error {
		result, err := services.plans.ImportPilots(ctx, accounts.System("import pilots"), i.File, bytes.NewReader(data), i.DryRun)
		if err != nil {
			return err
		}
		i.say(s.out, "%d pilots created, %d updated, %d unchanged", result.Created, result.Updated, result.Unchanged)
		if i.DryRun {
			return nil
		}
		return services.settle(ctx)
	})
}
