package divisions_test

import (
	"errors"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/locale"
)

// Each bad file is read whole into an empty database; its first row is line 2.
var badFiles = []struct {
	name, text string
	want       []string // line and key, or the whole line of Error
}{
	{"empty", "", []string{"1: division.import.empty"}},
	{"unknown parent", "340100,340100,合肥市,2,340000,,,,\n", []string{"2: division.import.unknown_parent [340100 340000]"}},
	{"no parent by code", "340100,340100,合肥市,2,,,,,\n", []string{"2: division.import.no_parent [340100 340000 1900-01-01]"}},
	{"orphan before the parent begins", "340000,340000,安徽省,1,,2019-01-01,,,\n340100,340100,合肥市,2,340000,2018-01-01,,,\n",
		[]string{"3: division.import.orphan [340100 340000 2018-01-01]"}},
	{"orphan after the parent ends", "340000,340000,安徽省,1,,,2020-01-01,,\n340100,340100,合肥市,2,,,,,\n",
		[]string{"3: division.import.orphan [340100 340000 2020-01-01]"}},
	{"orphan in between", "340000,340000,安徽省,1,,,2019-01-01,,\n340000,340000,安徽省,1,,2019-02-01,,,\n340100,340100,合肥市,2,,,,,\n",
		[]string{"4: division.import.orphan [340100 340000 2019-01-01]"}},
	{"circle", "340000,340000,安徽省,1,,,,,\n340100,340100,甲,2,340111,,,,\n340111,340111,乙,3,340100,,,,\n",
		[]string{"3: division.import.wrong_level [340100 2 340111 3]", "4: division.import.cycle [340100 → 340111 → 340100]"}},
	{"under itself", "340000,340000,安徽省,1,,,,,\n340100,340100,甲,2,340100,,,,\n",
		[]string{"3: division.import.wrong_level", "3: division.import.cycle [340100 → 340100]"}},
	{"province under a city", "340000,340000,安徽省,1,,,,,\n340100,340100,甲,2,,,,,\n350000,350000,乙,1,340100,,,,\n",
		[]string{"4: division.import.wrong_level [350000 1 340100 2]"}},
	{"overlap", "340000,340000,安徽省,1,,,2019-06-01,,\n340000,340000,皖,1,,2019-05-31,,,\n",
		[]string{"3: division.import.overlap [340000 2]"}},
	{"the same day twice", "340000,340000,安徽省,1,,,,,\n340000,340000,安徽省,1,,,,,\n",
		[]string{"3: division.import.overlap [340000 2]"}},
	{"one code twice", "340000,340000,安徽省,1,,,,,\n340100,340100,甲,2,,,,,\n340101,340100,乙,2,,2019-01-01,,,\n",
		[]string{"4: division.import.code_twice [340100 340101 340100]"}},
	{"levels that differ", "340000,340000,安徽省,1,,,2019-01-01,,\n340000,340000,安徽省,2,,2019-01-01,,,\n",
		[]string{"3: division.import.level_differs [340000 1 2]"}},
	{"level", "340000,340000,安徽省,6,,,,,\n", []string{"2: division.import.bad_level [6]"}},
	{"date", "340000,340000,安徽省,1,,2019-02-30,,,\n", []string{"2: period.invalid_date [2019-02-30]"}},
	{"date of another form", "340000,340000,安徽省,1,,,2019/1/1,,\n", []string{"2: period.invalid_date [2019/1/1]"}},
	{"ends before it begins", "340000,340000,安徽省,1,,2019-01-01,2019-01-01,,\n", []string{"2: division.import.empty_validity [2019-01-01 2019-01-01]"}},
	{"short code", "340000,34,安徽省,1,,,,,\n", []string{"2: division.import.bad_code [34 6]"}},
	{"letters in a code", "340000,34000x,安徽省,1,,,,,\n", []string{"2: division.import.bad_code [34000x 6]"}},
	{"city code at a province", "340000,340100,安徽省,1,,,,,\n", []string{"2: division.import.bad_code [340100 6]"}},
	{"key", "=cmd(),340000,安徽省,1,,,,,\n", []string{"2: division.import.bad_key [=cmd() 12]"}},
	{"no name", "340000,340000,  ,1,,,,,\n", []string{"2: division.import.bad_name"}},
	{"name in another encoding", "340000,340000,\xb0\xb2\xbb\xd5,1,,,,,\n", []string{"2: division.import.bad_name"}},
	{"name with a control character", "340000,340000,a\x00b,1,,,,,\n", []string{"2: division.import.bad_name"}},
	{"flag", "340000,340000,安徽省,1,,,,yes,\n", []string{"2: division.import.bad_flag [yes]"}},
	{"quotes", "340000,340000,安\"徽省,1,,,,,\n", []string{"2: division.import.bad_row"}},
	{"truncated row", "340000,340000,安徽省,1,,,,,\n340100,340100,合", []string{"3: division.import.truncated_row [9 3]"}},
	{"unknown successor", "340000,340000,安徽省,1,,,2019-01-01,,350000\n", []string{"2: division.import.unknown_successor [340000 350000]"}},
	{"successor of what goes on", "340000,340000,甲,1,,,,,350000\n350000,350000,乙,1,,,,,\n", []string{"2: division.import.bad_successor [340000 350000]"}},
	{"successor that begins later", "340000,340000,甲,1,,,2019-01-01,,350000\n350000,350000,乙,1,,2019-01-02,,,\n",
		[]string{"2: division.import.bad_successor [340000 350000]"}},
	{"what lies under a faulty row is not faulty", "340000,340000,安徽省,1,,x,,,\n340100,340100,合肥市,2,,,,,\n340200,340200,芜湖市,2,340000,,,,\n",
		[]string{"2: period.invalid_date [x]"}},
	{"all at once, in order", "340000,340000,安徽省,1,,,,,\n340100,340100,,2,,,,9,\n# a comment\n340200,340200,芜湖市,2,,2019-13-01,,,\n340399,340399,丙,3,,,,,\n",
		[]string{"3: division.import.bad_name", "3: division.import.bad_flag [9]", "5: period.invalid_date [2019-13-01]", "6: division.import.no_parent [340399 340300 1900-01-01]"}},
}

