package forms

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/yamlfile"
)

// Expired tells whether the form is past its last day of validity; then nothing can be filed on it.
func (f Form) Expired(on period.Date) bool { return !f.ValidUntil.IsZero() && on.After(f.ValidUntil) }

// history gives every version of a form, oldest first; newest is its newest version, nil when there is
// none.
func (s *Service) history(tx *gorm.DB, key string, newest *Form) ([]Form, error) {
	if newest == nil {
		return nil, nil
	}
	heads, err := headsOf(tx, key)
	if err != nil {
		return nil, err
	}
	var list []Form
	if newest.PlanNo != 0 { // the versions of the plan before any of the form was stored
		until := newest.Version
		if len(heads) > 0 {
			until = heads[0].No
		}
		for no := int64(1); no < until; no++ {
			p, err := s.plans.VersionIn(tx, no)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			list = append(list, FormOf(p))
		}
	}
	for _, h := range heads {
		form, err := s.stored(tx, nil, h)
		if err != nil {
			return nil, err
		}
		list = append(list, form)
	}
	if !newest.stored {
		list = append(list, *newest)
	}
	return list, nil
}

// Every gives every version of a form, oldest first. It is no secret and asks nobody's permission.
// NotFound `form.unknown`.
func (s *Service) Every(ctx context.Context, key string) (list []Form, err error) {
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		newest, err := s.CurrentIn(tx, key)
		if err != nil {
			return err
		}
		list, err = s.history(tx, key, &newest)
		return err
	})
	return list, err
}

// Breaks gives by item the versions from which a changed definition, kind or aggregation holds,
// ascending: a series is not joined across them without a mark. It is no secret and asks nobody's
// permission. NotFound `form.unknown`.
func (s *Service) Breaks(ctx context.Context, key string) (map[string][]int64, error) {
	list, err := s.Every(ctx, key)
	if err != nil {
		return nil, err
	}
	return BreaksOf(list), nil
}

// BreaksOf is Breaks for the versions of a form, oldest first.
func BreaksOf(versions []Form) map[string][]int64 {
	breaks, last := map[string][]int64{}, map[string]Item{}
	for _, form := range versions {
		for _, item := range form.items() {
			was, asked := last[item.Key]
			if asked && (was.Definition != item.Definition || was.Kind != item.Kind || was.aggregation() != item.aggregation()) {
				breaks[item.Key] = append(breaks[item.Key], form.Version)
			}
			last[item.Key] = item
		}
	}
	return breaks
}

// EverItems gives the newest meaning of every item that any version of the form has asked: those of the
// newest version in its order, then those that are gone, the latest gone first. It is no secret and asks
// nobody's permission. NotFound `form.unknown`.
func (s *Service) EverItems(ctx context.Context, key string) ([]Item, error) {
	list, err := s.Every(ctx, key)
	if err != nil {
		return nil, err
	}
	return Ever(list), nil
}

// Ever is EverItems for the versions of a form, oldest first.
func Ever(versions []Form) []Item {
	var items []Item
	seen := map[string]bool{}
	for _, form := range slices.Backward(versions) {
		for _, item := range form.items() {
			if !seen[item.Key] {
				seen[item.Key] = true
				items = append(items, item)
			}
		}
	}
	return items
}

// keeps tells what the document does to items that were asked before: a changed one is Conflict
// `form.item_changed`. A new one without a basis is noted in the file.
func (d Document) keeps(versions []Form) error {
	before := map[string]Item{}
	for _, item := range Ever(versions) {
		before[item.Key] = item
	}
	y := yamlfile.New(d.file)
	for _, item := range d.form.items() {
		was, asked := before[item.Key]
		switch {
		case !asked && item.Basis == "":
			at := d.places[item.Key]
			y.Add(at.node, at.path, "form.basis_missing", item.Title)
		case asked && (was.Type != item.Type || was.Decimals != item.Decimals || was.Unit != item.Unit || recoded(versions, item)):
			return fault.New(fault.Conflict, "form.item_changed", item.Key, item.Title)
		}
	}
	return y.Err()
}

// recoded tells whether an option has another code than before, or a code stands for another option.
func recoded(versions []Form, item Item) bool {
	for _, form := range versions {
		was, _ := form.Item(item.Key)
		for _, old := range was.Options {
			for _, choice := range item.Options {
				if (old.Key == choice.Key) != (old.Code == choice.Code) {
					return true
				}
			}
		}
	}
	return false
}
