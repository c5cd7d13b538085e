package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"hash/fnv"
	"io/fs"
	"path"
	"strconv"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

//go:embed data/anhui-divisions.csv
var anhuiDivisions []byte

//go:embed data/anhui-2018-2020.yaml
var anhuiPlan []byte

//go:embed data/pilots.csv
var anhuiPilots []byte

//go:embed data/observations.yaml
var letterObservations []byte

//go:embed data/forms/*.yaml
var anhuiForms embed.FS

// sample fills a database with the sample province, act by act, each on its own day: the services
// run on a clock that the sample sets.
type sample struct {
	services
	now    time.Time
	today  period.Date
	plan   *plan.Plan
	units  []plan.Unit
	actors map[string]accounts.Actor
	// cityKeys has the permanent keys of the cities by their division.
	cityKeys map[int64]string
}

// province is the code of the sample province.
const province = "340000"

// fillDemo imports the tree, the plan and the pilots, adds a user per role, city and pilot, and files
// every quarter until today: the last one stands in every state.
func fillDemo(ctx context.Context, db *database.DB, files *evidence.Files, today period.Date, password string) ([]login, error) {
	s := &sample{today: today, actors: map[string]accounts.Actor{}, cityKeys: map[int64]string{}}
	s.services = wire(db, files, s.clock)
	s.reports = s.reports.ForSample()
	s.at(period.NewDate(2018, 11, 22), 9)
	system := accounts.System("demo")
	if _, err := s.tree.Import(ctx, bytes.NewReader(anhuiDivisions), "anhui-divisions.csv", false, system.Name); err != nil {
		return nil, err
	}
	p, err := s.plans.Import(ctx, system, "anhui-2018-2020.yaml", anhuiPlan, "", false)
	if err != nil {
		return nil, err
	}
	s.plan = p
	if err := importSampleForms(ctx, s.forms, system); err != nil {
		return nil, err
	}
	if _, err := s.plans.ImportPilots(ctx, system, "pilots.csv", bytes.NewReader(anhuiPilots), false); err != nil {
		return nil, err
	}
	if _, err := s.quoted.Import(ctx, system, "observations.yaml", letterObservations, false); err != nil {
		return nil, err
	}
	if s.units, _, err = s.plans.Units(ctx, system, plan.UnitFilter{}); err != nil {
		return nil, err
	}
	logins, err := s.addUsers(ctx, password)
	if err != nil {
		return nil, err
	}
	return logins, s.fileQuarters(ctx)
}

// clock is the moment that the sample has come to.
func (s *sample) clock() time.Time { return s.now }

// importSampleForms publishes the five forms together, since their checks name each other.
func importSampleForms(ctx context.Context, service *forms.Service, system accounts.Actor) error {
	names, err := fs.Glob(anhuiForms, "data/forms/*.yaml")
	if err != nil {
		return err
	}
	var files []forms.File
	for _, name := range names {
		data, err := anhuiForms.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, forms.File{Name: path.Base(name), Data: data})
	}
	_, err = service.ImportFiles(ctx, system, files, "示例表式", false)
	return err
}

// at sets the clock to an hour of a day in Asia/Shanghai.
func (s *sample) at(day period.Date, hour int) {
	s.now = time.Date(day.Year, day.Month, day.Day, hour, 0, 0, 0, period.Zone)
}

func (s *sample) addUsers(ctx context.Context, password string) ([]login, error) {
	root, err := s.tree.ByCode(ctx, province, s.today)
	if err != nil {
		return nil, err
	}
	cities, err := s.tree.Children(ctx, root.ID, s.today)
	if err != nil {
		return nil, err
	}
	wanted := []accounts.NewUser{
		{Name: "admin", Display: "示例管理员", Role: accounts.Admin, Division: root.ID},
		{Name: "monitor", Display: "示例省级监测员", Role: accounts.Monitor, Division: root.ID},
		{Name: "viewer", Display: "示例领导", Role: accounts.Viewer, Division: root.ID},
	}
	for _, city := range cities {
		s.cityKeys[city.ID] = city.Key
		wanted = append(wanted, accounts.NewUser{
			Name: "reviewer-" + city.Code, Display: "示例审核员（" + city.Name + "）", Role: accounts.Reviewer, Division: city.ID,
		})
	}
	for _, u := range s.units {
		wanted = append(wanted, accounts.NewUser{Name: "clerk-" + u.Key, Display: "示例填报员（" + u.Name + "）", Role: accounts.Clerk, Unit: u.ID})
	}
	logins := make([]login, 0, len(wanted))
	for _, w := range wanted {
		w.Password, w.Language = password, locale.Chinese
		user, err := s.accounts.Add(ctx, accounts.System("demo"), w)
		if err != nil {
			return nil, fmt.Errorf("add %s: %w", w.Name, err)
		}
		s.actors[w.Name] = user.Actor()
		logins = append(logins, login{name: w.Name, role: w.Role, title: w.Display})
	}
	return logins, nil
}

