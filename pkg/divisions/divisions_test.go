package divisions_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

const (
	dataFile = "../../cmd/pilotboard/data/anhui-divisions.csv"
	header   = "key,code,name,level,parent,valid_from,valid_to,statistics_only,successor\n"
)

func clock() time.Time { return time.Date(2019, 10, 12, 1, 0, 0, 0, time.UTC) }

func day(s string) period.Date { return period.MustParseDate(s) }

// anhui gives a service over the shipped data.
func anhui(t *testing.T, db *database.DB) *divisions.Service {
	t.Helper()
	file, err := os.Open(dataFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s := divisions.New(db, ledger.New(), clock)
	if _, err := s.Import(t.Context(), file, dataFile, false, "admin"); err != nil {
		t.Fatal(err)
	}
	return s
}

func importText(t *testing.T, s *divisions.Service, text string) (divisions.ImportResult, error) {
	t.Helper()
	return s.Import(t.Context(), strings.NewReader(header+text), "test.csv", false, "admin")
}

func mustImport(t *testing.T, s *divisions.Service, text string) divisions.ImportResult {
	t.Helper()
	result, err := importText(t, s, text)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func byCode(t *testing.T, s *divisions.Service, code, on string) divisions.Division {
	t.Helper()
	d, err := s.ByCode(t.Context(), code, day(on))
	if err != nil {
		t.Fatalf("%s on %s: %v", code, on, err)
	}
	return d
}

func each(t *testing.T, fn func(t *testing.T, s *divisions.Service)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, divisions.New(db, ledger.New(), clock)) })
}
