package api

import (
	"cmp"
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/formedit"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// formHead is the head of a form in its newest version.
type formHead struct {
	Key        string       `json:"key"`
	Number     string       `json:"number" doc:"表号."`
	Title      string       `json:"title"`
	Agency     string       `json:"agency" doc:"制表机关."`
	Approval   string       `json:"approval" doc:"批准文号; empty for a form on trial (试行)."`
	ValidFrom  *period.Date `json:"valid_from" format:"date" doc:"First day of validity (有效期)."`
	ValidUntil *period.Date `json:"valid_until" format:"date" doc:"Last day of validity; nothing can be filed after it."`
	Version    int64        `json:"version"`
	DueDays    int          `json:"due_days" doc:"Days after the quarter's end until which a report is on time."`
	LockDays   int          `json:"lock_days" doc:"Days after the quarter's end until which it can be filed."`
	FilledBy   []string     `json:"filled_by" nullable:"false" doc:"Unit types that owe it."`
	Review     []string     `json:"review" nullable:"false" doc:"Levels that review it in turn, the last one accepts; empty means whoever reviews the unit."`
	Sample     bool         `json:"sample" doc:"The form itself is a proposal (示例数据)."`
	Source     string       `json:"source"`
}

// form is what units are asked.
type form struct {
	formHead
	Sections []formSection `json:"sections" nullable:"false"`
	Checks   []formCheck   `json:"checks" nullable:"false"`
}

type formCheck struct {
	Key      string   `json:"key"`
	Expr     string   `json:"expr" doc:"What must hold; it says nothing while a cell it names has no value."`
	Severity string   `json:"severity" enum:"error,warning" doc:"An error blocks filing, a warning wants an explanation."`
	At       []string `json:"at" nullable:"false" doc:"Items it is shown at."`
	Message  string   `json:"message" doc:"With {item}, {value}, {last}, {children} and {missing} to be put in."`
	Basis    string   `json:"basis"`
}

type formOption struct {
	Key   string `json:"key"`
	Code  int64  `json:"code" doc:"Number under which it is kept."`
	Title string `json:"title"`
}

type formSection struct {
	Key   string     `json:"key"`
	Title string     `json:"title"`
	Items []formItem `json:"items" nullable:"false"`
}

type formItem struct {
	Key         string       `json:"key"`
	Title       string       `json:"title"`
	Definition  string       `json:"definition"`
	Unit        string       `json:"unit"`
	Type        string       `json:"type" enum:"yes_no,percent,number,count,money,option,date,text"`
	Kind        string       `json:"kind" enum:"stock,flow,status,text"`
	Decimals    int          `json:"decimals"`
	Min         *string      `json:"min" doc:"Least value it accepts, beside 0."`
	Max         *string      `json:"max" doc:"Greatest value it accepts."`
	Options     []formOption `json:"options" nullable:"false" doc:"What an option can be."`
	Aggregation string       `json:"aggregation" enum:"sum,mean,min,max,count_true,none" doc:"How it adds up over units."`
	Qualifier   string       `json:"qualifier" enum:"exact,rounded,at_least" doc:"How exact its numbers are."`
	Basis       string       `json:"basis" doc:"Document that allows asking it."`
	Required    bool         `json:"required" doc:"Blank keeps the report from being filed."`
	Computed    string       `json:"computed" doc:"Expression of a cell that nobody types; empty for the others."`
	Evidence    string       `json:"evidence" enum:"none,optional,required" doc:"Whether files belong to it."`
	Milestone   *string      `json:"milestone" doc:"Milestone it measures."`
	Sample      bool         `json:"sample" doc:"Invented for demonstration (示例数据)."`
	Types       []string     `json:"types" nullable:"false" doc:"Unit types it is asked of; empty means all."`
	Batches     []string     `json:"batches" nullable:"false" doc:"Batches it is asked of; empty means all."`
}

func (s *Server) showForm(ctx context.Context, actor accounts.Actor, in *struct {
	Key string `path:"key" example:"progress"`
}) (form, error) {
	found, err := s.Forms.Form(ctx, actor, in.Key)
	if err != nil {
		return form{}, err
	}
	f := form{formHead: newFormHead(found), Sections: []formSection{}, Checks: []formCheck{}}
	p := requestOf(ctx).printer
	for _, section := range found.Sections {
		f.Sections = append(f.Sections, newSection(section, p))
	}
	for _, c := range found.Checks {
		f.Checks = append(f.Checks, formCheck{c.Key, c.Expr, string(c.Severity), append([]string{}, c.At...), c.Message, c.Basis})
	}
	return f, nil
}

// listForms gives the heads of all forms, the plan's first.
func (s *Server) listForms(ctx context.Context, _ accounts.Actor, _ *struct{}) (list[formHead], error) {
	found, err := s.Forms.Forms(ctx)
	if err != nil {
		return list[formHead]{}, err
	}
	return listOf(found, "", newFormHead), nil
}

func newFormHead(f forms.Form) formHead {
	return formHead{
		Key: f.Key, Number: f.Number, Title: f.Title, Agency: f.Agency, Approval: f.Approval,
		ValidFrom: orNull(f.ValidFrom), ValidUntil: orNull(f.ValidUntil), Version: f.Version, DueDays: f.DueDays, LockDays: f.LockDays,
		FilledBy: append([]string{}, f.FilledBy...), Review: append([]string{}, formedit.ReviewLevels(f)...), Sample: f.Sample, Source: f.Source,
	}
}

func newSection(section forms.Section, p locale.Printer) formSection {
	s := formSection{Key: section.Key, Title: section.Name(p), Items: []formItem{}}
	for _, i := range section.Items {
		item := formItem{
			Key: i.Key, Title: i.Name(p), Definition: i.Explanation(p), Unit: i.Unit, Type: string(i.Type), Kind: string(i.Kind),
			Decimals: i.Decimals, Milestone: orNull(i.Milestone), Sample: i.Sample,
			Types: append([]string{}, i.Types...), Batches: append([]string{}, i.Batches...),
			Options: []formOption{}, Aggregation: string(i.Aggregation), Qualifier: string(i.Qualifier.Weaker(forms.Exact)), Basis: i.Basis, Required: i.Required, Computed: i.Computed,
			Evidence: cmp.Or(string(i.Evidence), "none"),
		}
		for _, o := range i.Options {
			item.Options = append(item.Options, formOption{o.Key, o.Code, o.Title})
		}
		if least, ok := i.Least(); ok {
			item.Min = &least
		}
		if greatest, ok := i.Greatest(); ok {
			item.Max = &greatest
		}
		s.Items = append(s.Items, item)
	}
	return s
}

// quarter is a period with its dates, for each form.
type quarter struct {
	Period period.Quarter `json:"period"`
	First  period.Date    `json:"first" format:"date"`
	Last   period.Date    `json:"last" format:"date"`
	Forms  []quarterForm  `json:"forms" nullable:"false"`
}

type quarterForm struct {
	Form  string      `json:"form"`
	Due   period.Date `json:"due" format:"date" doc:"Last day for filing on time."`
	Lock  period.Date `json:"lock" format:"date" doc:"Last day for filing at all."`
	State string      `json:"state" enum:"not_due,open,late,locked" doc:"open until due, late until lock, then locked."`
}

func (s *Server) showPeriod(ctx context.Context, _ accounts.Actor, in *struct {
	Q string `path:"q" example:"2019Q3"`
}) (quarter, error) {
	q, err := quarterParameter("q", in.Q)
	if err != nil {
		return quarter{}, err
	}
	answer := quarter{Period: q, First: q.First(), Last: q.Last(), Forms: []quarterForm{}}
	opened, err := s.Reports.Periods(ctx)
	if err != nil {
		return quarter{}, err
	}
	for _, c := range opened {
		if c.Period == q {
			answer.Forms = append(answer.Forms, quarterForm{c.Form, c.Due, c.Lock, stateOn(s.clock.Today(), c)})
		}
	}
	if len(answer.Forms) > 0 {
		return answer, nil
	}
	p, err := s.Plans.Current(ctx)
	if err != nil {
		return quarter{}, err
	}
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return quarter{}, err
	}
	for _, form := range all {
		if form.Asks(q, p) && !s.clock.Today().After(q.Last()) {
			answer.Forms = append(answer.Forms, quarterForm{form.Key, q.Last().AddDays(form.DueDays), q.Last().AddDays(form.LockDays), "not_due"})
		}
	}
	return answer, nil
}

func stateOn(today period.Date, c reporting.Calendar) string {
	switch {
	case today.After(c.Lock):
		return "locked"
	case today.After(c.Due):
		return "late"
	}
	return "open"
}
