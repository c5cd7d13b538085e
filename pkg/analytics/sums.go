package analytics

import (
	"context"
	"fmt"
	"slices"

	"pilotboard/pkg/period"
)

// part is the sum over the units of one kind, in one quarter, of a division; 0 stands for units that lie in
// none of the asked level, and for a whole scope.
type part struct {
	division int64
	level    int // of the division
	Period   period.Quarter
	kind
	Sum
}

// measured tells whether the answer needs workstreams and milestones.
func (q question) measured() bool { return q.By == ByWorkstream || q.By == ByMilestone }

// ownSums gives the question's whole scope in each quarter that the condition chooses.
func (s *Service) ownSums(ctx context.Context, q question, condition string, args ...any) ([]part, error) {
	if !q.rolledUp() {
		return s.sumUnits(ctx, q, 0, condition, args...)
	}
	return s.sumRollups(ctx, q, "division_id = ? AND "+condition, append([]any{q.scope.Division.ID}, args...)...)
}

// sums gives the question's whole scope in each quarter that the condition chooses, its own among them, and
// the divisions into which it splits its scope in its own quarter, under 0 the units that lie in none of them.
// Roll-ups of both are read together.
func (s *Service) sums(ctx context.Context, q question, condition string, args ...any) (own, below []part, err error) {
	level, scope := q.split(), q.scope.Division
	if level == 0 || !q.rolledUp() {
		if own, err = s.ownSums(ctx, q, condition, args...); err == nil && level != 0 {
			below, err = s.sumUnits(ctx, q, level, "period = ?", q.Period)
		}
		return own, below, err
	}
	parents, asked := "parent_id = ?", []any{q.Period, scope.ID}
	if level > scope.Level+1 {
		parents += " OR parent_id IN (SELECT division_id FROM rollups WHERE form = ? AND period = ? AND parent_id = ?)"
		asked = append(asked, q.Form, q.Period, scope.ID)
	}
	condition = "(division_id = ? AND " + condition + " OR period = ? AND (" + parents + "))"
	list, err := s.sumRollups(ctx, q, condition, slices.Concat([]any{scope.ID}, args, asked)...)
	if err != nil {
		return nil, nil, err
	}
	left := int64(0)
	for _, part := range list {
		switch {
		case part.division == scope.ID:
			own = append(own, part)
			if part.Period == q.Period {
				left += part.Expected
			}
		case part.level == level:
			below = append(below, part)
			left -= part.Expected
		}
	}
	if left == 0 { // nobody is left, and nobody is asked
		return own, below, nil
	}
	direct, err := s.sumUnits(ctx, q, 0, "period = ? AND "+placeColumn(level)+" = 0", q.Period)
	return own, append(below, direct...), err
}

func (s *Service) sumRollups(ctx context.Context, q question, condition string, args ...any) ([]part, error) {
	var list []part
	err := s.rollups(ctx, q, func(r rollup) error {
		sum, err := r.sum(q.measured())
		list = append(list, part{r.DivisionID, r.Level, r.Period, kind{r.Batch, r.UnitType}, sum})
		return err
	}, condition, args...)
	return list, err
}

// sumUnits adds up the question's unit figures by quarter and kind, and by the division of a level unless
// that is 0. The database adds up, but for workstreams and milestones, which it does not know.
func (s *Service) sumUnits(ctx context.Context, q question, level int, condition string, args ...any) ([]part, error) {
	var rows []struct {
		DivisionID                        int64
		Period                            period.Quarter
		Batch, UnitType                   string
		Light, Overridden, Locked         Light
		Submitted                         bool
		Units, OnTime, Accepted, Reported int64
		Planned, Earned, Overdue          int64
	}
	err := q.chosen(s.db.Read(ctx).Model(&unitFigure{})).Where(condition, args...).Select(q.added(level)).
		Group("1, 2, 3, 4, 5, 6, 7, 8").Order("1, 2, 3, 4").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("add up unit figures: %w", err)
	}
	list := make([]part, len(rows))
	for i, r := range rows {
		sum := Sum{
			Expected: r.Units, Submitted: r.Units * one(r.Submitted), OnTime: r.OnTime, Accepted: r.Accepted,
			Reported: r.Reported, Planned: r.Planned, Earned: r.Earned, Overdue: r.Overdue,
		}
		sum.countLights(r.Light, r.Overridden, r.Locked, r.Submitted, r.Units)
		list[i] = part{r.DivisionID, level, r.Period, kind{r.Batch, r.UnitType}, sum}
	}
	if !q.measured() {
		return list, nil
	}
	measured, err := s.sumMeasures(ctx, q, condition, args...)
	return append(list, measured...), err
}

// added gives the columns of sumUnits: eight to group by, then the sums.
func (q question) added(level int) string {
	division := "0"
	switch {
	case level != 0 && q.Tree == AsNow:
		division = "(SELECT u." + placeColumn(level) + " FROM units u WHERE u.id = unit_figures.unit_id)"
	case level != 0:
		division = placeColumn(level)
	}
	by := ""
	if q.Basis == AllSubmitted {
		by = "all_"
	}
	return fmt.Sprintf(`%[1]s AS division_id, period, batch, unit_type, %[2]slight AS light, overridden, %[2]slocked AS locked, submitted,
		COUNT(*) AS units, SUM(CASE WHEN on_time THEN 1 ELSE 0 END) AS on_time, SUM(CASE WHEN accepted THEN 1 ELSE 0 END) AS accepted,
		SUM(CASE WHEN %[2]sreported THEN 1 ELSE 0 END) AS reported,
		CAST(SUM(CASE WHEN %[2]sreported THEN planned ELSE 0 END) AS BIGINT) AS planned,
		CAST(SUM(CASE WHEN %[2]sreported THEN %[2]searned ELSE 0 END) AS BIGINT) AS earned,
		CAST(SUM(CASE WHEN %[2]sreported THEN %[2]soverdue ELSE 0 END) AS BIGINT) AS overdue`, division, by)
}

// sumMeasures adds up the workstreams and milestones of the question's units that have reported, by quarter and
// kind. It goes through them one by one and keeps none.
func (s *Service) sumMeasures(ctx context.Context, q question, condition string, args ...any) ([]part, error) {
	reported, actual := q.Basis.columns()
	rows, err := q.chosen(s.db.Read(ctx).Model(&unitFigure{})).Where(condition, args...).Where(reported).Select("period, batch, unit_type, " + actual).Rows()
	if err != nil {
		return nil, fmt.Errorf("read unit figures: %w", err)
	}
	defer rows.Close()
	type sort struct {
		period period.Quarter
		kind
	}
	sums := map[sort]*measurer{}
	for rows.Next() {
		var f unitFigure
		if err := rows.Scan(&f.Period, &f.Batch, &f.UnitType, &f.Actual); err != nil {
			return nil, fmt.Errorf("read unit figures: %w", err)
		}
		actual, err := f.fractions()
		if err != nil {
			return nil, err
		}
		at := sort{f.Period, kind{f.Batch, f.UnitType}}
		if sums[at] == nil {
			sums[at] = newMeasurer(q.plan, f.Batch, f.UnitType, f.Period)
		}
		sums[at].add(actual)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read unit figures: %w", err)
	}
	var list []part
	for at, m := range sums {
		list = append(list, part{Period: at.period, kind: at.kind, Sum: Sum{Measures: m.tallies()}})
	}
	return list, nil
}
