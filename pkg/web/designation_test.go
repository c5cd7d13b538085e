package web

import (
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

const designatedAnew = `key,name,division,type,batch,since,since_precision,until,placeholder,document
community-01,方兴社区,340104001001,community,2018,2018-10-01,month,2019-10-01,false,
community-01,方兴社区,340104001001,street,2019,2019-10-01,day,,false,
`

// TestPagesKeepToTheDesignationOfTheirQuarter: a unit that became another type in another batch since
// is still asked, and shown, what it was asked in the quarter.
func TestPagesKeepToTheDesignationOfTheirQuarter(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		if _, err := s.Plans.ImportPilots(t.Context(), accounts.System("test"), "pilots.csv", strings.NewReader(designatedAnew), false); err != nil {
			t.Fatal(err)
		}
		s.refresh(t)
		monitor := s.as(t, "monitor")
		report := reportPathOf("community-01", "2019Q2")
		for _, address := range []string{report, report + "?revision=1"} {
			a := monitor.get(address)
			a.has(t, http.StatusOK, `<span class="value value-given">40%</span>`, `<span class="value value-given">70 项</span>`,
				"建设投入", "计划于2018年第四季度完成", " · 社区")
		}
		monitor.get("/units/community-01?period=2019Q2").
			has(t, http.StatusOK, "首批 · 社区", "2019年第二季度报表第 1 版，填报值：70 项")
	})
}
