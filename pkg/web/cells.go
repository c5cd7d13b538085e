package web

import (
	"context"
	"strings"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// earlierMost is how many earlier periods stand beside a cell.
const earlierMost = 12

// formView makes the sections of a report's page.
type formView struct {
	words   locale.Printer
	plan    *plan.Plan
	report  reporting.Report
	earlier []filedForm // newest first
	before  *filedForm  // the revision to compare with
}

// filedForm is a revision and the form it was filed on, whose decimals its numbers have.
type filedForm struct {
	reporting.Revision
	form forms.Form
}

func (f filedForm) shown(words locale.Printer, key string) (shown, content, bool) {
	item, ok := f.form.Item(key)
	if !ok {
		return shown{}, content{}, false
	}
	return show(words, item, f.Values[key]), contentOf(item, f.Values[key]), true
}

// formView reads what stands around the values of a report.
func (s *Server) formView(ctx context.Context, words locale.Printer, r reporting.Report, earlier []reporting.Revision) (formView, error) {
	p, err := s.Plans.Current(ctx)
	if err != nil {
		return formView{}, err
	}
	v := formView{words: words, plan: p, report: r}
	for _, e := range earlier {
		v.earlier = append(v.earlier, filedForm{e, e.Form})
	}
	return v, nil
}

func (v formView) sections() []sectionView {
	var sections []sectionView
	at := atCells(findingsOf(v.words, v.report))
	for _, s := range v.report.Form.Sections {
		section := sectionView{
			Key: s.Key, Title: s.Name(v.words), URL: reportURL(v.report.Unit.Key, v.report.Form.Key, v.report.Period), Had: len(v.earlier) > 0,
			Same: v.report.Unchanged[s.Key], Confirmed: v.report.Confirmed[s.Key],
		}
		if s.Workstream() {
			section.Code = s.Key
		}
		for _, item := range s.Items {
			cell := v.cell(item)
			cell.Findings = at[item.Key]
			if item.Evidence != forms.NoEvidence {
				cell.FilesURL = section.URL + "/evidence/" + item.Key
			}
			if cell.Measured() && cell.Computed == "" {
				section.Asked++
				if cell.Now.Kind != "blank" {
					section.Given++
				}
			}
			section.Cells = append(section.Cells, cell)
		}
		sections = append(sections, section)
	}
	return sections
}

func (v formView) cell(item forms.Item) cellView {
	value := v.report.Values[item.Key]
	c := cellView{
		Item: item, Label: item.Name(v.words), Code: item.Milestone, Explained: item.Explanation(v.words),
		Hint: v.hint(item), Now: show(v.words, item, value), Typed: contentOf(item, value), Remark: v.report.Remarks[item.Key],
	}
	c.Was = c.Typed.encode()
	v.bound(&c)
	if !c.Measured() {
		return c
	}
	c.Choices = choicesOf(v.words, item)
	var line []point
	for i, filed := range v.earlier {
		text, was, ok := filed.shown(v.words, item.Key)
		if !ok {
			continue
		}
		c.Earlier = append(c.Earlier, earlierValue{filed.Period, text.without(item.Unit)})
		line = append(line, pointOf(filed.Period, filed.Values[item.Key]))
		if i == 0 {
			c.Last = was.encode()
			c.Changed = c.Last != c.Was
		}
	}
	if c.Numeric() {
		c.Line = sparkline(append(line, pointOf(v.report.Period, value)))
	}
	if v.before != nil {
		if text, was, ok := v.before.shown(v.words, item.Key); ok && was.encode() != c.Was {
			c.Before = &text
		}
	}
	return c
}

// bound puts in what a number in the cell must keep to.
func (v formView) bound(c *cellView) {
	if !c.Numeric() {
		return
	}
	if greatest, ok := c.Item.Greatest(); ok {
		c.Greatest, c.OverMax = greatest, v.words.T("cell.over_max", greatest)
	}
	if least, ok := c.Item.Least(); ok {
		c.Least, c.UnderMin = least, v.words.T("cell.under_min", least)
	}
	if c.Decimals > 0 {
		c.TooManyDecimals = v.words.T("cell.too_many_decimals", c.Decimals)
	}
}

// hint says what the plan wants of the cell.
func (v formView) hint(item forms.Item) string {
	m, ok := v.plan.Milestone(item.Milestone)
	if !ok {
		return ""
	}
	var hints []string
	add := func(text string) { hints = append(hints, text) }
	if due := m.Due(v.report.Batch); due != 0 {
		add(v.words.T("hint.due", due))
	}
	if m.Measure.HasTarget && !item.CountsCommunities() {
		amount := func(n int64) string {
			return show(v.words, item, forms.Value{State: forms.Given, Number: n}).Text
		}
		from, to := m.Measure.Baseline, m.Measure.Target
		switch {
		case from > to:
			add(v.words.T("hint.falls", amount(from), amount(to)))
		case from != 0:
			add(v.words.T("hint.rises", amount(from), amount(to)))
		default:
			add(v.words.T("hint.target", amount(to)))
		}
	}
	if m.EvidenceRequired {
		add(v.words.T("hint.evidence"))
	}
	return strings.Join(hints, " · ")
}
