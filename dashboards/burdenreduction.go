package dashboards

func init() {
	addTheme(theme{
		key: "burden-reduction", first: "counties_with_access_system_share",
		headlines: []string{
			"cities_with_item_list", "cities_with_item_list_share", "counties_with_access_system", "counties_with_access_system_share",
			"plates_removed_average", "matters_removed_average", "assessments_removed_average",
		},
		more: []string{"communities_covered_share", "plates_removed", "matters_removed", "assessments_removed", "burden_breaches", "assisted_funds"},
		parts: []parts{{key: "systems", title: "themes.systems", ids: []string{
			"cities_with_three_systems", "cities_with_item_list", "cities_with_assessment_system", "cities_with_seal_list",
		}}, {key: "averages", title: "themes.averages", ids: []string{
			"plates_removed_average", "matters_removed_average", "assessments_removed_average",
		}}},
	}, "themes.burden_reduction", "themes.burden_reduction_about")
}
