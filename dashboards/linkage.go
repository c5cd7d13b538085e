package dashboards

func init() {
	addTheme(theme{
		key: "linkage",
		headlines: []string{
			"hub_organisations", "registered_organisations", "cities_with_full_hub_coverage", "social_work_posts",
			"social_work_agencies", "certified_social_workers", "social_work_professionals",
		},
		more: []string{"hub_coverage", "incubators"},
		parts: []parts{{key: "posts", title: "themes.posts", ids: []string{
			"posts_self_governing", "posts_service", "posts_social_organisations", "posts_other",
		}}, {key: "funds", title: "themes.funds", ids: []string{
			"purchase_funds", "project_funds", "activity_subsidies", "venture_funds", "reward_subsidies",
		}}},
	}, "themes.linkage", "themes.linkage_about")
}
