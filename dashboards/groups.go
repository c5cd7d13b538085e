package dashboards

import (
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
)

// groupName gives a row's name in the reader's language.
func groupName(ask Ask, by analytics.By, key, name string) string {
	switch {
	case key == analytics.Direct && ask.Head.Scope.Division.Level == divisions.City:
		return ask.T("home.direct_city")
	case key == analytics.Direct:
		return ask.T("home.direct_province")
	case by == analytics.ByType:
		return ask.Printer.UnitType(key)
	}
	return name
}

// within gives the address of this dashboard for one of its rows: within a place, or for a batch or type
// alone. Option is the name of the option that splits the rows; what is below cities is counties.
func within(ask Ask, by analytics.By, key, option string) string {
	below := map[analytics.By][2]string{
		analytics.ByCity: {"scope", "county"}, analytics.ByCounty: {"scope", ""},
		analytics.ByBatch: {"batch", "city"}, analytics.ByType: {"type", "city"},
	}
	next, ok := below[by]
	if !ok || key == analytics.Direct {
		return ""
	}
	return ask.Links.Self(next[0], key, option, next[1], "after", "")
}

// placesBelow gives how the scope is split into places, by its level: into counties from a city on.
func placesBelow(ask Ask) analytics.By {
	if ask.Head.Scope.Unit != nil || ask.Head.Scope.Division.Level >= divisions.City {
		return analytics.ByCounty
	}
	return analytics.ByCity
}
