package accounts_test

import (
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

func TestScope(t *testing.T) {
	reviewer := accounts.Actor{UserID: 1, Role: accounts.Reviewer, Division: hefei}
	clerk := accounts.Actor{UserID: 2, Role: accounts.Clerk, Unit: 7}
	cases := []struct {
		name  string
		actor accounts.Actor
		code  string
		want  int64
		kind  fault.Kind
		key   string
	}{
		{"own sub-tree", reviewer, "", hefei, 0, ""},
		{"own code", reviewer, "340100", hefei, 0, ""},
		{"county in it", reviewer, "340111", baohe, 0, ""},
		{"township in it", reviewer, "340111009", fangxing, 0, ""},
		{"another city", reviewer, "340700", 0, fault.Forbidden, "scope.forbidden"},
		{"the province above", reviewer, "340000", 0, fault.Forbidden, "scope.forbidden"},
		{"no such code", reviewer, "340199", 0, fault.NotFound, "division.unknown"},
		{"clerk, own", clerk, "", 0, fault.Forbidden, "scope.forbidden"},
		{"clerk, a code", clerk, "340100", 0, fault.Forbidden, "scope.forbidden"},
		{"nobody", accounts.Actor{}, "340100", 0, fault.Forbidden, "scope.forbidden"},
		{"the program, a code", accounts.System("test"), "340700", tongling, 0, ""},
		{"administrator of everything", accounts.Actor{Role: accounts.Admin}, "320000", jiangsu, 0, ""},
		{"administrator of everything, own", accounts.Actor{Role: accounts.Admin}, "", jiangsu, 0, ""}, // the first by code
	}
	each(t, func(t *testing.T, f *fixture) {
		tree := divisions.New(f.db, ledger.New(), period.SystemClock)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				got, err := accounts.Scope(t.Context(), tree, c.actor, c.code, period.NewDate(2019, 9, 30))
				wantFault(t, err, c.kind, c.key)
				if got.ID != c.want {
					t.Fatalf("got division %d, want %d", got.ID, c.want)
				}
			})
		}
	})
}
