package web

import (
	"cmp"
	"slices"
	"strconv"

	"pilotboard/dashboards"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/plan"
)

// What a slide can hold and still be read from afar.
const (
	mostBehind  = 5
	mostMissing = 7
	mostBars    = 18
)

// standSlide is planned against actual as one pair of figures, and how the lights are spread.
type standSlide struct {
	Verdict         string
	Batches         string          // how the batches differ, where there are several
	Light           analytics.Light // of the verdict
	Earned, Planned string
	Long            bool // one of them needs more room than usual
	Bar             bar
	Facts           []screenFact
	Lights          []lightCount
	Chart           chartCard
}

type screenFact struct{ Name, Value, Note string }

type lightCount struct {
	Light analytics.Light
	Count int64
}

// bar is an actual fraction with the mark of the planned one, as lengths in percent.
type bar struct {
	Light           analytics.Light
	Earned, Planned string
	HasFigures      bool
}

// barRow compares one division or workstream with its plan.
type barRow struct {
	Name, Note string
	figureRow
	Bar bar
}

// behindSlide is who is furthest behind and who has not reported.
type behindSlide struct {
	Rows          []behindUnit
	Nobody        string // instead of rows
	Missing       int64
	MissingTitle  string
	MissingUnits  []missingUnit
	More          int64
	NobodyMissing string // instead of names
}

type behindUnit struct {
	behindRow
	Reason string
}

type missingUnit struct{ Name, State string }

// screenBuilder puts figures into the words of slides.
type screenBuilder struct {
	homeBuilder
	screen screenFigures
	held   string // the one slide that is asked for
}

func (b screenBuilder) fill(data *screenData) error {
	data.Place, data.Version = b.words.T("screen.heading", b.scopeName()), b.screen.version
	data.Quarter, data.Sample = b.words.Quarter(b.answer.Period), b.demo || planIsSample(b.plan)
	data.Fresh = b.words.T("figure.never_refreshed")
	if f := b.answer.Freshness; f.Version > 0 {
		data.Fresh = b.words.T("screen.fresh", f.RefreshedAt, b.answer.Total.Accepted, b.answer.Total.Expected)
	}
	if b.answer.Total.Expected == 0 {
		data.Slides = []slide{{Key: slideStand, Title: b.words.T("screen.stand"), Empty: b.words.T("home.no_units")}}
		return nil
	}
	stand, err := b.stand()
	if err != nil {
		return err
	}
	curve, err := b.curve()
	if err != nil {
		return err
	}
	for _, one := range []slide{stand, curve, b.behindSlide(), b.placesSlide(), b.workstreamsSlide()} {
		if one.Key == b.held || b.held == "" && one.Empty == "" {
			data.Slides = append(data.Slides, one)
		}
	}
	return nil
}

func (b screenBuilder) reader() dashboards.Reader {
	return dashboards.Reader{Printer: b.words, Today: b.today}
}

func (b screenBuilder) stand() (slide, error) {
	t, words := b.answer.Total, b.words
	f := figuresOf(words, t)
	acceptance, anyDue := t.Acceptance()
	stand := standSlide{
		Verdict: words.T("home.no_figures"), Light: t.Light, Earned: f.Earned, Planned: f.Planned, Bar: barOf(t),
		Facts: []screenFact{
			{words.T("screen.spi"), f.SPI, words.T("screen.spi_note")},
			{words.T("screen.accepted"), countText(t.Accepted, t.Expected), words.T("home.accepted_note", rateText(words, acceptance, anyDue))},
			{words.T("screen.lagging"), strconv.FormatInt(t.BehindUnits(), 10), words.T("screen.severe_note", t.Lights[analytics.Severe])},
		},
	}
	if t.HasFigures {
		stand.Verdict = gapText(words, t.Gap)
		if t.Gap > 0 || pointsText(t.Gap) != "0.0" {
			stand.Verdict = words.T("screen.verdict", stand.Verdict)
		}
	}
	stand.Batches, stand.Long = b.batchVerdicts(), max(len(f.Earned), len(f.Planned)) > len("99.9%")
	for _, light := range analytics.Lights {
		stand.Lights = append(stand.Lights, lightCount{light, t.Lights[light]})
	}
	chart, err := dashboards.ScreenStatus("lights", t, b.reader())
	stand.Chart = chartCard{Chart: chart, Label: words.T("home.status_label", b.scopeName(), b.answer.Period)}
	return slide{Key: slideStand, Title: words.T("screen.stand"), About: words.T("screen.stand_about"), Stand: &stand}, err
}

// batchVerdicts says how each batch stands: a batch that has just begun makes the mean of all look better
// or worse than any of them.
func (b screenBuilder) batchVerdicts() string {
	text := ""
	for _, curve := range b.curves {
		for _, at := range curve.Points {
			if len(b.curves) < 2 || at.Period != b.answer.Period || !at.HasFigures {
				continue
			}
			one := b.words.T("screen.batch", curve.Name, gapText(b.words, analytics.Gap(at.Planned, at.Earned)))
			if text != "" {
				one = b.words.T("screen.both", text, one)
			}
			text = one
		}
	}
	return text
}

