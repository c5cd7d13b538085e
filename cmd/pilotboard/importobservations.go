package main

import (
	"context"

	"pilotboard/pkg/accounts"
)

type importObservations struct{ file }

// Run imports what documents have published.
func (i importObservations) Run(ctx context.Context, c *Config, s streams) error {
	data, err := i.read()
	if err != nil {
		return err
	}
	return withServices(ctx, c, func(services services) error {
		result, err := services.quoted.Import(ctx, accounts.System("import observations"), i.File, data, i.DryRun)
		if err != nil {
			return err
		}
		i.say(s.out, "%d observations and checks created, %d updated, %d unchanged", result.Created, result.Updated, result.Unchanged)
		return nil
	})
}
