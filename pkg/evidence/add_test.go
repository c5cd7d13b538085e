package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
)

func TestAddKeepsByHash(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		content := pngOf(t, 1000, 500)
		first := w.add(t, "community-01", "照片.png", content)
		if first.Size != int64(len(content)) || !first.Picture || first.Type != "image/png" || first.UploadedBy != "用户 clerk-community-01" {
			t.Errorf("kept %+v", first)
		}
		again := w.add(t, "community-01", "别的名字.png", content)
		if again.Name != "照片.png" || !again.UploadedAt.Equal(first.UploadedAt) {
			t.Errorf("the same content again is %+v", again)
		}
		if other := w.add(t, "community-02", "同一张.png", content); other.Hash != first.Hash || other.Name != "同一张.png" {
			t.Errorf("with another unit it is %+v", other)
		}
		key := first.Hash[:2] + "/" + first.Hash[2:4] + "/" + first.Hash
		if got := strings.Join(w.stored(t), " "); got != key+" thumbnails/"+key {
			t.Errorf("the folder holds %s", got)
		}
		file, r, err := w.File(t.Context(), w.Actor(t, "monitor"), "community-01", first.Hash)
		if got := read(t, r, err); !bytes.Equal(got, content) || file.Name != "照片.png" {
			t.Errorf("read back %d bytes as %+v", len(got), file)
		}
		if n := w.count(t, "ledger", "act = ?", evidence.ActAdded); n != 2 { // once for each unit
			t.Errorf("%d acts in the ledger", n)
		}
		var detail string
		if err := db.Read(t.Context()).Raw("SELECT detail FROM ledger WHERE act = ? AND unit_id = ?", evidence.ActAdded, w.Unit(t, "community-01").ID).Scan(&detail).Error; err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"照片.png", first.Hash, "image/png", "size"} {
			if !strings.Contains(detail, text) {
				t.Errorf("the ledger says %s", detail)
			}
		}
	})
}

func TestAddAsksRoleAndScope(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		// a reader that fails: who may not is refused before anything is read
		unread := iotest.ErrReader(errors.New("was read"))
		cases := []struct {
			actor, unit string
			kind        fault.Kind
			key         string
		}{
			{"clerk-community-02", "community-01", fault.Forbidden, "unit.forbidden"},
			{"clerk-community-01", "nosuch", fault.NotFound, "unit.unknown"},
			{"reviewer-340700", "community-01", fault.Forbidden, "unit.forbidden"},
			{"monitor", "community-01", fault.Forbidden, "permission.denied"},
			{"viewer", "community-01", fault.Forbidden, "permission.denied"},
			{"admin", "community-01", fault.Forbidden, "permission.denied"},
		}
		for _, c := range cases {
			_, err := w.Add(t.Context(), w.Actor(t, c.actor), c.unit, "a.pdf", unread)
			wantFault(t, err, c.kind, c.key)
		}
		_, err := w.Add(t.Context(), accounts.Actor{}, "community-01", "a.pdf", unread)
		wantFault(t, err, fault.Forbidden, "permission.denied")
		if _, err := w.Add(t.Context(), w.Actor(t, "clerk-community-01"), "community-01", "a.pdf", unread); err == nil {
			t.Error("a broken upload was kept")
		} else if _, ok := fault.As(err); ok {
			t.Errorf("a broken upload is %v", err)
		}
		if w.count(t, "evidence_files", "1 = 1") != 0 || len(w.stored(t)) != 0 {
			t.Error("something was kept")
		}
	})
}

func TestReadingAsksScope(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		file := w.add(t, "community-01", "a.png", pngOf(t, 8, 8))
		text := w.add(t, "community-01", "a.pdf", pdf)
		for _, name := range []string{"clerk-community-01", "reviewer-340100", "reviewer-340104", "monitor", "viewer", "admin"} {
			actor := w.Actor(t, name)
			_, r, err := w.File(t.Context(), actor, "community-01", file.Hash)
			read(t, r, err)
			_, r, err = w.Thumbnail(t.Context(), actor, "community-01", file.Hash)
			read(t, r, err)
			list, err := w.List(t.Context(), actor, "community-01", []string{file.Hash, text.Hash, "nosuch"})
			if err != nil || len(list) != 2 || list[text.Hash].Name != "a.pdf" {
				t.Errorf("%s lists %+v, %v", name, list, err)
			}
		}
		nobody := accounts.Actor{}
		for _, actor := range []accounts.Actor{nobody, w.Actor(t, "clerk-community-02"), w.Actor(t, "reviewer-340700"), w.Actor(t, "reviewer-340181")} {
			_, _, err := w.File(t.Context(), actor, "community-01", file.Hash)
			wantFault(t, err, fault.Forbidden, "unit.forbidden")
			_, _, err = w.Thumbnail(t.Context(), actor, "community-01", file.Hash)
			wantFault(t, err, fault.Forbidden, "unit.forbidden")
			_, err = w.List(t.Context(), actor, "community-01", []string{file.Hash})
			wantFault(t, err, fault.Forbidden, "unit.forbidden")
		}
		monitor := w.Actor(t, "monitor")
		for _, hash := range []string{"", "../../etc/passwd", strings.Repeat("0", 64), strings.ToUpper(file.Hash)} {
			_, _, err := w.File(t.Context(), monitor, "community-01", hash)
			wantFault(t, err, fault.NotFound, "evidence.unknown")
		}
		_, _, err := w.File(t.Context(), w.Actor(t, "clerk-community-02"), "community-02", file.Hash)
		wantFault(t, err, fault.NotFound, "evidence.unknown")
		_, _, err = w.Thumbnail(t.Context(), monitor, "community-01", text.Hash)
		wantFault(t, err, fault.NotFound, "evidence.unknown")
	})
}

// TestLostContentIsNotTheReadersFault: a row without its content is told to the operator.
func TestLostContentIsNotTheReadersFault(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	file := w.add(t, "community-01", "a.pdf", pdf)
	if err := os.Remove(filepath.Join(w.folder, w.stored(t)[0])); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.File(t.Context(), w.Actor(t, "monitor"), "community-01", file.Hash)
	if _, ok := fault.As(err); err == nil || ok {
		t.Errorf("lost content is %v", err)
	}
	w.add(t, "community-01", "a.pdf", pdf) // again mends it
	_, r, err := w.File(t.Context(), w.Actor(t, "monitor"), "community-01", file.Hash)
	read(t, r, err)
}
