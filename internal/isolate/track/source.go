package track

import (
	"bytes"
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// Work is counted in places that are compared; one takes 50 ns or so.
const (
	// readBudget is how many a turn may compare because c.state was read: about
	// 0.1 ms, enough for a read after each of the first 25 small objects.
	readBudget = 2048
	// showBudget is how many it may have compared and still compare all sources
	// because something leaves the actor: a turn that tells much while it
	// watches much isn't slowed down without bound.
	showBudget = 1 << 16
)

// sources are a list of sources, found by their objects.
type sources struct {
	all   []*source
	index map[*goja.Object]*source // of all, once there are many
}

func (l *sources) add(f *source) {
	const many = 8
	l.all = append(l.all, f)
	if l.index != nil {
		l.index[f.obj] = f
	} else if len(l.all) > many {
		l.index = make(map[*goja.Object]*source, 4*many)
		for _, f := range l.all {
			l.index[f.obj] = f
		}
	}
}

func (l *sources) of(o *goja.Object) *source {
	if l.index != nil {
		return l.index[o]
	}
	for _, f := range l.all {
		if f.obj == o {
			return f
		}
	}
	return nil
}

func (l *sources) clear() {
	clear(l.all)
	l.all, l.index = l.all[:0], nil
	if cap(l.all) > 64 {
		l.all = nil
	}
}

// weight is about how many places a look at f compares.
func (f *source) weight() int {
	w := 4 + len(f.vals)
	if f.data != nil {
		w += len(f.data.bytes) / 256
	}
	return w
}

// Sync brings what scripts changed by old references into the state, unless
// this turn has looked for it too often already: Flush does it in any case. A
// change that can't be stored is left to Flush too.
func (t *Tracker) Sync() {
	if len(t.watched.all) > 0 && t.looked <= showBudget {
		t.look()
	}
}

func (t *Tracker) look() {
	if t.syncing {
		return // a getter of a source reads the state
	}
	t.looked += t.weight
	_ = t.r.vm.Try(t.sync)
}

// sync brings the sources' changes into the state; it throws what can't be
// stored, of a source whose changes then wait.
func (t *Tracker) sync() {
	t.syncing = true
	defer func() { t.syncing = false }()
	for again := true; again; again = t.revived { // what came back was perhaps passed over
		t.revived = false
		for i := 0; i < len(t.watched.all); i++ { // grows while it adopts
			if f := t.watched.all[i]; !f.still && !f.n.detached && f.changed() {
				was := f.weight()
				f.apply()
				t.weight += f.weight() - was
			}
		}
	}
}

// alike compares two values as SameValue does; nil is a hole.
func alike(a, b goja.Value) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.SameAs(b)
}

// changed reports whether the object isn't as it was last seen.
func (f *source) changed() bool {
	switch f.class {
	case jsvalue.Plain:
		return f.from.Prototype() != f.proto || !f.sameMembers() || len(f.from.Symbols()) > 0
	case jsvalue.Array:
		if len(jsvalue.Extra(f.from, f.class)) > 0 {
			return true
		}
		if f.from.Prototype() != f.proto || f.from.Get("length").ToInteger() != int64(len(f.vals)) {
			return true
		}
		for i, v := range f.vals {
			if !alike(v, f.from.Get(itoa(i))) {
				return true
			}
		}
		return false
	case jsvalue.Map, jsvalue.Set:
		return !sameValues(f.vals, entriesOf(f.n.t.r.vm, f.from, f.class))
	case jsvalue.Error:
		keys, vals := errorMembers(f.n.t.r.vm, f.from)
		return !sameNames(f.keys, keys) || !sameValues(f.vals, vals)
	case jsvalue.Date:
		return !value.SameElem(jsvalue.TimeOf(f.from), f.data.time)
	case jsvalue.Bytes:
		return !bytes.Equal(f.data.live, f.data.bytes)
	case jsvalue.RegExp:
		return jsvalue.LastIndex(f.from) != f.last
	}
	return false
}

func (f *source) sameMembers() bool {
	if !sameNames(f.keys, f.from.Keys()) {
		return false
	}
	for i, k := range f.keys {
		if !alike(f.vals[i], f.from.Get(k)) {
			return false
		}
	}
	return true
}

func sameNames(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func sameValues(a, b []goja.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !alike(a[i], b[i]) {
			return false
		}
	}
	return true
}

func stepOf(c jsvalue.Class) int {
	if c == jsvalue.Set {
		return 1
	}
	return 2
}

// entriesOf are the keys and values of a Map by turns, or the items of a Set.
func entriesOf(vm *goja.Runtime, o *goja.Object, c jsvalue.Class) (vals []goja.Value) {
	jsvalue.Entries(vm, o, func(k, v goja.Value) {
		if vals = append(vals, k); c == jsvalue.Map {
			vals = append(vals, v)
		}
	})
	return vals
}

const whatWide = "named with a lone surrogate"

// wideName is the place of o's member k if its name has a lone surrogate, which
// shows as U+FFFD in k.
func wideName(vm *goja.Runtime, o *goja.Object, k string) string {
	if !strings.Contains(k, "\uFFFD") {
		return ""
	}
	for _, k := range jsvalue.Keys(vm, o) {
		if k.Wide() {
			return jsvalue.Segment(k.Name)
		}
	}
	return ""
}

// errorMembers are name, message and stack of an error, which are text, and
// its other members.
func errorMembers(vm *goja.Runtime, o *goja.Object) (keys []string, vals []goja.Value) {
	keys = errorKeys(o)
	vals = make([]goja.Value, len(keys))
	for i, k := range keys {
		v := o.Get(k)
		if i < errorTexts {
			v = jsvalue.NewString(vm, text(v))
		} else if v == nil {
			v = goja.Undefined()
		}
		vals[i] = v
	}
	return keys, vals
}

// errorTexts is how many of an error's members are text.
const errorTexts = 3

// setErrorField sets a member of an error, enumerable if it is by itself.
func setErrorField(o *goja.Object, name string, v goja.Value) error {
	seen := goja.FLAG_TRUE
	switch name {
	case "name", "message", "stack", "cause", "errors":
		seen = goja.FLAG_FALSE
	}
	return o.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, seen)
}

func text(v goja.Value) string {
	switch s := v.(type) {
	case goja.String:
		return jsvalue.String(s)
	case nil:
		return ""
	}
	return v.String()
}
