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
// first; then, in today's tree, the divisions that are counted, by level.
type figureGroup struct {
	key, name       string
	division        divisions.Division
	period          period.Quarter
	batch, unitType string
	without         []divisions.Division
	tree            []divisions.Division
	then            map[int][]divisions.Place
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
	if g.then == nil {
		return big.NewRat(int64(len(g.below(level))), 1)
	}
	n := int64(0)
	for _, place := range g.then[level] {
		if place.Within(g.division.ID) {
			n++
		}
	}
	return big.NewRat(n, 1)
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
			if q.Batch != "" && q.Batch != b.Key {
				continue
			}
			g := own
			g.key, g.name, g.batch = b.Key, b.Title, b.Key
			groups = append(groups, g)
		}
	case ByType:
		for _, t := range plan.Types {
			if q.Type != "" && q.Type != t {
				continue
			}
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
	var err error
	if q.Tree != AsNow {
		g.tree, err = s.tree.Under(ctx, g.division.ID, divisions.County, at.Last())
		return g, err
	}
	if g.tree, err = s.tree.Under(ctx, g.division.ID, divisions.County, q.treeDay); err != nil {
		return g, err
	}
	g.then, err = s.thenNow(ctx, q, at)
	return g, err
}

// thenNow gives the divisions that were valid at a quarter's end, by level and where they lie today: they
// are what is counted, whatever has been merged since.
func (s *Service) thenNow(ctx context.Context, q question, at period.Quarter) (map[int][]divisions.Place, error) {
	top := q.scope.Division.ID
	if len(q.scope.Ancestors) > 0 {
		top = q.scope.Ancestors[0].ID
	}
	valid, err := s.tree.Under(ctx, top, divisions.County, at.Last())
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(valid))
	for i, d := range valid {
		ids[i] = d.ID
	}
	places, err := s.tree.Places(ctx, s.db.Read(ctx), ids, q.treeDay)
	if err != nil {
		return nil, err
	}
	then := map[int][]divisions.Place{}
	for _, d := range valid {
		if place, ok := places[d.ID]; ok && !d.StatisticsOnly {
			then[d.Level] = append(then[d.Level], place)
		}
	}
	return then, nil
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
