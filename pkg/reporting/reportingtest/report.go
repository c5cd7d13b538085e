package reportingtest

import (
	"context"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// Values are cells as typed: item → text.
type Values map[string]string

// Community is a right report of a community unit of the first batch.
var Community = Values{"m1_1": "true", "m1_2": "40", "m1_3": "12.5", "m2_1": "70", "practices": "开展入户宣传。"}

// Ref names a report of the form.
func Ref(unit, quarter string) reporting.Ref {
	return reporting.Ref{Unit: unit, Form: Form, Period: period.MustParse(quarter)}
}

// On runs fn on another day and then goes back to this one.
func (p *Province) On(day string, fn func()) {
	now := p.Clock.Now()
	p.Clock.Set(day)
	defer p.Clock.set(now)
	fn()
}

// Save fills cells of a draft as the unit's clerk, today.
func (p *Province) Save(t testing.TB, unit, quarter string, values Values) reporting.Report {
	t.Helper()
	ctx, clerk := context.Background(), p.Actor(t, "clerk-"+unit)
	report := p.Report(t, unit, quarter)
	edit := reporting.Edit{Version: report.Version, Values: map[string]any{}}
	for item, text := range values {
		edit.Values[item] = text
	}
	saved, err := p.Reports.Save(ctx, clerk, Ref(unit, quarter), edit)
	if err != nil {
		t.Fatalf("save %s %s: %v", unit, quarter, err)
	}
	return saved
}

// Submit fills cells and files the report as the unit's clerk, today.
func (p *Province) Submit(t testing.TB, unit, quarter string, values Values) reporting.Report {
	t.Helper()
	saved := p.Save(t, unit, quarter, values)
	filed, err := p.Reports.Submit(context.Background(), p.Actor(t, "clerk-"+unit), Ref(unit, quarter), saved.Version)
	if err != nil {
		t.Fatalf("submit %s %s: %v", unit, quarter, err)
	}
	return filed
}

// Accept accepts a submitted report as the monitor, today.
func (p *Province) Accept(t testing.TB, unit, quarter string) reporting.Report {
	t.Helper()
	accepted, err := p.Reports.Accept(context.Background(), p.Actor(t, "monitor"), Ref(unit, quarter), 0)
	if err != nil {
		t.Fatalf("accept %s %s: %v", unit, quarter, err)
	}
	return accepted
}

// Past files and accepts the report of an earlier quarter, five days after the quarter's end.
func (p *Province) Past(t testing.TB, unit, quarter string, values Values) {
	t.Helper()
	day := period.MustParse(quarter).Last().AddDays(5)
	p.On(day.String(), func() {
		p.Submit(t, unit, quarter, values)
		p.Accept(t, unit, quarter)
	})
}

// Report gives a report as the monitor sees it.
func (p *Province) Report(t testing.TB, unit, quarter string) reporting.Report {
	t.Helper()
	report, err := p.Reports.Report(context.Background(), p.Actor(t, "monitor"), Ref(unit, quarter))
	if err != nil {
		t.Fatalf("report %s %s: %v", unit, quarter, err)
	}
	return report
}

// Return sends a submitted report back as the monitor, today.
func (p *Province) Return(t testing.TB, unit, quarter string) reporting.Report {
	t.Helper()
	returned, err := p.Reports.Return(context.Background(), p.Actor(t, "monitor"), Ref(unit, quarter), 0, "请核对。", nil)
	if err != nil {
		t.Fatalf("return %s %s: %v", unit, quarter, err)
	}
	return returned
}

// Withdraw takes a submitted report back as the unit's clerk, today.
func (p *Province) Withdraw(t testing.TB, unit, quarter string) reporting.Report {
	t.Helper()
	withdrawn, err := p.Reports.Withdraw(context.Background(), p.Actor(t, "clerk-"+unit), Ref(unit, quarter), 0)
	if err != nil {
		t.Fatalf("withdraw %s %s: %v", unit, quarter, err)
	}
	return withdrawn
}

// Burden is the key of a second form, which counties and cities file; see BurdenForm.
const Burden = "burden"

// BurdenForm publishes a small form of counties (340104, 340181, 340705) and cities (340100, 340700),
// reviewed by the city and then the province, and makes the obligations that it calls for.
func (p *Province) BurdenForm(t testing.TB) {
	t.Helper()
	if _, err := p.Forms.Import(context.Background(), accounts.System("test"), "burden.yaml", burdenFile, "", false); err != nil {
		t.Fatalf("import the form: %v", err)
	}
	p.OpenPeriods(t)
}

// BurdenRef names a report of BurdenForm.
func BurdenRef(unit, quarter string) reporting.Ref {
	return reporting.Ref{Unit: unit, Form: Burden, Period: period.MustParse(quarter)}
}
