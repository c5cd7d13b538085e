package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// demoCommand is `pilotboard demo`.
type demoCommand struct{}

// defaultDemoDay is the day the sample province lives on unless --today names another.
const defaultDemoDay = "2019-10-12"

// Run fills a database with the sample province and serves it. Without PILOTBOARD_DATABASE_URL the
// database is a SQLite file in a temporary folder, with the evidence files beside it, that goes when the
// demo ends; with it, it must be empty.
func (demoCommand) Run(ctx context.Context, c *Config, s streams) error {
	if c.Today == "" {
		c.Today = defaultDemoDay
	}
	if c.DatabaseURL == "" {
		dir, err := os.MkdirTemp("", "pilotboard-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		defer os.RemoveAll(dir)
		c.DataDir, c.EvidenceURL = dir, ""
		c.DatabaseURL = "sqlite:" + filepath.Join(dir, "demo.db")
	}
	password := os.Getenv("PILOTBOARD_DEMO_PASSWORD")
	if password == "" {
		password = rand.Text()
	}
	return withServices(ctx, c, func(services services) error {
		if err := mustBeEmpty(ctx, services.db); err != nil {
			return err
		}
		fmt.Fprintln(s.out, "filling the sample province …")
		logins, err := fillDemo(ctx, services.db, services.files, c.businessDay(), password)
		if err != nil {
			return fmt.Errorf("fill the sample province: %w", err)
		}
		return serve(ctx, c, services, func(address string) { welcome(s.out, address, password, c.businessDay(), logins) })
	})
}

// mustBeEmpty refuses a database that holds anything.
func mustBeEmpty(ctx context.Context, db *database.DB) error {
	for _, table := range []string{"divisions", "users", "plans", "units"} {
		var n int64
		if err := db.Read(ctx).Table(table).Limit(1).Count(&n).Error; err != nil {
			return fmt.Errorf("look into the database: %w", err)
		}
		if n > 0 {
			return errors.New("PILOTBOARD_DATABASE_URL must name an empty database; the demo fills it")
		}
	}
	return nil
}

// login is a demo user as printed at the start.
type login struct {
	name  string
	role  accounts.Role
	title string
}

func welcome(w io.Writer, address, password string, day period.Date, logins []login) {
	fmt.Fprintf(w, "\n示例省份（全部为示例数据），业务日期 %s\nSample province, all reports are synthetic, business date %s\n\n", day, day)
	fmt.Fprintf(w, "  打开 Open:        %s\n  密码 Password:    %s  (one for all)\n\n", address, password)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, l := range logins {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", l.name, l.role, l.title)
	}
	table.Flush()
	fmt.Fprintln(w, "\nCtrl+C ends it.")
}
