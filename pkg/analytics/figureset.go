package analytics

import (
	"context"
	"maps"
	"math/big"
	"slices"
	"strings"

	"pilotboard/pkg/expression"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// figureSet is the figures of a question, with what they need and what was found of it.
type figureSet struct {
	measures []Indicator
	forms    map[string]figureForm
	span     FigureSpan
	first    period.Quarter // of the plan
	sums     map[figureAt][]itemRollup
	pilots   map[figureAt]map[string]int64 // by unit type
}

// figureForm is a form through time: the newest meaning of every item, and by item the versions from
// which another definition holds.
type figureForm struct {
	newest forms.Form
	items  map[string]forms.Item
	breaks map[string][]int64
}

// figureAt is where sums of an item are found. A unit on its own is in division 0.
type figureAt struct {
	division int64
	form     string
	item     string
	period   period.Quarter
}

// measure looks an id up and notes the forms that it needs.
func (s *Service) measure(ctx context.Context, set *figureSet, id string) (Indicator, error) {
	at := slices.IndexFunc(indicators, func(i Indicator) bool { return i.ID == id })
	if at >= 0 {
		return indicators[at], s.needForms(ctx, set, indicators[at])
	}
	form, key, dotted := strings.Cut(id, ".")
	compiled, wrong := expression.Compile(id, formulaScope, expression.Number)
	if !dotted || len(wrong) > 0 || form == ofCount || form == ofPilots {
		return Indicator{}, fault.New(fault.NotFound, "figure.unknown", id)
	}
	m := Indicator{ID: id, Scale: 1, Formula: id, expression: compiled}
	if err := s.needForms(ctx, set, m); err != nil {
		return m, err
	}
	item, known := set.forms[form].items[key]
	switch {
	case !known:
		return m, fault.New(fault.NotFound, "figure.unknown", id)
	case item.Aggregation == forms.None:
		return m, fault.New(fault.Invalid, "figure.not_added_up", item.Title)
	}
	m.item, m.Unit, m.Decimals = &item, item.Unit, item.Decimals
	m.Definition, m.Source = item.Definition, item.Basis
	if item.Type == forms.YesNo {
		m.Decimals = 0
	}
	return m, nil
}

// HasFigure tells whether an id is that of an indicator or of an item of a form.
func (s *Service) HasFigure(ctx context.Context, id string) (bool, error) {
	_, err := s.measure(ctx, &figureSet{}, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return false, nil
	}
	return err == nil, err
}

// needForms reads every form that a formula names. One that there is not has no items.
func (s *Service) needForms(ctx context.Context, set *figureSet, m Indicator) error {
	for _, name := range m.expression.Names {
		if _, known := set.forms[name.Of]; known || name.Of == ofCount || name.Of == ofPilots {
			continue
		}
		versions, err := s.reports.Forms().Every(ctx, name.Of)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		f := figureForm{items: map[string]forms.Item{}, breaks: forms.BreaksOf(versions)}
		for _, item := range forms.Ever(versions) {
			f.items[item.Key] = item
		}
		if len(versions) > 0 {
			f.newest = versions[len(versions)-1]
		}
		if set.forms == nil {
			set.forms = map[string]figureForm{}
		}
		set.forms[name.Of] = f
	}
	return nil
}

// need is an item that a name of a formula stands for; option is empty unless those are counted who
// have chosen it.
type need struct {
	form, option string
	item         forms.Item
	types        []string // of the units that count
}

// need finds out what a name stands for; false for no item.
func (set *figureSet) need(n expression.Name) (need, bool) {
	f := set.forms[n.Of]
	found := need{form: n.Of}
	var known bool
	if found.item, known = f.items[n.Key]; !known {
		key, option, is := optionOf(n.Key)
		if found.item, known = f.items[key]; !is || !known {
			return need{}, false
		}
		found.option = option
	}
	found.types = countingTypes(f.newest, found.item)
	return found, true
}

// countingTypes gives the unit types whose values add up. Where both counties and cities are asked, the
// cities have added their counties up already, and only the counties count.
func countingTypes(form forms.Form, item forms.Item) []string {
	types := item.Types
	if len(types) == 0 {
		types = form.FilledBy
	}
	if slices.Contains(types, "county") {
		types = slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == "city" })
	}
	return types
}

