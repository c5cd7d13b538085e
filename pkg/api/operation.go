package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"pilotboard/pkg/accounts"
)

const (
	maxBody  = 1 << 20 // 1 MiB
	bodyTime = 30 * time.Second
	bearer   = "bearer"
)

// config describes the API for huma, without its links to schemas and its page of documentation,
// which loads scripts from elsewhere.
func config() huma.Config {
	c := huma.DefaultConfig("pilotboard", "1")
	c.CreateHooks = nil
	c.DocsPath, c.OpenAPIPath, c.SchemasPath = "", "", ""
	c.RejectUnknownQueryParameters = true
	strict := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
	c.Formats = map[string]huma.Format{"application/json": strict, "json": strict}
	c.Info.Description = "Pilots against their plan. Texts follow Accept-Language (zh-CN, en). " +
		"Errors are application/problem+json with a stable code."
	c.Servers = []*huma.Server{{URL: "/api/v1"}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearer: {Type: "http", Scheme: "bearer", Description: "A token made with `pilotboard token create`."},
	}
	return c
}

// answer is what huma writes.
type answer[O any] struct{ Body O }

// handle registers a call. serve gets who asks and gives the body; its error becomes a problem in the
// caller's language.
func handle[I, O any](api huma.API, method, path, id, summary string, serve func(context.Context, accounts.Actor, *I) (O, error)) {
	operation(api, huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary,
		MaxBodyBytes: maxBody + 1, BodyReadTimeout: bodyTime, // a body that reaches MaxBodyBytes is refused
	}, serve)
}

// operation is handle for a call that is described in full.
func operation[I, O any](api huma.API, op huma.Operation, serve func(context.Context, accounts.Actor, *I) (O, error)) {
	op.Security = []map[string][]string{{bearer: {}}}
	huma.Register(api, op, func(ctx context.Context, in *I) (*answer[O], error) {
		asked := requestOf(ctx)
		body, err := serve(ctx, asked.actor, in)
		if err != nil {
			return nil, asked.problem(ctx, err)
		}
		return &answer[O]{Body: body}, nil
	})
}

var errNotText = errors.New("a text that cannot be kept")

// unmarshal reads JSON that is UTF-8 and in whose texts there is no U+0000: Postgres could not keep
// one. huma reads every body twice, first into an any, so that looking there is enough.
func unmarshal(data []byte, into any) error {
	if !utf8.Valid(data) {
		return errNotText
	}
	if err := json.Unmarshal(data, into); err != nil {
		return err
	}
	if parsed, ok := into.(*any); ok && !keepable(*parsed) {
		return errNotText
	}
	return nil
}

func keepable(parsed any) bool {
	switch v := parsed.(type) {
	case string:
		return isText(v)
	case []any:
		for _, one := range v {
			if !keepable(one) {
				return false
			}
		}
	case map[string]any:
		for key, one := range v {
			if !isText(key) || !keepable(one) {
				return false
			}
		}
	}
	return true
}

// truncated tells whether a body ended before its announced length.
func truncated(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
