package plan

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// PilotsResult is how many units a file created, changed and found as it says.
type PilotsResult struct{ Created, Updated, Unchanged int }

// pilotColumns is the header of a pilots file. division is a code valid on the day since, or the
// permanent key of a division; since_precision tells how exact since is; an empty until is open.
var pilotColumns = []string{"key", "name", "division", "type", "batch", "since", "since_precision", "until", "placeholder", "document"}

// keyPattern is what a unit's key looks like.
var keyPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// maxPilots bounds the rows of one pilots file.
const maxPilots = 200_000

// pilot is one row of a pilots file.
type pilot struct {
	line     int
	unit     Unit
	division string
}

// ImportPilots reads units and their designations (CSV) and makes each unit, by key, what the file
// says; others stay. All or nothing: everything wrong comes at once as fault.FileFaults. It needs a
// plan. Administrators only.
func (s *Service) ImportPilots(ctx context.Context, actor accounts.Actor, file string, in io.Reader, dryRun bool) (PilotsResult, error) {
	if err := actor.Require(accounts.ImportData); err != nil {
		return PilotsResult{}, err
	}
	p, err := s.Current(ctx)
	if err != nil {
		return PilotsResult{}, err
	}
	found := &pilotFaults{file: file}
	rows := readPilots(p, in, found)
	if err := s.locate(ctx, rows, found); err != nil {
		return PilotsResult{}, err
	}
	if err := found.err(); err != nil {
		return PilotsResult{}, err
	}
	var result PilotsResult
	keep := func(tx *gorm.DB) error {
		result, err = s.keepPilots(tx, p, rows, dryRun)
		return err
	}
	if dryRun {
		return result, s.db.Snapshot(ctx, keep)
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "plan.pilots"); err != nil {
			return err
		}
		if err := keep(tx); err != nil || result.Created+result.Updated == 0 {
			return err
		}
		return s.ledger.Record(tx, ledger.Entry{
			At: s.clock().UTC().Truncate(time.Microsecond), ActorID: actor.UserID, ActorName: actor.Name, Act: "pilots.imported", Detail: result,
		})
	})
	return result, err
}

// pilotFaults collects what is wrong with a pilots file.
type pilotFaults struct {
	file string
	list fault.FileFaults
}

func (f *pilotFaults) wrongLine(line int, key string, args ...any) {
	f.list = append(f.list, fault.InFile{File: f.file, Line: line, Message: fault.Message{Key: key, Args: args}})
}

// err gives all faults, nil when there is none.
func (f *pilotFaults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f.list
}

func readPilots(p *Plan, in io.Reader, found *pilotFaults) []pilot {
	lines := csv.NewReader(in)
	lines.Comment, lines.FieldsPerRecord = '#', -1
	var rows []pilot
	seen := map[string]bool{}
	header := true
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			if header {
				found.wrongLine(1, "pilots.header", pilotColumns)
			}
			return rows
		}
		if err != nil {
			var bad *csv.ParseError
			line := 1
			if errors.As(err, &bad) {
				line = bad.Line
			}
			found.wrongLine(line, "pilots.not_csv")
			return nil
		}
		line, _ := lines.FieldPos(0)
		switch {
		case header:
			if header = false; !slices.Equal(record, pilotColumns) {
				found.wrongLine(line, "pilots.header", pilotColumns)
				return nil
			}
		case len(record) != len(pilotColumns):
			found.wrongLine(line, "pilots.columns", len(record), len(pilotColumns))
		case seen[record[0]]:
			found.wrongLine(line, "plan.file.twice", record[0])
		case len(rows) == maxPilots:
			found.wrongLine(line, "pilots.too_many", maxPilots)
			return nil
		default:
			seen[record[0]] = true
			rows = append(rows, readPilot(p, line, record, found))
		}
	}
}

func readPilot(p *Plan, line int, record []string, found *pilotFaults) pilot {
	u := Unit{Key: record[0], Name: record[1], Type: record[3], Batch: record[4], SincePrecision: record[6], Document: record[9]}
	check := func(ok bool, key string, args ...any) {
		if !ok {
			found.wrongLine(line, key, args...)
		}
	}
	check(keyPattern.MatchString(u.Key), "plan.file.bad_key", u.Key)
	check(u.Name != "" && len(u.Name) <= 300, "pilots.name")
	check(KnownType(u.Type), "pilots.type", u.Type)
	check(p.HasBatch(u.Batch), "plan.file.unknown_batch", u.Batch)
	check(slices.Contains([]string{"day", "month", "quarter", "year"}, u.SincePrecision), "pilots.precision", u.SincePrecision)
	check(record[8] == "true" || record[8] == "false", "plan.file.not_boolean", record[8])
	u.Placeholder = record[8] == "true"
	var err error
	if u.Since, err = period.ParseDate(record[5]); err != nil {
		check(false, "period.invalid_date", record[5])
	}
	if record[7] != "" {
		if u.Until, err = period.ParseDate(record[7]); err != nil {
			check(false, "period.invalid_date", record[7])
		}
		check(err != nil || u.Until.After(u.Since), "pilots.until")
	}
	return pilot{line: line, unit: u, division: record[2]}
}

