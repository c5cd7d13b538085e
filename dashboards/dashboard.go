package dashboards

import (
	"cmp"
	"context"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Dashboard is one page of charts and tables. A file of this package adds it with add; its place in the
// menu, its address, the filters in it, the scope, the tables and files of its cards and the language
// come with that. Key stands in the address; Title and About are message keys; Draw asks pkg/analytics
// and gives the cards.
type Dashboard struct {
	Key     string
	Title   string
	About   string
	Group   Group
	Order   int // among those of its group
	Options []Option
	Draw    func(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error)
}

// Group is a heading of the menu, by its message key.
type Group string

// The groups, in the order of the menu.
const (
	Monitoring Group = "dashboards.group.monitoring"
	Filing     Group = "dashboards.group.filing"
	Themes     Group = "dashboards.group.themes"
)

// Groups lists the groups in the order of the menu.
var Groups = []Group{Monitoring, Filing, Themes}

var all = map[string]Dashboard{}

// add makes a dashboard known. It is called while the program starts, once for each.
func add(d Dashboard) {
	if _, there := all[d.Key]; there {
		panic("two dashboards have the key " + d.Key)
	}
	all[d.Key] = d
}

// All lists the dashboards group by group, in their order.
func All() []Dashboard {
	list := make([]Dashboard, 0, len(all))
	for _, d := range all {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Dashboard) int {
		if a.Group != b.Group {
			return slices.Index(Groups, a.Group) - slices.Index(Groups, b.Group)
		}
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// Find gives the dashboard with the key.
func Find(key string) (Dashboard, bool) {
	d, ok := all[key]
	return d, ok
}

// Option is something that a dashboard can be asked beside the quarter, the place, the batch and the
// type, in the address under Name. Label is a message key. Choices are its values, the first the usual
// one; an option without Choices takes any text. Hints are offered for a text, by the options before it.
type Option struct {
	Name    string
	Label   string
	Choices func(Ask) []Choice
	Hints   func(Ask) []Choice
}

// Choice is a value with its name in the reader's language.
type Choice struct{ Value, Name string }

// Ask is what a dashboard is asked: by whom, for which figures, in which language. Head is the answer for
// the whole scope, which is also what the page says it is about. Values are the options, of an option
// with choices one of them; Draw may put there what it took for one that was left empty.
type Ask struct {
	Reader
	Actor  accounts.Actor
	Query  analytics.Query
	Head   analytics.Answer
	Plan   *plan.Plan
	Forms  []forms.Form
	Links  Links
	Map    *Shapes // nil when none was uploaded
	Values map[string]string
}

// T gives a text in the reader's language.
func (a Ask) T(key string, args ...any) string { return a.Printer.T(key, args...) }

// By gives the question split in another way.
func (a Ask) By(by analytics.By) analytics.Query {
	q := a.Query
	q.By = by
	return q
}

// Links gives addresses. Self is this dashboard asked the same but for some values, given as name and
// value in turn; Board is another one, asked for the same quarter and place.
type Links struct {
	Self   func(set ...string) string
	Board  func(key string, set ...string) string
	Unit   func(key string) string
	Report func(unit, form string, q period.Quarter) string
}

// Card is one figure of a dashboard with its title: tiles, a chart with its table, or a table alone. Key
// is unique in the dashboard and stands in the address of its files. Columns is its width in twelfths,
// 0 for all. Notes stand below. Counts says how many reported out of how many where that is not what the
// page says as a whole. Paged tells that the table is shown page by page, and Next is the cursor of the
// following one.
type Card struct {
	Key     string
	Title   string
	About   string
	Columns int
	Tiles   []Tile
	Grid    *Grid // its table stands below it
	Chart   *Chart
	Label   string // says what the chart shows where it cannot be seen
	Short   bool   // the chart is low
	Tall    bool   // the chart is high
	Bars    int    // the number of rows of bars that the chart is to have room for
	Table   Table
	Legend  []Cell // lights with what their texts say of them
	Alert   string // what was wrong with the question, in place of an answer
	Notes   []string
	Counts  string
	Paged   bool
	Next    string
}

// Shown gives the card's figures as a table: the chart's where it has one.
func (c Card) Shown() Table {
	if c.Chart != nil {
		return c.Chart.Table
	}
	return c.Table
}

// Tile is one headline figure. Tone is "", "done", "behind" or "severe".
type Tile struct{ Name, Value, Unit, Note, Tone, URL string }
