package main

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

type userHandover struct {
	From    string `arg:"" help:"Login name of the clerk who leaves."`
	To      string `arg:"" help:"Login name of who takes over; a new user is added when there is none."`
	Display string `help:"Name that people read, of a new user."`
	Note    string `help:"Reason, which the new clerk reads." default:"人员变动"`
}

// Run hands a unit over. The password of a new user is read as by user add.
func (u userHandover) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		from, err := services.accounts.ByName(ctx, operator, u.From)
		if err != nil {
			return err
		}
		handover := accounts.Handover{Unit: from.Unit, From: u.From, To: accounts.NewUser{Name: u.To, Display: u.Display}, Note: u.Note}
		made := false
		if _, err := services.accounts.ByName(ctx, operator, u.To); fault.Is(err, fault.NotFound) {
			if handover.To.Password, made, err = askPassword(s); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		if _, err := services.accounts.HandOver(ctx, operator, handover); err != nil {
			return err
		}
		sayPassword(s.out, u.From+" handed over to "+u.To, handover.To.Password, made)
		return nil
	})
}
