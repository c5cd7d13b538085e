package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/reporting/reportingtest"
)

const (
	filesPath    = "/units/community-02/evidence"
	evidencePath = "/reports/community-02/progress/2019Q3/evidence/m1_1"
)

// form gives a posted file and its content type.
func form(t *testing.T, field, name, content string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("note", "附件"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// addFile posts a file of community-02 as the user.
func (w *world) addFile(t *testing.T, user, name, content string) answer {
	t.Helper()
	body, kind := form(t, "file", name, content)
	return w.call(t, user, http.MethodPost, "/api/v1"+filesPath, body, "Content-Type", kind)
}

// TestEvidence: a file goes up, is put to an item, comes down byte for byte, and is taken away.
func TestEvidence(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		const clerk, content = "clerk-community-02", "%PDF-1.7\n佐证"
		added := w.addFile(t, clerk, "清单.docx", content).ok(t)
		hash := added.at(t, "hash").(string)
		if added.at(t, "name") != "清单.pdf" || added.at(t, "type") != "application/pdf" || added.at(t, "size") != float64(len(content)) || added.at(t, "picture") != false {
			t.Errorf("added %s", added.raw)
		}

		r := httptest.NewRequest(http.MethodGet, "/api/v1"+filesPath+"/"+hash, nil)
		r.Header.Set("Authorization", "Bearer "+w.token(t, "monitor"))
		down := httptest.NewRecorder()
		w.router.ServeHTTP(down, r)
		h := down.Header()
		if down.Code != http.StatusOK || down.Body.String() != content || h.Get("Content-Type") != "application/pdf" ||
			!strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename*=utf-8''") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d %v: %q", down.Code, h, down.Body)
		}
		w.call(t, "monitor", http.MethodGet, "/api/v1"+filesPath+"/"+strings.Repeat("0a", 32), nil).refused(t, http.StatusNotFound, "evidence.unknown")
		w.call(t, "clerk-community-01", http.MethodGet, "/api/v1/units/community-01/evidence/"+hash, nil).refused(t, http.StatusNotFound, "evidence.unknown")

		shown := func() []string { return w.Report(t, "community-02", "2019Q3").Evidence["m1_1"] }
		set := w.call(t, clerk, http.MethodPut, "/api/v1"+evidencePath, map[string]any{"hashes": []string{hash}}).ok(t)
		if set.at(t, "evidence", "m1_1", 0) != hash || !slices.Equal(shown(), []string{hash}) {
			t.Errorf("set %s", set.raw)
		}
		foreign := map[string]any{"hashes": []string{hash, strings.Repeat("0a", 32)}}
		w.call(t, clerk, http.MethodPut, "/api/v1"+evidencePath, foreign).refused(t, http.StatusNotFound, "evidence.unknown")
		wrong := w.call(t, clerk, http.MethodPut, "/api/v1/reports/community-02/progress/2019Q3/evidence/practices", map[string]any{"hashes": []string{hash}}).
			refused(t, http.StatusUnprocessableEntity, "report.invalid")
		if wrong.at(t, "errors", 0, "parameter") != "item" || wrong.at(t, "errors", 0, "code") != "report.no_evidence" {
			t.Errorf("%s", wrong.raw)
		}
		w.call(t, clerk, http.MethodPut, "/api/v1"+evidencePath, `{}`).refused(t, http.StatusUnprocessableEntity, "request.invalid")
		if !slices.Equal(shown(), []string{hash}) {
			t.Errorf("refused calls left %v", shown())
		}
		w.call(t, clerk, http.MethodPut, "/api/v1"+evidencePath, `{"hashes":[]}`).ok(t)
		if len(shown()) != 0 {
			t.Errorf("the item shows %v", shown())
		}
		w.Submit(t, "community-02", "2019Q3", reportingtest.Community)
		w.call(t, clerk, http.MethodPut, "/api/v1"+evidencePath, `{"hashes":[]}`).refused(t, http.StatusConflict, "report.wrong_status")
	})
}

// TestEvidenceRefused: what is no file that can be kept changes nothing.
func TestEvidenceRefused(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	w.token(t, "clerk-community-02")
	before := w.state(t)
	post := func(body, kind string) answer {
		return w.call(t, "clerk-community-02", http.MethodPost, "/api/v1"+filesPath, body, "Content-Type", kind)
	}
	post(form(t, "other", "a.pdf", "%PDF-1.7")).refused(t, http.StatusUnprocessableEntity, "evidence.no_file")
	post("{}", "application/json").refused(t, http.StatusUnprocessableEntity, "evidence.no_file")
	post("--b", "multipart/form-data; boundary=b").refused(t, http.StatusUnprocessableEntity, "evidence.no_file")
	post(form(t, "file", "a.html", "<!doctype html>")).refused(t, http.StatusUnprocessableEntity, "evidence.bad_type")
	post(form(t, "file", "a.pdf", "%PDF-1.7"+strings.Repeat("x", evidence.MaxSize))).refused(t, http.StatusUnprocessableEntity, "evidence.too_large")
	post(form(t, "file", "a.pdf", "%PDF-1.7"+strings.Repeat("x", evidence.MaxSize+2<<20))).refused(t, http.StatusRequestEntityTooLarge, "request.too_large")
	body, kind := form(t, "file", "a.pdf", "%PDF-1.7 half of it")
	post(body[:len(body)-80], kind).refused(t, http.StatusUnprocessableEntity, "evidence.no_file")
	if after := w.state(t); after != before {
		t.Error("a refused file was kept")
	}
}
