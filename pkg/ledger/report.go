package ledger

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// Report names the report that acts touched.
type Report struct {
	Unit   int64
	Form   string
	Period period.Quarter
}

// Wanted says how much of a report's history is read. Merged is the act that one actor may do many
// times in a row: such a run counts as one. Only the acts in Detailed come with their detail; a long
// history is mostly detail. At most Most runs are read, the newest.
type Wanted struct {
	Merged   string
	Detailed []string
	Most     int
}

// Run is an act, or the last one of Times merged acts.
type Run struct {
	Entry
	Times int
}

// runQuery numbers the runs of a report's acts and reads the last act of the newest ones.
const runQuery = `WITH acts AS (
	SELECT id, CASE WHEN act = ? AND LAG(act) OVER (ORDER BY id) = act AND LAG(actor_id) OVER (ORDER BY id) = actor_id
		THEN 0 ELSE 1 END AS starts
	FROM ledger WHERE unit_id = ? AND form = ? AND period = ?
), numbered AS (
	SELECT id, SUM(starts) OVER (ORDER BY id) AS run FROM acts
), newest AS (
	SELECT MAX(id) AS id, COUNT(*) AS times FROM numbered GROUP BY run ORDER BY MAX(id) DESC LIMIT ?
)
SELECT l.unit_id, l.id, l.at, l.actor_id, l.actor_name, l.act, l.form, l.period, l.revision, n.times,
	CASE WHEN l.act IN ? THEN l.detail END AS detail
FROM newest n JOIN ledger l ON l.unit_id = ? AND l.id = n.id ORDER BY l.id`

// ReportEntries gives the newest acts on one report, oldest first. A detail that is not wanted is {}.
func ReportEntries(ctx context.Context, db *database.DB, of Report, wanted Wanted) ([]Run, error) {
	var rows []struct {
		Row   entryRow `gorm:"embedded"`
		Times int
	}
	err := db.Read(ctx).Raw(runQuery, wanted.Merged, of.Unit, of.Form, of.Period, database.AtMost(wanted.Most), wanted.Detailed, of.Unit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the history of a report: %w", err)
	}
	runs := make([]Run, len(rows))
	for i, r := range rows {
		e := r.Row
		if e.Detail == "" {
			e.Detail = "{}"
		}
		runs[i] = Run{Times: r.Times, Entry: e.entry()}
	}
	return runs, nil
}

// ReportsSince gives, inside tx, the reports of units that act was done to since a moment.
func ReportsSince(tx *gorm.DB, act string, units []int64, since time.Time) (map[Report]bool, error) {
	var rows []entryRow
	err := tx.Raw("SELECT DISTINCT unit_id, form, period FROM ledger WHERE at >= ? AND act = ? AND unit_id IN ?", since.UTC(), act, units).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read who was %s lately: %w", act, err)
	}
	reports := make(map[Report]bool, len(rows))
	for _, r := range rows {
		reports[Report{Unit: r.UnitID, Form: r.Form, Period: r.Period}] = true
	}
	return reports, nil
}
