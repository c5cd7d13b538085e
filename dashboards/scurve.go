package dashboards

import (
	"context"

	"pilotboard/pkg/analytics"
)

func init() {
	add(Dashboard{
		Key: "scurve", Title: "scurve.title", About: "scurve.about", Group: Monitoring,
		Draw: drawSCurve,
	})
}

// drawSCurve is planned against actual over the whole plan, a curve for each batch.
func drawSCurve(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	curves, err := figures.Curves(ctx, ask.Actor, ask.Query)
	if err != nil {
		return nil, err
	}
	chart, err := Progress("scurve", curves, ask.Query.Period, ask.Reader)
	if err != nil {
		return nil, err
	}
	return []Card{{Key: "curve", Title: ask.T("scurve.title"), Chart: &chart}}, nil
}
