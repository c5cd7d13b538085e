package analytics

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Query says which figures are asked for. Scope is a division code valid at the period, empty for
// all that the actor may see; Unit, the key of one unit, goes before it. Period 0 is the latest
// quarter that has ended. Batch and Type choose units, empty means all. AsOf is the moment of
// knowledge (method.md §7), zero for now.
type Query struct {
	Scope  string
	Unit   string
	Form   string
	Period period.Quarter
	By     By
	Batch  string
	Type   string
	Basis  Basis
	AsOf   time.Time
	Tree   Tree
	After  string
	Limit  int
}

// Basis says which reports count.
type Basis string

// The bases: accepted reports only, which empty means too, or also those that wait for review.
const (
	AcceptedOnly Basis = "accepted"
	AllSubmitted Basis = "submitted"
)

// Tree says under whom units are counted.
type Tree string

// The trees: the one valid in the period, which empty means too, or today's, in which merged divisions
// add up.
const (
	AsThen Tree = "then"
	AsNow  Tree = "now"
)

// paging gives the size of a page and the number in its cursor, 0 for the first. Invalid `list.bad_cursor`.
func (q Query) paging() (limit, after int, err error) {
	if q.After != "" {
		if after, err = strconv.Atoi(q.After); err != nil || after < 0 {
			return 0, 0, fault.New(fault.Invalid, "list.bad_cursor")
		}
	}
	if q.Limit <= 0 || q.Limit > MaxPage {
		return MaxPage, after, nil
	}
	return q.Limit, after, nil
}

// By names what the rows of an answer are.
type By string

// The ways to ask.
const (
	ByProvince   By = "province"
	ByCity       By = "city"
	ByCounty     By = "county"
	ByUnit       By = "unit"
	ByBatch      By = "batch"
	ByType       By = "type"
	ByWorkstream By = "workstream"
	ByMilestone  By = "milestone"
	ByPeriod     By = "period"
)

var divisionLevels = map[By]int{ByProvince: divisions.Province, ByCity: divisions.City, ByCounty: divisions.County}

func (b By) known() bool {
	switch b {
	case ByProvince, ByCity, ByCounty, ByUnit, ByBatch, ByType, ByWorkstream, ByMilestone, ByPeriod:
		return true
	}
	return false
}

// Scope is what a question turned out to be about, for headings and breadcrumbs: a division with
// those above it that the actor may see, or one unit.
type Scope struct {
	Division  divisions.Division
	Ancestors []divisions.Division
	Unit      *plan.Unit
}

// question is a checked Query. Its plan is the one in force at the moment of knowledge, and today the day
// of that moment. Basis and Tree say what they mean; AsOf is zero for what is known now.
type question struct {
	Query
	plan     *plan.Plan
	plans    plan.History
	scope    Scope
	calendar map[period.Quarter]period.Date // due date of every opened period
	locks    map[period.Quarter]period.Date // and lock date
	today    period.Date
	treeDay  period.Date // on which units are looked for in the tree
	below    []part      // divisions right under the scope, where the question is by them
}

// ask checks a query: scope, period, filters. A moment that has not come yet is now. Faults: Invalid
// (`query.before_plan` for a moment at which there was no plan), NotFound, Forbidden.
func (s *Service) ask(ctx context.Context, actor accounts.Actor, q Query) (question, error) {
	plans, err := s.plans.History(ctx)
	if err != nil {
		return question{}, err
	}
	asked := question{
		Query: q, plans: plans, plan: plans.Newest(), today: s.clock.Today(),
		calendar: map[period.Quarter]period.Date{}, locks: map[period.Quarter]period.Date{},
	}
	if err := asked.know(s.clock()); err != nil {
		return question{}, err
	}
	if asked.Form == "" {
		asked.Form = asked.plan.Reporting.Form
	}
	if asked.Period == 0 {
		asked.Period = min(period.QuarterOf(asked.today)-1, asked.plan.Last)
	}
	if err := asked.check(); err != nil {
		return question{}, err
	}
	if asked.treeDay = asked.Period.Last(); asked.Tree == AsNow {
		asked.treeDay = s.clock.Today()
	}
	if asked.scope, err = s.scope(ctx, actor, q, asked.treeDay); err != nil {
		return question{}, err
	}
	periods, err := s.reports.Periods(ctx)
	if err != nil {
		return question{}, err
	}
	for _, c := range periods {
		if c.Form == asked.Form {
			asked.calendar[c.Period], asked.locks[c.Period] = c.Due, c.Lock
		}
	}
	return asked, nil
}

