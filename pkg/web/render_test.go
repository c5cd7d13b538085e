package web

import (
	"testing"

	"pilotboard/pkg/locale"
)

func TestTemplatesParse(t *testing.T) {
	parsed, err := parseTemplates()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range locale.Languages {
		if parsed[language]["login.html"] == nil {
			t.Errorf("%s: there is no login page", language)
		}
	}
}
