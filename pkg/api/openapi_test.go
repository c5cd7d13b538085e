package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/api"
)

// description gives the router without services, and what it says about itself.
func description(t *testing.T) (*echo.Echo, answer) {
	t.Helper()
	e := echo.New()
	api.New(api.Services{}, api.Options{}).Register(e)
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil))
	a := answer{status: recorder.Code, header: recorder.Header(), raw: recorder.Body.String()}
	if err := json.Unmarshal(recorder.Body.Bytes(), &a.body); err != nil {
		t.Fatal(err)
	}
	return e, a
}

func TestTheDescription(t *testing.T) {
	_, a := description(t)
	a.golden(t, "openapi")
	if version := a.at(t, "openapi"); !strings.HasPrefix(version.(string), "3.1") {
		t.Errorf("OpenAPI %v", version)
	}
	if a.at(t, "components", "securitySchemes", "bearer", "scheme") != "bearer" {
		t.Error("no bearer scheme")
	}
}

// TestEveryRouteIsDescribed: and each with the token it takes and the shape of its errors.
func TestEveryRouteIsDescribed(t *testing.T) {
	e, a := description(t)
	described := map[string]bool{}
	for path, item := range a.at(t, "paths").(map[string]any) {
		for method, op := range item.(map[string]any) {
			described[strings.ToUpper(method)+" /api/v1"+path] = true
			operation := answer{body: op}
			if fmt.Sprint(operation.at(t, "security")) != "[map[bearer:[]]]" {
				t.Errorf("%s %s takes no token", method, path)
			}
			problem := operation.at(t, "responses", "default", "content", "application/problem+json", "schema", "$ref")
			if problem != "#/components/schemas/Problem" {
				t.Errorf("%s %s: its errors are %v", method, path, problem)
			}
			if operation.at(t, "summary") == "" {
				t.Errorf("%s %s has no summary", method, path)
			}
		}
	}
	registered := 0
	for _, route := range e.Routes() {
		if route.Method == echo.RouteNotFound || route.Path == "/api/openapi.json" {
			continue
		}
		registered++
		path := route.Path
		for _, step := range strings.Split(path, "/") {
			if name, ok := strings.CutPrefix(step, ":"); ok {
				path = strings.Replace(path, step, "{"+name+"}", 1)
			}
		}
		if !described[route.Method+" "+path] {
			t.Errorf("%s %s is not described", route.Method, path)
		}
	}
	if registered != len(described) || registered == 0 {
		t.Errorf("%d routes, %d described", registered, len(described))
	}
}
