package notify

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// most is the greatest number of acts taken from the feed in one transaction.
const most = 500

// Deliver takes what has happened since the last time from the ledger's feed and tells whom it
// concerns. It is safe to run twice and on several instances at once; the number of queries for a
// batch of acts does not depend on their number.
func (s *Service) Deliver(ctx context.Context) error {
	if waiting, err := ledger.Waits(s.db.Read(ctx), consumer); err != nil || !waiting {
		return wrap("deliver notices", err)
	}
	for taken := most; taken == most; {
		began := time.Now()
		err := s.db.Write(ctx, func(tx *gorm.DB) error {
			return s.locked(tx, func() (err error) {
				taken, err = s.deliver(ctx, tx)
				return err
			})
		})
		if err != nil {
			return fmt.Errorf("deliver notices: %w", err)
		}
		if err := rest(ctx, taken, time.Since(began)); err != nil {
			return err
		}
	}
	return nil
}

// rest waits after a full batch as long as it took: where very much has happened, notices may come late.
func rest(ctx context.Context, taken int, took time.Duration) error {
	if taken < most {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(took):
		return nil
	}
}

// deliver takes one batch and gives the number of acts in it.
func (s *Service) deliver(ctx context.Context, tx *gorm.DB) (int, error) {
	acts, err := ledger.TakeEntries(tx, consumer, most)
	if err != nil || len(acts) == 0 {
		return 0, err
	}
	around, err := s.around(ctx, tx, acts)
	if err != nil {
		return 0, err
	}
	var rows []noticeRow
	done := make([]ledger.Touched, len(acts))
	for i, act := range acts {
		done[i] = act.Touched()
		told, err := around.tell(act)
		if err != nil {
			return 0, err
		}
		rows = append(rows, told...)
	}
	if err := s.keep(tx, rows, around.people.byID); err != nil {
		return 0, err
	}
	return len(acts), ledger.Done(tx, consumer, done)
}

// surroundings is what a batch of acts is told with.
type surroundings struct {
	units  map[int64]plan.Unit
	forms  map[string]string       // titles
	actors map[int64]accounts.User // who acted
	people people                  // who may be told
	sample map[ledger.Report]bool  // reports of a demonstration
	group  bool                    // the office's group is told too
}

// around reads the units that acts touched and the people around them.
func (s *Service) around(ctx context.Context, tx *gorm.DB, acts []ledger.Recorded) (surroundings, error) {
	a := surroundings{group: s.options.Webhook != nil}
	var unitIDs, actorIDs []int64
	var forms []string
	var periods []period.Quarter
	for _, act := range acts {
		unitIDs, actorIDs, forms = append(unitIDs, act.Unit), append(actorIDs, act.ActorID), append(forms, act.Form)
		if !slices.Contains(periods, act.Period) {
			periods = append(periods, act.Period)
		}
	}
	slices.Sort(unitIDs)
	var err error
	if a.units, err = s.plans.UnitsByID(ctx, slices.Compact(unitIDs)); err != nil {
		return a, err
	}
	if a.forms, err = s.titles(ctx, forms); err != nil {
		return a, err
	}
	if a.sample, err = reporting.SampleReports(tx, slices.Compact(unitIDs), periods); err != nil {
		return a, err
	}
	if a.actors, err = accounts.ByID(tx, actorIDs); err != nil {
		return a, err
	}
	users, err := accounts.ClerksOf(tx, unitIDs)
	if err != nil {
		return a, err
	}
	var divisions []int64
	for _, u := range a.units {
		divisions = append(divisions, divisionsAround(u)...)
	}
	for _, role := range []accounts.Role{accounts.Reviewer, accounts.Monitor} {
		staff, err := accounts.StaffOf(tx, role, divisions)
		if err != nil {
			return a, err
		}
		users = append(users, staff...)
	}
	a.people = peopleOf(users)
	return a, nil
}

// titles gives the titles of forms by key; a form that is not there any more has its key.
func (s *Service) titles(ctx context.Context, keys []string) (map[string]string, error) {
	titles := map[string]string{}
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		if key == "" {
			continue
		}
		form, err := s.forms.Form(ctx, accounts.System("notify"), key)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if titles[key] = form.Title; form.Title == "" {
			titles[key] = key
		}
	}
	return titles, nil
}

// tell gives the notices of one act: one for each person it concerns but who did it, and one for the
// office's group.
func (a surroundings) tell(act ledger.Recorded) ([]noticeRow, error) {
	rule, known := rules[act.Act]
	unit, there := a.units[act.Unit]
	if !known || !there {
		return nil, nil
	}
	blank, err := a.blank(act, unit, rule.urgent)
	if err != nil {
		return nil, err
	}
	var rows []noticeRow
	for _, user := range a.recipients(rule, unit, act) {
		row, err := blank.to(user)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// recipients gives the ids of those told of an act.
func (a surroundings) recipients(r rule, unit plan.Unit, act ledger.Recorded) []int64 {
	at := scene{unit: unit, stage: detailOf(act).stage(), by: a.actors[act.ActorID]}
	ids := slices.DeleteFunc(a.people.around(at, r.to), func(id int64) bool { return id == act.ActorID })
	if a.group {
		ids = append(ids, officeGroup)
	}
	return ids
}

// blank is the notice of an act, to nobody yet.
func (a surroundings) blank(act ledger.Recorded, unit plan.Unit, urgent bool) (noticeRow, error) {
	d := detailOf(act)
	by := a.actors[act.ActorID].Display
	if by == "" {
		by = act.ActorName
	}
	text, err := args{
		Unit: unit.Name, Form: a.forms[act.Form], By: by, Note: d.note(), Level: d.text("level"), Until: d.until(),
		Sample: a.sample[ledger.Report{Unit: act.Unit, Form: act.Form, Period: act.Period}],
	}.json()
	if err != nil {
		return noticeRow{}, err
	}
	address := d.url()
	if address == "" {
		address = addressOf(unit, act.Form, act.Period.String())
	}
	return noticeRow{
		Kind: act.Act, UnitID: act.Unit, Form: act.Form, Period: act.Period, Args: text, URL: address,
		Cause: act.ID, Urgent: urgent, CreatedAt: act.At,
	}, nil
}

// addressOf gives the page of a report, or of the unit where an act is about no report.
func addressOf(unit plan.Unit, form, quarter string) string {
	if form == "" {
		return "/units/" + url.PathEscape(unit.Key)
	}
	return "/reports/" + url.PathEscape(unit.Key) + "/" + url.PathEscape(form) + "/" + quarter
}
