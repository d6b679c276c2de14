package track

import (
	"math"
	"math/big"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/value"
)

// node is one object of a state in the runtime.
type node struct {
	t      *Tracker
	id     value.Ref // 0 until a Flush has written it
	kind   value.NodeKind
	target *goja.Object // the object itself
	proxy  *goja.Object // what scripts hold; the target for Map, Set, Date …
	plain  bool         // nothing but Object.prototype or Array.prototype above it
	odd    bool         // has members that aren't writable, enumerable and configurable
	dirty  *dirty       // nil: untouched since the last Flush

	src      *source // the object that target is a copy of, until Seal
	detached bool    // no part of the state, known for the sake of src
	touched  bool    // isn't as it was copied from src

	bytes value.BytesKind
	live  []byte       // KindBytes: the memory of target
	buf   *goja.Object // KindBytes: its ArrayBuffer
	at    int          // where in buf it begins
}

// dirty is what was touched in a node since the last Flush.
type dirty struct {
	all   bool // compare everything
	clear bool // a Map or Set was cleared
	keys  []dirtyEntry
	index map[any]int // of keys, once there are many
	short int         // the least length an array had, -1: never shortened
}

// dirtyEntry is a place: a member name, an index, a leaf or *node as key.
type dirtyEntry struct {
	key     any
	removed bool // was deleted, so that it is last if it is there again
	back    bool // touched after that
	moved   bool // superseded by a later entry
}

func (n *node) mark() *dirty {
	n.touched = true
	if n.dirty == nil {
		n.dirty = &dirty{short: -1}
		n.t.dirty = append(n.t.dirty, n)
	}
	return n.dirty
}

func (n *node) truncated(length int) {
	n.touched = true
	if n.id == 0 {
		return
	}
	if d := n.mark(); d.short < 0 || length < d.short {
		d.short = length
	}
}

func (n *node) cleared() {
	n.touched = true
	if n.id != 0 {
		n.mark().clear = true
	}
}

// touch notes that the member called key was written or removed. Entries stay
// in the order in which members that are new came to be.
func (n *node) touch(key any, removed bool) {
	n.touched = true
	if n.id == 0 {
		return
	}
	d := n.mark()
	if d.all || d.clear {
		return
	}
	i := d.find(key)
	if i < 0 {
		d.add(dirtyEntry{key: key, removed: removed})
		return
	}
	e := &d.keys[i]
	switch {
	case removed:
		e.removed, e.back = true, false
	case e.removed && !e.back:
		e.moved = true
		d.add(dirtyEntry{key: key, removed: true, back: true})
	}
}

func (d *dirty) find(key any) int {
	if d.index != nil {
		if i, ok := d.index[key]; ok {
			return i
		}
		return -1
	}
	for i := len(d.keys) - 1; i >= 0; i-- {
		if d.keys[i].key == key {
			return i
		}
	}
	return -1
}

func (d *dirty) add(e dirtyEntry) {
	if d.index == nil && len(d.keys) >= 16 {
		d.index = make(map[any]int, 64)
		for i, k := range d.keys {
			d.index[k.key] = i
		}
	}
	if d.index != nil {
		d.index[e.key] = len(d.keys)
	}
	d.keys = append(d.keys, e)
}

type nanKey struct{}
type bigKey struct{ text string }

// normal is a leaf in a form that == compares as a Map compares its keys.
func normal(leaf any) any {
	switch k := leaf.(type) {
	case float64:
		if k != k {
			return nanKey{}
		}
		if k == 0 {
			return 0.0
		}
	case *big.Int:
		return bigKey{k.Text(62)}
	}
	return leaf
}

func (k bigKey) big() *big.Int {
	n, _ := new(big.Int).SetString(k.text, 62)
	return n
}

var nan = math.NaN()
