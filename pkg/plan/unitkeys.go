package plan

import (
	"context"

	"pilotboard/pkg/database"
)

// KnownUnits gives those of many units that there are, by key, without asking any scope: for services
// that ask it unit by unit.
func (s *Service) KnownUnits(ctx context.Context, keys []string) (map[string]Unit, error) {
	found := make(map[string]Unit, len(keys))
	for start := 0; start < len(keys); start += database.BatchSize {
		list, err := units(s.db.Read(ctx).Raw(selectUnit+"WHERE u.key IN ?", keys[start:min(start+database.BatchSize, len(keys))]))
		if err != nil {
			return nil, err
		}
		for _, u := range list {
			found[u.Key] = u
		}
	}
	return found, nil
}
