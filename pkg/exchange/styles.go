package exchange

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// format says how the number in a cell is meant.
type format int

const (
	general format = iota
	percentFormat
	dateFormat
)

// days1900 and days1904 are the day before day 1 of the two calendars of workbooks, as days since 1970;
// that of 1900 takes in a 29th of February which never was.
var (
	days1900 = int(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	days1904 = int(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
)

// dayOf gives the day with a serial number as 2019-10-31; ok is false outside the years that reports
// can be about.
func (b *book) dayOf(serial float64) (day string, ok bool) {
	const least, most = 1, 2958465 // 1900 to 9999
	if !(serial >= least && serial <= most) {
		return "", false
	}
	return time.Unix(int64(b.from+int(serial))*86400, 0).UTC().Format(time.DateOnly), true
}

// readStyles reads how the styles of cells mean numbers.
func (b *book) readStyles() error {
	custom := map[string]format{}
	inCells := false
	return b.walk("xl/styles.xml", maxPart, visitor{
		start: func(e xml.StartElement) error {
			switch e.Name.Local {
			case "numFmt":
				custom[attr(e, "numFmtId")] = formatOf(attr(e, "formatCode"))
			case "cellXfs":
				inCells = true
			case "xf":
				if inCells {
					id := attr(e, "numFmtId")
					f, ok := custom[id]
					if !ok {
						f = builtIn(id)
					}
					b.formats = append(b.formats, f)
				}
			}
			return nil
		},
		end: func(name string) error {
			if name == "cellXfs" {
				inCells = false
			}
			return nil
		},
	})
}

// builtIn gives the meaning of the formats that workbooks need not spell out.
func builtIn(id string) format {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return general
	case n == 9 || n == 10:
		return percentFormat
	case n >= 14 && n <= 22, n >= 27 && n <= 36, n >= 45 && n <= 47, n >= 50 && n <= 58:
		return dateFormat
	}
	return general
}

// quoted is what in a format's code is no code: texts, conditions and colours, single characters.
var quoted = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.`)

func formatOf(code string) format {
	code = strings.ToLower(quoted.ReplaceAllString(code, ""))
	switch {
	case strings.Contains(code, "%"):
		return percentFormat
	case code == "general" || code == "@":
		return general
	case strings.ContainsAny(code, "ymdh"):
		return dateFormat
	}
	return general
}
