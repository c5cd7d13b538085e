package web

import (
	"fmt"
	"strconv"

	"pilotboard/dashboards"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/plan"
)

// noFigure stands where there is nothing to show; missing is never 0.
const noFigure = "—"

// figureCard is one headline figure. Tone is "", "done", "behind" or "severe".
type figureCard struct {
	Name, Value, Unit, Note, Tone, URL string
}

// chartCard is a chart with the words that stand for it where it cannot be seen.
type chartCard struct {
	dashboards.Chart
	Label string
	Short bool
	Open  bool // its table is shown from the start
}

// figureRow is a row's figures in words.
type figureRow struct {
	Planned, Earned, Gap, SPI string
	Light                     analytics.Light
	Counts                    string
}

func figuresOf(words locale.Printer, r analytics.Row) figureRow {
	f := figureRow{Planned: noFigure, Earned: noFigure, Gap: noFigure, SPI: noFigure, Light: r.Light,
		Counts: countText(r.Reported, r.Expected)}
	if r.HasFigures {
		f.Planned, f.Earned, f.Gap = percentText(words, r.Planned), percentText(words, r.Earned), gapColumn(words, r.Gap)
		f.SPI = spiText(r)
	}
	return f
}

func percentText(words locale.Printer, f plan.Fraction) string { return words.Percent(f.Percent(1)) }

func countText(n, of int64) string { return fmt.Sprintf("%d/%d", n, of) }

// rateText gives a share of the expected reports; without any there is none.
func rateText(words locale.Printer, rate plan.Fraction, ok bool) string {
	if !ok {
		return noFigure
	}
	return percentText(words, rate)
}

func spiText(r analytics.Row) string {
	spi, ok := r.SPI()
	if !ok {
		return noFigure
	}
	return fmt.Sprintf("%d.%02d", spi/100, spi%100)
}

// pointsText gives a gap, which is in millionths, as a number of percentage points without its sign.
func pointsText(gap int64) string { return plan.Fraction(max(gap, -gap) * 1000).Percent(1) }

// gapText says how far behind or ahead, in percentage points.
func gapText(words locale.Printer, gap int64) string {
	points := pointsText(gap)
	switch {
	case gap > 0 && points == "0.0":
		return words.T("figure.just_behind")
	case gap > 0:
		return words.T("figure.behind", points)
	case points == "0.0":
		return words.T("figure.level")
	}
	return words.T("figure.ahead", points)
}

// gapColumn is gapText under a heading that names the unit.
func gapColumn(words locale.Printer, gap int64) string {
	switch points := pointsText(gap); {
	case points == "0.0" && gap <= 0:
		return points
	case points == "0.0":
		return words.T("figure.just_behind_short")
	case gap > 0:
		return words.T("figure.behind_short", points)
	default:
		return words.T("figure.ahead_short", points)
	}
}

// freshText says how fresh the figures are and how many of the expected reports they rest on.
func freshText(words locale.Printer, f analytics.Freshness, total analytics.Row) string {
	if f.Version == 0 {
		return words.T("figure.never_refreshed")
	}
	return words.T("figure.fresh", f.RefreshedAt, f.Version, total.Accepted, total.Expected)
}

// planIsSample tells whether any milestone of the plan is invented.
func planIsSample(p *plan.Plan) bool {
	for _, w := range p.Workstreams {
		for _, m := range w.Milestones {
			if m.Sample {
				return true
			}
		}
	}
	return false
}

// paceLines puts the arithmetic on the plan's curve into words; it is not a forecast and says so.
func paceLines(words locale.Printer, p *plan.Plan, r analytics.Row) []string {
	pace := r.Pace
	if pace == nil {
		return nil
	}
	var lines []string
	switch ahead := strconv.FormatFloat(max(pace.QuartersAhead, -pace.QuartersAhead), 'f', -1, 64); {
	case ahead == "0":
		lines = append(lines, words.T("unit.pace_level"))
	case pace.QuartersAhead > 0:
		lines = append(lines, words.T("unit.pace_ahead", ahead))
	default:
		lines = append(lines, words.T("unit.pace_behind", ahead))
	}
	if r.Earned == plan.One {
		return lines
	}
	if pace.DoneBy != 0 {
		lines = append(lines, words.T("unit.pace_done", pace.DoneBy))
	}
	if pace.HasNeeded {
		needed := strconv.FormatFloat(pace.NeededPerQuarter, 'f', -1, 64)
		lines = append(lines, words.T("unit.pace_needed", p.Last, needed))
	}
	return lines
}
