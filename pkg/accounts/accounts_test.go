package accounts_test

import (
	"strings"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
)

// The divisions of the tests: a province with two cities, a county and a township, and another province.
const (
	anhui = iota + 1
	hefei
	baohe
	fangxing
	tongling
	jiangsu
)

const password = "correct horse 正确"

// fixture is a service on an own database and an own clock that only the test moves.
type fixture struct {
	*accounts.Service
	db  *database.DB
	now time.Time
}

// each runs fn on both databases, with the divisions there and no users.
func each(t *testing.T, fn func(t *testing.T, f *fixture)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		f := &fixture{db: db, now: time.Date(2019, 10, 12, 1, 0, 0, 123456789, time.UTC)}
		f.Service = accounts.New(db, ledger.New(), func() time.Time { return f.now })
		rows := []struct {
			id, level int
			code      string
			parent    any
		}{
			{anhui, 1, "340000", nil}, {hefei, 2, "340100", anhui}, {baohe, 3, "340111", hefei},
			{fangxing, 4, "340111009", baohe}, {tongling, 2, "340700", anhui}, {jiangsu, 1, "320000", nil},
		}
		for _, r := range rows {
			f.exec(t, "INSERT INTO divisions (id, key, level) VALUES (?, ?, ?)", r.id, r.code, r.level)
			f.exec(t, `INSERT INTO division_versions (division_id, valid_from, code, name, parent_id) VALUES (?, '1900-01-01', ?, ?, ?)`,
				r.id, r.code, "示例数据", r.parent)
		}
		fn(t, f)
	})
}

func (f *fixture) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if err := f.db.Read(t.Context()).Exec(sql, args...).Error; err != nil {
		t.Fatal(err)
	}
}

// add makes a user with the password of the tests.
func (f *fixture) add(t *testing.T, name string, role accounts.Role, division, unit int64) accounts.User {
	t.Helper()
	user, err := f.Add(t.Context(), accounts.System("test"), accounts.NewUser{
		Name: name, Role: role, Division: division, Unit: unit, Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// acts gives what the ledger says happened, oldest first.
func (f *fixture) acts(t *testing.T) []string {
	t.Helper()
	var acts []string
	if err := f.db.Read(t.Context()).Raw("SELECT act FROM ledger ORDER BY id").Scan(&acts).Error; err != nil {
		t.Fatal(err)
	}
	return acts
}

// wantFault fails unless err is a fault of the kind with the key; an empty key wants no error.
func wantFault(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if key == "" {
		if err != nil {
			t.Fatalf("got %v, want no error", err)
		}
		return
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, want %s of kind %d", err, key, kind)
	}
}

// fields gives the field faults of err as `name=key`, in order.
func fields(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return ""
	}
	var list []string
	for _, field := range f.Fields {
		list = append(list, field.Name+"="+field.Key)
	}
	return strings.Join(list, " ")
}
