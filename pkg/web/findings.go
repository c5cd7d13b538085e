package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// requiredCheck is the check of a required cell that is blank.
const requiredCheck = "required"

// findingView is something that is not right with a report, and the cells that it is about. A warning
// waits for an explanation.
type findingView struct {
	Check       string     `json:"check"`
	Severity    string     `json:"severity"`
	Text        string     `json:"text"`
	Items       []itemLink `json:"items"`
	Explanation string     `json:"explanation"`
}

// itemLink is a cell that one is led to.
type itemLink struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

// Warning tells whether the finding waits for an explanation rather than for another value.
func (f findingView) Warning() bool { return f.Severity == string(forms.Warning) }

// findingsOf gives what is not right with a report, errors first; required cells that are blank are one
// finding.
func findingsOf(words locale.Printer, r reporting.Report) []findingView {
	var errs, warnings []findingView
	required := findingView{Check: requiredCheck, Severity: string(forms.Error), Text: words.T("filing.required_blank")}
	for _, f := range r.Findings {
		view := findingView{Check: f.Check, Severity: string(f.Severity), Text: words.Message(f.Message), Explanation: r.Explanations[f.Check]}
		for _, key := range f.Items {
			if item, ok := r.Form.Item(key); ok {
				view.Items = append(view.Items, itemLink{key, item.Name(words)})
			}
		}
		switch {
		case f.Check == requiredCheck:
			required.Items = append(required.Items, view.Items...)
		case view.Warning():
			warnings = append(warnings, view)
		default:
			errs = append(errs, view)
		}
	}
	if len(required.Items) > 0 {
		errs = append(errs, required)
	}
	return append(errs, warnings...)
}

// atCells gives the texts of findings by the cell they are about.
func atCells(findings []findingView) map[string][]findingView {
	at := map[string][]findingView{}
	for _, f := range findings {
		for _, item := range f.Items {
			at[item.Key] = append(at[item.Key], f)
		}
	}
	return at
}

// reportNow is what the page of a form is told after every change: what follows from the whole report.
type reportNow struct {
	Version   int64            `json:"version"`
	Findings  []findingView    `json:"findings"`
	Computed  map[string]shown `json:"computed"`
	Same      map[string]int   `json:"same"` // section -> for how many quarters
	Confirmed map[string]bool  `json:"confirmed"`
}

func nowOf(words locale.Printer, r reporting.Report) reportNow {
	now := reportNow{Version: r.Version, Findings: findingsOf(words, r), Computed: map[string]shown{}, Same: r.Unchanged, Confirmed: r.Confirmed}
	for _, section := range r.Form.Sections {
		for _, item := range section.Items {
			if item.Computed != "" {
				now.Computed[item.Key] = show(words, item, r.Values[item.Key])
			}
		}
	}
	return now
}

// explanationPost is an explanation as findings.js saves it.
type explanationPost struct {
	User int64  `json:"user"`
	Text string `json:"text"`
}

// explainCheck keeps the explanation of a warning while the form is being filled in. Without scripts it
// is posted with the form.
func (s *Server) explainCheck(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	var in explanationPost
	if err := readJSON(c, &in); err != nil {
		return err
	}
	actor, _ := actorOf(c)
	if in.User != actor.UserID {
		return fault.New(fault.Forbidden, "filing.other_user")
	}
	check, err := url.PathUnescape(c.Param("check")) // the colon in the key of a check comes escaped
	if err != nil {
		return fault.New(fault.Invalid, "error.bad_request")
	}
	words := s.words(c)
	report, err := s.Reports.Explain(c.Request().Context(), actor, ref, check, in.Text)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return c.JSON(http.StatusUnprocessableEntity, map[string]string{"message": cellMessage(words, f, reporting.ExplanationField+check)})
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, nowOf(words, report))
}

// postedExplanations gives the explanations that a posted form changes.
func postedExplanations(fields url.Values, r reporting.Report) map[string]string {
	changed := map[string]string{}
	for name := range fields {
		check, ok := strings.CutPrefix(name, reporting.ExplanationField)
		if text := oneNewline(fields.Get(name)); ok && strings.TrimSpace(text) != r.Explanations[check] {
			changed[check] = text
		}
	}
	return changed
}

// fieldProblem gives where the page has a field of a fault that is no cell, and what it is called.
func (p *reportPage) fieldProblem(words locale.Printer, field fault.Field) problem {
	found := problem{Text: words.Message(field.Message)}
	if name, ok := reviewFields[field.Name]; ok {
		found.Anchor, found.Label = field.Name, words.T(name)
	}
	if key, ok := strings.CutPrefix(field.Name, reporting.SectionField); ok {
		found.Text = words.T("filing.section_unconfirmed")
		for _, section := range p.Sections {
			if section.Key == key {
				found.Anchor, found.Label = "same-"+key, section.Title
			}
		}
	}
	if check, ok := strings.CutPrefix(field.Name, reporting.ExplanationField); ok {
		found.Anchor, found.Label = "finding-"+check, cmp.Or(p.labelOf(check), words.T("filing.explanation"))
	}
	return found
}

// labelOf gives the names of the cells that a finding is about.
func (p *reportPage) labelOf(check string) string {
	var names []string
	for _, f := range p.FindingViews {
		for _, item := range f.Items {
			if f.Check == check {
				names = append(names, item.Label)
			}
		}
	}
	return strings.Join(names, " · ")
}
