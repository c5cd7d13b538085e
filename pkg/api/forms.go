package api

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// form is what units are asked. Its version is that of the plan it is derived from.
type form struct {
	Key      string        `json:"key"`
	Number   string        `json:"number" doc:"表号."`
	Title    string        `json:"title"`
	Version  int64         `json:"version"`
	DueDays  int           `json:"due_days" doc:"Days after the quarter's end until which a report is on time."`
	LockDays int           `json:"lock_days" doc:"Days after the quarter's end until which it can be filed."`
	Sections []formSection `json:"sections" nullable:"false"`
}

type formSection struct {
	Key   string     `json:"key"`
	Title string     `json:"title"`
	Items []formItem `json:"items" nullable:"false"`
}

type formItem struct {
	Key        string   `json:"key"`
	Title      string   `json:"title"`
	Definition string   `json:"definition"`
	Unit       string   `json:"unit"`
	Type       string   `json:"type" enum:"yes_no,percent,number,count,text"`
	Kind       string   `json:"kind" enum:"stock,status,text"`
	Decimals   int      `json:"decimals"`
	Max        *string  `json:"max" doc:"Greatest value it accepts."`
	Milestone  *string  `json:"milestone" doc:"Milestone it measures."`
	Sample     bool     `json:"sample" doc:"Invented for demonstration (示例数据)."`
	Types      []string `json:"types" nullable:"false" doc:"Unit types it is asked of; empty means all."`
	Batches    []string `json:"batches" nullable:"false" doc:"Batches it is asked of; empty means all."`
}

func (s *Server) showForm(ctx context.Context, actor accounts.Actor, in *struct {
	Key string `path:"key" example:"progress"`
}) (form, error) {
	found, err := s.Forms.Form(ctx, actor, in.Key)
	if err != nil {
		return form{}, err
	}
	f := form{
		Key: found.Key, Number: found.Number, Title: found.Title, Version: found.Version,
		DueDays: found.DueDays, LockDays: found.LockDays, Sections: []formSection{},
	}
	p := requestOf(ctx).printer
	for _, section := range found.Sections {
		f.Sections = append(f.Sections, newSection(section, p))
	}
	return f, nil
}

func newSection(section forms.Section, p locale.Printer) formSection {
	s := formSection{Key: section.Key, Title: section.Name(p), Items: []formItem{}}
	for _, i := range section.Items {
		item := formItem{
			Key: i.Key, Title: i.Name(p), Definition: i.Explanation(p), Unit: i.Unit, Type: string(i.Type), Kind: string(i.Kind),
			Decimals: i.Decimals, Milestone: orNull(i.Milestone), Sample: i.Sample,
			Types: append([]string{}, i.Types...), Batches: append([]string{}, i.Batches...),
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
