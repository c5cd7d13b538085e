package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

var validUser = accounts.NewUser{
	Name: "wang.li-01", Display: "王丽", Role: accounts.Reviewer, Division: hefei, Password: password, Language: "en",
}

func changed(change func(*accounts.NewUser)) accounts.NewUser {
	in := validUser
	change(&in)
	return in
}

var addCases = []struct {
	name string
	in   accounts.NewUser
	want string // the field faults
}{
	{"reviewer of a city", validUser, ""},
	{"reviewer of a county", changed(func(n *accounts.NewUser) { n.Division = baohe }), ""},
	{"reviewer of a province", changed(func(n *accounts.NewUser) { n.Division = anhui }), "division=user.division_of_reviewer"},
	{"reviewer of a township", changed(func(n *accounts.NewUser) { n.Division = fangxing }), "division=user.division_of_reviewer"},
	{"reviewer of nothing", changed(func(n *accounts.NewUser) { n.Division = 0 }), "division=user.division_needed"},
	{"reviewer of a division that is not there", changed(func(n *accounts.NewUser) { n.Division = 99 }), "division=user.division_unknown"},
	{"reviewer with a unit", changed(func(n *accounts.NewUser) { n.Unit = 7 }), "unit=user.unit_not_needed"},
	{"monitor", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Monitor, anhui }), ""},
	{"monitor of nothing", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Monitor, 0 }), "division=user.division_needed"},
	{"viewer of a county", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Viewer, baohe }), ""},
	{"viewer of a township", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Viewer, fangxing }), "division=user.division_too_low"},
	{"monitor of a township", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Monitor, fangxing }), "division=user.division_too_low"},
	{"administrator of a township", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Admin, fangxing }), "division=user.division_of_admin"},
	{"viewer of nothing", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Viewer, 0 }), "division=user.division_needed"},
	{"administrator of everything", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Admin, 0 }), ""},
	{"administrator of the province", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Admin, anhui }), ""},
	{"administrator of a city", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Admin, hefei }), "division=user.division_of_admin"},
	{"clerk", changed(func(n *accounts.NewUser) { n.Role, n.Division, n.Unit = accounts.Clerk, 0, 7 }), ""},
	{"clerk of nothing", changed(func(n *accounts.NewUser) { n.Role, n.Division = accounts.Clerk, 0 }), "unit=user.unit_needed"},
	{"clerk of a division", changed(func(n *accounts.NewUser) { n.Role, n.Unit = accounts.Clerk, 7 }), "division=user.division_of_clerk"},
	{"unknown role", changed(func(n *accounts.NewUser) { n.Role = "king" }), "role=user.role_unknown"},
	{"no name", changed(func(n *accounts.NewUser) { n.Name = "" }), "name=user.name_invalid"},
	{"name with a space", changed(func(n *accounts.NewUser) { n.Name = "wang li" }), "name=user.name_invalid"},
	{"name with a tag", changed(func(n *accounts.NewUser) { n.Name = "</script>" }), "name=user.name_invalid"},
	{"name of 65 characters", changed(func(n *accounts.NewUser) { n.Name = strings.Repeat("a", 65) }), "name=user.name_invalid"},
	{"display with a line break", changed(func(n *accounts.NewUser) { n.Display = "王\n丽" }), "display=user.display_invalid"},
	{"display of 65 characters", changed(func(n *accounts.NewUser) { n.Display = strings.Repeat("王", 65) }), "display=user.display_invalid"},
	{"unknown language", changed(func(n *accounts.NewUser) { n.Language = "fr" }), "language=user.language_unknown"},
	{"password of 9 characters", changed(func(n *accounts.NewUser) { n.Password = "密码密码密码密码密" }), "password=password.too_short"},
	{"password of 10 characters", changed(func(n *accounts.NewUser) { n.Password = "密码密码密码密码密码" }), ""},
	{"password of 257 bytes", changed(func(n *accounts.NewUser) { n.Password = strings.Repeat("a", 257) }), "password=password.too_long"},
	{"password is the name", changed(func(n *accounts.NewUser) { n.Password = "Wang.Li-01" }), "password=password.is_name"},
	{"everything wrong at once", accounts.NewUser{Name: "?", Role: accounts.Clerk}, "name=user.name_invalid password=password.too_short unit=user.unit_needed"},
}

