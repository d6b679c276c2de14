package jsvalue

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/value"
)

// FromValue builds v in a runtime, out of fresh objects.
func FromValue(vm *goja.Runtime, v value.Value) goja.Value {
	if js, ok := FromLeaf(vm, v); ok {
		return js
	}
	b := builder{vm: vm}
	return b.build(v)
}

type builder struct {
	vm   *goja.Runtime
	done map[value.Value]*goja.Object
}

func (b *builder) keep(v value.Value, o *goja.Object) *goja.Object {
	if b.done == nil {
		b.done = map[value.Value]*goja.Object{}
	}
	b.done[v] = o
	return o
}

func (b *builder) build(v value.Value) goja.Value {
	if js, ok := FromLeaf(b.vm, v); ok {
		return js
	}
	if o, ok := b.done[v]; ok {
		return o
	}
	switch v := v.(type) {
	case value.Date:
		return NewDate(b.vm, float64(v))
	case *value.RegExp:
		o := b.keep(v, NewRegExp(b.vm, v.Source, v.Flags))
		SetLastIndex(o, v.LastIndex)
		return o
	case *value.Bytes:
		if v.Of == nil {
			return b.keep(v, NewBytes(b.vm, v.Kind, append([]byte{}, v.Data...)))
		}
		buf, ok := b.done[v.Of]
		if !ok {
			buf = b.keep(v.Of, NewBytes(b.vm, value.ArrayBuffer, make([]byte, v.Of.Size)))
		}
		o := NewView(b.vm, v.Kind, buf, v.Offset, len(v.Data))
		_, live := BytesOf(b.vm, o)
		copy(live, v.Data)
		return b.keep(v, o)
	case *value.Object:
		o := b.keep(v, b.vm.NewObject())
		if v.NullProto {
			_ = o.SetPrototype(nil)
		}
		for i, k := range v.Keys {
			Define(b.vm, o, k, b.build(v.Vals[i]))
		}
		return o
	case *value.Array:
		return b.array(v)
	case *value.Map:
		o := b.keep(v, Construct(b.vm, "Map"))
		set, _ := goja.AssertFunction(o.Get("set"))
		for _, e := range v.Entries {
			if _, err := set(o, b.build(e[0]), b.build(e[1])); err != nil {
				panic(err)
			}
		}
		return o
	case *value.Set:
		o := b.keep(v, Construct(b.vm, "Set"))
		add, _ := goja.AssertFunction(o.Get("add"))
		for _, it := range v.Items {
			if _, err := add(o, b.build(it)); err != nil {
				panic(err)
			}
		}
		return o
	case *value.Error:
		o := b.keep(v, NewError(b.vm, v.Name, v.Message, v.Stack))
		if v.Fields != nil {
			for i, k := range v.Fields.Keys {
				Define(b.vm, o, k, b.build(v.Fields.Vals[i]))
			}
		}
		return o
	}
	panic(fmt.Sprintf("jsvalue: %T is no value", v))
}

func (b *builder) array(v *value.Array) goja.Value {
	hole := false
	for _, it := range v.Items {
		if _, hole = it.(value.Hole); hole {
			break
		}
	}
	o := b.keep(v, b.vm.NewArray())
	for i, it := range v.Items {
		if _, hole := it.(value.Hole); !hole {
			_ = o.Set(strconv.Itoa(i), b.build(it))
		}
	}
	if hole {
		_ = o.Set("length", len(v.Items))
	}
	return o
}

// Define puts an enumerable data member on o, whatever its prototype has under that name.
func Define(vm *goja.Runtime, o *goja.Object, key string, v goja.Value) {
	if value.HasSurrogate(key) {
		f, _ := goja.AssertFunction(vm.GlobalObject().Get("Reflect").ToObject(vm).Get("set"))
		_, _ = f(goja.Undefined(), o, NewString(vm, key), v)
		return
	}
	if key == "__proto__" || o.ClassName() == "Error" {
		_ = o.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
		return
	}
	_ = o.Set(key, v)
}

// symIntrinsics keeps a runtime's constructors on its global object.
var symIntrinsics = goja.NewSymbol("rivet.intrinsics")

