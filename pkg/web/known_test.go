package web

import (
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

// The address says which reports count, until when and in which tree; every page that figures are on says so
// beside them, and its links keep it.
func TestPagesSayWhatTheirFiguresKnow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		s.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m2_1": "40"})
		s.Clock.Set("2019-10-20")
		s.Accept(t, "community-01", "2019Q3")
		s.refresh(t)
		monitor := s.as(t, "monitor")
		cases := []struct {
			path string
			want []string
			not  string
		}{
			{"/home?period=2019Q3", []string{`id="due"`, `<details class="known-filter" id="known">`, "62.5%"}, "日终所知"},
			{"/home?period=2019Q3&as_of=2019-10-12", []string{"按2019年10月12日日终所知", `value="2019-10-12"`, "as_of=2019-10-12", "50.0%", `id="known" open`}, `id="due"`},
			{"/home?period=2019Q3&as_of=2019-10-12&basis=submitted", []string{"；含待审核的报表；按2019年10月12日日终所知", "62.5%"}, `id="due"`},
			{"/home?period=2019Q3&tree=now", []string{"；按现行区划", `id="due"`}, "日终所知"},
			{"/home?period=2019Q3&as_of=2019-10-20", []string{`id="due"`}, "日终所知"}, // today is now
			{"/units/community-01?period=2019Q3&as_of=2019-10-12", []string{"按2019年10月12日日终所知", "50.0%"}, `action="/units/community-01/lights"`},
			{"/units/community-01?period=2019Q3", []string{"62.5%", `action="/units/community-01/lights"`}, "日终所知"},
		}
		for _, c := range cases {
			page := monitor.get(c.path)
			if page.status != http.StatusOK {
				t.Errorf("%s: %d", c.path, page.status)
			}
			for _, text := range c.want {
				if !strings.Contains(page.body, text) {
					t.Errorf("%s: no %q", c.path, text)
				}
			}
			if strings.Contains(page.body, c.not) {
				t.Errorf("%s: there is %q", c.path, c.not)
			}
		}
		for path, status := range map[string]int{
			"/home?as_of=yesterday": http.StatusBadRequest, "/home?basis=rumour": http.StatusBadRequest,
			"/home?as_of=2017-01-01": http.StatusBadRequest, "/units/community-01?tree=tomorrow": http.StatusBadRequest,
		} {
			if got := monitor.get(path).status; got != status {
				t.Errorf("%s: %d, want %d", path, got, status)
			}
		}
	})
}
