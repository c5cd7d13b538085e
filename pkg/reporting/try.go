package reporting

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
)

// errTried ends the transaction of a change that was only tried.
var errTried = errors.New("only tried")

// TrySave tells what Save would say, with the checks that the report would not pass then, and changes
// nothing.
func (s *Service) TrySave(ctx context.Context, actor accounts.Actor, ref Ref, edit Edit) ([]forms.Finding, error) {
	var findings []forms.Finding
	_, err := s.changeIn(ctx, actor, ref, func(tx *gorm.DB, h *held, form forms.Form, c *Content) error {
		wanted, err := read(form, edit.Values, edit.NotApplicable)
		if err != nil {
			return err
		}
		if edit.Version != h.Version {
			return stale(h.row, wanted, c.Values)
		}
		apply(c.Values, wanted)
		c.Values = form.Compute(c.Values)
		seen, err := s.viewOf(tx, *h, form, *c, false)
		if err != nil {
			return err
		}
		findings = seen.findings
		return errTried
	})
	if errors.Is(err, errTried) {
		return findings, nil
	}
	return nil, err
}
