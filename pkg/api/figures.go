package api

import (
	"context"
	"encoding/json"
	"strings"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/yamlfile"
)

// figures is the answer about indicators and aggregates of items.
type figures struct {
	Rows []figureRow `json:"rows" nullable:"false"`
	Head
}

type figureRow struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Key       string `json:"key" doc:"direct: units that lie in none of the rows."`
	Name      string `json:"name"`
	Value     any    `json:"value" doc:"A number; a share in percent, rounded half-up to 2 decimals; money as text; null when there is no figure, which is not 0."`
	Reported  int64  `json:"reported" doc:"Reports with a value in the figure."`
	Expected  int64  `json:"expected"`
	Qualifier string `json:"qualifier" enum:"exact,rounded,at_least"`
	Break     bool   `json:"break" doc:"The definition is another than that of the row before, or values of two definitions meet."`
	Unit      string `json:"unit"`
}

type figuresQuery struct {
	IDs    string `query:"ids" example:"hub_organisations,burden.meetings" doc:"Ids of indicators, or FORM.ITEM for what an item adds up to, with commas between; all indicators without."`
	Scope  string `query:"scope" example:"340000" doc:"Code of a division valid at the period; the caller's whole scope without."`
	Unit   string `query:"unit" doc:"Key of one unit, instead of a scope."`
	Period string `query:"period" example:"2019Q3" doc:"The latest quarter that has ended without."`
	By     string `query:"by" default:"province" enum:"province,city,county,batch,type,period"`
	Batch  string `query:"batch"`
	Type   string `query:"type" enum:"district,street,community"`
	Span   string `query:"span" default:"quarter" enum:"quarter,year,plan" doc:"What amounts are added up over: the quarter, the year to date, since the plan began."`
	Knowledge
}

func (in *figuresQuery) query(q period.Quarter) (analytics.FigureQuery, error) {
	asked := analytics.FigureQuery{
		Query: analytics.Query{
			Scope: in.Scope, Unit: in.Unit, Period: q, By: analytics.By(in.By), Batch: in.Batch, Type: in.Type,
		},
		Span: analytics.Span(in.Span),
	}
	if err := in.ask(&asked.Query); err != nil {
		return asked, err
	}
	for id := range strings.SplitSeq(in.IDs, ",") {
		if id = strings.TrimSpace(id); id != "" {
			asked.IDs = append(asked.IDs, id)
		}
	}
	if len(asked.IDs) == 0 {
		for _, i := range analytics.Indicators() {
			asked.IDs = append(asked.IDs, i.ID)
		}
	}
	return asked, nil
}

func (s *Server) showFigures(ctx context.Context, actor accounts.Actor, in *figuresQuery) (figures, error) {
	q, err := quarterParameter("period", in.Period)
	if err != nil {
		return figures{}, err
	}
	asked, err := in.query(q)
	if err != nil {
		return figures{}, err
	}
	found, err := s.Figures.Figures(ctx, actor, asked)
	if err != nil {
		return figures{}, err
	}
	printer := requestOf(ctx).printer
	answer := figures{Rows: []figureRow{}, Head: headOf(analytics.Answer{
		Basis: found.Basis, AsOf: found.AsOf, Tree: found.Tree, Scope: found.Scope, Period: found.Period, Freshness: found.Freshness,
	})}
	for _, f := range found.Rows {
		answer.Rows = append(answer.Rows, newFigureRow(f, in.By, printer))
	}
	return answer, nil
}

// moneyUnit is the unit of amounts that may not lose digits.
const moneyUnit = "万元"

func newFigureRow(f analytics.Figure, by string, p locale.Printer) figureRow {
	row := figureRow{
		ID: f.ID, Title: f.Title(p), Key: f.Key, Name: rowName(p, by, f.Key, f.Name), Reported: f.Reported, Expected: f.Expected,
		Qualifier: string(f.Qualifier), Break: f.Break, Unit: f.Unit,
	}
	decimals := f.Decimals
	if f.Unit == "%" {
		decimals = 2
	} else if f.Scale > 1 {
		decimals = 0
	}
	number, has := f.Fixed(decimals)
	switch {
	case !has:
	case f.Unit == moneyUnit:
		row.Value = yamlfile.Fixed(number, decimals)
	default:
		row.Value = json.Number(yamlfile.Fixed(number, decimals))
	}
	return row
}
