package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// filePost is a file, which has been uploaded before, as attach.js puts it to an item or takes it away.
type filePost struct {
	User int64  `json:"user"`
	Hash string `json:"hash"`
}

// filesNow is the answer: the files of the item, and what follows from the whole report.
type filesNow struct {
	reportNow
	Files []fileNow `json:"files"`
}

// fileNow is an attached file as attach.js shows it.
type fileNow struct {
	Hash    string `json:"hash"`
	Name    string `json:"name"`
	URL     string `json:"url"`
	Amount  string `json:"amount"`
	Picture bool   `json:"picture"`
}

// LargestFile is the greatest size of a file, in bytes.
func (p reportPage) LargestFile() int { return evidence.MaxSize }

// LargestMB is the same in MB.
func (p reportPage) LargestMB() int { return evidence.MaxSize >> 20 }

// changeFiles is Attach or Detach of a hash.
type changeFiles func(ctx context.Context, actor accounts.Actor, ref reporting.Ref, item, hash string) (reporting.Report, error)

// attachEvidence puts files to an item of a draft. A script has uploaded its file before and names the
// hash; without scripts the form brings the files, and the reader comes back to the cell.
func (s *Server) attachEvidence(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.answerFiles(c, ref, s.Reports.Attach)
	}
	posted, err := postedFiles(c)
	if err != nil {
		return s.refuseFile(c, ref, err)
	}
	actor, _ := actorOf(c)
	ctx, report := c.Request().Context(), reporting.Report{}
	for _, one := range posted {
		file, err := s.addFile(ctx, actor, ref.Unit, one)
		if err != nil {
			return s.refuseFile(c, ref, err)
		}
		if report, err = s.Reports.Attach(ctx, actor, ref, c.Param("item"), file.Hash); err != nil {
			return s.refuseFile(c, ref, err)
		}
	}
	return s.backToCell(c, report, "evidence.attached")
}

// detachEvidence takes a file away from an item of a draft.
func (s *Server) detachEvidence(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.answerFiles(c, ref, s.Reports.Detach)
	}
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	actor, _ := actorOf(c)
	report, err := s.Reports.Detach(c.Request().Context(), actor, ref, c.Param("item"), fields.Get("hash"))
	if err != nil {
		return s.refuseFile(c, ref, err)
	}
	return s.backToCell(c, report, "evidence.removed")
}

// answerFiles does what a script asks for and answers with what the item shows now.
func (s *Server) answerFiles(c echo.Context, ref reporting.Ref, change changeFiles) error {
	var in filePost
	if err := readJSON(c, &in); err != nil {
		return err
	}
	actor, _ := actorOf(c)
	if in.User != actor.UserID {
		return fault.New(fault.Forbidden, "filing.other_user")
	}
	ctx, words, item := c.Request().Context(), s.words(c), c.Param("item")
	report, err := change(ctx, actor, ref, item, in.Hash)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return c.JSON(http.StatusUnprocessableEntity, map[string]string{"message": cellMessage(words, f, item)})
	}
	if err != nil {
		return err
	}
	now, err := s.filesNow(ctx, words, actor, report, item)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, now)
}

func (s *Server) filesNow(ctx context.Context, words locale.Printer, actor accounts.Actor, r reporting.Report, item string) (filesNow, error) {
	now := filesNow{reportNow: nowOf(words, r), Files: []fileNow{}}
	files, err := s.filesOf(ctx, actor, r.Unit.Key, r.Evidence[item])
	for _, file := range pick(files, r.Evidence[item]) {
		now.Files = append(now.Files, fileNow{file.Hash, file.Name, file.URL, file.Amount, file.Picture})
	}
	return now, err
}

// refuseFile shows the form again, with what is wrong with a file at the cell.
func (s *Server) refuseFile(c echo.Context, ref reporting.Ref, err error) error {
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && len(f.Fields) == 0 {
		err = fault.New(fault.Invalid, "report.invalid").With(c.Param("item"), f.Key, f.Args...)
	}
	return s.refuse(c, ref, err, asForm)
}

// backToCell leads to the cell that the reader came from.
func (s *Server) backToCell(c echo.Context, report reporting.Report, told string) error {
	s.flash(c, told)
	actor, _ := actorOf(c)
	return c.Redirect(http.StatusSeeOther, formURL(report, actor)+"#cell-"+c.Param("item"))
}
