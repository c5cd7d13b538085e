package observations

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/expression"
)

// Contradiction is a check that does not hold, with the observations it names. None of them is wrong for
// that: all stand, each with its source.
type Contradiction struct {
	Check
	Statements []Observation
}

// All gives, inside tx, every observation and every contradiction among them, without asking who wants
// to know: for services that have asked.
func All(tx *gorm.DB) ([]Observation, []Contradiction, error) {
	rows, checks, err := read(tx)
	if err != nil {
		return nil, nil, err
	}
	list, err := observationsOf(rows)
	if err != nil {
		return nil, nil, err
	}
	known := map[string]Observation{}
	for _, o := range list {
		known[o.ID] = o
	}
	var found []Contradiction
	for _, r := range checks {
		contradiction, holds, err := Check{r.ID, r.Chinese, r.English, r.Expr}.ask(known)
		if err != nil {
			return nil, nil, err
		}
		if !holds {
			found = append(found, contradiction)
		}
	}
	return list, found, nil
}

// ask works a check out.
func (c Check) ask(known map[string]Observation) (Contradiction, bool, error) {
	e, wrong := c.compile(known)
	if len(wrong) > 0 {
		return Contradiction{}, false, fmt.Errorf("check %s of the observations: %v", c.ID, wrong[0])
	}
	value, has := e.Value(func(n expression.Name) any { return known[n.Of].operand(n.Key) })
	found := Contradiction{Check: c}
	named := map[string]bool{}
	for _, n := range e.Names {
		if !named[n.Of] {
			named[n.Of] = true
			found.Statements = append(found.Statements, known[n.Of])
		}
	}
	return found, !has || value == true, nil
}
