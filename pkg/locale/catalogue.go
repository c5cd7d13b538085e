package locale

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed messages/*.yaml
var files embed.FS

var embedded = sync.OnceValues(func() (map[string]map[string]string, error) { return read(files) })

// Load reads the texts, once. Its error names every file that cannot be read and every key that two
// files have; the program then must not start.
func Load() error {
	_, err := embedded()
	return err
}

// read gives the texts by language and key.
func read(source fs.FS) (map[string]map[string]string, error) {
	names, err := fs.Glob(source, "messages/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the messages: %w", err)
	}
	texts := map[string]map[string]string{Chinese: {}, English: {}}
	owner := map[string]string{} // "language key" → file
	var faults []error
	for _, name := range names {
		lang, own, err := readFile(source, name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for key, text := range own {
			if first, ok := owner[lang+" "+key]; ok {
				faults = append(faults, fmt.Errorf("message %s is in %s and in %s", key, first, name))
				continue
			}
			owner[lang+" "+key] = name
			texts[lang][key] = text
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return texts, nil
}

// readFile reads messages/AREA.LANGUAGE.yaml; the decoder refuses a key that one file has twice.
func readFile(source fs.FS, name string) (string, map[string]string, error) {
	_, lang, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "messages/"), ".yaml"), ".")
	if !slices.Contains(Languages, lang) {
		return "", nil, fmt.Errorf("messages file %s: its name does not end in a language", name)
	}
	data, err := fs.ReadFile(source, name)
	if err != nil {
		return "", nil, fmt.Errorf("read messages: %w", err)
	}
	own := map[string]string{}
	if err := yaml.Unmarshal(data, &own); err != nil {
		return "", nil, fmt.Errorf("messages file %s: %w", name, err)
	}
	return lang, own, nil
}
