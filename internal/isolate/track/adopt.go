package track

import (
	"bytes"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// source is an object that is about to become part of a state and, once it is,
// the object as its script has it: what was last seen of it, to be compared.
type source struct {
	obj   *goja.Object // as handed over
	from  *goja.Object // what to read: obj, or the target of a proxy of ours that was let go
	proxy *goja.Object // a proxy of ours that was let go, nil: make one
	n     *node        // what stands for it in the state
	class jsvalue.Class
	keys  []string     // of members
	vals  []goja.Value // members, elements (nil: hole), or keys and values by turns
	proto *goja.Object
	data  *sourceData // of a Date or Bytes
	last  int         // index of a RegExp
	name  string      // of the class, of an instance that is stored as a plain object
	deep  bool        // some val is an object
	ours  bool        // taken as it is: no script has it but through us
	still bool        // not watched
	guest bool        // of another state: copied as it is now, and forgotten
	hosts bool        // some val is a guest
}

type sourceData struct {
	time  float64 // of a Date
	live  []byte  // of Bytes: the memory of obj
	bytes []byte  // what was last seen of it
}

// survey collects the objects that a value would bring into the state, and
// changes nothing.
type survey struct {
	t    *Tracker
	take bool // they are ours
	list sources
	path []string
}

// adopt makes v part of the state and returns what to store in its place: v
// itself if it is primitive, else what stands for a copy of it. It throws
// invalid_state_type, and has changed nothing then, if v can't be stored; at
// and key name the place.
func (t *Tracker) adopt(v goja.Value, at *node, key string) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		if _, sym := v.(*goja.Symbol); sym {
			if at == nil {
				t.refuseAt(nil, nil, "a symbol")
			}
			t.refuse(at, key, "a symbol")
		}
		return v
	}
	n, foreign := t.find(o)
	if n != nil && !n.detached {
		return n.proxy
	}
	s := survey{t: t}
	if foreign { // of another actor: its copy
		c, err := jsvalue.Clone(t.r.vm, o)
		if err != nil {
			t.refuse(at, key, "an object that can't be copied")
		}
		if o, ok = c.(*goja.Object); !ok {
			return c
		}
		s.take = true
	}
	if what := s.visit(o); what != "" {
		path := s.path
		if at != nil {
			path = append([]string{jsvalue.Segment(key)}, path...)
		}
		t.refuseAt(at, path, what)
	}
	s.commit()
	return s.list.all[0].n.proxy
}

// visit surveys o; what is "" or says what can't be stored, at s.path.
func (s *survey) visit(o *goja.Object) (what string) {
	r := s.t.r
	n, foreign := s.t.find(o)
	if n != nil && !n.detached {
		return ""
	}
	if foreign {
		return s.visitGuest(o)
	}
	if n != nil {
		o = n.target
	}
	if s.list.of(o) != nil {
		return ""
	}
	if len(s.path) > value.MaxDepth {
		return "nested too deep"
	}
	f := &source{obj: o, from: o, n: n, class: jsvalue.ClassOf(r.vm, o), ours: s.take || n != nil}
	switch f.class {
	case jsvalue.Proxy:
		p := o.Export().(goja.Proxy)
		t := p.Target()
		if t == nil {
			return "a revoked proxy"
		}
		if h := p.Handler(); h != nil && h.ExportType() == typeTraps {
			f.from, f.proxy, f.ours = t, o, true
			f.class = jsvalue.ClassOf(r.vm, t)
			break
		}
		f.still, f.class = true, jsvalue.Plain
		if jsvalue.IsArray(o) {
			f.class = jsvalue.Array
		}
	case jsvalue.Map, jsvalue.Set, jsvalue.Date, jsvalue.RegExp, jsvalue.Error, jsvalue.Bytes:
		f.ours = f.ours || r.wasOurs(o)
	}
	s.list.add(f)
	return s.content(f)
}

// visitGuest surveys a part of another state, such as a connection's.
func (s *survey) visitGuest(o *goja.Object) (what string) {
	if s.list.of(o) != nil {
		return ""
	}
	if len(s.path) > value.MaxDepth {
		return "nested too deep"
	}
	r := s.t.r
	f := &source{obj: o, from: o, class: jsvalue.ClassOf(r.vm, o), still: true, guest: true}
	switch f.class {
	case jsvalue.Proxy:
		f.class = jsvalue.ClassOf(r.vm, r.nodes[o].target) // read by its own tracker's traps
	case jsvalue.Bytes: // its memory goes on changing
		c, err := jsvalue.Clone(r.vm, o)
		if err != nil {
			return "an object that can't be copied"
		}
		f.from = c.(*goja.Object)
	}
	s.list.add(f)
	return s.content(f)
}

