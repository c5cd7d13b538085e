package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/locale"
)

// BenchmarkProgress measures GET /api/v1/progress of the province and its cities in every quarter: new is
// each question once in an epoch, kept the same one again, stands one whose answer the caller holds.
func BenchmarkProgress(b *testing.B) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		for _, n := range []int{16, 1000} {
			b.Run(fmt.Sprintf("%s/units=%d", dialect, n), func(b *testing.B) {
				s := generated(b, dialect, n)
				ask := s.program(b)
				addresses := s.progressAddresses(b)
				b.Run("new", func(b *testing.B) {
					for i := range b.N {
						if i%len(addresses) == 0 {
							must(b, s.db.Write(b.Context(), func(tx *gorm.DB) error { return epoch.Raise(tx, epoch.Figures, s.clock()) }))
						}
						ask(addresses[i%len(addresses)], "")
					}
				})
				tag := ask(addresses[0], "")
				b.Run("kept", func(b *testing.B) {
					for range b.N {
						ask(addresses[0], "")
					}
				})
				b.Run("stands", func(b *testing.B) {
					for range b.N {
						ask(addresses[0], tag)
					}
				})
			})
		}
	}
}

// program gives a way to ask the API as a monitor of the province, that gives the tag of the answer.
func (s *sample) program(b *testing.B) func(address, tag string) string {
	b.Helper()
	ctx, system := b.Context(), accounts.System("bench")
	root, err := s.tree.ByCode(ctx, province, s.today)
	must(b, err)
	_, err = s.accounts.Add(ctx, system, accounts.NewUser{
		Name: "program", Display: "program", Role: accounts.Monitor, Division: root.ID, Password: benchPassword, Language: locale.Chinese,
	})
	must(b, err)
	token, err := s.accounts.CreateToken(ctx, system, "program", 0)
	must(b, err)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	e, err := router(&Config{Addr: "127.0.0.1:0", Today: s.today.String()}, s.services, func() {}, nil)
	must(b, err)
	return func(address, tag string) string {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("If-None-Match", tag)
		recorder := httptest.NewRecorder()
		e.ServeHTTP(recorder, r)
		if recorder.Code != http.StatusOK && (tag == "" || recorder.Code != http.StatusNotModified) {
			b.Fatalf("%s: %d %s", address, recorder.Code, recorder.Body)
		}
		return recorder.Header().Get("ETag")
	}
}

func (s *sample) progressAddresses(b *testing.B) []string {
	b.Helper()
	plan, err := s.plans.Current(b.Context())
	must(b, err)
	roots, err := s.tree.Roots(b.Context(), plan.Last.Last())
	must(b, err)
	cities, err := s.tree.Under(b.Context(), roots[0].ID, divisions.City, plan.Last.Last())
	must(b, err)
	var addresses []string
	for q := plan.First; q <= plan.Last; q++ {
		for _, d := range cities {
			by := "county"
			if d.Level == divisions.Province {
				by = "city"
			}
			addresses = append(addresses, fmt.Sprintf("/api/v1/progress?scope=%s&by=%s&period=%s", d.Code, by, q))
		}
	}
	return addresses
}
