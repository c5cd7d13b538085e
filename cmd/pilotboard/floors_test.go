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
	"pkg/yamlfile": 3, "pkg/expression": 3, "pkg/database": 4, "pkg/ledger": 5, "pkg/divisions": 6, "pkg/accounts": 7, "pkg/plan": 8, "pkg/observations": 8,
	"pkg/forms": 9, "pkg/evidence": 9, "pkg/formedit": 10, "pkg/boundary": 10, "pkg/reporting": 10, "pkg/override": 11, "pkg/analytics": 12, "pkg/supervision": 13, "pkg/notify": 13, "dashboards": 13, "pkg/exchange": 13,
	"pkg/web": 14, "pkg/api": 14, "cmd/pilotboard": 15, "cmd/pilotbench": 15, "cmd/pilotfleet": 15,
}

// kept says which packages alone may import a library.
var kept = map[string][]string{
	"github.com/labstack/echo/":   {"pkg/web", "pkg/api", "cmd/pilotboard", "cmd/pilotbench"},
	"github.com/go-echarts/":      {"dashboards"},
	"gorm.io/driver/":             {"pkg/database"},
	"modernc.org/sqlite":          {"pkg/database"},
	"github.com/jackc/pgx":        {"pkg/database", "cmd/pilotbench", "cmd/pilotfleet"},
	"github.com/danielgtaylor/":   {"pkg/api"},
	"github.com/alexedwards/scs/": {"pkg/web"},
	"github.com/xuri/excelize/":   {"pkg/exchange"},
	"gocloud.dev/":                {"pkg/evidence"},
	"github.com/boombuler/":       {"pkg/web"},
	"github.com/expr-lang/":       {"pkg/expression"},
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
