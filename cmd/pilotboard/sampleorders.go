package main

import (
	"context"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/supervision"
)

// superviseSome has an order at each level: about the first two late reports, and about the first
// milestone that lags in another unit.
func (s *sample) superviseSome(ctx context.Context) error {
	monitor := s.actors["monitor"]
	late, _, err := s.reports.Reports(ctx, monitor, reporting.Filter{Late: true, Limit: 2})
	if err != nil {
		return err
	}
	supervised := map[int64]bool{}
	for i, report := range late {
		in := supervision.NewOrder{Unit: report.Unit.Key, Form: report.Form, Period: report.Period, Reason: "【示例】季报逾期，请尽快补报。"}
		if err := s.supervise(ctx, in, i); err != nil {
			return err
		}
		supervised[report.Unit.ID] = true
	}
	for _, u := range s.units {
		key, err := s.lagging(ctx, u)
		if err != nil {
			return err
		}
		if key != "" && !supervised[u.ID] {
			return s.supervise(ctx, supervision.NewOrder{Unit: u.Key, Milestone: key, Reason: "【示例】里程碑已过完成期限，请说明原因并整改。"}, 2)
		}
	}
	return nil
}

// lagging gives the first milestone of a unit that lags; empty when there is none.
func (s *sample) lagging(ctx context.Context, u plan.Unit) (string, error) {
	answer, err := s.figures.Unit(ctx, s.actors["monitor"], u.Key, 0)
	if err != nil {
		return "", err
	}
	for _, e := range answer.Milestones {
		if analytics.Lags(s.plan, e.MilestoneState, answer.Period) {
			return e.Key, nil
		}
	}
	return "", nil
}

// supervise issues an order, raises it so many times, and has the unit sign for it when it was raised.
func (s *sample) supervise(ctx context.Context, in supervision.NewOrder, raised int) error {
	in.Due = s.today.AddDays(7)
	order, err := s.orders.Issue(ctx, s.actors["monitor"], in)
	if err != nil {
		return err
	}
	for range raised {
		if order, err = s.orders.Raise(ctx, s.actors["monitor"], in.Unit, order.No, "【示例】尚未整改。", in.Due.AddDays(7)); err != nil {
			return err
		}
	}
	if raised > 0 {
		_, err = s.orders.Sign(ctx, s.actors["clerk-"+in.Unit], in.Unit, order.No, "【示例】已知悉，将按期整改。")
	}
	return err
}
