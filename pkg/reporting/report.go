// Package reporting keeps what is owed and what was reported: obligations (unit × form × period),
// drafts, append-only revisions, and the workflow from open to accepted, level by level.
// It owns the tables periods, reports, revisions, acceptances and restatements. It does not compute progress and
// does not know who reads its acts in the ledger.
package reporting

import (
	"encoding/json"
	"fmt"
	"time"

	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Service answers for everything in this package. Every call asks the actor's scope.
type Service struct {
	db     *database.DB
	plans  *plan.Service
	forms  *forms.Service
	files  *evidence.Service
	tree   *divisions.Service
	ledger *ledger.Ledger
	clock  period.Clock
	opened *epoch.Kept[struct{}, []Calendar]
	turns  chan struct{} // of those who read many reports
	sample bool
}

// New makes the service.
func New(db *database.DB, plans *plan.Service, f *forms.Service, files *evidence.Service, tree *divisions.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{
		db: db, plans: plans, forms: f, files: files, tree: tree, ledger: l, clock: clock,
		opened: epoch.KeepCommon[struct{}, []Calendar](1), turns: make(chan struct{}, readingTogether),
	}
}

// ForSample gives a service whose new obligations are marked as sample data: for demonstrations.
func (s *Service) ForSample() *Service {
	marked := *s
	marked.sample = true
	return &marked
}

// Ref names a report: the permanent key of the unit, the form, the period.
type Ref struct {
	Unit   string
	Form   string
	Period period.Quarter
}

// Report is one report as its unit is asked it. Its content is that of the draft or, where there is
// none, of the latest revision; Prefilled tells that the values are last quarter's. Due and Lock are the
// last days for filing on time and for filing at all. Stage is the level of the tree that reviews it
// next, 0 for whoever reviews; Findings are the checks that its values do not pass; Returned is what
// the last return said, until the report is accepted. Risks is what is unusual about the latest filing.
type Report struct {
	Unit             plan.Unit
	Batch, UnitType  string // of the unit in the period
	Form             forms.Form
	Period           period.Quarter
	Status           Status
	Version          int64
	Revision         int64
	AcceptedRevision int64
	Due, Lock        period.Date
	Content
	Prefilled        bool
	Findings         []forms.Finding
	Unchanged        map[string]int // section -> for how many quarters in a row it has said the same
	Stage            int
	Returned         *LastReturn
	Risk             int64
	Risks            []Risk
	ReopenReason     string
	LookedAt         time.Time // by a reviewer, since it was submitted
	Sample           bool      // of a demonstration
	Note             string
	Remarks          map[string]string
	EditedAt         time.Time
	EditedBy         string
	FirstSubmittedAt time.Time
	SubmittedAt      time.Time
	AcceptedAt       time.Time
}

// Started tells whether anybody has typed anything into it.
func (r Report) Started() bool { return !r.Prefilled && r.Status == Open && !r.EditedAt.IsZero() }

// Revision is one filing as it was filed.
type Revision struct {
	Period      period.Quarter
	No          int64
	FormVersion int64
	Form        forms.Form // of that version, whole
	Content
	Hash        string
	SubmittedAt time.Time
	SubmittedBy string
	OnBehalf    string // who answers for the figures, when somebody else filed them
	AcceptedAt  time.Time
	AcceptedBy  string
}

// row is a row of reports.
type row struct {
	UnitID           int64
	Form             string
	Period           period.Quarter
	PlanID           int64
	Batch            string
	UnitType         string
	ProvinceID       int64
	CityID           int64
	CountyID         int64
	Due              period.Date
	Lock             period.Date
	Status           Status
	Version          int64
	Draft            database.JSON
	Note             string
	Remarks          database.JSON
	Expected         bool
	Sample           bool
	Revision         int64
	AcceptedRevision int64
	FirstSubmittedAt *time.Time
	SubmittedAt      *time.Time
	AcceptedAt       *time.Time
	EditedAt         *time.Time
	EditedBy         string
	Stage            int
	Risk             int64
	Risks            database.JSON
	Returned         database.JSON
	ReopenReason     string
	LookedAt         *time.Time
}

func (row) TableName() string { return "reports" }

func (r row) report(unit plan.Unit, form forms.Form) (Report, error) {
	report := Report{
		Unit: unit, Batch: r.Batch, UnitType: r.UnitType, Form: form.For(r.Batch, r.UnitType), Period: r.Period, Status: r.Status, Version: r.Version,
		Revision: r.Revision, AcceptedRevision: r.AcceptedRevision, Due: r.Due, Lock: r.Lock, Note: r.Note, Sample: r.Sample,
		Remarks: map[string]string{}, EditedBy: r.EditedBy, EditedAt: moment(r.EditedAt),
		FirstSubmittedAt: moment(r.FirstSubmittedAt), SubmittedAt: moment(r.SubmittedAt), AcceptedAt: moment(r.AcceptedAt),
		Stage: r.Stage, Risk: r.Risk, ReopenReason: r.ReopenReason, LookedAt: moment(r.LookedAt),
	}
	for _, kept := range []struct {
		text database.JSON
		into any
	}{{r.Remarks, &report.Remarks}, {r.Returned, &report.Returned}, {r.Risks, &report.Risks}} {
		if kept.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(kept.text), kept.into); err != nil {
			return Report{}, fmt.Errorf("read a report: %w", err)
		}
	}
	return report, nil
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// revisionRow is a row of revisions, with its acceptance where it has one.
type revisionRow struct {
	UnitID      int64
	Form        string
	Period      period.Quarter
	No          int64
	FormVersion int64
	Document    string
	Hash        string
	PrevHash    string
	SubmittedAt time.Time
	SubmittedBy string
	OnBehalf    string
}

func (revisionRow) TableName() string { return "revisions" }

// acceptanceRow is a row of acceptances.
type acceptanceRow struct {
	UnitID     int64
	Form       string
	Period     period.Quarter
	No         int64
	AcceptedAt time.Time
	AcceptedBy string
}

func (acceptanceRow) TableName() string { return "acceptances" }
