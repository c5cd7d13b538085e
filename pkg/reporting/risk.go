package reporting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
)

// Risk is one thing that is unusual about a filing, in words, with its weight in the order of review.
type Risk struct {
	Weight int64
	fault.Message
}

// UnmarshalJSON reads what a risk was kept as: its numbers are whole again, as the texts want them.
func (r *Risk) UnmarshalJSON(text []byte) error {
	type plain Risk
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode((*plain)(r)); err != nil {
		return err
	}
	for i, arg := range r.Args {
		if number, ok := arg.(json.Number); ok {
			whole, err := number.Int64()
			if err != nil {
				return err
			}
			r.Args[i] = whole
		}
	}
	return nil
}

// The weights of what is unusual. Most important is what only a person can judge.
const (
	riskWarning    = 3 // each warning that the clerk has explained
	riskReused     = 3
	riskReturned   = 2
	riskCorrection = 2
	riskLate       = 2
	riskBehalf     = 0 // said, since somebody else answers; a whole county level may be filed so
	riskUnchanged  = 1
)

// staleQuarters is for how many quarters nothing at all may stay the same before that is unusual.
const staleQuarters = 3

// assess notes on the row what is unusual about what is being filed; a report without anything unusual
// can be accepted together with others.
func (s *Service) assess(tx *gorm.DB, h *held, form forms.Form, v *view, how Filing, now time.Time) error {
	r := &h.row
	risks := []Risk{}
	add := func(weight int64, key string, args ...any) {
		risks = append(risks, Risk{Weight: weight, Message: fault.Message{Key: key, Args: args}})
	}
	warnings := 0
	for _, f := range v.findings {
		if f.Severity == forms.Warning {
			warnings++
		}
	}
	if warnings > 0 {
		add(riskWarning*int64(warnings), "risk.warnings", warnings)
	}
	if r.Returned != "" {
		add(riskReturned, "risk.returned")
	}
	if r.AcceptedRevision > 0 {
		add(riskCorrection, "risk.correction")
	}
	if r.FirstSubmittedAt == nil && !now.Before(r.Due.End()) {
		add(riskLate, "risk.late")
	}
	if how.OnBehalf != "" {
		add(riskBehalf, "risk.behalf", how.OnBehalf)
	}
	if allUnchanged(form, v.unchanged) > 0 {
		var err error
		if v.unchanged, err = s.lookBack(tx, *h, form, v.content.Values); err != nil {
			return err
		}
	}
	if quarters := allUnchanged(form, v.unchanged); quarters >= staleQuarters {
		add(riskUnchanged, "risk.unchanged", quarters)
	}
	reused, err := s.useFiles(tx, *r, h.own, v.content, v.earlier)
	if err != nil {
		return err
	}
	if len(reused) > 0 {
		add(riskReused, "risk.reused", len(reused))
	}
	text, err := json.Marshal(risks)
	if err != nil {
		return fmt.Errorf("write what is unusual: %w", err)
	}
	r.Risk, r.Risks = 0, database.JSON(text)
	for _, one := range risks {
		r.Risk += one.Weight
	}
	return nil
}

// allUnchanged gives for how many quarters no section has changed.
func allUnchanged(form forms.Form, unchanged map[string]int) int {
	least := unchangedMost
	for _, section := range form.Sections {
		least = min(least, unchanged[section.Key])
	}
	return least
}
