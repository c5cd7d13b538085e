package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/boundary"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/notify"
	"pilotboard/pkg/observations"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/supervision"
)

// services is everything that thinks, wired.
type services struct {
	db        *database.DB
	files     *evidence.Files
	tree      *divisions.Service
	accounts  *accounts.Service
	plans     *plan.Service
	forms     *forms.Service
	evidence  *evidence.Service
	reports   *reporting.Service
	figures   *analytics.Service
	overrides *override.Service
	exchange  *exchange.Service
	orders    *supervision.Service
	maps      *boundary.Service
	notices   *notify.Service
	quoted    *observations.Service
}

// wire builds the services from the ground up.
func wire(db *database.DB, files *evidence.Files, clock period.Clock) services {
	log := ledger.New(append(analytics.Feeds(), notify.Feed())...)
	s := services{db: db, files: files}
	s.tree = divisions.New(db, log, clock)
	s.accounts = accounts.New(db, log, clock)
	s.plans = plan.New(db, s.tree, log, clock)
	s.forms = forms.New(db, s.plans, log, clock)
	s.evidence = evidence.New(db, s.plans, files, log, clock)
	s.reports = reporting.New(db, s.plans, s.forms, s.evidence, s.tree, log, clock)
	s.exchange = exchange.New(s.reports, s.forms)
	s.overrides = override.New(db, s.plans, s.reports, log, clock)
	s.figures = analytics.New(db, s.plans, s.tree, s.reports, clock)
	s.orders = supervision.New(db, supervision.Services{Plans: s.plans, Tree: s.tree, Reports: s.reports, Figures: s.figures}, log, clock)
	s.maps = boundary.New(db, s.tree, log, clock)
	s.quoted = observations.New(db, log, clock)
	s.notices = notify.New(db, s.plans, s.forms, s.reports, clock)
	return s
}

// openDatabase opens the configured database, making the folder of an embedded one.
func openDatabase(ctx context.Context, url string) (*database.DB, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return nil, fmt.Errorf("make the folder of the database: %w", err)
		}
	}
	return database.Open(ctx, url)
}

// openFiles opens where the evidence files are kept: the configured bucket, or a folder of the data
// folder, which it makes.
func openFiles(ctx context.Context, c *Config) (*evidence.Files, error) {
	if c.EvidenceURL != "" {
		return evidence.OpenFiles(ctx, c.EvidenceURL)
	}
	folder, err := evidence.FolderURL(filepath.Join(c.DataDir, "evidence"))
	if err != nil {
		return nil, err
	}
	return evidence.OpenFiles(ctx, folder)
}

// withServices runs fn on the configured database, whose schema must be up to date, and closes it.
func withServices(ctx context.Context, c *Config, fn func(services) error) error {
	db, err := openDatabase(ctx, c.databaseURL())
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	if err := db.UseReplicas(c.replicaURLs()); err != nil {
		return err
	}
	files, err := openFiles(ctx, c)
	if err != nil {
		return err
	}
	defer files.Close()
	s := wire(db, files, c.clock())
	s.notices = s.notices.Sending(c.sending())
	return fn(s)
}

// settle follows a change of tree, plan or pilots through: where units lie, who owes what, figures.
// Before there is a plan there is nothing to settle.
func (s services) settle(ctx context.Context) error {
	if err := s.plans.RefreshPlaces(ctx); err != nil {
		return err
	}
	if _, err := s.reports.OpenPeriods(ctx, accounts.System("calendar")); err != nil {
		if noPlan(err) {
			return nil
		}
		return err
	}
	_, err := s.figures.Refresh(ctx)
	return err
}
