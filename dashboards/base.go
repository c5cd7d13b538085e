package dashboards

import (
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/plan"
)

// Colours as in the style sheet (pkg/web/static/app.css).
const (
	inkSoft = "#54627a"
	rule    = "#dbe1ea"
	accent  = "#1d5fae"
	red     = "#c0281f"
	white   = "#ffffff"
	ink     = "#1f2b3a"
)

// batchColours tell batches apart; none of them is the colour of a light. Lines also differ by symbol.
var (
	batchColours = []string{accent, "#7b3fa0", "#00796b", "#8d6e00", "#b0446e", "#4a5a6a"}
	batchSymbols = []string{"circle", "rect", "triangle", "diamond", "roundRect", "pin"}
)

// look is how a light is drawn: colour, mark, and the colour of text on it. Every light is also named.
type look struct{ colour, mark, text string }

var looks = map[analytics.Light]look{
	analytics.Done:        {"#1e7a4c", "●", white},
	analytics.OnTrack:     {"#4fa677", "✓", ink},
	analytics.Watch:       {"#3f7fd1", "◆", white},
	analytics.Behind:      {"#d99a00", "▲", ink},
	analytics.Severe:      {red, "■", white},
	analytics.NotReported: {"#a9b2bf", "○", ink},
}

// LightLabel names a light with its mark: `▲ 滞后`.
func LightLabel(l analytics.Light, p locale.Printer) string {
	return looks[l].mark + " " + p.Light(string(l))
}

// point is one value of a series, in the shape that ECharts and the drawing script read: a nil Value
// is "not reported", Tip the words for it in the tooltip, URL where a click leads.
type point struct {
	Name      string          `json:"name,omitempty"` // of a place on a map
	Value     *float64        `json:"value"`
	Tip       string          `json:"tip,omitempty"`
	Quiet     bool            `json:"quiet,omitempty"` // left out of the tooltip of an axis
	URL       string          `json:"url,omitempty"`
	Label     *label          `json:"label,omitempty"`
	ItemStyle *opts.ItemStyle `json:"itemStyle,omitempty"`
}

// label is the text beside a point.
type label struct {
	Show            bool   `json:"show"`
	Position        string `json:"position,omitempty"`
	Formatter       string `json:"formatter,omitempty"`
	Color           string `json:"color,omitempty"`
	FontWeight      string `json:"fontWeight,omitempty"`
	FontSize        int    `json:"fontSize,omitempty"`
	LineHeight      int    `json:"lineHeight,omitempty"`
	VerticalAlign   string `json:"verticalAlign,omitempty"`
	Distance        int    `json:"distance,omitempty"`
	BackgroundColor string `json:"backgroundColor,omitempty"`
	Padding         []int  `json:"padding,omitempty"`
}

// points puts the product's own points in place of the library's, which know neither tip nor address.
func points(list []point) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.Data = list })
}

// height gives a fraction as a number on a percent axis; words are always made from the fraction.
func height(f plan.Fraction) *float64 {
	percent := float64(f) / float64(plan.One/100)
	return &percent
}

// percentText gives `68.8%`.
func percentText(p locale.Printer, f plan.Fraction) string { return p.Percent(f.Percent(1)) }

// pointsText gives a gap, in millionths of one, as a number of percentage points.
func pointsText(gap int64) string { return plan.Fraction(gap * 1000).Percent(1) }

// plain takes out of a text what ECharts would read as a template.
var plain = strings.NewReplacer("{", "｛", "}", "｝", "|", "｜")

// base is what all charts have in common. ECharts 6 centres titles and puts the legend below unless
// told otherwise; the page has the title, and the legend stands above the drawing.
func base(names []string, tooltip opts.Tooltip, grid opts.Grid) []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithInitializationOpts(opts.Initialization{Theme: "own"}), // else the library's palette goes along
		charts.WithTitleOpts(opts.Title{Show: opts.Bool(false)}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(true), Left: "0", Top: "0", ItemWidth: 22, ItemHeight: 10, Data: names}),
		charts.WithTooltipOpts(tooltip),
		charts.WithGridOpts(grid),
		charts.WithAriaOpts(&opts.Aria{Enabled: opts.Bool(true)}),
	}
}

func axisLine() *opts.AxisLine {
	return &opts.AxisLine{LineStyle: &opts.LineStyle{Color: inkSoft}}
}