func TestAdd(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		for i, c := range addCases {
			t.Run(c.name, func(t *testing.T) {
				if c.want == "" && !strings.EqualFold(c.in.Password, c.in.Name) {
					c.in.Name = fmt.Sprintf("%s%d", c.in.Name, i)
				}
				before := len(f.acts(t))
				user, err := f.Add(t.Context(), accounts.System("test"), c.in)
				if c.want != "" {
					wantFault(t, err, fault.Invalid, "user.invalid")
					if got := fields(err); got != c.want {
						t.Fatalf("got %s", got)
					}
					if len(f.acts(t)) != before {
						t.Fatal("a refused user is in the ledger")
					}
					return
				}
				wantFault(t, err, 0, "")
				kept, err := f.ByName(t.Context(), accounts.System("test"), c.in.Name)
				if diff := cmp.Diff(user, kept); err != nil || diff != "" {
					t.Fatalf("err %v, kept otherwise (-returned +kept):\n%s", err, diff)
				}
			})
		}
	})
}

func TestAddFillsInAndFolds(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		user, err := f.Add(t.Context(), accounts.System("test"), accounts.NewUser{
			Name: " Clerk-Fangxing ", Role: accounts.Clerk, Unit: 7, Password: password,
		})
		wantFault(t, err, 0, "")
		if user.Name != "clerk-fangxing" || user.Display != "clerk-fangxing" || user.Language != "zh-CN" {
			t.Fatalf("got %+v", user)
		}
		_, err = f.Add(t.Context(), accounts.System("test"), accounts.NewUser{
			Name: "CLERK-fangxing", Role: accounts.Clerk, Unit: 8, Password: password,
		})
		wantFault(t, err, fault.Conflict, "user.exists")
	})
}

// TestWhoMayManage: nobody but administrators.
func TestWhoMayManage(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.add(t, "reviewer", accounts.Reviewer, baohe, 0)
		for _, role := range []accounts.Role{accounts.Monitor, accounts.Reviewer, accounts.Clerk, accounts.Viewer, ""} {
			t.Run("as "+string(role), func(t *testing.T) {
				by := accounts.Actor{UserID: 99, Name: "x", Role: role, Division: anhui, Unit: 7}
				_, err := f.Add(t.Context(), by, accounts.NewUser{Name: "y", Role: accounts.Viewer, Division: hefei, Password: password})
				wantFault(t, err, fault.Forbidden, "permission.denied")
				wantFault(t, f.SetPassword(t.Context(), by, "reviewer", password), fault.Forbidden, "permission.denied")
				wantFault(t, f.Disable(t.Context(), by, "reviewer"), fault.Forbidden, "permission.denied")
				_, _, err = f.List(t.Context(), by, "", 0)
				wantFault(t, err, fault.Forbidden, "permission.denied")
				_, err = f.ByName(t.Context(), by, "reviewer")
				wantFault(t, err, fault.Forbidden, "permission.denied")
				_, err = f.CreateToken(t.Context(), by, "reviewer", 1)
				wantFault(t, err, fault.Forbidden, "permission.denied")
			})
		}
	})
}

