package reporting

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// Waiting is a submitted report in the queue of whoever reviews it next.
type Waiting struct {
	Summary
	Stage int
	Risk  int64
	Risks []Risk
}

// Queue lists the submitted reports that wait for the actor's own level, the most unusual first, then
// the newest; next is the cursor of the following page. Of the filter Status and Late are not asked.
func (s *Service) Queue(ctx context.Context, actor accounts.Actor, f Filter) (list []Waiting, next string, err error) {
	query, err := s.waiting(ctx, actor, f)
	if err != nil {
		return nil, "", err
	}
	if f.After != "" {
		risk, q, unit, form, err := parseRisk(f.After)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("(risk < ? OR (risk = ? AND (period < ? OR (period = ? AND (unit_id > ? OR (unit_id = ? AND form > ?))))))",
			risk, risk, q, q, unit, unit, form)
	}
	limit := f.limit()
	var rows []struct {
		Row   summaryRow `gorm:"embedded"`
		Stage int
		Risk  int64
		Risks string
	}
	err = query.Select(summaryColumns + ", stage, risk, risks").Order("risk DESC, period DESC, unit_id, form").Limit(limit + 1).Scan(&rows).Error
	if err != nil {
		return nil, "", fmt.Errorf("list what waits for review: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		next = fmt.Sprintf("%d.%s.%d.%s", last.Risk, last.Row.Period, last.Row.UnitID, last.Row.Form)
	}
	plain := make([]summaryRow, len(rows))
	for i, r := range rows {
		plain[i] = r.Row
	}
	summaries, err := s.summaries(ctx, plain)
	if err != nil {
		return nil, "", err
	}
	list = make([]Waiting, len(rows))
	for i, r := range rows {
		list[i] = Waiting{Summary: summaries[i], Stage: r.Stage, Risk: r.Risk}
		if r.Risks == "" {
			continue
		}
		if err := json.Unmarshal([]byte(r.Risks), &list[i].Risks); err != nil {
			return nil, "", fmt.Errorf("read what is unusual: %w", err)
		}
	}
	return list, next, nil
}

// CountQueue gives how many reports Queue lists in all, and how many of them have nothing unusual.
func (s *Service) CountQueue(ctx context.Context, actor accounts.Actor, f Filter) (all, usual int64, err error) {
	query, err := s.waiting(ctx, actor, f)
	if err != nil {
		return 0, 0, err
	}
	var counts struct{ Waiting, Usual int64 }
	err = query.Select("COUNT(*) AS waiting, COALESCE(SUM(CASE WHEN risk = 0 THEN 1 ELSE 0 END), 0) AS usual").Scan(&counts).Error
	if err != nil {
		return 0, 0, fmt.Errorf("count what waits for review: %w", err)
	}
	return counts.Waiting, counts.Usual, nil
}

// QueueNumber is how many reports Queue lists in all, counted up to most, to be answered together with other
// numbers.
func (s *Service) QueueNumber(ctx context.Context, actor accounts.Actor, f Filter, most int) (database.Number, error) {
	query, err := s.waiting(ctx, actor, f)
	if err != nil {
		return database.Number{}, err
	}
	// Without the order of their index the planner hopes to meet that many early in the table.
	return database.UpTo(query.Order("stage"), most), nil
}

// submitted chooses what was submitted, in the words of the indexes of it.
const submitted = "status = 'submitted'"

// waiting chooses the submitted reports that stand at the actor's level, or that whoever reviews may take.
func (s *Service) waiting(ctx context.Context, actor accounts.Actor, f Filter) (*gorm.DB, error) {
	if !actor.Can(accounts.ReviewReports) {
		return nil, fault.New(fault.Forbidden, "permission.denied")
	}
	f.Status, f.Late = "", false
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	level := divisions.Province
	if !actor.Everywhere() {
		own, err := s.tree.ByID(ctx, actor.Division, s.clock.Today())
		if err != nil {
			return nil, err
		}
		level = own.Level
	}
	// The second says to the index by stage where it may stop.
	return query.Where(submitted+" AND stage IN ? AND stage <= ?", []int{0, level}, level), nil
}

func parseRisk(cursor string) (risk int64, q period.Quarter, unit int64, form string, err error) {
	first, rest, _ := strings.Cut(cursor, ".")
	if risk, err = strconv.ParseInt(first, 10, 64); err != nil {
		return 0, 0, 0, "", fault.New(fault.Invalid, "list.bad_cursor")
	}
	q, unit, form, err = parseCursor(rest)
	return risk, q, unit, form, err
}

// AcceptUsual accepts, or passes on, those of the named reports that wait for the actor with nothing
// unusual about them, each as Accept does. It gives how many were, and by report why others were not.
func (s *Service) AcceptUsual(ctx context.Context, actor accounts.Actor, refs []Ref) (accepted int, refused map[Ref]*fault.Fault, err error) {
	if err := actor.Require(accounts.ReviewReports); err != nil {
		return 0, nil, err
	}
	refused = map[Ref]*fault.Fault{}
	for _, ref := range slices.Compact(refs) {
		err := s.acceptUsual(ctx, actor, ref)
		f, ok := fault.As(err)
		switch {
		case err == nil:
			accepted++
		case ok && f.Kind != fault.Internal:
			refused[ref] = f
		default:
			return accepted, refused, err
		}
	}
	return accepted, refused, nil
}

func (s *Service) acceptUsual(ctx context.Context, actor accounts.Actor, ref Ref) error {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return err
	}
	r, err := load(s.db.Read(ctx), unit.ID, ref)
	if err != nil {
		return err
	}
	if r.Risk > 0 {
		return fault.New(fault.Conflict, "report.unusual")
	}
	_, err = s.Accept(ctx, actor, ref, r.Version)
	return err
}

// Look notes that a reviewer has opened a submitted report: from then on it can no longer be withdrawn.
// For everybody else, and the second time, it changes nothing.
func (s *Service) Look(ctx context.Context, actor accounts.Actor, r Report) error {
	if r.Status != Submitted || !r.LookedAt.IsZero() || !actor.Can(accounts.ReviewReports) || r.Own(actor) {
		return nil
	}
	if err := mayReview(actor, r.Unit.Place, r.Stage); err != nil {
		return nil
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error { return look(tx, r, s.now()) })
}

func look(tx *gorm.DB, r Report, now time.Time) error {
	err := tx.Exec("UPDATE reports SET looked_at = ? WHERE unit_id = ? AND form = ? AND period = ? AND status = ? AND looked_at IS NULL",
		now, r.Unit.ID, r.Form.Key, r.Period, Submitted).Error
	if err != nil {
		return fmt.Errorf("note that a report was looked at: %w", err)
	}
	return nil
}
