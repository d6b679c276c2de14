package track

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// found is an object that is about to become part of a state.
type found struct {
	obj   *goja.Object // as handed over
	from  *goja.Object // what to read: obj, or the target of a proxy of ours that was let go
	proxy *goja.Object // a proxy of ours that was let go, nil: make one
	class jsvalue.Class
	keys  []string
	vals  []goja.Value // members, elements (nil: hole), or keys and values by turns
	deep  bool         // some val is an object
	copy  bool         // build a copy instead of taking the object over
	name  string       // of the class, of an instance that is stored as a plain object
}

// survey collects the objects that a value would bring into the state, and
// changes nothing.
type survey struct {
	t    *Tracker
	seen map[*goja.Object]*found
	list []*found
	path []string
}

// adopt makes v part of the state and returns what to store in its place: v
// itself if it is primitive, else a proxy. It throws invalid_state_type, and
// has changed nothing then, if v can't be stored; at and key name the place.
func (t *Tracker) adopt(v goja.Value, at *node, key string) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		if _, sym := v.(*goja.Symbol); sym {
			t.refuse(at, key, "a symbol")
		}
		return v
	}
	n := t.r.nodes[o]
	if n != nil && n.t == t {
		return n.proxy
	}
	watch := true
	if n != nil { // of another actor: its copy
		c, err := jsvalue.Clone(t.r.vm, o)
		if err != nil {
			t.refuse(at, key, "an object that can't be copied")
		}
		if o, ok = c.(*goja.Object); !ok {
			return c
		}
		watch = false
	}
	s := &survey{t: t, seen: map[*goja.Object]*found{}}
	if what := s.visit(o); what != "" {
		t.refuseAt(at, key, s.path, what)
	}
	s.commit(watch)
	return t.r.nodes[o].proxy
}

// visit surveys o; what is "" or says what can't be stored, at s.path.
func (s *survey) visit(o *goja.Object) (what string) {
	r := s.t.r
	if n := r.nodes[o]; n != nil {
		if n.t != s.t {
			return "part of another actor's state"
		}
		return ""
	}
	if s.seen[o] != nil {
		return ""
	}
	if len(s.path) > value.MaxDepth {
		return "nested too deep"
	}
	f := &found{obj: o, from: o, class: jsvalue.ClassOf(r.vm, o)}
	if f.class == jsvalue.Proxy {
		p := o.Export().(goja.Proxy)
		t := p.Target()
		if t == nil {
			return "a revoked proxy"
		}
		if h := p.Handler(); h != nil && h.ExportType() == typeTraps {
			if r.nodes[t] != nil {
				return ""
			}
			if g := s.seen[t]; g != nil {
				if g.proxy == nil {
					g.proxy = o
				}
				s.seen[o] = g
				return ""
			}
			f.from, f.proxy = t, o
			f.class = jsvalue.ClassOf(r.vm, t)
			s.seen[t] = f
		} else {
			f.copy, f.class = true, jsvalue.Plain
			if jsvalue.IsArray(o) {
				f.class = jsvalue.Array
			}
		}
	}
	s.seen[o] = f
	s.list = append(s.list, f)
	return s.content(f)
}

func (s *survey) content(f *found) (what string) {
	vm := s.t.r.vm
	switch f.class {
	case jsvalue.Plain:
		if p := f.from.Prototype(); p != nil && p.Prototype() != nil {
			f.name = jsvalue.ClassName(f.from)
		}
		for _, k := range jsvalue.Keys(vm, f.from) {
			if k.Wide() {
				s.path = append(s.path, jsvalue.Segment(k.Name))
				return "named with a lone surrogate"
			}
			if what = s.child(f, k.Name, f.from.Get(k.Name)); what != "" {
				return what
			}
		}
	case jsvalue.Array:
		n := f.from.Get("length").ToInteger()
		if n > value.MaxArray {
			return "an array of too many elements"
		}
		for i := range int(n) {
			k := itoa(i)
			v := f.from.Get(k)
			if v == nil {
				f.vals = append(f.vals, nil)
			} else if what = s.child(f, k, v); what != "" {
				return what
			}
		}
	case jsvalue.Map, jsvalue.Set:
		jsvalue.Entries(vm, f.from, func(k, v goja.Value) {
			if what == "" {
				what = s.child(f, "key", k)
			}
			if what == "" && f.class == jsvalue.Map {
				what = s.child(f, segmentOf(k), v)
			}
		})
	case jsvalue.Error:
		for _, k := range jsvalue.ErrorFields(f.from) {
			if what = s.child(f, k, f.from.Get(k)); what != "" {
				return what
			}
		}
	case jsvalue.Date, jsvalue.RegExp, jsvalue.Bytes:
	case jsvalue.Function:
		return "a function"
	case jsvalue.Boxed:
		return "a boxed primitive"
	default:
		return "a " + jsvalue.ClassName(f.from)
	}
	return what
}

func (s *survey) child(f *found, key string, v goja.Value) (what string) {
	f.keys = append(f.keys, key)
	f.vals = append(f.vals, v)
	o, ok := v.(*goja.Object)
	if _, sym := v.(*goja.Symbol); !ok && !sym {
		return ""
	}
	s.path = append(s.path, jsvalue.Segment(key))
	if !ok {
		return "a symbol"
	}
	f.deep = true
	if what = s.visit(o); what == "" {
		s.path = s.path[:len(s.path)-1]
	}
	return what
}

