package reporting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// Submit files the draft as a new revision. Clerks of the unit only. Invalid `report.incomplete`
// names every cell that keeps it from being filed.
func (s *Service) Submit(ctx context.Context, actor accounts.Actor, ref Ref, version int64) (Report, error) {
	return s.move(ctx, actor, ref, version, ActSubmit, func(tx *gorm.DB, r *row, form forms.Form, p *plan.Plan, now time.Time) (any, error) {
		values, _, err := s.values(tx, *r, form)
		if err != nil {
			return nil, err
		}
		if faults := Check(form, values, completeWithoutEvidence(p, r, values)); len(faults) > 0 {
			incomplete := fault.New(fault.Invalid, "report.incomplete")
			incomplete.Fields = faults
			return nil, incomplete
		}
		revision, err := newRevision(tx, *r, form, values, actor, now)
		if err != nil {
			return nil, err
		}
		if err := tx.Create(&revision).Error; err != nil {
			return nil, fmt.Errorf("write a revision: %w", err)
		}
		r.Revision, r.SubmittedAt, r.Draft = revision.No, &now, ""
		r.Note, r.Remarks = "", ""
		if r.FirstSubmittedAt == nil {
			r.FirstSubmittedAt = &now
		}
		return map[string]any{"hash": revision.Hash}, nil
	})
}

// completeWithoutEvidence names the milestones that require evidence and that the values report as
// complete. No item can carry evidence yet, so each of them is without.
func completeWithoutEvidence(p *plan.Plan, r *row, values forms.Values) map[string]bool {
	missing := map[string]bool{}
	for _, m := range p.Milestones(r.Batch, r.UnitType) {
		if fraction, ok := Actual(m, r.UnitType, values); ok && m.EvidenceRequired && fraction == plan.One {
			missing[m.Key] = true
		}
	}
	return missing
}

// Actual gives the actual fraction of a milestone by the values of one report, and whether they say
// anything about it (method.md §4).
func Actual(m plan.Milestone, unitType string, values forms.Values) (plan.Fraction, bool) {
	if forms.Covers(unitType) {
		covered, scope := values[forms.CoveredItem(m.Measure.Item)], values[forms.CommunitiesItem]
		if covered.State != forms.Given || scope.State != forms.Given {
			return 0, false
		}
		return plan.Coverage(covered.Number, scope.Number), true
	}
	v := values[m.Measure.Item]
	if v.State != forms.Given {
		return 0, false
	}
	return m.Measure.Fraction(v.Number), true
}

func newRevision(tx *gorm.DB, r row, form forms.Form, values forms.Values, actor accounts.Actor, now time.Time) (revisionRow, error) {
	text, err := form.Marshal(values)
	if err != nil {
		return revisionRow{}, err
	}
	revision := revisionRow{
		UnitID: r.UnitID, Form: r.Form, Period: r.Period, No: r.Revision + 1, FormVersion: form.Version,
		Document: text, SubmittedAt: now, SubmittedBy: actor.Name,
	}
	if r.Revision > 0 {
		before, err := revisionOf(tx, r.UnitID, r.Form, r.Period, r.Revision)
		if err != nil {
			return revisionRow{}, err
		}
		revision.PrevHash = before.Hash
	}
	revision.Hash = revision.hash()
	return revision, nil
}

// hash is SHA-256 over the hash before and everything this revision says.
func (r revisionRow) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s\n%s\n%d\n%d\n%s\n%s\n%s", r.PrevHash, r.UnitID, r.Form, r.Period, r.No,
		r.FormVersion, r.SubmittedAt.UTC().Format(time.RFC3339Nano), r.SubmittedBy, r.Document))
	return hex.EncodeToString(sum[:])
}

// Withdraw takes a submitted report back, to go on editing what was filed. Clerks of the unit only.
func (s *Service) Withdraw(ctx context.Context, actor accounts.Actor, ref Ref, version int64) (Report, error) {
	return s.move(ctx, actor, ref, version, ActWithdraw, func(_ *gorm.DB, r *row, _ forms.Form, _ *plan.Plan, _ time.Time) (any, error) {
		if r.AcceptedRevision == 0 {
			r.SubmittedAt = nil
		}
		return nil, nil
	})
}
