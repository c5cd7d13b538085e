package reporting

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// Standing is how a report stood from a moment on. In: filed and not withdrawn. FirstIn is when it came
// in first, zero while it never did. Waiting is the revision that waits for review, Accepted the one that
// is the figure; 0 for none.
type Standing struct {
	Since    time.Time
	In       bool
	FirstIn  time.Time
	Waiting  int64
	Accepted int64
}

// OnTime tells whether the report is in and first came in on or before its due date.
func (s Standing) OnTime(due period.Date) bool {
	return s.In && !s.FirstIn.IsZero() && s.FirstIn.Before(due.End())
}

// Course is how one report stood through time, oldest first. Before its first standing nothing was filed.
type Course []Standing

// At gives how the report stood at a moment.
func (c Course) At(t time.Time) Standing {
	var at Standing
	for _, standing := range c {
		if standing.Since.After(t) {
			break
		}
		at = standing
	}
	return at
}

// courseActs are the acts that change how a report stands.
var courseActs = []string{string(ActSubmit), string(ActWithdraw), string(ActReturn), string(ActAccept), string(ActReopen)}

// Courses gives, inside tx, how every report of some units on some forms stood through time, as the ledger
// tells it. A moment never lies before that of the act before it: the clocks of two instances may differ.
func Courses(tx *gorm.DB, forms []string, units []int64) (map[ledger.Report]Course, error) {
	deeds, err := ledger.Deeds(tx, forms, units, courseActs)
	if err != nil {
		return nil, err
	}
	courses := map[ledger.Report]Course{}
	for _, d := range deeds {
		course := courses[d.Report()]
		var last Standing
		if n := len(course); n > 0 {
			last = course[n-1]
		}
		courses[d.Report()] = append(course, last.after(d))
	}
	return courses, nil
}

// after gives how the report stands after an act.
func (s Standing) after(d ledger.Deed) Standing {
	if at := d.At.UTC(); at.After(s.Since) {
		s.Since = at
	}
	s.Waiting = 0
	switch Act(d.Act) {
	case ActSubmit:
		s.In, s.Waiting = true, d.Revision
		if s.FirstIn.IsZero() {
			s.FirstIn = s.Since
		}
	case ActWithdraw:
		s.In = s.Accepted > 0
	case ActAccept:
		s.Accepted = d.Revision
	}
	return s
}

// OtherRevisions gives, inside tx, every revision of a form that units filed and that was not accepted;
// their AcceptedAt is zero.
func OtherRevisions(tx *gorm.DB, form string, units []int64) ([]AcceptedRevision, error) {
	var rows []AcceptedRevision
	err := tx.Raw(`SELECT r.unit_id, r.form, r.period, r.no, r.form_version, r.document FROM revisions r
		WHERE r.unit_id IN ? AND r.form = ? AND NOT EXISTS (SELECT 1 FROM acceptances a
			WHERE a.unit_id = r.unit_id AND a.form = r.form AND a.period = r.period AND a.no = r.no)
		ORDER BY r.unit_id, r.period, r.no`, units, form).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read revisions that were not accepted: %w", err)
	}
	return rows, nil
}
