package exchange

import (
	"strings"
	"testing"
)

// TestTablesHoldNoFormulas: what people type into names and reasons is text to a spreadsheet.
func TestTablesHoldNoFormulas(t *testing.T) {
	table := Table{Title: "=title", Notes: []string{"@note"}, Head: []string{"unit", "gap"}, Rows: [][]string{
		{"=cmd", "-12.5"}, {"-1+cmd|' /C calc'!A0", "+4.5"}, {"+1;x", "-8.5%"}, {"@sum", "-"}, {"\tx", "a-b"},
	}}
	var out strings.Builder
	if err := table.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffunit,gap\n'=cmd,-12.5\n'-1+cmd|' /C calc'!A0,+4.5\n'+1;x,-8.5%\n'@sum,'-\n'\tx,a-b\n\n'=title\n'@note\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}
