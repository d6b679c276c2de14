// Package jsvalue carries values between a goja runtime and [value.Value]:
// ToValue takes a snapshot of a JavaScript value, FromValue builds fresh
// objects from one, Clone is structuredClone.
//
// All functions must run on the goroutine that owns the runtime. What a script
// throws while its getters or toJSON run comes back as an error, never as a
// panic.
package jsvalue

import (
	"reflect"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/value"
)

// Class is what an object is, seen through its internal slots and not its prototype.
type Class uint8

// The classes that a value can have. Opaque is everything that has no form
// outside its runtime: promises, weak maps, generators, boxed symbols …
const (
	Plain Class = iota
	Array
	Map
	Set
	Date
	RegExp
	Error
	Bytes
	Boxed // new Number(1), new String(""), new Boolean(true)
	Function
	Proxy
	Opaque
)

var (
	typeMap    = reflect.TypeOf([][2]any{})
	typeSlice  = reflect.TypeOf([]any{})
	typeProxy  = reflect.TypeOf(goja.Proxy{})
	typeBuffer = reflect.TypeOf(goja.ArrayBuffer{})
	typePlain  = reflect.TypeOf(map[string]any{})
)

// ClassOf is o's class. A proxy is Proxy whatever its target.
func ClassOf(vm *goja.Runtime, o *goja.Object) Class {
	t := o.ExportType()
	if t == typeProxy {
		return Proxy
	}
	switch o.ClassName() {
	case "Object":
	case "Array":
		return Array
	case "Date":
		return Date
	case "RegExp":
		return RegExp
	case "Error":
		return Error
	case "Function", "AsyncFunction", "GeneratorFunction":
		return Function
	case "Number", "String", "Boolean":
		return Boxed
	case "Arguments":
		return Plain
	default:
		return Opaque
	}
	switch {
	case t == typePlain:
		if p := o.Prototype(); p != nil && p.Prototype() != nil {
			return instanceClass(vm, o)
		}
		return Plain
	case t == typeMap:
		return Map
	case t == typeSlice:
		return Set
	case t == typeBuffer:
		return Bytes
	case t.Kind() == reflect.Slice:
		return Bytes
	}
	return Opaque
}

// instanceClass tells apart the objects with a prototype of their own that
// have internal slots invisible to Go.
func instanceClass(vm *goja.Runtime, o *goja.Object) Class {
	tag, ok := o.GetSymbol(goja.SymToStringTag).(goja.String)
	if !ok {
		return Plain
	}
	switch tag.String() {
	case "DataView":
		if isInstance(vm, o, "DataView") {
			return Bytes
		}
	case "WeakMap", "WeakSet", "WeakRef", "Promise", "Generator", "AsyncGenerator", "Symbol", "BigInt", "FinalizationRegistry":
		return Opaque
	}
	return Plain
}

func isInstance(vm *goja.Runtime, o *goja.Object, global string) bool {
	c, ok := vm.GlobalObject().Get(global).(*goja.Object)
	if !ok {
		return false
	}
	if _, callable := goja.AssertFunction(c); !callable {
		return false
	}
	return vm.InstanceOf(o, c)
}

// BytesOf is the kind of a Bytes object and its live memory, which changes
// with the object.
func BytesOf(vm *goja.Runtime, o *goja.Object) (value.BytesKind, []byte) {
	if o.ExportType() == typeBuffer {
		return value.ArrayBuffer, o.Export().(goja.ArrayBuffer).Bytes()
	}
	kind := value.Uint8Array
	if tag := o.GetSymbol(goja.SymToStringTag); tag != nil {
		for k := value.Uint8Array; k <= value.DataView; k++ {
			if k.String() == tag.String() {
				kind = k
			}
		}
	}
	if kind == value.Uint8Array && isInstance(vm, o, "Buffer") {
		kind = value.Buffer
	}
	buf, ok := o.Get("buffer").(*goja.Object)
	if !ok {
		return kind, nil
	}
	ab, ok := buf.Export().(goja.ArrayBuffer)
	if !ok {
		return kind, nil
	}
	at, n := int(o.Get("byteOffset").ToInteger()), int(o.Get("byteLength").ToInteger())
	data := ab.Bytes()
	if at < 0 || n < 0 || at+n > len(data) {
		return kind, nil
	}
	return kind, data[at : at+n : at+n]
}

// Memory is the ArrayBuffer of a Bytes object, itself if it is one, and where
// in it the object begins.
func Memory(o *goja.Object) (buf *goja.Object, at int) {
	if o.ExportType() == typeBuffer {
		return o, 0
	}
	if buf, ok := o.Get("buffer").(*goja.Object); ok {
		return buf, int(o.Get("byteOffset").ToInteger())
	}
	return o, 0
}

// TimeOf is a Date object's time in milliseconds, NaN if it is invalid.
func TimeOf(o *goja.Object) float64 {
	t, ok := o.Export().(time.Time)
	if !ok {
		return nan
	}
	return float64(t.UnixMilli())
}

// IsArray reports whether v is an array or a proxy of one.
func IsArray(o *goja.Object) bool {
	for range value.MaxDepth {
		if o.ExportType() != typeProxy {
			return o.ClassName() == "Array"
		}
		t := o.Export().(goja.Proxy).Target()
		if t == nil {
			return false
		}
		o = t
	}
	return false
}

// Unwrap is the object behind any number of proxies, nil if one is revoked.
func Unwrap(o *goja.Object) *goja.Object {
	for o != nil && o.ExportType() == typeProxy {
		o = o.Export().(goja.Proxy).Target()
	}
	return o
}
