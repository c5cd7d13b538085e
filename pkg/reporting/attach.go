package reporting

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// MaxFiles is the greatest number of files attached to one item.
const MaxFiles = 10

// Attach puts a file of the unit's evidence, by its hash, to an item of the draft; twice is once. Whoever
// may save; Invalid `report.invalid` with the item for one that takes no files or has MaxFiles, NotFound
// `evidence.unknown`.
func (s *Service) Attach(ctx context.Context, actor accounts.Actor, ref Ref, item, hash string) (Report, error) {
	return s.changeIn(ctx, actor, ref, func(tx *gorm.DB, h *held, form forms.Form, c *Content) error {
		return s.showFiles(tx, h.UnitID, form, c, item, append(slices.Clone(c.Evidence[item]), hash))
	})
}

// SetEvidence replaces the files of an item of the draft; without hashes it has none. Who may, and the
// faults, are those of Attach.
func (s *Service) SetEvidence(ctx context.Context, actor accounts.Actor, ref Ref, item string, hashes []string) (Report, error) {
	return s.changeIn(ctx, actor, ref, func(tx *gorm.DB, h *held, form forms.Form, c *Content) error {
		return s.showFiles(tx, h.UnitID, form, c, item, hashes)
	})
}

// showFiles makes hashes, each once, the files of an item.
func (s *Service) showFiles(tx *gorm.DB, unit int64, form forms.Form, c *Content, item string, hashes []string) error {
	var files []string
	for _, hash := range hashes {
		if !slices.Contains(files, hash) {
			files = append(files, hash)
		}
	}
	asked, ok := form.Item(item)
	wrong := fault.New(fault.Invalid, "report.invalid")
	switch {
	case !ok:
		return wrong.With(item, "cell.unknown", item)
	case asked.Evidence == forms.NoEvidence:
		return wrong.With(item, "report.no_evidence")
	case len(files) > MaxFiles:
		return wrong.With(item, "report.too_many_files", MaxFiles)
	}
	known, err := s.files.Known(tx, unit, files)
	if err != nil {
		return err
	}
	for _, hash := range files {
		if _, ok := known[hash]; !ok {
			return fault.New(fault.NotFound, "evidence.unknown")
		}
	}
	if delete(c.Evidence, item); len(files) > 0 {
		c.Evidence[item] = files
	}
	return nil
}

// Detach takes a file away from an item of the draft; the file itself stays, and so does what was filed
// with it.
func (s *Service) Detach(ctx context.Context, actor accounts.Actor, ref Ref, item, hash string) (Report, error) {
	return s.change(ctx, actor, ref, func(_ *row, _ forms.Form, c *Content) error {
		left := slices.DeleteFunc(slices.Clone(c.Evidence[item]), func(h string) bool { return h == hash })
		if delete(c.Evidence, item); len(left) > 0 {
			c.Evidence[item] = left
		}
		return nil
	})
}

// Reuse is a file of a filed report that another report shows too. Unit is empty where the reader may
// not know the other unit.
type Reuse struct {
	Item, Hash string
	Unit       string
	Form       string
	Period     period.Quarter
}

// Reused tells which files of the latest filing other reports show too.
func (s *Service) Reused(ctx context.Context, actor accounts.Actor, ref Ref) ([]Reuse, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return nil, err
	}
	found, err := s.files.Reused(s.db.Read(ctx), unit.ID, ref.Form, ref.Period)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	ids := make([]int64, len(found))
	for i, one := range found {
		ids[i] = one.Unit
	}
	units, err := s.plans.UnitsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Reuse, len(found))
	for i, one := range found {
		list[i] = Reuse{Item: one.Item, Hash: one.Hash, Form: one.Form, Period: one.Period}
		if other := units[one.Unit]; actor.Covers(other.ID, other.Place) {
			list[i].Unit = other.Name
		}
	}
	return list, nil
}

// useFiles notes which files the filed report shows and gives those that others show too. That the unit
// shows a file again for an item that still says the same is no reuse. before is the revision that the
// report had, whose files are forgotten.
func (s *Service) useFiles(tx *gorm.DB, r row, before revisionRow, c Content, earlier []forms.Filed) ([]evidence.Reuse, error) {
	if len(c.Evidence) == 0 && before.No == 0 {
		return nil, nil
	}
	if err := s.files.Use(tx, r.UnitID, r.Form, r.Period, c.Evidence); err != nil {
		return nil, err
	}
	if len(c.Evidence) == 0 {
		return nil, nil
	}
	reused, err := s.files.Reused(tx, r.UnitID, r.Form, r.Period)
	if err != nil {
		return nil, fmt.Errorf("compare the evidence: %w", err)
	}
	return slices.DeleteFunc(reused, func(one evidence.Reuse) bool {
		return one.Unit == r.UnitID && one.Form == r.Form && one.OtherItem == one.Item &&
			len(earlier) > 0 && earlier[0].Values[one.Item] == c.Values[one.Item]
	}), nil
}
