package main

import (
	"context"
	"fmt"
	"strconv"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// The totals that the sample reports of counties and cities add up to are those of the letter; which
// county or city reports what is invented.
const (
	letterHubs          = 1462
	letterRegistered    = 6929
	letterPosts         = 17792
	letterAgencies      = 328
	letterCertified     = 10779
	letterProfessionals = 45600 // 4.5万余
	letterMembers       = 121500
	letterAccess        = 91 // counties with the access system
	letterItemLists     = 11 // cities with the list of work items
	sampleCommunities   = 18027
)

// fullCoverage are the cities whose urban communities all have a hub organisation.
var fullCoverage = map[string]bool{"340100": true, "340600": true, "340700": true}

// part gives the i-th of n parts of a total, such that all parts add up to it.
func part(total, i, n int) int { return total*(i+1)/n - total*i/n }

// fileAuthorities files the forms of counties and cities for a quarter: all of them, or in the last
// quarter about four of five.
func (s *sample) fileAuthorities(ctx context.Context, q period.Quarter, last bool) error {
	counties, err := s.authorities(ctx, "county", q)
	if err != nil {
		return err
	}
	cities, err := s.authorities(ctx, "city", q)
	if err != nil {
		return err
	}
	communities := map[int64]int{} // by city
	for i, u := range counties {
		communities[u.Place.City] += part(sampleCommunities, i, len(counties))
		if last && i%5 == 4 {
			continue
		}
		for form, values := range map[string]map[string]any{"linkage": s.linkage(u, i, len(counties)), "burden": countyBurden(i, len(counties))} {
			if err := s.fileAuthority(ctx, u, form, q, values, last && i%5 == 3); err != nil {
				return err
			}
		}
	}
	before := 0
	for i, u := range cities {
		if last && i%5 == 4 {
			continue
		}
		members := letterMembers*(before+communities[u.Place.City])/sampleCommunities - letterMembers*before/sampleCommunities
		before += communities[u.Place.City]
		filed := map[string]map[string]any{
			"burden":    s.cityBurden(u, i, len(cities), counties, last),
			"workforce": workforce(members), "platform": platform(i, communities[u.Place.City]),
		}
		for form, values := range filed {
			if err := s.fileAuthority(ctx, u, form, q, values, last && i%5 == 3); err != nil {
				return err
			}
		}
	}
	return nil
}

// authorities gives the units of a type that owe reports for a quarter.
func (s *sample) authorities(ctx context.Context, unitType string, q period.Quarter) ([]plan.Unit, error) {
	all, _, err := s.plans.Units(ctx, accounts.System("demo"), plan.UnitFilter{Type: unitType})
	if err != nil {
		return nil, err
	}
	var list []plan.Unit
	for _, u := range all {
		if u.DesignatedOn(q.Last()) {
			list = append(list, u)
		}
	}
	return list, nil
}

// fileAuthority files one report and, unless it is to wait for review, accepts it. The city's reviewer
// files, for a county on its behalf; the province accepts.
func (s *sample) fileAuthority(ctx context.Context, u plan.Unit, form string, q period.Quarter, values map[string]any, waits bool) error {
	ref := reporting.Ref{Unit: u.Key, Form: form, Period: q}
	filer := s.reviewer(u)
	how := reporting.Filing{}
	if u.Type == "county" {
		how.OnBehalf = "示例人员"
	}
	s.at(q.Last().AddDays(6), 9)
	if q.Last().AddDays(8).After(s.today) {
		return nil
	}
	report, err := s.reports.Save(ctx, filer, ref, reporting.Edit{Version: 1, Values: values})
	if err != nil {
		return fmt.Errorf("%s %s: %w", u.Key, form, err)
	}
	if report, err = s.explain(ctx, filer, ref, report); err != nil {
		return fmt.Errorf("%s %s: %w", u.Key, form, err)
	}
	s.at(q.Last().AddDays(7), 10)
	if report, err = s.reports.File(ctx, filer, ref, report.Version, how); err != nil || waits {
		return wrapped(err, u.Key, form)
	}
	s.at(q.Last().AddDays(8), 11)
	_, err = s.reports.Accept(ctx, s.actors["monitor"], ref, report.Version)
	return wrapped(err, u.Key, form)
}

func wrapped(err error, unit, form string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", unit, form, err)
}

// explain answers every warning, as a clerk would.
func (s *sample) explain(ctx context.Context, clerk accounts.Actor, ref reporting.Ref, report reporting.Report) (reporting.Report, error) {
	explanations := map[string]string{}
	for _, f := range report.Findings {
		if f.Severity == forms.Warning {
			explanations[f.Check] = "【示例数据】已核实，情况属实。"
		}
	}
	if len(explanations) == 0 {
		return report, nil
	}
	return s.reports.Save(ctx, clerk, ref, reporting.Edit{Version: report.Version, Explanations: explanations})
}

func (s *sample) linkage(u plan.Unit, i, n int) map[string]any {
	share := func(total int) string { return strconv.Itoa(part(total, i, n)) }
	urban := part(4200, i, n)
	covered := urban * 2 / 3
	if fullCoverage[s.cityKeys[u.Place.City]] {
		covered = urban
	}
	posts, certified, employed := part(letterPosts, i, n), part(letterCertified, i, n), part(9000, i, n)
	return map[string]any{
		"linkage_mechanism": "established", "in_plan": true, "in_plan_document": "【示例数据】社区发展规划",
		"hub_organisations": share(letterHubs), "registered_organisations": share(letterRegistered), "filed_organisations": share(24000),
		"urban_communities": strconv.Itoa(urban), "urban_communities_with_hub": strconv.Itoa(covered),
		"posts_self_governing": strconv.Itoa(posts - posts/3 - posts/5), "posts_service": strconv.Itoa(posts / 3),
		"posts_social_organisations": strconv.Itoa(posts / 5), "posts_other": "0", "agencies": share(letterAgencies),
		"certified_assistant": strconv.Itoa(certified - certified/4), "certified_social_worker": strconv.Itoa(certified / 4), "certified_senior": "0",
		"professionals": share(letterProfessionals), "employed_self_governing": strconv.Itoa(employed - employed/3),
		"employed_social_organisations": strconv.Itoa(employed / 3), "employed_other": "0",
		"purchase_contracts": "6", "purchase_funds": "48.5", "service_projects": "8", "serving_organisations": "5",
		"incubators": "1", "social_work_sessions": "2", "social_work_trainees": "60",
	}
}

// reductions gives the plates, matters and assessments of the i-th of n counties: by 10, 20 and 30 a
// community on average.
func reductions(i, n int) map[string]int {
	communities := part(sampleCommunities, i, n)
	covered := communities * 9 / 10
	return map[string]int{
		"communities": communities, "communities_covered": covered,
		"plates_baseline": covered * 14, "plates_current": covered * 4, "matters_baseline": covered * 150, "matters_current": covered * 130,
		"assessments_baseline": covered * 38, "assessments_current": covered * 8,
	}
}

func countyBurden(i, n int) map[string]any {
	values := map[string]any{"access_system": part(letterAccess, i, n) == 1, "assisted_support": true, "assisted_funds": "36.5",
		"bodies": strconv.Itoa(part(54000, i, n)), "meetings": strconv.Itoa(part(90000, i, n)), "ledgers": strconv.Itoa(part(180000, i, n))}
	if values["access_system"] == true {
		values["access_system_date"], values["access_system_document"] = "2018-06-30", "【示例数据】社区工作事项准入制度"
	}
	for key, number := range reductions(i, n) {
		values[key] = strconv.Itoa(number)
	}
	for _, kind := range []string{"enforcement", "demolition", "environment", "urban_management", "investment", "other"} {
		values["breach_"+kind] = "0"
	}
	return values
}

// cityBurden adds up what the counties of a city have filed.
func (s *sample) cityBurden(u plan.Unit, i, n int, counties []plan.Unit, last bool) map[string]any {
	values := map[string]any{"three_systems": true, "item_list": part(letterItemLists, i, n) == 1, "assessment_system": true, "seal_list": true,
		"assessment_system_date": "2018-09-30", "assessment_system_document": "【示例数据】社区综合考核评比制度",
		"seal_list_date": "2018-09-30", "seal_list_document": "【示例数据】社区印章使用清单", "campaign": "under_way"}
	if values["item_list"] == true {
		values["item_list_date"], values["item_list_document"] = "2018-12-31", "【示例数据】社区工作事项清单"
	}
	sums := map[string]int{}
	for j, county := range counties {
		if county.Place.City != u.Place.City || (last && j%5 == 4) {
			continue
		}
		for key, number := range reductions(j, len(counties)) {
			sums[key] += number
		}
	}
	for key, number := range sums {
		values[key] = strconv.Itoa(number)
	}
	return values
}

func workforce(members int) map[string]any {
	village := members * 3 / 4
	ages := []int{members / 5, members * 2 / 5, members / 4}
	education := []int{members / 5, members * 2 / 5, members / 4}
	rest := func(parts []int) string { return strconv.Itoa(members - parts[0] - parts[1] - parts[2]) }
	return map[string]any{
		"measure_management": true, "measure_training": true, "measure_pay": true, "measure_promotion": false,
		"measure_documents": "【示例数据】社区工作者管理办法", "headcount": strconv.Itoa(members + members/10), "pay_system": "in_force", "average_pay": "2800",
		"training_sessions": "4", "training_persons": strconv.Itoa(members / 3), "election_year": "2018",
		"members_village": strconv.Itoa(village), "members_community": strconv.Itoa(members - village),
		"age_to_35": strconv.Itoa(ages[0]), "age_36_to_45": strconv.Itoa(ages[1]), "age_46_to_55": strconv.Itoa(ages[2]), "age_from_56": rest(ages), "mean_age": "44.5",
		"education_junior": strconv.Itoa(education[0]), "education_senior": strconv.Itoa(education[1]), "education_college": strconv.Itoa(education[2]),
		"education_bachelor": rest(education), "previous_age_to_35_percent": "15", "previous_college_percent": "30",
	}
}

func platform(i, communities int) map[string]any {
	values := map[string]any{"platform_state": "building", "streets": "16", "streets_using": "0", "matters_listed": "120", "matters_online": "0",
		"service_points": strconv.Itoa(communities / 2), "service_point_matters": "60", "grids": strconv.Itoa(communities * 4),
		"grid_workers": strconv.Itoa(communities * 4), "gridded_communities": strconv.Itoa(communities * 8 / 10), "departments_linked": "5"}
	if i%3 != 2 {
		values["platform_state"], values["platform_live_date"] = "live", "2018-12-01"
		values["streets_using"], values["matters_online"] = "12", "84"
	}
	return values
}
