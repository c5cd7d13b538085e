package dashboards

import (
	"context"

	"pilotboard/pkg/analytics"
)

func init() {
	add(Dashboard{
		Key: "workstream", Title: "workstream.title", About: "workstream.about", Group: Monitoring, Order: 7,
		Options: []Option{{Name: "workstream", Label: "workstream.title", Choices: workstreamChoices}},
		Draw:    drawWorkstream,
	})
}

func workstreamChoices(ask Ask) []Choice {
	var list []Choice
	for _, w := range ask.Plan.Workstreams {
		list = append(list, Choice{w.Key, w.Key + " " + w.Title})
	}
	return list
}

// drawWorkstream is one workstream over time, and its milestones.
func drawWorkstream(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	key := ask.Values["workstream"]
	curves, err := figures.MeasureCurves(ctx, ask.Actor, ask.Query, key)
	if err != nil {
		return nil, err
	}
	chart, err := Progress("workstream-curve", curves, ask.Query.Period, ask.Reader)
	if err != nil {
		return nil, err
	}
	all, err := figures.Measures(ctx, ask.Actor, ask.Query)
	if err != nil {
		return nil, err
	}
	var own []analytics.MeasureRow
	counts := ""
	for _, r := range all {
		if r.Workstream != key {
			continue
		}
		if r.Key == key {
			counts = ask.T("dashboards.of", r.Reported, r.Expected)
		}
		own = append(own, r)
	}
	name := workstreamTitle(ask.Plan, key)
	return []Card{
		{Key: "curve", Title: name, About: ask.T("workstream.curve_about"), Chart: &chart, Label: ask.T("milestone.curve_label", name), Counts: counts},
		{Key: "milestones", Title: ask.T("workstream.milestones"), About: ask.T("workstream.milestones_about"), Table: measureTable(own, ask), Counts: counts},
	}, nil
}
