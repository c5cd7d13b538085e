package web

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
)

func fetchAsset(t *testing.T, url string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	assetsHandler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, url, nil))
	return answer
}

func TestAssetsAreKeptForEverOnlyUnderTheirVersion(t *testing.T) {
	url := AssetURL("app.css")
	if !regexp.MustCompile(`^/static/app\.css\?v=[0-9a-f]{8}$`).MatchString(url) {
		t.Fatalf("AssetURL gave %q", url)
	}
	for _, c := range []struct{ name, url, cache string }{
		{"with the version", url, "public, max-age=31536000, immutable"},
		{"with another version", "/static/app.css?v=00000000", "no-cache"},
		{"without a version", "/static/app.css", "no-cache"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := fetchAsset(t, c.url)
			if answer.Code != http.StatusOK || answer.Header().Get("Cache-Control") != c.cache {
				t.Errorf("got %d, Cache-Control %q, want %q", answer.Code, answer.Header().Get("Cache-Control"), c.cache)
			}
		})
	}
}

func TestAssetsAnswerUnchangedToAKnownETag(t *testing.T) {
	request := httptest.NewRequest(http.MethodGet, "/static/app.js", nil)
	request.Header.Set("If-None-Match", fetchAsset(t, "/static/app.js").Header().Get("ETag"))
	answer := httptest.NewRecorder()
	assetsHandler().ServeHTTP(answer, request)
	if answer.Code != http.StatusNotModified {
		t.Errorf("got %d, want 304", answer.Code)
	}
}

func TestAssetsHaveTheirContentType(t *testing.T) {
	for name, want := range map[string]string{
		"app.css":               "text/css",
		"charts.js":             "text/javascript",
		"icons.svg":             "image/svg+xml",
		"vendor/echarts.min.js": "text/javascript",
		"vendor/noto-sans-sc-latin-400-normal.woff2": "font/woff2",
	} {
		if got := fetchAsset(t, AssetURL(name)).Header().Get("Content-Type"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: Content-Type %q, want %q", name, got, want)
		}
	}
}

func TestAssetsShowNoFoldersAndNothingElse(t *testing.T) {
	for _, url := range []string{"/static/", "/static/vendor", "/static/vendor/", "/static/nothing.css",
		AssetURL("nothing.css"), "/static/../assets.go"} {
		if got := fetchAsset(t, url).Code; got != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", url, got)
		}
	}
}

// Pages may load from their own server only, so an own file must not name another.
func TestOwnAssetsNameNoOtherHost(t *testing.T) {
	foreign := regexp.MustCompile(`(?i)(url\(|src=|href=|fetch\(|@import)\s*["']?(https?:)?//`)
	err := fs.WalkDir(Assets(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Dir(name) == "vendor" {
			return err
		}
		content, err := fs.ReadFile(Assets(), name)
		if err == nil && foreign.Match(content) {
			t.Errorf("%s loads from another host", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStyleSheetNamesOnlyAssetsThatExist(t *testing.T) {
	content, err := fs.ReadFile(Assets(), "app.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`url\("([^")]+)"\)`).FindAllStringSubmatch(string(content), -1) {
		if _, err := fs.Stat(Assets(), found[1]); err != nil {
			t.Errorf("app.css names %s: %v", found[1], err)
		}
	}
}
