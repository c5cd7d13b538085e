package divisions

import (
	"cmp"
	"slices"

	"pilotboard/pkg/period"
)

// version is what a division was from a day until, but not on, another; a zero to is still valid.
// Parent and successor are keys, empty for none. The line is where a file says it; 0: the database.
type version struct {
	line           int
	code, name     string
	parent         string
	from, to       period.Date
	statisticsOnly bool
	successor      string
}

// covers tells whether the version is valid on day.
func (v version) covers(day period.Date) bool {
	return !day.Before(v.from) && (v.to.IsZero() || day.Before(v.to))
}

// overlaps tells whether both are valid on some day.
func (v version) overlaps(other version) bool {
	return v.covers(other.from) || other.covers(v.from)
}

// history is a division through time, its versions by day.
type history struct {
	id       int64 // 0: not in the database yet
	key      string
	level    int
	versions []version
}

func (h *history) sort() {
	slices.SortStableFunc(h.versions, func(a, b version) int { return a.from.DaysSince(b.from) })
}

// line gives where the file first speaks of the division; 0 when it does not.
func (h *history) line() int {
	return slices.MinFunc(h.versions, func(a, b version) int { return cmp.Compare(a.line, b.line) }).line
}

// gap gives the first day in v on which h is not valid.
func (h *history) gap(v version) (period.Date, bool) {
	day := v.from
	for _, own := range h.versions {
		if !own.covers(day) {
			continue
		}
		if own.to.IsZero() {
			return period.Date{}, false
		}
		day = own.to
	}
	return day, v.covers(day)
}

// equal tells whether the two say the same of a division.
func (h *history) equal(other *history) bool {
	return h.level == other.level && slices.EqualFunc(h.versions, other.versions, func(a, b version) bool {
		a.line, b.line = 0, 0
		return a == b
	})
}

// tree is every division by key.
type tree map[string]*history

// byCode gives the divisions that ever had a code, with the versions in which they had it.
func (t tree) byCode() map[string][]held {
	codes := make(map[string][]held, len(t))
	for _, h := range t {
		for _, v := range h.versions {
			codes[v.code] = append(codes[v.code], held{h, v})
		}
	}
	return codes
}

// held is a code in the hands of a division.
type held struct {
	*history
	version version
}

// histories groups the rows of a file by division; a level that changes between rows is a fault.
func histories(rows []row, found *faults) tree {
	grouped := tree{}
	for _, r := range rows {
		h, ok := grouped[r.key]
		if !ok {
			h = &history{key: r.key, level: r.level}
			grouped[r.key] = h
		}
		if h.level != r.level {
			found.add(r.line, "division.import.level_differs", r.key, h.level, r.level)
			found.leaveOut(r.key, r.code)
			continue
		}
		h.versions = append(h.versions, r.version)
	}
	for _, h := range grouped {
		h.sort()
	}
	return grouped
}

// findParents fills in the parents that the file leaves to the code: one level up, on the first day.
func (t tree) findParents(found *faults) {
	codes := t.byCode()
	for _, h := range t {
		for i := range h.versions {
			v := &h.versions[i]
			if v.parent != "" || v.line == 0 || h.level == Province {
				continue
			}
			above := codeAbove(v.code, h.level)
			at := slices.IndexFunc(codes[above], func(c held) bool { return c.level == h.level-1 && c.version.covers(v.from) })
			if at >= 0 {
				v.parent = codes[above][at].key
			} else if !found.unread[above] {
				found.add(v.line, "division.import.no_parent", v.code, above, v.from)
			}
		}
	}
}