// know settles what the question may know.
func (q *question) know(now time.Time) error {
	q.AsOf = q.AsOf.UTC().Truncate(time.Microsecond)
	if q.AsOf.IsZero() || !q.AsOf.Before(now) {
		q.AsOf = time.Time{}
		return nil
	}
	var ok bool
	if q.plan, ok = q.plans.At(q.AsOf); !ok {
		return fault.New(fault.Invalid, "query.before_plan", q.plans[0].InForceAt)
	}
	q.today = period.DateOf(q.AsOf)
	return nil
}

// check refuses what a question cannot be, and spells out what an empty basis and tree mean.
func (q *question) check() error {
	if q.Basis == "" {
		q.Basis = AcceptedOnly
	}
	if q.Tree == "" {
		q.Tree = AsThen
	}
	switch {
	case !q.By.known():
		return fault.New(fault.Invalid, "query.by_unknown", string(q.By))
	case q.Batch != "" && !q.plan.HasBatch(q.Batch):
		return fault.New(fault.Invalid, "query.batch_unknown", q.Batch)
	case q.Type != "" && !plan.KnownType(q.Type):
		return fault.New(fault.Invalid, "query.type_unknown", q.Type)
	case q.Basis != AcceptedOnly && q.Basis != AllSubmitted:
		return fault.New(fault.Invalid, "query.basis_unknown", string(q.Basis))
	case q.Tree != AsThen && q.Tree != AsNow:
		return fault.New(fault.Invalid, "query.tree_unknown", string(q.Tree))
	}
	return nil
}

// moment gives the moment of knowledge.
func (q question) moment() time.Time {
	if q.AsOf.IsZero() {
		return forever.Add(-time.Microsecond)
	}
	return q.AsOf
}

// frozen tells whether the lock date of a quarter has passed.
func (q question) frozen(at period.Quarter) bool {
	lock, opened := q.locks[at]
	return opened && q.today.After(lock)
}

// rolledUp tells whether roll-ups answer the question: they hold what is known now by accepted reports,
// in the tree of each period.
func (q question) rolledUp() bool {
	return q.scope.Unit == nil && q.Basis == AcceptedOnly && q.AsOf.IsZero() && q.Tree == AsThen
}

func (s *Service) scope(ctx context.Context, actor accounts.Actor, q Query, on period.Date) (Scope, error) {
	if q.Unit != "" || (q.Scope == "" && actor.Unit != 0) {
		unit, err := s.scopeUnit(ctx, actor, q.Unit)
		if err != nil {
			return Scope{}, err
		}
		ancestors, err := s.above(ctx, unit, on)
		return Scope{Unit: &unit, Ancestors: ancestors}, err
	}
	division, err := accounts.Scope(ctx, s.tree, actor, q.Scope, on)
	if err != nil {
		return Scope{}, err
	}
	ancestors, err := s.tree.Ancestors(ctx, division.ID, on)
	return Scope{Division: division, Ancestors: ancestors}, err
}

// above gives the way down to a unit on a day. Where its division is not valid then, the way is that
// of today's, and none at all is no fault: the unit has figures all the same.
func (s *Service) above(ctx context.Context, unit plan.Unit, on period.Date) ([]divisions.Division, error) {
	way, err := s.tree.Ancestors(ctx, unit.Division, on)
	for _, division := range []int64{unit.Place.County, unit.Place.City, unit.Place.Province} {
		if !fault.Is(err, fault.NotFound) {
			break
		}
		way, err = s.tree.Ancestors(ctx, division, s.clock.Today())
	}
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return way, err
}

