package observations_test

import (
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/observations"
	"pilotboard/pkg/period"
)

const sound = `
observations:
  - {id: all, kind: claim, title: {zh: 全部, en: all}, scope: "340000", as_of: 2019-08-15, basis: 成文日期, value: 16, numerator: 16, denominator: 16, unit: 个, document: 函, section: 一}
  - {id: some, kind: figure, title: {zh: 部分, en: some}, scope: "340000", as_of: 2019-08-15, basis: 成文日期, value: 11, numerator: 11, denominator: 16, unit: 个, document: 函, section: 一}
  - {id: many, kind: figure, title: {zh: 人才, en: people}, scope: "340000", as_of: 2019-08-15, basis: 成文日期, value: 4.5, decimals: 1, scale: 10000, qualifier: at_least, unit: 人, names: [甲, 乙], document: 函, section: 三}
  - {id: named, kind: claim, title: {zh: 单位, en: unit}, scope: "340000", as_of: 2019-08-15, basis: 成文日期, document: 函, section: 二}
checks:
  - {id: c6, title: {zh: 一致, en: agree}, expr: "all.numerator < all.denominator or some.numerator == some.denominator"}
  - {id: fewer, title: {zh: 不多于, en: no more}, expr: some.value <= many.value}
  - {id: silent, title: {zh: 无数, en: no number}, expr: named.value > many.value}
`

func each(t *testing.T, fn func(t *testing.T, s *observations.Service, db *database.DB)) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		fn(t, observations.New(db, ledger.New(), period.ClockOn(period.NewDate(2019, 10, 12))), db)
	})
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, s *observations.Service, db *database.DB) {
		ctx, system := t.Context(), accounts.System("test")
		steps := []struct {
			name, text string
			dry        bool
			want       observations.Result
			entries    int64
		}{
			{"a dry run", sound, true, observations.Result{Created: 7}, 0},
			{"the first time", sound, false, observations.Result{Created: 7}, 1},
			{"the second time", sound, false, observations.Result{Unchanged: 7}, 1},
			{"a change", strings.Replace(sound, "value: 11", "value: 12", 1), false, observations.Result{Updated: 1, Unchanged: 6}, 2},
			{"back", sound, false, observations.Result{Updated: 1, Unchanged: 6}, 3},
		}
		for _, step := range steps {
			got, err := s.Import(ctx, system, "test.yaml", []byte(step.text), step.dry)
			var entries int64
			db.Read(ctx).Table("ledger").Count(&entries)
			if err != nil || got != step.want || entries != step.entries {
				t.Errorf("%s: %+v, %v, %d entries", step.name, got, err, entries)
			}
		}
		list, _, err := observations.All(db.Read(ctx))
		if err != nil || len(list) != 4 {
			t.Fatalf("%d observations, %v", len(list), err)
		}
		p := locale.For(locale.Chinese)
		if o := list[2]; o.Text(p) != "4.5万余人" || fmt.Sprint(o.Names) != "[甲 乙]" || o.Title(p) != "人才" || o.AsOf.String() != "2019-08-15" || o.Number().RatString() != "45000" {
			t.Errorf("got %+v", o)
		}
		if o := list[3]; o.Text(p) != "" || o.Number() != nil {
			t.Errorf("a claim without a number has one: %+v", o)
		}
	})
}

func TestContradictions(t *testing.T) {
	each(t, func(t *testing.T, s *observations.Service, db *database.DB) {
		ctx, system := t.Context(), accounts.System("test")
		for _, c := range []struct{ text, want string }{
			{sound, "c6[all some]"},
			{strings.Replace(sound, "numerator: 11", "numerator: 16", 1), ""},
			{strings.Replace(sound, "value: 11,", "value: 99999,", 1), "c6[all some] fewer[some many]"},
		} {
			if _, err := s.Import(ctx, system, "test.yaml", []byte(c.text), false); err != nil {
				t.Fatal(err)
			}
			_, found, err := observations.All(db.Read(ctx))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				var ids []string
				for _, o := range f.Statements {
					ids = append(ids, o.ID)
				}
				got = append(got, f.ID+fmt.Sprint(ids))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		}
	})
}

func TestWhatAFileMayNotSay(t *testing.T) {
	cases := []struct{ name, from, to, want string }{
		{"an unknown kind", "kind: claim", "kind: rumour", "test.yaml:3"},
		{"a figure without a value", "value: 11, ", "", "file.missing_key"},
		{"half a share", "denominator: 16, unit: 个, document: 函, section: 一}\n  - {id: many", "unit: 个, document: 函, section: 一}\n  - {id: many", "observation.half_share"},
		{"no document", "document: 函, section: 二", "section: 二", "file.missing_key"},
		{"two of one id", "id: some", "id: all", "file.taken"},
		{"a check of what is not there", "expr: some.value", "expr: none.value", "observation.unknown"},
		{"a check of another number", "expr: some.value", "expr: some.mean", "observation.unknown"},
		{"a check that is no condition", "expr: some.value <= many.value", "expr: some.value", "expression.wrong_kind"},
		{"an unknown key", "section: 二", "section: 二, page: 1", "file.unknown_key"},
	}
	s := observations.New(databasetest.Open(t, database.SQLite), ledger.New(), period.ClockOn(period.NewDate(2019, 10, 12)))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(sound, c.from, c.to, 1)
			if text == sound {
				t.Fatal("nothing was changed")
			}
			_, err := s.Import(t.Context(), accounts.System("test"), "test.yaml", []byte(text), true)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWhoMayImport(t *testing.T) {
	s := observations.New(databasetest.Open(t, database.SQLite), ledger.New(), period.ClockOn(period.NewDate(2019, 10, 12)))
	for _, role := range []accounts.Role{accounts.Monitor, accounts.Reviewer, accounts.Viewer, accounts.Clerk} {
		if _, err := s.Import(t.Context(), accounts.Actor{UserID: 1, Role: role, Division: 1}, "test.yaml", []byte(sound), false); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s imports: %v", role, err)
		}
	}
}
