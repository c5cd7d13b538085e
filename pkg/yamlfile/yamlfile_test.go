package yamlfile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/yamlfile"
)

// read takes a small file: a name, a count, a day and a list of notes.
func read(text string) (name string, count int, notes []string, err error) {
	d := yamlfile.New("a.yaml")
	root := d.Root([]byte(text))
	if root == nil {
		return "", 0, nil, d.Err()
	}
	o := d.Object(root, "")
	name = d.Key(o.Required("name"), "name", yamlfile.Name)
	count = d.Whole(o.Optional("count"), "count", 1, 9)
	d.Date(o.Optional("day"), "day")
	d.Flag(o.Optional("sure"), "sure")
	for _, e := range d.List(o.Optional("notes"), "notes") {
		notes = append(notes, d.Line(e.Node, e.Path, 3))
	}
	o.End()
	return name, count, notes, d.Err()
}

func TestRead(t *testing.T) {
	name, count, notes, err := read("name: &n a\ncount: 3\nday: 2019-10-31\nsure: true\nnotes: [甲, *n]\n")
	if err != nil || name != "a" || count != 3 || !slices.Equal(notes, []string{"甲", "a"}) {
		t.Fatalf("%q %d %v %v", name, count, notes, err)
	}
}

func TestFaults(t *testing.T) {
	cases := []struct {
		text string
		want []string
	}{
		{"", []string{"1:1: file.no_content"}},
		{"name: [", []string{"1:1: file.syntax"}},
		{"name: a\n---\nname: b\n", []string{"2:1: file.second_document"}},
		{"name: a\x00", []string{"1:8: file.bad_text"}},
		{"name: *x\n", []string{"1:7: file.unknown_alias"}},
		{"name: &x [*x]\n", []string{"1:11: file.circular_alias"}},
		{"name: " + strings.Repeat("x", 1<<20), []string{"1:1: file.too_large"}},
		{"- a\n", []string{"1:1: file.not_mapping"}},
		{"count: 3\n", []string{"1:1: name: file.missing_key"}},
		{"name: a\nname: b\n", []string{"2:1: name: file.duplicate_key"}},
		{"name: a\n? [b]\n: c\n", []string{"2:3: file.not_key"}},
		{"name: A b\ncount: ten\nday: 2019-02-30\nsure: maybe\nnotes: a\nmore: 1\n", []string{
			"1:7: name: file.bad_key", "2:8: count: file.not_number", "3:6: day: period.invalid_date",
			"4:7: sure: file.not_flag", "5:8: notes: file.not_list", "6:1: more: file.unknown_key"}},
		{"name: a\ncount: 10\nnotes: [abcd, 1, {}, '']\n", []string{
			"2:8: count: file.out_of_range", "3:9: notes[0]: file.too_long", "3:15: notes[1]: file.not_text", "3:18: notes[2]: file.not_value", "3:22: notes[3]: file.empty"}},
		{"name: a\ncount: 1.5\nnotes: []\n", []string{"2:8: count: file.too_many_decimals", "3:8: notes: file.empty"}},
		{"name: a\nnotes: [\"a\\nb\"]\n", []string{"2:9: notes[0]: file.not_one_line"}},
	}
	for _, c := range cases {
		t.Run(c.text[:min(len(c.text), 40)], func(t *testing.T) {
			_, _, _, err := read(c.text)
			var faults fault.FileFaults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, f := range faults {
				got = append(got, strings.TrimPrefix(f.Where(), "a.yaml:")+": "+f.Key)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestFixed(t *testing.T) {
	cases := []struct {
		amount   int64
		decimals int
		want     string
	}{{125, 1, "12.5"}, {120, 1, "12"}, {5, 3, "0.005"}, {0, 2, "0"}, {-5, 1, "-0.5"}, {-1200, 2, "-12"}, {7, 0, "7"}, {-9223372036854775808, 0, "-9223372036854775808"}}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.amount, c.decimals), func(t *testing.T) {
			if got := yamlfile.Fixed(c.amount, c.decimals); got != c.want {
				t.Fatalf("got %s", got)
			}
		})
	}
}
