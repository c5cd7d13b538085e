package ledger_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

func TestActEntries(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		q := period.MustParse("2019Q3")
		entry := func(unit int64, act, form string, q period.Quarter, n int) ledger.Entry {
			return ledger.Entry{At: at, Act: act, Unit: unit, Form: form, Period: q, Detail: map[string]int{"n": n}}
		}
		f.record(t, entry(7, "a", "progress", q, 1), entry(8, "a", "progress", q, 2))
		f.record(t, entry(7, "b", "progress", q, 3))
		f.record(t, entry(7, "a", "burden", q, 4))
		f.record(t, entry(7, "c", "progress", q, 5))
		f.record(t, entry(7, "a", "progress", q+1, 6))
		for _, c := range []struct {
			of   ledger.Report
			acts []string
			most int
			want []int
		}{
			{ledger.Report{Unit: 7}, []string{"a", "b"}, 10, []int{1, 3, 4, 6}},
			{ledger.Report{Unit: 7}, []string{"a", "b"}, 2, []int{4, 6}},
			{ledger.Report{Unit: 7, Form: "progress", Period: q}, []string{"a", "b", "c"}, 10, []int{1, 3, 5}},
			{ledger.Report{Unit: 0}, []string{"a"}, 10, nil},
		} {
			entries, err := ledger.ActEntries(t.Context(), f.db, c.of, c.acts, c.most)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, e := range entries {
				var detail struct{ N int }
				if err := json.Unmarshal(e.Detail.(json.RawMessage), &detail); err != nil {
					t.Fatal(err)
				}
				got = append(got, detail.N)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(fmt.Sprintf("%+v", c), diff)
			}
		}
	})
}
