package web

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/evidence"
)

const evidencePath = "/units/community-01/evidence"

// someHash is that of no file.
var someHash = strings.Repeat("0a", 32)

// upload sends a file as the page's script does.
func (v *visitor) upload(path, field, name string, content []byte) answer {
	v.t.Helper()
	req := v.multipart(path, field, name, content, "")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-CSRF-Token", v.csrf)
	return v.do(req)
}

// uploadForm sends a file as a form does.
func (v *visitor) uploadForm(path, field, name string, content []byte) answer {
	v.t.Helper()
	return v.do(v.multipart(path, field, name, content, v.csrf))
}

func (v *visitor) multipart(path, field, name string, content []byte, csrf string) *http.Request {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField(csrfField, csrf); err != nil {
		v.t.Fatal(err)
	}
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		v.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	return v.request(http.MethodPost, path, form.FormDataContentType(), body.String())
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdf gives a PDF file of a size.
func pdf(size int) []byte {
	content := make([]byte, size)
	copy(content, "%PDF-1.7\n")
	return content
}

func TestEvidenceGoesUpAndComesDown(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk, content := s.as(t, "clerk-community-01"), picture(t)
		a := clerk.upload(evidencePath, "file", "现场“照片”.pdf", content)
		a.has(t, http.StatusOK)
		var told uploadedFile
		if err := json.Unmarshal([]byte(a.body), &told); err != nil {
			t.Fatal(err)
		}
		if told.Name != "现场“照片”.png" || told.Type != "image/png" || told.Size != int64(len(content)) || !told.Picture || len(told.Hash) != 64 {
			t.Errorf("told %+v", told)
		}
		for _, name := range []string{"clerk-community-01", "reviewer-340100", "reviewer-340104", "monitor", "viewer", "admin"} {
			v := s.as(t, name)
			a := v.get(evidencePath + "/" + told.Hash)
			a.has(t, http.StatusOK)
			if a.body != string(content) {
				t.Errorf("%s got other content", name)
			}
			wantHeaders(t, a, map[string]string{
				"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
				"Cache-Control": "private, no-store",
			})
			how, with, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
			if err != nil || how != "attachment" || with["filename"] != told.Name || !strings.Contains(a.header.Get("Content-Disposition"), "filename*=utf-8''%E7%8E%B0") {
				t.Errorf("disposition %q: %v", a.header.Get("Content-Disposition"), err)
			}
			small := v.get(evidencePath + "/" + told.Hash + "/thumbnail")
			small.has(t, http.StatusOK)
			wantHeaders(t, small, map[string]string{
				"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
				"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline",
			})
			if config, format, err := image.DecodeConfig(strings.NewReader(small.body)); err != nil || format != "jpeg" || config.Width != 320 || config.Height != 240 {
				t.Errorf("thumbnail: %s %v, %v", format, config, err)
			}
		}
		for _, name := range []string{"clerk-community-02", "clerk-community-03", "reviewer-340700", "reviewer-340181"} {
			for _, path := range []string{evidencePath + "/" + told.Hash, evidencePath + "/" + told.Hash + "/thumbnail"} {
				s.as(t, name).get(path).has(t, http.StatusForbidden)
			}
		}
		// who has the hash, and may ask for another unit's files, gets nothing by asking for that unit
		s.as(t, "clerk-community-02").get("/units/community-02/evidence/"+told.Hash).has(t, http.StatusNotFound, chinese("evidence.unknown"))
	})
}

func wantHeaders(t *testing.T, a answer, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := a.header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

func TestRefusedUploadsSayWhy(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	clerk := s.as(t, "clerk-community-01")
	clerk.upload(evidencePath, "file", "big.pdf", pdf(evidence.MaxSize)).has(t, http.StatusOK)
	clerk.upload(evidencePath, "file", "big.pdf", pdf(evidence.MaxSize+1)).has(t, http.StatusBadRequest, "每个文件不得超过 20 MB")
	clerk.upload(evidencePath, "file", "big.pdf", pdf(23<<20)).has(t, http.StatusBadRequest, "每个文件不得超过 20 MB")
	clerk.upload(evidencePath, "file", "a.html", []byte("<!doctype html><script>1</script>")).has(t, http.StatusBadRequest, "text/html")
	clerk.upload(evidencePath, "file", "a.pdf", nil).has(t, http.StatusBadRequest, chinese("evidence.empty"))
	clerk.upload(evidencePath, "other", "a.pdf", pdf(9)).has(t, http.StatusBadRequest, chinese("evidence.no_file"))
	clerk.postJSON(evidencePath, "{}").has(t, http.StatusBadRequest, chinese("error.bad_request"))
	clerk.upload("/units/nosuch/evidence", "file", "a.pdf", pdf(9)).has(t, http.StatusNotFound)
}

// TestOnlyUploadsMayBeLarge: nobody but those who may file, and nowhere but where files go.
func TestOnlyUploadsMayBeLarge(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	nobody := s.visitor(t)
	nobody.get("/login")
	large := pdf(3 << 20)
	nobody.upload(evidencePath, "file", "a.pdf", large).has(t, http.StatusRequestEntityTooLarge)
	s.as(t, "monitor").upload(evidencePath, "file", "a.pdf", large).has(t, http.StatusRequestEntityTooLarge)
	clerk := s.as(t, "clerk-community-01")
	clerk.upload(ourReport, "file", "a.pdf", large).has(t, http.StatusRequestEntityTooLarge)
	clerk.upload(evidencePath, "file", "a.pdf", large).has(t, http.StatusOK)
}
