package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"pilotboard/dashboards"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
)

// TestADashboardIsOneFile walks every dashboard there is: nothing but its file and its messages makes its
// entry in the menu, its scope, its tables and files, and its other language.
func TestADashboardIsOneFile(t *testing.T) {
	b := newBoard(t, databasetest.Open(t, database.SQLite))
	b.worked(t)
	monitor, reviewer := b.as(t, "monitor"), b.as(t, "reviewer-340100")
	for _, d := range dashboards.All() {
		t.Run(d.Key, func(t *testing.T) {
			path := dashboardsPath + "/" + d.Key
			page := monitor.open(t, path)
			wants(t, page, chinese(d.Title), chinese(d.About), `href="`+path+`" aria-current="page"`, chinese("page.sample"))
			checkFiles(t, monitor, path, page)
			reviewer.open(t, path)
			for address, status := range map[string]int{
				path + "?scope=340700":          http.StatusForbidden,
				path + "/any?scope=340700":      http.StatusForbidden,
				path + "?scope=999999":          http.StatusNotFound,
				path + "?period=1":              http.StatusBadRequest,
				dashboardsPath + "/unknown":     http.StatusNotFound,
				path + "/none-of-its-cards":     http.StatusNotFound,
				path + "?period=2019Q3&batch=x": http.StatusBadRequest,
			} {
				if got := reviewer.get(address).Code; got != status {
					t.Errorf("%s: got %d, want %d", address, got, status)
				}
			}
			wants(t, inEnglish(reviewer, path), locale.For(locale.English).T(d.Title), "Download:")
		})
	}
}

// checkFiles holds that every card with figures can be taken along, and says that they are samples.
func checkFiles(t *testing.T, r *reader, path, page string) {
	t.Helper()
	files := regexp.MustCompile(`href="(`+path+`/[^"]+format=(csv|xlsx)[^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(files) < 2 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		address := html.UnescapeString(file[1])
		answer := r.get(address)
		if answer.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", address, answer.Code, answer.Body)
		}
		text := answer.Body.String()
		if file[2] == "xlsx" {
			book, err := excelize.OpenReader(answer.Body)
			if err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			text, _ = book.GetCellValue("Sheet1", "A1")
		}
		wants(t, text, chinese("page.sample"))
	}
}

// inEnglish gives a page in the other language, and leaves the reader's own as it was.
func inEnglish(r *reader, address string) string {
	request := httptest.NewRequest(http.MethodGet, address, nil)
	own := r.cookies[languageCookie]
	r.cookies[languageCookie] = &http.Cookie{Name: languageCookie, Value: locale.English}
	page := r.do(request).Body.String()
	if own == nil {
		delete(r.cookies, languageCookie)
	} else {
		r.cookies[languageCookie] = own
	}
	return page
}

// TestDashboardsAskAsOftenForManyUnits: the number of statements of a page does not grow with the number
// of units, nor does a card's own page of a long table.
func TestDashboardsAskAsOftenForManyUnits(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	b := newBoard(t, db)
	b.worked(t)
	b.addUnits(t, 16-5)
	monitor, statements := b.as(t, "monitor"), databasetest.CountStatements(t, db)
	asked := map[string]int64{}
	ask := func(path string) int64 {
		monitor.open(t, path) // what all units share is read once
		before := statements.Load()
		monitor.open(t, path)
		return statements.Load() - before
	}
	for _, d := range dashboards.All() {
		asked[d.Key] = ask(dashboardsPath + "/" + d.Key)
	}
	b.addUnits(t, 300)
	for _, d := range dashboards.All() {
		if many := ask(dashboardsPath + "/" + d.Key); many != asked[d.Key] {
			t.Errorf("%s: %d statements for 16 units, %d for 316", d.Key, asked[d.Key], many)
		}
	}
}
