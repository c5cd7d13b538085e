package accounts_test

import (
	"regexp"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		user := f.add(t, "viewer", accounts.Viewer, hefei, 0)
		month, err := f.CreateToken(t.Context(), accounts.System("test"), "Viewer", 30)
		wantFault(t, err, 0, "")
		endless, err := f.CreateToken(t.Context(), user.Actor(), "viewer", 0)
		wantFault(t, err, 0, "")
		if !regexp.MustCompile(`^pb_[A-Za-z0-9_-]{43}$`).MatchString(month) || month == endless {
			t.Fatalf("tokens %s and %s", month, endless)
		}
		cases := []struct {
			name, token string
			after       time.Duration
			want        string
		}{
			{"at once", month, 0, ""},
			{"on its last day", month, 30*24*time.Hour - time.Second, ""},
			{"when it ends", month, 30 * 24 * time.Hour, "token.invalid"},
			{"without end", endless, 10000 * time.Hour, ""},
			{"unknown", "pb_" + endless[4:] + "A", 0, "token.invalid"},
			{"without its prefix", endless[3:], 0, "token.invalid"},
			{"empty", "", 0, "token.invalid"},
		}
		start := f.now
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				f.now = start.Add(c.after)
				actor, err := f.ActorByToken(t.Context(), c.token)
				wantFault(t, err, fault.Unauthorized, c.want)
				if c.want == "" && actor != user.Actor() {
					t.Fatalf("got %+v", actor)
				}
			})
		}
		var kept int
		err = f.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM tokens WHERE hash LIKE '%' || ? || '%'", month[3:]).Scan(&kept).Error
		if err != nil || kept != 0 {
			t.Fatalf("%d tokens kept as they are, err %v", kept, err)
		}
		f.ledgerLacks(t, month[3:])
	})
}

func TestCreateTokenRefuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		user := f.add(t, "viewer", accounts.Viewer, hefei, 0).Actor()
		f.add(t, "clerk", accounts.Clerk, 0, 7)
		cases := []struct {
			name string
			by   accounts.Actor
			user string
			days int
			kind fault.Kind
			want string
		}{
			{"for somebody else", user, "clerk", 1, fault.Forbidden, "permission.denied"},
			{"for nobody", accounts.System("test"), "nobody", 1, fault.NotFound, "user.unknown"},
			{"by nobody", accounts.Actor{}, "", 1, fault.Forbidden, "permission.denied"},
			{"fewer than no days", user, "viewer", -1, fault.Invalid, "token.days_invalid"},
			{"eleven years", user, "viewer", 4015, fault.Invalid, "token.days_invalid"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				_, err := f.CreateToken(t.Context(), c.by, c.user, c.days)
				wantFault(t, err, c.kind, c.want)
			})
		}
	})
}
