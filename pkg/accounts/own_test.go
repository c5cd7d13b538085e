package accounts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

func TestChangeOwn(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.add(t, "other", accounts.Clerk, 0, 8)
		user := f.add(t, "wang", accounts.Clerk, 0, 7)
		cases := []struct{ email, language, want string }{
			{"wang@example.org", "en", ""},
			{"  wang@example.org ", "zh-CN", ""},
			{"", "zh-CN", ""},
			{"王丽@例子.中国", "zh-CN", ""},
			{"wang", "zh-CN", "email=user.email_invalid"},
			{"Wang <wang@example.org>", "zh-CN", "email=user.email_invalid"},
			{"<wang@example.org>", "zh-CN", "email=user.email_invalid"},
			{"a@b.cn, c@d.cn", "zh-CN", "email=user.email_invalid"},
			{"a@b.cn\r\nBcc: c@d.cn", "zh-CN", "email=user.email_invalid"},
			{strings.Repeat("a", 250) + "@b.cn", "zh-CN", "email=user.email_invalid"},
			{"wang@example.org", "fr", "language=user.language_unknown"},
			{"wang", "", "email=user.email_invalid language=user.language_unknown"},
		}
		for _, c := range cases {
			before, err := f.Own(t.Context(), user.Actor())
			if err != nil {
				t.Fatal(err)
			}
			err = f.ChangeOwn(t.Context(), user.Actor(), c.email, c.language)
			if got := fields(err); got != c.want || (c.want == "") != (err == nil) {
				t.Errorf("%q %q gives %v", c.email, c.language, err)
			}
			after, err := f.Own(t.Context(), user.Actor())
			if err != nil {
				t.Fatal(err)
			}
			want := before
			if c.want == "" {
				want.Email, want.Language = strings.TrimSpace(c.email), c.language
			}
			if diff := cmp.Diff(want, after); diff != "" {
				t.Errorf("%q %q:\n%s", c.email, c.language, diff)
			}
		}
		acts := f.acts(t)
		if err := f.ChangeOwn(t.Context(), user.Actor(), "王丽@例子.中国", "zh-CN"); err != nil || len(f.acts(t)) != len(acts) || acts[len(acts)-1] != "user.changed" {
			t.Errorf("%v; the ledger has %v", err, f.acts(t))
		}
		if err := f.Disable(t.Context(), accounts.System("test"), "wang"); err != nil {
			t.Fatal(err)
		}
		for _, actor := range []accounts.Actor{{}, accounts.System("test"), user.Actor()} {
			wantFault(t, f.ChangeOwn(t.Context(), actor, "x@y.cn", "en"), fault.Forbidden, "permission.denied")
			_, err := f.Own(t.Context(), actor)
			wantFault(t, err, fault.Forbidden, "permission.denied")
		}
		if other, err := f.ByName(t.Context(), accounts.System("test"), "other"); err != nil || other.Email != "" {
			t.Errorf("somebody else has %q, %v", other.Email, err)
		}
	})
}

func TestAddressOfANewUser(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		in := accounts.NewUser{Name: "wang", Role: accounts.Clerk, Unit: 7, Password: password, Email: " wang@example.org "}
		if user, err := f.Add(t.Context(), accounts.System("test"), in); err != nil || user.Email != "wang@example.org" {
			t.Errorf("%+v, %v", user, err)
		}
		in.Name, in.Email = "li", "nowhere"
		if _, err := f.Add(t.Context(), accounts.System("test"), in); fields(err) != "email=user.email_invalid" {
			t.Errorf("got %v", err)
		}
	})
}

func TestRecipients(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.add(t, "clerk-7", accounts.Clerk, 0, 7)
		f.add(t, "clerk-7b", accounts.Clerk, 0, 7)
		f.add(t, "clerk-8", accounts.Clerk, 0, 8)
		f.add(t, "gone", accounts.Clerk, 0, 7)
		f.add(t, "hefei", accounts.Reviewer, hefei, 0)
		f.add(t, "baohe", accounts.Reviewer, baohe, 0)
		f.add(t, "anhui", accounts.Monitor, anhui, 0)
		f.add(t, "viewer", accounts.Viewer, hefei, 0)
		if err := f.Disable(t.Context(), accounts.System("test"), "gone"); err != nil {
			t.Fatal(err)
		}
		many := make([]int64, 0, 1200)
		for i := range int64(1200) {
			many = append(many, i)
		}
		tx := f.db.Read(t.Context())
		cases := []struct {
			name string
			find func() ([]accounts.User, error)
			want string
		}{
			{"clerks of a unit", func() ([]accounts.User, error) { return accounts.ClerksOf(tx, []int64{7, 7, 9}) }, "clerk-7 clerk-7b"},
			{"clerks of many", func() ([]accounts.User, error) { return accounts.ClerksOf(tx, many) }, "clerk-7 clerk-7b clerk-8"},
			{"clerks of none", func() ([]accounts.User, error) { return accounts.ClerksOf(tx, nil) }, ""},
			{"reviewers", func() ([]accounts.User, error) {
				return accounts.StaffOf(tx, accounts.Reviewer, []int64{hefei, 0, anhui})
			}, "hefei"},
			{"monitors", func() ([]accounts.User, error) {
				return accounts.StaffOf(tx, accounts.Monitor, []int64{hefei, baohe, anhui})
			}, "anhui"},
			{"with mail", func() ([]accounts.User, error) { return accounts.WithMail(tx, 0, 10) }, ""},
		}
		for _, c := range cases {
			users, err := c.find()
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, u := range users {
				names = append(names, u.Name)
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		f.exec(t, "UPDATE users SET email = name || '@example.org'")
		err := f.db.Write(t.Context(), func(tx *gorm.DB) error {
			users, err := accounts.WithMail(tx, 0, 2)
			if err == nil && (len(users) != 2 || users[1].Name != "clerk-7b") {
				t.Errorf("%+v", users)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
