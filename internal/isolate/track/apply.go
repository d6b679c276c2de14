package track

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// apply does to the state what was done to the object. What the state itself
// changed meanwhile stays, but where the object changed too.
func (f *source) apply() {
	n, r := f.n, f.n.t.r
	if at, what := f.besides(); what != "" {
		n.t.refuseAt(n, []string{at}, what)
	}
	switch f.class {
	case jsvalue.Plain:
		f.applyMembers(f.from.Keys(), nil)
		if p := f.from.Prototype(); p != f.proto {
			f.proto = p
			r.setProto(n.target, p)
		}
	case jsvalue.Error:
		f.applyMembers(errorMembers(r.vm, f.from))
	case jsvalue.Map, jsvalue.Set:
		f.applyEntries(entriesOf(r.vm, f.from, f.class))
	case jsvalue.Array:
		f.applyElements()
		if p := f.from.Prototype(); p != f.proto {
			f.proto = p
			r.setProto(n.target, p)
		}
	case jsvalue.Date:
		f.data.time = jsvalue.TimeOf(f.from)
		must(r.setTime(n.target, r.vm.ToValue(f.data.time)))
		n.mark()
	case jsvalue.RegExp:
		f.last = jsvalue.LastIndex(f.from)
		_ = n.target.Set("lastIndex", f.last)
	case jsvalue.Bytes:
		for i, b := range f.data.live {
			if b != f.data.bytes[i] {
				f.data.bytes[i], n.live[i] = b, b
			}
		}
	}
}

// place is a member of an object, or an entry of a Map or Set.
type place struct {
	id   any  // compares as keys do
	free bool // has no place in the order of its making
	key  goja.Value
	name string
	val  goja.Value
	gone bool // is removed, and if it has a value, made anew at the end
}

// changes are what was done to a collection of places; counts says whether a
// place that has another value was changed.
func changes(old, now []place, counts func(place) bool) (todo []place) {
	at := make(map[any]int, len(old))
	for i, p := range old {
		at[p.id] = i
	}
	is := make(map[any]bool, len(now))
	for _, p := range now {
		is[p.id] = true
	}
	for _, p := range old {
		if !is[p.id] {
			p.gone, p.val = true, nil
			todo = append(todo, p)
		}
	}
	// What is new, or stands behind something that was behind it, was added
	// after all that still stands; so was all that follows it.
	last, added := -1, false
	for _, p := range now {
		i, had := at[p.id]
		if !p.free {
			added = added || !had || i < last
			last = i
		}
		p.gone = had && added && !p.free
		if !had || p.gone || !alike(old[i].val, p.val) && counts(p) {
			todo = append(todo, p)
		}
	}
	return todo
}

func (f *source) applyMembers(keys []string, vals []goja.Value) {
	n, t := f.n, f.n.t
	object := f.class == jsvalue.Plain
	if object {
		vals = make([]goja.Value, len(keys))
		for i, k := range keys {
			if wide := wideName(t.r.vm, f.from, k); wide != "" {
				t.refuseAt(n, []string{wide}, whatWide)
			}
			vals[i] = f.from.Get(k)
		}
	}
	todo := changes(members(f.keys, f.vals), members(keys, vals), func(p place) bool {
		if !object || !f.computed(p.name) {
			return true
		}
		vals[slices.Index(keys, p.name)] = f.vals[slices.Index(f.keys, p.name)]
		return false
	})
	for i, p := range todo {
		if p.val != nil {
			todo[i].val = t.adopt(p.val, n, p.name)
		}
	}
	for _, p := range todo {
		if p.gone && n.target.Delete(p.name) == nil {
			n.touch(p.name, true)
		}
		if p.val != nil && n.put(p.name, p.val) {
			n.touch(p.name, false)
		}
	}
	f.keys, f.vals = keys, vals
}

func members(keys []string, vals []goja.Value) []place {
	out := make([]place, len(keys))
	for i, k := range keys {
		_, free := value.ArrayIndex(k)
		out[i] = place{id: k, name: k, free: free, val: vals[i]}
	}
	return out
}

