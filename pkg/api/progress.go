package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Head says what an answer of figures is about and how fresh it is. It is exported for huma, which
// looks into exported fields only.
type Head struct {
	Next    string         `json:"next" doc:"Cursor of the next page; empty on the last."`
	Scope   string         `json:"scope" doc:"Code of the division, or key of the unit, that was asked about."`
	Period  period.Quarter `json:"period"`
	Basis   string         `json:"basis" enum:"accepted,submitted"`
	Tree    string         `json:"tree" enum:"then,now"`
	AsOf    *time.Time     `json:"as_of" doc:"The moment of knowledge that was asked for; without one, when the figures last changed."`
	Version int64          `json:"version" doc:"Number of the last change of any figure."`
}

func headOf(a analytics.Answer) Head {
	h := Head{
		Next: a.Next, Scope: a.Scope.Division.Code, Period: a.Period, Basis: string(a.Basis), Tree: string(a.Tree),
		AsOf: moment(a.Freshness.RefreshedAt), Version: a.Freshness.Version,
	}
	if !a.AsOf.IsZero() {
		h.AsOf = moment(a.AsOf)
	}
	if a.Scope.Unit != nil {
		h.Scope = a.Scope.Unit.Key
	}
	return h
}

// progress is the answer about planned and earned. Percentages are in percent; null means that there
// is no figure, which is not 0.
type progress struct {
	Rows []progressRow `json:"rows" nullable:"false"`
	Head
}

type progressRow struct {
	Key      string   `json:"key" doc:"direct: units that lie in none of the rows."`
	Name     string   `json:"name"`
	Planned  *float64 `json:"planned"`
	Earned   *float64 `json:"earned"`
	Gap      *float64 `json:"gap" doc:"planned - earned, in percentage points."`
	SPI      *float64 `json:"spi" doc:"earned / planned."`
	Light    *string  `json:"light" enum:"done,not_reported,severe,behind,watch,on_track"`
	Overdue  int64    `json:"overdue" doc:"Milestones past their due quarter and not complete."`
	Expected int64    `json:"expected"`
	Reported int64    `json:"reported" doc:"Units with any accepted report up to the quarter: those in the means."`
	Pace     *pace    `json:"pace"`

	Frozen   bool            `json:"frozen,omitempty" doc:"Of a unit: the light is the one of the quarter's lock date, for ever."`
	MadeUp   *period.Quarter `json:"made_up,omitempty" doc:"Of a unit with a frozen light: the quarter in which what was missing was made up."`
	Override *overridden     `json:"override,omitempty" doc:"Of a unit: the light was set by hand."`
}

// overridden is who set a light by hand, why, and what the rules say.
type overridden struct {
	Computed string    `json:"computed" doc:"The light by the rules."`
	Reason   string    `json:"reason"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// TransformSchema says that light and pace may be null, which huma says of plain values only.
func (progressRow) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["light"].Enum = append(s.Properties["light"].Enum, nil)
	s.Properties["pace"] = &huma.Schema{AnyOf: []*huma.Schema{s.Properties["pace"], {Type: "null"}}}
	return s
}

// pace is arithmetic on the planned curve, not a forecast.
type pace struct {
	QuartersAhead    float64         `json:"quarters_ahead" doc:"Negative when behind."`
	DoneBy           *period.Quarter `json:"done_by" doc:"At this pace; null when never."`
	NeededPerQuarter *float64        `json:"needed_per_quarter" doc:"Percentage points, to finish by the plan's end."`
}

type progressQuery struct {
	Scope  string `query:"scope" example:"340000" doc:"Code of a division valid at the period; the caller's whole scope without."`
	Unit   string `query:"unit" doc:"Key of one unit, instead of a scope."`
	Period string `query:"period" example:"2019Q3" doc:"The latest quarter that has ended without."`
	By     string `query:"by" default:"city" enum:"province,city,county,unit,batch,type,workstream,milestone,period"`
	Batch  string `query:"batch"`
	Type   string `query:"type" enum:"district,street,community"`
	Knowledge
	Cursor string `query:"cursor" doc:"The next of the page before, by unit."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Units per page; 200 without."`
}

func (s *Server) showProgress(ctx context.Context, actor accounts.Actor, in *progressQuery) (progress, error) {
	q, err := quarterParameter("period", in.Period)
	if err != nil {
		return progress{}, err
	}
	query := analytics.Query{
		Scope: in.Scope, Unit: in.Unit, Period: q, By: analytics.By(in.By), Batch: in.Batch, Type: in.Type,
		After: in.Cursor, Limit: in.Limit,
	}
	if err := in.ask(&query); err != nil {
		return progress{}, err
	}
	found, err := s.Figures.Progress(ctx, actor, query)
	if err != nil {
		return progress{}, err
	}
	answer := progress{Rows: []progressRow{}, Head: headOf(found)}
	printer := requestOf(ctx).printer
	for _, r := range found.Rows {
		answer.Rows = append(answer.Rows, newProgressRow(r, rowName(printer, in.By, r.Key, r.Name)))
	}
	return answer, nil
}

func newProgressRow(r analytics.Row, name string) progressRow {
	row := progressRow{
		Key: r.Key, Name: name, Light: orNull(string(r.Light)), Overdue: r.Overdue, Expected: r.Expected, Reported: r.Reported,
	}
	if r.HasFigures {
		row.Planned, row.Earned = percent(r.Planned), percent(r.Earned)
		row.Gap = percent(plan.Fraction(r.Gap * millionth))
	}
	if spi, ok := r.SPI(); ok {
		ratio := float64(spi) / 100
		row.SPI = &ratio
	}
	row.Frozen, row.MadeUp = r.Frozen, orNull(r.MadeUp)
	if o := r.Override; o != nil {
		row.Override = &overridden{Computed: string(o.Computed), Reason: o.Reason, By: o.By, At: o.At}
	}
	if r.Pace != nil {
		row.Pace = &pace{QuartersAhead: r.Pace.QuartersAhead, DoneBy: orNull(r.Pace.DoneBy)}
		if r.Pace.HasNeeded {
			row.Pace.NeededPerQuarter = &r.Pace.NeededPerQuarter
		}
	}
	return row
}

// millionth is the unit of gaps, as a fraction.
const millionth = int64(plan.One) / 1_000_000

func percent(f plan.Fraction) *float64 {
	p := f.PercentFloat2()
	return &p
}

// rowName names in the caller's language the rows that the plan and the tree do not name.
func rowName(p locale.Printer, by, key, name string) string {
	switch {
	case key == analytics.Direct && name == analytics.Direct:
		return p.T("api.direct")
	case by == string(analytics.ByType):
		return p.UnitType(key)
	}
	return name
}
