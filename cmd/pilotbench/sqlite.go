package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"pilotboard/pkg/database"
)

const sqliteUnits = 1000

// sqlite measures a trial on the embedded database: each run files every report of a copy of one file.
func (b *bench) sqlite(ctx context.Context) error {
	s := &site{name: "sqlite", binary: b.binary, dir: filepath.Join(b.dir, "sqlite")}
	file := filepath.Join(s.dir, "pilotboard.db")
	s.database = "sqlite:" + file
	s.last, s.loading, s.serving = calendar(b.quarters)
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return err
	}
	if err := s.generate(ctx, min(sqliteUnits, b.units), b.quarters); err != nil {
		return err
	}
	if err := s.people(ctx); err != nil {
		return err
	}
	b.sites[s.name] = s
	scopes, err := s.prepareFile(ctx)
	if err != nil {
		return err
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	refused := 0
	seen, err := b.inTurn(
		contender{"SQLite: submit, 8 clients", func() (result, error) {
			if err := s.restored(file, kept); err != nil {
				return result{}, err
			}
			r := s.file(clients, len(s.owed), b.length())
			refused += r.errors
			return r, nil
		}},
		contender{"SQLite: progress", func() (result, error) {
			return hammer(around(s.cities(scopes), s.header), clients, b.length()), nil
		}})
	if err != nil {
		return err
	}
	locked, err := s.lockedInLog()
	if err != nil {
		return err
	}
	fmt.Printf("# each of %d reports filed once in a run, the drafts saved beforehand; progress of %d places in turn\n", len(s.owed), len(scopes))
	atLeast("sqlite_submit_per_second", seen[0].rate, 300)
	atMost("sqlite_submit_p99_ms", milliseconds(seen[0].p99), 150)
	atMost("sqlite_locked_errors", float64(locked+refused), 0)
	atLeast("sqlite_progress_per_second", seen[1].rate, 2000)
	s.stop()
	delete(b.sites, s.name)
	return nil
}

// cities gives the addresses of the progress of some places.
func (s *site) cities(codes []string) []string {
	var addresses []string
	for _, code := range codes {
		addresses = append(addresses, s.at("/api/v1/progress?scope="+code+"&by=city&period="+s.last.String()))
	}
	return addresses
}

// prepareFile opens the quarter, adds the reviewers and saves every draft, and ends with the server. It
// gives the places of the tree that have units.
func (s *site) prepareFile(ctx context.Context) (scopes []string, err error) {
	if _, err := s.serve(); err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, s.database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	for opened := 0; opened == 0; time.Sleep(100 * time.Millisecond) {
		if err := db.Read(ctx).Raw("SELECT COUNT(*) FROM reports WHERE form = 'progress' AND period = ?", s.last+1).Scan(&opened).Error; err != nil {
			return nil, err
		}
	}
	var units []struct{ Key, Code string }
	if err := db.Read(ctx).Raw(owing).Scan(&units).Error; err != nil {
		return nil, err
	}
	var list [][2]string
	known := map[string]bool{}
	for _, u := range units {
		list = append(list, [2]string{u.Key, u.Code})
		if !known[u.Code] {
			known[u.Code], scopes = true, append(scopes, u.Code)
		}
	}
	if err := s.reviewers(ctx, list); err != nil {
		return nil, err
	}
	if err := s.save(len(s.owed)); err != nil {
		return nil, err
	}
	s.halt()
	return append(scopes, "340000"), nil
}

// restored starts a server on the file as it was before the first report was filed.
func (s *site) restored(file string, kept []byte) error {
	s.halt()
	for _, ending := range []string{"-wal", "-shm"} {
		_ = os.Remove(file + ending)
	}
	if err := os.WriteFile(file, kept, 0o600); err != nil {
		return err
	}
	s.filed = 0
	_, err := s.serve()
	return err
}

// lockedInLog counts the lines of the servers' logs that say that the database was locked.
func (s *site) lockedInLog() (int, error) {
	log, err := os.ReadFile(s.server().log)
	return len(regexp.MustCompile(`(?i)database( table)? is locked|SQLITE_BUSY`).FindAll(log, -1)), err
}