// fileQuarters files every quarter that has ended by today.
func (s *sample) fileQuarters(ctx context.Context) error {
	last := period.QuarterOf(s.today) - 1
	first := max(s.plan.First, period.QuarterOf(s.plan.Issued))
	for q := first; q <= min(last, s.plan.Last); q++ {
		s.at(q.Last().AddDays(1), 1)
		if _, err := s.reports.OpenPeriods(ctx, accounts.System("calendar")); err != nil {
			return err
		}
		for i, u := range s.units {
			if !u.DesignatedOn(q.Last()) {
				continue
			}
			if err := s.fileQuarter(ctx, u, i, q, q == last); err != nil {
				return fmt.Errorf("%s %s: %w", u.Key, q, err)
			}
		}
		if q >= last-1 {
			if err := s.fileAuthorities(ctx, q, q == last); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		if err := s.tell(ctx, q == last); err != nil {
			return err
		}
	}
	s.at(s.today, 0)
	if err := s.notices.Remind(ctx); err != nil {
		return err
	}
	if _, err := s.figures.Refresh(ctx); err != nil {
		return err
	}
	return s.superviseSome(ctx)
}

// tell puts what happened into everybody's inbox; what is older than the last quarter they have read.
func (s *sample) tell(ctx context.Context, last bool) error {
	if err := s.notices.Deliver(ctx); err != nil || last {
		return err
	}
	for _, actor := range s.actors {
		list, _, err := s.notices.Inbox(ctx, actor, "", 1)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			if err := s.notices.MarkAllRead(ctx, actor, list[0].ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// outcome is how far a report of the last quarter has come.
type outcome int

const (
	accepted outcome = iota
	submitted
	returned
	started
	untouched
)

// lastOutcomes gives every state to the pilots of the last quarter, in the order of the pilots file:
// the two of the first batch, the district, the two streets, the eleven communities.
var lastOutcomes = []outcome{
	started, accepted, accepted, accepted, submitted,
	accepted, accepted, submitted, submitted, returned, returned, started, untouched, untouched, accepted, submitted,
}

// fileQuarter brings one report as far as it gets.
func (s *sample) fileQuarter(ctx context.Context, u plan.Unit, index int, q period.Quarter, last bool) error {
	reach := accepted
	if last {
		reach = lastOutcomes[index%len(lastOutcomes)]
	}
	if reach == untouched || q.Last().AddDays(5+index%6).After(s.today) { // nothing happens after today
		return nil
	}
	ref := reporting.Ref{Unit: u.Key, Form: s.plan.Reporting.Form, Period: q}
	clerk, reviewer := s.actors["clerk-"+u.Key], s.reviewer(u)
	s.at(q.Last().AddDays(3+index%6), 10)
	report, err := s.reports.Report(ctx, clerk, ref)
	if err != nil {
		return err
	}
	report, err = s.reports.Save(ctx, clerk, ref, reporting.Edit{Version: report.Version, Values: s.values(u, index, q)})
	if err != nil || reach == started {
		return err
	}
	if report, err = s.explain(ctx, clerk, ref, report); err != nil {
		return err
	}
	s.at(q.Last().AddDays(4+index%6), 15)
	if report, err = s.reports.Submit(ctx, clerk, ref, report.Version); err != nil || reach == submitted {
		return err
	}
	s.at(q.Last().AddDays(5+index%6), 11)
	if reach == returned {
		_, err = s.reports.Return(ctx, reviewer, ref, report.Version, "【示例】请核对数据口径后重新报送。", s.remark(report))
		return err
	}
	_, err = s.reports.Accept(ctx, reviewer, ref, report.Version)
	return err
}

// remark pins a remark to the report's first percent.
func (s *sample) remark(report reporting.Report) map[string]string {
	for _, section := range report.Form.Sections {
		for _, item := range section.Items {
			if item.Type == forms.Percent && report.Values[item.Key].State == forms.Given {
				return map[string]string{item.Key: "【示例】与上季度相比变化较大，请说明。"}
			}
		}
	}
	return nil
}

// reviewer is the reviewer of the unit's city, or the monitor where the city is not known.
func (s *sample) reviewer(u plan.Unit) accounts.Actor {
	for name, actor := range s.actors {
		if actor.Role == accounts.Reviewer && actor.Division == u.Place.City && u.Place.City != 0 {
			return s.actors[name]
		}
	}
	return s.actors["monitor"]
}

// values makes up what a unit reports at the end of q: each milestone grows evenly over the three
// quarters up to its due quarter, at the unit's own speed.
func (s *sample) values(u plan.Unit, index int, q period.Quarter) map[string]any {
	values := map[string]any{
		"practices":  "【示例数据】按照试点方案分步推进，本季度重点完成平台对接与网格信息采集。",
		"obstacles":  "【示例数据】部分部门系统接口尚未开放，数据回流不及时。",
		"next_steps": "【示例数据】下季度继续推进自助终端布设和事件闭环处置。",
	}
	const communities = 8
	if forms.Covers(u.Type) {
		values[forms.CommunitiesItem] = strconv.Itoa(communities)
	} else {
		values["households"], values["satisfaction_respondents"] = "2600", "120"
	}
	for _, m := range s.plan.Milestones(u.Batch, u.Type) {
		percent := s.reached(u, index, m, q)
		item, ok := forms.ItemOf(m, u.Type)
		if !ok || percent == 0 {
			continue
		}
		switch {
		case forms.Covers(u.Type):
			values[item.Key] = strconv.Itoa(communities * percent / 100)
		case item.Type == forms.YesNo:
			values[item.Key] = percent == 100
		default:
			target := m.Measure.Target * int64(percent) / 100
			values[item.Key] = item.Format(forms.Value{State: forms.Given, Number: target})
		}
	}
	return values
}

// speeds are the units' paces in percent of the plan's, in the order of the pilots file.
var speeds = []int{98, 50, 95, 90, 70, 110, 104, 100, 96, 92, 85, 80, 72, 60, 101, 88}

// reached gives how much of a milestone's target a unit has reached at the end of q, in percent.
func (s *sample) reached(u plan.Unit, index int, m plan.Milestone, q period.Quarter) int {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s", u.Key, m.Key)
	jitter := int(h.Sum32() % 21) // 0 to 20 points, the same at every start
	elapsed := int(q-m.Due(u.Batch)) + 3
	percent := elapsed*100*speeds[index%len(speeds)]/300 + jitter - 10
	return max(0, min(100, percent))
}
