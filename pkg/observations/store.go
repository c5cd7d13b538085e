package observations

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
)

// row is a row of observations.
type row struct {
	ID          string
	Position    int
	Kind        string
	Chinese     string
	English     string
	Indicator   string
	Batch       string
	Scope       string
	AsOf        period.Date
	Basis       string
	HasValue    bool
	Value       int64
	Decimals    int
	Scale       int64
	Numerator   int64
	Denominator int64
	Unit        string
	Qualifier   string
	Names       string
	Document    string
	Section     string
	Note        string
}

func (row) TableName() string { return "observations" }

// checkRow is a row of observation_checks.
type checkRow struct {
	ID       string
	Position int
	Chinese  string
	English  string
	Expr     string
}

func (checkRow) TableName() string { return "observation_checks" }

func rowOf(o Observation, position int) (row, error) {
	names, err := json.Marshal(append([]string{}, o.Names...))
	if err != nil {
		return row{}, fmt.Errorf("write the names of an observation: %w", err)
	}
	return row{
		o.ID, position, o.Kind, o.Chinese, o.English, o.Indicator, o.Batch, o.Scope, o.AsOf, o.Basis, o.HasValue, o.Value, o.Decimals,
		o.Scale, o.Numerator, o.Denominator, o.Unit, o.Qualifier, string(names), o.Document, o.Section, o.Note,
	}, nil
}

func (r row) observation() (Observation, error) {
	o := Observation{
		r.ID, r.Kind, r.Chinese, r.English, r.Indicator, r.Batch, r.Scope, r.AsOf, r.Basis, r.HasValue, r.Value, r.Decimals,
		r.Scale, r.Numerator, r.Denominator, r.Unit, r.Qualifier, nil, r.Document, r.Section, r.Note,
	}
	if err := json.Unmarshal([]byte(r.Names), &o.Names); err != nil {
		return o, fmt.Errorf("read the names of an observation: %w", err)
	}
	return o, nil
}

func observationsOf(rows []row) ([]Observation, error) {
	list := make([]Observation, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.observation(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func read(tx *gorm.DB) (rows []row, checks []checkRow, err error) {
	if err := tx.Order("position, id").Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("read observations: %w", err)
	}
	if err := tx.Order("position, id").Find(&checks).Error; err != nil {
		return nil, nil, fmt.Errorf("read the checks of observations: %w", err)
	}
	return rows, checks, nil
}

// replace writes rows in the place of those with the same ids.
func replace(tx *gorm.DB, rows []row, checks []checkRow) error {
	for _, r := range rows {
		if err := tx.Where("id = ?", r.ID).Delete(&row{}).Error; err != nil {
			return fmt.Errorf("replace an observation: %w", err)
		}
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("write an observation: %w", err)
		}
	}
	for _, r := range checks {
		if err := tx.Where("id = ?", r.ID).Delete(&checkRow{}).Error; err != nil {
			return fmt.Errorf("replace a check of observations: %w", err)
		}
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("write a check of observations: %w", err)
		}
	}
	return nil
}
