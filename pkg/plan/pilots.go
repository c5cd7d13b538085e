package plan

import (
	"context"
	"fmt"
	"io"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/yamlfile"
)

// actPilot is the act in the ledger by which a unit is created or changed.
const actPilot = "pilot.imported"

// PilotsResult is how many units a file created, changed and found as it says.
type PilotsResult struct{ Created, Updated, Unchanged int }

// ImportPilots reads a list of pilots (CSV; several lines of one key are successive designations) and
// makes each unit it speaks of, by key, what it says, with these designations under the plan and no
// others; units it does not speak of stay as they are. It is all or nothing: everything wrong comes at
// once, as fault.FileFaults. It needs a plan (NotFound `plan.none`) and asks for ImportData. A dry run
// tells the same and writes nothing.
func (s *Service) ImportPilots(ctx context.Context, actor accounts.Actor, file string, in io.Reader, dryRun bool) (PilotsResult, error) {
	if err := actor.Require(accounts.ImportData); err != nil {
		return PilotsResult{}, err
	}
	p, err := s.Current(ctx)
	if err != nil {
		return PilotsResult{}, err
	}
	f := &pilotFile{Document: yamlfile.New(file), plan: p}
	if err := f.read(in); err != nil {
		return PilotsResult{}, fmt.Errorf("read the list of pilots: %w", err)
	}
	if err := s.locate(ctx, f); err != nil {
		return PilotsResult{}, err
	}
	pilots := f.pilots()
	if err := f.Err(); err != nil {
		return PilotsResult{}, err
	}
	if dryRun {
		var c pilotChanges
		err := s.db.Snapshot(ctx, func(tx *gorm.DB) (err error) {
			c, err = s.compare(ctx, tx, p, pilots)
			return err
		})
		return c.result, err
	}
	var c pilotChanges
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, lock); err != nil {
			return err
		}
		var err error
		if c, err = s.compare(ctx, tx, p, pilots); err != nil {
			return err
		}
		if err := c.apply(tx, p); err != nil {
			return err
		}
		return s.recordPilots(tx, actor, c)
	})
	if err != nil {
		return PilotsResult{}, err
	}
	return c.result, nil
}

// locate finds each row's division by the code of the day since, or by the permanent key.
func (s *Service) locate(ctx context.Context, f *pilotFile) error {
	type place struct {
		code string
		on   period.Date
	}
	known := map[place]int64{}
	for i, r := range f.rows {
		if r.division == "" || r.unit.Since.IsZero() {
			continue // has its own fault
		}
		at := place{r.division, r.unit.Since}
		id, asked := known[at]
		if !asked {
			d, err := s.tree.ByCode(ctx, at.code, at.on)
			if fault.Is(err, fault.NotFound) {
				d, err = s.tree.ByKey(ctx, at.code, at.on)
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			id = d.ID
			known[at] = id
		}
		if id == 0 {
			f.wrong(r, "division", "division.unknown", at.code, at.on)
		}
		f.rows[i].unit.Division = id
	}
	return nil
}

// pilotChanges is what an import has to write.
type pilotChanges struct {
	created, updated []pilot
	result           PilotsResult
}

// compare sets what a list says against what is there.
func (s *Service) compare(ctx context.Context, tx *gorm.DB, p *Plan, pilots []pilot) (pilotChanges, error) {
	var c pilotChanges
	list := make([]Unit, len(pilots))
	for i := range pilots {
		list[i] = pilots[i].Unit
	}
	places, err := s.tree.Places(ctx, tx, divisionsOf(list), s.clock.Today())
	if err != nil {
		return c, err
	}
	for chunk := range slices.Chunk(pilots, database.BatchSize) {
		kept, err := keptPilots(tx, p, chunk)
		if err != nil {
			return c, err
		}
		for _, want := range chunk {
			want.Place = places[want.Division]
			have, there := kept[want.Key]
			want.ID = have.ID
			switch {
			case !there:
				c.created = append(c.created, want)
			case have.equal(want):
				c.result.Unchanged++
			default:
				c.updated = append(c.updated, want)
			}
		}
	}
	c.result.Created, c.result.Updated = len(c.created), len(c.updated)
	return c, nil
}

// equal tells whether both say the same.
func (p pilot) equal(other pilot) bool {
	return unitRowOf(p.Unit) == unitRowOf(other.Unit) && slices.Equal(p.designations, other.designations)
}

func (s *Service) recordPilots(tx *gorm.DB, actor accounts.Actor, c pilotChanges) error {
	now := s.now()
	var entries []ledger.Entry
	for _, p := range append(slices.Clone(c.created), c.updated...) {
		var designations []map[string]string
		for _, d := range p.designations {
			designations = append(designations, map[string]string{
				"batch": d.Batch, "type": d.Type, "since": d.Since.String(), "until": d.Until.String(), "document": d.Document,
			})
		}
		entries = append(entries, ledger.Entry{
			At: now, ActorID: actor.UserID, ActorName: actor.Name, Act: actPilot, Unit: p.ID,
			Detail: map[string]any{"key": p.Key, "name": p.Name, "division": p.Division, "placeholder": p.Placeholder, "designations": designations},
		})
	}
	return s.ledger.Record(tx, entries...)
}

// RefreshPlaces sets again where every unit lies today: to be called when the tree has changed.
func (s *Service) RefreshPlaces(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, lock); err != nil {
			return err
		}
		list, err := units(tx.Raw(selectUnit + "ORDER BY u.id"))
		if err != nil {
			return err
		}
		places, err := s.tree.Places(ctx, tx, divisionsOf(list), s.clock.Today())
		if err != nil {
			return err
		}
		moved := 0
		for _, u := range list {
			place, ok := places[u.Division]
			if !ok || place == u.Place {
				continue
			}
			if err := movePlace(tx, u.ID, place); err != nil {
				return err
			}
			moved++
		}
		if moved == 0 {
			return nil
		}
		return s.ledger.Record(tx, ledger.Entry{
			At: s.now(), ActorName: "refresh places", Act: "units.placed", Detail: map[string]int{"moved": moved},
		})
	})
}

func movePlace(tx *gorm.DB, unit int64, place divisions.Place) error {
	err := tx.Exec("UPDATE units SET province_id = ?, city_id = ?, county_id = ? WHERE id = ?", place.Province, place.City, place.County, unit).Error
	if err != nil {
		return fmt.Errorf("move a unit: %w", err)
	}
	return nil
}
