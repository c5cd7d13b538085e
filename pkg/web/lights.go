package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
)

// lightsPath is where lights are set by hand.
const lightsPath = "/units/:unit/lights"

// lightWhy is a light that opens into what explains it. Key is that of the milestone, empty for the unit as
// a whole; Source leads to the report that the value comes from; Acts are the history of the overrides. Form
// is there for those who may set the light now.
type lightWhy struct {
	Key, Title        string
	Light             analytics.Light
	Marks             []string
	Why               string
	Facts             []labelled
	Source, SourceURL string
	Acts              []string
	Open              bool
	Form              *lightForm
}

// lightForm sets one light, or withdraws what was set.
type lightForm struct {
	ID, Action, CSRF string
	Milestone        string
	Period           period.Quarter
	Lock             period.Date
	Lights           []option
	Reason, Message  string
}

// refusedLight is an order to set a light that was refused, to be shown again with what was wrong.
type refusedLight struct {
	override.Order
	fault *fault.Fault
}

// marksOf says in a word or two, beside a light, what it remembers.
func marksOf(words locale.Printer, m analytics.Memory) []string {
	var marks []string
	if m.Override != nil {
		marks = append(marks, words.T("lights.by_hand"))
	}
	if m.MadeUp != 0 {
		marks = append(marks, words.T("lights.made_up"))
	}
	return marks
}

// memoryFacts says what a light remembers, in full.
func (b unitBuilder) memoryFacts(m analytics.Memory) []labelled {
	basis := b.words.T("lights.live")
	if m.Frozen {
		basis = b.words.T("lights.frozen", b.answer.Lock)
	}
	facts := []labelled{{b.words.T("lights.stands"), basis}}
	if m.MadeUp != 0 {
		facts = append(facts, labelled{b.words.T("lights.made_up"), b.words.T("lights.made_up_in", m.MadeUp)})
	}
	if o := m.Override; o != nil {
		facts = append(facts, labelled{b.words.T("lights.by_hand"), b.words.T("lights.override", b.words.Light(string(o.Light)), b.words.Light(string(o.Computed)), o.Reason, o.By, o.At)})
	}
	return facts
}

// acts tells the history of the overrides of a milestone, or of the unit as a whole.
func (b unitBuilder) acts(milestone string) []string {
	var acts []string
	for _, e := range b.answer.Overrides {
		switch {
		case e.Milestone != milestone:
		case e.Light == "":
			acts = append(acts, b.words.T("lights.act_withdrawn", e.At, e.ByName, e.Reason))
		default:
			acts = append(acts, b.words.T("lights.act_set", e.At, e.ByName, b.words.Light(e.Light), e.Reason))
		}
	}
	return acts
}

// explained completes a light with its memory, its history and, for those who may, the form.
func (b unitBuilder) explained(why lightWhy, m analytics.Memory) lightWhy {
	why.Marks, why.Facts, why.Acts = marksOf(b.words, m), append(b.memoryFacts(m), why.Facts...), b.acts(why.Key)
	lock := b.answer.Lock
	if !b.known.usual() || !override.May(b.actor, b.unit) || !override.Open(b.plan, b.answer.Period, lock, b.today) {
		return why
	}
	why.Form = &lightForm{
		ID: "unit", Action: unitPath(b.unit.Key) + "/lights", CSRF: b.csrf, Milestone: why.Key, Period: b.answer.Period, Lock: lock,
	}
	if why.Key != "" {
		why.Form.ID = why.Key
	}
	chosen := "-" // nothing yet
	if r := b.refused; r != nil && r.Milestone == why.Key {
		why.Open, chosen, why.Form.Reason = true, r.Light, r.Reason
		why.Form.Message = b.words.Fault(r.fault)
		for _, field := range r.fault.Fields {
			why.Form.Message += " " + b.words.Message(field.Message)
		}
	}
	why.Form.Lights = []option{{Name: b.words.T("lights.choose"), Chosen: chosen == "-"}}
	for _, light := range override.Lights {
		why.Form.Lights = append(why.Form.Lights, option{light, b.words.Light(light), light == chosen})
	}
	if m.Override != nil {
		why.Form.Lights = append(why.Form.Lights, option{withdrawLight, b.words.T("lights.withdraw"), chosen == ""})
	}
	return why
}

// withdrawLight is what the form posts to withdraw an override.
const withdrawLight = "none"

// setLight sets a light of the unit by hand, or withdraws what was set, and shows the unit again.
func (s *Server) setLight(c echo.Context) error {
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	order, err := lightOrder(c.Param("unit"), fields)
	if err != nil {
		return err
	}
	err = s.Overrides.Set(c.Request().Context(), actor, order)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return s.renderUnit(c, http.StatusUnprocessableEntity, order.Period, &refusedLight{order, f})
	}
	if err != nil {
		return err
	}
	s.options.Nudge()
	s.flash(c, "lights.done")
	anchor := "#state"
	if order.Milestone != "" {
		anchor = "#" + url.PathEscape(order.Milestone)
	}
	return c.Redirect(http.StatusSeeOther, unitURL(order.Unit, order.Period)+anchor)
}

// lightOrder reads what is to be set.
func lightOrder(unit string, fields url.Values) (override.Order, error) {
	order := override.Order{
		Unit: unit, Milestone: fields.Get("milestone"), Light: fields.Get("light"), Reason: strings.TrimSpace(oneNewline(fields.Get("reason"))),
	}
	switch order.Light {
	case withdrawLight:
		order.Light = ""
	case "":
		return order, fault.New(fault.Invalid, "error.bad_request")
	}
	var err error
	order.Period, err = period.Parse(fields.Get("period"))
	return order, err
}