func (s *Service) scopeUnit(ctx context.Context, actor accounts.Actor, key string) (plan.Unit, error) {
	if key != "" {
		return s.plans.Unit(ctx, actor, key)
	}
	units, err := s.plans.UnitsByID(ctx, []int64{actor.Unit})
	if err != nil {
		return plan.Unit{}, err
	}
	unit, ok := units[actor.Unit]
	if !ok {
		return plan.Unit{}, fault.New(fault.Forbidden, "scope.forbidden")
	}
	return unit, nil
}

// chosen narrows a query on unit_figures to the question's scope, form, filters and knowledge.
func (q question) chosen(db *gorm.DB) *gorm.DB {
	db = q.filtered(q.placed(db))
	if q.AsOf.IsZero() {
		return db.Where("until = ?", forever)
	}
	return db.Where("since <= ? AND until > ?", q.AsOf, q.AsOf)
}

// placed narrows a query to the question's scope and form.
func (q question) placed(db *gorm.DB) *gorm.DB {
	db = db.Where("form = ?", q.Form)
	if q.scope.Unit != nil {
		return db.Where("unit_id = ?", q.scope.Unit.ID)
	}
	column := placeColumn(q.scope.Division.Level)
	if q.Tree == AsNow {
		return db.Where("unit_id IN (SELECT id FROM units WHERE "+column+" = ?)", q.scope.Division.ID)
	}
	return db.Where(column+" = ?", q.scope.Division.ID)
}

// placeColumn names the column of the division of a level that a unit lies in.
func placeColumn(level int) string {
	switch level {
	case divisions.Province:
		return "province_id"
	case divisions.City:
		return "city_id"
	}
	return "county_id"
}

func (q question) filtered(db *gorm.DB) *gorm.DB {
	if q.Batch != "" {
		db = db.Where("batch = ?", q.Batch)
	}
	if q.Type != "" {
		db = db.Where("unit_type = ?", q.Type)
	}
	return db
}

// figures reads the unit figures that a condition chooses, within the question.
func (s *Service) figures(ctx context.Context, q question, condition string, args ...any) ([]unitFigure, error) {
	return q.read(q.chosen(s.db.Read(ctx)).Where(condition, args...).Order("unit_id, period"))
}

// read reads unit figures by the question's basis.
func (q question) read(query *gorm.DB) ([]unitFigure, error) {
	var rows []unitFigure
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read unit figures: %w", err)
	}
	for i, f := range rows {
		rows[i] = f.utc().on(q.Basis)
	}
	return rows, nil
}

// rollupColumns are those that rollups reads; measures come where they are asked for.
const rollupColumns = `division_id, level, period, batch, unit_type, expected, submitted, on_time, accepted, reported,
	planned, earned, overdue, lights, locked`

// rollups reads the roll-ups that a condition chooses, within the question's form and filters, and hands each
// of them to take, in no order. It is the most frequent reading of all, so it does without gorm's reflection.
func (s *Service) rollups(ctx context.Context, q question, take func(rollup) error, condition string, args ...any) error {
	var r rollup
	into := []any{
		&r.DivisionID, &r.Level, &r.Period, &r.Batch, &r.UnitType, &r.Expected, &r.Submitted, &r.OnTime, &r.Accepted, &r.Reported,
		&r.Planned, &r.Earned, &r.Overdue, &r.Lights, &r.Locked,
	}
	columns := rollupColumns
	if q.measured() {
		columns, into = columns+", measures", append(into, &r.Measures)
	}
	sql, values := "SELECT "+columns+" FROM rollups WHERE form = ? AND "+condition, append([]any{q.Form}, args...)
	if q.Batch != "" {
		sql, values = sql+" AND batch = ?", append(values, q.Batch)
	}
	if q.Type != "" {
		sql, values = sql+" AND unit_type = ?", append(values, q.Type)
	}
	rows, err := s.db.Read(ctx).Raw(sql, values...).Rows()
	if err != nil {
		return fmt.Errorf("read roll-ups: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read roll-ups: %w", err)
		}
		if err := take(r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read roll-ups: %w", err)
	}
	return nil
}
