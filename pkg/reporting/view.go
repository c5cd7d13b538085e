package reporting

import (
	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// unchangedMost is how many earlier periods are looked at to tell since when nothing has changed.
const unchangedMost = 12

// view is a report as it is read: what it says, whether that is still last quarter's, what its checks
// find, and for how many quarters in a row each section has said the same.
type view struct {
	content   Content
	prefilled bool
	findings  []forms.Finding
	unchanged map[string]int
	earlier   []forms.Filed // newest first
}

// read makes the report that is held. form is the newest.
func (s *Service) read(tx *gorm.DB, h held, unit plan.Unit, form forms.Form) (Report, error) {
	form, err := s.asFiled(tx, h, form)
	if err != nil {
		return Report{}, err
	}
	report, err := h.report(unit, form)
	if err != nil {
		return Report{}, err
	}
	v := h.view
	if v == nil {
		seen, err := s.view(tx, h, report.Form)
		if err != nil {
			return Report{}, err
		}
		v = &seen
	}
	report.Content, report.Prefilled, report.Findings, report.Unchanged = v.content, v.prefilled, v.findings, v.unchanged
	return report, nil
}

// asFiled gives the version of the form that a report which is in was filed on: a later one asks it no
// more before it is opened again. form is the newest.
func (s *Service) asFiled(tx *gorm.DB, h held, form forms.Form) (forms.Form, error) {
	if h.Status != Submitted && h.Status != Accepted || h.Draft != "" || h.own.FormVersion == form.Version {
		return form, nil
	}
	return s.forms.VersionIn(tx, h.Form, h.own.FormVersion)
}

// view reads what the report says now; form is as asked of the unit.
func (s *Service) view(tx *gorm.DB, h held, form forms.Form) (view, error) {
	c, prefilled, err := h.content(form)
	if err != nil {
		return view{}, err
	}
	return s.viewOf(tx, h, form, c, prefilled)
}

// viewOf asks the checks about a content of the report, and compares it with the period before.
func (s *Service) viewOf(tx *gorm.DB, h held, form forms.Form, c Content, prefilled bool) (view, error) {
	v := view{content: c, prefilled: prefilled}
	var err error
	if h.last.No > 0 {
		if v.earlier, err = s.filed(tx, h.row, []revisionRow{h.last}); err != nil {
			return v, err
		}
	}
	v.unchanged = unchanged(form, c.Values, v.earlier)
	around, err := s.around(tx, h.row, form, v.earlier)
	if err != nil {
		return v, err
	}
	v.findings = form.Evaluate(h.UnitType, c.Values, around)
	return v, nil
}

// lookBack tells for each section for how many quarters in a row it has said what it says in values.
func (s *Service) lookBack(tx *gorm.DB, h held, form forms.Form, values forms.Values) (map[string]int, error) {
	rows, err := s.latestRevisions(tx, h.UnitID, h.Form, h.Period, unchangedMost)
	if err != nil {
		return nil, err
	}
	earlier, err := s.filed(tx, h.row, rows)
	if err != nil {
		return nil, err
	}
	return unchanged(form, values, earlier), nil
}

// filed reads rows of one unit with the version of the form that each was filed on, as asked of the
// unit in r.
func (s *Service) filed(tx *gorm.DB, r row, rows []revisionRow) ([]forms.Filed, error) {
	list := make([]forms.Filed, len(rows))
	for i, one := range rows {
		form, err := s.forms.VersionIn(tx, one.Form, one.FormVersion)
		if err != nil {
			return nil, err
		}
		form = form.For(r.Batch, r.UnitType)
		values, err := form.Unmarshal(one.Document)
		if err != nil {
			return nil, err
		}
		list[i] = forms.Filed{Form: form, Values: values}
	}
	return list, nil
}

// unchanged tells for each section whose cells hold what they held in the latest earlier report for how
// many quarters in a row that has been so.
func unchanged(form forms.Form, values forms.Values, earlier []forms.Filed) map[string]int {
	quarters := map[string]int{}
	for _, section := range form.Sections {
		for _, filed := range earlier {
			if !sameSection(section, values, filed) {
				break
			}
			quarters[section.Key]++
		}
	}
	return quarters
}

// sameSection tells whether a section says what an earlier report said, which was asked all of its items.
func sameSection(section forms.Section, values forms.Values, earlier forms.Filed) bool {
	for i := range section.Items {
		key := section.Items[i].Key
		if !earlier.Form.Asked(key) || values[key] != earlier.Values[key] {
			return false
		}
	}
	return true
}

// place gives where the unit lay on the last day of the period.
func (r row) place() divisions.Place {
	return divisions.Place{Province: r.ProvinceID, City: r.CityID, County: r.CountyID}
}

// division gives the city or county that an authority's report is about.
func (r row) division() int64 {
	switch r.UnitType {
	case "city":
		return r.CityID
	case "county":
		return r.CountyID
	}
	return 0
}

// own tells whether a report is the actor's own to file.
func own(actor accounts.Actor, unit, division int64, unitType string) bool {
	if actor.Role == accounts.Clerk {
		return unit == actor.Unit
	}
	return plan.Authority(unitType) && actor.Division != 0 && actor.Division == division
}
