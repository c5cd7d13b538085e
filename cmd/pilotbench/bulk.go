package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// dozen is the site with twelve quarters, generated and not served yet.
func (b *bench) dozen(ctx context.Context) (*site, error) {
	if s := b.sites["dozen"]; s != nil {
		return s, nil
	}
	s, err := b.empty(ctx, "dozen", 12)
	if err != nil {
		return nil, err
	}
	return s, s.generate(ctx, b.units, 12)
}

// bulk compares loading reports with raw COPY of the same rows, and computing all figures again with plain
// SQL that gives as many, and weighs a fact.
func (b *bench) bulk(ctx context.Context) error {
	s, err := b.dozen(ctx)
	if err != nil {
		return err
	}
	if s.loadSeconds == 0 {
		return fmt.Errorf("generate did not say how long the loading took")
	}
	raw, bytes, err := s.rawCopy(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("# %d MB copied raw into tables with the same indexes in %.1f s; the program's loading, with hashes, acceptances and acts, took %.1f s\n", bytes>>20, raw.Seconds(), s.loadSeconds)
	atLeast("load_vs_copy", raw.Seconds()/s.loadSeconds, 0.5)
	return s.rebuilt(ctx)
}

// loaded are the tables that loading fills.
var loaded = []string{"reports", "revisions", "acceptances", "ledger"}

// rawCopy writes the rows of the loaded tables to files and measures how long COPY takes to read them into
// tables made like those, over one connection, in one transaction.
func (s *site) rawCopy(ctx context.Context) (took time.Duration, bytes int64, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Release()
	pg := conn.Conn().PgConn()
	for _, table := range loaded {
		file, err := os.Create(filepath.Join(s.dir, table))
		if err != nil {
			return 0, 0, err
		}
		if _, err := pg.CopyTo(ctx, file, "COPY "+table+" TO STDOUT (FORMAT csv)"); err != nil {
			return 0, 0, err
		}
		if err := file.Close(); err != nil {
			return 0, 0, err
		}
		if _, err := conn.Exec(ctx, "CREATE TABLE raw_"+table+" (LIKE "+table+" INCLUDING ALL)"); err != nil {
			return 0, 0, err
		}
	}
	began := time.Now()
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, table := range loaded {
			n, err := s.copyFile(ctx, tx, table)
			if err != nil {
				return err
			}
			bytes += n
		}
		return nil
	})
	took = time.Since(began)
	if err != nil {
		return 0, 0, err
	}
	for _, table := range loaded {
		if _, err := conn.Exec(ctx, "DROP TABLE raw_"+table); err != nil {
			return 0, 0, err
		}
		_ = os.Remove(filepath.Join(s.dir, table))
	}
	return took, bytes, nil
}

func (s *site) copyFile(ctx context.Context, tx pgx.Tx, table string) (int64, error) {
	file, err := os.Open(filepath.Join(s.dir, table))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	counted := &counter{Reader: file}
	_, err = tx.Conn().PgConn().CopyFrom(ctx, counted, "COPY raw_"+table+" FROM STDIN (FORMAT csv)")
	return counted.n, err
}

// counter counts the bytes that are read.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// rebuilt compares `pilotboard rebuild`, which computes every figure again and compares each with what was
// there, with plain, and weighs the facts.
func (s *site) rebuilt(ctx context.Context) error {
	plain, facts, err := s.plain(ctx)
	if err != nil {
		return err
	}
	again, err := s.run(ctx, s.loading, "", "rebuild")
	if err != nil {
		return err
	}
	fmt.Printf("# plain SQL %.1f s, rebuild %.1f s with at most %d MB resident\n", plain.Seconds(), again.took.Seconds(), again.peak>>20)
	atMost("rebuild_vs_sql", again.took.Seconds()/plain.Seconds(), 3)
	return s.weighFacts(ctx, facts)
}

// plainTables hold what plainly makes: a row for each value, and for each item of a place, as SQL wants it,
// however the program keeps them; figures of units and roll-ups are copies of the program's tables.
var plainTables = []string{
	`CREATE TABLE plain_facts (unit_id BIGINT, form TEXT, period VARCHAR(6), item TEXT, revision BIGINT, state INTEGER NOT NULL,
		value BIGINT NOT NULL, accepted_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (unit_id, form, period, item, revision))`,
	`CREATE TABLE plain_item_rollups (division_id BIGINT, form TEXT, period VARCHAR(6), batch TEXT, unit_type TEXT, item TEXT,
		level INTEGER NOT NULL, parent_id BIGINT NOT NULL, n BIGINT NOT NULL, sum BIGINT NOT NULL, min BIGINT NOT NULL, max BIGINT NOT NULL,
		PRIMARY KEY (division_id, form, period, batch, unit_type, item))`,
	`CREATE INDEX ON plain_item_rollups (parent_id, form, period)`,
	`CREATE TABLE plain_unit_figures (LIKE unit_figures INCLUDING ALL)`,
	`CREATE TABLE plain_rollups (LIKE rollups INCLUDING ALL)`,
	`CREATE TABLE plain_items AS SELECT DISTINCT r.form, v.key AS item
		FROM (SELECT form, document FROM revisions LIMIT 1000) r, jsonb_each_text(r.document::jsonb -> 'values') v WHERE v.value NOT IN ('true', 'false')`,
}

