package analytics

import "pilotboard/pkg/period"

// rollupKey is the key of rollups.
type rollupKey struct {
	division int64
	form     string
	period   period.Quarter
	batch    string
	unitType string
}
