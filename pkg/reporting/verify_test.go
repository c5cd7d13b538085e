package reporting_test

import (
	"maps"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// unlock takes away what makes the tables append-only, as somebody with the database's password can.
func (p province) unlock(t *testing.T) {
	t.Helper()
	for _, table := range []string{"revisions", "acceptances"} {
		if p.DB.Dialect() == database.SQLite {
			p.exec(t, "DROP TRIGGER "+table+"_append_only_update")
			p.exec(t, "DROP TRIGGER "+table+"_append_only_delete")
		} else {
			p.exec(t, "DROP TRIGGER "+table+"_append_only ON "+table)
		}
	}
}

// restore puts the rows of a table back.
func (p province) restore(t *testing.T, table string, rows []map[string]any) {
	t.Helper()
	p.exec(t, "DELETE FROM "+table)
	for _, row := range rows {
		if err := p.DB.Read(t.Context()).Table(table).Create(maps.Clone(row)).Error; err != nil {
			t.Fatal(err)
		}
	}
}

// TestVerifyFindsWhatWasTamperedWith changes one thing at a time in a chain of four revisions, of which
// the third and the fourth were accepted, with a chain of one before it and one behind it.
func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		const unit, quarter = "community-01", "2019Q3"
		p.Past(t, unit, "2019Q2", reportingtest.Community)
		for range 2 {
			p.Submit(t, unit, quarter, reportingtest.Community)
			p.Withdraw(t, unit, quarter)
		}
		p.Submit(t, unit, quarter, typed{"m1_2": "50"})
		p.Accept(t, unit, quarter)
		_, err := p.do(t, "report.reopened", p.Actor(t, "monitor"), reportingtest.Ref(unit, quarter))
		wantFault(t, err, 0, "")
		p.Submit(t, unit, quarter, typed{"m1_2": "60"})
		p.Accept(t, unit, quarter)
		p.Submit(t, "community-02", quarter, typed{"m1_1": "true"})
		if checked, err := p.Reports.Verify(t.Context()); checked != 6 || err != nil {
			t.Fatalf("before anything: %d checked, err %v", checked, err)
		}
		p.unlock(t)

		first, second := p.Unit(t, unit).ID, p.Unit(t, "community-02").ID
		of := func(no int) string {
			return " WHERE unit_id = ? AND period = '2019Q3' AND no = " + string(rune('0'+no))
		}
		consistent := p.chain(t, unit, quarter)[1]
		consistent.Document = `{"values":{"m1_2":"99"},"not_applicable":[]}`
		type place struct {
			unit    int64
			quarter string
			no      int64
		}
		cases := []struct {
			name string
			sql  string
			args []any
			want place
		}{
			{"a value", "UPDATE revisions SET document = REPLACE(document, '\"m1_2\":\"60\"', '\"m1_2\":\"90\"')" + of(4), []any{first}, place{first, quarter, 4}},
			{"a space", "UPDATE revisions SET document = document || ' '" + of(1), []any{first}, place{first, quarter, 1}},
			{"who filed it", "UPDATE revisions SET submitted_by = 'monitor'" + of(2), []any{first}, place{first, quarter, 2}},
			{"when", "UPDATE revisions SET submitted_at = (SELECT MIN(submitted_at) FROM revisions)" + of(3), []any{first}, place{first, quarter, 3}},
			{"the form's version", "UPDATE revisions SET form_version = 2" + of(1), []any{second}, place{second, quarter, 1}},
			{"the hash", "UPDATE revisions SET hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'" + of(2), []any{first}, place{first, quarter, 2}},
			{"no hash", "UPDATE revisions SET hash = ''" + of(1), []any{first}, place{first, quarter, 1}},
			{"the link", "UPDATE revisions SET prev_hash = ''" + of(3), []any{first}, place{first, quarter, 3}},
			{"a value with its hash made anew", "UPDATE revisions SET document = ?, hash = ?" + of(2), []any{consistent.Document, consistent.hash(), first}, place{first, quarter, 2}},
			{"first one gone", "DELETE FROM revisions" + of(1), []any{first}, place{first, quarter, 2}},
			{"middle one gone", "DELETE FROM revisions" + of(2), []any{first}, place{first, quarter, 3}},
			{"last one gone", "DELETE FROM revisions" + of(4), []any{first}, place{first, quarter, 4}},
			{"last two gone", "DELETE FROM revisions WHERE unit_id = ? AND period = '2019Q3' AND no > 2", []any{first}, place{first, quarter, 3}},
			{"the only one gone", "DELETE FROM revisions" + of(1), []any{second}, place{second, quarter, 1}},
			{"renumbered", "UPDATE revisions SET no = 9" + of(4), []any{first}, place{first, quarter, 9}},
			{"moved to another quarter", "UPDATE revisions SET period = '2019Q1'" + of(1), []any{second}, place{second, "2019Q1", 1}},
			{"moved to another unit", "UPDATE revisions SET unit_id = unit_id + 1000" + of(1), []any{second}, place{second + 1000, quarter, 1}},
			{"an acceptance that nobody gave", "INSERT INTO acceptances SELECT unit_id, form, period, 2, accepted_at, accepted_by FROM acceptances" + of(4), []any{first}, place{first, quarter, 2}},
			{"an acceptance of nothing", "INSERT INTO acceptances SELECT unit_id, form, period, 7, accepted_at, accepted_by FROM acceptances" + of(4), []any{first}, place{first, quarter, 7}},
		}
		before := p.kept(t)
		for _, c := range cases {
			p.exec(t, c.sql, c.args...)
			if cmp.Equal(before, p.kept(t)) {
				t.Fatalf("%s: nothing was tampered with", c.name)
			}
			_, err := p.Reports.Verify(t.Context())
			wantFault(t, err, fault.Conflict, "verify.broken")
			f, _ := fault.As(err)
			name := map[int64]string{first: unit, second: "community-02"}[c.want.unit]
			if name == "" { // no unit at all
				name = strconv.FormatInt(c.want.unit, 10)
			}
			want := []any{name, reportingtest.Form, period.MustParse(c.want.quarter), c.want.no}
			if diff := cmp.Diff(want, f.Args); diff != "" {
				t.Errorf("%s:\n%s", c.name, diff)
			}
			p.restore(t, "revisions", before["revisions"])
			p.restore(t, "acceptances", before["acceptances"])
		}
		if checked, err := p.Reports.Verify(t.Context()); checked != 6 || err != nil {
			t.Fatalf("after restoring: %d checked, err %v", checked, err)
		}
	})
}

func TestVerifyOfNothing(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		if checked, err := p.Reports.Verify(t.Context()); checked != 0 || err != nil {
			t.Fatalf("%d checked, err %v", checked, err)
		}
	})
}
