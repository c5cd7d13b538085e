package plan

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
)

// History is every version of the plan with the moment from which it was in force, oldest first. It has
// one at least.
type History []Dated

// Dated is a version of the plan and the moment from which it was in force.
type Dated struct {
	*Plan
	InForceAt time.Time
}

// History gives the versions of the plan; NotFound `plan.none` before one is imported. Each version is
// parsed once.
func (s *Service) History(ctx context.Context) (History, error) {
	return s.past.Get(ctx, struct{}{}, func() (History, error) { return s.HistoryIn(s.db.Read(ctx)) })
}

// HistoryIn is History as tx sees it.
func (s *Service) HistoryIn(tx *gorm.DB) (History, error) {
	var rows []struct {
		Version   version `gorm:"embedded"`
		InForceAt time.Time
	}
	err := tx.Raw("SELECT plan_id, no, hash, in_force_at FROM plan_versions ORDER BY plan_id, no").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the plan's versions: %w", err)
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.NotFound, NoPlan)
	}
	history := make(History, len(rows))
	for i, r := range rows {
		p, err := s.stored(tx, r.Version)
		if err != nil {
			return nil, err
		}
		history[i] = Dated{Plan: p, InForceAt: r.InForceAt.UTC()}
		if i > 0 && history[i].InForceAt.Before(history[i-1].InForceAt) { // the clocks of two instances may differ
			history[i].InForceAt = history[i-1].InForceAt
		}
	}
	return history, nil
}

// At gives the version in force at a moment. Before the first one came into force that is the first, and
// ok is false.
func (h History) At(t time.Time) (p *Plan, ok bool) {
	p = h[0].Plan
	for _, dated := range h {
		if dated.InForceAt.After(t) {
			break
		}
		p, ok = dated.Plan, true
	}
	return p, ok
}

// Newest gives the version in force now.
func (h History) Newest() *Plan { return h[len(h)-1].Plan }
