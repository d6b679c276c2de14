package track

import (
	"fmt"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// Options configure a Tracker.
type Options struct {
	// Root begins the paths in errors; "": "state".
	Root string
	// OnClassInstance is told the class of every instance that becomes part of
	// the state, which stores it as a plain object.
	OnClassInstance func(name string)
}

// Tracker keeps one actor's state in a runtime. It starts as undefined; Load
// or Init gives it content.
type Tracker struct {
	r    *Realm
	opts Options

	root      goja.Value
	rootDirty bool
	g         *value.Graph // the state as of the last Flush
	live      map[value.Ref]*node
	dirty     []*node
	fresh     []*node // made since the last Flush
	watched   sources // handed over since the last Seal
	weight    int     // of watched
	looked    int     // places of watched that were compared since the last Flush
	syncing   bool
	blocks    map[*goja.Object]*block
	copies    map[*goja.Object]copied // of the memory of what was handed over since the last Seal
	loading   map[value.Ref]*goja.Object
	revived   bool // a detached node became part of the state again
	scanned   map[*node]struct{}
}

// New makes a tracker in the realm's runtime.
func (r *Realm) New(o Options) *Tracker {
	if o.Root == "" {
		o.Root = "state"
	}
	t := &Tracker{r: r, opts: o}
	t.reset(value.NewGraph())
	return t
}

func (t *Tracker) reset(g *value.Graph) {
	t.g, t.root, t.rootDirty = g, goja.Undefined(), false
	t.live, t.scanned = map[value.Ref]*node{}, map[*node]struct{}{}
	t.blocks, t.copies, t.loading = map[*goja.Object]*block{}, nil, nil
	t.dirty, t.fresh, t.watched, t.weight, t.looked = nil, nil, sources{}, 0, 0
}

// Close lets go of the state; proxies that scripts still hold go on working as
// plain objects.
func (t *Tracker) Close() {
	for _, n := range t.live {
		t.forget(n)
	}
	for _, n := range t.fresh {
		t.forget(n)
	}
	for _, f := range t.watched.all {
		t.forget(f.n)
	}
	t.reset(value.NewGraph())
}

// Load replaces the state by g, which the tracker takes over. Nothing is dirty after.
func (t *Tracker) Load(g *value.Graph) error {
	t.Close()
	t.reset(g)
	var err error
	if ex := t.r.vm.Try(func() { t.root = t.build(g.Root()) }); ex != nil {
		err = ex
	}
	t.fresh, t.loading = nil, nil
	return err
}

// Init sets the state of a new actor.
func (t *Tracker) Init(root goja.Value) error { return t.SetRoot(root) }

// Root is the state as scripts see it, with what they changed by old
// references, if this turn has not looked for that too often already.
func (t *Tracker) Root() goja.Value {
	if len(t.watched.all) > 0 && t.looked+t.weight <= readBudget {
		t.look()
	}
	return t.root
}

// SetRoot replaces the state as a whole (c.state = …). An error is a
// *goja.Exception, to be thrown at the script, and the state as it was.
func (t *Tracker) SetRoot(v goja.Value) error {
	if ex := t.r.vm.Try(func() { v = t.adopt(v, nil, "") }); ex != nil {
		return ex
	}
	t.root, t.rootDirty = v, true
	return nil
}

// Dirty reports, cheaply, whether a Flush may find a change.
func (t *Tracker) Dirty() bool {
	return t.rootDirty || len(t.dirty) > 0 || len(t.watched.all) > 0 || len(t.scanned) > 0
}

// Seal ends the watch over the objects that were handed over so far: from then
// on they are the script's alone. Flush first.
func (t *Tracker) Seal() {
	if len(t.watched.all) == 0 {
		return
	}
	for _, f := range t.watched.all {
		if f.n.src = nil; f.n.detached {
			t.r.letGo(f.n)
			t.forget(f.n)
		}
	}
	t.watched.clear()
	t.copies = nil
	t.weight, t.looked = 0, 0
}

// Snapshot is the state as of the last Flush, encoded; later patches apply to it.
func (t *Tracker) Snapshot() ([]byte, error) { return t.g.Encode(), nil }

// Value is the state as of the last Flush.
func (t *Tracker) Value() value.Value { return t.g.Value() }

// Size is about the length of a Snapshot, known without making one.
func (t *Tracker) Size() int { return t.g.Size() }

// newNode makes target part of the state, behind proxy or a new one.
func (t *Tracker) newNode(kind value.NodeKind, target, proxy *goja.Object) *node {
	n := &node{t: t, kind: kind, target: target, proxy: proxy}
	switch kind {
	case value.KindObject, value.KindArray:
		traps := t.r.traps
		if kind == value.KindArray {
			traps = t.r.lists
		}
		if proxy == nil {
			n.proxy = t.r.vm.ToValue(t.r.vm.NewProxy(target, traps)).(*goja.Object)
		}
		n.plain = t.r.isPlain(target, kind)
		t.r.nodes[n.proxy] = n
	case value.KindBytes:
		n.proxy = target
		n.bytes, n.live = jsvalue.BytesOf(t.r.vm, target)
		t.scanned[n] = struct{}{}
		t.joined(n)
	case value.KindError, value.KindRegExp:
		n.proxy = target
		t.scanned[n] = struct{}{}
	default:
		n.proxy = target
	}
	t.r.nodes[target] = n
	t.fresh = append(t.fresh, n)
	return n
}

// finish gives an array that was filled the prototype of a state's; before, goja
// fills it faster.
func (n *node) finish() {
	if n.kind == value.KindArray && n.target.Prototype() == n.t.r.arrayProto {
		_ = n.target.SetPrototype(n.t.r.listProto)
	}
}

func (t *Tracker) forget(n *node) {
	delete(t.r.nodes, n.target)
	delete(t.r.nodes, n.proxy)
	delete(t.scanned, n)
	if n.kind == value.KindBytes {
		t.left(n)
	}
	delete(t.live, n.id)
	n.id, n.dirty = 0, nil
}

// node is what stands for o in this state, nil if nothing does: o is its
// target, its proxy, or an object that was handed over since the last Seal.
func (t *Tracker) node(o *goja.Object) *node {
	n, _ := t.find(o)
	return n
}

// find is node, and whether o is part of another tracker's state.
func (t *Tracker) find(o *goja.Object) (n *node, foreign bool) {
	n = t.r.nodes[o]
	if n != nil && n.t == t {
		return n, false
	}
	if f := t.watched.of(o); f != nil {
		return f.n, false
	}
	return nil, n != nil
}

// known is v, or what stands for it in the state.
func (t *Tracker) known(v goja.Value) goja.Value {
	v, _ = t.swap(v)
	return v
}

// swap is known, and whether that is another value. (Two goja values must not
// be compared with ==: strings beyond ASCII panic.)
func (t *Tracker) swap(v goja.Value) (goja.Value, bool) {
	if o, ok := v.(*goja.Object); ok {
		if n := t.node(o); n != nil {
			return n.proxy, n.proxy != o
		}
	}
	return v, false
}

// build makes the objects of a stored element.
func (t *Tracker) build(e value.Elem) goja.Value {
	js, ok := jsvalue.FromLeaf(t.r.vm, e)
	if ok {
		return js
	}
	id := e.(value.Ref)
	if n := t.live[id]; n != nil {
		return n.proxy
	}
	m := t.g.Node(id)
	n := t.newNode(m.Kind, t.blank(m), nil)
	n.id = id
	t.live[id] = n
	t.fill(n, m)
	n.finish()
	return n.proxy
}

func (t *Tracker) blank(m *value.Node) *goja.Object {
	vm := t.r.vm
	switch m.Kind {
	case value.KindArray:
		return vm.NewArray()
	case value.KindMap:
		return jsvalue.Construct(vm, "Map")
	case value.KindSet:
		return jsvalue.Construct(vm, "Set")
	case value.KindDate:
		return jsvalue.NewDate(vm, m.Time)
	case value.KindRegExp:
		o := jsvalue.NewRegExp(vm, m.RegExp.Source, m.RegExp.Flags)
		jsvalue.SetLastIndex(o, m.RegExp.LastIndex)
		return o
	case value.KindBytes:
		return t.loadBytes(m)
	case value.KindError:
		text := func(k string) string { v, _ := m.Get(k); s, _ := v.(string); return s }
		return jsvalue.NewError(vm, text("name"), text("message"), text("stack"))
	case value.KindObject:
		if m.NullProto {
			return vm.CreateObject(nil)
		}
		return vm.NewObject()
	}
	panic(fmt.Sprintf("track: unknown kind of node %d", m.Kind))
}

func (t *Tracker) fill(n *node, m *value.Node) {
	vm := t.r.vm
	if m.Kind == value.KindArray {
		for i, e := range m.Items {
			if e != (value.Hole{}) {
				_ = n.target.Set(itoa(i), t.build(e))
			}
		}
		_ = n.target.Set("length", len(m.Items))
		return
	}
	m.Each(func(k, v value.Elem) bool {
		switch m.Kind {
		case value.KindMap:
			must(t.r.mapSet(n.target, t.build(k), t.build(v)))
		case value.KindSet:
			must(t.r.setAdd(n.target, t.build(k)))
		case value.KindError:
			if k != "name" && k != "message" && k != "stack" {
				_ = setErrorField(n.target, k.(string), t.build(v))
			}
		default:
			jsvalue.Define(vm, n.target, k.(string), t.build(v))
		}
		return true
	})
}
