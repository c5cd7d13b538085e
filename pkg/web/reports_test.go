package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// TestChoicesOfSeveralForms: a quarter that was opened for two forms is offered once, and only for the form
// that is chosen.
func TestChoicesOfSeveralForms(t *testing.T) {
	q3, q2 := period.MustParse("2019Q3"), period.MustParse("2019Q2")
	calendar := []reporting.Calendar{{Form: "burden", Period: q3}, {Form: "progress", Period: q3}, {Form: "progress", Period: q2}}
	quarters := func(f reporting.Filter) []string {
		texts := []string{}
		for _, one := range calendarChoices(locale.For(locale.Chinese), calendar, f) {
			text := one.Value
			if one.Chosen {
				text += " chosen"
			}
			texts = append(texts, text)
		}
		return texts
	}
	for _, c := range []struct {
		filter reporting.Filter
		want   []string
	}{
		{reporting.Filter{}, []string{"2019Q3", "2019Q2"}},
		{reporting.Filter{Form: "burden", Period: q3}, []string{"2019Q3 chosen"}},
		{reporting.Filter{Form: "progress", Period: q2}, []string{"2019Q3", "2019Q2 chosen"}},
		{reporting.Filter{Form: "none"}, []string{}},
	} {
		if diff := cmp.Diff(c.want, quarters(c.filter)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.filter, diff)
		}
	}
	list := formChoices([]forms.Form{{Key: "progress", Title: "进度"}, {Key: "burden", Title: "减负"}}, "burden")
	if len(list) != 2 || list[0].Chosen || !list[1].Chosen || list[1].Name != "减负" {
		t.Errorf("%+v", list)
	}
}
