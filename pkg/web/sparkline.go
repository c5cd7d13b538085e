package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// The box that a line is drawn in, in its own units; the stroke stays inside.
const (
	lineWidth  = 96
	lineHeight = 20
)

// point is the value of a cell in one period; without one the line has a gap.
type point struct {
	period period.Quarter
	value  int64
	given  bool
}

func pointOf(q period.Quarter, v forms.Value) point {
	return point{q, v.Number, v.State == forms.Given}
}

// sparkline draws values over time as the path of an SVG, lowest value at the bottom; a period without
// a value leaves a gap. Fewer than two values make no line.
func sparkline(points []point) string {
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.period, b.period) })
	var low, high int64
	count := 0
	for _, p := range points {
		if p.given && (count == 0 || p.value < low) {
			low = p.value
		}
		if p.given && (count == 0 || p.value > high) {
			high = p.value
		}
		if p.given {
			count++
		}
	}
	if count < 2 {
		return ""
	}
	var path strings.Builder
	draw := "M"
	for i, p := range points {
		if !p.given {
			draw = "M"
			continue
		}
		y := lineHeight / 2.0
		if high > low {
			y = 2 + (lineHeight-4)*float64(high-p.value)/float64(high-low)
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", draw, 2+(lineWidth-4)*float64(i)/float64(len(points)-1), y)
		draw = "L"
	}
	return path.String()
}
