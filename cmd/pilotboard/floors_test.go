package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors says on which floor every package stands; a package imports only floors below its own.
var floors = map[string]int{
	"migrations": 1, "pkg/fault": 1, "pkg/period": 2, "pkg/locale": 3,
	"pkg/yamlfile": 3, "pkg/expression": 3, "pkg/database": 4, "pkg/epoch": 5, "pkg/ledger": 6, "pkg/divisions": 7, "pkg/accounts": 8, "pkg/plan": 9, "pkg/observations": 9,
	"pkg/forms": 10, "pkg/evidence": 10, "pkg/formedit": 11, "pkg/boundary": 11, "pkg/reporting": 11, "pkg/override": 12, "pkg/analytics": 13, "pkg/supervision": 14, "pkg/notify": 14, "dashboards": 14, "pkg/exchange": 14,
	"pkg/web": 15, "pkg/api": 15, "cmd/pilotboard": 16, "cmd/pilotbench": 16, "cmd/pilotfleet": 16,
}

// kept says which packages alone may import a library.
var kept = map[string][]string{
	"github.com/labstack/echo/":        {"pkg/web", "pkg/api", "cmd/pilotboard", "cmd/pilotbench"},
	"github.com/go-echarts/":           {"dashboards"},
	"gorm.io/driver/":                  {"pkg/database"},
	"modernc.org/sqlite":               {"pkg/database"},
	"github.com/jackc/pgx":             {"pkg/database", "cmd/pilotbench", "cmd/pilotfleet"},
	"github.com/danielgtaylor/":        {"pkg/api"},
	"github.com/alexedwards/scs/":      {"pkg/web"},
	"github.com/xuri/excelize/":        {"pkg/exchange"},
	"gocloud.dev/":                     {"pkg/evidence"},
	"github.com/boombuler/":            {"pkg/web"},
	"github.com/expr-lang/":            {"pkg/expression"},
	"github.com/hashicorp/golang-lru/": {"pkg/epoch"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestEveryPackageImportsOnlyFloorsBelow(t *testing.T) {
	for _, p := range packages(t) {
		own := strings.TrimPrefix(p.ImportPath, "pilotboard/")
		if strings.HasSuffix(own, "test") { // helpers of tests stand outside the house
			continue
		}
		floor, ok := floors[own]
		if !ok {
			t.Errorf("%s has no floor", own)
		}
		for _, imported := range p.Imports {
			name, ours := strings.CutPrefix(imported, "pilotboard/")
			if ours && floors[name] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", own, floor, name, floors[name])
			}
			for library, rooms := range kept {
				if strings.HasPrefix(imported, library) && !slices.Contains(rooms, own) {
					t.Errorf("%s imports %s, which belongs in %v", own, imported, rooms)
				}
			}
		}
	}
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "pilotboard/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	var list []goPackage
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < len(floors) {
		t.Fatalf("only %d packages found", len(list))
	}
	return list
}
