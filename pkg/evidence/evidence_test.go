package evidence_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// world is the small province with a folder for its files.
type world struct {
	*reportingtest.Province
	*evidence.Service
	folder string
}

func newWorld(t *testing.T, db *database.DB) world {
	t.Helper()
	w := world{Province: reportingtest.New(t, db), folder: filepath.Join(t.TempDir(), "evidence")}
	address, err := evidence.FolderURL(w.folder)
	if err != nil {
		t.Fatal(err)
	}
	files, err := evidence.OpenFiles(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	w.Service = evidence.New(db, w.Plans, files, w.Ledger, w.Clock.Now)
	return w
}

// add keeps a file as the unit's clerk.
func (w world) add(t *testing.T, unit, name string, content []byte) evidence.File {
	t.Helper()
	file, err := w.Add(t.Context(), w.Actor(t, "clerk-"+unit), unit, name, strings.NewReader(string(content)))
	if err != nil {
		t.Fatalf("add %s: %v", name, err)
	}
	return file
}

// use says that a report shows files.
func (w world) use(t *testing.T, unit, quarter string, byItem map[string][]string) {
	t.Helper()
	err := w.DB.Write(t.Context(), func(tx *gorm.DB) error {
		return w.Use(tx, w.Unit(t, unit).ID, reportingtest.Form, period.MustParse(quarter), byItem)
	})
	if err != nil {
		t.Fatalf("use by %s in %s: %v", unit, quarter, err)
	}
}

// stored lists what is in the folder.
func (w world) stored(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(w.folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(w.folder, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// count gives the number of rows of a query.
func (w world) count(t *testing.T, table, condition string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := w.DB.Read(t.Context()).Table(table).Where(condition, args...).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

// wantFault checks the kind and key of a fault, and the values its text asks for when any are given.
func wantFault(t *testing.T, err error, kind fault.Kind, key string, args ...any) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || f.Key != key {
		t.Errorf("got %v, want %s", err, key)
		return
	}
	if len(args) > 0 {
		if diff := cmp.Diff(args, f.Args); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

func read(t *testing.T, r io.ReadCloser, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTheFolderIsNotForEverybody(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a b%", "evidence")
	address, err := evidence.FolderURL(folder)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	files, err := evidence.OpenFiles(t.Context(), address)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	files.Close()
}

func TestOpenFiles(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "x")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "y")
	cases := []struct {
		address string
		wrong   string
	}{
		{"s3://bucket?region=cn-north-1", ""}, // asks the network for nothing
		{"http://bucket", "must start with"},
		{"data/evidence", "must start with"},
		{"file:///nosuch/folder", "no such file"},
		{"s3://bucket?region=cn-north-1&nosuch=1", "nosuch"},
	}
	for _, c := range cases {
		files, err := evidence.OpenFiles(context.Background(), c.address)
		switch {
		case err == nil && c.wrong == "":
			files.Close()
		case err == nil || c.wrong == "" || !strings.Contains(err.Error(), c.wrong):
			t.Errorf("%s: %v", c.address, err)
		}
	}
}
