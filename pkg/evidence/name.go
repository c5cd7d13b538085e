package evidence

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the greatest length of a file name, in characters.
const maxName = 200

// cleanName gives the last part of the uploader's name for a file, without characters that cannot be
// seen, and with an extension of its type. A name of nothing becomes `evidence`.
func cleanName(name string, k kind) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	extension := path.Ext(name)
	base := strings.TrimSuffix(name, extension)
	switch {
	case slices.Contains(k.extensions, strings.ToLower(extension)):
	case isExtension(extension):
		extension = k.extensions[0]
	default:
		base, extension = name, k.extensions[0]
	}
	if base == "" {
		base = "evidence"
	}
	if room := maxName - len(extension); utf8.RuneCountInString(base) > room {
		base = string([]rune(base)[:room])
	}
	return base + extension
}

// isExtension tells an extension from the rest of a name that happens to hold a dot, like 第1.2期.
func isExtension(s string) bool {
	letters := func(r rune) bool {
		return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	return len(s) > 2 && len(s) <= 6 && strings.IndexFunc(s[1:], func(r rune) bool { return !letters(r) }) < 0 &&
		strings.IndexFunc(s[1:], unicode.IsLetter) >= 0
}
