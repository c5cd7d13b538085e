package analytics

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/plan"
)

// Matrix is units by milestones: each row a unit with its own light and one state per milestone, nil
// where the milestone does not apply to the unit.
type Matrix struct {
	Milestones []plan.Milestone
	Rows       []MatrixRow
	Next       string
}

// MatrixRow is one unit of a matrix, with the rule that gave its light.
type MatrixRow struct {
	Row
	Reason Reason
	States []*MilestoneState
}

// Matrix gives one page of the units × milestones matrix, furthest behind first.
func (s *Service) Matrix(ctx context.Context, actor accounts.Actor, query Query) (Matrix, error) {
	query.By = ByUnit
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return Matrix{}, err
	}
	return s.matrix(ctx, q)
}

func (s *Service) matrix(ctx context.Context, q question) (Matrix, error) {
	rows, figures, lights, next, err := s.unitRows(ctx, q)
	if err != nil {
		return Matrix{}, err
	}
	matrix := Matrix{Next: next}
	for _, w := range q.plan.Workstreams {
		matrix.Milestones = append(matrix.Milestones, w.Milestones...)
	}
	for i, f := range figures {
		actual, err := f.fractions()
		if err != nil {
			return Matrix{}, err
		}
		states := map[string]*MilestoneState{}
		for _, state := range Assess(q.plan, f.Batch, f.UnitType, f.Period, actual).Milestones {
			state = lights[f.UnitID].onto(state, f.missing(q.today))
			states[state.Key] = &state
		}
		row := MatrixRow{Row: rows[i], Reason: lights[f.UnitID].reason}
		for _, m := range matrix.Milestones {
			row.States = append(row.States, states[m.Key])
		}
		matrix.Rows = append(matrix.Rows, row)
	}
	return matrix, nil
}
