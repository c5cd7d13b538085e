// Package observations keeps what documents have published: figures and claims as they are quoted, each
// with its source, and the checks that find where two of them contradict each other. It owns the tables
// observations and observation_checks. It computes none of the system's own figures, and never corrects
// what a document says.
package observations

import (
	"math/big"

	"pilotboard/pkg/database"
	"pilotboard/pkg/expression"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// Service keeps observations.
type Service struct {
	db     *database.DB
	ledger *ledger.Ledger
	clock  period.Clock
}

// New makes the service.
func New(db *database.DB, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{db: db, ledger: l, clock: clock}
}

// The kinds: a number, or a statement, which may have a number, too.
const (
	Figure = "figure"
	Claim  = "claim"
)

// The qualifiers of a quoted number.
const (
	Exact   = "exact"
	Rounded = "rounded"
	AtLeast = "at_least"
)

// Observation is something that a document says. Indicator is the figure of this system that it can be
// set beside, of one batch where Batch is not empty; both may be empty. Scope is the code of the division
// it is about. AsOf is a day, and Basis says where that day comes from. Value is fixed-point with Decimals
// and counts Scale at a time; a share bears its Numerator and Denominator where the document gives them.
// Names are those that the document lists.
type Observation struct {
	ID          string
	Kind        string
	Chinese     string
	English     string
	Indicator   string
	Batch       string
	Scope       string
	AsOf        period.Date
	Basis       string
	HasValue    bool
	Value       int64
	Decimals    int
	Scale       int64
	Numerator   int64
	Denominator int64
	Unit        string
	Qualifier   string
	Names       []string
	Document    string
	Section     string
	Note        string
}

// Title gives the name in the reader's language.
func (o Observation) Title(p locale.Printer) string { return inLanguage(p, o.Chinese, o.English) }

func inLanguage(p locale.Printer, chinese, english string) string {
	if p.Language() == locale.English {
		return english
	}
	return chinese
}

// Text writes the number as it is quoted: `4.5万余人`; empty when there is none.
func (o Observation) Text(p locale.Printer) string {
	if !o.HasValue {
		return ""
	}
	return p.Quantity(locale.Quantity{Number: o.Value, Decimals: o.Decimals, Scale: o.Scale, AtLeast: o.Qualifier == AtLeast, Unit: o.Unit})
}

// Number gives the number that is meant, with its scale; nil when there is none.
func (o Observation) Number() *big.Rat {
	if !o.HasValue {
		return nil
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(o.Decimals)), nil)
	return new(big.Rat).Mul(new(big.Rat).SetFrac(big.NewInt(o.Value), unit), big.NewRat(o.Scale, 1))
}

// Check is what must hold between observations. In Expr, ID.value, ID.numerator and ID.denominator are
// the numbers of an observation; it says nothing while one of them has none.
type Check struct {
	ID      string
	Chinese string
	English string
	Expr    string
}

// Title says what must hold, in the reader's language.
func (c Check) Title(p locale.Printer) string { return inLanguage(p, c.Chinese, c.English) }

// compile reads the expression of a check over the observations that known has.
func (c Check) compile(known map[string]Observation) (*expression.Expression, []fault.Message) {
	return expression.Compile(c.Expr, func(n expression.Name) (expression.Meaning, *fault.Message) {
		number := expression.Meaning{Kind: expression.Number}
		_, there := known[n.Of]
		if !there || (n.Key != "value" && n.Key != "numerator" && n.Key != "denominator") {
			return number, &fault.Message{Key: "observation.unknown", Args: []any{n.String()}}
		}
		return number, nil
	}, expression.Truth)
}

// operand gives what a name stands for in a check.
func (o Observation) operand(key string) any {
	switch {
	case key == "value" && o.HasValue:
		return o.Number()
	case key == "numerator" && o.Denominator > 0:
		return big.NewRat(o.Numerator, 1)
	case key == "denominator" && o.Denominator > 0:
		return big.NewRat(o.Denominator, 1)
	}
	return nil
}
