package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// madeUpMap is two rectangles that are no real borders.
const madeUpMap = `{"type":"FeatureCollection","features":[
	{"type":"Feature","properties":{"code":"340100"},"geometry":{"type":"Polygon","coordinates":[[[117,31],[118,31],[118,32],[117,32],[117,31]]]}},
	{"type":"Feature","properties":{"name":"铜陵市"},"geometry":{"type":"Polygon","coordinates":[[[117,30],[118,30],[118,31],[117,31],[117,30]]]}}]}`

// putMap sends a map as the form on its page does.
func (v *visitor) putMap(number, file string) answer {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{csrfField: v.csrf, "number": number} {
		if err := form.WriteField(name, value); err != nil {
			v.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "测试.geojson")
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		v.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	return v.do(v.request(http.MethodPost, "/map", form.FormDataContentType(), body.String()))
}

// TestTheUploadedMap: an administrator uploads a map with its review number, readers see it with that
// number, and removing it goes back to tiles.
func TestTheUploadedMap(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		admin, monitor := s.as(t, "admin"), s.as(t, "monitor")
		admin.get("/map").has(t, http.StatusOK, "尚未上传底图", `href="/map"`, `name="number"`)
		monitor.get("/dashboards/map?form=map").has(t, http.StatusOK, "place-grid")
		monitor.get("/map/shapes").has(t, http.StatusNotFound)
		admin.putMap("", madeUpMap).has(t, http.StatusUnprocessableEntity, "没有审图号的地图不得使用")
		admin.putMap("测试1号", strings.Replace(madeUpMap, "铜陵市", "<b>不存在", 1)).has(t, http.StatusUnprocessableEntity, "1 个要素对应不到任何一个市", "2 &lt;b&gt;不存在", `value="测试1号"`)
		admin.putMap("测试1号", madeUpMap+strings.Repeat(" ", 3<<20)).has(t, http.StatusBadRequest, "文件超过 2 MiB")
		admin.putMap("测试</script>1号", madeUpMap).has(t, http.StatusOK, "底图已更新", "测试&lt;/script&gt;1号", "测试.geojson")

		page := monitor.get("/dashboards/map?form=map")
		page.has(t, http.StatusOK, `data-shapes="/map/shapes?v=`, "审图号：测试&lt;/script&gt;1号", "340700", "查看数据表")
		if strings.Contains(page.body, "测试</script>") {
			t.Error("the number of the map closes a tag")
		}
		shapes := monitor.get("/map/shapes")
		shapes.has(t, http.StatusOK, `"name":"340700"`)
		again := monitor.request(http.MethodGet, "/map/shapes", "", "")
		again.Header.Set("If-None-Match", shapes.header.Get("ETag"))
		if a := monitor.do(again); a.status != http.StatusNotModified || a.body != "" {
			t.Errorf("asked again: %d %q", a.status, a.body)
		}
		monitor.get("/dashboards/map?form=map&scope=340100").has(t, http.StatusOK, "place-grid")

		admin.get("/map")
		admin.post("/map/remove", nil).has(t, http.StatusOK, "底图已删除")
		monitor.get("/dashboards/map").has(t, http.StatusOK, "place-grid")
		monitor.get("/map/shapes").has(t, http.StatusNotFound)
	})
}
