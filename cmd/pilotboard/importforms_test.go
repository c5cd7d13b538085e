package main

import (
	"bytes"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms/formstest"
)

func TestImportForms(t *testing.T) {
	url := databasetest.URL(t, database.SQLite)
	form, other := formstest.File()
	a, b := write(t, "checked.yaml", form), write(t, "other.yaml", other)
	if code, _, complaint := told(t, url, "", "import", "forms", a, b); code != exitFailed || !strings.Contains(complaint, "plan") {
		t.Errorf("before the plan: exit %d, %s", code, complaint)
	}
	succeeds(t, url, "", "import", "divisions", write(t, "tree.csv", anhuiDivisions))
	succeeds(t, url, "", "import", "plan", write(t, "plan.yaml", anhuiPlan))
	if code, _, complaint := told(t, url, "", "import", "forms", a); code != exitFailed || !strings.Contains(complaint, "checked.yaml:") {
		t.Errorf("a form that names another: exit %d, %s", code, complaint)
	}
	if out := succeeds(t, url, "", "import", "forms", a, b, "--dry-run"); out != "dry run, nothing changed: form checked, version 1\ndry run, nothing changed: form other, version 1\n" {
		t.Error(out)
	}
	for range 2 { // again changes nothing
		if out := succeeds(t, url, "", "import", "forms", a, b); out != "form checked, version 1\nform other, version 1\n" {
			t.Error(out)
		}
	}
	changed := write(t, "other.yaml", bytes.Replace(other, []byte("另一张表\n"), []byte("第二张表\n"), 1))
	if code, _, complaint := told(t, url, "", "import", "forms", changed); code != exitFailed || complaint == "" {
		t.Errorf("without a note: exit %d, %s", code, complaint)
	}
	if out := succeeds(t, url, "", "import", "forms", changed, "--note", "改名"); out != "form other, version 2\n" {
		t.Error(out)
	}
	if code, _, complaint := told(t, url, "", "import", "forms", write(t, "cut.yaml", form[:len(form)/2])); code != exitFailed || !strings.Contains(complaint, "cut.yaml:") {
		t.Errorf("cut off: exit %d, %s", code, complaint)
	}
}
