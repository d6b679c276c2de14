// Package track notices every change of an actor's state while JavaScript
// runs, and writes the changes of a turn as a patch of a [value.Graph].
//
// The objects of a state are ordinary JavaScript objects; what scripts hold
// are proxies of them with traps, in Go, for writing only, and an object's
// members are the proxies of its children, so reading costs next to nothing.
// Map, Set and Date keep their internal slots: their mutators are wrapped once
// per runtime. Beside the objects a Tracker keeps the state as of the last
// Flush as a Graph; a Flush compares only the places that were touched.
//
// Of an object that a script hands to the state, the state keeps a copy. Until
// Seal the object, its source, is remembered with what was last seen of it: a
// Flush, and a look at the Root, does to the copy what was done to the source.
// From Seal on the source is the script's alone.
//
// A Realm and its Trackers belong to the goroutine that owns the runtime.
package track

import (
	"reflect"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

// Realm is what the trackers of one runtime share.
type Realm struct {
	vm    *goja.Runtime
	traps *goja.ProxyTrapConfig  // of objects
	lists *goja.ProxyTrapConfig  // of arrays
	nodes map[*goja.Object]*node // by target and by proxy

	objectProto, arrayProto        *goja.Object
	mapProto, collProto            *goja.Object // of Map and Set
	listProto                      *goja.Object // of the arrays of a state; passes for arrayProto
	reflectSet, ownDesc, push      goja.Callable
	mapGet, mapSet, mapHas, mapDel goja.Callable
	mapClear, setAdd, setHas       goja.Callable
	setDel, setClear, setTime      goja.Callable
	oursAdd, oursHas               goja.Callable
	ours                           *goja.Object // a WeakSet of objects without a proxy that were part of a state
}

var typeTraps = reflect.TypeOf((*goja.ProxyTrapConfig)(nil))

// Install wraps the mutators of Map, Set and Date in vm. It must run before
// any script, once per runtime.
func Install(vm *goja.Runtime) *Realm {
	r := &Realm{vm: vm, nodes: map[*goja.Object]*node{}}
	jsvalue.Capture(vm)
	object, reflects := r.global("Object"), r.global("Reflect")
	r.objectProto = object.Get("prototype").ToObject(vm)
	r.arrayProto = r.global("Array").Get("prototype").ToObject(vm)
	r.reflectSet = method(reflects, "set")
	r.ownDesc = method(object, "getOwnPropertyDescriptor")
	r.push = method(r.arrayProto, "push")
	r.ours = jsvalue.Construct(vm, "WeakSet")
	r.oursAdd, r.oursHas = method(r.ours, "add"), method(r.ours, "has")
	r.traps = &goja.ProxyTrapConfig{
		Set: func(target *goja.Object, prop string, v, receiver goja.Value) bool {
			return r.set(target, prop, -1, v, receiver)
		},
		SetIdx: func(target *goja.Object, prop int, v, receiver goja.Value) bool {
			return r.set(target, itoa(prop), prop, v, receiver)
		},
		SetSym:            r.setSymbol,
		DefineProperty:    r.define,
		DefinePropertySym: r.defineSymbol,
		DeleteProperty:    r.delete,
		SetPrototypeOf:    r.setProto,
	}
	lists := *r.traps
	lists.GetPrototypeOf = func(target *goja.Object) *goja.Object {
		if p := target.Prototype(); p != r.listProto {
			return p
		}
		return r.arrayProto
	}
	prevent := method(object, "preventExtensions")
	lists.PreventExtensions = func(target *goja.Object) bool {
		if target.Prototype() == r.listProto { // such an array must tell its true prototype
			_ = target.SetPrototype(r.arrayProto)
		}
		must(prevent(goja.Undefined(), target))
		return true
	}
	r.lists = &lists
	r.makeListProto()
	r.mapProto = r.global("Map").Get("prototype").ToObject(vm)
	r.collProto = r.global("Set").Get("prototype").ToObject(vm)
	r.wrapMap()
	r.wrapSet()
	r.wrapDate()
	return r
}

func (r *Realm) global(name string) *goja.Object { return r.vm.GlobalObject().Get(name).ToObject(r.vm) }

func method(o *goja.Object, name string) goja.Callable {
	f, ok := goja.AssertFunction(o.Get(name))
	if !ok {
		panic("track: no intrinsic " + name)
	}
	return f
}

// must passes on what a script threw.
func must(v goja.Value, err error) goja.Value {
	if err != nil {
		panic(err)
	}
	return v
}

// native is a built-in method.
type native func(goja.FunctionCall) goja.Value

func (f native) on(this goja.Value, args ...goja.Value) goja.Value {
	return f(goja.FunctionCall{This: this, Arguments: args})
}

// wrap replaces the method proto[name] by f, which gets the node of `this`
// (nil if it is no state) and the method as it was.
func (r *Realm) wrap(proto *goja.Object, name string, f func(n *node, orig native, c goja.FunctionCall) goja.Value) goja.Callable {
	old := proto.Get(name).ToObject(r.vm)
	orig := method(proto, name)
	native, _ := jsvalue.Native(old)
	fn := r.vm.ToValue(func(c goja.FunctionCall) goja.Value {
		var n *node
		if this, ok := c.This.(*goja.Object); ok {
			n = r.nodes[this]
		}
		for i, a := range c.Arguments {
			if a == nil { // goja's Map constructor says so for an entry without a value
				c.Arguments[i] = goja.Undefined()
			}
		}
		if n == nil {
			return native(c)
		}
		return f(n, native, c)
	}).ToObject(r.vm)
	for _, k := range []string{"name", "length"} {
		_ = fn.DefineDataProperty(k, old.Get(k), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	_ = proto.DefineDataProperty(name, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return orig
}

// letGo remembers, for as long as it lives, that the object of n is ours: a
// script has nothing behind it that could bypass us.
func (r *Realm) letGo(n *node) {
	if n.proxy == n.target {
		must(r.oursAdd(r.ours, n.target))
	}
}

func (r *Realm) wasOurs(o *goja.Object) bool { return must(r.oursHas(r.ours, o)).ToBoolean() }

// wrapLookup makes a method find members by raw references too.
func (r *Realm) wrapLookup(proto *goja.Object, name string) goja.Callable {
	return r.wrap(proto, name, func(n *node, orig native, c goja.FunctionCall) goja.Value {
		return orig.on(c.This, n.t.known(c.Argument(0)))
	})
}

func (r *Realm) wrapRemove(proto *goja.Object) (del, clear goja.Callable) {
	del = r.wrap(proto, "delete", func(n *node, orig native, c goja.FunctionCall) goja.Value {
		k := n.t.known(c.Argument(0))
		n.touch(r.dirtyKey(k), true)
		return orig.on(c.This, k)
	})
	clear = r.wrap(proto, "clear", func(n *node, orig native, c goja.FunctionCall) goja.Value {
		n.cleared()
		return orig.on(c.This)
	})
	return del, clear
}

func (r *Realm) wrapMap() {
	proto := r.global("Map").Get("prototype").ToObject(r.vm)
	r.mapGet = r.wrapLookup(proto, "get")
	r.mapHas = r.wrapLookup(proto, "has")
	r.mapDel, r.mapClear = r.wrapRemove(proto)
	r.mapSet = r.wrap(proto, "set", func(n *node, orig native, c goja.FunctionCall) goja.Value {
		k := n.t.adopt(c.Argument(0), n, "key")
		v := n.t.adopt(c.Argument(1), n, segmentOf(c.Argument(0)))
		n.touch(r.dirtyKey(k), false)
		return orig.on(c.This, k, v)
	})
}

func (r *Realm) wrapSet() {
	proto := r.global("Set").Get("prototype").ToObject(r.vm)
	r.setHas = r.wrapLookup(proto, "has")
	r.setDel, r.setClear = r.wrapRemove(proto)
	r.setAdd = r.wrap(proto, "add", func(n *node, orig native, c goja.FunctionCall) goja.Value {
		k := n.t.adopt(c.Argument(0), n, "item")
		n.touch(r.dirtyKey(k), false)
		return orig.on(c.This, k)
	})
}

func (r *Realm) wrapDate() {
	proto := r.global("Date").Get("prototype").ToObject(r.vm)
	for _, name := range []string{"setTime", "setYear", "setFullYear", "setUTCFullYear", "setMonth", "setUTCMonth", "setDate", "setUTCDate",
		"setHours", "setUTCHours", "setMinutes", "setUTCMinutes", "setSeconds", "setUTCSeconds", "setMilliseconds", "setUTCMilliseconds"} {
		if f, ok := goja.AssertFunction(proto.Get(name)); !ok || f == nil {
			continue
		}
		orig := r.wrap(proto, name, func(n *node, orig native, c goja.FunctionCall) goja.Value {
			n.mark()
			return orig(c)
		})
		if name == "setTime" {
			r.setTime = orig
		}
	}
}

// dirtyKey is how a touched place of a Map or Set is remembered: a leaf or a node.
func (r *Realm) dirtyKey(k goja.Value) any {
	if o, ok := k.(*goja.Object); ok {
		if n := r.nodes[o]; n != nil {
			return n
		}
		return nil
	}
	leaf, _ := jsvalue.Leaf(k)
	return normal(leaf)
}

func segmentOf(k goja.Value) string {
	if s, ok := k.(goja.String); ok {
		return s.String()
	}
	return "value"
}

// fromHost reports whether o, of whatever class, is the host's and no data.
func (r *Realm) fromHost(o *goja.Object) bool {
	switch o.Prototype() {
	case nil, r.objectProto, r.arrayProto, r.mapProto, r.collProto:
		return false
	}
	return jsvalue.IsHost(o)
}