// Capture remembers the constructors that Construct calls, so that a script
// which replaces one (a polyfill) doesn't replace it for the state, and for the
// other actors of the runtime.
func Capture(vm *goja.Runtime) {
	g, kept := vm.GlobalObject(), vm.CreateObject(nil)
	for _, name := range []string{"Map", "Set", "WeakSet", "Date", "RegExp", "Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError",
		"URIError", "AggregateError", "DataView", "Uint8Array", "Uint8ClampedArray", "Int8Array", "Uint16Array", "Int16Array", "Uint32Array", "Int32Array",
		"Float32Array", "Float64Array", "BigUint64Array", "BigInt64Array"} {
		if c := g.Get(name); c != nil {
			_ = kept.Set(name, c)
		}
	}
	_ = g.DefineDataPropertySymbol(symIntrinsics, kept, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
}

// constructor is a built-in one, as it was when it was captured.
func constructor(vm *goja.Runtime, name string) goja.Value {
	g := vm.GlobalObject()
	if kept, ok := g.GetSymbol(symIntrinsics).(*goja.Object); ok {
		if c := kept.Get(name); c != nil {
			return c
		}
	}
	return g.Get(name)
}

// Construct calls a built-in constructor.
func Construct(vm *goja.Runtime, name string, args ...goja.Value) *goja.Object {
	o, err := vm.New(constructor(vm, name), args...)
	if err != nil {
		panic(err)
	}
	return o
}

// NewDate is a Date of ms milliseconds; NaN: an invalid one.
func NewDate(vm *goja.Runtime, ms float64) *goja.Object {
	return Construct(vm, "Date", vm.ToValue(ms))
}

// NewRegExp is a RegExp; one that this runtime can't compile becomes a pattern
// that never matches.
func NewRegExp(vm *goja.Runtime, source, flags string) *goja.Object {
	o, err := vm.New(constructor(vm, "RegExp"), NewString(vm, source), vm.ToValue(flags))
	if err != nil {
		return Construct(vm, "RegExp", vm.ToValue("(?!)"))
	}
	return o
}

// LastIndex is where o, a RegExp, begins its next match.
func LastIndex(o *goja.Object) int {
	if at, ok := Leaf(o.Get("lastIndex")); ok {
		if f, ok := at.(float64); ok && f > 0 && f <= 1<<53 {
			return int(f)
		}
	}
	return 0
}

// SetLastIndex sets it.
func SetLastIndex(o *goja.Object, at int) {
	if at != 0 {
		_ = o.Set("lastIndex", at)
	}
}

// NewBytes makes binary data over data, which it takes over.
func NewBytes(vm *goja.Runtime, kind value.BytesKind, data []byte) *goja.Object {
	ab := vm.ToValue(vm.NewArrayBuffer(data)).ToObject(vm)
	return NewView(vm, kind, ab, 0, len(data))
}

// NewView makes a view of n bytes of buf, from at on; of the kind ArrayBuffer it
// is buf itself.
func NewView(vm *goja.Runtime, kind value.BytesKind, buf *goja.Object, at, n int) *goja.Object {
	if kind == value.ArrayBuffer {
		return buf
	}
	from, length := vm.ToValue(at), vm.ToValue(n/kind.Width())
	if kind == value.Buffer {
		if c, ok := vm.GlobalObject().Get("Buffer").(*goja.Object); ok {
			if make, ok := goja.AssertFunction(c.Get("from")); ok {
				if o, err := make(c, buf, from, length); err == nil {
					return o.ToObject(vm)
				}
			}
		}
		kind = value.Uint8Array
	}
	return Construct(vm, kind.String(), buf, from, length)
}

// NewError makes an error of the class called name if the runtime has it,
// else an Error with that name.
func NewError(vm *goja.Runtime, name, message, stack string) *goja.Object {
	ctor, args := "Error", []goja.Value{NewString(vm, message)}
	switch name {
	case "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError":
		ctor = name
	case "AggregateError":
		ctor = name
		args = []goja.Value{vm.NewArray(), args[0]}
	}
	o := Construct(vm, ctor, args...)
	hidden := func(k string, v goja.Value) {
		_ = o.DefineDataProperty(k, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	if name != ctor {
		hidden("name", NewString(vm, name))
	}
	hidden("stack", NewString(vm, stack))
	return o
}

var _ = (*big.Int)(nil)
