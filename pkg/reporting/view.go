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

// read makes the report of a row; earlier is how many earlier periods are looked at.
func (s *Service) read(tx *gorm.DB, r row, unit plan.Unit, form forms.Form, earlier int) (Report, error) {
	form, err := s.asFiled(tx, r, form)
	if err != nil {
		return Report{}, err
	}
	report, err := r.report(unit, form)
	if err != nil {
		return Report{}, err
	}
	v, err := s.view(tx, r, report.Form, earlier)
	if err != nil {
		return Report{}, err
	}
	report.Content, report.Prefilled, report.Findings, report.Unchanged = v.content, v.prefilled, v.findings, v.unchanged
	return report, nil
}

// asFiled gives the version of the form that a report which is in was filed on: a later one asks it no
// more before it is opened again. form is the newest.
func (s *Service) asFiled(tx *gorm.DB, r row, form forms.Form) (forms.Form, error) {
	if r.Status != Submitted && r.Status != Accepted || r.Draft != "" {
		return form, nil
	}
	filed, err := revisionOf(tx, r.UnitID, r.Form, r.Period, r.Revision)
	if err != nil || filed.FormVersion == form.Version {
		return form, err
	}
	return s.forms.VersionIn(tx, r.Form, filed.FormVersion)
}

// view reads what the report says now: the draft, else the latest revision of this period, else
// (prefilled) of the period before. form is as asked of the unit.
func (s *Service) view(tx *gorm.DB, r row, form forms.Form, earlier int) (view, error) {
	var v view
	rows, err := s.latestRevisions(tx, r.UnitID, r.Form, r.Period, earlier)
	if err != nil {
		return v, err
	}
	if v.earlier, err = s.filed(tx, r, rows); err != nil {
		return v, err
	}
	if v.content, v.prefilled, err = s.content(tx, r, form, rows); err != nil {
		return v, err
	}
	v.unchanged = unchanged(form, v.content.Values, v.earlier)
	around, err := s.around(tx, r, form, v.earlier)
	if err != nil {
		return v, err
	}
	v.findings = form.Evaluate(r.UnitType, v.content.Values, around)
	return v, nil
}

// content reads what the report says now, computed cells filled in; earlier are the latest revisions of
// earlier periods, newest first.
func (s *Service) content(tx *gorm.DB, r row, form forms.Form, earlier []revisionRow) (c Content, prefilled bool, err error) {
	text := string(r.Draft)
	if text == "" && r.Revision > 0 {
		revision, err := revisionOf(tx, r.UnitID, r.Form, r.Period, r.Revision)
		if err != nil {
			return c, false, err
		}
		text = revision.Document
	}
	if text == "" && len(earlier) > 0 {
		text, prefilled = earlier[0].Document, true
	}
	if c, err = unmarshal(form, text); err != nil {
		return c, prefilled, err
	}
	if prefilled {
		c.Explanations, c.Confirmed = map[string]string{}, map[string]bool{}
	}
	c.Values = form.Compute(c.Values)
	return c, prefilled, nil
}

// editable is content for whoever changes it.
func (s *Service) editable(tx *gorm.DB, r row, form forms.Form) (Content, error) {
	var earlier []revisionRow
	if r.Draft == "" && r.Revision == 0 {
		var err error
		if earlier, err = s.latestRevisions(tx, r.UnitID, r.Form, r.Period, 1); err != nil {
			return Content{}, err
		}
	}
	c, _, err := s.content(tx, r, form, earlier)
	return c, err
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
	for _, item := range section.Items {
		if _, asked := earlier.Form.Item(item.Key); !asked || values[item.Key] != earlier.Values[item.Key] {
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
