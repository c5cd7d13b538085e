package plan

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
)

// unitRow is a row of units.
type unitRow struct {
	ID          int64
	Key         string
	Name        string
	DivisionID  int64
	Placeholder bool
	ProvinceID  int64
	CityID      int64
	CountyID    int64
}

func (unitRow) TableName() string { return "units" }

func unitRowOf(u Unit) unitRow {
	return unitRow{
		ID: u.ID, Key: u.Key, Name: u.Name, DivisionID: u.Division, Placeholder: u.Placeholder,
		ProvinceID: u.Place.Province, CityID: u.Place.City, CountyID: u.Place.County,
	}
}

// unit gives the unit without a designation.
func (r unitRow) unit() Unit {
	return Unit{
		ID: r.ID, Key: r.Key, Name: r.Name, Division: r.DivisionID, Placeholder: r.Placeholder,
		Place: divisions.Place{Province: r.ProvinceID, City: r.CityID, County: r.CountyID, Division: r.DivisionID},
	}
}

// designation is a row of designations.
type designation struct {
	UnitID         int64
	PlanID         int64
	Since          period.Date
	SincePrecision string
	Until          period.Date
	Batch          string
	Type           string
	Document       string
}

func (designation) TableName() string { return "designations" }

// designationOf gives a unit's designation; of which unit and plan is left open.
func designationOf(u Unit) designation {
	return designation{Since: u.Since, SincePrecision: u.SincePrecision, Until: u.Until, Batch: u.Batch, Type: u.Type, Document: u.Document}
}

const unitColumns = `SELECT u.id, u.key, u.name, u.division_id, u.placeholder, u.province_id, u.city_id, u.county_id,
	d.batch, d.type, d.since, d.since_precision, d.until, d.document `

// selectUnit reads units with their latest designation.
const selectUnit = unitColumns + `FROM units u JOIN designations d ON d.unit_id = u.id
	AND d.since = (SELECT max(l.since) FROM designations l WHERE l.unit_id = u.id AND l.plan_id = d.plan_id) `

// units reads what a query on unitColumns gives.
func units(query *gorm.DB) ([]Unit, error) {
	var rows []struct {
		Unit        unitRow     `gorm:"embedded"`
		Designation designation `gorm:"embedded"`
	}
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read units: %w", err)
	}
	list := make([]Unit, len(rows))
	for i, r := range rows {
		u, d := r.Unit.unit(), r.Designation
		u.Since, u.SincePrecision, u.Until, u.Batch, u.Type, u.Document = d.Since, d.SincePrecision, d.Until, d.Batch, d.Type, d.Document
		list[i] = u
	}
	return list, nil
}

// keptPilots reads the units with the keys of wanted, with all their designations under the plan.
func keptPilots(tx *gorm.DB, p *Plan, wanted []pilot) (map[string]pilot, error) {
	keys := make([]string, len(wanted))
	for i, w := range wanted {
		keys[i] = w.Key
	}
	var rows []unitRow
	if err := tx.Where("key IN ?", keys).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read units: %w", err)
	}
	found := make(map[string]pilot, len(rows))
	byID := make(map[int64]string, len(rows))
	ids := make([]int64, len(rows))
	for i, r := range rows {
		found[r.Key] = pilot{Unit: r.unit()}
		ids[i], byID[r.ID] = r.ID, r.Key
	}
	var held []designation
	if err := tx.Where("plan_id = ? AND unit_id IN ?", p.ID, ids).Order("unit_id, since").Find(&held).Error; err != nil {
		return nil, fmt.Errorf("read designations: %w", err)
	}
	for _, d := range held {
		unit := found[byID[d.UnitID]]
		d.UnitID, d.PlanID = 0, 0
		unit.designations = append(unit.designations, d)
		found[unit.Key] = unit
	}
	return found, nil
}

// apply writes the changes and fills in the ids of created units.
func (c pilotChanges) apply(tx *gorm.DB, p *Plan) error {
	if err := createUnits(tx, c.created); err != nil {
		return err
	}
	for _, u := range c.updated {
		if err := tx.Select("*").Updates(unitRowOf(u.Unit)).Error; err != nil {
			return fmt.Errorf("change unit %s: %w", u.Key, err)
		}
		if err := tx.Where("plan_id = ? AND unit_id = ?", p.ID, u.ID).Delete(&designation{}).Error; err != nil {
			return fmt.Errorf("change unit %s: %w", u.Key, err)
		}
	}
	var rows []designation
	for _, list := range [][]pilot{c.created, c.updated} {
		for _, u := range list {
			for _, d := range u.designations {
				d.UnitID, d.PlanID = u.ID, p.ID
				rows = append(rows, d)
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write designations: %w", err)
	}
	return nil
}

func createUnits(tx *gorm.DB, created []pilot) error {
	if len(created) == 0 {
		return nil
	}
	rows := make([]unitRow, len(created))
	for i, u := range created {
		rows[i] = unitRowOf(u.Unit)
	}
	if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write units: %w", err)
	}
	for i := range rows {
		created[i].ID = rows[i].ID
	}
	return nil
}
