package reporting

import (
	"context"
	"errors"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
)

// errTried ends the transaction of a change that was only tried.
var errTried = errors.New("only tried")

// TrySave tells what Save would say, and changes nothing.
func (s *Service) TrySave(ctx context.Context, actor accounts.Actor, ref Ref, edit Edit) error {
	_, err := s.change(ctx, actor, ref, func(r *row, form forms.Form, values forms.Values) error {
		wanted, err := read(form, edit.Values, edit.NotApplicable)
		if err != nil {
			return err
		}
		if edit.Version != r.Version {
			return stale(*r, wanted, values)
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}