func (b screenBuilder) curve() (slide, error) {
	chart, err := dashboards.ScreenProgress("curve", b.curves, b.answer.Period, b.reader())
	card := chartCard{Chart: chart, Label: b.words.T("home.progress_label", b.scopeName(), b.answer.Period)}
	return slide{Key: slideCurve, Title: b.words.T("screen.curve"), About: b.words.T("screen.curve_about"), Chart: &card}, err
}

func (b screenBuilder) behindSlide() slide {
	page := behindSlide{Missing: b.owed(), MissingTitle: b.words.T("screen.open")}
	if pastDue(b.today, b.answer.Due) {
		page.MissingTitle = b.words.T("screen.late")
	}
	for _, row := range b.behind() {
		if len(page.Rows) < mostBehind {
			page.Rows = append(page.Rows, behindUnit{row, reasonText(b.words, b.plan, row.of.Reason, row.of.Gap, 0)})
		}
	}
	if len(page.Rows) == 0 {
		page.Nobody = b.words.T("home.none_behind")
	}
	for _, r := range append(slices.Clone(b.unfinished.Open), b.unfinished.Returned...) {
		if len(page.MissingUnits) < mostMissing {
			state := b.words.T(stateOf(r.Status, false).Key)
			if r.Late(b.today) {
				state = daysLeft(b.words, b.today, r.Due)
			}
			page.MissingUnits = append(page.MissingUnits, missingUnit{r.Unit.Name, state})
		}
	}
	page.More = page.Missing - int64(len(page.MissingUnits))
	if page.Missing == 0 {
		page.NobodyMissing = b.words.T("home.all_in")
	}
	return slide{Key: slideBehind, Title: b.words.T("screen.behind"), About: b.words.T("screen.behind_about"), Behind: &page}
}

// placesSlide ranks the divisions below the scope, those furthest behind first and those without any
// figure last.
func (b screenBuilder) placesSlide() slide {
	one := slide{Key: slidePlaces, Title: b.words.T("screen.cities"), About: b.words.T("screen.bars_about")}
	direct := "home.direct_province"
	if b.answer.Scope.Division.Level > 1 {
		one.Title, direct = b.words.T("screen.counties"), "home.direct_city"
	}
	rows := slices.Clone(b.answer.Rows)
	slices.SortStableFunc(rows, func(x, y analytics.Row) int {
		if x.HasFigures != y.HasFigures {
			return cmp.Compare(boolRank(x.HasFigures), boolRank(y.HasFigures))
		}
		return cmp.Compare(y.Gap, x.Gap)
	})
	for _, r := range rows {
		name := r.Name
		if r.Key == analytics.Direct {
			name = b.words.T(direct)
		}
		one.Bars = append(one.Bars, b.barRow(r, name, b.words.T("screen.place_note", r.Accepted, r.Expected)))
	}
	switch n := len(one.Bars); {
	case n < 2:
		one.Bars, one.Empty = nil, b.words.T("screen.no_places")
	case n > mostBars:
		one.Bars, one.About = one.Bars[:mostBars], b.words.T("screen.first_places", mostBars, n)
	}
	return one
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// workstreamsSlide compares the workstreams, each with its milestone that is furthest behind.
func (b screenBuilder) workstreamsSlide() slide {
	one := slide{Key: slideWorkstreams, Title: b.words.T("screen.workstreams"), About: b.words.T("screen.workstreams_about")}
	byKey := map[string]analytics.Row{}
	for _, r := range b.screen.milestones {
		byKey[r.Key] = r
	}
	for i, r := range b.screen.workstreams {
		note := b.words.T("screen.no_gap")
		if worst, ok := furthest(b.plan.Workstreams[i], byKey); ok {
			note = b.words.T("screen.furthest", worst.Key+" "+worst.Name, gapText(b.words, worst.Gap))
		} else if !r.HasFigures {
			note = b.words.T("home.no_figures")
		}
		one.Bars = append(one.Bars, b.barRow(r, r.Name, note))
	}
	return one
}

// furthest gives the milestone of a workstream that is furthest behind, if any is.
func furthest(w plan.Workstream, rows map[string]analytics.Row) (worst analytics.Row, ok bool) {
	for _, m := range w.Milestones {
		if r := rows[m.Key]; r.HasFigures && r.Gap > worst.Gap {
			worst, ok = r, true
		}
	}
	return worst, ok
}

func (b screenBuilder) barRow(r analytics.Row, name, note string) barRow {
	return barRow{Name: name, Note: note, figureRow: figuresOf(b.words, r), Bar: barOf(r)}
}

func barOf(r analytics.Row) bar {
	return bar{Light: r.Light, Earned: length(r.Earned), Planned: length(r.Planned), HasFigures: r.HasFigures}
}

// length gives a fraction of a bar's length as SVG writes it.
func length(f plan.Fraction) string { return f.Percent(2) + "%" }
