package value

import (
	"math/big"
	"slices"
)

// table is an ordered map with the keys of a JavaScript Map: members keep the
// order of insertion, a removed one leaves a gap until half are gaps.
type table struct {
	keys, vals []Elem
	index      map[any]int // of hashed keys, once there are more than a few
	gaps       int
	unsorted   bool // an integer-like key was added since the last sort
}

type gap struct{}
type nanKey struct{}
type bigKey string

const tableScan = 8 // so many members are searched without an index

// hashed is key in a form that == compares as SameValueZero does.
func hashed(key Elem) any {
	switch k := key.(type) {
	case float64:
		if k != k {
			return nanKey{}
		}
		if k == 0 {
			return 0.0
		}
	case *big.Int:
		return bigKey(k.Text(62))
	}
	return key
}

func (t *table) len() int { return len(t.keys) - t.gaps }

func (t *table) find(key Elem) int {
	h := hashed(key)
	if t.index != nil {
		if i, ok := t.index[h]; ok {
			return i
		}
		return -1
	}
	if s, ok := h.(string); ok {
		for i, k := range t.keys {
			if k, ok := k.(string); ok && k == s {
				return i
			}
		}
		return -1
	}
	for i, k := range t.keys {
		if hashed(k) == h {
			return i
		}
	}
	return -1
}

func (t *table) add(key, val Elem) {
	if t.index == nil && len(t.keys) >= tableScan {
		t.reindex()
	}
	if t.index != nil {
		t.index[hashed(key)] = len(t.keys)
	}
	if s, ok := key.(string); ok && s != "" && s[0]-'0' < 10 {
		t.unsorted = true
	}
	t.keys = append(t.keys, key)
	t.vals = append(t.vals, val)
}

func (t *table) reindex() {
	t.index = make(map[any]int, len(t.keys))
	for i, k := range t.keys {
		if k != (gap{}) {
			t.index[hashed(k)] = i
		}
	}
}

func (t *table) remove(key Elem) (k, v Elem, ok bool) {
	i := t.find(key)
	if i < 0 {
		return nil, nil, false
	}
	k, v = t.keys[i], t.vals[i]
	if t.index != nil {
		delete(t.index, hashed(k))
	}
	t.keys[i], t.vals[i] = gap{}, nil
	if t.gaps++; t.gaps > len(t.keys)/2 {
		t.compact()
	}
	return k, v, true
}

func (t *table) compact() {
	w := 0
	for i, k := range t.keys {
		if k != (gap{}) {
			t.keys[w], t.vals[w] = k, t.vals[i]
			w++
		}
	}
	clear(t.keys[w:])
	clear(t.vals[w:])
	t.keys, t.vals, t.gaps = t.keys[:w], t.vals[:w], 0
	if t.index != nil {
		t.reindex()
	}
}

func (t *table) each(f func(k, v Elem) bool) {
	for i, k := range t.keys {
		if k != (gap{}) && !f(k, t.vals[i]) {
			return
		}
	}
}

// sortIndexKeys puts integer-like string keys first, in ascending order.
func (t *table) sortIndexKeys() {
	if !t.unsorted {
		return
	}
	t.unsorted = false
	t.compact()
	type member struct {
		k, v Elem
		idx  int64
	}
	ms := make([]member, len(t.keys))
	sorted := true
	for i, k := range t.keys {
		ms[i] = member{k, t.vals[i], 1 << 40}
		if n, ok := ArrayIndex(k.(string)); ok {
			ms[i].idx = int64(n)
		}
		sorted = sorted && (i == 0 || ms[i-1].idx <= ms[i].idx)
	}
	if sorted {
		return
	}
	slices.SortStableFunc(ms, func(a, b member) int { return int(min(1, max(-1, a.idx-b.idx))) })
	for i, m := range ms {
		t.keys[i], t.vals[i] = m.k, m.v
	}
	if t.index != nil {
		t.reindex()
	}
}
