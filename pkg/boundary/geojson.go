package boundary

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
)

// collection is a GeoJSON FeatureCollection (RFC 7946), as far as it is read.
type collection struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
}

type feature struct {
	Type       string         `json:"type"`
	ID         any            `json:"id,omitempty"`
	Properties map[string]any `json:"properties"`
	Geometry   *geometry      `json:"geometry"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

type (
	position []float64
	ring     []position
	polygon  []ring
)

// mostListed is how many faults, and how many names in one, are told.
const mostListed = 20

// normalise checks a map and gives it with nothing but outlines, each named by the key of its city.
func normalise(data []byte, cities []divisions.Division) (shapes []byte, places int, wrong []fault.Message) {
	if len(data) > MaxSize {
		return nil, 0, []fault.Message{{Key: "boundary.too_large", Args: []any{MaxSize >> 20}}}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, 0, []fault.Message{{Key: "boundary.no_file"}}
	}
	var given collection
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	decoder.UseNumber()
	if err := decoder.Decode(&given); err != nil || decoder.More() {
		return nil, 0, []fault.Message{{Key: "boundary.not_json"}}
	}
	if given.Type != "FeatureCollection" || len(given.Features) == 0 {
		return nil, 0, []fault.Message{{Key: "boundary.not_collection"}}
	}
	clean := collection{Type: "FeatureCollection"}
	var unknown []string
	seen := map[string]bool{}
	for i, f := range given.Features {
		city, name, ok := f.city(cities)
		if !ok {
			unknown = append(unknown, fmt.Sprintf("%d %s", i+1, name))
			continue
		}
		outline, bad := f.outline(city.Name)
		if seen[city.Key] {
			bad = &fault.Message{Key: "boundary.twice", Args: []any{city.Name}}
		}
		if bad != nil {
			wrong = append(wrong, *bad)
			continue
		}
		seen[city.Key] = true
		clean.Features = append(clean.Features, feature{Type: "Feature", Properties: map[string]any{"name": city.Key}, Geometry: outline})
	}
	if len(unknown) > 0 {
		names := strings.Join(unknown[:min(len(unknown), mostListed)], "；")
		wrong = append([]fault.Message{{Key: "boundary.unknown", Args: []any{len(unknown), names}}}, wrong...)
	}
	if len(wrong) > 0 {
		return nil, 0, wrong[:min(len(wrong), mostListed)]
	}
	shapes, err := json.Marshal(clean)
	if err != nil {
		return nil, 0, []fault.Message{{Key: "boundary.not_json"}}
	}
	return shapes, len(clean.Features), nil
}

// city finds the city that a feature is of: by a code where it has one, else by its name, which is given back
// for the list of those that are not found.
func (f feature) city(cities []divisions.Division) (city divisions.Division, name string, ok bool) {
	for _, given := range []any{f.Properties["code"], f.Properties["adcode"], f.Properties["id"], f.ID, f.Properties["name"]} {
		text := ""
		switch v := given.(type) {
		case string:
			text = strings.TrimSpace(v)
		case json.Number:
			text = v.String()
		}
		if text == "" {
			continue
		}
		for _, c := range cities {
			if c.Code == text || c.Name == text {
				return c, text, true
			}
		}
		name = text
	}
	if runes := []rune(name); len(runes) > 30 {
		name = string(runes[:30]) + "…"
	}
	return divisions.Division{}, strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), ""), false
}

// outline checks the geometry and gives it with longitude and latitude alone.
func (f feature) outline(name string) (*geometry, *fault.Message) {
	bad := func(key string) (*geometry, *fault.Message) { return nil, &fault.Message{Key: key, Args: []any{name}} }
	if f.Type != "Feature" || f.Geometry == nil {
		return bad("boundary.not_polygon")
	}
	var polygons []polygon
	switch f.Geometry.Type {
	case "Polygon":
		polygons = make([]polygon, 1)
		if json.Unmarshal(f.Geometry.Coordinates, &polygons[0]) != nil {
			return bad("boundary.bad_coordinates")
		}
	case "MultiPolygon":
		if json.Unmarshal(f.Geometry.Coordinates, &polygons) != nil {
			return bad("boundary.bad_coordinates")
		}
	default:
		return bad("boundary.not_polygon")
	}
	for _, p := range polygons {
		for _, r := range p {
			if !r.closed() {
				return bad("boundary.not_closed")
			}
			for i, at := range r {
				if !at.onEarth() {
					return bad("boundary.bad_coordinates")
				}
				r[i] = at[:2]
			}
		}
		if len(p) == 0 {
			return bad("boundary.not_polygon")
		}
	}
	if len(polygons) == 0 {
		return bad("boundary.not_polygon")
	}
	text, err := json.Marshal(polygons)
	if err != nil {
		return bad("boundary.bad_coordinates")
	}
	return &geometry{Type: "MultiPolygon", Coordinates: text}, nil
}

// closed tells whether a ring ends where it begins and encloses anything.
func (r ring) closed() bool {
	if len(r) < 4 || len(r[0]) < 2 || len(r[len(r)-1]) < 2 {
		return false
	}
	return r[0][0] == r[len(r)-1][0] && r[0][1] == r[len(r)-1][1]
}

// onEarth tells whether a position is in degrees; a projected map is in metres.
func (p position) onEarth() bool {
	return (len(p) == 2 || len(p) == 3) && math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90
}

func hashOf(shapes []byte) string {
	sum := sha256.Sum256(shapes)
	return hex.EncodeToString(sum[:])
}
