// Package reportingtest builds a small province for tests of reporting and of everything above it: two
// cities with three counties, five pilot units of all types in two batches, a plan with every sort of
// path and measure, users of every role on demand, and a clock that a test sets. Two unit names and a
// milestone title are what a person with bad intentions would write, so that every page, chart and file
// made from the province is tried with them. It is imported by tests only and owns no table.
//
// The units, with the division they lie in:
//
//	community-01  2018  340104001001 under 合肥市 蜀山区
//	community-02  2018  340705400001 directly under 铜陵市 铜官区; its name is a script
//	district-01   2019  340181 in 合肥市
//	street-01     2019  340705001 under 铜陵市 铜官区
//	community-03  2019  340181001001 under 合肥市 巢湖市; its name is a formula
//
// The users are named like those of the demo: admin, monitor, viewer, reviewer-340100 (any city or
// county code), clerk-community-01 (any unit).
package reportingtest

import (
	"bytes"
	"context"
	_ "embed"
	"strings"
	"sync"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// The files the province is made of.
var (
	//go:embed data/divisions.csv
	divisionsFile []byte
	//go:embed data/plan.yaml
	planFile []byte
	//go:embed data/pilots.csv
	pilotsFile []byte
	//go:embed data/burden.yaml
	burdenFile []byte
)

// Form is the form of the plan.
const Form = "progress"

// Today is the day the province begins on: 2018Q4 to 2019Q3 are open, 2019Q3 is late and not locked.
const Today = "2019-10-12"

// Password is that of every user.
const Password = "correct horse 马"

// Province is the services over one database, and its clock.
type Province struct {
	DB       *database.DB
	Ledger   *ledger.Ledger
	Tree     *divisions.Service
	Accounts *accounts.Service
	Plans    *plan.Service
	Forms    *forms.Service
	Evidence *evidence.Service
	Reports  *reporting.Service
	Clock    *Clock

	actors map[string]accounts.Actor
}

// New fills an empty, migrated database. Consumers are told of every act, as by the program's own
// ledger: tests of analytics give analytics.Feeds().
func New(t testing.TB, db *database.DB, consumers ...ledger.Consumer) *Province {
	t.Helper()
	p := &Province{DB: db, Ledger: ledger.New(consumers...), Clock: NewClock(Today), actors: map[string]accounts.Actor{}}
	clock := period.Clock(p.Clock.Now)
	p.Tree = divisions.New(db, p.Ledger, clock)
	p.Accounts = accounts.New(db, p.Ledger, clock)
	p.Plans = plan.New(db, p.Tree, p.Ledger, clock)
	p.Forms = forms.New(db, p.Plans, p.Ledger, clock)
	p.Evidence = evidence.New(db, p.Plans, openFiles(t), p.Ledger, clock)
	p.Reports = reporting.New(db, p.Plans, p.Forms, p.Evidence, p.Tree, p.Ledger, clock)

	ctx, system := context.Background(), accounts.System("test")
	if _, err := p.Tree.Import(ctx, bytes.NewReader(divisionsFile), "divisions.csv", false, system.Name); err != nil {
		t.Fatalf("import divisions: %v", err)
	}
	if _, err := p.Plans.Import(ctx, system, "plan.yaml", planFile, "", false); err != nil {
		t.Fatalf("import the plan: %v", err)
	}
	if _, err := p.Plans.ImportPilots(ctx, system, "pilots.csv", bytes.NewReader(pilotsFile), false); err != nil {
		t.Fatalf("import pilots: %v", err)
	}
	p.OpenPeriods(t)
	return p
}

// openFiles gives a folder for evidence that goes with the test.
func openFiles(t testing.TB) *evidence.Files {
	t.Helper()
	address, err := evidence.FolderURL(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files, err := evidence.OpenFiles(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return files
}

// OpenPeriods makes the obligations that the clock calls for.
func (p *Province) OpenPeriods(t testing.TB) {
	t.Helper()
	if _, err := p.Reports.OpenPeriods(context.Background(), accounts.System("test")); err != nil {
		t.Fatalf("open periods: %v", err)
	}
}

// Actor gives the user with the name, made when it is not there yet.
func (p *Province) Actor(t testing.TB, name string) accounts.Actor {
	t.Helper()
	if actor, ok := p.actors[name]; ok {
		return actor
	}
	in := accounts.NewUser{Name: name, Display: "用户 " + name, Password: Password}
	role, of, _ := strings.Cut(name, "-")
	in.Role = accounts.Role(role)
	switch {
	case in.Role == accounts.Clerk:
		in.Unit = p.Unit(t, of).ID
	case of != "":
		in.Division = p.Division(t, of).ID
	case in.Role != accounts.Admin:
		in.Division = p.Division(t, "340000").ID
	}
	user, err := p.Accounts.Add(context.Background(), accounts.System("test"), in)
	if err != nil {
		t.Fatalf("add user %s: %v", name, err)
	}
	p.actors[name] = user.Actor()
	return user.Actor()
}

// Unit gives a unit by its key.
func (p *Province) Unit(t testing.TB, key string) plan.Unit {
	t.Helper()
	unit, err := p.Plans.UnitByKey(context.Background(), key)
	if err != nil {
		t.Fatalf("unit %s: %v", key, err)
	}
	return unit
}

// Division gives a division by the code it has today.
func (p *Province) Division(t testing.TB, code string) divisions.Division {
	t.Helper()
	division, err := p.Tree.ByCode(context.Background(), code, period.Clock(p.Clock.Now).Today())
	if err != nil {
		t.Fatalf("division %s: %v", code, err)
	}
	return division
}

// Clock is a clock that a test sets. It goes on a little at every look, so that no two acts happen at
// the same moment.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock on a day, at nine in the morning in Shanghai.
func NewClock(day string) *Clock {
	c := &Clock{}
	c.Set(day)
	return c
}

// Now gives the moment; it is a period.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// Set moves the clock to nine in the morning of a day.
func (c *Clock) Set(day string) {
	d := period.MustParseDate(day)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = time.Date(d.Year, d.Month, d.Day, 9, 0, 0, 0, period.Zone).UTC()
}

// Go moves the clock on by minutes, or back.
func (c *Clock) Go(minutes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Duration(minutes) * time.Minute)
}

// set moves the clock to a moment.
func (c *Clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// PlanFile gives the plan file the province was made from.
func PlanFile() []byte { return bytes.Clone(planFile) }
