package web

import (
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting/reportingtest"
)

// pagesByTemplate says where each template is seen: by whom and at which address.
var pagesByTemplate = map[string][]struct{ user, path string }{
	"login.html":     {{"", "/login"}},
	"error.html":     {{"", "/nosuch"}, {"monitor", "/nosuch"}, {"viewer", "/review"}},
	"tasks.html":     {{"clerk-community-02", "/"}, {"clerk-street-01", "/"}, {"reviewer-340700", "/tasks"}},
	"matrix.html":    {{"reviewer-340700", "/matrix"}, {"clerk-community-02", "/matrix"}, {"reviewer-340700", "/matrix?form=progress&period=2019Q4"}},
	"handovers.html": {{"admin", "/handover"}, {"admin-340000", "/handover?scope=340700"}},
	"handover.html":  {{"admin", "/handover/community-02/clerk-community-02"}},
	"filing.html":    {{"clerk-community-02", reportPathOf("community-02", "2019Q3")}, {"clerk-street-01", reportPathOf("street-01", "2019Q3")}},
	"reports.html":   {{"monitor", "/reports"}, {"clerk-community-02", "/reports"}, {"viewer", "/reports?unit=community-03"}, {"reviewer-340700", "/reports?status=late"}},
	"report.html": {
		{"reviewer-340700", reportPathOf("community-02", "2019Q3")}, {"monitor", reportPathOf("community-02", "2019Q2")},
		{"admin", reportPathOf("community-02", "2019Q2") + "?revision=1&hash=0"}, {"monitor", reportPathOf("community-03", "2019Q3")},
		{"monitor", reportPathOf("district-01", "2019Q3")}},
	"mapfile.html":      {{"admin", "/map"}},
	"upload.html":       {{"clerk-community-02", "/upload"}, {"reviewer-340700", "/upload"}},
	"review.html":       {{"monitor", "/review"}, {"reviewer-340700", "/review?batch=2018"}, {"admin", "/review?period=2018Q4"}},
	"restatements.html": {{"monitor", "/restatements"}, {"reviewer-340700", "/restatements?unit=community-02"}, {"clerk-community-03", "/restatements"}},
	"print.html": {
		{"monitor", reportPathOf("community-03", "2019Q3") + "/print"}, {"clerk-community-02", reportPathOf("community-02", "2019Q3") + "/print"},
		{"admin", reportPathOf("community-02", "2019Q2") + "/print?revision=1"}},
	"dashboard.html":   {{"monitor", "/dashboards/burden"}, {"reviewer-340700", "/dashboards/burden?period=2019Q2"}},
	"dashboards.html":  {{"viewer", "/dashboards"}},
	"home.html":        {{"monitor", "/home"}, {"viewer", "/home"}},
	"screen.html":      {{"monitor", "/screen"}, {"viewer", "/screen?scope=340700&slide=behind"}, {"clerk-community-02", "/screen"}},
	"unit.html":        {{"monitor", "/units/community-02"}, {"clerk-community-02", "/units/community-02"}},
	"supervision.html": {{"monitor", "/supervision"}, {"monitor", "/supervision?state=closed"}, {"clerk-community-02", "/supervision"}},
	"neworder.html": {
		{"monitor", "/supervision/new?unit=community-02&milestone=M2.1"},
		{"monitor", "/supervision/new?unit=community-01&form=progress&period=2019Q3"}},
	"order.html":       {{"monitor", "/supervision/community-02/1"}, {"clerk-community-02", "/supervision/community-02/1"}},
	"calendar.html":    {{"admin", "/calendar"}, {"clerk-community-02", "/calendar"}},
	"inbox.html":       {{"clerk-community-02", "/inbox"}, {"reviewer-340700", "/inbox"}, {"viewer", "/inbox"}},
	"account.html":     {{"clerk-community-02", "/account"}, {"admin", "/account"}},
	"conflict.html":    nil, // needs a post: TestTheConflictPageInBothLanguages
	"forms.html":       {{"admin", "/forms"}, {"clerk-community-02", "/forms"}},
	"form.html":        {{"clerk-community-02", "/forms/progress"}, {"admin", "/forms/progress"}},
	"formversion.html": {{"viewer", "/forms/progress/versions/1"}},
	"formedit.html":    {{"admin", "/forms/progress/edit"}},
	"formrow.html": {
		{"admin", "/forms/progress/edit/item?key=practices"}, {"admin", "/forms/progress/edit/item?section=narrative"},
		{"admin", "/forms/progress/edit/section?key=narrative"}, {"admin", "/forms/progress/edit/check"}},
	"formtext.html":    {{"admin", "/forms/progress/edit/text"}},
	"formtry.html":     {{"admin", "/forms/progress/try"}, {"admin", "/forms/progress/try?type=street&batch=2019"}},
	"formpublish.html": {{"admin", "/forms/progress/publish"}},
}