// TestProvince: an administrator of a province manages those in it.
func TestProvince(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		boss := f.add(t, "boss", accounts.Admin, 0, 0)
		admin := f.add(t, "admin", accounts.Admin, anhui, 0).Actor()
		f.add(t, "reviewer", accounts.Reviewer, baohe, 0)
		f.add(t, "foreign", accounts.Monitor, jiangsu, 0)
		f.add(t, "clerk", accounts.Clerk, 0, 7)
		cases := []struct{ name, user, want string }{
			{"a reviewer of the province", "reviewer", ""},
			{"a clerk", "clerk", ""},
			{"themselves", "admin", ""},
			{"an administrator of everything", "boss", "user.unknown"},
			{"somebody of another province", "foreign", "user.unknown"},
			{"nobody", "nobody", "user.unknown"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				_, err := f.ByName(t.Context(), admin, c.user)
				wantFault(t, err, fault.NotFound, c.want)
				wantFault(t, f.SetPassword(t.Context(), admin, c.user, password), fault.NotFound, c.want)
				_, err = f.CreateToken(t.Context(), admin, c.user, 1)
				wantFault(t, err, fault.NotFound, c.want)
			})
		}
		wantFault(t, f.Disable(t.Context(), admin, "foreign"), fault.NotFound, "user.unknown")
		for _, in := range []accounts.NewUser{
			{Name: "other", Role: accounts.Admin, Password: password},
			{Name: "other", Role: accounts.Monitor, Division: jiangsu, Password: password},
		} {
			_, err := f.Add(t.Context(), admin, in)
			wantFault(t, err, fault.Forbidden, "user.out_of_scope")
		}
		_, err := f.Add(t.Context(), boss.Actor(), accounts.NewUser{Name: "other", Role: accounts.Monitor, Division: jiangsu, Password: password})
		wantFault(t, err, 0, "")
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		for i := range 5 {
			f.add(t, fmt.Sprintf("a%d", i), accounts.Viewer, jiangsu, 0)
			f.add(t, fmt.Sprintf("b%d", i), accounts.Viewer, hefei, 0)
		}
		pages := func(by accounts.Actor, limit int) string {
			var list []string
			for after := ""; ; {
				users, next, err := f.List(t.Context(), by, after, limit)
				wantFault(t, err, 0, "")
				for _, u := range users {
					list = append(list, u.Name)
				}
				list = append(list, "|")
				if next == "" {
					return strings.Join(list, " ")
				}
				after = next
			}
		}
		province := accounts.Actor{UserID: 99, Role: accounts.Admin, Division: anhui}
		cases := []struct {
			name  string
			by    accounts.Actor
			limit int
			want  string
		}{
			{"all on one page", accounts.System("test"), 0, "a0 a1 a2 a3 a4 b0 b1 b2 b3 b4 |"},
			{"pages", accounts.System("test"), 4, "a0 a1 a2 a3 | a4 b0 b1 b2 | b3 b4 |"},
			{"full last page", accounts.System("test"), 5, "a0 a1 a2 a3 a4 | b0 b1 b2 b3 b4 |"},
			{"province, behind pages of others", province, 2, "b0 b1 | b2 b3 | b4 |"},
			{"province, full last page", province, 5, "b0 b1 b2 b3 b4 |"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				if got := pages(c.by, c.limit); got != c.want {
					t.Fatalf("got %s", got)
				}
			})
		}
	})
}

func TestDisplays(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		clerk, viewer := f.add(t, "clerk", accounts.Clerk, 0, 7), f.add(t, "viewer", accounts.Viewer, hefei, 0)
		wantFault(t, f.Disable(t.Context(), accounts.System("test"), "clerk"), 0, "")
		names, err := f.Displays(t.Context(), []int64{viewer.ID, clerk.ID, 0, 4711, viewer.ID})
		if diff := cmp.Diff(map[int64]string{clerk.ID: clerk.Display, viewer.ID: viewer.Display}, names); err != nil || diff != "" {
			t.Fatalf("err %v (-want +got):\n%s", err, diff)
		}
		if names, err = f.Displays(t.Context(), nil); err != nil || len(names) != 0 {
			t.Fatalf("nobody is %v, err %v", names, err)
		}
	})
}

func TestDisable(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		admin := f.add(t, "admin", accounts.Admin, 0, 0)
		clerk := f.add(t, "clerk", accounts.Clerk, 0, 7)
		token, err := f.CreateToken(t.Context(), clerk.Actor(), "clerk", 0)
		wantFault(t, err, 0, "")
		wantFault(t, f.Disable(t.Context(), admin.Actor(), "admin"), fault.Conflict, "user.is_yourself")
		wantFault(t, f.Disable(t.Context(), admin.Actor(), "nobody"), fault.NotFound, "user.unknown")
		wantFault(t, f.Disable(t.Context(), admin.Actor(), "Clerk"), 0, "")
		wantFault(t, f.Disable(t.Context(), admin.Actor(), "clerk"), 0, "")

		_, err = f.Login(t.Context(), "clerk", password, "10.0.0.1")
		wantFault(t, err, fault.Unauthorized, "login.failed")
		_, err = f.ActorByID(t.Context(), clerk.ID, clerk.PasswordChangedAt)
		wantFault(t, err, fault.Unauthorized, "login.again")
		_, err = f.ActorByToken(t.Context(), token)
		wantFault(t, err, fault.Unauthorized, "token.invalid")
		_, err = f.CreateToken(t.Context(), admin.Actor(), "clerk", 0)
		wantFault(t, err, fault.Conflict, "user.disabled")
		want := []string{"user.added", "user.added", "token.created", "user.disabled"}
		if diff := cmp.Diff(want, f.acts(t)); diff != "" {
			t.Fatalf("ledger (-want +got):\n%s", diff)
		}
	})
}
