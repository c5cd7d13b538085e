package api

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/fault"
)

// importTime is how long the body of an import may take to arrive.
const importTime = 5 * time.Minute

// ImportInput is a file of reports. It is exported for huma, which looks into exported fields only.
type ImportInput struct {
	ContentType string `header:"Content-Type"`
	DryRun      bool   `query:"dry_run" doc:"Change nothing and report everything."`
	RawBody     []byte `contentType:"text/csv"`
}

// importResult is what became of the reports of an import.
type importResult struct {
	Created   int             `json:"created" doc:"Reports that had nothing typed before."`
	Updated   int             `json:"updated"`
	Unchanged int             `json:"unchanged" doc:"Reports that hold already what the file says."`
	Errors    []importProblem `json:"errors" nullable:"false" doc:"Why reports were not taken. Each is as it was before."`
	Findings  []importFinding `json:"findings" nullable:"false" doc:"What to look at before the drafts are submitted; the first 2000."`
}

// importFinding is what a check of the form says about a report that was taken.
type importFinding struct {
	Row      int      `json:"row"`
	Unit     string   `json:"unit"`
	Items    []string `json:"items" nullable:"false"`
	Check    string   `json:"check"`
	Severity string   `json:"severity" enum:"error,warning"`
	Message  string   `json:"message"`
}

type importProblem struct {
	Row     int    `json:"row" doc:"Line of CSV or NDJSON, or number of the element, from 1."`
	Unit    string `json:"unit"`
	Item    string `json:"item" doc:"Empty when the report as a whole is refused."`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// registerImports adds the call that takes reports in bulk, whose body is larger than others' and need
// not be JSON.
func (s *Server) registerImports(api huma.API) {
	text := func(description string) *huma.MediaType {
		return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary", Description: description}}
	}
	operation(api, huma.Operation{
		OperationID: "import-reports", Method: http.MethodPost, Path: "/imports/reports",
		Summary:      "Save many reports as drafts, each as a whole or not at all; the same file again changes nothing",
		MaxBodyBytes: exchange.MaxText + 1, BodyReadTimeout: importTime, SkipValidateBody: true, // exchange reads it
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json":     text(`Array of {"unit","form","period","values","not_applicable"}.`),
			"application/x-ndjson": text("The same, one per line."),
			"text/csv":             text("Lines `unit,form,period,item,value`, in UTF-8 or GB18030."),
		}},
	}, s.importReports)
}

func (s *Server) importReports(ctx context.Context, actor accounts.Actor, in *ImportInput) (importResult, error) {
	take := s.Exchange.ImportJSON
	switch kind, _, _ := mime.ParseMediaType(in.ContentType); kind {
	case "application/json", "application/x-ndjson", "application/ndjson", "":
	case "text/csv":
		take = s.Exchange.ImportCSV
	default:
		return importResult{}, fault.New(fault.Invalid, "exchange.content_type")
	}
	taken, err := take(ctx, actor, bytes.NewReader(in.RawBody), exchange.Options{DryRun: in.DryRun})
	if err != nil {
		return importResult{}, err
	}
	words := requestOf(ctx).printer
	result := importResult{Created: taken.Created, Updated: taken.Updated, Unchanged: taken.Unchanged, Errors: make([]importProblem, len(taken.Problems))}
	for i, p := range taken.Problems {
		result.Errors[i] = importProblem{Row: p.Row, Unit: p.Unit, Item: p.Item, Code: p.Key, Message: words.Message(p.Message)}
	}
	result.Findings = make([]importFinding, len(taken.Warnings))
	for i, f := range taken.Warnings {
		result.Findings[i] = importFinding{
			Row: f.Row, Unit: f.Unit, Items: append([]string{}, f.Items...), Check: f.Check, Severity: string(f.Severity), Message: words.Message(f.Message),
		}
	}
	return result, nil
}