// TestEveryPageIsSound looks at every page in both languages, in a province where some names are what
// people with bad intentions would write: the page is filled in to its end, has one heading and all of
// its texts, and nothing of a name has become markup.
func TestEveryPageIsSound(t *testing.T) {
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := pagesByTemplate[path.Base(file)]; !ok && path.Base(file) != "layout.html" {
			t.Errorf("%s is seen nowhere in pagesByTemplate", file)
		}
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		hostile := reportingtest.Values{"m1_1": "true", "m1_2": "40", "m2_2": "30", "practices": "</textarea><script>alert(3)</script>", "obstacles": "=cmd()"}
		s.Past(t, "community-02", "2019Q2", hostile)
		s.Save(t, "community-02", "2019Q3", hostile)
		s.Submit(t, "community-03", "2019Q3", hostile)
		s.restated(t, "community-02", "2019Q1", hostile, "</p><script>alert(3)</script>")
		s.refresh(t)
		s.issue(t, "community-02", "</script><script>alert(1)</script>")
		s.urge(t, "reviewer-340700", "community-02")
		for _, language := range locale.Languages {
			for _, pages := range pagesByTemplate {
				for _, page := range pages {
					t.Run(language+" "+page.user+" "+page.path, func(t *testing.T) {
						v := s.visitor(t)
						if page.user != "" {
							v = s.as(t, page.user)
						} else {
							v.get("/login")
						}
						v.post("/language", url.Values{"language": {language}})
						soundPage(t, v.get(page.path), language)
					})
				}
			}
		}
	})
}

// soundPage reports what is wrong with a page, whatever it is about.
func soundPage(t *testing.T, a answer, language string) {
	t.Helper()
	if a.status >= http.StatusInternalServerError {
		t.Fatalf("status %d: %s", a.status, excerpt(a.body))
	}
	for _, wrong := range []string{"alert(1)</script>", "alert(3)</script>", "<img src=x", "ZgotmplZ", "%!", "<no value>"} {
		if strings.Contains(a.body, wrong) {
			t.Errorf("the page has %q", wrong)
		}
	}
	if !strings.HasSuffix(strings.TrimSpace(a.body), "</html>") || !strings.Contains(a.body, `<html lang="`+language+`"`) {
		t.Error("the page does not go to its end, or is in another language")
	}
	document, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	headings, ids := 0, map[string]bool{}
	for node := range document.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		headings += count(node.Data == "h1")
		for _, attr := range node.Attr {
			switch {
			case attr.Key == "style", strings.HasPrefix(attr.Key, "on"):
				t.Errorf("<%s> has %s, which the policy forbids", node.Data, attr.Key)
			case attr.Key == "id" && ids[attr.Val]:
				t.Errorf("two elements have the id %q", attr.Val)
			case attr.Key == "id":
				ids[attr.Val] = true
			}
		}
		if node.Data == "script" && attrOf(node, "src") == "" && attrOf(node, "type") != "application/json" {
			t.Error("the page has an inline script")
		}
	}
	if headings != 1 {
		t.Errorf("the page has %d main headings", headings)
	}
	for node := range document.Descendants() {
		for _, reference := range []string{"for", "aria-labelledby"} {
			if to := attrOf(node, reference); to != "" && !ids[to] {
				t.Errorf("<%s> speaks of %q, which is not there", node.Data, to)
			}
		}
		if described := attrOf(node, "aria-describedby"); described != "" {
			for to := range strings.FieldsSeq(described) {
				if !ids[to] {
					t.Errorf("<%s> is described by %q, which is not there", node.Data, to)
				}
			}
		}
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func attrOf(node *html.Node, key string) string {
	for _, attr := range node.Attr {
		if attr.Key == key {
			return attr.Val
		}
	}
	return ""
}

func TestTheConflictPageInBothLanguages(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	clerk, report := s.as(t, "clerk-community-02"), reportPathOf("community-02", "2019Q3")
	for i, language := range locale.Languages {
		clerk.post("/language", url.Values{"language": {language}})
		mine := typed(clerk.filing(report), reportingtest.Values{"m2_2": []string{"10", "11"}[i], "practices": "</textarea><script>alert(3)</script>"})
		s.Save(t, "community-02", "2019Q3", reportingtest.Values{"m2_2": []string{"20", "21"}[i], "practices": "<script>alert(1)</script>"})
		a := clerk.post(report, mine)
		a.has(t, http.StatusConflict)
		soundPage(t, a, language)
	}
}

// TestNoTemplateIsDefinedTwice: the second definition would silently take the place of the first. Every
// page has its content; the print view and the big screen have layouts of their own.
func TestNoTemplateIsDefinedTwice(t *testing.T) {
	defined := map[string]string{}
	err := fs.WalkDir(templateFiles, "templates", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templateFiles, file)
		if err != nil {
			return err
		}
		for _, name := range regexp.MustCompile(`{{-?\s*define "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			if name[1] == "content" || name[1] == "layout" && (file == "templates/print.html" || file == "templates/screen.html") {
				continue
			}
			if other := defined[name[1]]; other != "" {
				t.Errorf("%s is defined in %s and in %s", name[1], other, file)
			}
			defined[name[1]] = file
		}
		return nil
	})
	if err != nil || len(defined) < 20 {
		t.Fatalf("%d templates, err %v", len(defined), err)
	}
}
