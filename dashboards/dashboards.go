// Package dashboards turns results of pkg/analytics into charts: ECharts options and, for every chart,
// the same figures as a table of text. One file per chart. It computes no figure, asks no database and
// knows nothing of HTTP; it is the only package that knows the chart library. Options are data for
// pkg/web's own drawing script: the library's HTML is never used, because a name that holds a closing
// script tag breaks out of it.
package dashboards

import (
	"encoding/json"
	"fmt"

	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// Chart is a chart as a page needs it. ID is unique in a page and stands in the document as it is;
// Option is JSON in which < > & are escaped. Shapes is the address of the map that it is drawn on, if any.
type Chart struct {
	ID     string
	Option json.RawMessage
	Table  Table
	Shapes string
}

// Reader is for whom and when a chart is drawn. AsOf tells that Today is not the present day but the one
// of the knowledge that was asked for. Link gives the address that a quarter's point opens; it may be nil,
// or give the empty text.
type Reader struct {
	Printer locale.Printer
	Today   period.Date
	AsOf    bool
	Link    func(period.Quarter) string
}

// dayName names the line that stands for Today.
func (r Reader) dayName() string {
	if r.AsOf {
		return r.Printer.T("dashboards.as_of_day")
	}
	return r.Printer.T("dashboards.today")
}

func (r Reader) link(q period.Quarter) string {
	if r.Link == nil {
		return ""
	}
	return r.Link(q)
}

// drawable is a chart of the library.
type drawable interface {
	Validate()
	JSON() map[string]any
}

func newChart(id string, d drawable, table Table) (Chart, error) {
	d.Validate()
	option, err := json.Marshal(d.JSON())
	if err != nil {
		return Chart{}, fmt.Errorf("write the options of chart %s: %w", id, err)
	}
	return Chart{ID: id, Option: option, Table: table}, nil
}
