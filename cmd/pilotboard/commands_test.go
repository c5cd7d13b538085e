package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// told runs one command line and gives its exit code and what it wrote.
func told(t *testing.T, url, in string, args ...string) (code int, out, complaint string) {
	t.Helper()
	t.Setenv("PILOTBOARD_DATABASE_URL", url)
	t.Setenv("PILOTBOARD_TODAY", defaultDemoDay)
	t.Setenv("PILOTBOARD_DATA_DIR", t.TempDir())
	t.Setenv("LANG", "en_US.UTF-8")
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, streams{in: strings.NewReader(in), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}

// succeeds runs one command line that must do all it was asked.
func succeeds(t *testing.T, url, in string, args ...string) string {
	t.Helper()
	code, out, complaint := told(t, url, in, args...)
	if code != exitDone || complaint != "" {
		t.Fatalf("%v: exit %d\n%s%s", args, code, out, complaint)
	}
	return out
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A machine is set up by commands alone, as the README says.
func TestSetUpByCommands(t *testing.T) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			url := databasetest.URL(t, dialect)
			if out := succeeds(t, url, "", "migrate", "up"); !strings.Contains(out, "migrations applied") {
				t.Error(out)
			}
			tree, planned, pilots := write(t, "tree.csv", anhuiDivisions), write(t, "plan.yaml", anhuiPlan), write(t, "pilots.csv", anhuiPilots)
			for _, args := range [][]string{{"import", "divisions", tree}, {"import", "plan", planned}, {"import", "pilots", pilots}} {
				if out := succeeds(t, url, "", append(args, "--dry-run")...); !strings.HasPrefix(out, "dry run, nothing changed") {
					t.Errorf("%v: %s", args, out)
				}
				succeeds(t, url, "", args...)
				succeeds(t, url, "", args...) // again changes nothing
			}
			succeeds(t, url, "long enough a secret\n", "user", "add", "boss", "--role", "admin", "--scope", "340000")
			if out := succeeds(t, url, "", "user", "add", "clerk", "--role", "clerk", "--scope", "fangxing", "--email", "clerk@example.org"); !strings.Contains(out, "password: ") {
				t.Errorf("no password was made up: %s", out)
			}
			lines := strings.Split(strings.TrimSpace(succeeds(t, url, "", "token", "create", "--user", "boss", "--days", "3")), "\n")
			if token := lines[len(lines)-1]; len(token) < 40 || strings.ContainsAny(token, " \t") {
				t.Errorf("token %q", token)
			}
			if out := succeeds(t, url, "", "user", "handover", "clerk", "next", "--display", "李强", "--note", "调离"); !strings.Contains(out, "clerk handed over to next") || !strings.Contains(out, "password: ") {
				t.Errorf("the hand-over says %s", out)
			}
			succeeds(t, url, "long enough a secret\n", "user", "add", "second", "--role", "clerk", "--scope", "fangxing")
			if out := succeeds(t, url, "", "user", "handover", "next", "second"); strings.Contains(out, "password: ") {
				t.Errorf("somebody who is there got a password: %s", out)
			}
			succeeds(t, url, "", "user", "disable", "second")
			if out := succeeds(t, url, "", "user", "list"); !strings.Contains(out, "disabled") || !strings.Contains(out, "boss") {
				t.Error(out)
			}
			succeeds(t, url, "", "rebuild")
			succeeds(t, url, "", "verify")
			succeeds(t, url, "", "migrate", "status")
			if code, _, complaint := told(t, url, "", "demo"); code != exitFailed || !strings.Contains(complaint, "empty database") {
				t.Errorf("the demo filled a database in use: exit %d, %s", code, complaint)
			}
		})
	}
}

func TestWrongCommandsSayWhatAndWhere(t *testing.T) {
	url := databasetest.URL(t, database.SQLite)
	succeeds(t, url, "", "import", "divisions", write(t, "tree.csv", anhuiDivisions))
	badQuarter := bytes.Replace(anhuiPlan, []byte("2019Q3"), []byte("2019Q5"), 1)
	cases := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no command", nil, exitUsage, "expected one of"},
		{"unknown command", []string{"fly"}, exitUsage, "fly"},
		{"unknown role", []string{"user", "add", "x", "--role", "king"}, exitUsage, "king"},
		{"no such file", []string{"import", "plan", "/nowhere/plan.yaml"}, exitFailed, "/nowhere/plan.yaml"},
		{"wrong address", []string{"user", "add", "x", "--role", "admin", "--email", "nowhere"}, exitFailed, "email: "},
		{"unknown scope", []string{"user", "add", "x", "--role", "reviewer", "--scope", "999999"}, exitFailed, "999999"},
		{"hand-over from nobody", []string{"user", "handover", "nobody", "next"}, exitFailed, "nobody"},
		{"unknown user", []string{"token", "create", "--user", "nobody"}, exitFailed, "nobody"},
		{"pilots before the plan", []string{"import", "pilots", write(t, "pilots.csv", anhuiPilots)}, exitFailed, "plan"},
		{"a quarter that is none", []string{"import", "plan", write(t, "plan.yaml", badQuarter)}, exitFailed, "2019Q5"},
		{"a file cut off", []string{"import", "plan", write(t, "plan.yaml", anhuiPlan[:len(anhuiPlan)/2])}, exitFailed, "plan.yaml:"},
		{"aliases in a circle", []string{"import", "plan", write(t, "plan.yaml", []byte("a: &a\n  b: *a\n"))}, exitFailed, "plan.yaml:"},
		{"not a plan", []string{"import", "plan", write(t, "plan.yaml", []byte("key: x\n"))}, exitFailed, "plan.yaml:1"},
		{"not a tree", []string{"import", "divisions", write(t, "tree.csv", []byte("a,b\n1,2\n"))}, exitFailed, "tree.csv:1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, out, complaint := told(t, url, "a password that is fine\n", c.args...)
			if code != c.code || !strings.Contains(complaint, c.want) {
				t.Errorf("exit %d, wrote %q and %q", code, out, complaint)
			}
		})
	}
}

func TestWrongSettingsAreAllTold(t *testing.T) {
	t.Setenv("PILOTBOARD_DATABASE_URL", "mysql://x")
	t.Setenv("PILOTBOARD_REPLICA_URLS", "postgres://replica.example.org/pilotboard, mysql://user:SECRET@x")
	t.Setenv("PILOTBOARD_ADDR", "nowhere")
	t.Setenv("PILOTBOARD_BASE_URL", "ftp://x")
	t.Setenv("PILOTBOARD_TODAY", "yesterday")
	t.Setenv("PILOTBOARD_EVIDENCE_URL", "http://x")
	t.Setenv("PILOTBOARD_SMTP_URL", "smtp://user:SECRET@mail.example.org")      // from nobody
	t.Setenv("PILOTBOARD_WEBHOOK_URL", "https://robot.example.org/?key=SECRET") // of no format
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"migrate", "up"}, streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
	if lines := strings.Count(strings.TrimSpace(stderr.String()), "\n") + 1; code != exitUsage || lines != 8 || strings.Contains(stderr.String(), "SECRET") {
		t.Errorf("exit %d, wrote %d lines:\n%s", code, lines, stderr.String())
	}
}
