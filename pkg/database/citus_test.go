package database_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

var placed = regexp.MustCompile(`(?m)^SELECT (create_reference_table|create_distributed_table|citus_add_local_table_to_metadata)\('(\w+)'(?:, '(\w+)', colocate_with => '\w+')?\);$`)

// TestEveryTableHasItsPlaceInACluster: a new table is spread by unit, copied to every node, or kept on the
// coordinator, once; and what it is spread by is in each of its unique indexes.
func TestEveryTableHasItsPlaceInACluster(t *testing.T) {
	text, err := os.ReadFile("../../migrations/citus/tables.sql")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	by := map[string]string{}
	for _, line := range placed.FindAllStringSubmatch(string(text), -1) {
		listed = append(listed, line[2])
		if by[line[2]] = line[3]; (line[1] == "create_distributed_table") != (line[3] != "") {
			t.Errorf("%s: %s", line[2], line[0])
		}
	}
	if calls := strings.Count(string(text), "table"+"(") + strings.Count(string(text), "_metadata("); calls != len(listed) {
		t.Errorf("%d calls, of which %d are understood", calls, len(listed))
	}
	db := databasetest.Open(t, database.Postgres)
	tables := columns(t, db, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'")
	slices.Sort(listed)
	if !slices.Equal(listed, tables) {
		t.Errorf("migrations/citus/tables.sql has\n%v, the schema has\n%v", listed, tables)
	}
	for _, key := range uniqueIndexes(t, db, tables) {
		if spread := by[key.Table]; spread != "" && !slices.Contains(strings.Split(key.Columns, ","), spread) {
			t.Errorf("%s is spread by %s, a unique index is on %s", key.Table, spread, key.Columns)
		}
	}
}
