package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms/formstest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

func checkedPath(ref reporting.Ref) string {
	return "/api/v1/reports/" + ref.Unit + "/" + ref.Form + "/" + ref.Period.String()
}

// TestVerdicts: what the API finds in the cases, as they are sent and as they are read back.
func TestVerdicts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		for _, c := range w.Checks(t) {
			t.Run(c.Name, func(t *testing.T) {
				edit, path := c.Edit(t, 1), checkedPath(c.Ref)
				body := map[string]any{"version": edit.Version, "values": edit.Values, "not_applicable": edit.NotApplicable}
				if edit.NotApplicable == nil {
					delete(body, "not_applicable")
				}
				for act, a := range map[string]answer{
					"saved": w.call(t, c.Filer, http.MethodPut, path, body).ok(t), "read": w.call(t, c.Filer, http.MethodGet, path, nil).ok(t),
				} {
					var told struct{ Findings []reportingtest.Told }
					if err := json.Unmarshal([]byte(a.raw), &told); err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(c.Found, told.Findings); diff != "" {
						t.Errorf("%s (-want +got):\n%s", act, diff)
					}
				}
			})
		}
	})
}

// TestRefusals: what a cell does not take is a problem with its code at its place, in words.
func TestRefusals(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		c := w.Checks(t)[0]
		for _, r := range formstest.Refusals(t) {
			a := w.call(t, c.Filer, http.MethodPut, checkedPath(c.Ref), map[string]any{"version": 1, "values": map[string]any{r.Item: r.Raw}})
			want := []any{map[string]any{"pointer": "/values/" + r.Item, "code": r.Key, "detail": locale.For(locale.Chinese).Message(r.Refused(t))}}
			if diff := cmp.Diff(want, a.refused(t, http.StatusUnprocessableEntity, "report.invalid").at(t, "errors")); diff != "" {
				t.Errorf("%s %.20q (-want +got):\n%s", r.Item, r.Raw, diff)
			}
		}
	})
}
