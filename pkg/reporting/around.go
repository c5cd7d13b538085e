package reporting

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// around gathers what the checks of a form look at beside the report's own values.
func (s *Service) around(tx *gorm.DB, r row, form forms.Form, earlier []forms.Filed) (forms.Around, error) {
	var a forms.Around
	if len(earlier) > 0 {
		a.Last = &earlier[0]
	}
	var err error
	if form.LooksAtOthers() {
		if a.Others, err = s.others(tx, r); err != nil {
			return a, err
		}
	}
	if r.UnitType == "city" && form.LooksBelow() {
		err = s.children(tx, r, form, &a)
	}
	return a, err
}

// contents is a report's row with the document of what it says now.
type contents struct {
	UnitID   int64
	Form     string
	Period   period.Quarter
	Batch    string
	UnitType string
	Draft    database.JSON
	Document string
}

// selectContents reads reports with the latest revision of each.
const selectContents = `SELECT p.unit_id, p.form, p.period, p.batch, p.unit_type, p.draft, COALESCE(v.document, '') AS document
	FROM reports p LEFT JOIN revisions v ON v.unit_id = p.unit_id AND v.form = p.form AND v.period = p.period AND v.no = p.revision
	WHERE p.expected AND `

// others gives what the unit's other forms say for the same period, filed or not.
func (s *Service) others(tx *gorm.DB, r row) (map[string]forms.Filed, error) {
	var rows []contents
	err := tx.Raw(selectContents+"p.unit_id = ? AND p.period = ? AND p.form <> ?", r.UnitID, r.Period, r.Form).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the other forms of a unit: %w", err)
	}
	found := map[string]forms.Filed{}
	for _, c := range rows {
		text := string(c.Draft)
		if text == "" {
			text = c.Document
		}
		if text == "" {
			continue
		}
		form, err := s.forms.CurrentIn(tx, c.Form)
		if err != nil {
			return nil, err
		}
		form = form.For(c.Batch, c.UnitType)
		values, err := form.Unmarshal(text)
		if err != nil {
			return nil, err
		}
		found[c.Form] = forms.Filed{Form: form, Values: form.Compute(values)}
	}
	return found, nil
}

// children adds the sums over the counties of a city, as filed, and the names of those that have not
// filed.
func (s *Service) children(tx *gorm.DB, r row, form forms.Form, a *forms.Around) error {
	var rows []struct {
		Report contents `gorm:"embedded"`
		Name   string
	}
	err := tx.Raw(`SELECT c.*, u.name FROM (`+selectContents+`p.city_id = ? AND p.form = ? AND p.period = ? AND p.unit_type = 'county') c
		JOIN units u ON u.id = c.unit_id ORDER BY c.unit_id`, r.CityID, r.Form, r.Period).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read the reports of the counties: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	whole, err := s.forms.CurrentIn(tx, form.Key)
	if err != nil {
		return err
	}
	whole = whole.For("", "county")
	var filed []forms.Values
	for _, c := range rows {
		if c.Report.Document == "" {
			a.Missing = append(a.Missing, c.Name)
			continue
		}
		values, err := whole.Unmarshal(c.Report.Document)
		if err != nil {
			return err
		}
		filed = append(filed, whole.Compute(values))
	}
	a.Children = &forms.Filed{Form: whole, Values: forms.SumChildren(whole, filed)}
	return nil
}
