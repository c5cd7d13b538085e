package divisions

import (
	"maps"
	"slices"
	"strings"
)

// check adds a fault for everything that cannot be in a tree: levels in the wrong order, parents that
// do not exist at the time, circles, two versions of a division or two owners of a code at one time.
func (t tree) check(found *faults) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		h := t[key]
		t.checkOverlap(h, found)
		for i, v := range h.versions {
			t.checkParent(h, v, found)
			t.checkSuccessor(h, v, i == len(h.versions)-1, found)
		}
	}
	t.checkCodes(found)
	t.checkCircles(found)
}

func (t tree) checkOverlap(h *history, found *faults) {
	for i := 1; i < len(h.versions); i++ {
		before, v := h.versions[i-1], h.versions[i]
		if before.overlaps(v) {
			found.add(max(before.line, v.line), "division.import.overlap", h.key, min(before.line, v.line))
		}
	}
}

func (t tree) checkParent(h *history, v version, found *faults) {
	if v.parent == "" || found.unread[v.parent] {
		return // a province, or one whose parent has its own fault
	}
	parent, ok := t[v.parent]
	if !ok {
		found.add(v.line, "division.import.unknown_parent", h.key, v.parent)
		return
	}
	line := v.line
	if line == 0 { // only the database has the child, so the file has changed the parent
		line = parent.line()
	}
	if parent.level >= h.level {
		found.add(line, "division.import.wrong_level", h.key, h.level, parent.key, parent.level)
	}
	if day, missing := parent.gap(v); missing {
		found.add(line, "division.import.orphan", h.key, parent.key, day)
	}
}

func (t tree) checkSuccessor(h *history, v version, last bool, found *faults) {
	if v.successor == "" || found.unread[v.successor] {
		return
	}
	successor, ok := t[v.successor]
	if !ok {
		found.add(v.line, "division.import.unknown_successor", h.key, v.successor)
		return
	}
	line := v.line
	if line == 0 {
		line = successor.line()
	}
	valid := slices.ContainsFunc(successor.versions, func(s version) bool { return s.covers(v.to) })
	if !last || v.to.IsZero() || !valid {
		found.add(line, "division.import.bad_successor", h.key, v.successor)
	}
}

func (t tree) checkCodes(found *faults) {
	for code, owners := range t.byCode() {
		slices.SortFunc(owners, func(a, b held) int { return a.version.line - b.version.line })
		for i, owner := range owners {
			for _, before := range owners[:i] {
				if before.key != owner.key && before.version.overlaps(owner.version) {
					found.add(owner.version.line, "division.import.code_twice", code, owner.key, before.key)
				}
			}
		}
	}
}

// checkCircles follows the parents of all times together: under increasing levels no circle is
// possible at any time.
func (t tree) checkCircles(found *faults) {
	const (
		unseen = iota
		onTheWay
		done
	)
	state := map[string]int{}
	var visit func(key string, way []string)
	visit = func(key string, way []string) {
		way = append(way, key)
		state[key] = onTheWay
		for _, v := range t[key].versions {
			switch _, exists := t[v.parent]; {
			case !exists || state[v.parent] == done:
			case state[v.parent] == onTheWay:
				circle := append(slices.Clone(way[slices.Index(way, v.parent):]), v.parent)
				found.add(v.line, "division.import.cycle", strings.Join(circle, " → "))
			default:
				visit(v.parent, way)
			}
		}
		state[key] = done
	}
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if state[key] == unseen {
			visit(key, nil)
		}
	}
}