func TestBadFilesAreRefusedWhole(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := divisions.New(db, ledger.New(), clock)
		for _, c := range badFiles {
			t.Run(c.name, func(t *testing.T) {
				_, err := importText(t, s, c.text)
				checkFaults(t, err, c.want)
				if n := rows(t, db, "divisions") + rows(t, db, "ledger"); n != 0 {
					t.Errorf("%d rows written", n)
				}
			})
		}
		t.Run("header", func(t *testing.T) {
			_, err := s.Import(t.Context(), strings.NewReader("code,name\n34,x\n"), "test.csv", false, "admin")
			checkFaults(t, err, []string{"1: division.import.bad_header"})
		})
	})
}

func checkFaults(t *testing.T, err error, want []string) {
	t.Helper()
	var faults fault.FileFaults
	if !errors.As(err, &faults) {
		t.Fatalf("err %v", err)
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i, line := range want {
		if !strings.HasPrefix(got[i], "test.csv:"+line) {
			t.Errorf("got %q, want %q", got[i], line)
		}
	}
	for _, f := range faults {
		for _, lang := range locale.Languages {
			if text := locale.For(lang).T(f.Key, f.Args...); text == f.Key || strings.Contains(text, "%!") {
				t.Errorf("%s in %s: %q", f.Key, lang, text)
			}
		}
	}
}

// A file can be right in itself and wrong beside what is there already.
func TestFilesThatDoNotFitTheTreeAreRefused(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"code taken", "340112,340111,甲,3,,2019-01-01,,,\n", "2: division.import.code_twice [340111 340112 340111]"},
		{"children left alone", "340111,340111,包河区,3,,,2020-01-01,,\n", "2: division.import.orphan [340111009 340111 2020-01-01]"},
		{"level above the children", "340111,340111009,包河区,4,340100,,,,\n", "2: division.import."},
	}
	each(t, func(t *testing.T, s *divisions.Service) {
		mustImport(t, s, small)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				_, err := importText(t, s, c.text)
				if err == nil || !strings.HasPrefix(err.Error(), "test.csv:"+c.want) {
					t.Errorf("got %v, want %s", err, c.want)
				}
				if d := byCode(t, s, "340111", "2020-06-30"); d.Name != "包河区" || d.Level != divisions.County {
					t.Errorf("changed all the same: %+v", d)
				}
			})
		}
	})
}
