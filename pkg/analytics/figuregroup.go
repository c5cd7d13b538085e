package analytics

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// figureGroup is a row of figures: a division with those under it, or those of its units that are of one
// batch or type; without: none of those in these divisions. tree is what lies under the division, itself
// first.
type figureGroup struct {
	key, name       string
	division        divisions.Division
	period          period.Quarter
	batch, unitType string
	without         []divisions.Division
	tree            []divisions.Division
	batches         []string // of the plan
	series          bool     // it follows the row before it in time
}

func (g figureGroup) takes(batch, unitType string) bool {
	return (g.batch == "" || g.batch == batch) && (g.unitType == "" || g.unitType == unitType)
}

// part gives the group of a division within.
func (g figureGroup) part(d divisions.Division) figureGroup {
	g.division, g.without = d, nil
	return g
}

// below gives the divisions of a level at or under that of the group.
func (g figureGroup) below(level int) []divisions.Division {
	if len(g.without) > 0 || g.division.ID == 0 {
		return nil
	}
	inside := map[int64]bool{g.division.ID: true}
	var list []divisions.Division
	for _, d := range g.tree { // from the top down
		if inside[d.ID] || inside[d.Parent] {
			inside[d.ID] = true
			if d.Level == level && !d.StatisticsOnly {
				list = append(list, d)
			}
		}
	}
	return list
}

// count counts the divisions of a level; none for units that lie in no division.
func (g figureGroup) count(level int) *big.Rat {
	if len(g.without) > 0 || g.division.ID == 0 {
		return nil
	}
	return big.NewRat(int64(len(g.below(level))), 1)
}

// planBatches gives the keys of the plan's batches.
func planBatches(p *plan.Plan) []string {
	keys := make([]string, len(p.Batches))
	for i, b := range p.Batches {
		keys[i] = b.Key
	}
	return keys
}

// figureGroups gives the rows that a question asks for.
func (s *Service) figureGroups(ctx context.Context, q question, set *figureSet) ([]figureGroup, error) {
	deep := set.needsTree() || q.By == ByCity || q.By == ByCounty
	own, err := s.ownGroup(ctx, q, q.Period, deep)
	if err != nil {
		return nil, err
	}
	var groups []figureGroup
	switch q.By {
	case ByPeriod:
		for at := min(q.plan.First, q.Period); at <= q.Period; at++ {
			g, err := s.ownGroup(ctx, q, at, deep)
			if err != nil {
				return nil, err
			}
			g.key, g.name, g.series = at.String(), at.String(), true
			groups = append(groups, g)
		}
	case ByBatch:
		for _, b := range q.plan.Batches {
			g := own
			g.key, g.name, g.batch = b.Key, b.Title, b.Key
			groups = append(groups, g)
		}
	case ByType:
		for _, t := range plan.Types {
			g := own
			g.key, g.name, g.unitType = t, t, t
			groups = append(groups, g)
		}
	default:
		groups = own.divide(divisionLevels[q.By])
	}
	return groups, nil
}

// ownGroup gives the question's whole scope in a quarter; deep: with the divisions under it.
func (s *Service) ownGroup(ctx context.Context, q question, at period.Quarter, deep bool) (figureGroup, error) {
	g := figureGroup{period: at, batch: q.Batch, unitType: q.Type, batches: planBatches(q.plan)}
	if q.scope.Unit != nil {
		g.key, g.name = q.scope.Unit.Key, q.scope.Unit.Name
		return g, nil
	}
	g.key, g.name, g.division = q.scope.Division.Code, q.scope.Division.Name, q.scope.Division
	if !deep {
		g.tree = []divisions.Division{g.division}
		return g, nil
	}
	on := at.Last()
	if q.Tree == AsNow {
		on = q.treeDay
	}
	var err error
	g.tree, err = s.tree.Under(ctx, g.division.ID, divisions.County, on)
	return g, err
}

// divide splits a group by the divisions of a level, by code; units that lie in none of these come last,
// under Direct. A group at or below the level stays one.
func (g figureGroup) divide(level int) []figureGroup {
	if g.division.ID == 0 || g.division.Level >= level {
		return []figureGroup{g}
	}
	parts := g.below(level)
	slices.SortFunc(parts, func(a, b divisions.Division) int { return strings.Compare(a.Code, b.Code) })
	groups := make([]figureGroup, 0, len(parts)+1)
	for _, part := range parts {
		within := g.part(part)
		within.key, within.name = part.Code, part.Name
		groups = append(groups, within)
	}
	direct := g
	direct.key, direct.name, direct.without = Direct, Direct, parts
	return append(groups, direct)
}
