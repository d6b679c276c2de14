package track

import (
	"strconv"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

func itoa(i int) string { return strconv.Itoa(i) }

// set is the trap of a write. A plain object takes it directly; anything that
// may have setters, or inherits from a proxy, goes the way of the
// specification and comes back to define.
func (r *Realm) set(target *goja.Object, prop string, idx int, v, receiver goja.Value) bool {
	n := r.nodes[target]
	if n == nil || !n.plain || n.odd || prop == "__proto__" || receiver != goja.Value(n.proxy) {
		return must(r.reflectSet(goja.Undefined(), target, r.vm.ToValue(prop), v, receiver)).ToBoolean()
	}
	if n.kind == value.KindArray {
		return n.setElement(prop, idx, v)
	}
	if o, ok := v.(*goja.Object); ok {
		v = n.t.adopt(o, n, prop)
	} else if _, sym := v.(*goja.Symbol); sym {
		n.t.refuse(n, prop, "a symbol")
	}
	if target.Set(prop, v) != nil {
		return false
	}
	n.touch(prop, false)
	return true
}

func (n *node) setElement(prop string, idx int, v goja.Value) bool {
	if idx < 0 && prop != "length" {
		if i, ok := value.ArrayIndex(prop); !ok {
			n.t.refuse(n, prop, whatNamed+"an Array")
		} else {
			idx = int(i)
		}
	}
	if idx >= value.MaxArray {
		n.t.refuse(n, prop, "beyond the longest array")
	}
	if prop == "length" {
		l := v.ToNumber().ToInteger()
		if l > value.MaxArray {
			n.t.refuse(n, prop, "beyond the longest array")
		}
		if n.target.Set(prop, v) != nil {
			return false
		}
		n.truncated(int(l))
		return true
	}
	v = n.t.adopt(v, n, prop)
	if n.target.Set(prop, v) != nil {
		return false
	}
	if idx >= 0 {
		n.touch(idx, false)
	}
	return true
}

// setSymbol is set of a member that a symbol names.
func (r *Realm) setSymbol(target *goja.Object, sym *goja.Symbol, v, receiver goja.Value) bool {
	if n := r.nodes[target]; n != nil && receiver == goja.Value(n.proxy) {
		n.t.refuseAt(n, []string{symbolSegment(sym)}, whatSymbol)
	}
	return must(r.reflectSet(goja.Undefined(), target, sym, v, receiver)).ToBoolean()
}

// defineSymbol is define of one; a member that isn't enumerable is no data.
func (r *Realm) defineSymbol(target *goja.Object, sym *goja.Symbol, d goja.PropertyDescriptor) bool {
	if n := r.nodes[target]; n != nil && d.Enumerable == goja.FLAG_TRUE {
		n.t.refuseAt(n, []string{symbolSegment(sym)}, whatSymbol)
	}
	if d.Getter != nil || d.Setter != nil {
		return target.DefineAccessorPropertySymbol(sym, d.Getter, d.Setter, d.Configurable, d.Enumerable) == nil
	}
	return target.DefineDataPropertySymbol(sym, d.Value, d.Writable, d.Configurable, d.Enumerable) == nil
}

// define is the trap of Object.defineProperty, and of a write that set sent
// the long way.
func (r *Realm) define(target *goja.Object, key string, d goja.PropertyDescriptor) bool {
	n := r.nodes[target]
	if n != nil {
		if d.Getter != nil || d.Setter != nil {
			n.t.refuse(n, key, "an accessor")
		}
		if n.kind == value.KindArray && key != "length" && d.Enumerable == goja.FLAG_TRUE {
			if _, ok := value.ArrayIndex(key); !ok {
				n.t.refuse(n, key, whatNamed+"an Array")
			}
		}
		if d.Value != nil {
			d.Value = n.t.adopt(d.Value, n, key)
		}
		if d.Writable == goja.FLAG_FALSE || d.Enumerable != goja.FLAG_TRUE || d.Configurable == goja.FLAG_FALSE {
			if key != "length" || n.kind != value.KindArray {
				n.odd = true
			}
		}
	}
	var err error
	if d.Getter != nil || d.Setter != nil {
		err = target.DefineAccessorProperty(key, d.Getter, d.Setter, d.Configurable, d.Enumerable)
	} else {
		err = target.DefineDataProperty(key, d.Value, d.Writable, d.Configurable, d.Enumerable)
	}
	if err != nil {
		return false
	}
	if n == nil {
		return true
	}
	if n.kind != value.KindArray {
		n.touch(key, false)
	} else if key == "length" {
		n.truncated(int(target.Get("length").ToInteger()))
	} else if i, ok := value.ArrayIndex(key); ok {
		n.touch(int(i), false)
	}
	return true
}

func (r *Realm) delete(target *goja.Object, prop string) bool {
	if target.Delete(prop) != nil {
		return false
	}
	n := r.nodes[target]
	if n == nil {
		return true
	}
	if n.kind != value.KindArray {
		n.touch(prop, true)
	} else if i, ok := value.ArrayIndex(prop); ok {
		n.touch(int(i), false)
	}
	return true
}

// setProto sets what is stored of a prototype: whether there is one.
func (r *Realm) setProto(target, proto *goja.Object) bool {
	switch {
	case jsvalue.IsArray(target):
		proto = r.listProto
	case proto != nil:
		proto = r.objectProto
	}
	if target.SetPrototype(proto) != nil {
		return false
	}
	if n := r.nodes[target]; n != nil {
		n.plain = r.isPlain(target, n.kind)
		n.mark()
	}
	return true
}

func (r *Realm) isPlain(o *goja.Object, kind value.NodeKind) bool {
	p := o.Prototype()
	if kind == value.KindArray {
		return p == r.listProto || p == r.arrayProto
	}
	return p == nil || p == r.objectProto
}
