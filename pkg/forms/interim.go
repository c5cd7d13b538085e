package forms

import "pilotboard/pkg/period"

// Compute fills computed cells.
func (f Form) Compute(values Values) Values { return values }

// Evaluate finds what does not hold.
func (f Form) Evaluate(_ string, _ Values, _ Around) []Finding { return nil }

// Expired tells whether the form can no longer be filed.
func (f Form) Expired(on period.Date) bool { return !f.ValidUntil.IsZero() && on.After(f.ValidUntil) }

// SumChildren sums.
func SumChildren(_ Form, _ []Values) Values { return Values{} }

// ComputedFrom gives the computed items that an item goes into.
func (f Form) ComputedFrom(_ string) []Item { return nil }
