package reporting

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// Page is one page of a list of reports. Next is the cursor of the following page, empty at the end; Count
// is how many reports the filter chooses on all pages.
type Page struct {
	Reports []Summary
	Next    string
	Count   int64
}

// newestFirst is the order of lists of reports.
const newestFirst = "period DESC, unit_id, form"

// Page is Reports with the exact number of all reports that the filter chooses, in one statement.
func (s *Service) Page(ctx context.Context, actor accounts.Actor, f Filter) (Page, error) {
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return Page{}, err
	}
	page, err := s.page(ctx, query, f, true)
	if err == nil && len(page.Reports) == 0 && f.After != "" {
		page.Count, err = s.Count(ctx, actor, f) // no row is there to bring the number along
	}
	return page, err
}

// page reads one page of what query chooses, and counts everything when asked.
func (s *Service) page(ctx context.Context, query *gorm.DB, f Filter, counted bool) (page Page, err error) {
	query = query.Session(&gorm.Session{})
	limit := f.limit()
	part, err := after(query, f, limit+1)
	if err != nil {
		return page, err
	}
	count := gorm.Expr("0")
	if counted {
		count = gorm.Expr("(?)", query.Select("COUNT(*)"))
	}
	rows, counts, err := readSummaries(s.db.Read(ctx).Raw("SELECT p.*, ? AS total FROM (?) AS p ORDER BY "+newestFirst, count, part))
	if err != nil {
		return page, fmt.Errorf("list reports: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		page.Next = fmt.Sprintf("%s.%d.%s", last.Period, last.UnitID, last.Form)
	}
	if len(counts) > 0 {
		page.Count = counts[0]
	}
	page.Reports, err = s.summaries(ctx, rows)
	return page, err
}

// after chooses the first reports behind the cursor of the filter in such a way that the database finds
// them along an index, however far down the list they stand: the rest of the cursor's period by itself.
func after(query *gorm.DB, f Filter, most int) (*gorm.DB, error) {
	first := func(q *gorm.DB) *gorm.DB { return q.Select(summaryColumns).Order(newestFirst).Limit(most) }
	if f.After == "" {
		return first(query), nil
	}
	q, unit, form, err := parseCursor(f.After)
	if err != nil {
		return nil, err
	}
	rest := query.Where("(unit_id, form) > (?, ?)", unit, form)
	if f.Form == form {
		rest = query.Where("unit_id > ?", unit)
	}
	if f.Period == q {
		return first(rest), nil
	}
	rest = rest.Where("period = ?", q)
	return query.Session(&gorm.Session{NewDB: true}).Table("(SELECT * FROM (?) AS rest UNION ALL SELECT * FROM (?) AS older) AS found",
		first(rest), first(query.Where("period < ?", q))).Order(newestFirst).Limit(most), nil
}

// readSummaries reads rows of summaryColumns, each with a number behind them.
func readSummaries(query *gorm.DB) (list []summaryRow, numbers []int64, err error) {
	rows, err := query.Rows()
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r summaryRow
		var number int64
		err := rows.Scan(&r.UnitID, &r.Batch, &r.UnitType, &r.Sample, &r.Form, &r.Period, &r.Status, &r.Version, &r.Revision, &r.AcceptedRevision,
			&r.Due, &r.Lock, &r.EditedAt, &r.SubmittedAt, &r.AcceptedAt, &r.Note, &number)
		if err != nil {
			return nil, nil, err
		}
		list, numbers = append(list, r), append(numbers, number)
	}
	return list, numbers, rows.Err()
}

func parseCursor(cursor string) (q period.Quarter, unit int64, form string, err error) {
	bad := fault.New(fault.Invalid, "list.bad_cursor")
	parts := strings.SplitN(cursor, ".", 3)
	if len(parts) != 3 {
		return 0, 0, "", bad
	}
	if q, err = period.Parse(parts[0]); err != nil {
		return 0, 0, "", bad
	}
	if unit, err = strconv.ParseInt(parts[1], 10, 64); err != nil {
		return 0, 0, "", bad
	}
	return q, unit, parts[2], nil
}
