package api

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
)

// FileInput is a posted file. It is exported for huma, like FilePath.
type FileInput struct {
	Key         string `path:"key" example:"fangxing"`
	ContentType string `header:"Content-Type"`
	RawBody     []byte `contentType:"multipart/form-data"`
}

// FilePath names a file of a unit.
type FilePath struct {
	Key  string `path:"key" example:"fangxing"`
	Hash string `path:"hash" doc:"SHA-256 of the content, in hex."`
}

// evidenceFile is a file of a unit, without its content.
type evidenceFile struct {
	Hash    string `json:"hash" doc:"SHA-256 of the content, in hex; what items are given."`
	Name    string `json:"name"`
	Type    string `json:"type" doc:"What the content is, whatever it was called."`
	Size    int64  `json:"size" doc:"In bytes."`
	Picture bool   `json:"picture"`
}

type evidenceInput struct {
	ReportPath
	Item string `path:"item" example:"m1_1"`
	Body struct {
		Hashes []string `json:"hashes" nullable:"false" doc:"Of files of the unit, in the order shown; none takes all away."`
	}
}

// registerEvidence adds the calls about files, two of which are not JSON.
func (s *Server) registerEvidence(api huma.API) {
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	const files = "/units/{key}/evidence"
	operation(api, huma.Operation{
		OperationID: "add-evidence", Method: http.MethodPost, Path: files,
		Summary:      "Keep a file for a unit; the same content again is the same file",
		MaxBodyBytes: evidence.MaxSize + maxBody + 1, BodyReadTimeout: importTime, SkipValidateBody: true, // evidence looks into it
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": binary}}},
		}},
	}, s.addEvidence)
	huma.Register(api, huma.Operation{
		OperationID: "download-evidence", Method: http.MethodGet, Path: files + "/{hash}", Summary: "The content of a file",
		Security:  []map[string][]string{{bearer: {}}},
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: binary}}}},
	}, s.downloadEvidence)
	handle(api, http.MethodPut, "/reports/{unit}/{form}/{period}/evidence/{item}", "set-evidence", "Replace the files of an item of a draft", s.setEvidence)
}

func (s *Server) addEvidence(ctx context.Context, actor accounts.Actor, in *FileInput) (evidenceFile, error) {
	name, content, err := filePart(in.ContentType, in.RawBody)
	if err != nil {
		return evidenceFile{}, err
	}
	file, err := s.Evidence.Add(ctx, actor, in.Key, name, bytes.NewReader(content))
	if err != nil {
		return evidenceFile{}, err
	}
	return evidenceFile{file.Hash, file.Name, file.Type, file.Size, file.Picture}, nil
}

// filePart finds the part called file; Invalid `evidence.no_file`.
func filePart(contentType string, body []byte) (name string, content []byte, err error) {
	none := fault.New(fault.Invalid, "evidence.no_file")
	kind, with, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return "", nil, none
	}
	parts := multipart.NewReader(bytes.NewReader(body), with["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			return "", nil, none
		}
		if part.FormName() != "file" {
			continue
		}
		if content, err = io.ReadAll(part); err != nil {
			return "", nil, none // the body is in memory: it ends in the middle of the part
		}
		return part.FileName(), content, nil
	}
}

// downloadEvidence hands a file over to be saved.
func (s *Server) downloadEvidence(ctx context.Context, in *FilePath) (*huma.StreamResponse, error) {
	asked := requestOf(ctx)
	file, content, err := s.Evidence.File(ctx, asked.actor, in.Key, in.Hash)
	if err != nil {
		return nil, asked.problem(ctx, err)
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		defer content.Close()
		h.SetHeader("Content-Type", file.Type)
		h.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
		h.SetHeader("Content-Length", strconv.FormatInt(file.Size, 10))
		if _, err := io.Copy(h.BodyWriter(), content); err != nil {
			slog.ErrorContext(ctx, "API answer broken off", "id", asked.id, "error", err)
		}
	}}, nil
}

func (s *Server) setEvidence(ctx context.Context, actor accounts.Actor, in *evidenceInput) (report, error) {
	ref, err := in.ref()
	if err != nil {
		return report{}, err
	}
	saved, err := s.Reports.SetEvidence(ctx, actor, ref, in.Item, in.Body.Hashes)
	if err != nil {
		return report{}, &placed{err, func(string) problemField { return problemField{Parameter: "item"} }}
	}
	return newReport(ctx, saved, saved.Form, saved.Content), nil
}
