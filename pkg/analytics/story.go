package analytics

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// story is what is stored about one unit from which its figures at any moment follow: how each of its
// reports stood through time, what its reports on the plan's form say, and the lights set by hand.
type story struct {
	unit      int64
	form      string // of the plan
	courses   map[ledger.Report]reporting.Course
	periods   []period.Quarter // with a report on the plan's form, in order
	values    map[filed]forms.Values
	overrides []override.Entry // of the unit as a whole and of its milestones
}

// filed is a revision of the unit's report for a period on the plan's form.
type filed struct {
	period   period.Quarter
	revision int64
}

// filing is what the report for a period says: its accepted revision or the one that waits for review.
type filing struct {
	Period   period.Quarter
	Revision int64
	Values   forms.Values
}

// stories reads the stories of some units, with a number of statements that does not depend on them.
func (s *Service) stories(tx *gorm.DB, form string, units []int64) (map[int64]*story, error) {
	list, err := readFacts(tx, form, units)
	if err != nil {
		return nil, err
	}
	return s.storiesOf(tx, form, form, units, factsByUnit(list))
}

// storiesOf is stories for a form that may be another than the plan's, given the facts that are stored.
func (s *Service) storiesOf(tx *gorm.DB, planForm, form string, units []int64, kept map[int64][]facts) (map[int64]*story, error) {
	stories := make(map[int64]*story, len(units))
	for _, unit := range units {
		stories[unit] = &story{unit: unit, form: planForm, courses: map[ledger.Report]reporting.Course{}, values: map[filed]forms.Values{}}
	}
	courses, err := reporting.Courses(tx, []string{form}, units)
	if err != nil {
		return nil, err
	}
	for report, course := range courses {
		stories[report.Unit].courses[report] = course
	}
	if form != planForm {
		return stories, nil
	}
	for report := range courses {
		stories[report.Unit].periods = append(stories[report.Unit].periods, report.Period)
	}
	for unit, story := range stories {
		slices.Sort(story.periods)
		for _, f := range kept[unit] {
			if story.values[filed{f.Period, f.Revision}], err = f.values(); err != nil {
				return nil, err
			}
		}
	}
	if err := s.readUnaccepted(tx, form, units, stories); err != nil {
		return nil, err
	}
	overrides, err := override.Of(tx, units)
	for _, entry := range overrides {
		stories[entry.UnitID].overrides = append(stories[entry.UnitID].overrides, entry)
	}
	return stories, err
}

// readUnaccepted adds what revisions say that were not accepted.
func (s *Service) readUnaccepted(tx *gorm.DB, form string, units []int64, into map[int64]*story) error {
	others, err := reporting.OtherRevisions(tx, form, units)
	if err != nil {
		return err
	}
	versions := s.reports.Forms().ReadingIn(tx)
	for _, r := range others {
		values, err := reporting.ReadValues(versions, r)
		if err != nil {
			return err
		}
		into[r.UnitID].values[filed{r.Period, r.No}] = values
	}
	return nil
}

// standing gives how the unit's report on a form stood at a moment.
func (s *story) standing(form string, q period.Quarter, at time.Time) reporting.Standing {
	return s.courses[ledger.Report{Unit: s.unit, Form: form, Period: q}].At(at)
}

// filings gives the reports on the plan's form for periods up to q that counted at a moment, in order of
// period.
func (s *story) filings(q period.Quarter, at time.Time, basis Basis) []filing {
	var list []filing
	for _, p := range s.periods {
		if p > q {
			break
		}
		standing := s.standing(s.form, p, at)
		revision := standing.Accepted
		if basis == AllSubmitted && standing.Waiting > 0 {
			revision = standing.Waiting
		}
		if revision > 0 {
			list = append(list, filing{Period: p, Revision: revision, Values: s.values[filed{p, revision}]})
		}
	}
	return list
}

// overridden gives what was last set by hand, by a moment, for the quarter and the milestone (empty: the
// unit as a whole); nil when nothing stands.
func overridden(entries []override.Entry, q period.Quarter, milestone string, at time.Time) *override.Entry {
	var standing *override.Entry
	for i, e := range entries {
		if e.Period == q && e.Milestone == milestone && !e.At.After(at) {
			standing = &entries[i]
		}
	}
	if standing == nil || standing.Light == "" {
		return nil
	}
	return standing
}
