package analytics

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// fillFigures reads what the figures of some groups need.
func (s *Service) fillFigures(ctx context.Context, q question, set *figureSet, groups []figureGroup) error {
	formKeys, items := set.needs()
	if len(formKeys) > 0 {
		from := q.Period
		for _, g := range groups {
			from = min(from, g.period)
		}
		if set.span == SpanYear {
			from = period.Of(from.Year(), 1)
		} else if set.span == SpanPlan {
			from = min(from, set.first)
		}
		chosen := figureSums{forms: formKeys, items: items, from: from}
		for _, g := range groups {
			for _, d := range g.tree {
				chosen.divisions = append(chosen.divisions, d.ID)
			}
		}
		slices.Sort(chosen.divisions)
		chosen.divisions = slices.Compact(chosen.divisions)
		if err := s.readFigureSums(ctx, q, set, chosen); err != nil {
			return err
		}
	}
	if !set.needsPilots() || q.scope.Unit != nil {
		return nil
	}
	set.pilots = map[figureAt]map[string]int64{}
	read := map[period.Quarter]bool{}
	for _, g := range groups {
		if read[g.period] {
			continue
		}
		read[g.period] = true
		if err := s.readPilots(ctx, q, set, g.period); err != nil {
			return err
		}
	}
	return nil
}

// figureSums says which roll-ups of items figures need: of quarters from one up to the question's own.
type figureSums struct {
	forms, items []string
	divisions    []int64
	from         period.Quarter
}

func (s *Service) readFigureSums(ctx context.Context, q question, set *figureSet, chosen figureSums) error {
	if !q.rolledUp() {
		return s.workFiguresOut(ctx, q, set, chosen)
	}
	var rows []itemsRow
	err := s.db.Read(ctx).Where("division_id IN ? AND form IN ? AND period BETWEEN ? AND ?",
		chosen.divisions, chosen.forms, chosen.from, q.Period).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read roll-ups of items: %w", err)
	}
	var sums []itemRollup
	for _, row := range rows {
		some, err := row.rollups(chosen.items)
		if err != nil {
			return err
		}
		sums = append(sums, some...)
	}
	if slices.ContainsFunc(sums, set.unranked) {
		return s.workFiguresOut(ctx, q, set, chosen)
	}
	for _, r := range sums {
		set.keep(r)
	}
	return nil
}

// unranked tells whether the least or the greatest value is asked for of an item whose roll-up, by an
// earlier version of the form, was not asked for it.
func (set *figureSet) unranked(r itemRollup) bool {
	item, known := set.forms[r.Form].items[r.Item]
	return known && ranks(item) && r.ranked < r.N
}

func (set *figureSet) keep(r itemRollup) {
	at := figureAt{r.DivisionID, r.Form, r.Item, r.Period}
	set.sums[at] = append(set.sums[at], r)
}

// workFiguresOut adds the units' own values up, for questions that the roll-ups do not hold.
func (s *Service) workFiguresOut(ctx context.Context, q question, set *figureSet, chosen figureSums) error {
	return s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		list, err := q.owed(tx, chosen)
		if err != nil {
			return err
		}
		values, err := s.readValues(tx, q, chosen)
		if err != nil {
			return err
		}
		sums := itemSums{}
		if err := sums.addUnits(list, byUnitForm(values), s.meanings(tx), q.countedIn); err != nil {
			return err
		}
		for _, r := range sums {
			set.keep(*r)
		}
		return nil
	})
}

// countedIn gives the divisions in which a unit counts; one that is asked about on its own, in none.
func (q question) countedIn(o owed) []int64 {
	if q.scope.Unit != nil {
		return []int64{0}
	}
	return slices.DeleteFunc([]int64{o.ProvinceID, o.CityID, o.CountyID}, func(id int64) bool { return id == 0 })
}

// owedColumns reads owed: with the place in the quarter (r), or with that of today (u).
const owedColumns = "r.unit_id, r.form, r.period, r.batch, r.unit_type, %[1]s.province_id, %[1]s.city_id, %[1]s.county_id"

// place names the table that says where a unit lies.
func (q question) place() string {
	if q.Tree == AsNow {
		return "u"
	}
	return "r"
}

// inScope chooses the expected reports of the question's scope up to its quarter.
func (q question) inScope(tx *gorm.DB, formKeys []string) *gorm.DB {
	query := tx.Table("reports r").Joins("JOIN units u ON u.id = r.unit_id").
		Where("r.expected = ? AND r.form IN ? AND r.period <= ?", true, formKeys, q.Period)
	if q.scope.Unit != nil {
		return query.Where("r.unit_id = ?", q.scope.Unit.ID)
	}
	return query.Where(q.place()+"."+placeColumn(q.scope.Division.Level)+" = ?", q.scope.Division.ID)
}

func (q question) owed(tx *gorm.DB, chosen figureSums) ([]owed, error) {
	var list []owed
	err := q.inScope(tx, chosen.forms).Where("r.period >= ?", chosen.from).Select(fmt.Sprintf(owedColumns, q.place())).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read what is owed: %w", err)
	}
	return list, nil
}

