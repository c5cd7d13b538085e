package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

type generateCommand struct {
	Units    int    `default:"1000" help:"Number of communities that report."`
	Quarters int    `default:"4" help:"Number of quarters, the last of the plan that have ended."`
	Seed     uint64 `default:"1" help:"The same seed makes the same reports."`
}

// Run fills the configured database, which must hold no pilot yet, with synthetic accepted reports over
// the real tree, all marked as samples.
func (g generateCommand) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		began := time.Now()
		made, err := generate(ctx, services, g, c.clock().Today(), func(q period.Quarter, reports int) {
			fmt.Fprintf(s.out, "%s: %d reports\n", q, reports)
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d synthetic reports and their figures in %s\n", made, time.Since(began).Round(time.Second))
		return nil
	})
}

// generate imports the sample tree, plan and forms where there is no plan yet, makes the units, loads
// their reports quarter by quarter and computes the figures. It gives the number of reports.
func generate(ctx context.Context, s services, g generateCommand, today period.Date, loaded func(period.Quarter, int)) (int, error) {
	system := accounts.System("generate")
	s.reports = s.reports.ForSample()
	if err := s.sampleBasis(ctx, system); err != nil {
		return 0, err
	}
	p, err := s.plans.Current(ctx)
	if err != nil {
		return 0, err
	}
	if !sampled(p) {
		return 0, fault.New(fault.Conflict, "generate.real_plan")
	}
	units, err := s.generateUnits(ctx, system, p, g.Units)
	if err != nil {
		return 0, err
	}
	form, err := s.forms.Form(ctx, system, p.Reporting.Form)
	if err != nil {
		return 0, err
	}
	last := min(period.QuarterOf(today)-1, p.Last)
	var loading time.Duration
	made, random := 0, rand.New(rand.NewPCG(g.Seed, 0)) // #nosec G404: made-up figures, not secrets
	for q := max(last-period.Quarter(g.Quarters)+1, p.First); q <= last; q++ {
		list := make([]reporting.Loaded, len(units))
		for i, u := range units {
			submitted := q.Last().End().Add(time.Duration(random.IntN(12*24*60)) * time.Minute)
			list[i] = reporting.Loaded{Unit: u, Values: generatedValues(form, p, u, q, random), SubmittedAt: submitted, AcceptedAt: submitted.Add(26 * time.Hour)}
		}
		began := time.Now()
		if err := s.reports.Load(ctx, system, p, form, q, list); err != nil {
			return made, err
		}
		loading += time.Since(began)
		made += len(list)
		loaded(q, len(list))
	}
	began := time.Now()
	_, err = s.figures.Refresh(ctx)
	slog.Info("generated", "reports", made, "loading", loading.Seconds(), "computing", time.Since(began).Seconds())
	return made, err
}

// sampled tells whether the plan is marked as a sample; pages then mark all that rests on it.
func sampled(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Workstreams, func(w plan.Workstream) bool {
		return slices.ContainsFunc(w.Milestones, func(m plan.Milestone) bool { return m.Sample })
	})
}

// sampleBasis imports the sample tree, plan and forms, unless there is a plan.
func (s services) sampleBasis(ctx context.Context, system accounts.Actor) error {
	_, err := s.plans.Current(ctx)
	if err == nil || !noPlan(err) {
		return err
	}
	if _, err := s.tree.Import(ctx, bytes.NewReader(anhuiDivisions), "anhui-divisions.csv", false, system.Name); err != nil {
		return err
	}
	if _, err := s.plans.Import(ctx, system, "anhui-2018-2020.yaml", anhuiPlan, "", false); err != nil {
		return err
	}
	return importSampleForms(ctx, s.forms, system)
}

// generateUnits makes n communities of the plan's batches, spread evenly over those of the tree.
func (s services) generateUnits(ctx context.Context, system accounts.Actor, p *plan.Plan, n int) ([]plan.Unit, error) {
	if found, _, err := s.plans.Units(ctx, system, plan.UnitFilter{Limit: 1}); err != nil || len(found) > 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "generate.not_empty")
		}
		return nil, err
	}
	var codes []string
	err := s.db.Read(ctx).Raw(`SELECT v.code FROM division_versions v JOIN divisions d ON d.id = v.division_id
		WHERE d.level = 5 AND v.valid_from <= ? AND v.valid_to IS NULL ORDER BY v.code`, p.First.First()).Scan(&codes).Error
	if err != nil {
		return nil, fmt.Errorf("read the communities: %w", err)
	}
	var file bytes.Buffer
	fmt.Fprintln(&file, "key,name,division,type,batch,since,since_precision,until,placeholder,document")
	for i := range n {
		batch := p.Batches[i%len(p.Batches)].Key
		fmt.Fprintf(&file, "sample-%06d,示例单位%06d,%s,community,%s,%s,year,,true,\n", i, i, codes[i*len(codes)/n], batch, p.First.First())
	}
	if _, err := s.plans.ImportPilots(ctx, system, "units", &file, false); err != nil {
		return nil, err
	}
	var units []plan.Unit
	for after := ""; ; {
		page, next, err := s.plans.Units(ctx, system, plan.UnitFilter{After: after})
		if err != nil {
			return nil, err
		}
		units = append(units, page...)
		if after = next; after == "" {
			return units, nil
		}
	}
}

// generatedValues makes up what a unit reports: a share of each milestone's planned path, some early, some
// late.
func generatedValues(form forms.Form, p *plan.Plan, u plan.Unit, q period.Quarter, random *rand.Rand) forms.Values {
	values := forms.Values{}
	pace := int64(70 + u.ID%41) // of the plan, in percent
	for _, m := range p.Milestones(u.Batch, u.Type) {
		item, ok := forms.ItemOf(m, u.Type)
		if !ok {
			continue
		}
		share := min(100, int64(q-m.Due(u.Batch)+4)*25*pace/100+random.Int64N(11))
		number := max(0, m.Measure.Target*share/100)
		if item.Type == forms.YesNo {
			number = share / 100
		}
		values[item.Key] = forms.Value{State: forms.Given, Number: max(0, number)}
	}
	for _, section := range form.For(u.Batch, u.Type).Sections {
		for _, item := range section.Items {
			if _, there := values[item.Key]; !there && item.Typed() && item.Type == forms.Count {
				values[item.Key] = forms.Value{State: forms.Given, Number: 100 + random.Int64N(4000)}
			}
		}
	}
	return values
}