var kinds = [...]value.NodeKind{jsvalue.Plain: value.KindObject, jsvalue.Array: value.KindArray, jsvalue.Map: value.KindMap, jsvalue.Set: value.KindSet,
	jsvalue.Date: value.KindDate, jsvalue.RegExp: value.KindRegExp, jsvalue.Error: value.KindError, jsvalue.Bytes: value.KindBytes}

// commit makes nodes of all that was found, then puts their proxies where the
// objects themselves stand.
func (s *survey) commit(watch bool) {
	r := s.t.r
	for _, f := range s.list {
		n := s.t.newNode(kinds[f.class], f.target(r), f.proxy)
		if f.obj != n.target && f.obj != n.proxy {
			n.orig = f.obj
			r.nodes[f.obj] = n
		}
		if watch && !f.copy && (n.kind == value.KindObject || n.kind == value.KindArray) {
			s.t.watched = append(s.t.watched, n)
		}
		if f.name != "" && s.t.opts.OnClassInstance != nil {
			s.t.opts.OnClassInstance(f.name)
		}
	}
	for _, f := range s.list {
		if f.deep || f.copy {
			f.rewrite(r, r.nodes[f.obj])
		}
	}
}

// target is the object that is to be tracked. One that refuses changes can't
// take the proxies of its children: a copy stands for it.
func (f *found) target(r *Realm) *goja.Object {
	if f.deep && !f.copy && (f.class == jsvalue.Plain || f.class == jsvalue.Array) {
		f.copy = must(r.frozen(goja.Undefined(), f.from)).ToBoolean()
	}
	if !f.copy {
		return f.from
	}
	if f.class == jsvalue.Array {
		return r.vm.NewArray()
	}
	o := r.vm.NewObject()
	_ = o.SetPrototype(f.from.Prototype())
	return o
}

func (f *found) rewrite(r *Realm, n *node) {
	switch f.class {
	case jsvalue.Array:
		for i, v := range f.vals {
			if nv, moved := r.swap(v); v != nil && (f.copy || moved) {
				_ = n.target.Set(itoa(i), nv)
			}
		}
		if f.copy {
			_ = n.target.Set("length", len(f.vals))
		}
	case jsvalue.Map, jsvalue.Set:
		f.rewriteEntries(r, n)
	default:
		for i, k := range f.keys {
			if nv, moved := r.swap(f.vals[i]); f.copy || moved {
				jsvalue.Define(r.vm, n.target, k, nv)
			}
		}
	}
}

// rewriteEntries replaces values in place; a key that changes needs the whole
// collection to be built anew, to keep its order.
func (f *found) rewriteEntries(r *Realm, n *node) {
	step := 2
	if f.class == jsvalue.Set {
		step = 1
	}
	again := false
	for i := 0; i < len(f.vals); i += step {
		_, moved := r.swap(f.vals[i])
		again = again || moved
	}
	if again {
		if step == 1 {
			must(r.setClear(n.target))
		} else {
			must(r.mapClear(n.target))
		}
	}
	for i := 0; i < len(f.vals); i += step {
		k := r.known(f.vals[i])
		if step == 2 {
			must(r.mapSet(n.target, k, r.known(f.vals[i+1])))
		} else if again {
			must(r.setAdd(n.target, k))
		}
	}
}

func (t *Tracker) refuse(at *node, key, what string) { t.refuseAt(at, key, nil, what) }

// refuseAt throws invalid_state_type into the script.
func (t *Tracker) refuseAt(at *node, key string, path []string, what string) {
	if len(path) > 16 {
		path = append(append([]string{}, path[:16]...), "…")
	}
	place := t.opts.Root
	if at != nil {
		place += t.pathOf(at) + jsvalue.Segment(key)
	}
	err := errs.New(errs.InvalidStateType, "%s%s is %s, which can't be stored in the state", place, strings.Join(path, ""), what).
		WithHint("State holds plain data: null, booleans, numbers, strings, BigInt, Date, RegExp, Error, binary data, Map, Set, arrays and objects. Keep the rest in vars.")
	panic(t.throwable(err))
}

// throwable is err as a JavaScript TypeError that carries its code and hint.
func (t *Tracker) throwable(err *errs.Error) goja.Value {
	o := jsvalue.Construct(t.r.vm, "TypeError", t.r.vm.ToValue(err.Msg))
	_ = o.DefineDataProperty("code", t.r.vm.ToValue(string(err.Code)), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	_ = o.DefineDataProperty("hint", t.r.vm.ToValue(err.Hint), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return o
}

// pathOf is where at stands in the state as of the last Flush, "" for the root
// or if it isn't there yet.
func (t *Tracker) pathOf(at *node) string {
	type step struct {
		id   value.Ref
		path string
	}
	root, ok := t.g.Root().(value.Ref)
	if !ok || at.id == 0 {
		return ""
	}
	seen := map[value.Ref]bool{root: true}
	for queue := []step{{root, ""}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		if s.id == at.id {
			return s.path
		}
		visit := func(key string, e value.Elem) {
			if r, ok := e.(value.Ref); ok && !seen[r] {
				seen[r] = true
				queue = append(queue, step{r, s.path + jsvalue.Segment(key)})
			}
		}
		n := t.g.Node(s.id)
		for i, e := range n.Items {
			visit(itoa(i), e)
		}
		n.Each(func(k, v value.Elem) bool {
			name, ok := k.(string)
			if !ok {
				name = "entry"
			}
			visit(name, v)
			return true
		})
	}
	return ""
}
