package api

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// planDocument is a whole plan, in the words of the plan file, with the planned curves it comes to.
type planDocument struct {
	Key         string            `json:"key"`
	Version     int64             `json:"version"`
	Title       string            `json:"title"`
	Issuer      string            `json:"issuer"`
	Issued      period.Date       `json:"issued" format:"date"`
	Period      [2]period.Quarter `json:"period" nullable:"false" doc:"First and last quarter."`
	Lights      planLights        `json:"lights"`
	Form        string            `json:"form" doc:"Key of the form that units report on."`
	Batches     []planBatch       `json:"batches" nullable:"false"`
	Workstreams []planWorkstream  `json:"workstreams" nullable:"false"`
	Planned     []planCurve       `json:"planned" nullable:"false"`
	Facts       []planFact        `json:"facts" nullable:"false" doc:"Dated events of the programme."`
}

type planLights struct {
	Behind int `json:"behind" doc:"Percentage points of gap beyond which a light says behind."`
	Severe int `json:"severe"`
}

type planBatch struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

type planWorkstream struct {
	Key        string          `json:"key"`
	Title      string          `json:"title"`
	Sample     bool            `json:"sample" doc:"Invented for demonstration (示例数据)."`
	Source     string          `json:"source"`
	Milestones []planMilestone `json:"milestones" nullable:"false"`
}

type planMilestone struct {
	Key      string                    `json:"key"`
	Title    string                    `json:"title"`
	Weight   int                       `json:"weight"`
	Path     string                    `json:"path" enum:"step,even,custom"`
	Due      map[string]period.Quarter `json:"due" doc:"By batch."`
	Start    map[string]period.Quarter `json:"start,omitempty" doc:"By batch, of an even path."`
	Points   map[string][]planPoint    `json:"points,omitempty" doc:"By batch, of a custom path."`
	Types    []string                  `json:"types" nullable:"false"`
	Measure  planMeasure               `json:"measure"`
	Evidence string                    `json:"evidence" enum:"required,optional"`
	Sample   bool                      `json:"sample" doc:"Invented for demonstration (示例数据)."`
	Source   string                    `json:"source"`
}

type planPoint struct {
	Period  period.Quarter `json:"period"`
	Percent float64        `json:"percent"`
}

type planMeasure struct {
	Form       string  `json:"form"`
	Item       string  `json:"item"`
	Type       string  `json:"type" enum:"yes_no,percent,number,count"`
	Unit       string  `json:"unit"`
	Decimals   int     `json:"decimals"`
	Target     *string `json:"target" doc:"Null where the value counts as it is."`
	Baseline   *string `json:"baseline"`
	Max        *string `json:"max" doc:"Greatest value that may be reported."`
	Definition string  `json:"definition"`
}

// planCurve is the planned path of the units of one batch and type, quarter by quarter.
type planCurve struct {
	Batch  string      `json:"batch"`
	Type   string      `json:"type" enum:"district,street,community"`
	Points []planPoint `json:"points" nullable:"false"`
}

type planFact struct {
	Key    string         `json:"key"`
	Title  string         `json:"title"`
	Period period.Quarter `json:"period"`
	Day    *period.Date   `json:"day" format:"date" doc:"Null when only the quarter is known."`
	Sample bool           `json:"sample" doc:"Invented for demonstration (示例数据)."`
	Source string         `json:"source"`
}

func (s *Server) showPlan(ctx context.Context, actor accounts.Actor, in *struct {
	Key string `path:"key" example:"anhui-2018-2020"`
}) (planDocument, error) {
	p, err := s.Plans.ByKey(ctx, actor, in.Key)
	if err != nil {
		return planDocument{}, err
	}
	d := planDocument{
		Key: p.Key, Version: p.No, Title: p.Title, Issuer: p.Issuer, Issued: p.Issued,
		Period: [2]period.Quarter{p.First, p.Last}, Lights: planLights{p.Behind, p.Severe}, Form: p.Reporting.Form,
		Batches: []planBatch{}, Workstreams: []planWorkstream{}, Planned: plannedCurves(p), Facts: []planFact{},
	}
	for _, b := range p.Batches {
		d.Batches = append(d.Batches, planBatch(b))
	}
	for _, w := range p.Workstreams {
		workstream := planWorkstream{Key: w.Key, Title: w.Title, Sample: w.Sample, Source: w.Source, Milestones: []planMilestone{}}
		for _, m := range w.Milestones {
			workstream.Milestones = append(workstream.Milestones, newMilestone(m))
		}
		d.Workstreams = append(d.Workstreams, workstream)
	}
	for _, f := range p.Facts {
		d.Facts = append(d.Facts, planFact{f.ID, f.Title, f.Quarter, orNull(f.Day), f.Sample, f.Source})
	}
	return d, nil
}

func newMilestone(m plan.Milestone) planMilestone {
	d := planMilestone{
		Key: m.Key, Title: m.Title, Weight: m.Weight, Path: string(m.Path.Kind), Due: map[string]period.Quarter{}, Start: m.Path.Start,
		Types: m.Types, Measure: newMeasure(m.Measure), Evidence: "optional", Sample: m.Sample, Source: m.Source,
	}
	for _, batch := range m.Batches() {
		d.Due[batch] = m.Due(batch)
	}
	if m.EvidenceRequired {
		d.Evidence = "required"
	}
	if len(m.Path.Points) > 0 {
		d.Points = map[string][]planPoint{}
	}
	for batch, points := range m.Path.Points {
		for _, p := range points {
			d.Points[batch] = append(d.Points[batch], planPoint{p.Quarter, p.Fraction.PercentFloat2()})
		}
	}
	return d
}

func newMeasure(m plan.Measure) planMeasure {
	item := forms.Item{Type: forms.ItemType(m.Type), Decimals: m.Decimals}
	written := func(there bool, n int64) *string {
		if !there {
			return nil
		}
		text := item.Format(forms.Value{State: forms.Given, Number: n})
		return &text
	}
	return planMeasure{
		Form: m.Form, Item: m.Item, Type: string(m.Type), Unit: m.Unit, Decimals: m.Decimals, Definition: m.Definition,
		Target: written(m.HasTarget, m.Target), Baseline: written(m.HasTarget, m.Baseline), Max: written(m.Max > 0, m.Max),
	}
}

func plannedCurves(p *plan.Plan) []planCurve {
	curves := []planCurve{}
	for _, b := range p.Batches {
		for _, t := range plan.Types {
			if len(p.Milestones(b.Key, t)) == 0 {
				continue
			}
			curve := planCurve{Batch: b.Key, Type: t}
			for q := p.First; q <= p.Last; q++ {
				curve.Points = append(curve.Points, planPoint{q, p.Planned(b.Key, t, q).PercentFloat2()})
			}
			curves = append(curves, curve)
		}
	}
	return curves
}
