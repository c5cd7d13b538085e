// Package override keeps the lights that the province sets by hand (method.md §5): for one unit, or one of
// its milestones, and one quarter, with a reason. It owns the table light_overrides, which is append-only.
// It computes no light and counts none: analytics reads what stands here and shows it as an override.
package override

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// The acts in the ledger. Their detail is Detail; they bear no form, since they touch no report.
const (
	ActSet       = "light.overridden"
	ActWithdrawn = "light.override_withdrawn"
)

// Detail is what the ledger keeps of an act.
type Detail struct {
	Milestone string `json:"milestone,omitempty"`
	Light     string `json:"light,omitempty"`
	Reason    string `json:"reason"`
}

// MaxReason is the greatest length of a reason, in characters.
const MaxReason = 500

// Lights are the lights that can be set. That a report is missing cannot be set by hand.
var Lights = []string{"done", "on_track", "watch", "behind", "severe"}

// Known tells whether a light can be set.
func Known(light string) bool { return slices.Contains(Lights, light) }

// Entry is one act: a light set, or with an empty light what stood before withdrawn. An empty milestone
// stands for the unit as a whole.
type Entry struct {
	UnitID    int64
	Period    period.Quarter
	Milestone string
	No        int64
	Light     string
	Reason    string
	At        time.Time
	ByID      int64
	ByName    string
}

// TableName names the table of entries.
func (Entry) TableName() string { return "light_overrides" }

// Service sets and withdraws overrides. Every call asks the actor's scope.
type Service struct {
	db      *database.DB
	plans   *plan.Service
	reports *reporting.Service
	ledger  *ledger.Ledger
	clock   period.Clock
}

// New makes the service.
func New(db *database.DB, plans *plan.Service, reports *reporting.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{db: db, plans: plans, reports: reports, ledger: l, clock: clock}
}

// Of gives, inside tx, every act on the lights of some units, by unit, quarter, milestone and number. Meant
// for services that have asked the scope.
func Of(tx *gorm.DB, units []int64) ([]Entry, error) {
	var entries []Entry
	err := tx.Where("unit_id IN ?", units).Order("unit_id, period, milestone, no").Find(&entries).Error
	if err != nil {
		return nil, fmt.Errorf("read overrides of lights: %w", err)
	}
	for i := range entries {
		entries[i].At = entries[i].At.UTC()
	}
	return entries, nil
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// HoldStill lets no light be set until tx ends.
func HoldStill(db *database.DB, tx *gorm.DB) error { return db.HoldStill(tx, "light_overrides") }
