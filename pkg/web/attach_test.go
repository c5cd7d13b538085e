package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/reporting/reportingtest"
)

const attachM11 = "/reports/community-01/progress/2019Q3/evidence/m1_1"

// shows gives the names of the files of an item of our report.
func (s *site) shows(t *testing.T, item string) []string {
	t.Helper()
	hashes := s.Report(t, "community-01", "2019Q3").Evidence[item]
	known, err := s.Evidence.List(t.Context(), s.Actor(t, "monitor"), "community-01", hashes)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(hashes))
	for i, hash := range hashes {
		names[i] = known[hash].Name
	}
	return names
}

// TestAttachingByScript: a file that has been uploaded is put to its item and taken away, and each time the
// page is told what follows.
func TestAttachingByScript(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk := s.as(t, "clerk-community-01")
		clerk.get(ourReport)
		var told uploadedFile
		if err := json.Unmarshal([]byte(clerk.upload(evidencePath, "file", "现场.png", picture(t)).body), &told); err != nil {
			t.Fatal(err)
		}
		body := func(user int64, hash string) string { return fmt.Sprintf(`{"user":%d,"hash":%q}`, user, hash) }
		clerk.postJSON(attachM11, body(0, told.Hash)).has(t, http.StatusForbidden, chinese("filing.other_user"))
		clerk.postJSON(attachM11, "{").has(t, http.StatusBadRequest)
		clerk.postJSON(attachM11, body(clerk.user, someHash)).has(t, http.StatusNotFound, chinese("evidence.unknown"))
		clerk.postJSON(strings.Replace(attachM11, "m1_1", "practices", 1), body(clerk.user, told.Hash)).
			has(t, http.StatusUnprocessableEntity, chinese("report.no_evidence"))
		s.as(t, "monitor").postJSON(attachM11, body(clerk.user, told.Hash)).has(t, http.StatusForbidden)
		for _, name := range []string{"clerk-community-02", "reviewer-340700"} {
			v := s.as(t, name)
			v.postJSON(attachM11, body(v.user, told.Hash)).has(t, http.StatusForbidden)
			v.postJSON(attachM11+"/remove", body(v.user, told.Hash)).has(t, http.StatusForbidden)
		}
		if got := s.shows(t, "m1_1"); len(got) != 0 {
			t.Errorf("refused calls left %v", got)
		}

		version := s.Report(t, "community-01", "2019Q3").Version
		var now filesNow
		if err := json.Unmarshal([]byte(clerk.postJSON(attachM11, body(clerk.user, told.Hash)).body), &now); err != nil {
			t.Fatal(err)
		}
		url := evidencePath + "/" + told.Hash
		if now.Version != version+1 || len(now.Files) != 1 || now.Files[0] != (fileNow{told.Hash, "现场.png", url, sizeText(told.Size), true}) {
			t.Errorf("told %+v", now)
		}
		clerk.get(ourReport).has(t, http.StatusOK, url+"/thumbnail", `value="`+told.Hash+`"`, "现场.png", chinese("evidence.remove"))
		clerk.postJSON(attachM11+"/remove", body(clerk.user, told.Hash)).has(t, http.StatusOK, fmt.Sprintf(`"version":%d`, version+2), `"files":[]`)
		if got := s.shows(t, "m1_1"); len(got) != 0 {
			t.Errorf("after the removal the item shows %v", got)
		}
	})
}

// TestAttachingWithoutScripts: the cell's own form brings files and takes them away, and leads back to the
// cell; what is wrong stands at the cell.
func TestAttachingWithoutScripts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Save(t, "community-01", "2019Q3", reportingtest.Community)
		clerk := s.as(t, "clerk-community-01")
		clerk.get(ourReport).has(t, http.StatusOK, chinese("evidence.needed"), `accept="image/jpeg,image/png,image/gif,image/webp,.pdf,.ofd,.docx,`, `<form id="evidence-m1_1" method="post" enctype="multipart/form-data" action="`+attachM11+`"`)

		a := clerk.uploadForm(attachM11, "file", "现场.png", picture(t))
		a.has(t, http.StatusOK, chinese("evidence.attached"), "现场.png")
		if a.at != ourReport { // what follows # is not sent
			t.Errorf("led to %s", a.at)
		}
		clerk.uploadForm(attachM11, "file", "清单.pdf", pdf(3<<20)).has(t, http.StatusOK, chinese("evidence.attached"), "3.0 MB")
		if got := s.shows(t, "m1_1"); !slices.Equal(got, []string{"现场.png", "清单.pdf"}) {
			t.Errorf("the item shows %v", got)
		}
		clerk.uploadForm(attachM11, "file", "a.html", []byte("<!doctype html>")).has(t, http.StatusUnprocessableEntity, "text/html", `href="#cell-m1_1"`, "现场.png")
		clerk.uploadForm(attachM11, "other", "a.pdf", pdf(9)).has(t, http.StatusUnprocessableEntity, chinese("evidence.no_file"), `href="#cell-m1_1"`)
		clerk.uploadForm(attachM11, "file", "a.pdf", pdf(evidence.MaxSize+1)).has(t, http.StatusUnprocessableEntity, chinese("evidence.too_large", 20))
		clerk.uploadForm(attachM11, "file", "a.pdf", pdf(23<<20)).has(t, http.StatusBadRequest, chinese("evidence.too_large", 20))
		clerk.uploadForm(attachM11+"x", "file", "a.pdf", pdf(9)).has(t, http.StatusUnprocessableEntity, chinese("report.invalid"))

		large := pdf(3 << 20)
		s.as(t, "monitor").uploadForm(attachM11, "file", "a.pdf", large).has(t, http.StatusRequestEntityTooLarge)
		for _, v := range []*visitor{s.as(t, "clerk-community-02"), s.as(t, "reviewer-340700")} {
			v.uploadForm(attachM11, "file", "a.pdf", large).has(t, http.StatusForbidden)
			v.post(attachM11+"/remove", map[string][]string{"hash": {someHash}}).has(t, http.StatusForbidden)
		}
		first := s.Report(t, "community-01", "2019Q3").Evidence["m1_1"][0]
		clerk.post(attachM11+"/remove", map[string][]string{"hash": {first}}).has(t, http.StatusOK, chinese("evidence.removed"), "清单.pdf")
		if got := s.shows(t, "m1_1"); !slices.Equal(got, []string{"清单.pdf"}) {
			t.Errorf("the item shows %v", got)
		}

		// whoever files for somebody else comes back to the form
		behalf := s.as(t, "reviewer-340100")
		if a := behalf.uploadForm(attachM11, "file", "代报.pdf", pdf(99)); a.at != ourReport+"?behalf=1" {
			t.Errorf("led to %s: %d %s", a.at, a.status, excerpt(a.body))
		}
		s.Submit(t, "community-01", "2019Q3", nil)
		clerk.uploadForm(attachM11, "file", "a.pdf", pdf(9)).has(t, http.StatusConflict)
		clerk.post(attachM11+"/remove", map[string][]string{"hash": {first}}).has(t, http.StatusConflict)
	})
}
