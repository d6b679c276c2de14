package track

import (
	"bytes"
	"slices"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// Flush returns what changed since the last one as a patch of the graph that
// was loaded and all earlier patches; nil if nothing did.
//
// It fails if a script put something that can't be stored into an object that
// it had handed to the state, by a reference of its own. Nothing is flushed
// then; the way back is to Load the durable state, as it is after a turn whose
// state is over its limit.
func (t *Tracker) Flush() (patch []byte, err error) {
	if !t.Dirty() {
		return nil, nil
	}
	f := flusher{t: t, e: t.g.Edit()}
	if ex := t.r.vm.Try(func() { f.scan(); f.run() }); ex != nil {
		return nil, ex
	}
	patch, freed, err := f.e.Patch()
	if err != nil {
		return nil, err
	}
	t.settle(freed)
	return patch, nil
}

// settle forgets the objects that are no longer part of the state.
func (t *Tracker) settle(freed []value.Ref) {
	t.looked = 0
	for _, id := range freed {
		if n := t.live[id]; n != nil {
			t.release(n)
		}
	}
	for _, n := range t.fresh {
		if n.id == 0 {
			t.release(n)
		}
	}
	clear(t.fresh)
	t.fresh = t.fresh[:0]
}

// release lets go of a node, but stays able to tell its source until Seal: both
// may come back, and are one object.
func (t *Tracker) release(n *node) {
	if n.src == nil {
		t.r.letGo(n)
		t.forget(n)
		return
	}
	delete(t.live, n.id)
	n.id, n.dirty, n.detached, n.touched = 0, nil, true, true
}

type flusher struct {
	t     *Tracker
	e     *value.Editor
	queue []*node // that need to be written whole
}

// scan looks through the objects that scripts may have changed behind the
// proxies. It adopts what they hold, so that later steps can't fail.
func (f *flusher) scan() {
	t := f.t
	if len(t.watched.all) > 0 {
		t.sync()
	}
	for n := range t.scanned {
		switch {
		case n.kind == value.KindError:
			f.absorb(n, jsvalue.ErrorFields(n.target))
			if n.id != 0 {
				n.mark().all = true
			}
		case n.id == 0:
		case n.kind == value.KindRegExp:
			if jsvalue.LastIndex(n.target) != t.g.Node(n.id).RegExp.LastIndex {
				n.mark()
			}
		case !bytes.Equal(n.live, t.g.Node(n.id).Bytes.Data):
			n.mark()
		}
	}
}

// absorb adopts the raw objects among n's members.
func (f *flusher) absorb(n *node, keys []string) {
	for _, k := range keys {
		v := n.target.Get(k)
		if v == nil {
			continue
		}
		switch v.(type) {
		case *goja.Object, *goja.Symbol:
			if nv := f.t.adopt(v, n, k); nv != v {
				_ = n.target.Set(k, nv)
			}
		}
	}
}

func (f *flusher) run() {
	t := f.t
	if t.rootDirty {
		if e := f.elem(t.root); !value.SameElem(e, t.g.Root()) {
			f.e.SetRoot(e)
		}
		t.rootDirty = false
	}
	for i := 0; i < len(t.dirty); i++ {
		n := t.dirty[i]
		d := n.dirty
		n.dirty = nil
		if m := t.g.Node(n.id); m != nil && d != nil { // else it is written whole
			f.node(n, m, d)
		}
	}
	clear(t.dirty)
	t.dirty = t.dirty[:0]
	for len(f.queue) > 0 {
		n := f.queue[len(f.queue)-1]
		f.queue = f.queue[:len(f.queue)-1]
		f.whole(n)
	}
}

// elem is v as it is stored; an object that the image doesn't have is queued.
func (f *flusher) elem(v goja.Value) value.Elem {
	o, ok := v.(*goja.Object)
	if !ok {
		leaf, _ := jsvalue.Leaf(v)
		return leaf
	}
	n := f.t.r.nodes[o]
	if n == nil || n.t != f.t || n.detached {
		n = f.t.r.nodes[f.t.adopt(o, nil, "").(*goja.Object)]
	}
	if n.id == 0 {
		n.id = f.t.g.NewID()
		f.t.live[n.id] = n
		f.queue = append(f.queue, n)
	}
	return n.id
}

// whole writes a node that the image doesn't have yet.
func (f *flusher) whole(n *node) {
	m := &value.Node{ID: n.id, Kind: n.kind}
	r := f.t.r
	switch n.kind {
	case value.KindObject:
		m.NullProto = n.target.Prototype() == nil
		if n.src != nil && !n.touched { // the target holds the same
			for i, k := range n.src.keys {
				m.Put(k, f.elem(f.t.known(n.src.vals[i])))
			}
			break
		}
		for _, k := range n.target.Keys() {
			m.Put(k, f.elem(n.target.Get(k)))
		}
	case value.KindError:
		for _, k := range errorKeys(n.target) {
			m.Put(k, f.elem(n.target.Get(k)))
		}
	case value.KindArray:
		if n.src != nil && !n.touched {
			m.Items = make([]value.Elem, len(n.src.vals))
			for i, v := range n.src.vals {
				if m.Items[i] = (value.Hole{}); v != nil {
					m.Items[i] = f.elem(f.t.known(v))
				}
			}
			break
		}
		m.Items = f.elements(n, 0)
	case value.KindMap, value.KindSet:
		jsvalue.Entries(r.vm, n.target, func(k, v goja.Value) { m.Put(f.elem(k), f.elem(v)) })
	case value.KindDate:
		m.Time = jsvalue.TimeOf(n.target)
	case value.KindRegExp:
		text := func(k string) string { s, _ := jsvalue.Leaf(n.target.Get(k)); str, _ := s.(string); return str }
		m.RegExp = value.RegExp{Source: text("source"), Flags: text("flags"), LastIndex: jsvalue.LastIndex(n.target)}
	case value.KindBytes:
		m.Bytes = value.Bytes{Kind: n.bytes, Data: append([]byte{}, n.live...)}
		if m.Block = n.share(); m.Block != 0 {
			m.Bytes.Offset = n.at
		}
	}
	f.e.Add(m)
}

func errorKeys(o *goja.Object) []string {
	return append([]string{"name", "message", "stack"}, jsvalue.ErrorFields(o)...)
}

// elements are an array's from index from on.
func (f *flusher) elements(n *node, from int) []value.Elem {
	l := int(n.target.Get("length").ToInteger())
	items := make([]value.Elem, 0, max(0, l-from))
	for i := from; i < l; i++ {
		items = append(items, f.element(n, i))
	}
	return items
}

func (f *flusher) element(n *node, i int) value.Elem {
	v := n.target.Get(itoa(i))
	if v == nil {
		return value.Hole{}
	}
	return f.elem(v)
}

// node writes what changed in a node that the image has.
func (f *flusher) node(n *node, m *value.Node, d *dirty) {
	switch n.kind {
	case value.KindObject:
		if null := n.target.Prototype() == nil; null != m.NullProto {
			f.e.SetNullProto(m, null)
		}
		if d.all {
			f.compare(n, m, n.target.Keys())
			return
		}
		f.keyed(m, d, func(key any) (value.Elem, goja.Value, bool) {
			v, ok := n.own(key.(string))
			return key, v, ok
		})
	case value.KindError:
		f.compare(n, m, errorKeys(n.target))
	case value.KindArray:
		f.array(n, m, d)
	case value.KindMap, value.KindSet:
		f.entries(n, m, d)
	case value.KindDate:
		if ms := jsvalue.TimeOf(n.target); !value.SameElem(ms, m.Time) {
			f.e.SetTime(m, ms)
		}
	case value.KindRegExp:
		if at := jsvalue.LastIndex(n.target); at != m.RegExp.LastIndex {
			f.e.SetLastIndex(m, at)
		}
	case value.KindBytes:
		if b := n.share(); b != m.Block {
			f.e.Share(m, b, n.at)
		}
		f.e.SetBytes(m, n.live)
	}
}

// own is an enumerable own member of an object.
func (n *node) own(key string) (goja.Value, bool) {
	r := n.t.r
	v := n.target.Get(key)
	if n.plain && !n.odd && (v == nil || r.objectProto.Get(key) == nil) {
		return v, v != nil
	}
	d, ok := must(r.ownDesc(goja.Undefined(), n.target, r.vm.ToValue(key))).(*goja.Object)
	if !ok || !d.Get("enumerable").ToBoolean() {
		return nil, false
	}
	return v, true
}

// keyed writes the touched members, new ones in the order of their making.
func (f *flusher) keyed(m *value.Node, d *dirty, get func(key any) (value.Elem, goja.Value, bool)) {
	for _, t := range d.keys {
		if t.moved {
			continue
		}
		key, v, ok := get(t.key)
		if t.removed || !ok {
			f.e.Delete(m, key)
		}
		if !ok {
			continue
		}
		e := f.elem(v)
		if old, had := m.Get(key); !had || m.Kind != value.KindSet && !value.SameElem(old, e) {
			f.e.Set(m, key, e)
		}
	}
}

// compare brings all members up to date; from the first one that isn't in its
// place on, they are written anew.
func (f *flusher) compare(n *node, m *value.Node, keys []string) {
	now := make(map[string]bool, len(keys))
	for _, k := range keys {
		now[k] = true
	}
	var old, gone []string
	m.Each(func(k, _ value.Elem) bool {
		if now[k.(string)] {
			old = append(old, k.(string))
		} else {
			gone = append(gone, k.(string))
		}
		return true
	})
	for _, k := range gone {
		f.e.Delete(m, k)
	}
	same := 0
	for same < len(old) && old[same] == keys[same] {
		same++
	}
	for _, k := range old[same:] {
		f.e.Delete(m, k)
	}
	for _, k := range keys {
		e := f.elem(n.target.Get(k))
		if was, had := m.Get(k); !had || !value.SameElem(was, e) {
			f.e.Set(m, k, e)
		}
	}
}

func (f *flusher) entries(n *node, m *value.Node, d *dirty) {
	r := f.t.r
	if d.clear {
		f.e.Clear(m)
		jsvalue.Entries(r.vm, n.target, func(k, v goja.Value) { f.e.Set(m, f.elem(k), f.elem(v)) })
		return
	}
	has, get := r.mapHas, r.mapGet
	if n.kind == value.KindSet {
		has = r.setHas
		get = func(_ goja.Value, args ...goja.Value) (goja.Value, error) { return args[0], nil }
	}
	f.keyed(m, d, func(key any) (value.Elem, goja.Value, bool) {
		k, js := f.key(key)
		if js == nil || !must(has(n.target, js)).ToBoolean() {
			return k, nil, false
		}
		if kn, ok := key.(*node); ok {
			k = f.elem(kn.proxy)
		}
		return k, must(get(n.target, js)), true
	})
}

// key is a touched key of a Map or Set as it is stored and as it is in the runtime.
func (f *flusher) key(key any) (value.Elem, goja.Value) {
	switch k := key.(type) {
	case *node:
		return k.id, k.proxy
	case nanKey:
		return nan, f.t.r.vm.ToValue(nan)
	case bigKey:
		b := k.big()
		return b, f.t.r.vm.ToValue(b)
	}
	js, _ := jsvalue.FromLeaf(f.t.r.vm, key)
	return key, js
}

// array writes the touched elements, and from the least length that the array
// had in between, all.
func (f *flusher) array(n *node, m *value.Node, d *dirty) {
	length := int(n.target.Get("length").ToInteger())
	from := min(len(m.Items), length)
	if d.short >= 0 {
		from = min(from, d.short)
	}
	if d.all || len(d.keys) > from/2+8 {
		from = 0
	}
	for _, t := range d.keys {
		if i := t.key.(int); i < from {
			if e := f.element(n, i); !value.SameElem(e, m.Items[i]) {
				f.e.SetIndex(m, i, e)
			}
		}
	}
	now, old := f.elements(n, from), m.Items[from:]
	if k := queued(old, now); k > 0 {
		f.e.Splice(m, len(m.Items), 0, now[len(now)-k:])
		f.e.Splice(m, from, k, nil)
		return
	}
	if len(now) == len(old) {
		for i, e := range now {
			if !value.SameElem(e, m.Items[from+i]) {
				f.e.SetIndex(m, from+i, e)
			}
		}
		return
	}
	for len(now) > 0 && len(old) > 0 && value.SameElem(now[0], old[0]) {
		now, old, from = now[1:], old[1:], from+1
	}
	for len(now) > 0 && len(old) > 0 && value.SameElem(now[len(now)-1], old[len(old)-1]) {
		now, old = now[:len(now)-1], old[:len(old)-1]
	}
	f.e.Splice(m, from, len(old), now)
}

// queued is how many elements left the front of old while as many joined its
// end to make now (a log of bounded length), 0 if that isn't what happened.
func queued(old, now []value.Elem) int {
	const most = 16
	if len(old) != len(now) || len(old) < 2*most {
		return 0
	}
	for k := 1; k <= most; k++ {
		if value.SameElem(old[k], now[0]) && slices.EqualFunc(old[k:], now[:len(now)-k], value.SameElem) {
			return k
		}
	}
	return 0
}
