package reporting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// Filing is how a report is submitted. OnBehalf is the name of the person who answers for the figures;
// it is required of whoever files for a unit that is not their own. Confirmed asks that every section
// without a change be confirmed: pages do, programs send whole reports.
type Filing struct {
	OnBehalf  string
	Confirmed bool
}

// MaxName is the greatest length of the name of the person on whose behalf a report is filed.
const MaxName = 40

// Submit is File for a program: nothing needs to have been confirmed.
func (s *Service) Submit(ctx context.Context, actor accounts.Actor, ref Ref, version int64) (Report, error) {
	return s.File(ctx, actor, ref, version, Filing{})
}

// File submits the draft as a new revision, for whoever may file for the unit. Invalid
// `report.incomplete` names every cell, check and section that keeps it from being filed.
func (s *Service) File(ctx context.Context, actor accounts.Actor, ref Ref, version int64, how Filing) (Report, error) {
	return s.move(ctx, actor, ref, version, ActSubmit, func(tx *gorm.DB, h *held, form forms.Form, now time.Time) (any, error) {
		view, err := s.view(tx, *h, form)
		if err != nil {
			return nil, err
		}
		how.OnBehalf = strings.TrimSpace(how.OnBehalf)
		if err := complete(actor, *h, form, view, how); err != nil {
			return nil, err
		}
		if err := s.forms.Keep(tx, form); err != nil {
			return nil, err
		}
		revision, err := newRevision(h.row, form, view.content, actor, how.OnBehalf, h.own.Hash, now)
		if err != nil {
			return nil, err
		}
		h.writes = append(h.writes, revision.insert())
		if err := s.assess(tx, h, form, &view, how, now); err != nil {
			return nil, err
		}
		h.file(actor, form, revision, now)
		view.prefilled = false
		h.own, h.view = revision, &view
		return map[string]any{"hash": revision.Hash, "stage": h.Stage}, nil
	})
}

// file notes on the row that the revision was filed.
func (r *row) file(actor accounts.Actor, form forms.Form, revision revisionRow, now time.Time) {
	r.Revision, r.SubmittedAt, r.Draft = revision.No, &now, ""
	r.Note, r.Remarks, r.LookedAt = "", "", nil
	if r.FirstSubmittedAt == nil {
		r.FirstSubmittedAt = &now
	}
	r.Stage = nextStage(form.Review, r.place(), min(actor.Level(r.place()), ownLevel(r.UnitType)), true)
}

// ownLevel is the level of the tree at which a unit of this type stands: below all that review it.
func ownLevel(unitType string) int {
	switch unitType {
	case "city":
		return divisions.City
	case "county":
		return divisions.County
	}
	return divisions.Village
}

// complete refuses a report that cannot be filed as it stands.
func complete(actor accounts.Actor, h held, form forms.Form, v view, how Filing) error {
	incomplete := fault.New(fault.Invalid, "report.incomplete")
	incomplete.Fields = Check(form, v.content.Values, h.withoutEvidence(form, v.content))
	for _, f := range v.findings {
		switch {
		case f.Severity == forms.Error:
			incomplete.With(first(f.Items), f.Message.Key, f.Message.Args...)
		case v.content.Explanations[f.Check] == "":
			incomplete.With(ExplanationField+f.Check, "report.explanation_missing", f.Message)
		}
	}
	if how.Confirmed {
		for _, section := range form.Sections {
			if v.unchanged[section.Key] > 0 && !v.content.Confirmed[section.Key] {
				incomplete.With(SectionField+section.Key, "report.section_unconfirmed", section.Title)
			}
		}
	}
	if !own(actor, h.UnitID, h.division(), h.UnitType) && !actor.Everywhere() {
		if how.OnBehalf == "" {
			incomplete.With("on_behalf", "report.behalf_missing")
		} else if bad := forms.CheckText(how.OnBehalf, MaxName); bad != nil {
			incomplete.With("on_behalf", bad.Key, bad.Args...)
		}
	}
	if len(incomplete.Fields) > 0 {
		return incomplete
	}
	return nil
}

// Names of fields of faults that are not cells; the key of the check or section follows.
const (
	ExplanationField = "explanation."
	SectionField     = "section."
)

func first(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return items[0]
}

// withoutEvidence names the items that must have a file attached and have none: milestones that the
// values report as complete, and items of the form that say yes or have a value.
func (h held) withoutEvidence(form forms.Form, c Content) map[string]bool {
	missing := map[string]bool{}
	for _, section := range form.Sections {
		for i := range section.Items {
			item := &section.Items[i]
			v := c.Values[item.Key]
			said := v.State == forms.Given && (item.Type != forms.YesNo || v.Number == 1)
			if item.Evidence == forms.EvidenceRequired && item.Milestone == "" && said && len(c.Evidence[item.Key]) == 0 {
				missing[item.Key] = true
			}
		}
	}
	if h.plan == nil {
		return missing
	}
	for _, m := range h.plan.Milestones(h.Batch, h.UnitType) {
		if !m.EvidenceRequired {
			continue
		}
		key := forms.ItemKey(m, h.UnitType)
		if fraction, ok := Actual(m, h.UnitType, c.Values); ok && fraction == plan.One && len(c.Evidence[key]) == 0 {
			missing[key] = true
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

// newRevision makes the revision of r that follows the one with the hash before, empty for the first.
func newRevision(r row, form forms.Form, c Content, actor accounts.Actor, onBehalf, before string, now time.Time) (revisionRow, error) {
	text, err := marshal(form, c)
	if err != nil {
		return revisionRow{}, err
	}
	revision := revisionRow{
		UnitID: r.UnitID, Form: r.Form, Period: r.Period, No: r.Revision + 1, FormVersion: form.Version,
		Document: text, PrevHash: before, SubmittedAt: now, SubmittedBy: actor.Name, OnBehalf: onBehalf,
	}
	revision.Hash = revision.hash()
	return revision, nil
}

// hash is SHA-256 over the hash before and everything this revision says.
func (r revisionRow) hash() string {
	said := fmt.Appendf(nil, "%s\n%d\n%s\n%s\n%d\n%d\n%s\n%s\n%s", r.PrevHash, r.UnitID, r.Form, r.Period, r.No,
		r.FormVersion, r.SubmittedAt.UTC().Format(time.RFC3339Nano), r.SubmittedBy, r.Document)
	if r.OnBehalf != "" {
		said = fmt.Appendf(said, "\n%s", r.OnBehalf)
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:])
}

// Withdraw takes a submitted report back before a reviewer has looked at it (Conflict
// `report.looked_at`), to go on editing what was filed. For whoever may file for the unit.
func (s *Service) Withdraw(ctx context.Context, actor accounts.Actor, ref Ref, version int64) (Report, error) {
	return s.move(ctx, actor, ref, version, ActWithdraw, func(_ *gorm.DB, h *held, _ forms.Form, _ time.Time) (any, error) {
		if h.AcceptedRevision == 0 {
			h.SubmittedAt = nil
		}
		h.Stage = 0
		return nil, nil
	})
}
