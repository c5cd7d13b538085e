package reporting

import "pilotboard/pkg/forms"

// Forms gives the service that knows what the reports were filed on.
func (s *Service) Forms() *forms.Service { return s.forms }
