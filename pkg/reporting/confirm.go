package reporting

import (
	"context"
	"strings"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
)

// Confirm notes in the draft that the clerk has looked at a section and that it is as last quarter, or
// takes that back. Whoever may save; NotFound `report.no_section`.
func (s *Service) Confirm(ctx context.Context, actor accounts.Actor, ref Ref, section string, confirmed bool) (Report, error) {
	return s.change(ctx, actor, ref, func(_ *row, form forms.Form, c *Content) error {
		if _, ok := form.Section(section); !ok {
			return fault.New(fault.NotFound, "report.no_section", section)
		}
		delete(c.Confirmed, section)
		if confirmed {
			c.Confirmed[section] = true
		}
		return nil
	})
}

// Explain keeps the clerk's explanation of a warning in the draft; the empty text takes it away.
// Whoever may save; Invalid `report.invalid` for one that cannot be kept or a check that is not there.
func (s *Service) Explain(ctx context.Context, actor accounts.Actor, ref Ref, check, text string) (Report, error) {
	return s.change(ctx, actor, ref, func(_ *row, form forms.Form, c *Content) error {
		return explain(form, c, map[string]string{check: text})
	})
}

// explain puts explanations into the content.
func explain(form forms.Form, c *Content, explanations map[string]string) error {
	wrong := fault.New(fault.Invalid, "report.invalid")
	for check, text := range explanations {
		text = strings.TrimSpace(text)
		bad := forms.CheckText(text, MaxNote)
		switch {
		case !form.HasCheck(check):
			wrong.With(ExplanationField+check, "report.no_check", check)
		case bad != nil:
			wrong.With(ExplanationField+check, bad.Key, bad.Args...)
		case text == "":
			delete(c.Explanations, check)
		default:
			c.Explanations[check] = text
		}
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}