// needs gives every item that the figures need, by form.
func (set *figureSet) needs() (formKeys, items []string) {
	keys := map[string]bool{}
	wanted := map[string]bool{expectedItem: true}
	for _, m := range set.measures {
		for _, name := range m.expression.Names {
			if n, ok := set.need(name); ok {
				keys[n.form], wanted[n.item.Key] = true, true
				if n.option != "" {
					wanted[optionItem(n.item.Key, n.option)] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(keys)), slices.Sorted(maps.Keys(wanted))
}

// needsPilots tells whether any figure counts pilot units.
func (set *figureSet) needsPilots() bool {
	return slices.ContainsFunc(set.measures, func(m Indicator) bool {
		return slices.ContainsFunc(m.expression.Names, func(n expression.Name) bool { return n.Of == ofPilots })
	})
}

// needsTree tells whether any figure counts divisions.
func (set *figureSet) needsTree() bool {
	return slices.ContainsFunc(set.measures, func(m Indicator) bool {
		return m.Each > 0 || slices.ContainsFunc(m.expression.Names, func(n expression.Name) bool { return n.Of == ofCount })
	})
}

// quarters gives the quarters whose values count in a figure of q.
func (set *figureSet) quarters(item forms.Item, q period.Quarter) (from, to period.Quarter) {
	switch {
	case item.Kind != forms.KindFlow:
		return q, q
	case set.span == SpanYear:
		return period.Of(q.Year(), 1), q
	case set.span == SpanPlan:
		return min(set.first, q), q
	}
	return q, q
}

// sum adds up an item, an option of it, or the expected reports, over the units of a group.
func (set *figureSet) sum(g figureGroup, n need, item string) itemRollup {
	var total itemRollup
	from, to := set.quarters(n.item, g.period)
	for q := from; q <= to; q++ {
		for _, r := range set.sums[figureAt{g.division.ID, n.form, item, q}] {
			if slices.Contains(n.types, r.UnitType) && g.takes(r.Batch, r.UnitType) &&
				(len(n.item.Batches) == 0 || slices.Contains(n.item.Batches, r.Batch)) {
				total.add(r)
			}
		}
	}
	for _, part := range g.without {
		inside := set.sum(g.part(part), n, item)
		total.N, total.Sum = total.N-inside.N, total.Sum-inside.Sum
	}
	return total
}

// value gives what a name of a formula stands for in a group; nil when it has no value.
func (set *figureSet) value(g figureGroup, name expression.Name) *big.Rat {
	switch name.Of {
	case ofCount:
		return g.count(countedLevels[name.Key])
	case ofPilots:
		if g.division.ID == 0 {
			return nil
		}
		return big.NewRat(set.countPilots(g, name.Key), 1)
	}
	n, ok := set.need(name)
	if !ok {
		return nil
	}
	own := set.sum(g, n, n.item.Key)
	if own.N == 0 {
		return nil
	}
	if n.option != "" {
		return ratOf(set.sum(g, n, optionItem(n.item.Key, n.option)).Sum, 0)
	}
	switch n.item.Aggregation {
	case forms.CountTrue:
		return ratOf(own.Sum, 0)
	case forms.Sum:
		return ratOf(own.Sum, n.item.Decimals)
	case forms.Mean:
		return new(big.Rat).Quo(ratOf(own.Sum, n.item.Decimals), big.NewRat(own.N, 1))
	}
	switch {
	case len(g.without) > 0: // what is left of a least or a greatest value is not known
	case n.item.Aggregation == forms.Min:
		return ratOf(own.Min, n.item.Decimals)
	case n.item.Aggregation == forms.Max:
		return ratOf(own.Max, n.item.Decimals)
	}
	return nil
}

func (set *figureSet) countPilots(g figureGroup, unitType string) int64 {
	count := func(division int64) (n int64) {
		for _, batch := range g.batches {
			for t, units := range set.pilots[figureAt{division: division, item: batch, period: g.period}] {
				if g.takes(batch, t) && (unitType == "all" || unitType == t) {
					n += units
				}
			}
		}
		return n
	}
	total := count(g.division.ID)
	for _, part := range g.without {
		total -= count(part.ID)
	}
	return total
}

// rows gives a figure for every group.
func (set *figureSet) rows(m Indicator, groups []figureGroup) []Figure {
	rows := make([]Figure, 0, len(groups))
	var last map[expression.Name]int
	for _, g := range groups {
		row, definitions := set.figure(m, g)
		if g.series {
			for name, definition := range definitions {
				before, there := last[name]
				row.Break = row.Break || (there && before != definition)
			}
			if last == nil || len(definitions) > 0 {
				last = definitions
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// figure works a figure out for a group, and says which definition of each name it ends with.
func (set *figureSet) figure(m Indicator, g figureGroup) (Figure, map[expression.Name]int) {
	f := Figure{Indicator: m, Key: g.key, Name: g.name, Qualifier: forms.Exact}
	definitions := map[expression.Name]int{}
	first := true
	for _, name := range m.expression.Names {
		n, ok := set.need(name)
		if !ok {
			continue
		}
		own := set.sum(g, n, n.item.Key)
		if expected := set.sum(g, n, expectedItem).N; first || own.N*f.Expected < f.Reported*expected {
			f.Reported, f.Expected, first = own.N, expected, false
		}
		if own.N == 0 {
			continue
		}
		f.Qualifier = f.Qualifier.Weaker(forms.Qualifiers[own.Qualifier])
		breaks := set.forms[n.form].breaks[n.item.Key]
		definitions[name] = definition(breaks, own.LastVersion)
		f.Break = f.Break || definition(breaks, own.FirstVersion) != definitions[name]
	}
	f.Value = set.result(m, g, f.Reported)
	if first && f.Value != nil { // what the program counts itself is complete
		f.Reported = new(big.Int).Quo(f.Value.Num(), f.Value.Denom()).Int64()
		f.Expected = f.Reported
	}
	return f, definitions
}

// definition numbers the definitions of an item by the versions from which another one holds.
func definition(breaks []int64, version int64) int {
	n := 0
	for _, from := range breaks {
		if version >= from {
			n++
		}
	}
	return n
}

// result gives the value of a formula in a group, or the number of divisions for which it holds.
func (set *figureSet) result(m Indicator, g figureGroup, reported int64) *big.Rat {
	if m.Each == 0 {
		value, ok := m.expression.Value(func(n expression.Name) any { return orNone(set.value(g, n)) })
		if !ok {
			return nil
		}
		return value.(*big.Rat)
	}
	parts := g.below(m.Each)
	if reported == 0 || len(parts) == 0 {
		return nil
	}
	holds := int64(0)
	for _, part := range parts {
		within := g.part(part)
		if !set.whole(m, within) {
			continue
		}
		if value, ok := m.expression.Value(func(n expression.Name) any { return orNone(set.value(within, n)) }); ok && value == true {
			holds++
		}
	}
	return big.NewRat(holds, 1)
}

// whole tells whether every report that the formula rests on has a value in the group.
func (set *figureSet) whole(m Indicator, g figureGroup) bool {
	for _, name := range m.expression.Names {
		if n, ok := set.need(name); ok && set.sum(g, n, n.item.Key).N < set.sum(g, n, expectedItem).N {
			return false
		}
	}
	return true
}

// orNone makes no number no value.
func orNone(r *big.Rat) any {
	if r == nil {
		return nil
	}
	return r
}
