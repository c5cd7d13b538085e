package dashboards

func init() {
	addTheme(theme{
		key: "platform", first: "streets_using_platform_share",
		headlines: []string{
			"cities_with_platform", "streets_using_platform", "streets_using_platform_share", "matters_online", "matters_online_share",
			"gridded_communities_share",
		},
		more: []string{"service_points", "grids", "grid_workers"},
		parts: []parts{{key: "shares", title: "themes.shares", ids: []string{
			"streets_using_platform_share", "matters_online_share", "gridded_communities_share",
		}}, {key: "grid", title: "themes.grid", ids: []string{"service_points", "grids", "grid_workers"}}},
	}, "themes.platform", "themes.platform_about")
}