// readValues reads the values that the question asks for: accepted, or also those that wait for review, as
// known at its moment.
func (s *Service) readValues(tx *gorm.DB, q question, chosen figureSums) ([]itemValue, error) {
	units := q.inScope(tx, chosen.forms).Select("r.unit_id")
	values, err := readItems(tx, itemQuery{forms: chosen.forms, items: chosen.items, until: q.Period, units: units, asOf: q.AsOf})
	if err != nil || q.Basis != AllSubmitted {
		return values, err
	}
	return s.withWaiting(tx, q, chosen.forms, values)
}

// withWaiting puts the values of reports that wait for review at the question's moment in the place of
// those accepted before.
func (s *Service) withWaiting(tx *gorm.DB, q question, formKeys []string, values []itemValue) ([]itemValue, error) {
	waiting, err := q.waiting(tx, formKeys)
	if err != nil {
		return nil, err
	}
	replaced := map[ledger.Report]bool{}
	var more []itemValue
	versions := s.reports.Forms().ReadingIn(tx)
	for _, r := range waiting {
		replaced[ledger.Report{Unit: r.UnitID, Form: r.Form, Period: r.Period}] = true
		own, err := reporting.ReadValues(versions, r)
		if err != nil {
			return nil, err
		}
		for item, v := range own {
			if v.State == forms.Given {
				more = append(more, itemValue{UnitID: r.UnitID, Form: r.Form, Period: r.Period, Item: item, Revision: r.No, Value: v.Number, FormVersion: r.FormVersion})
			}
		}
	}
	values = slices.DeleteFunc(values, func(v itemValue) bool { return replaced[ledger.Report{Unit: v.UnitID, Form: v.Form, Period: v.Period}] })
	values = append(values, more...)
	sortItems(values)
	return values, nil
}

// waiting gives the revisions in scope that waited for review at the question's moment: of those last filed
// by then and not accepted, the ones that their reports' courses say it of.
func (q question) waiting(tx *gorm.DB, formKeys []string) ([]reporting.AcceptedRevision, error) {
	var last []reporting.AcceptedRevision
	err := tx.Raw(`SELECT v.unit_id, v.form, v.period, v.no, v.form_version, v.document
		FROM (SELECT unit_id, form, period, MAX(no) AS no FROM revisions
			WHERE form IN ? AND period <= ? AND unit_id IN (?) AND submitted_at <= ? GROUP BY unit_id, form, period) l
		JOIN revisions v ON v.unit_id = l.unit_id AND v.form = l.form AND v.period = l.period AND v.no = l.no
		WHERE NOT EXISTS (SELECT 1 FROM acceptances a WHERE a.unit_id = v.unit_id AND a.form = v.form AND a.period = v.period
			AND a.no = v.no AND a.accepted_at <= ?)`,
		formKeys, q.Period, q.inScope(tx, formKeys).Select("r.unit_id"), q.moment(), q.moment()).Scan(&last).Error
	if err != nil {
		return nil, fmt.Errorf("read reports that wait: %w", err)
	}
	units := make([]int64, len(last))
	for i, r := range last {
		units[i] = r.UnitID
	}
	slices.Sort(units)
	courses := map[ledger.Report]reporting.Course{}
	for chunk := range slices.Chunk(slices.Compact(units), unitsAtOnce) {
		some, err := reporting.Courses(tx, formKeys, chunk)
		if err != nil {
			return nil, err
		}
		maps.Copy(courses, some)
	}
	return slices.DeleteFunc(last, func(r reporting.AcceptedRevision) bool {
		return courses[ledger.Report{Unit: r.UnitID, Form: r.Form, Period: r.Period}].At(q.moment()).Waiting != r.No
	}), nil
}

// readPilots counts the pilot units that are designated on the last day of a quarter by the place they
// have then, which an opened report tells; else by that of today.
func (s *Service) readPilots(ctx context.Context, q question, set *figureSet, at period.Quarter) error {
	columns := "COALESCE(r.province_id, u.province_id) AS province_id, COALESCE(r.city_id, u.city_id) AS city_id, COALESCE(r.county_id, u.county_id) AS county_id"
	if q.Tree == AsNow {
		columns = "u.province_id, u.city_id, u.county_id"
	}
	var rows []struct {
		ProvinceID, CityID, CountyID int64
		Batch, UnitType              string
		Units                        int64
	}
	err := s.db.Read(ctx).Raw(`SELECT province_id, city_id, county_id, batch, unit_type, COUNT(*) AS units FROM (
			SELECT `+columns+`, d.batch, d.type AS unit_type FROM designations d JOIN units u ON u.id = d.unit_id
			LEFT JOIN reports r ON r.unit_id = u.id AND r.form = ? AND r.period = ?
			WHERE d.plan_id = ? AND d.since <= ? AND (d.until IS NULL OR d.until > ?) AND d.type IN ?) p
		GROUP BY province_id, city_id, county_id, batch, unit_type`,
		q.plan.Reporting.Form, at, q.plan.ID, at.Last(), at.Last(), plan.Types).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("count the pilot units: %w", err)
	}
	for _, r := range rows {
		for _, division := range []int64{r.ProvinceID, r.CityID, r.CountyID} {
			key := figureAt{division: division, item: r.Batch, period: at}
			if set.pilots[key] == nil {
				set.pilots[key] = map[string]int64{}
			}
			set.pilots[key][r.UnitType] += r.Units
		}
	}
	return nil
}
