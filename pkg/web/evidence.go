package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
)

const (
	uploadPath = "/units/:unit/evidence"
	filePath   = uploadPath + "/:hash"
	attachPath = reportPath + "/evidence/:item"
)

const (
	// uploadLimit is the greatest size of a posted evidence file with what is around it.
	uploadLimit = "21M"
	// uploadMemory is how much of a posted file is held in memory while it is read; the rest waits on disk.
	uploadMemory = 1 << 20
)

// filePolicy forbids a file everything, should a browser ever show it as a page.
const filePolicy = "default-src 'none'; sandbox"

// limitBodies refuses bodies that are too large. Who may file reports may upload more, and only there:
// nobody else can make the program read so much.
func limitBodies() echo.MiddlewareFunc {
	usual, upload := middleware.BodyLimit(bodyLimit), middleware.BodyLimit(uploadLimit)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		small, large, workbook, shapes := usual(next), upload(next), limitWorkbook(next), limitMap(next)
		return func(c echo.Context) error {
			actor, _ := actorOf(c)
			if c.Request().Method == post && c.Path() == mapPath && actor.Can(accounts.ManagePlan) {
				return shapes(c)
			}
			if bringsWorkbook(c) && actor.Can(accounts.FileReports) {
				return workbook(c)
			}
			if !bringsFiles(c) || !actor.Can(accounts.FileReports) {
				return small(c)
			}
			err := large(c)
			var refused *echo.HTTPError
			if errors.As(err, &refused) && refused.Code == http.StatusRequestEntityTooLarge {
				return evidence.TooLarge()
			}
			return err
		}
	}
}

// bringsFiles tells whether a request may bring evidence files.
func bringsFiles(c echo.Context) bool {
	return c.Request().Method == post && (c.Path() == uploadPath || c.Path() == attachPath)
}

// uploadedFile is what the page is told of a file it has sent.
type uploadedFile struct {
	Hash    string `json:"hash"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Size    int64  `json:"size"`
	Picture bool   `json:"picture"`
}

// uploadEvidence keeps the posted file for the unit.
func (s *Server) uploadEvidence(c echo.Context) error {
	actor, _ := actorOf(c)
	posted, err := postedFiles(c)
	if err != nil {
		return err
	}
	file, err := s.addFile(c.Request().Context(), actor, c.Param("unit"), posted[0])
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, uploadedFile{file.Hash, file.Name, file.Type, file.Size, file.Picture})
}

// postedFiles gives the files of a posted form, at least one.
func postedFiles(c echo.Context) ([]*multipart.FileHeader, error) {
	if err := c.Request().ParseMultipartForm(uploadMemory); err != nil {
		var tooLarge *echo.HTTPError
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, fault.New(fault.Invalid, "error.bad_request")
	}
	posted := c.Request().MultipartForm.File[uploadField]
	if len(posted) == 0 {
		return nil, fault.New(fault.Invalid, "evidence.no_file")
	}
	return posted, nil
}

func (s *Server) addFile(ctx context.Context, actor accounts.Actor, unit string, posted *multipart.FileHeader) (evidence.File, error) {
	content, err := posted.Open()
	if err != nil {
		return evidence.File{}, fmt.Errorf("open an upload: %w", err)
	}
	defer content.Close()
	return s.Evidence.Add(ctx, actor, unit, posted.Filename, content)
}

// downloadEvidence hands a file over to be saved, never to be shown: it is what somebody uploaded.
func (s *Server) downloadEvidence(c echo.Context) error {
	actor, _ := actorOf(c)
	file, content, err := s.Evidence.File(c.Request().Context(), actor, c.Param("unit"), c.Param("hash"))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set(echo.HeaderContentLength, strconv.FormatInt(file.Size, 10))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	return sendFile(c, file.Type, content)
}

// showThumbnail shows a picture small. It may be kept for an hour by the reader's browser alone.
func (s *Server) showThumbnail(c echo.Context) error {
	actor, _ := actorOf(c)
	_, content, err := s.Evidence.Thumbnail(c.Request().Context(), actor, c.Param("unit"), c.Param("hash"))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, "inline")
	h.Set(echo.HeaderCacheControl, "private, max-age=3600")
	return sendFile(c, evidence.ThumbnailType, content)
}

func sendFile(c echo.Context, contentType string, content io.ReadCloser) error {
	defer content.Close()
	c.Response().Header().Set(echo.HeaderContentSecurityPolicy, filePolicy)
	return c.Stream(http.StatusOK, contentType, content)
}
