package divisions

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
)

// Span is a division from its first day to, but not on, its last; no day where it has no end. Name is
// its latest.
type Span struct {
	ID       int64
	Key      string
	Name     string
	Level    int
	From, To period.Date
}

// Spans gives, inside tx, every division of a level that was ever counted, by key.
func (s *Service) Spans(tx *gorm.DB, level int) ([]Span, error) {
	var rows []Span
	err := tx.Raw(`SELECT d.id, d.key, v.name, d.level, v.valid_from AS "from", v.valid_to AS "to"
		FROM divisions d JOIN division_versions v ON v.division_id = d.id
		WHERE d.level = ? AND NOT v.statistics_only ORDER BY d.key, v.valid_from`, level).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the divisions of a level: %w", err)
	}
	var spans []Span
	for _, r := range rows {
		if n := len(spans); n > 0 && spans[n-1].ID == r.ID {
			spans[n-1].Name, spans[n-1].To = r.Name, r.To
			continue
		}
		spans = append(spans, r)
	}
	return spans, nil
}
