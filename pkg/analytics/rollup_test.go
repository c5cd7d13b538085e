package analytics

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

const smallPlan = `
key: small
title: small
issuer: test
issued: 2018-11-22
period: [2018Q1, 2020Q4]
lights: {behind: 10, severe: 30}
batches: [{key: "2018", title: a}, {key: "2019", title: b}]
workstreams:
  - key: W1
    title: one
    milestones:
      - {key: M1, title: m1, weight: 3, path: step, due: {"2018": 2019Q1, "2019": 2019Q3}, types: [district, street, community], measure: {form: progress, item: m1, type: percent}}
      - {key: M2, title: m2, weight: 4, path: even, start: {"2018": 2019Q1}, due: {"2018": 2019Q3}, types: [community], measure: {form: progress, item: m2, type: percent}}
  - key: W2
    title: two
    milestones:
      - {key: M3, title: m3, weight: 5, path: step, due: {"2019": 2020Q2}, types: [district, community], measure: {form: progress, item: m3, type: yes_no}}
`

func parseSmallPlan(t testing.TB) *plan.Plan {
	t.Helper()
	p, err := plan.Parse("small.yaml", []byte(smallPlan))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// drawUnits draws units at random places of a random tree: ids 1 provinces, 10+ cities, 100+ counties;
// some lie directly in a city or in the province.
func drawUnits(t *rapid.T, p *plan.Plan, q period.Quarter) []unitFigure {
	cities := rapid.IntRange(1, 3).Draw(t, "cities")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) unitFigure {
		f := unitFigure{
			Form: "progress", Period: q, Since: begin(q), Until: forever, ProvinceID: 1, Due: q.Last().AddDays(10),
			Batch: rapid.SampledFrom([]string{"2018", "2019"}).Draw(t, "batch"), UnitType: rapid.SampledFrom(plan.Types).Draw(t, "type"),
			Submitted: rapid.Bool().Draw(t, "submitted"), Accepted: rapid.Bool().Draw(t, "accepted"),
			OnTime: rapid.Bool().Draw(t, "on time"),
		}
		f.Reported = rapid.Bool().Draw(t, "reported")
		if city := rapid.IntRange(0, cities).Draw(t, "city"); city > 0 {
			f.CityID = int64(10 + city)
			if county := rapid.IntRange(0, 2).Draw(t, "county"); county > 0 {
				f.CountyID = f.CityID*10 + int64(county)
			}
		}
		actual := map[string]plan.Fraction{}
		for _, m := range p.Milestones(f.Batch, f.UnitType) {
			if rapid.Bool().Draw(t, "has "+m.Key) {
				actual[m.Key] = plan.Fraction(rapid.Int64Range(0, int64(plan.One)).Draw(t, m.Key))
			}
		}
		a := Assess(p, f.Batch, f.UnitType, q, actual)
		if a.Planned < 0 || a.Planned > plan.One || a.Earned < 0 || a.Earned > plan.One {
			t.Fatalf("planned %d, earned %d", a.Planned, a.Earned)
		}
		f.Planned, f.Earned, f.Light, f.Locked, f.Overdue = a.Planned, a.Earned, a.Light, f.lockedLight(a.Light), a.Overdue
		f.Actual = fractionsText(actual)
		return f
	}), 0, 25).Draw(t, "units")
}

// Over random trees: what the province's roll-up holds, changed by what changed of each unit, is the sum over
// its units as they are in the end, kind by kind.
func TestRollUpsAreTheSumOfUnits(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		p, q := parseSmallPlan(t), period.MustParse("2019Q2")
		rapid.Check(t, func(r *rapid.T) {
			before, after := drawUnits(r, p, q), drawUnits(r, p, q)
			want := map[kind]Sum{}
			for _, f := range after {
				sum, err := sumOf(p, f)
				if err != nil {
					r.Fatal(err)
				}
				total := want[kind{f.Batch, f.UnitType}]
				total.Add(sum)
				want[kind{f.Batch, f.UnitType}] = total
			}
			if diff := cmp.Diff(want, rolledUp(r, db, p, before, after)); diff != "" {
				r.Fatalf("roll-up differs (-units +roll-up):\n%s", diff)
			}
		})
	})
}

// rolledUp rolls some figures up, then others in their place, and reads the province back.
func rolledUp(t *rapid.T, db *database.DB, p *plan.Plan, before, after []unitFigure) map[kind]Sum {
	got := map[kind]Sum{}
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM rollups").Error; err != nil {
			return err
		}
		first, then := changes{}, changes{}
		for _, f := range before {
			if err := errors.Join(first.put(p, f), then.take(p, f)); err != nil {
				return err
			}
		}
		for _, f := range after {
			if err := then.put(p, f); err != nil {
				return err
			}
		}
		if err := errors.Join(first.settle(tx), then.settle(tx)); err != nil {
			return err
		}
		var rows []rollup
		if err := tx.Where("division_id = 1").Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			sum, err := r.sum(true)
			if err != nil {
				return err
			}
			got[kind{r.Batch, r.UnitType}] = sum
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
