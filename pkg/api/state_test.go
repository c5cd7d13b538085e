package api_test

import (
	"context"
	"encoding/json"
	"testing"
)

// state gives everything that a call could have changed.
func (w *world) state(t *testing.T) string {
	t.Helper()
	all := map[string]any{}
	for _, query := range []string{
		"SELECT * FROM reports ORDER BY unit_id, form, period",
		"SELECT * FROM revisions ORDER BY unit_id, form, period, no",
		"SELECT * FROM acceptances ORDER BY unit_id, form, period, no",
		"SELECT count(*) AS n FROM ledger WHERE act LIKE 'report.%' OR act LIKE 'supervision.%' OR act LIKE 'calendar.%'",
		"SELECT * FROM evidence_files ORDER BY unit_id, hash",
		"SELECT * FROM supervision_orders ORDER BY unit_id, no",
		"SELECT * FROM periods ORDER BY form, period",
		"SELECT * FROM ledger_feed ORDER BY entry_id",
	} {
		var rows []map[string]any
		if err := w.DB.Read(context.Background()).Raw(query).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		all[query] = rows
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
