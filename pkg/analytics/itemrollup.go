package analytics

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// itemsRow is a row of item_rollups: what the values of all items add up to over the units of one batch and
// type in a division.
type itemsRow struct {
	DivisionID int64
	Form       string
	Period     period.Quarter
	Batch      string
	UnitType   string
	Level      int
	ParentID   int64
	Items      string
}

func (itemsRow) TableName() string { return "item_rollups" }

func (r itemsRow) key() rollupKey {
	return rollupKey{r.DivisionID, r.Form, r.Period, r.Batch, r.UnitType}
}

// itemCount is what an item adds up to, in a way that takes a unit out as exactly as it puts one in: versions
// counts units by 4 × the version of the form + the qualifier, values by value where the least or the
// greatest is asked for.
type itemCount struct {
	n, sum           int64
	versions, values map[int64]int64
}

// itemCounts are those of one division, batch and type, by item.
type itemCounts map[string]*itemCount

// count puts what a unit counts with in, times being 1, or takes it out, times being -1.
func (c itemCounts) count(r unitItem, times int64) {
	one := c[r.Item]
	if one == nil {
		one = &itemCount{versions: map[int64]int64{}, values: map[int64]int64{}}
		c[r.Item] = one
	}
	one.n += times * r.N
	one.sum += times * r.Sum
	if r.Item == expectedItem {
		return
	}
	one.versions[4*r.FirstVersion+int64(r.Qualifier)] += times
	if r.ranked {
		one.values[r.Min] += times
	}
}

// add adds what changes and leaves nothing of what is not counted any more.
func (c itemCounts) add(other itemCounts) {
	for item, more := range other {
		one := c[item]
		if one == nil {
			one = &itemCount{versions: map[int64]int64{}, values: map[int64]int64{}}
			c[item] = one
		}
		one.n += more.n
		one.sum += more.sum
		addCounts(one.versions, more.versions)
		addCounts(one.values, more.values)
		if one.n == 0 {
			delete(c, item)
		}
	}
}

func addCounts(to, more map[int64]int64) {
	for key, n := range more {
		if to[key] += n; to[key] == 0 {
			delete(to, key)
		}
	}
}

// text writes counts as a row holds them.
func (c itemCounts) text() string {
	var text []byte
	for _, item := range slices.Sorted(maps.Keys(c)) {
		one := c[item]
		if one.n == 0 {
			continue
		}
		text = append(append(text, item...), '=')
		text = append(strconv.AppendInt(text, one.n, 10), ' ')
		text = append(strconv.AppendInt(text, one.sum, 10), ' ')
		text = append(appendCounts(text, one.versions), ' ')
		text = append(appendCounts(text, one.values), '\n')
	}
	return string(text)
}

func appendCounts(text []byte, counts map[int64]int64) []byte {
	first := true
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if counts[key] == 0 {
			continue
		}
		if !first {
			text = append(text, ',')
		}
		first = false
		text = append(strconv.AppendInt(text, key, 10), '*')
		text = strconv.AppendInt(text, counts[key], 10)
	}
	return text
}

// counts reads what a row holds of some items, of all without any.
func (r itemsRow) counts(some []string) (itemCounts, error) {
	counts := itemCounts{}
	for rest := r.Items; rest != ""; {
		line, more, _ := strings.Cut(rest, "\n")
		rest = more
		at := strings.LastIndexByte(line, '=') // that of an option has one in its name
		if at < 0 {
			return nil, fmt.Errorf("read a roll-up of items: %q", line)
		}
		if len(some) > 0 && !slices.Contains(some, line[:at]) {
			continue
		}
		one, err := parseCount(line[at+1:])
		if err != nil {
			return nil, fmt.Errorf("read a roll-up of items: %w", err)
		}
		counts[line[:at]] = one
	}
	return counts, nil
}

func parseCount(text string) (*itemCount, error) {
	n, rest, _ := strings.Cut(text, " ")
	sum, rest, _ := strings.Cut(rest, " ")
	versions, values, _ := strings.Cut(rest, " ")
	var one itemCount
	var err error
	if one.n, err = strconv.ParseInt(n, 10, 64); err != nil {
		return nil, err
	}
	if one.sum, err = strconv.ParseInt(sum, 10, 64); err != nil {
		return nil, err
	}
	if one.versions, err = parseCounts(versions); err != nil {
		return nil, err
	}
	one.values, err = parseCounts(values)
	return &one, err
}

func parseCounts(text string) (map[int64]int64, error) {
	counts := map[int64]int64{}
	for text != "" {
		var one string
		one, text, _ = strings.Cut(text, ",")
		key, n, _ := strings.Cut(one, "*")
		number, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			return nil, err
		}
		if counts[number], err = strconv.ParseInt(n, 10, 64); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// rollups gives what a row holds of some items as figures add it up.
func (r itemsRow) rollups(some []string) ([]itemRollup, error) {
	counts, err := r.counts(some)
	if err != nil {
		return nil, err
	}
	list := make([]itemRollup, 0, len(counts))
	for item, c := range counts {
		one := itemRollup{DivisionID: r.DivisionID, Form: r.Form, Period: r.Period, Batch: r.Batch, UnitType: r.UnitType, Item: item, N: c.n, Sum: c.sum}
		one.FirstVersion, one.LastVersion = endsOf(c.versions, func(tag int64) int64 { return tag / 4 })
		_, qualifier := endsOf(c.versions, func(tag int64) int64 { return tag % 4 })
		one.Qualifier = int(qualifier)
		one.Min, one.Max = endsOf(c.values, func(value int64) int64 { return value })
		for _, n := range c.values {
			one.ranked += n
		}
		list = append(list, one)
	}
	return list, nil
}

// endsOf gives the least and the greatest of what counts are kept by.
func endsOf(counts map[int64]int64, by func(int64) int64) (least, greatest int64) {
	first := true
	for key := range counts {
		if first {
			least, greatest, first = by(key), by(key), false
		}
		least, greatest = min(least, by(key)), max(greatest, by(key))
	}
	return least, greatest
}

// ranks tells whether the least or the greatest value of an item is asked for.
func ranks(item forms.Item) bool {
	return item.Aggregation == forms.Min || item.Aggregation == forms.Max
}
