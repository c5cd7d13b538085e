package analytics

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Counts of a roll-up are kept as numbers with spaces between them: a dashboard reads hundreds of them.

// lightsText writes, in the order of Lights, the units that submitted and those that did not.
func (s Sum) lightsText() string {
	var text []byte
	for _, units := range s.Lights {
		text = appendNumbers(text, units[:]...)
	}
	return string(text)
}

// lockedText writes the units by their locked light, in the order of Lights.
func (s Sum) lockedText() string { return string(appendNumbers(nil, s.Locked[:]...)) }

// measuresText writes the key of every measure and its four numbers.
func (s Sum) measuresText() string {
	var text []byte
	for _, key := range slices.Sorted(maps.Keys(s.Measures)) {
		t := s.Measures[key]
		if len(text) > 0 {
			text = append(text, ' ')
		}
		text = appendNumbers(append(text, key...), t.Units, t.Planned, t.Earned, t.Complete)
	}
	return string(text)
}

func appendNumbers(text []byte, numbers ...int64) []byte {
	for _, n := range numbers {
		if len(text) > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return text
}

// readLights reads what lightsText and lockedText have written.
func (s *Sum) readLights(lights, locked string) error {
	var err error
	for i := range s.Lights {
		for j := range s.Lights[i] {
			if s.Lights[i][j], lights, err = readNumber(lights); err != nil {
				return err
			}
		}
		if s.Locked[i], locked, err = readNumber(locked); err != nil {
			return err
		}
	}
	return nil
}

// readMeasures reads what measuresText has written.
func (s *Sum) readMeasures(text string) error {
	if text != "" {
		s.Measures = map[string]Tally{}
	}
	for text != "" {
		var key string
		var t Tally
		var err error
		key, text, _ = strings.Cut(text, " ")
		for _, n := range []*int64{&t.Units, &t.Planned, &t.Earned, &t.Complete} {
			if *n, text, err = readNumber(text); err != nil {
				return err
			}
		}
		s.Measures[key] = t
	}
	return nil
}

// readNumber reads the first number of a text and gives what follows it.
func readNumber(text string) (n int64, rest string, err error) {
	word, rest, _ := strings.Cut(text, " ")
	if n, err = strconv.ParseInt(word, 10, 64); err != nil {
		return 0, "", fmt.Errorf("read a roll-up: %w", err)
	}
	return n, rest, nil
}
