package exchange

import (
	"context"
	"errors"
	"maps"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// input is what a file says about one cell.
type input struct {
	row           int
	place         string
	raw           any
	notApplicable bool
	wrong         *fault.Message // it cannot be read at all
}

// reader gives the input for an item, which says how a cell is to be understood.
type reader func(forms.Item) input

// entry is what a file says about one report. Version is the one that the file was made from, 0 for
// whatever there is. Cells that are not named keep their content.
type entry struct {
	row     int
	ref     reporting.Ref
	version int64
	cells   map[string]reader
	wrong   []Problem
}

func (e *entry) problem(message fault.Message) Problem {
	return Problem{Row: e.row, Unit: e.ref.Unit, Message: message}
}

func (e *entry) refuse(key string, args ...any) {
	e.wrong = append(e.wrong, e.problem(fault.Message{Key: key, Args: args}))
}

// importing is one import under way.
type importing struct {
	*Service
	actor   accounts.Actor
	options Options
	result  Result
	done    int
	total   int
}

func (s *Service) importing(actor accounts.Actor, options Options) *importing {
	return &importing{Service: s, actor: actor, options: options}
}

// all takes entries page by page.
func (in *importing) all(ctx context.Context, entries []*entry) (Result, error) {
	in.total, ctx = len(entries), epoch.Unpin(ctx)
	for page := range slices.Chunk(entries, reporting.MaxPage) {
		if err := in.page(ctx, page); err != nil {
			return in.result, err
		}
	}
	return in.result, nil
}

// page takes at most reporting.MaxPage entries: one look for all, then one change per report that
// differs.
func (in *importing) page(ctx context.Context, entries []*entry) error {
	refs := make([]reporting.Ref, len(entries))
	for i, e := range entries {
		refs[i] = e.ref
	}
	found, err := in.reports.Several(ctx, in.actor, refs)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if err := in.one(ctx, e, found[i]); err != nil {
			return err
		}
	}
	in.done += len(entries)
	if in.options.Progress != nil {
		in.options.Progress(in.done, max(in.total, in.done))
	}
	return nil
}

func (in *importing) one(ctx context.Context, e *entry, found reporting.Found) error {
	wrong := e.wrong
	if found.Err != nil && len(wrong) == 0 {
		f, ok := fault.As(found.Err)
		if !ok {
			return found.Err
		}
		wrong = append(wrong, e.problem(f.Message))
	}
	if len(wrong) == 0 {
		var err error
		if wrong, err = in.take(ctx, e, found.Report); err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		in.result.Refused++
		in.result.Problems = append(in.result.Problems, wrong...)
	}
	if found.Err == nil && len(in.result.Refs) < maxRefs {
		in.result.Refs = append(in.result.Refs, e.ref)
	}
	return nil
}

// change is a cell whose content is to be another one.
type change struct {
	item  forms.Item
	input input
	value forms.Value
}

// take saves what e changes in a report and gives what is wrong with it.
func (in *importing) take(ctx context.Context, e *entry, report reporting.Report) ([]Problem, error) {
	changes, wrong := e.read(report)
	switch {
	case len(wrong) > 0:
		return wrong, nil
	case len(changes) == 0:
		in.result.Unchanged++
		return nil, in.unchanged(ctx, e)
	case e.version != 0 && e.version != report.Version:
		return e.stale(changes, report), nil
	}
	edit := reporting.Edit{Version: report.Version, Values: map[string]any{}}
	for key, c := range changes {
		if c.input.notApplicable {
			edit.NotApplicable = append(edit.NotApplicable, key)
		} else {
			edit.Values[key] = c.input.raw
		}
	}
	slices.Sort(edit.NotApplicable)
	findings, err := in.save(ctx, e, edit)
	if err != nil {
		return e.refused(err, changes, report)
	}
	in.warn(e, report.Form, findings)
	if report.EditedAt.IsZero() && report.Revision == 0 {
		in.result.Created++
	} else {
		in.result.Updated++
	}
	return nil, nil
}

// unchanged tells what the checks say about a report that the file does not change. Of a batch this would
// be told of rows that nobody has touched.
func (in *importing) unchanged(ctx context.Context, e *entry) error {
	if in.result.Kind != KindReport {
		return nil
	}
	report, err := in.reports.Report(ctx, in.actor, e.ref)
	if err != nil {
		return err
	}
	in.warn(e, report.Form, report.Findings)
	return nil
}

// save gives what the form's checks say about what it has saved.
func (in *importing) save(ctx context.Context, e *entry, edit reporting.Edit) ([]forms.Finding, error) {
	if in.options.DryRun {
		return in.reports.TrySave(ctx, in.actor, e.ref, edit)
	}
	saved, err := in.reports.Save(ctx, in.actor, e.ref, edit)
	return saved.Findings, err
}

