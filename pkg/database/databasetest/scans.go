package databasetest

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
)

// Large lists the tables that grow with units × quarters.
var Large = []string{
	"reports", "revisions", "acceptances", "restatements", "facts", "unit_figures", "efforts", "light_overrides", "ledger", "ledger_feed",
	"evidence_files", "evidence_uses", "supervision_orders",
}

// Recording keeps the statements that read a Postgres database, each once.
type Recording struct {
	db *database.DB

	mu   sync.Mutex
	asks []ask
	seen map[string]bool
}

// ask is a statement with what it was asked with.
type ask struct {
	sql  string
	args []any
}

// Record keeps the statements that are asked of db from now on.
func Record(t testing.TB, db *database.DB) *Recording {
	t.Helper()
	r := &Recording{db: db, seen: map[string]bool{}}
	callbacks := db.Read(context.Background()).Callback()
	for _, err := range []error{
		callbacks.Query().After("*").Register("test:record", r.note), callbacks.Row().After("*").Register("test:record", r.note),
		callbacks.Raw().After("*").Register("test:record", r.note),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *Recording) note(asked *gorm.DB) {
	sql := asked.Statement.SQL.String()
	r.mu.Lock()
	defer r.mu.Unlock()
	if asked.DryRun || r.seen[sql] || !strings.HasPrefix(strings.TrimSpace(sql), "SELECT") && !strings.HasPrefix(strings.TrimSpace(sql), "WITH") {
		return
	}
	r.seen[sql] = true
	r.asks = append(r.asks, ask{sql, slices.Clone(asked.Statement.Vars)})
}

// scale is how many times as many rows the planner is made to see as crowd has written: those of 18 334 units
// in 12 quarters.
const scale = 18.334

// crowd fills the large tables with a thousand units in twelve quarters, in the province of the first report.
var crowd = []string{
	`CREATE TEMPORARY TABLE crowd AS SELECT 1000000 + u AS unit_id, q AS period, 'progress' AS form, (SELECT min(province_id) FROM reports) AS province_id,
		1000000 + u * 16 / 1001 AS city_id, 2000000 + u * 105 / 1001 AS county_id, (2018 + u % 2)::text AS batch, now() - u * interval '1 second' AS at
		FROM unnest(ARRAY['2018Q1','2018Q2','2018Q3','2018Q4','2019Q1','2019Q2','2019Q3','2019Q4','2020Q1','2020Q2','2020Q3','2020Q4']) q, generate_series(1, 1000) u`,
	`INSERT INTO reports (unit_id, form, period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, status, version, revision, accepted_revision, submitted_at, accepted_at)
		SELECT unit_id, form, period, 1, batch, 'community', province_id, city_id, county_id, '2019-10-10', '2019-11-10',
		CASE WHEN period = '2019Q3' THEN (ARRAY['open', 'submitted', 'returned', 'accepted'])[1 + unit_id % 4] ELSE 'accepted' END, 3, 1, 1, at, at FROM crowd`,
	`INSERT INTO revisions (unit_id, form, period, no, form_version, document, hash, prev_hash, submitted_at, submitted_by)
		SELECT unit_id, form, period, 1, 1, '{}', md5(unit_id || period), '', at, 'crowd' FROM crowd`,
	`INSERT INTO acceptances (unit_id, form, period, no, accepted_at, accepted_by) SELECT unit_id, form, period, 1, at, 'crowd' FROM crowd`,
	`INSERT INTO restatements (unit_id, form, period, no, revision, before_revision, province_id, city_id, county_id, reason, changes, accepted_at, accepted_by)
		SELECT unit_id, form, period, 1, 2, 1, province_id, city_id, county_id, '', '{}', at, 'crowd' FROM crowd`,
	`INSERT INTO facts (unit_id, form, period, revision, form_version, accepted_at, items, cells)
		SELECT unit_id, form, period, 1, 1, at, 4, E'm1_1=1\nm1_2=1\nm2_1=1\nm2_2=1\n' FROM crowd`,
	`INSERT INTO unit_figures SELECT unit_id, form, period, at, '9999-12-31Z', province_id, city_id, county_id, batch, 'community', '2019-10-10', TRUE, TRUE, TRUE,
		500000000, '', TRUE, 1000000 * (unit_id % 500), 0, 'watch', 'watch', '{}', TRUE, 1000000 * (unit_id % 500), 0, 'watch', 'watch', '' FROM crowd`,
	`INSERT INTO efforts SELECT unit_id, form, period, province_id, city_id, county_id, 40, 40, 10, 600 FROM crowd`,
	`INSERT INTO light_overrides SELECT unit_id, period, '', 1, 'watch', '', at, 1, 'crowd' FROM crowd`,
	`INSERT INTO ledger (unit_id, id, at, actor_id, actor_name, act, form, period, revision, detail)
		SELECT unit_id, md5(unit_id || period || a), at, 1, 'crowd', a, form, period, 1, '{}' FROM crowd, unnest(ARRAY['report.submitted', 'report.accepted']) a`,
	`INSERT INTO ledger_feed (consumer, unit_id, entry_id) SELECT 'crowd', unit_id, id FROM ledger WHERE unit_id >= 1000000`,
	`INSERT INTO evidence_files SELECT unit_id, md5(unit_id || period), 'crowd', 'image/png', 1, TRUE, at, 'crowd' FROM crowd`,
	`INSERT INTO evidence_uses SELECT unit_id, form, period, 'm1_1', md5(unit_id || period) FROM crowd`,
	`INSERT INTO supervision_orders (unit_id, no, level, subject, form, period, milestone, title, reason, due, issued_at, issued_by_id, issued_by, issuer_level, closed_at, closed_reason)
		SELECT unit_id, row_number() OVER (PARTITION BY unit_id ORDER BY period), 'blue', 'report', form, period, '', '', '', '2019-10-20', at, 1, 'crowd', 1,
		CASE WHEN period < '2020Q4' THEN at END, CASE WHEN period < '2020Q4' THEN 'made_up' ELSE '' END FROM crowd`,
}

// WantNoScans fails the test for every statement that the planner of a database of 18 334 units in 12
// quarters would answer by reading a large table from its first row to its last, unless one of allowed is
// in it. The rows are few; what makes the planner take them for so many is that pg_class says so, that the
// distinct units are as many, and that a page read in a row costs as much more as there would be more of
// them. Statements are explained with what they were asked with.
func (r *Recording) WantNoScans(t testing.TB, allowed ...string) {
	t.Helper()
	pool, err := r.db.Read(t.Context()).DB()
	if err != nil {
		t.Fatal(err)
	}
	connection, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	steps := slices.Clone(crowd)
	for _, table := range Large {
		steps = append(steps, "ALTER TABLE "+table+" ALTER COLUMN unit_id SET (n_distinct = 18334)", "ALTER TABLE "+table+" SET (autovacuum_enabled = off)", "VACUUM ANALYZE "+table)
	}
	names := "'" + strings.Join(Large, "', '") + "'"
	steps = append(steps, fmt.Sprintf(`UPDATE pg_class SET reltuples = reltuples * %[1]f
		WHERE relname IN (%[2]s) OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relname IN (%[2]s)))`, scale, names),
		fmt.Sprintf("SET seq_page_cost = %f", scale))
	for _, step := range steps {
		if _, err := connection.ExecContext(t.Context(), step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	if len(r.asks) == 0 {
		t.Error("nothing was asked")
	}
	leading, err := leadingColumns(t.Context(), connection)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.asks {
		plan, err := explain(t.Context(), connection, a)
		if err != nil {
			t.Errorf("explain %s: %v", a.sql, err)
			continue
		}
		if table := readWhole(plan, leading); table != "" && !slices.ContainsFunc(allowed, func(part string) bool { return strings.Contains(a.sql, part) }) {
			t.Errorf("reads the whole of %s: %s\n%v\n%s", table, a.sql, a.args, plan)
		}
	}
}

func explain(ctx context.Context, connection *sql.Conn, a ask) (string, error) {
	rows, err := connection.QueryContext(ctx, "EXPLAIN "+a.sql, a.args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		plan.WriteString(line + "\n")
	}
	return plan.String(), rows.Err()
}

// leadingColumns gives the first column of every index that holds a whole table.
func leadingColumns(ctx context.Context, connection *sql.Conn) (map[string]string, error) {
	rows, err := connection.QueryContext(ctx, `SELECT c.relname, pg_get_indexdef(i.indexrelid, 1, TRUE)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indpred IS NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	leading := map[string]string{}
	for rows.Next() {
		var index, column string
		if err := rows.Scan(&index, &column); err != nil {
			return nil, err
		}
		leading[index] = column
	}
	return leading, rows.Err()
}

var (
	seqScan   = regexp.MustCompile(`Seq Scan on (\w+)`)
	indexScan = regexp.MustCompile(`Scan (?:Backward )?using (\w+) on (\w+)[^\n]*\n([^>]*)`) // up to the next node
)

// readWhole gives the large table that a plan reads from end to end: row by row, or along an index with no
// condition on its first column and without an end.
func readWhole(plan string, leading map[string]string) string {
	for _, found := range seqScan.FindAllStringSubmatch(plan, -1) {
		if slices.Contains(Large, found[1]) {
			return found[1]
		}
	}
	for _, found := range indexScan.FindAllStringSubmatch(plan, -1) {
		_, condition, _ := strings.Cut(found[3], "Index Cond: ")
		condition, _, _ = strings.Cut(condition, "\n")
		first, whole := leading[found[1]]
		if whole && slices.Contains(Large, found[2]) && !strings.Contains(condition, first) && !strings.Contains(plan, "Limit") {
			return found[2]
		}
	}
	return ""
}
