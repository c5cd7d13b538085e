package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"pilotboard/pkg/accounts"
)

var _ scs.CtxStore = (*accounts.SessionStore)(nil)

func TestSessionStore(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		store := accounts.NewSessionStore(f.db)
		commit := func(token, data string, expiry time.Time) {
			t.Helper()
			if err := store.CommitCtx(t.Context(), token, []byte(data), expiry); err != nil {
				t.Fatal(err)
			}
		}
		want := func(token, data string) {
			t.Helper()
			got, found, err := store.FindCtx(t.Context(), token)
			if err != nil || found != (data != "") || string(got) != data {
				t.Fatalf("%s: got %q, found %v, err %v", token, got, found, err)
			}
		}
		later, earlier := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
		want("a", "")
		commit("a", "one", later)
		want("a", "one")
		commit("a", "two\x00\xff", later)
		want("a", "two\x00\xff")
		commit("b", "over", earlier)
		want("b", "")
		commit("c", "ends", later)
		commit("c", "ends", earlier)
		want("c", "")
		if err := f.DeleteExpiredSessions(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := f.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM sessions").Scan(&left).Error; err != nil || left != 1 {
			t.Fatalf("%d sessions left, err %v", left, err)
		}
		for range 2 {
			if err := store.DeleteCtx(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		}
		want("a", "")
	})
}

// TestSessionManager: a session lives in the database, under the hash of its token.
func TestSessionManager(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		manager := scs.New()
		manager.Store, manager.HashTokenInStore = accounts.NewSessionStore(f.db), true
		session := func(token string) context.Context {
			t.Helper()
			ctx, err := manager.Load(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return ctx
		}
		ctx := session("")
		manager.Put(ctx, "user", int64(7))
		token, _, err := manager.Commit(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got := manager.GetInt64(session(token), "user"); got != 7 {
			t.Fatalf("got user %d", got)
		}
		var plain int
		if err := f.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM sessions WHERE token = ?", token).Scan(&plain).Error; err != nil || plain != 0 {
			t.Fatalf("%d tokens kept as they are, err %v", plain, err)
		}
		if err := manager.Destroy(session(token)); err != nil {
			t.Fatal(err)
		}
		if got := manager.GetInt64(session(token), "user"); got != 0 {
			t.Fatalf("after its end the session still has user %d", got)
		}
	})
}