// computed reports whether a member is an accessor: it was evaluated when it was handed over.
func (f *source) computed(name string) bool {
	r := f.n.t.r
	d, ok := must(r.ownDesc(goja.Undefined(), f.from, r.vm.ToValue(name))).(*goja.Object)
	return ok && d.Get("get") != nil
}

// put makes a member of the copy.
func (n *node) put(name string, v goja.Value) bool {
	switch {
	case n.kind == value.KindError:
		return setErrorField(n.target, name, v) == nil
	case n.plain && name != "__proto__" && n.target.Set(name, v) == nil:
		return true
	}
	return n.target.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE) == nil
}

// applyEntries is applyMembers of a Map or Set.
func (f *source) applyEntries(vals []goja.Value) {
	n, t, r := f.n, f.n.t, f.n.t.r
	todo := changes(f.entries(f.vals), f.entries(vals), func(place) bool { return true })
	for i, p := range todo {
		if p.val == nil {
			todo[i].key = t.known(p.key)
			continue
		}
		todo[i].key = t.adopt(p.key, n, "key")
		todo[i].val = t.adopt(p.val, n, segmentOf(p.key))
	}
	for _, p := range todo {
		k := r.dirtyKey(p.key)
		if p.gone {
			del := r.mapDel
			if f.class == jsvalue.Set {
				del = r.setDel
			}
			must(del(n.target, p.key))
			n.touch(k, true)
		}
		if p.val == nil {
			continue
		}
		if f.class == jsvalue.Set {
			must(r.setAdd(n.target, p.key))
		} else {
			must(r.mapSet(n.target, p.key, p.val))
		}
		n.touch(k, false)
	}
	f.vals = vals
}

func (f *source) entries(vals []goja.Value) []place {
	step := stepOf(f.class)
	out := make([]place, 0, len(vals)/step)
	for i := 0; i < len(vals); i += step {
		p := place{key: vals[i], val: vals[i+step-1]}
		if o, ok := p.key.(*goja.Object); ok {
			p.id = o
		} else {
			leaf, _ := jsvalue.Leaf(p.key)
			p.id = normal(leaf)
		}
		out = append(out, p)
	}
	return out
}

// applyElements changes elements by their index. What was added at the end of
// the object is added at the end of the state's, which may be longer by now.
func (f *source) applyElements() {
	n, t := f.n, f.n.t
	old, l := f.vals, int(f.from.Get("length").ToInteger())
	if l > value.MaxArray {
		t.refuse(n, "length", "beyond the longest array")
	}
	now, todo := make([]goja.Value, l), make([]goja.Value, l)
	for i := range now {
		now[i] = f.from.Get(itoa(i))
		if now[i] != nil && (i >= len(old) || !alike(old[i], now[i])) {
			todo[i] = t.adopt(now[i], n, itoa(i))
		}
	}
	both := min(len(old), l)
	for i := range both {
		if !alike(old[i], now[i]) {
			n.setAt(i, todo[i])
		}
	}
	end := int(n.target.Get("length").ToInteger())
	if l < len(old) && l < end {
		n.cut(l, min(len(old), end), end)
	}
	for i := len(old); i < l; i++ {
		n.setAt(end+i-len(old), todo[i])
	}
	if l > len(old) && now[l-1] == nil {
		_ = n.target.Set("length", end+l-len(old))
	}
	f.vals = now
}

// setAt sets an element; nil makes a hole.
func (n *node) setAt(i int, v goja.Value) {
	if v == nil {
		_ = n.target.Delete(itoa(i))
	} else if n.target.Set(itoa(i), v) != nil {
		return
	}
	n.touch(i, false)
}

// cut takes out the elements from from to to of an array of length end.
func (n *node) cut(from, to, end int) {
	for i := to; i < end; i++ {
		n.setAt(from+i-to, n.target.Get(itoa(i)))
	}
	l := end - (to - from)
	if n.target.Set("length", l) == nil {
		n.truncated(l)
	}
}
