package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// replica is a server that streams what the primary writes.
type replica struct {
	name  string // without a password
	pool  *sql.DB
	rests atomic.Int64 // until this moment, in nanoseconds, nobody asks it
}

const (
	restTime    = 5 * time.Second // of a replica that has failed
	connectTime = 2 * time.Second // to reach one
)

// UseReplicas has reads of requests answered by the servers that urls name, where they are far enough. They
// need not be there yet. Each address leads to one server and not to a pooler: how far a server is, is
// asked once for all that its connection answers.
func (db *DB) UseReplicas(urls []string) error {
	for _, url := range urls {
		config, err := pgx.ParseConfig(url)
		if err != nil || db.dialect != Postgres {
			return errors.Join(errors.New("a replica must be postgres://…, of a primary that is"), err)
		}
		if config.ConnectTimeout == 0 {
			config.ConnectTimeout = connectTime
		}
		// askPosition tells whether a connection lives, within a time
		never := stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false })
		pool := sql.OpenDB(connector{stdlib.GetConnector(*config, never)})
		shape(pool)
		db.replicas = append(db.replicas, &replica{name: fmt.Sprintf("%s:%d", config.Host, config.Port), pool: pool})
	}
	return nil
}

// Replicated tells whether there are replicas.
func (db *DB) Replicated() bool { return len(db.replicas) > 0 }

// position asks the primary how far it is. What is committed can be seen once it is flushed; where commits
// do not wait for that, it can be seen once it is written at all.
const position = `SELECT (CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
	ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint`

// Position gives how far the primary is: a server that is as far has all that can be seen there now.
func (db *DB) Position(ctx context.Context) (int64, error) {
	var at int64
	if err := db.gorm.WithContext(ctx).Raw(position).Scan(&at).Error; err != nil {
		return 0, fmt.Errorf("read how far the primary is: %w", err)
	}
	return at, nil
}

// place is from where one request reads: a replica that is at a position, as long as there is one that
// answers and the request has begun no transaction.
type place struct {
	position int64
	replica  atomic.Pointer[replica] // nil until the first read
	primary  atomic.Bool
}

type placeKey struct{}

// At gives the context of a request that reads what was there when the primary was at a position, or later.
func At(ctx context.Context, position int64) context.Context {
	return context.WithValue(ctx, placeKey{}, &place{position: position})
}

// fromPrimary has the request of ctx read from the primary from now on.
func fromPrimary(ctx context.Context) {
	if p, ok := ctx.Value(placeKey{}).(*place); ok {
		p.primary.Store(true)
	}
}

// from gives the replica that a request reads from; nil for the primary. It is the same for all its reads,
// so that none shows less than the one before.
func (db *DB) from(p *place) *replica {
	if p.primary.Load() {
		return nil
	}
	if r := p.replica.Load(); r != nil {
		return r
	}
	now := time.Now().UnixNano()
	for range db.replicas {
		r := db.replicas[int(db.turn.Add(1))%len(db.replicas)]
		if r.rests.Load() > now {
			continue
		}
		p.replica.CompareAndSwap(nil, r)
		return p.replica.Load()
	}
	p.primary.Store(true)
	return nil
}

// spread is the pool of one request: reads go to its replica, everything else and what a replica cannot
// answer to the primary.
type spread struct {
	gorm.ConnPool
	db    *DB
	place *place
}

// QueryContext implements gorm.ConnPool.
func (s *spread) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if r := s.db.from(s.place); r != nil {
		rows, err := r.pool.QueryContext(context.WithValue(ctx, neededKey{}, s.place.position), query, args...)
		if err == nil || ctx.Err() != nil {
			return rows, err
		}
		s.place.primary.Store(true)
		if answered := (*pgconn.PgError)(nil); !errors.Is(err, errBehind) && !errors.Is(err, errSlow) && !errors.As(err, &answered) {
			r.rest(err)
		}
	}
	return s.ConnPool.QueryContext(ctx, query, args...)
}

// rest leaves a replica that does not answer alone for a while.
func (r *replica) rest(why error) {
	if r.rests.Swap(time.Now().Add(restTime).UnixNano()) < time.Now().UnixNano() {
		slog.Warn("a replica fails, the primary answers", "replica", r.name, "error", why)
	}
}

// errBehind tells that a replica has not replayed what a request needs.
var errBehind = errors.New("the replica is behind")

// errSlow tells that a replica did not begin to answer in time. One that hangs is found out when it is asked
// how far it is; this one may only have much to do.
var errSlow = errors.New("the replica is slow")

type neededKey struct{}

// connector makes connections to a replica.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("unexpected connection %T", conn)
	}
	return &replicaConn{Conn: pg}, nil
}

// replicaConn is a connection to a replica that knows how far its server is. A server never goes back while
// a connection to it lives; after a crash it may, and the connection is gone.
type replicaConn struct {
	*stdlib.Conn
	replayed int64
	asked    time.Time
}

const (
	// askAgain is after how long a connection is asked again, so that one to a server that hangs shows
	askAgain = time.Second
	// answerTime is how long it may take to say how far it is
	answerTime = time.Second
	// rowsTime is how long the first rows of an answer may take, before the primary is asked instead
	rowsTime = 3 * time.Second
)

// QueryContext implements driver.QueryerContext; errBehind when the server is not as far as ctx needs.
func (c *replicaConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	needed, _ := ctx.Value(neededKey{}).(int64)
	if c.replayed < needed || time.Since(c.asked) > askAgain {
		if err := c.askPosition(ctx); err != nil {
			return nil, err
		}
	}
	if c.replayed < needed {
		return nil, errBehind
	}
	ctx, cancel := context.WithCancel(ctx)
	late := time.AfterFunc(rowsTime, cancel)
	rows, err := c.Conn.QueryContext(ctx, query, args)
	if err == nil {
		rows, err = readAhead(rows, cancel)
	}
	if !late.Stop() {
		if err == nil {
			_ = rows.Close() // it is cut off
		}
		err = errSlow
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return rows, nil
}

// askPosition asks how far the server is; one that is no replica any more is nowhere.
func (c *replicaConn) askPosition(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	err := c.Conn.Conn().QueryRow(ctx, "SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0')::bigint ELSE -1 END").Scan(&c.replayed)
	c.asked = time.Now()
	return err
}
