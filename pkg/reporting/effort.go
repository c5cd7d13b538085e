package reporting

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// Effort is what a filed report asked of its clerk: cells to type, those that hold something, those that
// differ from the report before, and the time spent. Pauses longer than longestPause do not count.
type Effort struct {
	UnitID                       int64
	Form                         string
	Period                       period.Quarter
	ProvinceID, CityID, CountyID int64
	Asked, Given, Changed        int64
	Seconds                      int64
}

const longestPause = 10 * time.Minute

// Efforts gives, as tx sees it, the efforts of the filed reports of some units on one form and period,
// by unit. The number of queries does not depend on the number of units.
func (s *Service) Efforts(tx *gorm.DB, form string, q period.Quarter, units []int64) ([]Effort, error) {
	var rows []row
	err := tx.Where("unit_id IN ? AND form = ? AND period = ? AND revision > 0 AND expected = ?", units, form, q, true).Order("unit_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read filed reports: %w", err)
	}
	current, err := documents(tx, form, units, "r.period = ?", q)
	if err != nil {
		return nil, err
	}
	before, err := documents(tx, form, units, `r.period = (SELECT max(e.period) FROM revisions e
		WHERE e.unit_id = r.unit_id AND e.form = r.form AND e.period < ?)`, q)
	if err != nil {
		return nil, err
	}
	spent, err := timeSpent(tx, form, q, units)
	if err != nil {
		return nil, err
	}
	versions, list := s.forms.ReadingIn(tx), make([]Effort, 0, len(rows))
	for _, r := range rows {
		e := Effort{
			UnitID: r.UnitID, Form: form, Period: q, ProvinceID: r.ProvinceID, CityID: r.CityID, CountyID: r.CountyID,
			Seconds: int64(spent[r.UnitID].Seconds()),
		}
		if err := countCells(versions, r, current[r.UnitID], before[r.UnitID], &e); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// documents gives the latest revision of each unit in the period that a condition chooses.
func documents(tx *gorm.DB, form string, units []int64, condition string, args ...any) (map[int64]revisionRow, error) {
	var rows []revisionRow
	err := tx.Raw(`SELECT r.* FROM revisions r WHERE r.unit_id IN ? AND r.form = ? AND `+condition+`
		AND r.no = (SELECT max(l.no) FROM revisions l WHERE l.unit_id = r.unit_id AND l.form = r.form AND l.period = r.period)`,
		append([]any{units, form}, args...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	found := make(map[int64]revisionRow, len(rows))
	for _, r := range rows {
		found[r.UnitID] = r
	}
	return found, nil
}

func countCells(versions *forms.Reading, r row, current, before revisionRow, e *Effort) error {
	form, err := versions.Version(current.Form, current.FormVersion)
	if err != nil {
		return err
	}
	form = form.For(r.Batch, r.UnitType)
	values, err := form.Unmarshal(current.Document)
	if err != nil {
		return err
	}
	was := forms.Values{}
	if before.Document != "" {
		if was, err = form.Unmarshal(before.Document); err != nil {
			return err
		}
	}
	for _, section := range form.Sections {
		for _, item := range section.Items {
			if item.Computed != "" {
				continue
			}
			e.Asked++
			if values[item.Key].State != forms.Blank {
				e.Given++
			}
			if values[item.Key] != was[item.Key] {
				e.Changed++
			}
		}
	}
	return nil
}

// timeSpent adds up, for each unit, the time between saves and up to submission, without long pauses.
func timeSpent(tx *gorm.DB, form string, q period.Quarter, units []int64) (map[int64]time.Duration, error) {
	moments, err := ledger.Moments(tx, form, q, units, []string{string(ActSave), string(ActSubmit)})
	if err != nil {
		return nil, err
	}
	spent := map[int64]time.Duration{}
	open := time.Duration(0) // since the last submission: it counts when the next one comes
	for i, m := range moments {
		if i == 0 || moments[i-1].UnitID != m.UnitID || moments[i-1].Act == string(ActSubmit) {
			open = 0
		} else if pause := m.At.Sub(moments[i-1].At); pause <= longestPause {
			open += pause
		}
		if m.Act == string(ActSubmit) {
			spent[m.UnitID] += open
		}
	}
	return spent, nil
}