func (s *survey) content(f *source) (what string) {
	vm := s.t.r.vm
	if f.class <= jsvalue.Set {
		if o := jsvalue.Unwrap(f.from); o != nil && s.t.r.fromHost(o) {
			return jsvalue.Named(o)
		}
	}
	if !f.still && !f.ours {
		if at, what := f.besides(); what != "" {
			s.path = append(s.path, at)
			return what
		}
	}
	switch f.class {
	case jsvalue.Plain:
		f.proto = f.from.Prototype()
		if f.proto != nil && f.proto.Prototype() != nil {
			f.name = jsvalue.ClassName(f.from)
		}
		f.keys = f.from.Keys()
		f.vals = make([]goja.Value, len(f.keys))
		for i, k := range f.keys {
			if wide := wideName(vm, f.from, k); wide != "" {
				s.path = append(s.path, wide)
				return whatWide
			}
			if what = s.child(f, i, k, f.from.Get(k)); what != "" {
				return what
			}
		}
	case jsvalue.Array:
		f.proto = f.from.Prototype()
		n := f.from.Get("length").ToInteger()
		if n > value.MaxArray {
			return "an array of too many elements"
		}
		f.vals = make([]goja.Value, n)
		for i := range int(n) {
			k := itoa(i)
			if v := f.from.Get(k); v != nil {
				if what = s.child(f, i, k, v); what != "" {
					return what
				}
			}
		}
	case jsvalue.Map, jsvalue.Set:
		f.vals = entriesOf(vm, f.from, f.class)
		step := stepOf(f.class)
		for i, v := range f.vals {
			key := "key"
			if i%step == 1 {
				key = segmentOf(f.vals[i-1])
			}
			if what = s.child(f, i, key, v); what != "" {
				return what
			}
		}
	case jsvalue.Error:
		f.keys, f.vals = errorMembers(vm, f.from)
		for i, k := range f.keys {
			if what = s.child(f, i, k, f.vals[i]); what != "" {
				return what
			}
		}
	case jsvalue.Date:
		f.data = &sourceData{time: jsvalue.TimeOf(f.from)}
	case jsvalue.Bytes:
		if !f.ours {
			_, live := jsvalue.BytesOf(vm, f.from)
			f.data = &sourceData{live: live, bytes: bytes.Clone(live)}
		}
	case jsvalue.RegExp:
		f.last = jsvalue.LastIndex(f.from)
	case jsvalue.Function:
		return "a function"
	case jsvalue.Boxed:
		return "a boxed primitive"
	default:
		return jsvalue.Named(f.from)
	}
	return what
}

// besides looks for a member that the stored form has no place for: named by a
// symbol, or by a name and not of an object; at is where in f it is.
func (f *source) besides() (at, what string) {
	switch f.class {
	case jsvalue.Array, jsvalue.Map, jsvalue.Set, jsvalue.Date, jsvalue.RegExp, jsvalue.Bytes:
		if names := jsvalue.Extra(f.from, f.class); len(names) > 0 {
			return jsvalue.Segment(names[0]), whatNamed + jsvalue.Named(f.from)
		}
	case jsvalue.Plain, jsvalue.Error:
	default:
		return "", "" // says so itself
	}
	if syms := f.from.Symbols(); len(syms) > 0 {
		return symbolSegment(syms[0]), whatSymbol
	}
	return "", ""
}

const (
	whatNamed  = "a named member of "
	whatSymbol = "named by a symbol"
)

func symbolSegment(sym *goja.Symbol) string { return "[Symbol(" + sym.String() + ")]" }

// child surveys v, which is f's i-th.
func (s *survey) child(f *source, i int, key string, v goja.Value) (what string) {
	f.vals[i] = v
	o, ok := v.(*goja.Object)
	if _, sym := v.(*goja.Symbol); !ok && !sym {
		return ""
	}
	s.path = append(s.path, jsvalue.Segment(key))
	if !ok {
		return "a symbol"
	}
	f.deep = true
	if _, foreign := s.t.find(o); foreign {
		f.hosts = true
	}
	if what = s.visit(o); what == "" {
		s.path = s.path[:len(s.path)-1]
	}
	return what
}

var kinds = [...]value.NodeKind{jsvalue.Plain: value.KindObject, jsvalue.Array: value.KindArray, jsvalue.Map: value.KindMap, jsvalue.Set: value.KindSet,
	jsvalue.Date: value.KindDate, jsvalue.RegExp: value.KindRegExp, jsvalue.Error: value.KindError, jsvalue.Bytes: value.KindBytes}

// commit makes nodes of all that was found, then fills them: scripts keep
// their own objects, and the copies hold the proxies of their children.
func (s *survey) commit() {
	t := s.t
	s.copyMemory()
	guests := false
	for _, f := range s.list.all {
		switch {
		case f.n != nil: // it comes back
			f.n.detached, t.revived = false, true
			t.fresh = append(t.fresh, f.n)
		case f.ours:
			f.n = t.newNode(kinds[f.class], f.from, f.proxy)
		default:
			f.n = t.newNode(kinds[f.class], f.blank(t), nil)
			t.watched.add(f)
			if guests = guests || f.guest; !f.guest {
				f.n.touched = f.hosts
				f.n.src = f // until Seal, also of what isn't watched: it is one object
				t.weight += f.weight()
			}
		}
		if f.name != "" && t.opts.OnClassInstance != nil {
			t.opts.OnClassInstance(f.name)
		}
	}
	for _, f := range s.list.all {
		if f.deep || !f.ours {
			f.fill()
		}
		f.n.finish()
	}
	if guests { // the next time they are other copies
		all := t.watched.all
		t.watched = sources{}
		for _, f := range all {
			if !f.guest {
				t.watched.add(f)
			}
		}
	}
}

