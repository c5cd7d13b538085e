package web

import (
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// known is what the figures of a page may know: which reports count, until the end of which day, and in
// which tree units lie. Its zero value is what is known now of accepted reports, in the tree of each
// period.
type known struct {
	Basis analytics.Basis
	AsOf  period.Date
	Tree  analytics.Tree
}

// readKnown reads it from the address. The end of today, or of a later day, is now.
func readKnown(c echo.Context, today period.Date) (known, error) {
	k := known{Basis: analytics.Basis(c.QueryParam("basis")), Tree: analytics.Tree(c.QueryParam("tree"))}
	if k.Basis == analytics.AcceptedOnly {
		k.Basis = ""
	}
	if k.Tree == analytics.AsThen {
		k.Tree = ""
	}
	text := c.QueryParam("as_of")
	if text == "" {
		return k, nil
	}
	day, err := period.ParseDate(text)
	if err == nil && day.Before(today) {
		k.AsOf = day
	}
	return k, err
}

// usual tells whether the figures are those that everybody sees.
func (k known) usual() bool { return k == known{} }

// ofToday tells whether lists of reports, which are those of today by the places of the period, go with the
// figures.
func (q homeQuery) ofToday() bool {
	return q.AsOf.IsZero() && (q.Tree != analytics.AsNow || q.Scope == "")
}

// ask puts it into a query.
func (k known) ask(q analytics.Query) analytics.Query {
	q.Basis, q.Tree = k.Basis, k.Tree
	if !k.AsOf.IsZero() {
		q.AsOf = k.AsOf.End().Add(-time.Microsecond)
	}
	return q
}

// today gives the day that a page about it takes for today.
func (k known) today(now period.Date) period.Date {
	if k.AsOf.IsZero() {
		return now
	}
	return k.AsOf
}

// treeDay gives the day on which divisions are looked for.
func (k known) treeDay(at period.Quarter, today period.Date) period.Date {
	if k.Tree == analytics.AsNow {
		return today
	}
	return at.Last()
}

// put adds it to the values of an address.
func (k known) put(values url.Values) {
	asOf := ""
	if !k.AsOf.IsZero() {
		asOf = k.AsOf.String()
	}
	for name, value := range map[string]string{"basis": string(k.Basis), "as_of": asOf, "tree": string(k.Tree)} {
		if value != "" {
			values.Set(name, value)
		}
	}
}

// onto gives an address that asks with the same knowledge.
func (k known) onto(address string) string {
	values := url.Values{}
	k.put(values)
	if len(values) == 0 {
		return address
	}
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + values.Encode()
}

// text says after the freshness of figures what they know; nothing for the usual ones.
func (k known) text(words locale.Printer) string {
	text := ""
	if k.Basis == analytics.AllSubmitted {
		text += words.T("lights.fresh_all")
	}
	if !k.AsOf.IsZero() {
		text += words.T("lights.fresh_as_of", k.AsOf)
	}
	if k.Tree == analytics.AsNow {
		text += words.T("lights.fresh_now")
	}
	return text
}

// knownFilter is the part of the filter bar that asks what figures may know.
type knownFilter struct {
	Bases, Trees []option
	AsOf         string
	Most         period.Date // the latest day to ask about
	Open         bool
}

func (k known) filter(words locale.Printer, today period.Date) knownFilter {
	f := knownFilter{
		Most: today, Open: !k.usual(),
		Bases: []option{{Name: words.T("lights.accepted"), Chosen: k.Basis == ""}, {string(analytics.AllSubmitted), words.T("lights.all"), k.Basis == analytics.AllSubmitted}},
		Trees: []option{{Name: words.T("lights.then"), Chosen: k.Tree == ""}, {string(analytics.AsNow), words.T("lights.now"), k.Tree == analytics.AsNow}},
	}
	if !k.AsOf.IsZero() {
		f.AsOf = k.AsOf.String()
	}
	return f
}