// plainly fills them by nothing but INSERT … SELECT:
//   - facts: each value of each revision's JSON that is a number or a yes/no, with the acceptance;
//   - figures of units: copied, since SQL does not know the plan's rules: the least that writing them takes;
//   - roll-ups: the figures that stand, grouped by county, city and province, without their lights and
//     measures, which are texts;
//   - roll-ups of items: the numbers of the quarter itself, grouped alike; the program also carries levels
//     forward from earlier quarters.
//
// It so does a part of what the program does, and no more.
var plainly = []string{
	`INSERT INTO plain_facts (unit_id, form, period, item, revision, state, value, accepted_at)
		SELECT r.unit_id, r.form, r.period, v.key, r.no, 1,
			CASE v.value WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE v.value::numeric::bigint END, a.accepted_at
		FROM revisions r JOIN acceptances a USING (unit_id, form, period, no), jsonb_each_text(r.document::jsonb -> 'values') v
		WHERE v.value ~ '^(true|false|-?[0-9]+([.][0-9]+)?)$'`,
	`INSERT INTO plain_unit_figures SELECT * FROM unit_figures`,
}

// plainRollups is the roll-ups of one level, from the column of its divisions and the one above.
func plainRollups(level int, column, above string) []string {
	return []string{
		fmt.Sprintf(`INSERT INTO plain_rollups (division_id, form, period, batch, unit_type, level, parent_id, expected, submitted, on_time,
				accepted, reported, planned, earned, overdue, lights, measures)
			SELECT %[2]s, form, period, batch, unit_type, %[1]d, max(%[3]s), count(*), count(*) FILTER (WHERE submitted),
				count(*) FILTER (WHERE on_time), count(*) FILTER (WHERE accepted), count(*) FILTER (WHERE reported),
				sum(planned) FILTER (WHERE reported), sum(earned) FILTER (WHERE reported), sum(overdue) FILTER (WHERE reported), '{}', '{}'
			FROM plain_unit_figures WHERE until > '9999-01-01' AND %[2]s <> 0 GROUP BY 1, 2, 3, 4, 5`, level, column, above),
		fmt.Sprintf(`INSERT INTO plain_item_rollups (division_id, form, period, batch, unit_type, item, level, parent_id, n, sum, min, max)
			SELECT %[2]s, f.form, f.period, o.batch, o.unit_type, f.item, %[1]d, max(%[3]s), count(*), sum(f.value), min(f.value), max(f.value)
			FROM plain_facts f JOIN reports o USING (unit_id, form, period) JOIN plain_items USING (form, item)
			WHERE o.expected AND %[2]s <> 0 GROUP BY 1, 2, 3, 4, 5, 6`, level, column, above),
	}
}

// plain runs plainly and the roll-ups of all levels in one transaction, and gives how long it took and the
// number of facts.
func (s *site) plain(ctx context.Context) (took time.Duration, facts int64, err error) {
	for _, text := range plainTables {
		if _, err := s.pool.Exec(ctx, text); err != nil {
			return 0, 0, err
		}
	}
	began := time.Now()
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, text := range slices.Concat(plainly, plainRollups(3, "county_id", "city_id"), plainRollups(2, "city_id", "province_id"), plainRollups(1, "province_id", "0")) {
			if _, err := tx.Exec(ctx, text); err != nil {
				return fmt.Errorf("%.60s: %w", text, err)
			}
		}
		return nil
	})
	took = time.Since(began)
	if err != nil {
		return 0, 0, err
	}
	for _, table := range []string{"item_rollups", "unit_figures", "rollups", "facts"} {
		if err := s.pool.QueryRow(ctx, "SELECT count(*) FROM plain_"+table).Scan(&facts); err != nil {
			return 0, 0, err
		}
		fmt.Printf("# plain SQL: %d rows of %s\n", facts, table)
	}
	_, err = s.pool.Exec(ctx, "DROP TABLE plain_facts, plain_item_rollups, plain_unit_figures, plain_rollups, plain_items")
	return took, facts, err
}

// weighFacts gives the bytes that a fact takes on disk with its indexes, however many lie in a row.
func (s *site) weighFacts(ctx context.Context, facts int64) error {
	if _, err := s.pool.Exec(ctx, "VACUUM (FULL, ANALYZE) facts"); err != nil {
		return err
	}
	var size float64
	if err := s.pool.QueryRow(ctx, "SELECT pg_total_relation_size('facts')").Scan(&size); err != nil {
		return err
	}
	fmt.Printf("# %d facts, %.0f MB\n", facts, size/megabyte)
	atMost("fact_bytes", size/float64(facts), 120)
	return nil
}
