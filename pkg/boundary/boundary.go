// Package boundary keeps the map that an administrator may upload: the outlines of the cities as GeoJSON,
// with the number under which the map was reviewed (审图号). No map is shipped, since maps may be shown only
// with such a number. It owns the table boundaries, of at most one row. It draws nothing and knows no
// figure.
package boundary

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// The acts in the ledger; their detail is Detail.
const (
	ActUploaded = "boundary.uploaded"
	ActRemoved  = "boundary.removed"
)

const (
	// MaxSize is the greatest size of an uploaded map, in bytes.
	MaxSize = 2 << 20
	// MaxNumber is the greatest length of a review number, in characters.
	MaxNumber = 60
)

// Detail is what the ledger keeps of an act.
type Detail struct {
	Number string `json:"number"`
	File   string `json:"file"`
	Hash   string `json:"hash"`
	Places int    `json:"places"`
}

// Map tells about the uploaded map. Places is how many cities it outlines, Hash is of its shapes.
type Map struct {
	Number     string
	File       string
	Places     int
	Hash       string
	UploadedAt time.Time
	UploadedBy string
}

// Service keeps the map. Whoever may read figures may see it, whoever may manage the plan may change it.
type Service struct {
	db     *database.DB
	tree   *divisions.Service
	ledger *ledger.Ledger
	clock  period.Clock
}

// New makes the service.
func New(db *database.DB, tree *divisions.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{db: db, tree: tree, ledger: l, clock: clock}
}

// row is the row of boundaries.
type row struct {
	ID           int64
	ReviewNumber string
	File         string
	Places       int
	Hash         string
	Shapes       string
	UploadedAt   time.Time
	UploadedBy   string
}

func (row) TableName() string { return "boundaries" }

func (r row) about() Map {
	return Map{Number: r.ReviewNumber, File: r.File, Places: r.Places, Hash: r.Hash, UploadedAt: r.UploadedAt, UploadedBy: r.UploadedBy}
}

// Current tells about the map; NotFound `boundary.none` when none was uploaded.
func (s *Service) Current(ctx context.Context, actor accounts.Actor) (Map, error) {
	r, err := s.read(s.db.Read(ctx).Omit("shapes"), actor)
	return r.about(), err
}

// Shapes gives the map itself, as GeoJSON; NotFound `boundary.none` when none was uploaded.
func (s *Service) Shapes(ctx context.Context, actor accounts.Actor) (Map, []byte, error) {
	r, err := s.read(s.db.Read(ctx), actor)
	return r.about(), []byte(r.Shapes), err
}

func (s *Service) read(db *gorm.DB, actor accounts.Actor) (row, error) {
	if err := actor.Require(accounts.ReadFigures); err != nil {
		return row{}, err
	}
	var r row
	result := db.Limit(1).Find(&r)
	if result.Error != nil {
		return r, fmt.Errorf("read the map: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return r, fault.New(fault.NotFound, "boundary.none")
	}
	return r, nil
}

// Upload puts a map in place of the one before. It must be a GeoJSON FeatureCollection of at most MaxSize
// bytes in which every feature is a Polygon or MultiPolygon in degrees and names one city of today by `code`,
// `adcode`, `id` or `name`, no city twice; all other properties are dropped. number is required. Invalid
// `boundary.invalid` with what is wrong with which field.
func (s *Service) Upload(ctx context.Context, actor accounts.Actor, number, file string, data []byte) (Map, error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return Map{}, err
	}
	number = strings.TrimSpace(number)
	wrong := fault.New(fault.Invalid, "boundary.invalid")
	if bad := forms.CheckText(number, MaxNumber); bad != nil {
		wrong.With("number", bad.Key, bad.Args...)
	} else if number == "" {
		wrong.With("number", "boundary.number_missing")
	}
	cities, err := s.cities(ctx)
	if err != nil {
		return Map{}, err
	}
	shapes, places, bad := normalise(data, cities)
	for _, message := range bad {
		wrong.With("file", message.Key, message.Args...)
	}
	if len(wrong.Fields) > 0 {
		return Map{}, wrong
	}
	r := row{
		ID: 1, ReviewNumber: number, File: fileName(file), Places: places, Hash: hashOf(shapes), Shapes: string(shapes),
		UploadedAt: s.now(), UploadedBy: actor.Display,
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Save(&r).Error; err != nil {
			return fmt.Errorf("keep the map: %w", err)
		}
		return s.record(tx, actor, ActUploaded, r)
	})
	return r.about(), err
}

// Remove takes the map away; NotFound `boundary.none` when there is none.
func (s *Service) Remove(ctx context.Context, actor accounts.Actor) error {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		r, err := s.read(tx.Omit("shapes"), actor)
		if err != nil {
			return err
		}
		if err := tx.Where("id = ?", r.ID).Delete(&row{}).Error; err != nil {
			return fmt.Errorf("remove the map: %w", err)
		}
		return s.record(tx, actor, ActRemoved, r)
	})
}

func (s *Service) record(tx *gorm.DB, actor accounts.Actor, act string, r row) error {
	return s.ledger.Record(tx, ledger.Entry{
		At: s.now(), ActorID: actor.UserID, ActorName: actor.Name, Act: act,
		Detail: Detail{Number: r.ReviewNumber, File: r.File, Hash: r.Hash, Places: r.Places},
	})
}

// cities gives every city of today.
func (s *Service) cities(ctx context.Context) ([]divisions.Division, error) {
	today := s.clock.Today()
	roots, err := s.tree.Roots(ctx, today)
	if err != nil {
		return nil, err
	}
	var cities []divisions.Division
	for _, root := range roots {
		below, err := s.tree.Children(ctx, root.ID, today)
		if err != nil {
			return nil, err
		}
		for _, d := range below {
			if d.Level == divisions.City && !d.StatisticsOnly {
				cities = append(cities, d)
			}
		}
	}
	return cities, nil
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// fileName keeps the name that the file came under, cut to what is readable.
func fileName(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "")
	if utf8.RuneCountInString(name) > 200 {
		name = string([]rune(name)[:200])
	}
	return name
}
