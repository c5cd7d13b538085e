package epoch

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Kept keeps answers in memory for the epoch in which they were read: only in requests, whose context
// has pinned one; elsewhere everything is read. A value is shared by all who get it and must not be
// changed.
type Kept[K comparable, V any] struct {
	subjects func(Epoch) Epoch
	entries  *lru.Cache[K, entry[V]]
}

// entry is a value with the epoch for which it holds.
type entry[V any] struct {
	epoch Epoch
	value V
}

// KeepCommon keeps at most size values that follow from what all units share alone.
func KeepCommon[K comparable, V any](size int) *Kept[K, V] {
	return keep[K, V](size, func(e Epoch) Epoch { return Epoch{Common: e.Common, CommonAt: e.CommonAt} })
}

// KeepFigures keeps at most size values that follow from figures, and from what all units share.
func KeepFigures[K comparable, V any](size int) *Kept[K, V] {
	return keep[K, V](size, func(e Epoch) Epoch { e.Corrections, e.CorrectionsAt = 0, time.Time{}; return e })
}

// KeepCorrections keeps at most size values that follow from corrections, and from what all units share.
func KeepCorrections[K comparable, V any](size int) *Kept[K, V] {
	return keep[K, V](size, func(e Epoch) Epoch { e.Figures, e.FiguresAt = 0, time.Time{}; return e })
}

func keep[K comparable, V any](size int, subjects func(Epoch) Epoch) *Kept[K, V] {
	entries, err := lru.New[K, entry[V]](size)
	if err != nil {
		panic(err) // a size below 1, in the program itself
	}
	return &Kept[K, V]{subjects, entries}
}

// Get gives the value of a key: the kept one if it still holds, else what load reads. A fault is not kept.
func (k *Kept[K, V]) Get(ctx context.Context, key K, load func() (V, error)) (V, error) {
	e, ok := pinned(ctx)
	if !ok {
		return load()
	}
	e = k.subjects(e)
	if found, ok := k.entries.Get(key); ok && found.epoch == e {
		return found.value, nil
	}
	value, err := load()
	if err == nil {
		k.entries.Add(key, entry[V]{e, value})
	}
	return value, err
}

// Many gives the values of keys, of which load reads those that are not kept; keys without a value are
// left out.
func (k *Kept[K, V]) Many(ctx context.Context, keys []K, load func(missing []K) (map[K]V, error)) (map[K]V, error) {
	e, ok := pinned(ctx)
	if !ok {
		return load(keys)
	}
	e = k.subjects(e)
	values := make(map[K]V, len(keys))
	var missing []K
	for _, key := range keys {
		if found, ok := k.entries.Get(key); ok && found.epoch == e {
			values[key] = found.value
			continue
		}
		missing = append(missing, key)
	}
	if len(missing) == 0 {
		return values, nil
	}
	read, err := load(missing)
	if err != nil {
		return nil, err
	}
	for key, value := range read {
		k.entries.Add(key, entry[V]{e, value})
		values[key] = value
	}
	return values, nil
}
