package dashboards

func init() {
	addTheme(theme{
		key:       "workforce",
		headlines: []string{"committee_members", "community_workers", "cities_with_pay_system", "average_pay", "training_persons", "mean_age"},
		parts: []parts{{key: "measures", title: "themes.measures", ids: []string{
			"cities_with_management_measure", "cities_with_training_measure", "cities_with_pay_measure", "cities_with_promotion_measure",
		}}, {key: "ages", title: "themes.ages", ids: []string{
			"age_to_35", "age_36_to_45", "age_46_to_55", "age_from_56",
		}}, {key: "education", title: "themes.education", ids: []string{
			"education_junior", "education_senior", "education_college", "education_bachelor",
		}}},
	}, "themes.workforce", "themes.workforce_about")
}
