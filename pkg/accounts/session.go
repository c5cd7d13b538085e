package accounts

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// DeleteExpiredSessions removes the sessions nobody can use any more.
func (s *Service) DeleteExpiredSessions(ctx context.Context) error {
	return NewSessionStore(s.db).exec(ctx, "delete expired sessions", "DELETE FROM sessions WHERE expiry <= ?", period.SystemClock())
}

// SessionStore keeps the sessions of scs in the database, so that every instance knows them. The
// session manager must hash the tokens (HashTokenInStore). Expiry is measured on the real clock, as the
// manager sets it, also in a demonstration on another day.
type SessionStore struct {
	db *database.DB
}

// NewSessionStore makes the store.
func NewSessionStore(db *database.DB) *SessionStore { return &SessionStore{db: db} }

// FindCtx gives the data of a session that has not expired.
func (st *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var rows []struct{ Data []byte }
	err := st.db.Read(ctx).Raw("SELECT data FROM sessions WHERE token = ? AND expiry > ?", token, period.SystemClock()).Scan(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("read a session: %w", err)
	}
	if len(rows) == 0 {
		return nil, false, nil
	}
	return rows[0].Data, true, nil
}

// CommitCtx keeps the data of a session until expiry.
func (st *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return st.exec(ctx, "keep a session", `INSERT INTO sessions (token, data, expiry) VALUES (?, ?, ?)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`, token, data, expiry.UTC())
}

// DeleteCtx ends a session; one that is not there is no error.
func (st *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	return st.exec(ctx, "end a session", "DELETE FROM sessions WHERE token = ?", token)
}

// Find is FindCtx without a context.
func (st *SessionStore) Find(token string) ([]byte, bool, error) {
	return st.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (st *SessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return st.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (st *SessionStore) Delete(token string) error { return st.DeleteCtx(context.Background(), token) }

func (st *SessionStore) exec(ctx context.Context, what, sql string, args ...any) error {
	err := st.db.Write(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
