package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
)

const problemType = "application/problem+json"

// problem is how every error comes out (RFC 9457). Code is the message key, which stays; Title and
// Detail are in the caller's language. Version and Conflicts come with `report.stale`, RequestID with
// a fault of the program itself.
type problem struct {
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code" example:"report.invalid" doc:"Stable; what to branch on."`
	Detail    string         `json:"detail"`
	Errors    []problemField `json:"errors,omitempty" nullable:"false"`
	Version   int64          `json:"version,omitempty" doc:"With report.stale: the version there is now."`
	Conflicts []conflict     `json:"conflicts,omitzero" nullable:"false" doc:"With report.stale: cells that differ."`
	RequestID string         `json:"request_id,omitempty" doc:"With a fault of the program: what to tell its operators."`
}

// problemField is what is wrong with one place of the body (Pointer) or one parameter.
type problemField struct {
	Pointer   *string `json:"pointer,omitempty" example:"/values/m2_2" doc:"JSON pointer into the body."`
	Parameter string  `json:"parameter,omitempty" doc:"Name of a parameter."`
	Code      string  `json:"code"`
	Detail    string  `json:"detail"`
}

// Error gives the code, for logs.
func (p *problem) Error() string { return p.Code }

// GetStatus tells huma the status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType tells huma the media type.
func (*problem) ContentType(string) string { return problemType }

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound,
	fault.Forbidden: http.StatusForbidden, fault.Conflict: http.StatusConflict,
	fault.Unauthorized: http.StatusUnauthorized, fault.TooMany: http.StatusTooManyRequests,
}

// unreadable are the faults of a request that cannot be read at all, not only not be granted.
var unreadable = []string{"period.invalid", "list.bad_cursor"}

// problem makes what is answered to err. Whatever is not a fault is logged, here and nowhere else,
// and the caller learns only the id of the request.
func (r request) problem(ctx context.Context, err error) *problem {
	f, ok := fault.As(err)
	status := statuses[fault.Internal]
	if ok {
		status = statuses[f.Kind]
	}
	if status == 0 {
		slog.ErrorContext(ctx, "API call failed", "id", r.id, "error", err)
		p := r.refused(http.StatusInternalServerError, nil)
		p.RequestID = r.id
		return p
	}
	if slices.Contains(unreadable, f.Key) {
		status = http.StatusBadRequest
	}
	p := &problem{Title: r.title(status), Status: status, Code: f.Key, Detail: r.printer.Fault(f)}
	at := pointTo
	var where *placed
	if errors.As(err, &where) {
		at = where.at
	}
	for _, field := range f.Fields {
		one := at(field.Name)
		one.Code, one.Detail = field.Key, r.printer.Message(field.Message)
		p.Errors = append(p.Errors, one)
	}
	var stale *staleReport
	if errors.As(err, &stale) {
		p.Version, p.Conflicts = stale.Version, stale.conflicts
	}
	return p
}

// placed is a fault whose fields have a place of their own in the request.
type placed struct {
	error
	at func(field string) problemField
}

// Unwrap gives the fault.
func (p *placed) Unwrap() error { return p.error }

// pointTo places a field at the top of the body; the empty field is the whole body.
func pointTo(field string) problemField {
	if field == "" {
		return pointer()
	}
	return pointer(field)
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is a place in the body (RFC 6901).
func pointer(steps ...string) problemField {
	text := ""
	for _, step := range steps {
		text += "/" + pointerEscapes.Replace(step)
	}
	return problemField{Pointer: &text}
}

// parameter says that err, a fault, is about a parameter. Other errors stay as they are.
func parameter(name string, err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	told := fault.New(f.Kind, f.Key, f.Args...)
	told.Fields = []fault.Field{{Name: name, Message: f.Message}}
	return &placed{told, func(field string) problemField { return problemField{Parameter: field} }}
}

// conflict is a cell that somebody else has changed meanwhile: what the caller wants and what is kept,
// null for a blank cell.
type conflict struct {
	Item                string `json:"item"`
	Mine                any    `json:"mine"`
	Theirs              any    `json:"theirs"`
	MineNotApplicable   bool   `json:"mine_not_applicable,omitempty"`
	TheirsNotApplicable bool   `json:"theirs_not_applicable,omitempty"`
}

// staleReport is a reporting.StaleError with its cells written as the API writes them.
type staleReport struct {
	*reporting.StaleError
	conflicts []conflict
}
