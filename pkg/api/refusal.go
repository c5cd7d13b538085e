package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
)

// init gives huma our shape of errors: it takes it from package variables only. Errors of services
// come out of handle; these are the ones that huma finds itself while it reads a request.
func init() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		r := requestOf(ctx.Context())
		p := r.refused(status, errs)
		if op := ctx.Operation(); status == http.StatusRequestEntityTooLarge && op != nil {
			p.Detail = r.printer.T(p.Code, op.MaxBodyBytes>>20)
		}
		return p
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return request{printer: locale.For(locale.Chinese)}.refused(status, errs)
	}
}

// refusals are the code and the message of what is refused by its status alone.
var refusals = map[int]fault.Message{
	http.StatusBadRequest:            {Key: "request.invalid"},
	http.StatusNotFound:              {Key: "request.no_call"},
	http.StatusMethodNotAllowed:      {Key: "request.no_method"},
	http.StatusRequestTimeout:        {Key: "request.timeout"},
	http.StatusRequestEntityTooLarge: {Key: "request.too_large", Args: []any{maxBody >> 20}},
	http.StatusUnsupportedMediaType:  {Key: "request.not_json_type"},
	http.StatusUnprocessableEntity:   {Key: "request.invalid"},
	http.StatusInternalServerError:   {Key: "request.failed"},
}

var titles = map[int]string{
	http.StatusBadRequest:            "api.bad_request",
	http.StatusUnauthorized:          "api.unauthorized",
	http.StatusForbidden:             "api.forbidden",
	http.StatusNotFound:              "api.not_found",
	http.StatusMethodNotAllowed:      "api.method_not_allowed",
	http.StatusRequestTimeout:        "api.timeout",
	http.StatusConflict:              "api.conflict",
	http.StatusRequestEntityTooLarge: "api.too_large",
	http.StatusUnsupportedMediaType:  "api.unsupported_media_type",
	http.StatusUnprocessableEntity:   "api.unprocessable",
	http.StatusTooManyRequests:       "api.too_many",
	http.StatusInternalServerError:   "api.internal",
}

func (r request) title(status int) string { return r.printer.T(titles[status]) }

// refused makes the problem of a request that no service has seen, from the status and the faults
// that huma gives it.
func (r request) refused(status int, errs []error) *problem {
	p := &problem{}
	for _, err := range errs {
		field, message, unread := explain(err)
		if unread && (status == http.StatusUnprocessableEntity || status == http.StatusInternalServerError) {
			status = http.StatusBadRequest
		}
		field.Code, field.Detail = message.Key, r.printer.Message(message)
		p.Errors = append(p.Errors, field)
	}
	message, ok := refusals[status]
	if !ok {
		message, status = refusals[http.StatusInternalServerError], http.StatusInternalServerError
	}
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		p.Errors = nil
	}
	p.Title, p.Status, p.Code, p.Detail = r.title(status), status, message.Key, r.printer.Message(message)
	if message.Key == "request.failed" {
		p.Detail = r.printer.T("request.failed", r.id)
	}
	return p
}

var missingProperty = regexp.MustCompile(`^expected required property (\S+) to be present$`)

// explain says in our words where and what huma found wrong, and whether the request could not be
// read at all.
func explain(err error) (at problemField, message fault.Message, unread bool) {
	var detail *huma.ErrorDetail
	if !errors.As(err, &detail) {
		return pointer(), fault.Message{Key: "request.not_json"}, truncated(err)
	}
	place, name, _ := strings.Cut(detail.Location, ".")
	if place != "body" {
		at.Parameter = name
		switch {
		case detail.Message == "unknown query parameter":
			return at, fault.Message{Key: "request.unknown_parameter"}, true
		case strings.HasPrefix(detail.Message, "required "):
			return at, fault.Message{Key: "request.missing"}, true
		case strings.HasPrefix(detail.Message, "invalid "):
			return at, fault.Message{Key: "request.not_a_number"}, true
		}
		return at, wrongValue(detail.Message), false
	}
	steps := strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == '[' || c == ']' })
	if missing := missingProperty.FindStringSubmatch(detail.Message); missing != nil {
		return pointer(append(steps, missing[1])...), fault.Message{Key: "request.missing"}, false
	}
	message = wrongValue(detail.Message)
	if name == "" && message.Key == "request.wrong_value" && !strings.HasPrefix(detail.Message, "json: cannot unmarshal") {
		return pointer(), fault.Message{Key: "request.not_json"}, true
	}
	return pointer(steps...), message, false
}

// wrongValue gives our message for one of huma's about a value.
func wrongValue(text string) fault.Message {
	key := "request.wrong_value"
	switch text {
	case validation.MsgUnexpectedProperty:
		key = "request.unknown_property"
	case validation.MsgExpectedString:
		key = "request.not_text"
	case validation.MsgExpectedInteger:
		key = "request.not_a_number"
	case validation.MsgExpectedArray:
		key = "request.not_a_list"
	case validation.MsgExpectedObject:
		key = "request.not_an_object"
	}
	if _, allowed, ok := strings.Cut(text, "one of "); ok {
		return fault.Message{Key: "request.not_one_of", Args: []any{strings.Trim(allowed, `"`)}}
	}
	return fault.Message{Key: key}
}