// warn keeps what checks say, as much as somebody may read.
func (in *importing) warn(e *entry, form forms.Form, findings []forms.Finding) {
	for _, f := range findings {
		if in.result.Warned++; len(in.result.Warnings) == maxWarnings {
			continue
		}
		w := Warning{Row: e.row, Unit: e.ref.Unit, Check: f.Check, Items: f.Items, Severity: f.Severity, Message: f.Message}
		for _, key := range f.Items {
			if item, ok := form.Item(key); ok {
				w.items = append(w.items, item)
			}
		}
		in.result.Warnings = append(in.result.Warnings, w)
	}
}

// read understands the cells of e and gives those that differ from the report.
func (e *entry) read(report reporting.Report) (map[string]change, []Problem) {
	changes, wrong := map[string]change{}, []Problem{}
	for _, key := range slices.Sorted(maps.Keys(e.cells)) {
		item, ok := report.Form.Item(key)
		in := e.cells[key](item)
		at := change{item: item, input: in}
		switch {
		case !ok && in.wrong == nil && !in.notApplicable && in.raw == "":
			continue // nothing in a cell that the unit is not asked
		case !ok:
			at.item.Key = ""
			wrong = append(wrong, e.at(key, at, fault.Message{Key: "cell.unknown", Args: []any{key}}))
			continue
		case !item.Typed():
			continue
		case in.wrong != nil:
			wrong = append(wrong, e.at(key, at, *in.wrong))
			continue
		case in.notApplicable:
			at.value = forms.Value{State: forms.NotApplicable}
		default:
			v, message := item.Parse(in.raw)
			if message != nil {
				wrong = append(wrong, e.at(key, at, *message))
				continue
			}
			at.value = v
		}
		if at.value != report.Values[key] {
			changes[key] = at
		}
	}
	return changes, wrong
}

// at is a problem with one cell.
func (e *entry) at(key string, c change, message fault.Message) Problem {
	row := c.input.row
	if row == 0 {
		row = e.row
	}
	return Problem{Row: row, Cell: c.input.place, Unit: e.ref.Unit, Item: key, Message: message, item: c.item}
}

// stale names both values of every cell that the file and the report differ in.
func (e *entry) stale(changes map[string]change, report reporting.Report) []Problem {
	var wrong []Problem
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		c := changes[key]
		wrong = append(wrong, e.clash(key, c, c.value, report.Values[key]))
	}
	return wrong
}

func (e *entry) clash(key string, c change, mine, theirs forms.Value) Problem {
	return e.at(key, c, fault.Message{Key: "exchange.stale", Args: []any{shown(c.item, mine), shown(c.item, theirs)}})
}

// shown is a value as a message names it.
func shown(item forms.Item, v forms.Value) fault.Message {
	switch {
	case v.State == forms.Blank:
		return fault.Message{Key: "value.blank"}
	case v.State == forms.NotApplicable:
		return fault.Message{Key: "value.not_applicable"}
	case item.Type == forms.YesNo && v.Number == 1:
		return fault.Message{Key: "value.yes"}
	case item.Type == forms.YesNo:
		return fault.Message{Key: "value.no"}
	}
	if choice, ok := item.Chosen(v); ok {
		return fault.Message{Key: "exchange.value", Args: []any{choice.Title}}
	}
	return fault.Message{Key: "exchange.value", Args: []any{item.Format(v)}}
}

// refused gives what a service said against a change; an error that is no fault goes on.
func (e *entry) refused(err error, changes map[string]change, report reporting.Report) ([]Problem, error) {
	var stale *reporting.StaleError
	if errors.As(err, &stale) && len(stale.Clashes) > 0 {
		var wrong []Problem
		for _, clash := range stale.Clashes {
			wrong = append(wrong, e.clash(clash.Item, changes[clash.Item], clash.Mine, clash.Theirs))
		}
		return wrong, nil
	}
	f, ok := fault.As(err)
	if !ok {
		return nil, err
	}
	if len(f.Fields) == 0 {
		return []Problem{e.problem(f.Message)}, nil
	}
	var wrong []Problem
	for _, field := range f.Fields {
		c := changes[field.Name]
		if c.item.Key == "" {
			c.item, _ = report.Form.Item(field.Name)
		}
		wrong = append(wrong, e.at(field.Name, c, field.Message))
	}
	return wrong, nil
}

// parseRef reads which report a line is about; what cannot be a key is told as an unknown one.
func parseRef(unit, form, quarter string) (reporting.Ref, *fault.Message) {
	var ref reporting.Ref
	if !keyPattern.MatchString(unit) {
		return ref, &fault.Message{Key: "exchange.bad_unit"}
	}
	ref.Unit = unit
	if !keyPattern.MatchString(form) {
		return ref, &fault.Message{Key: "exchange.bad_form"}
	}
	ref.Form = form
	q, err := period.Parse(quarter)
	if err != nil {
		f, _ := fault.As(err)
		return ref, &f.Message
	}
	ref.Period = q
	return ref, nil
}
