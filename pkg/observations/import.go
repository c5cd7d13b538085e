package observations

import (
	"context"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/ledger"
)

// actImported is the act in the ledger by which observations change.
const actImported = "observations.imported"

// Result is how many observations and checks a file created, changed and found as it says.
type Result struct{ Created, Updated, Unchanged int }

// Import reads a file of observations and checks and makes each that it names, by id, what it says; those
// that it does not name stay. It is all or nothing: everything wrong comes at once, as fault.FileFaults.
// It asks for ImportData. A dry run tells the same and writes nothing.
func (s *Service) Import(ctx context.Context, actor accounts.Actor, name string, data []byte, dryRun bool) (Result, error) {
	if err := actor.Require(accounts.ImportData); err != nil {
		return Result{}, err
	}
	f, err := parse(name, data)
	if err != nil {
		return Result{}, err
	}
	var result Result
	if dryRun {
		err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
			_, _, err := compare(tx, f, &result)
			return err
		})
		return result, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "observations"); err != nil {
			return err
		}
		rows, checks, err := compare(tx, f, &result)
		if err != nil || len(rows)+len(checks) == 0 {
			return err
		}
		if err := replace(tx, rows, checks); err != nil {
			return err
		}
		return s.ledger.Record(tx, ledger.Entry{
			At: s.clock().UTC().Truncate(time.Microsecond), ActorID: actor.UserID, ActorName: actor.Name, Act: actImported,
			Detail: map[string]any{"file": name, "created": result.Created, "updated": result.Updated},
		})
	})
	return result, err
}

// compare gives the rows that are not there yet, or say something else.
func compare(tx *gorm.DB, f file, result *Result) (rows []row, checks []checkRow, err error) {
	kept, keptChecks, err := read(tx)
	if err != nil {
		return nil, nil, err
	}
	was, wasCheck := map[string]row{}, map[string]checkRow{}
	for _, r := range kept {
		was[r.ID] = r
	}
	for _, r := range keptChecks {
		wasCheck[r.ID] = r
	}
	for i, o := range f.observations {
		r, err := rowOf(o, i)
		if err != nil {
			return nil, nil, err
		}
		before, there := was[o.ID]
		if result.count(there, before == r) {
			rows = append(rows, r)
		}
	}
	for i, c := range f.checks {
		r := checkRow{c.ID, i, c.Chinese, c.English, c.Expr}
		before, there := wasCheck[c.ID]
		if result.count(there, before == r) {
			checks = append(checks, r)
		}
	}
	return rows, checks, nil
}

// count counts one entry and tells whether it is to be written.
func (r *Result) count(there, same bool) bool {
	switch {
	case !there:
		r.Created++
	case same:
		r.Unchanged++
		return false
	default:
		r.Updated++
	}
	return true
}
