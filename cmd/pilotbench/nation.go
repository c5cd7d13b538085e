package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// provinces are the codes of the provinces that the sample province is multiplied to.
var provinces = []string{
	"11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "35", "36", "37", "41", "42", "43",
	"44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
}

// nation compares the pages of a province among 34 of its size with those of sixteen units. The reports of
// the others are not filed: what these pages read is multiplied in the database. It uses the province up.
func (b *bench) nation(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	s.stop()
	if _, err := b.admin.Exec(ctx, "CREATE DATABASE nation TEMPLATE "+s.name); err != nil {
		return err
	}
	if err := b.give(ctx, s); err != nil {
		return err
	}
	large, err := b.on(ctx, "nation", b.quarters)
	if err != nil {
		return err
	}
	large.header = s.header
	began := time.Now()
	if err := large.multiply(ctx); err != nil {
		return err
	}
	if _, err := large.serve(); err != nil {
		return err
	}
	if err := large.settled(ctx); err != nil {
		return err
	}
	var units, reports int
	var size string
	err = large.pool.QueryRow(ctx, "SELECT (SELECT count(*) FROM units), (SELECT count(*) FROM reports), pg_size_pretty(pg_database_size('nation'))").Scan(&units, &reports, &size)
	if err != nil {
		return err
	}
	fmt.Printf("# nation: 34 provinces of the size of the sample one, %d units, %d reports, %s, made in %s; names marked 示例数据. Multiplied: divisions with their "+
		"versions, units, designations, and of the loaded quarters reports, figures of units as they stand and roll-ups. Not multiplied: revisions, "+
		"acceptances, ledger, facts, roll-ups of items, the open quarter. The tree has no level above provinces, so one province is asked\n",
		units, reports, size, time.Since(began).Round(time.Second))
	if err := b.grown(ctx, large, b.quarters, "nation", 1.6); err != nil {
		return err
	}
	return b.give(ctx, large)
}

// multiplied is a table of which each other province gets a copy: of the rows that a condition chooses, $1
// standing for the last quarter, with some columns changed.
type multiplied struct {
	table, where string
	changed      map[string]string
}

const sampleName = "t.name || '（示例数据）'"

var multiplications = []multiplied{
	{"divisions", "true", map[string]string{"id": moved("id"), "key": "o.code || substr(t.key, 3)"}},
	{"division_versions", "true", map[string]string{"code": "o.code || substr(t.code, 3)", "name": sampleName}},
	{"units", "true", map[string]string{"id": moved("id"), "key": "t.key || '-' || o.code", "name": sampleName}},
	{"designations", "true", nil},
	{"reports", "t.period <= $1", nil},
	{"unit_figures", "t.period <= $1 AND t.until > '9999-01-01'", nil},
	{"rollups", "t.period <= $1", nil},
}

// moved is the id of the copy of what has an id: 0 stands for none.
func moved(column string) string {
	return fmt.Sprintf("CASE WHEN t.%[1]s = 0 THEN 0 ELSE t.%[1]s + o.no * 1000000 END", column)
}

// multiply adds a copy of the province for each of the other codes.
func (s *site) multiply(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, "CREATE TABLE bench_provinces AS SELECT code, no FROM unnest($1::text[]) WITH ORDINALITY o(code, no)", provinces)
	if err != nil {
		return err
	}
	for _, m := range multiplications {
		rows, err := s.pool.Query(ctx, "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public' ORDER BY ordinal_position", m.table)
		if err != nil {
			return err
		}
		columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		text := "INSERT INTO " + m.table + " (" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(m.values(columns), ", ") +
			" FROM " + m.table + " t, bench_provinces o WHERE " + strings.ReplaceAll(m.where, "$1", "'"+s.last.String()+"'")
		if _, err := s.pool.Exec(ctx, text); err != nil {
			return fmt.Errorf("multiply %s: %w", m.table, err)
		}
	}
	return nil
}

// values gives what a copy has in each column.
func (m multiplied) values(columns []string) []string {
	list := make([]string, len(columns))
	for i, column := range columns {
		list[i] = "t." + column
		switch column {
		case "unit_id", "division_id", "province_id", "city_id", "county_id", "parent_id", "successor_id":
			list[i] = moved(column)
		}
		if changed, there := m.changed[column]; there {
			list[i] = changed
		}
	}
	return list
}
