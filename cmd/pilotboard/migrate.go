package main

import (
	"context"
	"fmt"
	"text/tabwriter"
)

// migrateCommand is `pilotboard migrate`.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Take all steps that are missing."`
	Status migrateStatus `cmd:"" help:"List the steps and whether they have been taken."`
}

type migrateUp struct{}

// Run takes all missing steps.
func (migrateUp) Run(ctx context.Context, c *Config, s streams) error {
	db, err := openDatabase(ctx, c.databaseURL())
	if err != nil {
		return err
	}
	defer db.Close()
	steps, err := db.Migrate(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d migrations applied\n", steps)
	return nil
}

type migrateStatus struct{}

// Run lists the steps.
func (migrateStatus) Run(ctx context.Context, c *Config, s streams) error {
	db, err := openDatabase(ctx, c.databaseURL())
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := db.Migrations(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, m := range list {
		state := "pending"
		if m.Applied {
			state = "applied"
		}
		fmt.Fprintf(table, "%s\t%s\n", m.Name, state)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return db.CheckSchema(ctx)
}
