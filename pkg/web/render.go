package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

//go:embed templates
var templateFiles embed.FS

// templates are the parsed pages by language and file name.
type templates map[string]map[string]*template.Template

// parseTemplates reads every page once per language, each within layout.html and with all of parts/.
func parseTemplates() (templates, error) {
	pages, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	parsed := templates{}
	for _, language := range locale.Languages {
		shell, err := template.New("").Funcs(functions(locale.For(language))).
			ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
		if err != nil {
			return nil, err
		}
		parsed[language] = map[string]*template.Template{}
		for _, file := range pages {
			if file == "templates/layout.html" {
				continue
			}
			page, err := template.Must(shell.Clone()).ParseFS(templateFiles, file)
			if err != nil {
				return nil, err
			}
			parsed[language][path.Base(file)] = page.Option("missingkey=error")
		}
	}
	return parsed, nil
}

// functions are what templates can call; every text is in the language of words.
func functions(words locale.Printer) template.FuncMap {
	return template.FuncMap{
		"t":        words.T,
		"message":  words.Message,
		"date":     words.Date,
		"quarter":  words.Quarter,
		"time":     words.Time,
		"percent":  words.Percent,
		"light":    words.Light,
		"language": words.Language,
		"asset":    AssetURL,
		"icon":     icon,
		"iso":      func(t time.Time) string { return t.In(period.Zone).Format(time.RFC3339) },
		"unitType": words.UnitType,
		"carded": func(card boardCard, sample bool) map[string]any {
			return map[string]any{"Card": card, "Sample": sample}
		},
	}
}

// icon draws one of static/icons.svg beside words that say the same.
func icon(name string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="icon" aria-hidden="true"><use href="%s#%s"/></svg>`, // #nosec G203: names are ours
		AssetURL("icons.svg"), template.HTMLEscapeString(name)))
}

// crumb is one step of the way to a page; the last one is the page itself and has no URL.
type crumb struct {
	Name, URL string
}

// view is what a handler gives for its page. Section is the key of the sidebar entry it belongs to.
// Live is the version of the figures shown, on pages that follow the data by themselves.
type view struct {
	Title   string
	Section string
	Crumbs  []crumb
	Live    string
	Charts  bool // the page draws charts
	Filing  bool // the page saves cells while they are typed in
	Sheet   bool // the page saves the cells of many reports
	Data    any
}

// page is what a template gets: the handler's view and what surrounds it.
type page struct {
	view
	Actor     *accounts.Actor
	ScopeName string
	Menu      []menuItem
	Unread    int64 // notices
	Flash     string
	CSRF      string
	Here      string // this address, to come back to
	DemoToday period.Date
}

// render answers with the page made of the template called name.
func (s *Server) render(c echo.Context, status int, name string, v view) error {
	p := s.page(c, v)
	if p.Actor != nil {
		if err := s.surround(c, &p); err != nil {
			return err
		}
	}
	return s.write(c, status, name, p)
}

// renderError answers with the page of a fault. It asks the database as little as it can: the fault may
// be there.
func (s *Server) renderError(c echo.Context, status int, v view) error {
	p := s.page(c, v)
	if p.Actor != nil {
		p.Menu = menuOf(*p.Actor, v.Section)
	}
	if err := s.write(c, status, "error.html", p); err != nil {
		slog.ErrorContext(c.Request().Context(), "show an error page", "id", requestID(c), "error", err)
		return c.String(status, requestID(c))
	}
	return nil
}

func (s *Server) page(c echo.Context, v view) page {
	p := page{view: v, CSRF: csrfToken(c), DemoToday: s.options.DemoToday, Here: "/"}
	if c.Request().Method == get {
		p.Here = localPath(c.Request().URL.RequestURI())
	}
	if actor, ok := actorOf(c); ok {
		p.Actor = &actor
	}
	return p
}

// surround fills in what the database knows about the frame of a page.
func (s *Server) surround(c echo.Context, p *page) error {
	if c.Request().Method != http.MethodHead { // nobody would read it
		p.Flash = s.takeFlash(c)
	}
	var err error
	if p.Menu, err = s.ownMenu(c.Request().Context(), *p.Actor, p.Section); err != nil {
		return err
	}
	if p.ScopeName, err = s.scopeName(c.Request().Context(), *p.Actor); err != nil {
		return err
	}
	return s.countWaiting(c.Request().Context(), *p.Actor, p)
}

func (s *Server) write(c echo.Context, status int, name string, p page) error {
	t, ok := s.templates[languageOf(c)][name]
	if !ok {
		return fmt.Errorf("there is no template %s", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", p); err != nil {
		return fmt.Errorf("fill in %s: %w", name, err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// draw gives the part of a page that a template inside another makes.
func (s *Server) draw(language, name, part string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := s.templates[language][name].ExecuteTemplate(&b, part, data); err != nil {
		return "", fmt.Errorf("fill in %s: %w", part, err)
	}
	return template.HTML(b.String()), nil // #nosec G203: a template has made it
}
