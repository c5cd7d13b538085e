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
	_, err := s.changeIn(ctx, actor, ref, func(tx *gorm.DB, r *row, form forms.Form, c *Content) error {
		wanted, err := read(form, edit.Values, edit.NotApplicable)
		if err != nil {
			return err
		}
		if edit.Version != r.Version {
			return stale(*r, wanted, c.Values)
		}
		apply(c.Values, wanted)
		if findings, err = s.findings(tx, *r, form, form.Compute(c.Values)); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return findings, nil
	}
	return nil, err
}

// findings gives the checks that values of a report do not pass.
func (s *Service) findings(tx *gorm.DB, r row, form forms.Form, values forms.Values) ([]forms.Finding, error) {
	rows, err := s.latestRevisions(tx, r.UnitID, r.Form, r.Period, 1)
	if err != nil {
		return nil, err
	}
	earlier, err := s.filed(tx, r, rows)
	if err != nil {
		return nil, err
	}
	around, err := s.around(tx, r, form, earlier)
	if err != nil {
		return nil, err
	}
	return form.Evaluate(r.UnitType, values, around), nil
}
