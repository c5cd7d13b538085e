package reporting

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// Each calls fn with every report that the filter chooses in the actor's scope, the newest period first,
// then by unit and form, each with its content as Report gives it; checks are not asked. It reads `together` of them at a time,
// with the same number of queries whatever they hold; After and Limit of the filter are not looked at.
// It stops at the first error of fn.
func (s *Service) Each(ctx context.Context, actor accounts.Actor, f Filter, fn func(Report) error) error {
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return err
	}
	var periods []period.Quarter
	if err := query.Distinct("period").Order("period DESC").Pluck("period", &periods).Error; err != nil {
		return fmt.Errorf("read the periods of reports: %w", err)
	}
	for _, q := range periods {
		if err := s.eachOf(ctx, actor, f, q, fn); err != nil {
			return err
		}
	}
	return nil
}

// together is how many reports are in memory at once: every file that somebody reads slowly holds as many.
// readingTogether is how many files read at once: all others wait, and whoever wants a page does not.
const together, readingTogether = 100, 4

// eachOf is Each for one period, along the key of reports.
func (s *Service) eachOf(ctx context.Context, actor accounts.Actor, f Filter, q period.Quarter, fn func(Report) error) error {
	for last := (row{}); ; {
		rows, reports, err := s.following(ctx, actor, f, q, last)
		if err != nil {
			return err
		}
		for _, r := range reports {
			if err := fn(r); err != nil {
				return err
			}
		}
		if len(rows) < together {
			return nil
		}
		last = rows[len(rows)-1]
	}
}

// following reads the reports of a period that come after one, once it is their turn.
func (s *Service) following(ctx context.Context, actor accounts.Actor, f Filter, q period.Quarter, last row) (rows []row, reports []Report, err error) {
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return nil, nil, err
	}
	err = query.Where("period = ? AND (unit_id, form) > (?, ?)", q, last.UnitID, last.Form).Order("unit_id, form").Limit(together).Find(&rows).Error
	if err != nil {
		return nil, nil, fmt.Errorf("read reports: %w", err)
	}
	reports, err = s.gather(ctx, rows)
	return rows, reports, err
}

// Found is a report that was asked for, or why the actor does not get it.
type Found struct {
	Report Report
	Err    error
}

// Several gives the reports of refs in their order, at most MaxPage of them, with a number of queries
// that does not grow with them. What Report would refuse has the same error; a quarter that has not
// ended has no report yet.
func (s *Service) Several(ctx context.Context, actor accounts.Actor, refs []Ref) ([]Found, error) {
	if len(refs) > MaxPage {
		return nil, fmt.Errorf("%d reports asked for at once", len(refs))
	}
	found := make([]Found, len(refs))
	ids, err := s.askScopes(ctx, actor, refs, found)
	if err != nil {
		return nil, err
	}
	wanted := keysOf(refs)
	var rows []row
	err = s.db.Read(ctx).Where("unit_id IN ? AND form IN ? AND period IN ?", ids, wanted.forms, wanted.periods).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { // the product of the lists is more than was asked for
		return !slices.ContainsFunc(refs, func(ref Ref) bool { return ref.Form == r.Form && ref.Period == r.Period })
	})
	reports, err := s.gather(ctx, rows)
	if err != nil {
		return nil, err
	}
	byRef := make(map[Ref]Report, len(reports))
	for _, r := range reports {
		byRef[Ref{r.Unit.Key, r.Form.Key, r.Period}] = r
	}
	for i, ref := range refs {
		if found[i].Err != nil {
			continue
		}
		var ok bool
		if found[i].Report, ok = byRef[ref]; !ok {
			found[i].Err = fault.New(fault.NotFound, "report.not_owed", ref.Unit, ref.Period)
		}
	}
	return found, nil
}

