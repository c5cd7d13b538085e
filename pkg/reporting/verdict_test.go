package reporting_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms/formstest"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestVerdicts: what is found when the cases are tried, saved and read is what the evaluator finds.
func TestVerdicts(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		for _, c := range p.Checks(t) {
			t.Run(c.Name, func(t *testing.T) {
				filer, edit := p.Actor(t, c.Filer), c.Edit(t, 1)
				tried, err := p.Reports.TrySave(t.Context(), filer, c.Ref, edit)
				if err != nil {
					t.Fatal(err)
				}
				saved, err := p.Reports.Save(t.Context(), filer, c.Ref, edit)
				if err != nil {
					t.Fatal(err)
				}
				read, err := p.Reports.Report(t.Context(), filer, c.Ref)
				if err != nil {
					t.Fatal(err)
				}
				c.Says(t, saved.Findings)
				for act, found := range map[string][]reportingtest.Told{
					"tried": reportingtest.Tell(tried), "saved": reportingtest.Tell(saved.Findings), "read": reportingtest.Tell(read.Findings),
				} {
					if diff := cmp.Diff(c.Found, found); diff != "" {
						t.Errorf("%s (-want +got):\n%s", act, diff)
					}
				}
			})
		}
	})
}

// TestRefusals: what a cell does not take is refused with its key, and nothing is saved.
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		c := p.Checks(t)[0]
		for _, r := range formstest.Refusals(t) {
			values := map[string]any{"registered": "1", r.Item: r.Raw}
			_, err := p.Reports.Save(t.Context(), p.Actor(t, c.Filer), c.Ref, reporting.Edit{Version: 1, Values: values})
			wantFault(t, err, fault.Invalid, "report.invalid")
			f, _ := fault.As(err)
			if diff := cmp.Diff([]fault.Field{{Name: r.Item, Message: r.Refused(t)}}, f.Fields); diff != "" {
				t.Errorf("%s %.20q (-want +got):\n%s", r.Item, r.Raw, diff)
			}
		}
		if report, err := p.Reports.Report(t.Context(), accounts.System("test"), c.Ref); err != nil || len(report.Values) != 0 {
			t.Errorf("the report holds %v, err %v", report.Values, err)
		}
	})
}
