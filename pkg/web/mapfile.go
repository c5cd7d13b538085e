package web

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"pilotboard/dashboards"
	"pilotboard/pkg/accounts"
	"pilotboard/pkg/boundary"
	"pilotboard/pkg/fault"
)

const (
	sectionMap = "mapfile"
	mapPath    = "/map"
	shapesPath = mapPath + "/shapes"
	// mapLimit is the greatest size of a posted map with what surrounds it in the post.
	mapLimit = "2200K"
)

// mapPage is what the page of the uploaded map shows.
type mapPage struct {
	Map      *boundary.Map
	Number   string
	Most     int // of the file, in MiB
	Longest  int // of the number
	Message  string
	Problems []problem
}

// showMapFile shows which map is in place, and the form for another.
func (s *Server) showMapFile(c echo.Context) error {
	return s.renderMapFile(c, http.StatusOK, mapPage{})
}

func (s *Server) renderMapFile(c echo.Context, status int, page mapPage) error {
	actor, _ := actorOf(c)
	page.Most, page.Longest = boundary.MaxSize>>20, boundary.MaxNumber
	current, err := s.Maps.Current(c.Request().Context(), actor)
	switch {
	case err == nil:
		page.Map = &current
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return s.render(c, status, "mapfile.html", view{Title: s.words(c).T("mapfile.title"), Section: sectionMap, Data: page})
}

// uploadMap puts an uploaded map in place.
func (s *Server) uploadMap(c echo.Context) error {
	actor, _ := actorOf(c)
	name, data, err := postedMap(c)
	if err != nil {
		return err
	}
	number := c.FormValue("number")
	_, err = s.Maps.Upload(c.Request().Context(), actor, number, name, data)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		words := s.words(c)
		page := mapPage{Number: number, Message: words.Fault(f)}
		labels := map[string]string{"number": words.T("mapfile.number"), "file": words.T("mapfile.file")}
		for _, field := range f.Fields {
			page.Problems = append(page.Problems, problem{Anchor: field.Name, Label: labels[field.Name], Text: words.Message(field.Message)})
		}
		return s.renderMapFile(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	s.flash(c, "mapfile.done")
	return c.Redirect(http.StatusSeeOther, mapPath)
}

// postedMap reads the posted file; none is empty.
func postedMap(c echo.Context) (name string, data []byte, err error) {
	header, err := c.FormFile(uploadField)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	in, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer in.Close()
	data, err = io.ReadAll(io.LimitReader(in, boundary.MaxSize+1))
	return header.Filename, data, err
}

// removeMap goes back to tiles.
func (s *Server) removeMap(c echo.Context) error {
	actor, _ := actorOf(c)
	if err := s.Maps.Remove(c.Request().Context(), actor); err != nil {
		return err
	}
	s.flash(c, "mapfile.removed")
	return c.Redirect(http.StatusSeeOther, mapPath)
}

// sendShapes gives the map to charts.js; its address holds the hash, its ETag too.
func (s *Server) sendShapes(c echo.Context) error {
	actor, _ := actorOf(c)
	current, err := s.Maps.Current(c.Request().Context(), actor)
	if err != nil {
		return err
	}
	tag := `"` + current.Hash + `"`
	c.Response().Header().Set("ETag", tag)
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
	if c.Request().Header.Get("If-None-Match") == tag {
		return c.NoContent(http.StatusNotModified)
	}
	_, shapes, err := s.Maps.Shapes(c.Request().Context(), actor)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/geo+json", shapes)
}

// shapes tells a dashboard of the uploaded map, nil when there is none.
func (s *Server) shapes(ctx context.Context, actor accounts.Actor) (*dashboards.Shapes, error) {
	current, err := s.Maps.Current(ctx, actor)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &dashboards.Shapes{URL: shapesPath + "?v=" + current.Hash, Number: current.Number}, err
}

// limitMap refuses a posted map that is too large.
func limitMap(next echo.HandlerFunc) echo.HandlerFunc {
	limited := middleware.BodyLimit(mapLimit)(next)
	return func(c echo.Context) error {
		err := limited(c)
		var refused *echo.HTTPError
		if errors.As(err, &refused) && refused.Code == http.StatusRequestEntityTooLarge {
			return fault.New(fault.Invalid, "boundary.too_large", boundary.MaxSize>>20)
		}
		return err
	}
}