// askScopes gives the units of refs that the actor may see, and puts into found why not the others.
func (s *Service) askScopes(ctx context.Context, actor accounts.Actor, refs []Ref, found []Found) ([]int64, error) {
	keys := make([]string, len(refs))
	for i, ref := range refs {
		keys[i] = ref.Unit
	}
	units, err := s.plans.KnownUnits(ctx, keys)
	if err != nil {
		return nil, err
	}
	known := map[string]error{}
	var ids []int64
	for i, ref := range refs {
		unit, ok := units[ref.Unit]
		if _, asked := known[ref.Form]; !asked {
			_, known[ref.Form] = s.forms.CurrentIn(s.db.Read(ctx), ref.Form)
		}
		switch {
		case !ok:
			found[i].Err = fault.New(fault.NotFound, "unit.unknown", ref.Unit)
		case !actor.Covers(unit.ID, unit.Place):
			found[i].Err = fault.New(fault.Forbidden, "unit.forbidden")
		case known[ref.Form] != nil:
			found[i].Err = known[ref.Form]
		default:
			ids = append(ids, unit.ID)
		}
	}
	return ids, nil
}

// refKeys are the forms and the periods that some reports are of.
type refKeys struct {
	forms   []string
	periods []period.Quarter
}

func keysOf(refs []Ref) refKeys {
	var k refKeys
	for _, ref := range refs {
		k.forms, k.periods = append(k.forms, ref.Form), append(k.periods, ref.Period)
	}
	slices.Sort(k.forms)
	slices.Sort(k.periods)
	return refKeys{slices.Compact(k.forms), slices.Compact(k.periods)}
}

// revisionKey is whose revision it is that a report has or is filled with.
type revisionKey struct {
	unit   int64
	form   string
	period period.Quarter
}

// gather makes reports of rows in their order: one query each for units, own revisions and those of
// the periods before.
func (s *Service) gather(ctx context.Context, rows []row) ([]Report, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids, refs := make([]int64, len(rows)), make([]Ref, len(rows))
	for i, r := range rows {
		ids[i], refs[i] = r.UnitID, Ref{Form: r.Form, Period: r.Period}
	}
	units, err := s.plans.UnitsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	documents, err := s.documents(ctx, ids, keysOf(refs))
	if err != nil {
		return nil, err
	}
	asked := map[string]forms.Form{}
	reports := make([]Report, len(rows))
	for i, r := range rows {
		form, ok := asked[r.Form]
		if !ok {
			if form, err = s.forms.Current(ctx, r.Form); err != nil {
				return nil, err
			}
			asked[r.Form] = form
		}
		if reports[i], err = r.report(units[r.UnitID], form); err != nil {
			return nil, err
		}
		document := string(r.Draft)
		if document == "" {
			document = documents[revisionKey{r.UnitID, r.Form, r.Period}]
			reports[i].Prefilled = r.Revision == 0 && document != ""
		}
		if reports[i].Content, err = unmarshal(reports[i].Form, document); err != nil {
			return nil, err
		}
		if reports[i].Prefilled {
			reports[i].Explanations = map[string]string{}
		}
		reports[i].Values = reports[i].Form.Compute(reports[i].Values)
	}
	return reports, nil
}

// documents gives what reports without a draft hold: their latest revision or, before the first, that
// of the period before.
func (s *Service) documents(ctx context.Context, ids []int64, k refKeys) (map[revisionKey]string, error) {
	const chosen = "w.unit_id IN ? AND w.form IN ? AND w.period IN ?"
	var rows []struct {
		UnitID   int64
		Form     string
		Period   period.Quarter
		Document string
	}
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		return tx.Raw(`SELECT w.unit_id, w.form, w.period, r.document FROM reports w
			JOIN revisions r ON r.unit_id = w.unit_id AND r.form = w.form AND r.period = w.period AND r.no = w.revision
			WHERE `+chosen+` AND w.revision > 0
			UNION ALL
			SELECT w.unit_id, w.form, w.period, r.document FROM reports w
			JOIN revisions r ON r.unit_id = w.unit_id AND r.form = w.form
			AND r.period = (SELECT max(e.period) FROM revisions e WHERE e.unit_id = w.unit_id AND e.form = w.form AND e.period < w.period)
			AND r.no = (SELECT max(l.no) FROM revisions l WHERE l.unit_id = r.unit_id AND l.form = r.form AND l.period = r.period)
			WHERE `+chosen+` AND w.revision = 0`, ids, k.forms, k.periods, ids, k.forms, k.periods).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read the values of reports: %w", err)
	}
	documents := make(map[revisionKey]string, len(rows))
	for _, r := range rows {
		documents[revisionKey{r.UnitID, r.Form, r.Period}] = r.Document
	}
	return documents, nil
}
