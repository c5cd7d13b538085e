package analytics

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// FigureSource is one value of one revision that a figure was computed from. Text is the value as it is
// typed in.
type FigureSource struct {
	Unit     string
	Name     string // of the unit
	Form     string
	Period   period.Quarter
	Revision int64
	Item     string
	Number   int64
	Text     string
}

// TraceFigure lists what one figure of the query's scope and quarter was computed from (method.md §8), a
// page of units at a time: of an amount the values of the span, of all else the last ones. Faults are
// those of Figures.
func (s *Service) TraceFigure(ctx context.Context, actor accounts.Actor, query FigureQuery) ([]FigureSource, string, error) {
	query.By = ByProvince
	q, err := s.ask(ctx, actor, query.Query)
	if err != nil {
		return nil, "", err
	}
	set, err := s.figureSet(ctx, q, query)
	if err != nil {
		return nil, "", err
	}
	rows := []FigureSource{}
	formKeys, items := set.needs()
	if len(formKeys) == 0 {
		return rows, "", nil
	}
	next := ""
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		units, more, err := q.sourceUnits(tx, formKeys)
		if err != nil || len(units) == 0 {
			return err
		}
		next = more
		rows, err = s.sources(ctx, tx, q, set, units, figureSums{forms: formKeys, items: items, from: q.Period - period.Quarter(set.length(q.Period))})
		return err
	})
	return rows, next, err
}

// length gives the number of quarters before q that count in an amount.
func (set *figureSet) length(q period.Quarter) int {
	from, _ := set.quarters(forms.Item{Kind: forms.KindFlow}, q)
	return int(q - from)
}

// sourceUnits gives a page of the units in scope that owe any of the forms, by id.
func (q question) sourceUnits(tx *gorm.DB, formKeys []string) ([]int64, string, error) {
	limit, after, err := q.paging()
	if err != nil {
		return nil, "", err
	}
	var units []int64
	err = q.inScope(tx, formKeys).Where("r.unit_id > ?", after).Distinct("r.unit_id").Order("r.unit_id").Limit(limit + 1).Scan(&units).Error
	if err != nil {
		return nil, "", fmt.Errorf("read the units behind a figure: %w", err)
	}
	if len(units) <= limit {
		return units, "", nil
	}
	return units[:limit], strconv.FormatInt(units[limit-1], 10), nil
}

// sources gives the values of a page of units.
func (s *Service) sources(ctx context.Context, tx *gorm.DB, q question, set *figureSet, units []int64, chosen figureSums) ([]FigureSource, error) {
	var list []owed
	err := q.inScope(tx, chosen.forms).Where("r.unit_id IN ? AND r.period >= ?", units, chosen.from).
		Select(fmt.Sprintf(owedColumns, q.place())).Order("r.unit_id, r.form, r.period").Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read what is owed: %w", err)
	}
	values, err := readItems(tx, itemQuery{forms: chosen.forms, items: chosen.items, until: q.Period, units: tx.Table("units").Select("id").Where("id IN ?", units), asOf: q.AsOf})
	if err == nil && q.Basis == AllSubmitted {
		values, err = s.withWaiting(tx, q, chosen.forms, values)
	}
	if err != nil {
		return nil, err
	}
	known, err := s.plans.UnitsByID(ctx, units)
	if err != nil {
		return nil, err
	}
	by, meaning := byUnitForm(values), s.meanings(tx)
	rows := []FigureSource{}
	for _, o := range list {
		own, err := set.sourcesOf(q, o, by[unitForm{o.UnitID, o.Form}], meaning)
		if err != nil {
			return nil, err
		}
		for i := range own {
			own[i].Unit, own[i].Name = known[o.UnitID].Key, known[o.UnitID].Name
		}
		rows = append(rows, own...)
	}
	return rows, nil
}

// sourcesOf gives the values with which one report of a unit counts in the figures.
func (set *figureSet) sourcesOf(q question, o owed, values []itemValue, meaning itemMeanings) ([]FigureSource, error) {
	own, err := unitItems(values, o.Period, meaning)
	if err != nil {
		return nil, err
	}
	var rows []FigureSource
	for _, m := range set.measures {
		for _, name := range m.expression.Names {
			n, ok := set.need(name)
			if !ok || n.form != o.Form || !slices.Contains(n.types, o.UnitType) {
				continue
			}
			v, has := own[n.item.Key]
			from, to := set.quarters(n.item, q.Period)
			outside := o.Period < from || o.Period > to ||
				(q.Batch != "" && q.Batch != o.Batch) || (q.Type != "" && q.Type != o.UnitType) ||
				(len(n.item.Batches) > 0 && !slices.Contains(n.item.Batches, o.Batch))
			if !has || outside {
				continue
			}
			row := FigureSource{Form: v.Form, Period: v.Period, Revision: v.Revision, Item: v.Item, Number: v.Value}
			row.Text = n.item.Format(forms.Value{State: forms.Given, Number: v.Value})
			if !slices.Contains(rows, row) {
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}
