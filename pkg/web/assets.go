package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"sync"
)

// The marker comes first: without the front-end libraries the build stops at its name, which says
// what to run.
//
//go:embed static/vendor/run-make-assets
//go:embed static
var embedded embed.FS

const assetsPrefix = "/static/"

// Assets holds the style sheets, scripts, fonts and pictures that every page may load, by the name
// that AssetURL takes: "app.css", "vendor/echarts.min.js".
func Assets() fs.FS {
	static, _ := fs.Sub(embedded, "static") // fails for an invalid name only
	return static
}

// AssetURL gives the address of an asset; it changes whenever the content does, so that browsers
// may keep the answer for ever. The address of an unknown name answers 404.
func AssetURL(name string) string {
	version, ok := assetVersions()[name]
	if !ok {
		return assetsPrefix + name
	}
	return assetsPrefix + name + "?v=" + version
}

// assetsHandler serves everything below /static/, and no listings of folders.
func assetsHandler() http.Handler {
	files := Assets()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, assetsPrefix)
		version, ok := assetVersions()[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		cache := "no-cache"
		if r.URL.Query().Get("v") == version {
			cache = "public, max-age=31536000, immutable"
		}
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("ETag", `"`+version+`"`)
		http.ServeFileFS(w, r, files, name)
	})
}

// assetVersions maps each asset to the first eight hex digits of its SHA-256.
var assetVersions = sync.OnceValue(func() map[string]string {
	files := Assets()
	versions := map[string]string{}
	// an embedded file can always be read, so there is no error to hand on
	_ = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		versions[name] = hex.EncodeToString(sum[:4])
		return nil
	})
	return versions
})
