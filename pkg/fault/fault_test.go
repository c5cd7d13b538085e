package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
)

// carrier is an error of a domain that unwraps to a fault.
type carrier struct{}

func (carrier) Error() string { return "carrier" }
func (carrier) Unwrap() error { return fault.New(fault.Conflict, "carried") }

func TestIsAndAs(t *testing.T) {
	locked := fault.New(fault.Conflict, "report.locked", "2019-10-30")
	cases := []struct {
		name string
		err  error
		kind fault.Kind
		key  string // empty: carries none
	}{
		{"bare", locked, fault.Conflict, "report.locked"},
		{"wrapped", fmt.Errorf("submit: %w", locked), fault.Conflict, "report.locked"},
		{"wrapped twice", fmt.Errorf("a: %w", fmt.Errorf("b: %w", locked)), fault.Conflict, "report.locked"},
		{"joined", errors.Join(errors.New("x"), locked), fault.Conflict, "report.locked"},
		{"unwrapped by another type", fmt.Errorf("save: %w", carrier{}), fault.Conflict, "carried"},
		{"the outer of two", errors.Join(fault.New(fault.NotFound, "first"), locked), fault.NotFound, "first"},
		{"text only", fmt.Errorf("submit: %s", locked.Error()), 0, ""},
		{"file faults", fault.FileFaults{{File: "a", Line: 1}}, 0, ""},
		{"other", errors.New("disk full"), 0, ""},
		{"none", nil, 0, ""},
	}
	kinds := []fault.Kind{fault.Internal, fault.Invalid, fault.NotFound, fault.Forbidden, fault.Conflict, fault.Unauthorized, fault.TooMany}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, ok := fault.As(c.err)
			if ok != (c.key != "") {
				t.Fatalf("carries a fault: %v", ok)
			}
			if ok && f.Key != c.key {
				t.Fatalf("got %s", f.Key)
			}
			for _, kind := range kinds {
				if got, want := fault.Is(c.err, kind), ok && kind == c.kind; got != want {
					t.Errorf("is of kind %d: %v", kind, got)
				}
			}
		})
	}
}

func TestFaultText(t *testing.T) {
	cases := []struct {
		name string
		f    *fault.Fault
		want string
	}{
		{"key", fault.New(fault.NotFound, "plan.none"), "plan.none"},
		{"with values", fault.New(fault.Invalid, "cell.too_long", 4001, 4000), "cell.too_long [4001 4000]"},
		{
			"with fields in the order of adding",
			fault.New(fault.Invalid, "report.invalid").With("m2_1", "cell.negative").With("m1_2", "cell.over_max", "100"),
			"report.invalid; m2_1: cell.negative; m1_2: cell.over_max [100]",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.f.Error(); got != c.want {
				t.Fatalf("got %q", got)
			}
		})
	}
}

func TestWithAddsToTheSameFault(t *testing.T) {
	f := fault.New(fault.Invalid, "report.invalid")
	if f.With("m1_1", "cell.not_yes_no") != f {
		t.Fatal("another fault came back")
	}
	want := []fault.Field{{Name: "m1_1", Message: fault.Message{Key: "cell.not_yes_no"}}}
	if diff := cmp.Diff(want, f.Fields); diff != "" {
		t.Fatal(diff)
	}
}

func TestFileFaultsText(t *testing.T) {
	message := fault.Message{Key: "plan.file.not_a_date", Args: []any{"20181122"}}
	faults := fault.FileFaults{
		{File: "divisions.csv", Line: 3, Message: fault.Message{Key: "division.import.bad_flag"}},
		{File: "plan.yaml", Line: 6, Column: 9, Message: message},
		{File: "plan.yaml", Line: 12, Column: 5, Path: "workstreams[0].title", Message: message},
	}
	const want = `divisions.csv:3: division.import.bad_flag
plan.yaml:6:9: plan.file.not_a_date [20181122]
plan.yaml:12:5: workstreams[0].title: plan.file.not_a_date [20181122]`
	if diff := cmp.Diff(want, faults.Error()); diff != "" {
		t.Fatal(diff)
	}
	var found fault.FileFaults
	if err := fmt.Errorf("import: %w", faults); !errors.As(err, &found) || len(found) != 3 {
		t.Fatalf("not found through wrapping: %v", err)
	}
}
