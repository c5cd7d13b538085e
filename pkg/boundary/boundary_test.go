package boundary_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/boundary"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/reporting/reportingtest"
)

// square is a made-up outline; no real border stands in this test.
const square = `[[[117,31],[118,31],[118,32],[117,32],[117,31]]]`

// world is a small province with two cities, 合肥市 (340100) and 铜陵市 (340700), and its map.
type world struct {
	*reportingtest.Province
	maps *boundary.Service
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		p := reportingtest.New(t, db)
		fn(t, world{p, boundary.New(db, p.Tree, p.Ledger, p.Clock.Now)})
	})
}

func collection(features ...string) []byte {
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`)
}

func feature(properties, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":{"type":%q,"coordinates":%s}}`, properties, kind, coordinates)
}

func TestAMapIsKeptReplacedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		admin, viewer := w.Actor(t, "admin"), w.Actor(t, "viewer")
		if _, err := w.maps.Current(t.Context(), viewer); !fault.Is(err, fault.NotFound) {
			t.Fatalf("before: %v", err)
		}
		first := collection(feature(`{"adcode":340100,"name":"</script>","population":1}`, "Polygon", square))
		if _, err := w.maps.Upload(t.Context(), admin, " 测试（2019）0号 ", "测试.geojson", first); err != nil {
			t.Fatal(err)
		}
		kept, err := w.maps.Upload(t.Context(), admin, "测试（2019）1号", "测试.geojson", collection(
			feature(`{"code":"340100"}`, "MultiPolygon", "["+square+"]"), feature(`{"name":"铜陵市"}`, "Polygon", square)))
		if err != nil || kept.Places != 2 {
			t.Fatalf("%+v %v", kept, err)
		}
		about, shapes, err := w.maps.Shapes(t.Context(), viewer)
		if err != nil || about.Number != "测试（2019）1号" || about.Hash != kept.Hash || !json.Valid(shapes) {
			t.Fatalf("%+v %v", about, err)
		}
		if !strings.Contains(string(shapes), `"properties":{"name":"340700"}`) || strings.Contains(string(shapes), "铜陵") {
			t.Errorf("got %s", shapes)
		}
		if err := w.maps.Remove(t.Context(), admin); err != nil {
			t.Fatal(err)
		}
		if err := w.maps.Remove(t.Context(), admin); !fault.Is(err, fault.NotFound) {
			t.Errorf("twice removed: %v", err)
		}
		acts, err := ledger.ActEntries(t.Context(), w.DB, ledger.Report{}, []string{boundary.ActUploaded, boundary.ActRemoved}, 10)
		if err != nil || len(acts) != 3 || acts[0].ActorName != "admin" || acts[2].Act != boundary.ActRemoved {
			t.Errorf("%d acts %+v %v", len(acts), acts, err)
		}
	})
}

func TestNothingOfTheFileIsKeptButOutlines(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		file := collection(feature(`{"code":"340100","name":"</script><b>"}`, "Polygon", `[[[117,31,5],[118,31,5],[118,32,5],[117,31,5]]]`))
		if _, err := w.maps.Upload(t.Context(), w.Actor(t, "admin"), "测试", "f", append([]byte("\xef\xbb\xbf"), file...)); err != nil {
			t.Fatal(err)
		}
		_, shapes, err := w.maps.Shapes(t.Context(), w.Actor(t, "monitor"))
		want := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"340100"},` +
			`"geometry":{"type":"MultiPolygon","coordinates":[[[[117,31],[118,31],[118,32],[117,31]]]]}}]}`
		if err != nil || string(shapes) != want {
			t.Errorf("got %s, %v", shapes, err)
		}
	})
}

func TestBadMapsAreRefusedWhole(t *testing.T) {
	hefei := `{"code":"340100"}`
	cases := map[string]struct {
		number string
		data   []byte
		want   string
	}{
		"no number":           {" ", collection(feature(hefei, "Polygon", square)), "boundary.number_missing"},
		"a long number":       {strings.Repeat("号", 61), collection(feature(hefei, "Polygon", square)), "cell.too_long"},
		"nothing":             {"1", nil, "boundary.no_file"},
		"too large":           {"1", make([]byte, boundary.MaxSize+1), "boundary.too_large"},
		"no JSON":             {"1", []byte(`{"type":`), "boundary.not_json"},
		"two texts":           {"1", append(collection(feature(hefei, "Polygon", square)), '{', '}'), "boundary.not_json"},
		"no collection":       {"1", []byte(feature(hefei, "Polygon", square)), "boundary.not_collection"},
		"an empty one":        {"1", collection(), "boundary.not_collection"},
		"a point":             {"1", collection(feature(hefei, "Point", `[117,31]`)), "boundary.not_polygon"},
		"no geometry":         {"1", collection(`{"type":"Feature","properties":{"code":"340100"},"geometry":null}`), "boundary.not_polygon"},
		"no ring":             {"1", collection(feature(hefei, "Polygon", `[]`)), "boundary.not_polygon"},
		"an open ring":        {"1", collection(feature(hefei, "Polygon", `[[[117,31],[118,31],[118,32],[117,32]]]`)), "boundary.not_closed"},
		"three points":        {"1", collection(feature(hefei, "Polygon", `[[[117,31],[118,31],[117,31]]]`)), "boundary.not_closed"},
		"metres":              {"1", collection(feature(hefei, "Polygon", `[[[5e5,3e6],[6e5,3e6],[6e5,4e6],[5e5,3e6]]]`)), "boundary.bad_coordinates"},
		"infinite":            {"1", collection(feature(hefei, "Polygon", `[[[1e999,31],[118,31],[118,32],[1e999,31]]]`)), "boundary.bad_coordinates"},
		"words":               {"1", collection(feature(hefei, "Polygon", `"x"`)), "boundary.bad_coordinates"},
		"the same city twice": {"1", collection(feature(hefei, "Polygon", square), feature(`{"name":"合肥市"}`, "Polygon", square)), "boundary.twice"},
		"a county":            {"1", collection(feature(`{"name":"蜀山区"}`, "Polygon", square), feature(hefei, "Polygon", square)), "1 蜀山区"},
		"no name":             {"1", collection(feature(`{}`, "Polygon", square)), "boundary.unknown"},
	}
	each(t, func(t *testing.T, w world) {
		for name, c := range cases {
			_, err := w.maps.Upload(t.Context(), w.Actor(t, "admin"), c.number, "f", c.data)
			f, ok := fault.As(err)
			if !ok || f.Kind != fault.Invalid || !strings.Contains(fmt.Sprint(f.Fields), c.want) {
				t.Errorf("%s: got %v, want %s", name, err, c.want)
			}
		}
		if _, err := w.maps.Current(t.Context(), w.Actor(t, "admin")); !fault.Is(err, fault.NotFound) {
			t.Errorf("a refused map was kept: %v", err)
		}
	})
}

func TestOnlyAdministratorsChangeTheMap(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for _, name := range []string{"monitor", "viewer", "reviewer-340100", "clerk-community-01"} {
			actor := w.Actor(t, name)
			if _, err := w.maps.Upload(t.Context(), actor, "1", "f", collection(feature(`{"code":"340100"}`, "Polygon", square))); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s uploads: %v", name, err)
			}
			if err := w.maps.Remove(t.Context(), actor); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s removes: %v", name, err)
			}
		}
	})
}
