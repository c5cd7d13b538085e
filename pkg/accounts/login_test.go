package accounts_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

const (
	office = "10.0.0.1"
	street = "203.0.113.9"
)

func TestLogin(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		added := f.add(t, "reviewer", accounts.Reviewer, hefei, 0)
		cases := []struct{ name, user, password, want string }{
			{"right", "reviewer", password, ""},
			{"name in capitals", " Reviewer", password, ""},
			{"wrong password", "reviewer", password + "!", "login.failed"},
			{"no password", "reviewer", "", "login.failed"},
			{"password of a megabyte", "reviewer", strings.Repeat("a", 1<<20), "login.failed"},
			{"unknown name", "nobody", password, "login.failed"},
			{"name that cannot be", "' OR 1=1 --", password, "login.failed"},
			{"no name", "", password, "login.failed"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				user, err := f.Login(t.Context(), c.user, c.password, office)
				wantFault(t, err, fault.Unauthorized, c.want)
				if diff := cmp.Diff(added, user); c.want == "" && diff != "" {
					t.Fatalf("another user (-want +got):\n%s", diff)
				}
			})
		}
	})
}

func TestThrottling(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.add(t, "clerk", accounts.Clerk, 0, 7)
		fail := func(times int, address string) {
			t.Helper()
			for range times {
				_, err := f.Login(t.Context(), "clerk", "wrong password", address)
				wantFault(t, err, fault.Unauthorized, "login.failed")
			}
		}
		login := func(address, want string) {
			t.Helper()
			_, err := f.Login(t.Context(), "clerk", password, address)
			wantFault(t, err, fault.TooMany, want)
		}
		minutesLeft := func(want int) {
			t.Helper()
			_, err := f.Login(t.Context(), "clerk", password, office)
			wantFault(t, err, fault.TooMany, "login.throttled")
			if got, _ := fault.As(err); got.Args[0] != want {
				t.Fatalf("%v minutes left, want %d", got.Args[0], want)
			}
		}
		steps := []struct {
			name string
			do   func()
		}{
			{"four failures are forgiven", func() { fail(4, street); login(office, "") }},
			{"a success clears", func() { fail(4, street); login(office, "") }},
			{"five are not, from any address", func() {
				fail(3, street)
				fail(2, office)
				login(office, "login.throttled")
				login("10.0.0.2", "login.throttled")
			}},
			{"says how long", func() { minutesLeft(15); f.now = f.now.Add(14*time.Minute + time.Second); minutesLeft(1) }},
			{"ends", func() { f.now = f.now.Add(time.Minute); login(office, "") }},
			{"starts from one again", func() { fail(4, street) }},
			{"old failures do not count", func() { f.now = f.now.Add(15 * time.Minute); fail(4, street); login(office, "") }},
		}
		for _, s := range steps {
			if t.Run(s.name, func(t *testing.T) { s.do() }); t.Failed() {
				return
			}
		}
		throttled := 0
		for _, act := range f.acts(t) {
			if act == "user.throttled" {
				throttled++
			}
		}
		if throttled != 1 {
			t.Fatalf("the ledger says %d times that a name was throttled", throttled)
		}
	})
}

// TestUnknownNamesAreThrottledToo: otherwise throttling would tell which names exist.
func TestUnknownNamesAreThrottledToo(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		for range 5 {
			_, err := f.Login(t.Context(), "hunter2hunter2", "x", street)
			wantFault(t, err, fault.Unauthorized, "login.failed")
		}
		_, err := f.Login(t.Context(), "hunter2hunter2", "x", street)
		wantFault(t, err, fault.TooMany, "login.throttled")
		f.ledgerLacks(t, "hunter2")
	})
}

func TestLedgerOfLogins(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.add(t, "clerk", accounts.Clerk, 0, 7)
		if _, err := f.Login(t.Context(), "clerk", password, office); err != nil {
			t.Fatal(err)
		}
		for range 6 {
			_, err := f.Login(t.Context(), "clerk", "not the password", street)
			if err == nil {
				t.Fatal("a wrong password logged in")
			}
		}
		want := []string{"user.added", "user.logged_in", "user.throttled"}
		if diff := cmp.Diff(want, f.acts(t)); diff != "" {
			t.Fatalf("ledger (-want +got):\n%s", diff)
		}
		f.ledgerLacks(t, password)
		f.ledgerLacks(t, "not the password")
	})
}

func (f *fixture) ledgerLacks(t *testing.T, text string) {
	t.Helper()
	var n int
	err := f.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM ledger WHERE CAST(detail AS TEXT) LIKE ? OR actor_name LIKE ?",
		"%"+text+"%", "%"+text+"%").Scan(&n).Error
	if err != nil || n != 0 {
		t.Fatalf("the ledger holds %q %d times, err %v", text, n, err)
	}
}

// TestGuessingAtOnce: of many guesses at the same time five are answered, also when one is right.
func TestGuessingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.add(t, "clerk", accounts.Clerk, 0, 7)
		const guesses = 16
		var mu sync.Mutex
		keys := map[string]int{}
		var wait sync.WaitGroup
		for i := range guesses {
			wait.Go(func() {
				address := office
				if i%2 == 1 {
					address = street
				}
				_, err := f.Login(t.Context(), "clerk", "wrong password", address)
				mu.Lock()
				defer mu.Unlock()
				if got, ok := fault.As(err); ok {
					keys[got.Key]++
				} else {
					t.Errorf("guess %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		want := map[string]int{"login.failed": 5, "login.throttled": guesses - 5}
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Fatalf("answers (-want +got):\n%s", diff)
		}
		_, err := f.Login(t.Context(), "clerk", password, office)
		wantFault(t, err, fault.TooMany, "login.throttled")
	})
}

func TestActorByID(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		user := f.add(t, "reviewer", accounts.Reviewer, hefei, 0)
		actor, err := f.ActorByID(t.Context(), user.ID, user.PasswordChangedAt)
		if err != nil || actor != user.Actor() {
			t.Fatalf("got %+v, err %v", actor, err)
		}
		_, err = f.ActorByID(t.Context(), user.ID+1, user.PasswordChangedAt)
		wantFault(t, err, fault.Unauthorized, "login.again")

		f.now = f.now.Add(time.Second)
		wantFault(t, f.SetPassword(t.Context(), accounts.System("test"), "reviewer", "another password"), 0, "")
		_, err = f.ActorByID(t.Context(), user.ID, user.PasswordChangedAt)
		wantFault(t, err, fault.Unauthorized, "login.again")
		_, err = f.Login(t.Context(), "reviewer", password, office)
		wantFault(t, err, fault.Unauthorized, "login.failed")
		user, err = f.Login(t.Context(), "reviewer", "another password", office)
		wantFault(t, err, 0, "")
		_, err = f.ActorByID(t.Context(), user.ID, user.PasswordChangedAt)
		wantFault(t, err, 0, "")

		err = f.SetPassword(t.Context(), accounts.System("test"), "reviewer", "short")
		wantFault(t, err, fault.Invalid, "user.invalid")
		if got := fields(err); got != "password=password.too_short" {
			t.Fatalf("got %s", got)
		}
	})
}
