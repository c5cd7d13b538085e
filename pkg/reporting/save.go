package reporting

import (
	"context"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
)

// Edit is a change of some cells of a draft. Values are as typed or sent (Item.Parse); null or the
// empty text makes a cell blank. Cells that are not named keep their content. Version is the one
// the editor last saw.
type Edit struct {
	Version       int64
	Values        map[string]any
	NotApplicable []string
	Explanations  map[string]string // by check; the empty text takes one away
}

// Clash is one cell that two editors changed: what is kept now and what this one wants.
type Clash struct {
	Item         string
	Mine, Theirs forms.Value
}

// StaleError tells that somebody else changed the report meanwhile; nothing was saved. Unwrap gives
// the Conflict `report.stale`.
type StaleError struct {
	Version int64
	By      string
	Clashes []Clash
}

// Error names the conflict, for logs.
func (e *StaleError) Error() string { return "report.stale" }

// Unwrap gives the fault that doors show.
func (e *StaleError) Unwrap() error { return fault.New(fault.Conflict, "report.stale") }

// Save changes cells of the draft of a report that is open or returned and gives the new version.
// For whoever may file for the unit. Faults: Invalid `report.invalid` with one field per wrong cell (nothing
// is saved then), StaleError, Conflict when the workflow or the lock date does not allow it.
func (s *Service) Save(ctx context.Context, actor accounts.Actor, ref Ref, edit Edit) (Report, error) {
	return s.change(ctx, actor, ref, func(r *row, form forms.Form, c *Content) error {
		wanted, err := read(form, edit.Values, edit.NotApplicable)
		if err != nil {
			return err
		}
		if edit.Version != r.Version {
			return stale(*r, wanted, c.Values)
		}
		apply(c.Values, wanted)
		return explain(form, c, edit.Explanations)
	})
}

// SaveCell changes one cell. It is refused as stale only when that cell no longer holds base, the
// content the editor last saw; two editors of different cells do not disturb each other.
func (s *Service) SaveCell(ctx context.Context, actor accounts.Actor, ref Ref, item string, base, value CellInput) (Report, error) {
	return s.change(ctx, actor, ref, func(r *row, form forms.Form, c *Content) error {
		wanted, err := read(form, value.values(item), value.notApplicable(item))
		if err != nil {
			return err
		}
		seen, err := read(form, base.values(item), base.notApplicable(item))
		if (err != nil || seen[item] != c.Values[item]) && wanted[item] != c.Values[item] {
			return stale(*r, wanted, c.Values)
		}
		apply(c.Values, wanted)
		return nil
	})
}

// CellInput is the content of one cell as an editor sends it.
type CellInput struct {
	Value         string
	NotApplicable bool
}

func (c CellInput) values(item string) map[string]any {
	if c.NotApplicable {
		return nil
	}
	return map[string]any{item: c.Value}
}

func (c CellInput) notApplicable(item string) []string {
	if c.NotApplicable {
		return []string{item}
	}
	return nil
}

// change runs edit on the content of a draft and keeps what it leaves.
func (s *Service) change(ctx context.Context, actor accounts.Actor, ref Ref, edit func(r *row, form forms.Form, c *Content) error) (Report, error) {
	return s.changeIn(ctx, actor, ref, func(_ *gorm.DB, h *held, form forms.Form, c *Content) error { return edit(&h.row, form, c) })
}

// changeIn is change for an edit that reads inside the transaction.
func (s *Service) changeIn(ctx context.Context, actor accounts.Actor, ref Ref, edit func(tx *gorm.DB, h *held, form forms.Form, c *Content) error) (Report, error) {
	return s.move(ctx, actor, ref, 0, ActSave, func(tx *gorm.DB, h *held, form forms.Form, now time.Time) (any, error) {
		content, _, err := h.content(form)
		if err != nil {
			return nil, err
		}
		before := maps.Clone(content.Values)
		if err := edit(tx, h, form, &content); err != nil {
			return nil, err
		}
		content.Values = form.Compute(content.Values)
		draft, err := marshal(form, content)
		if err != nil {
			return nil, err
		}
		h.Draft, h.EditedAt, h.EditedBy = database.JSON(draft), &now, actor.Display
		seen, err := s.viewOf(tx, *h, form, content, false)
		if err != nil {
			return nil, err
		}
		h.view = &seen
		return changes(form, before, content.Values), nil
	})
}

// read parses the cells of an edit; every wrong one is a field of the fault.
func read(form forms.Form, raw map[string]any, notApplicable []string) (forms.Values, error) {
	wrong := fault.New(fault.Invalid, "report.invalid")
	values := forms.Values{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		item, ok := form.Item(key)
		if !ok {
			wrong.With(key, "cell.unknown", key)
			continue
		}
		if item.Computed != "" {
			wrong.With(key, "cell.computed")
			continue
		}
		v, message := item.Parse(raw[key])
		if message != nil {
			wrong.With(key, message.Key, message.Args...)
			continue
		}
		values[key] = v
	}
	for _, key := range notApplicable {
		if _, ok := form.Item(key); !ok {
			wrong.With(key, "cell.unknown", key)
			continue
		}
		if values[key].State == forms.Given {
			wrong.With(key, "cell.value_and_not_applicable")
			continue
		}
		values[key] = forms.Value{State: forms.NotApplicable}
	}
	if len(wrong.Fields) > 0 {
		return nil, wrong
	}
	return values, nil
}

func apply(values, wanted forms.Values) {
	for key, v := range wanted {
		if v.State == forms.Blank {
			delete(values, key)
			continue
		}
		values[key] = v
	}
}

func stale(r row, wanted, kept forms.Values) error {
	e := &StaleError{Version: r.Version, By: r.EditedBy}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		if wanted[key] != kept[key] {
			e.Clashes = append(e.Clashes, Clash{Item: key, Mine: wanted[key], Theirs: kept[key]})
		}
	}
	return e
}

// changes gives the detail of a save for the ledger.
func changes(form forms.Form, before, after forms.Values) map[string]any {
	return map[string]any{"cells": changedCells(form, before, after)}
}

// changedCells gives what differs: item -> [before, after], as typed.
func changedCells(form forms.Form, before, after forms.Values) map[string][2]any {
	show := func(item forms.Item, v forms.Value) any {
		if v.State == forms.NotApplicable {
			return "N/A"
		}
		return item.Format(v)
	}
	changed := map[string][2]any{}
	for _, s := range form.Sections {
		for _, item := range s.Items {
			if before[item.Key] != after[item.Key] {
				changed[item.Key] = [2]any{show(item, before[item.Key]), show(item, after[item.Key])}
			}
		}
	}
	return changed
}
