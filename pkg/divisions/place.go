package divisions

// Place is where something lies at a date: the divisions above it, and its own. 0 means that it has
// none at that level.
type Place struct{ Province, City, County, Division int64 }

// Within tells whether the place lies in the division or is it. Nothing lies within 0.
func (p Place) Within(division int64) bool {
	return division != 0 &&
		(division == p.Province || division == p.City || division == p.County || division == p.Division)
}
