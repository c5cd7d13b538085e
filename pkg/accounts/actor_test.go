package accounts_test

import (
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
)

func TestCovers(t *testing.T) {
	place := divisions.Place{Province: anhui, City: hefei, County: baohe, Division: fangxing}
	cases := []struct {
		name  string
		actor accounts.Actor
		unit  int64
		place divisions.Place
		want  bool
	}{
		{"nobody", accounts.Actor{}, 7, place, false},
		{"nobody, nothing", accounts.Actor{}, 0, divisions.Place{}, false},
		{"the program", accounts.System("job"), 7, divisions.Place{}, true},
		{"administrator of everything", accounts.Actor{Role: accounts.Admin}, 7, place, true},
		{"administrator of the province", accounts.Actor{Role: accounts.Admin, Division: anhui}, 7, place, true},
		{"administrator of another province", accounts.Actor{Role: accounts.Admin, Division: jiangsu}, 7, place, false},
		{"monitor without a division", accounts.Actor{Role: accounts.Monitor}, 7, place, false},
		{"monitor", accounts.Actor{Role: accounts.Monitor, Division: anhui}, 7, place, true},
		{"reviewer of the city", accounts.Actor{Role: accounts.Reviewer, Division: hefei}, 7, place, true},
		{"reviewer of the county", accounts.Actor{Role: accounts.Reviewer, Division: baohe}, 7, place, true},
		{"reviewer of another city", accounts.Actor{Role: accounts.Reviewer, Division: tongling}, 7, place, false},
		{"reviewer, unit without a place", accounts.Actor{Role: accounts.Reviewer, Division: hefei}, 7, divisions.Place{}, false},
		{"clerk of the unit", accounts.Actor{Role: accounts.Clerk, Unit: 7}, 7, place, true},
		{"clerk of another unit", accounts.Actor{Role: accounts.Clerk, Unit: 8}, 7, place, false},
		{"clerk of no unit", accounts.Actor{Role: accounts.Clerk}, 0, place, false},
		{"clerk with a division", accounts.Actor{Role: accounts.Clerk, Unit: 8, Division: hefei}, 7, place, false},
		{"unknown role", accounts.Actor{Role: "king", Division: anhui}, 7, place, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.actor.Covers(c.unit, c.place); got != c.want {
				t.Fatalf("got %v", got)
			}
		})
	}
}

func TestCoversPlace(t *testing.T) {
	city := divisions.Place{Province: anhui, City: hefei, Division: hefei}
	cases := []struct {
		name  string
		actor accounts.Actor
		want  bool
	}{
		{"reviewer of the city", accounts.Actor{Role: accounts.Reviewer, Division: hefei}, true},
		{"reviewer of a county in it", accounts.Actor{Role: accounts.Reviewer, Division: baohe}, false},
		{"viewer of the province", accounts.Actor{Role: accounts.Viewer, Division: anhui}, true},
		{"clerk", accounts.Actor{Role: accounts.Clerk, Unit: 7}, false},
		{"clerk of no unit", accounts.Actor{Role: accounts.Clerk}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.actor.CoversPlace(city); got != c.want {
				t.Fatalf("got %v", got)
			}
		})
	}
}

func TestCan(t *testing.T) {
	permissions := []accounts.Permission{
		accounts.FileReports, accounts.ReviewReports, accounts.ReadFigures,
		accounts.ManagePlan, accounts.ManageUsers, accounts.ImportData, accounts.DiscussReports, accounts.OverrideLights,
	}
	cases := []struct {
		role accounts.Role
		want [8]bool
	}{
		{accounts.Admin, [8]bool{false, true, true, true, true, true, true, true}},
		{accounts.Monitor, [8]bool{false, true, true, false, false, false, true, true}},
		{accounts.Reviewer, [8]bool{true, true, true, false, false, false, true, false}},
		{accounts.Clerk, [8]bool{true, false, true, false, false, false, true, false}},
		{accounts.Viewer, [8]bool{false, false, true, false, false, false, false}},
		{"", [8]bool{}},
	}
	for _, c := range cases {
		t.Run(string(c.role), func(t *testing.T) {
			for i, p := range permissions {
				if got := (accounts.Actor{Role: c.role}).Can(p); got != c.want[i] {
					t.Errorf("permission %d: got %v", p, got)
				}
			}
		})
	}
	for _, p := range permissions {
		if !accounts.System("job").Can(p) {
			t.Errorf("the program may not %d", p)
		}
	}
	wantFault(t, accounts.Actor{}.Require(accounts.ReadFigures), fault.Forbidden, "permission.denied")
}
