// Package analytics is the only place where a shown number is computed: facts from accepted
// revisions, units against their plan, lights, pace, roll-ups, completeness and the trace back to
// the reports, all to the letter of method.md. It owns the tables facts, unit_figures, rollups,
// item_rollups and efforts; everything in them can be thrown away and rebuilt. It writes no other package's tables
// and learns what happened from its feed in the ledger.
package analytics

import (
	"sync"

	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// Queue is one of this package's two feeds in the ledger. What is filed changes counts, and figures of what
// waits for review; while much is filed at once these are late, and figures of what is accepted are not.
type Queue string

// The queues.
const (
	Prompt  Queue = "analytics"
	Patient Queue = "analytics.filed"
)

var queues = []Queue{Prompt, Patient}

// Feeds names the acts that this package pulls from the ledger.
func Feeds() []ledger.Consumer {
	return []ledger.Consumer{
		{Name: string(Prompt), Acts: []string{
			string(reporting.ActOpen), string(reporting.ActReturn), string(reporting.ActAccept), string(reporting.ActReopen),
			plan.ActImported, reporting.ActCalendar, reporting.ActLoaded, override.ActSet, override.ActWithdrawn,
		}},
		{Name: string(Patient), Acts: []string{string(reporting.ActSubmit), string(reporting.ActWithdraw)}},
	}
}

// Service answers for every figure. Every call asks the actor's scope.
type Service struct {
	db        *database.DB
	plans     *plan.Service
	tree      *divisions.Service
	reports   *reporting.Service
	clock     period.Clock
	homes     *epoch.Kept[homeKey, Home]
	restated  *epoch.Kept[restatedKey, []reporting.Restatement]
	overrides *epoch.Kept[int64, []override.Entry] // by unit
	most      int                                  // acts taken from the feed in one transaction

	refreshing sync.Mutex
}

// keptOverrides is the number of units whose lights set by hand are kept in memory: those of a province.
const keptOverrides = 20_000

// New makes the service.
func New(db *database.DB, plans *plan.Service, tree *divisions.Service, reports *reporting.Service, clock period.Clock) *Service {
	return &Service{
		db: db, plans: plans, tree: tree, reports: reports, clock: clock,
		homes: epoch.KeepFigures[homeKey, Home](keptHomes), restated: epoch.KeepCorrections[restatedKey, []reporting.Restatement](keptRestated),
		overrides: epoch.KeepCommon[int64, []override.Entry](keptOverrides), most: actsAtOnce,
	}
}

// rollup is a row of rollups.
type rollup struct {
	DivisionID int64
	Form       string
	Period     period.Quarter
	Batch      string
	UnitType   string
	Level      int
	ParentID   int64
	Expected   int64
	Submitted  int64
	OnTime     int64
	Accepted   int64
	Reported   int64
	Planned    int64
	Earned     int64
	Overdue    int64
	Lights     string
	Locked     string
	Measures   string
}

func (rollup) TableName() string { return "rollups" }

func newRollup(key rollupKey, level int, parent int64, s Sum) rollup {
	return rollup{
		DivisionID: key.division, Form: key.form, Period: key.period, Batch: key.batch, UnitType: key.unitType, Level: level, ParentID: parent,
		Expected: s.Expected, Submitted: s.Submitted, OnTime: s.OnTime, Accepted: s.Accepted, Reported: s.Reported,
		Planned: s.Planned, Earned: s.Earned, Overdue: s.Overdue, Lights: s.lightsText(), Locked: s.lockedText(), Measures: s.measuresText(),
	}
}

// sum reads a roll-up; without measures, workstreams and milestones are left out.
func (r rollup) sum(measures bool) (Sum, error) {
	s := Sum{
		Expected: r.Expected, Submitted: r.Submitted, OnTime: r.OnTime, Accepted: r.Accepted,
		Reported: r.Reported, Planned: r.Planned, Earned: r.Earned, Overdue: r.Overdue,
	}
	if err := s.readLights(r.Lights, r.Locked); err != nil || !measures {
		return s, err
	}
	return s, s.readMeasures(r.Measures)
}
