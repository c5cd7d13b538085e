package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/locale"
)

// userCommand is `pilotboard user`.
type userCommand struct {
	Add     userAdd     `cmd:"" help:"Add a user."`
	Passwd  userPasswd  `cmd:"" help:"Set a user's password."`
	List    userList    `cmd:"" help:"List the users."`
	Disable userDisable `cmd:"" help:"Disable a user: sessions and tokens end at once."`
}

// operator is who acts when a command of this machine's operator changes accounts.
var operator = accounts.System("operator")

type userAdd struct {
	Name    string `arg:"" help:"Login name."`
	Role    string `required:"" enum:"admin,monitor,reviewer,clerk,viewer" help:"admin, monitor, reviewer, clerk or viewer."`
	Scope   string `help:"Division code; for a clerk the key of the unit; an administrator may do without."`
	Display string `help:"Name that people read."`
	Email   string `help:"Address that mail goes to."`
}

// Run adds a user. The password is asked for at a terminal, else read from the first line of
// standard input; an empty one is made up and printed.
func (u userAdd) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		wanted := accounts.NewUser{Name: u.Name, Display: u.Display, Role: accounts.Role(u.Role), Email: u.Email, Language: locale.Chinese}
		if wanted.Display == "" {
			wanted.Display = u.Name
		}
		if err := services.resolveScope(ctx, &wanted, u.Scope, c); err != nil {
			return err
		}
		password, made, err := askPassword(s)
		if err != nil {
			return err
		}
		wanted.Password = password
		if _, err := services.accounts.Add(ctx, operator, wanted); err != nil {
			return err
		}
		sayPassword(s.out, "added "+u.Name, password, made)
		return nil
	})
}

// resolveScope fills the sub-tree or unit that scope names.
func (s services) resolveScope(ctx context.Context, u *accounts.NewUser, scope string, c *Config) error {
	if scope == "" {
		return nil
	}
	if u.Role == accounts.Clerk {
		unit, err := s.plans.UnitByKey(ctx, scope)
		u.Unit = unit.ID
		return err
	}
	division, err := s.tree.ByCode(ctx, scope, c.clock().Today())
	u.Division = division.ID
	return err
}

type userPasswd struct {
	Name string `arg:"" help:"Login name."`
}

// Run sets a password, read as by user add.
func (u userPasswd) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		password, made, err := askPassword(s)
		if err != nil {
			return err
		}
		if err := services.accounts.SetPassword(ctx, operator, u.Name, password); err != nil {
			return err
		}
		sayPassword(s.out, "password of "+u.Name+" set", password, made)
		return nil
	})
}

type userList struct{}

// Run lists all users.
func (userList) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for after := ""; ; {
			users, next, err := services.accounts.List(ctx, operator, after, 200)
			if err != nil {
				return err
			}
			for _, u := range users {
				state := "active"
				if u.Disabled {
					state = "disabled"
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", u.Name, u.Role, u.Display, state)
			}
			if after = next; after == "" {
				return table.Flush()
			}
		}
	})
}

type userDisable struct {
	Name string `arg:"" help:"Login name."`
}

// Run disables a user.
func (u userDisable) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		if err := services.accounts.Disable(ctx, operator, u.Name); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "disabled %s\n", u.Name)
		return nil
	})
}

// askPassword reads a password without showing it at a terminal, else the first line of standard
// input; when nothing comes it makes one up.
func askPassword(s streams) (password string, made bool, err error) {
	if in, ok := s.in.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(s.err, "Password (empty: make one up): ")
		typed, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(s.err)
		if err != nil {
			return "", false, fmt.Errorf("read the password: %w", err)
		}
		password = string(typed)
	} else {
		line, err := bufio.NewReader(io.LimitReader(s.in, 1024)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", false, fmt.Errorf("read the password: %w", err)
		}
		password = strings.TrimRight(line, "\r\n")
	}
	if password != "" {
		return password, false, nil
	}
	return rand.Text(), true, nil
}

func sayPassword(w io.Writer, done, password string, made bool) {
	fmt.Fprintln(w, done)
	if made {
		fmt.Fprintf(w, "password: %s\n", password)
	}
}

// tokenCommand is `pilotboard token`.
type tokenCommand struct {
	Create tokenCreate `cmd:"" help:"Create a token; it is printed alone on the last line."`
}

type tokenCreate struct {
	User string `required:"" help:"Whose token."`
	Days int    `help:"Days until it expires; 0 is never."`
}

// Run prints a new token on the last line of stdout.
func (t tokenCreate) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		token, err := services.accounts.CreateToken(ctx, operator, t.User, t.Days)
		if err != nil {
			return err
		}
		fmt.Fprintln(s.out, token)
		return nil
	})
}
