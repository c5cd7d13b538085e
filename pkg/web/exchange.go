package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"pilotboard/pkg/exchange"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
)

const (
	workbookPath = "/upload"
	// workbookLimit is the greatest size of a posted workbook with what surrounds it in the post.
	workbookLimit = "65M"
	uploadField   = "file"

	mimeWorkbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mimeCSV      = "text/csv; charset=utf-8"
)

// bringsWorkbook tells whether a request may bring a workbook.
func bringsWorkbook(c echo.Context) bool {
	return c.Request().Method == post && (c.Path() == workbookPath || c.Path() == reportPath+workbookPath)
}

// limitWorkbook refuses a posted workbook that is too large.
func limitWorkbook(next echo.HandlerFunc) echo.HandlerFunc {
	limited := middleware.BodyLimit(workbookLimit)(next)
	return func(c echo.Context) error {
		err := limited(c)
		var refused *echo.HTTPError
		if errors.As(err, &refused) && refused.Code == http.StatusRequestEntityTooLarge {
			return fault.New(fault.Invalid, "exchange.file.too_large", exchange.MaxBatch>>20)
		}
		return err
	}
}

// attachment is an answer that is a file. Its head goes out with its first bytes, so that an error
// before them can still be a page.
type attachment struct {
	c          echo.Context
	name, mime string
}

// Write sends bytes of the file.
func (a *attachment) Write(data []byte) (int, error) {
	r := a.c.Response()
	if !r.Committed {
		r.Header().Set(echo.HeaderContentType, a.mime)
		r.Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": a.name}))
		r.WriteHeader(http.StatusOK)
	}
	return r.Write(data)
}

