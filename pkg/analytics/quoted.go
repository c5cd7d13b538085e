package analytics

import (
	"context"
	"math/big"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/observations"
)

// Quoted is what a document says beside the system's own figure for the same place. Figure is nil where
// the system computes none; Difference is the figure less what is quoted, nil where either has no number.
// Agrees tells that both are the same as exactly as the document says it.
type Quoted struct {
	observations.Observation
	Figure     *Figure
	Difference *big.Rat
	Agrees     bool
}

// Quoted gives what documents say of the query's scope beside the figures of its quarter, and the
// contradictions among them. What documents say never goes into a figure.
func (s *Service) Quoted(ctx context.Context, actor accounts.Actor, query Query) ([]Quoted, []observations.Contradiction, error) {
	query.By, query.Batch, query.Type = ByProvince, "", ""
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, nil, err
	}
	list, contradictions, err := observations.All(s.db.Read(ctx))
	if err != nil || q.scope.Unit != nil {
		return nil, nil, err
	}
	list = slices.DeleteFunc(list, func(o observations.Observation) bool { return o.Scope != q.scope.Division.Code })
	contradictions = slices.DeleteFunc(contradictions, func(c observations.Contradiction) bool {
		return !slices.ContainsFunc(c.Statements, func(o observations.Observation) bool { return o.Scope == q.scope.Division.Code })
	})
	type asked struct{ batch, id string }
	figures := map[asked]Figure{}
	for _, batch := range batchesOf(list) {
		of := FigureQuery{Query: query}
		of.Batch = batch
		for _, o := range list {
			if o.Batch == batch && known(o.Indicator) && !slices.Contains(of.IDs, o.Indicator) {
				of.IDs = append(of.IDs, o.Indicator)
			}
		}
		answer, err := s.Figures(ctx, actor, of)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range answer.Rows {
			figures[asked{batch, f.ID}] = f
		}
	}
	quoted := make([]Quoted, len(list))
	for i, o := range list {
		quoted[i] = Quoted{Observation: o}
		if f, there := figures[asked{o.Batch, o.Indicator}]; there {
			quoted[i].compare(f)
		}
	}
	return quoted, contradictions, nil
}

// known tells whether there is such an indicator.
func known(id string) bool {
	return slices.ContainsFunc(indicators, func(i Indicator) bool { return i.ID == id })
}

func batchesOf(list []observations.Observation) []string {
	var batches []string
	for _, o := range list {
		if !slices.Contains(batches, o.Batch) {
			batches = append(batches, o.Batch)
		}
	}
	return batches
}

// compare sets the figure beside what is quoted.
func (q *Quoted) compare(f Figure) {
	q.Figure = &f
	number := q.Number()
	if number == nil || f.Value == nil {
		return
	}
	q.Difference = new(big.Rat).Sub(f.Value, number)
	as := f
	as.Qualifier = f.Qualifier.Weaker(forms.Qualifier(q.Qualifier))
	q.Agrees = as.counted(q.Decimals, q.Scale) == q.Value
}