// locate finds each row's division, and where it lies today.
func (s *Service) locate(ctx context.Context, rows []pilot, found *pilotFaults) error {
	known := map[string]int64{}
	for i, r := range rows {
		at := r.division + " " + r.unit.Since.String()
		if _, ok := known[at]; !ok {
			d, err := s.tree.ByCode(ctx, r.division, r.unit.Since)
			if fault.Is(err, fault.NotFound) {
				d, err = s.tree.ByKey(ctx, r.division, r.unit.Since)
			}
			if fault.Is(err, fault.NotFound) {
				found.wrongLine(r.line, "division.unknown", r.division, r.unit.Since)
			} else if err != nil {
				return err
			}
			known[at] = d.ID
		}
		rows[i].unit.Division = known[at]
	}
	return nil
}

// keepPilots compares the rows with what is there and, unless it is a dry run, writes what differs.
func (s *Service) keepPilots(tx *gorm.DB, p *Plan, rows []pilot, dryRun bool) (PilotsResult, error) {
	var result PilotsResult
	kept, err := units(tx.Raw(selectUnit))
	if err != nil {
		return result, err
	}
	byKey := make(map[string]Unit, len(kept))
	for _, u := range kept {
		byKey[u.Key] = u
	}
	places, err := s.placesToday(tx, rows)
	if err != nil {
		return result, err
	}
	for _, r := range rows {
		want := r.unit
		want.Place = places[want.Division]
		have, there := byKey[want.Key]
		want.ID = have.ID
		switch {
		case there && have == want:
			result.Unchanged++
			continue
		case there:
			result.Updated++
		default:
			result.Created++
		}
		if dryRun {
			continue
		}
		if err := keepPilot(tx, p, want); err != nil {
			return result, fmt.Errorf("keep pilot %s: %w", want.Key, err)
		}
	}
	return result, nil
}

func (s *Service) placesToday(tx *gorm.DB, rows []pilot) (map[int64]divisions.Place, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.unit.Division
	}
	slices.Sort(ids)
	return s.tree.Places(tx.Statement.Context, tx, slices.Compact(ids), s.clock.Today())
}

// keepPilot writes one unit and its designation. A designation that begins on another day than the
// one there is a further one; the earlier stays as it was.
func keepPilot(tx *gorm.DB, p *Plan, u Unit) error {
	row := map[string]any{
		"key": u.Key, "name": u.Name, "division_id": u.Division, "placeholder": u.Placeholder,
		"province_id": u.Place.Province, "city_id": u.Place.City, "county_id": u.Place.County,
	}
	if u.ID == 0 {
		err := tx.Raw(`INSERT INTO units (key, name, division_id, placeholder, province_id, city_id, county_id)
			VALUES (@key, @name, @division_id, @placeholder, @province_id, @city_id, @county_id) RETURNING id`, row).Scan(&u.ID).Error
		if err != nil {
			return err
		}
	} else if err := tx.Table("units").Where("id = ?", u.ID).Updates(row).Error; err != nil {
		return err
	}
	designation := map[string]any{
		"unit": u.ID, "plan": p.ID, "since": u.Since, "precision": u.SincePrecision, "until": u.Until,
		"batch": u.Batch, "type": u.Type, "document": u.Document,
	}
	return tx.Exec(`INSERT INTO designations (unit_id, plan_id, since, since_precision, until, batch, type, document)
		VALUES (@unit, @plan, @since, @precision, @until, @batch, @type, @document)
		ON CONFLICT (unit_id, plan_id, since) DO UPDATE SET since_precision = excluded.since_precision, until = excluded.until,
			batch = excluded.batch, type = excluded.type, document = excluded.document`, designation).Error
}

// RefreshPlaces sets again where every unit lies today, after the tree has changed.
func (s *Service) RefreshPlaces(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		list, err := units(tx.Raw(selectUnit))
		if err != nil {
			return err
		}
		rows := make([]pilot, len(list))
		for i, u := range list {
			rows[i].unit = u
		}
		places, err := s.placesToday(tx, rows)
		if err != nil {
			return err
		}
		for _, u := range list {
			place := places[u.Division]
			if place == u.Place {
				continue
			}
			err := tx.Table("units").Where("id = ?", u.ID).
				Updates(map[string]any{"province_id": place.Province, "city_id": place.City, "county_id": place.County}).Error
			if err != nil {
				return fmt.Errorf("place unit %s: %w", u.Key, err)
			}
		}
		return nil
	})
}