// download answers with the file that write makes. When that fails half-way the connection is broken
// off, so that nobody takes the half for the whole.
func (s *Server) download(c echo.Context, name, mime string, write func(io.Writer) error) error {
	err := write(&attachment{c, name, mime})
	if err != nil && c.Response().Committed {
		slog.ErrorContext(c.Request().Context(), "download broken off", "id", requestID(c), "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// downloadTemplate gives the workbook of one report.
func (s *Server) downloadTemplate(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	actor, _ := actorOf(c)
	name := fmt.Sprintf("%s-%s-%s.xlsx", ref.Unit, ref.Form, ref.Period)
	return s.download(c, name, mimeWorkbook, func(w io.Writer) error {
		return s.Exchange.Template(c.Request().Context(), actor, s.words(c), ref, w)
	})
}

// exportReports gives the reports that the filters in the address choose, as a batch workbook or CSV.
func (s *Server) exportReports(c echo.Context) error {
	ctx := c.Request().Context()
	actor, _ := actorOf(c)
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	name := "reports"
	if filter.Form = c.QueryParam("form"); filter.Form != "" {
		if _, err := s.Forms.Form(ctx, actor, filter.Form); err != nil {
			return err
		}
		name += "-" + filter.Form
	}
	if filter.Period != 0 {
		name += "-" + filter.Period.String()
	}
	switch c.QueryParam("format") {
	case "xlsx":
		return s.download(c, name+".xlsx", mimeWorkbook, func(w io.Writer) error {
			return s.Exchange.Batch(ctx, actor, s.words(c), filter, w)
		})
	case "csv":
		return s.download(c, name+".csv", mimeCSV, func(w io.Writer) error {
			return s.Exchange.ExportCSV(ctx, actor, filter, w)
		})
	}
	return fault.New(fault.NotFound, "error.no_page")
}

// uploadPage is where a workbook is given back, and what came of it.
type uploadPage struct {
	Action, Back string // where the form posts to, and the page it was come from
	Report       *reporting.Report
	Message      string // why the file as a whole is refused
	Done, DryRun bool
	Result       exchange.Result
	Problems     []uploadProblem
	Warnings     []uploadProblem
	More         int // problems that are not listed
	MoreWarnings int
	Links        []crumb
	Copy         template.URL // of the workbook with its problems written in
	CopyName     string
}

type uploadProblem struct{ Place, Unit, Item, Text string }

const (
	maxListed = 500
	maxCopy   = 4 << 20
)

// showUpload shows the form for a batch workbook.
func (s *Server) showUpload(c echo.Context) error {
	return s.renderUpload(c, http.StatusOK, uploadPage{Action: workbookPath, Back: "/reports"})
}

// uploadBatch takes a workbook of whatever reports.
func (s *Server) uploadBatch(c echo.Context) error {
	return s.upload(c, uploadPage{Action: workbookPath, Back: "/reports"}, reporting.Ref{})
}

// uploadReport takes the workbook of one report.
func (s *Server) uploadReport(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	actor, _ := actorOf(c)
	report, err := s.Reports.Report(c.Request().Context(), actor, ref)
	if err != nil {
		return err
	}
	address := reportURL(ref.Unit, ref.Form, ref.Period)
	return s.upload(c, uploadPage{Action: address + workbookPath, Back: address, Report: &report}, ref)
}

func (s *Server) upload(c echo.Context, page uploadPage, of reporting.Ref) error {
	header, err := c.FormFile(uploadField)
	if err != nil {
		var refused *echo.HTTPError
		if errors.As(err, &refused) {
			return err
		}
		page.Message = s.words(c).T("exchange.upload.no_file")
		return s.renderUpload(c, http.StatusUnprocessableEntity, page)
	}
	in, err := header.Open()
	if err != nil {
		return fmt.Errorf("open an upload: %w", err)
	}
	defer in.Close()
	actor, _ := actorOf(c)
	file := exchange.File{ReaderAt: in, Size: header.Size}
	page.DryRun = c.FormValue("dry_run") != ""
	page.Result, err = s.Exchange.Read(c.Request().Context(), actor, file, exchange.Options{DryRun: page.DryRun, Of: of})
	f, ok := fault.As(err)
	switch {
	case ok && f.Kind == fault.Invalid:
		page.Message = s.words(c).Fault(f)
		return s.renderUpload(c, http.StatusUnprocessableEntity, page)
	case err != nil:
		return err
	}
	page.Done = true
	s.listResult(c, &page)
	status := http.StatusOK
	if page.Result.Refused > 0 {
		status = http.StatusUnprocessableEntity
		if err := s.addCopy(c, &page, file, header.Filename); err != nil {
			return err
		}
	}
	return s.renderUpload(c, status, page)
}

// listResult puts what came of an upload into words.
func (s *Server) listResult(c echo.Context, page *uploadPage) {
	words := s.words(c)
	for i, p := range page.Result.Problems {
		if i == maxListed {
			page.More = len(page.Result.Problems) - maxListed
			break
		}
		place := p.Cell
		if place == "" && p.Row > 0 {
			place = words.T("exchange.upload.row", p.Row)
		}
		page.Problems = append(page.Problems, uploadProblem{place, p.Unit, p.Name(words), words.Message(p.Message)})
	}
	for i, f := range page.Result.Warnings {
		if i == maxListed {
			page.MoreWarnings = page.Result.Warned - maxListed
			break
		}
		page.Warnings = append(page.Warnings, uploadProblem{Unit: f.Unit, Item: strings.Join(f.Names(words), words.T("exchange.and")), Text: words.Message(f.Message)})
	}
	for _, ref := range page.Result.Refs {
		name := words.T("exchange.upload.report", ref.Unit, ref.Period)
		page.Links = append(page.Links, crumb{name, reportURL(ref.Unit, ref.Form, ref.Period)})
	}
}

// addCopy adds the workbook with its problems written in, as a link that holds it: nothing of it stays
// here.
func (s *Server) addCopy(c echo.Context, page *uploadPage, file exchange.File, name string) error {
	actor, _ := actorOf(c)
	var b bytes.Buffer
	if err := s.Exchange.Marked(c.Request().Context(), actor, s.words(c), file, page.Result, &b); err != nil {
		return err
	}
	if b.Len() > maxCopy {
		return nil
	}
	page.Copy = template.URL("data:" + mimeWorkbook + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes())) // #nosec G203: base64
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	page.CopyName = s.words(c).T("exchange.upload.copy_name", strings.TrimSuffix(name, path.Ext(name)))
	return nil
}

func (s *Server) renderUpload(c echo.Context, status int, page uploadPage) error {
	words := s.words(c)
	v := view{Title: words.T("exchange.upload.title"), Section: sectionReports, Crumbs: []crumb{{words.T("menu.reports"), "/reports"}, {words.T("exchange.upload.title"), ""}}, Data: page}
	if page.Report != nil {
		v.Section = sectionTasks
		v.Crumbs = append(reportCrumbs(words, *page.Report)[:2], crumb{words.Quarter(page.Report.Period), page.Back}, crumb{v.Title, ""})
	}
	return s.render(c, status, "upload.html", v)
}