// blank is an empty object of f's class, with a prototype that is stored.
func (f *source) blank(t *Tracker) *goja.Object {
	vm := t.r.vm
	var o *goja.Object
	switch f.class {
	case jsvalue.Plain:
		if f.proto == nil {
			return vm.CreateObject(nil)
		}
		return vm.NewObject() // of an instance, too: it is read as it will be after a sleep
	case jsvalue.Array:
		o = vm.NewArray()
	case jsvalue.Map:
		o = jsvalue.Construct(vm, "Map")
	case jsvalue.Set:
		o = jsvalue.Construct(vm, "Set")
	case jsvalue.Date:
		o = jsvalue.NewDate(vm, f.data.time)
	case jsvalue.RegExp:
		o = jsvalue.NewRegExp(vm, text(f.from.Get("source")), text(f.from.Get("flags")))
		jsvalue.SetLastIndex(o, f.last)
	case jsvalue.Bytes:
		o = f.view(t)
	case jsvalue.Error:
		o = jsvalue.NewError(vm, text(f.vals[0]), text(f.vals[1]), text(f.vals[2]))
	}
	if f.class == jsvalue.Error && text(o.Get("name")) != text(f.vals[0]) {
		setErrorField(o, "name", vm.ToValue(text(f.vals[0])))
	}
	return o
}

// fill puts the members into a copy, or adopted ones in the place of raw ones
// into an object that is ours.
func (f *source) fill() {
	n, t := f.n, f.n.t
	switch f.class {
	case jsvalue.Array:
		f.fillArray()
	case jsvalue.Map, jsvalue.Set:
		f.fillEntries()
	default:
		for i, k := range f.keys {
			if nv, moved := t.swap(f.vals[i]); !f.ours || moved {
				n.put(k, nv)
			}
		}
	}
}

func (f *source) fillArray() {
	n, t := f.n, f.n.t
	if f.ours {
		for i, v := range f.vals {
			if nv, moved := t.swap(v); moved {
				_ = n.target.Set(itoa(i), nv)
			}
		}
		return
	}
	if slices.Contains(f.vals, nil) {
		for i, v := range f.vals {
			if v != nil {
				_ = n.target.Set(itoa(i), t.known(v))
			}
		}
		_ = n.target.Set("length", len(f.vals))
		return
	}
	vals := f.vals
	if f.deep {
		vals = make([]goja.Value, len(f.vals))
		for i, v := range f.vals {
			vals[i] = t.known(v)
		}
	}
	must(t.r.push(n.target, vals...))
}

// fillEntries replaces values in place; a key that changes needs the whole
// collection to be built anew, to keep its order.
func (f *source) fillEntries() {
	n, t, r := f.n, f.n.t, f.n.t.r
	step := stepOf(f.class)
	again := !f.ours
	for i := 0; i < len(f.vals); i += step {
		_, moved := t.swap(f.vals[i])
		again = again || moved
	}
	if again && f.ours {
		must(n.clearing()(n.target))
	}
	for i := 0; i < len(f.vals); i += step {
		k := t.known(f.vals[i])
		if step == 2 {
			must(r.mapSet(n.target, k, t.known(f.vals[i+1])))
		} else if again {
			must(r.setAdd(n.target, k))
		}
	}
}

func (n *node) clearing() goja.Callable {
	if n.kind == value.KindSet {
		return n.t.r.setClear
	}
	return n.t.r.mapClear
}

func (t *Tracker) refuse(at *node, key, what string) {
	t.refuseAt(at, []string{jsvalue.Segment(key)}, what)
}

// refuseAt throws invalid_state_type into the script; path begins at at, or at
// the root of the state if at is nil.
func (t *Tracker) refuseAt(at *node, path []string, what string) {
	if len(path) > 16 {
		path = append(append([]string{}, path[:16]...), "…")
	}
	place := t.opts.Root
	if at != nil {
		place += t.pathOf(at)
	}
	hint := "State holds plain data: null, booleans, numbers, strings, BigInt, Date, RegExp, Error, binary data, Map, Set, arrays and objects. Keep the rest in vars."
	if strings.HasPrefix(what, whatNamed) {
		hint = "Of an array, Map or the like the state keeps what it holds, no members beside that: store a copy, as [...value] of what match() returns, or an object."
	}
	err := errs.New(errs.InvalidStateType, "%s%s is %s, which can't be stored in the state", place, strings.Join(path, ""), what).
		WithHint("%s", hint)
	panic(t.throwable(err))
}

// throwable is err as a JavaScript TypeError that carries its code and hint.
func (t *Tracker) throwable(err *errs.Error) goja.Value {
	o := jsvalue.Construct(t.r.vm, "TypeError", t.r.vm.ToValue(err.Msg))
	_ = o.DefineDataProperty("code", t.r.vm.ToValue(string(err.Code)), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	_ = o.DefineDataProperty("hint", t.r.vm.ToValue(err.Hint), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return o
}
