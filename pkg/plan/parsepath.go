package plan

import (
	"regexp"
	"strconv"
	"strings"

	"pilotboard/pkg/period"
)

// path reads path, due, start and points of a milestone; due names the batches it applies to.
func (p *parser) path(kind place, f map[string]place) Path {
	path := Path{Kind: PathKind(p.choice(kind, "", string(Step), string(Even), string(Custom))), Due: map[string]period.Quarter{}}
	if due := f["due"]; due.node != nil {
		path.Due = p.byBatch(due)
		if len(path.Due) == 0 {
			p.wrong(due, "plan.file.empty")
		}
	}
	start, points := f["start"], f["points"]
	if start.node != nil && path.Kind != Even {
		p.wrong(start, "plan.file.only_even")
	}
	if points.node != nil && path.Kind != Custom {
		p.wrong(points, "plan.file.only_custom")
	}
	switch {
	case path.Kind == Even && start.node == nil:
		p.wrong(kind, "plan.file.missing", "start")
	case path.Kind == Even:
		path.Start = p.byBatch(start)
		p.sameBatches(start, path.Due, func(batch string) bool { return path.Start[batch] != 0 })
		for batch, first := range path.Start {
			if due := path.Due[batch]; due != 0 && first > due {
				p.wrong(start, "plan.file.start_after_due", batch)
			}
		}
	case path.Kind == Custom && points.node == nil:
		p.wrong(kind, "plan.file.missing", "points")
	case path.Kind == Custom:
		path.Points = map[string][]Point{}
		for _, batch := range p.pairs(points) {
			path.Points[batch.key] = p.points(batch.value, path.Due[batch.key])
			p.knownBatch(batch)
		}
		p.sameBatches(points, path.Due, func(batch string) bool { return len(path.Points[batch]) > 0 })
	}
	return path
}

// byBatch reads batch: quarter pairs.
func (p *parser) byBatch(at place) map[string]period.Quarter {
	quarters := map[string]period.Quarter{}
	for _, pair := range p.pairs(at) {
		p.knownBatch(pair)
		if _, twice := quarters[pair.key]; twice {
			p.wrong(pair.value, "plan.file.twice", pair.key)
		}
		quarters[pair.key] = p.inPeriod(pair.value)
	}
	return quarters
}

func (p *parser) knownBatch(batch pair) {
	if !p.plan.HasBatch(batch.key) {
		p.wrong(batch.value, "plan.file.unknown_batch", batch.key)
	}
}

func (p *parser) sameBatches(at place, due map[string]period.Quarter, has func(batch string) bool) {
	for _, b := range p.plan.Batches {
		if _, ok := due[b.Key]; ok && !has(b.Key) {
			p.wrong(at, "plan.file.missing", b.Key)
		}
	}
}

// points reads quarter: percent pairs of a custom path: quarters rising, percents not falling, the
// last one 100 in the due quarter.
func (p *parser) points(at place, due period.Quarter) []Point {
	var points []Point
	for _, pair := range p.pairs(at) {
		q, err := period.Parse(pair.key)
		if err != nil {
			p.wrong(pair.value, "period.invalid", pair.key)
			continue
		}
		point := Point{q, Ratio(int64(p.number(pair.value, 0, 0, 100)), 100)}
		if n := len(points); n > 0 && (point.Quarter <= points[n-1].Quarter || point.Fraction < points[n-1].Fraction) {
			p.wrong(pair.value, "plan.file.falling")
		}
		points = append(points, point)
	}
	if n := len(points); n == 0 || points[n-1].Fraction != One || (due != 0 && points[n-1].Quarter != due) {
		p.wrong(at, "plan.file.not_ending")
	}
	return points
}

func (p *parser) measure(at place) Measure {
	f := p.fields(at, []string{"form", "item", "type"}, []string{"target", "baseline", "unit", "decimals", "max", "definition"})
	m := Measure{
		Form: p.text(f["form"]), Item: p.newItem(f["item"]), Unit: p.text(f["unit"]), Definition: p.text(f["definition"]),
		Type: MeasureType(p.choice(f["type"], "", string(YesNo), string(Percent), string(Number), string(Count))),
	}
	if form := f["form"]; form.node != nil && m.Form != p.plan.Reporting.Form {
		p.wrong(form, "plan.file.unknown_form", m.Form)
	}
	absent := 0
	if m.Type == Percent {
		absent = 1
	}
	m.Decimals = p.number(f["decimals"], absent, 0, 4)
	if m.Decimals != 0 && (m.Type == YesNo || m.Type == Count) {
		p.wrong(f["decimals"], "plan.file.no_decimals")
	}
	m.Target, m.HasTarget = p.decimal(f["target"], m.Decimals)
	m.Baseline, _ = p.decimal(f["baseline"], m.Decimals)
	m.Max, _ = p.decimal(f["max"], m.Decimals)
	if !m.HasTarget && (m.Type == Number || m.Type == Count) {
		p.wrong(at, "plan.file.missing", "target")
	}
	if m.Type == Percent && (m.Target > 100*power(m.Decimals) || m.Baseline > 100*power(m.Decimals)) {
		p.wrong(at, "plan.file.over_hundred")
	}
	if m.Type == YesNo {
		m.HasTarget = false
	}
	return m
}

var decimalPattern = regexp.MustCompile(`^\d{1,12}(\.\d+)?$`)

// decimal reads a number that is not negative, in the smallest unit of so many decimals.
func (p *parser) decimal(at place, decimals int) (n int64, ok bool) {
	if at.node == nil {
		return 0, false
	}
	if at.node.Tag == "!!bool" && at.node.Value == "true" { // the target of a yes/no
		return 1, true
	}
	whole, part, _ := strings.Cut(at.node.Value, ".")
	part = strings.TrimRight(part, "0")
	if !decimalPattern.MatchString(at.node.Value) || len(part) > decimals {
		p.wrong(at, "plan.file.not_decimal", at.node.Value, decimals)
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", decimals-len(part)), 10, 64)
	if err != nil {
		p.wrong(at, "plan.file.not_decimal", at.node.Value, decimals)
	}
	return n, err == nil
}
