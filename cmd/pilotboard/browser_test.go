package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pilotboard/dashboards"
	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/web/browsertest"
)

// onBoth runs fn against a demo served from each database.
func onBoth(t *testing.T, fn func(t *testing.T, s services, address, password string)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			const password = "a password for the browser"
			config := &Config{Addr: "127.0.0.1:0", Today: defaultDemoDay, DataDir: t.TempDir()}
			db := databasetest.Open(t, dialect)
			files, err := openFiles(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fillDemo(t.Context(), db, files, config.businessDay(), password); err != nil {
				t.Fatal(err)
			}
			s := wire(db, files, config.clock())
			ctx, stop := context.WithCancel(context.Background())
			address, ended := make(chan string, 1), make(chan error, 1)
			go func() { ended <- serve(ctx, config, s, func(at string) { address <- at }) }()
			t.Cleanup(func() {
				stop()
				if err := <-ended; err != nil {
					t.Errorf("serve: %v", err)
				}
			})
			select {
			case at := <-address:
				fn(t, s, at, password)
			case err := <-ended:
				ended <- err
				t.Fatal(err)
			}
		})
	}
}

// The whole way once: a clerk edits, leaves, comes back and submits; the reviewer returns it with a
// note; the clerk corrects and submits again; the reviewer accepts; the monitor's home, open all the
// time, shows the new point by itself.
func TestTheWholeWayInABrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, s services, address, password string) {
		const report = "/reports/fangxing/progress/2019Q3"
		window := func(name string) *browsertest.Window {
			w := browsertest.Open(t, address)
			w.LogIn(name, password)
			return w
		}
		monitor, clerk, reviewer := window("monitor"), window("clerk-fangxing"), window("reviewer-340100")
		monitor.Go("/home")
		before := earnedOfHefei(t, s)
		monitor.Becomes(homeShows(before), "true")

		clerk.Click(`a[href^="` + report + `"]`)
		clerk.Unfold()
		clerk.Type("#in-m2_2", "120")
		clerk.Cell("m2_2", "invalid")
		clerk.Type("#in-m2_2", "61.5")
		clerk.Cell("m2_2", "saved")
		clerk.Go("/")
		clerk.Go(report)
		clerk.Becomes(`document.querySelector("#in-m2_2").value`, "61.5")
		clerk.Type(`.finding-list .finding-warning textarea`, "上期口径有误，本期更正。")
		clerk.Becomes(`document.querySelector(".finding-list .finding-warning").dataset.state`, "saved")
		clerk.ConfirmBlocks()
		clerk.Click(`button[formaction$="/submit"]`)
		clerk.See(`button[formaction$="/withdraw"]`)

		reviewer.Go(report)
		reviewer.Type("#note", "请核对一站式可办事项的口径。")
		reviewer.Click(`form[action$="/return"] .btn-outline-danger`)
		reviewer.See(".state-returned")

		clerk.Go(report)
		clerk.Becomes(`document.body.innerText.includes("请核对一站式可办事项的口径。")`, "true")
		clerk.Unfold()
		clerk.Type("#in-m2_2", "80")
		clerk.Cell("m2_2", "saved")
		clerk.ConfirmBlocks()
		clerk.Click(`button[formaction$="/submit"]`)
		clerk.See(`button[formaction$="/withdraw"]`)

		reviewer.Go(report)
		reviewer.Click(`button[formaction$="/accept"]`)
		reviewer.See(".state-accepted")
		accepted := time.Now()
		monitor.Becomes(homeShows(before), "false")
		seen := time.Since(accepted)
		after := earnedOfHefei(t, s)
		if after == before {
			t.Fatalf("the figure is still %s", before)
		}
		monitor.Becomes(homeShows(after), "true")
		t.Logf("home went from %s to %s without a reload, seen %d ms after the reviewer saw the acceptance", before, after, seen.Milliseconds())
		for _, w := range []*browsertest.Window{monitor, clerk, reviewer} {
			w.Quiet()
		}
		if s.db.Dialect() == database.SQLite { // what is drawn does not depend on the database
			lookAtCharts(t, monitor)
		}
	})
}

// lookAtCharts opens every page with charts on windows from a phone to a wall.
func lookAtCharts(t *testing.T, w *browsertest.Window) {
	pages := []string{"/home", "/units/fangxing", "/dashboards"}
	for _, d := range dashboards.All() {
		pages = append(pages, "/dashboards/"+d.Key)
	}
	for _, page := range pages {
		w.Go(page)
		w.See("main h1")
		before := t.Failed()
		w.Fits(390, 1440, 1920, 3840)
		w.Quiet()
		if t.Failed() && !before {
			t.Logf("that was %s", page)
		}
	}
}

// earnedOfHefei is what the figures say of 合肥市, as pages write it.
func earnedOfHefei(t *testing.T, s services) string {
	t.Helper()
	answer, err := s.figures.Progress(t.Context(), accounts.System("test"), analytics.Query{By: analytics.ByCity})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range answer.Rows {
		if r.Key == "340100" {
			return r.Earned.Percent(1)
		}
	}
	t.Fatal("no row of 340100")
	return ""
}

// homeShows is true when the row of 合肥市 on the home page says so.
func homeShows(earned string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("tr")].some(r => r.innerText.includes("合肥市") && r.innerText.includes("%s%%"))`, earned)
}
