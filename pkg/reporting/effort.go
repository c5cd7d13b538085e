package reporting

import (
	"fmt"
	"slices"
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

// Efforts gives, as tx sees it, the efforts of the reports that some units have filed on one form for a
// period and later ones, by unit and period. The number of queries depends neither on the units nor on the
// periods.
func (s *Service) Efforts(tx *gorm.DB, form string, first period.Quarter, units []int64) ([]Effort, error) {
	var rows []row
	err := tx.Select("unit_id, form, period, batch, unit_type, province_id, city_id, county_id").
		Where("unit_id IN ? AND form = ? AND period >= ? AND revision > 0 AND expected = ?", units, form, first, true).
		Order("unit_id, period").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read filed reports: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	documents, err := latestDocuments(tx, form, first, units)
	if err != nil {
		return nil, err
	}
	spent, err := timeSpent(tx, form, first, units)
	if err != nil {
		return nil, err
	}
	versions, list := s.forms.ReadingIn(tx), make([]Effort, 0, len(rows))
	read := readDocument{}
	for _, r := range rows {
		e := Effort{
			UnitID: r.UnitID, Form: form, Period: r.Period, ProvinceID: r.ProvinceID, CityID: r.CityID, CountyID: r.CountyID,
			Seconds: int64(spent[ledger.Report{Unit: r.UnitID, Form: form, Period: r.Period}].Seconds()),
		}
		own := documents[r.UnitID]
		at := slices.IndexFunc(own, func(d revisionRow) bool { return d.Period == r.Period })
		if at < 0 {
			continue
		}
		before := revisionRow{}
		if at > 0 {
			before = own[at-1]
		}
		if read, err = countCells(versions, r, own[at], before, read, &e); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// latestDocuments gives the latest revision of every report of each unit for a period and later ones, and
// of the one before these, by period.
func latestDocuments(tx *gorm.DB, form string, first period.Quarter, units []int64) (map[int64][]revisionRow, error) {
	var rows []revisionRow
	err := tx.Raw(`SELECT r.unit_id, r.form, r.period, r.no, r.form_version, r.document FROM revisions r WHERE r.unit_id IN ? AND r.form = ?
		AND r.period >= COALESCE((SELECT max(e.period) FROM revisions e WHERE e.unit_id = r.unit_id AND e.form = r.form AND e.period < ?), ?)
		AND r.no = (SELECT max(l.no) FROM revisions l WHERE l.unit_id = r.unit_id AND l.form = r.form AND l.period = r.period)
		ORDER BY r.unit_id, r.period`, units, form, first, first).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	found := make(map[int64][]revisionRow, len(units))
	for _, r := range rows {
		found[r.UnitID] = append(found[r.UnitID], r)
	}
	return found, nil
}

// readDocument is the document that was read last, as which unit's report for which period, and how.
type readDocument struct {
	unit    int64
	period  period.Quarter
	version int64
	kind    string // batch and type
	values  forms.Values
}

// countCells counts the cells of a report that was filed as current, after before. What was read last is
// often before, and what is read now is what it gives.
func countCells(versions *forms.Reading, r row, current, before revisionRow, last readDocument, e *Effort) (readDocument, error) {
	form, err := versions.Version(current.Form, current.FormVersion)
	if err != nil {
		return last, err
	}
	form = form.For(r.Batch, r.UnitType)
	kind := r.Batch + " " + r.UnitType
	values, err := form.Unmarshal(current.Document)
	if err != nil {
		return last, err
	}
	was := forms.Values{}
	if last.unit == r.UnitID && last.period == before.Period && last.version == current.FormVersion && last.kind == kind {
		was = last.values
	} else if before.Document != "" {
		if was, err = form.Unmarshal(before.Document); err != nil {
			return last, err
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
	return readDocument{r.UnitID, r.Period, current.FormVersion, kind, values}, nil
}

// timeSpent adds up, for each report of units for a period and later ones, the time between saves and up to
// submission, without long pauses.
func timeSpent(tx *gorm.DB, form string, first period.Quarter, units []int64) (map[ledger.Report]time.Duration, error) {
	moments, err := ledger.Moments(tx, form, first, units, []string{string(ActSave), string(ActSubmit)})
	if err != nil {
		return nil, err
	}
	spent := map[ledger.Report]time.Duration{}
	open := time.Duration(0) // since the last submission: it counts when the next one comes
	for i, m := range moments {
		report := ledger.Report{Unit: m.UnitID, Form: form, Period: m.Period}
		if i == 0 || moments[i-1].UnitID != m.UnitID || moments[i-1].Period != m.Period || moments[i-1].Act == string(ActSubmit) {
			open = 0
		} else if pause := m.At.Sub(moments[i-1].At); pause <= longestPause {
			open += pause
		}
		if m.Act == string(ActSubmit) {
			spent[report] += open
		}
	}
	return spent, nil
}
