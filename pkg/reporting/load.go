package reporting

import (
	"context"
	"iter"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// ActLoaded is the act in the ledger that says once that reports were loaded; it touches no single unit.
const ActLoaded = "reports.loaded"

// Loaded is a report that was filed and accepted before it came here; Unit lies where it lay in the
// period.
type Loaded struct {
	Unit                    plan.Unit
	Values                  forms.Values
	SubmittedAt, AcceptedAt time.Time
}

// Load takes reports of one form and period that nobody owes yet, each as its first revision with hash,
// acceptance and acts: all of them or none. The period is opened with the form's own dates. Their values
// are taken as they are. Meant for the program itself.
func (s *Service) Load(ctx context.Context, actor accounts.Actor, p *plan.Plan, form forms.Form, q period.Quarter, list []Loaded) error {
	var calendar periodRow
	err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		if err := s.forms.Keep(tx, form); err != nil {
			return err
		}
		made := false
		if calendar, made, err = s.calendarRow(tx, form, q); err != nil || !made {
			return err
		}
		return epoch.Raise(tx, epoch.Common, calendar.OpenedAt)
	})
	if err != nil {
		return err
	}
	revisions := make([]revisionRow, len(list))
	for i, one := range list {
		r := newObligation(p, calendar, obligation{UnitID: one.Unit.ID})
		if revisions[i], err = newRevision(r, form, Content{Values: one.Values}, actor, "", "", one.SubmittedAt.UTC()); err != nil {
			return err
		}
	}
	err = s.db.Load(ctx, func(into *database.Loader) error {
		if err := s.loadReports(into, p, calendar, list); err != nil {
			return err
		}
		if err := loadRevisions(into, revisions); err != nil {
			return err
		}
		if err := loadAcceptances(into, actor, revisions, list); err != nil {
			return err
		}
		return s.ledger.Load(into, loadedActs(actor, revisions, list))
	})
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return s.ledger.Record(tx, ledger.Entry{At: s.now(), ActorID: actor.UserID, ActorName: actor.Name, Act: ActLoaded, Form: form.Key, Period: q})
	})
}

func (s *Service) loadReports(into *database.Loader, p *plan.Plan, calendar periodRow, list []Loaded) error {
	columns := []string{
		"unit_id", "form", "period", "plan_id", "batch", "unit_type", "province_id", "city_id", "county_id", "due", "lock", "status",
		"version", "expected", "sample", "revision", "accepted_revision", "first_submitted_at", "submitted_at", "accepted_at",
	}
	return into.Rows("reports", columns, each(list, func(one Loaded) []any {
		u := one.Unit
		return []any{
			u.ID, calendar.Form, calendar.Period, p.ID, u.Batch, u.Type, u.Place.Province, u.Place.City, u.Place.County, calendar.Due, calendar.Lock,
			string(Accepted), 3, true, s.sample, 1, 1, one.SubmittedAt, one.SubmittedAt, one.AcceptedAt,
		}
	}))
}

func loadRevisions(into *database.Loader, list []revisionRow) error {
	columns := []string{"unit_id", "form", "period", "no", "form_version", "document", "hash", "prev_hash", "submitted_at", "submitted_by", "on_behalf"}
	return into.Rows("revisions", columns, each(list, func(r revisionRow) []any {
		return []any{r.UnitID, r.Form, r.Period, r.No, r.FormVersion, r.Document, r.Hash, r.PrevHash, r.SubmittedAt, r.SubmittedBy, r.OnBehalf}
	}))
}

func loadAcceptances(into *database.Loader, actor accounts.Actor, revisions []revisionRow, list []Loaded) error {
	columns := []string{"unit_id", "form", "period", "no", "accepted_at", "accepted_by"}
	return into.Rows("acceptances", columns, func(yield func([]any, error) bool) {
		for i, r := range revisions {
			if !yield([]any{r.UnitID, r.Form, r.Period, r.No, list[i].AcceptedAt, actor.Name}, nil) {
				return
			}
		}
	})
}

// loadedActs are the submission and the acceptance of each report.
func loadedActs(actor accounts.Actor, revisions []revisionRow, list []Loaded) iter.Seq[ledger.Entry] {
	return func(yield func(ledger.Entry) bool) {
		for i, r := range revisions {
			act := ledger.Entry{ActorID: actor.UserID, ActorName: actor.Name, Unit: r.UnitID, Form: r.Form, Period: r.Period, Revision: r.No}
			submit, accept := act, act
			submit.At, submit.Act, submit.Detail = r.SubmittedAt, string(ActSubmit), map[string]any{"hash": r.Hash, "stage": 0}
			accept.At, accept.Act = list[i].AcceptedAt, string(ActAccept)
			if !yield(submit) || !yield(accept) {
				return
			}
		}
	}
}

// each makes rows of a list.
func each[T any](list []T, row func(T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, one := range list {
			if !yield(row(one), nil) {
				return
			}
		}
	}
}
