package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
)

// values are the cells of a report by item, blank ones left out: numbers as text, yes/no as true or
// false. A change may also send JSON numbers, whose digits are kept, and null to make a cell blank.
type values map[string]any

// UnmarshalJSON keeps every digit of a number.
func (v *values) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode((*map[string]any)(v))
}

// Schema describes what a cell may be. What it says wrongly is told by the service, item by item.
func (values) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Description: "Cells by item: numbers as text, yes/no as true or false; null is blank.",
		AdditionalProperties: &huma.Schema{AnyOf: []*huma.Schema{
			{Type: huma.TypeString}, {Type: huma.TypeBoolean}, {Type: huma.TypeNumber}, {Type: "null"},
		}},
	}
}

type saveInput struct {
	ReportPath
	Body struct {
		Version       int64    `json:"version" minimum:"0" doc:"The version last seen."`
		Values        values   `json:"values,omitempty"`
		NotApplicable []string `json:"not_applicable,omitempty" doc:"Items that do not apply."`

		Explanations map[string]string `json:"explanations,omitempty" doc:"Of warnings, by check; an empty text takes one away."`
	}
}

func (s *Server) saveReport(ctx context.Context, actor accounts.Actor, in *saveInput) (report, error) {
	ref, err := in.ref()
	if err != nil {
		return report{}, err
	}
	saved, err := s.Reports.Save(ctx, actor, ref, reporting.Edit{
		Version: in.Body.Version, Values: in.Body.Values, NotApplicable: in.Body.NotApplicable, Explanations: in.Body.Explanations,
	})
	if err != nil {
		return report{}, &placed{s.stale(ctx, actor, ref, err), in.at}
	}
	return newReport(ctx, saved, saved.Form, saved.Content), nil
}

// at places a wrong item where the change has it.
func (in *saveInput) at(item string) problemField {
	if i := slices.Index(in.Body.NotApplicable, item); i >= 0 {
		if _, both := in.Body.Values[item]; !both {
			return pointer("not_applicable", strconv.Itoa(i))
		}
	}
	return atContent(item)
}

// atContent places an item or an explanation in a report; the empty field is the whole report.
func atContent(field string) problemField {
	if field == "" {
		return pointer()
	}
	if check, ok := strings.CutPrefix(field, reporting.ExplanationField); ok {
		return pointer("explanations", check)
	}
	return pointer("values", field)
}

// stale writes the cells of a stale version as the API writes them; other errors stay as they are.
func (s *Server) stale(ctx context.Context, actor accounts.Actor, ref reporting.Ref, err error) error {
	var stale *reporting.StaleError
	if !errors.As(err, &stale) {
		return err
	}
	form, formErr := s.Forms.Form(ctx, actor, ref.Form)
	if formErr != nil {
		return formErr
	}
	told := &staleReport{stale, []conflict{}}
	for _, clash := range stale.Clashes {
		cell := func(v forms.Value) any {
			encoded, _ := form.Encode(forms.Values{clash.Item: v})
			return encoded[clash.Item]
		}
		told.conflicts = append(told.conflicts, conflict{
			Item: clash.Item, Mine: cell(clash.Mine), Theirs: cell(clash.Theirs),
			MineNotApplicable:   clash.Mine.State == forms.NotApplicable,
			TheirsNotApplicable: clash.Theirs.State == forms.NotApplicable,
		})
	}
	return told
}
