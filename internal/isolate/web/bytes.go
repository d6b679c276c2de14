package web

import (
	"reflect"

	"github.com/dop251/goja"
)

var (
	typeBytes  = reflect.TypeFor[[]byte]()
	typeBuffer = reflect.TypeFor[goja.ArrayBuffer]()
)

// isBinary says whether o is an ArrayBuffer or a view of one.
func isBinary(o *goja.Object) bool {
	_, ok := bytesOf(o)
	return ok
}

// bytesOf returns the memory of an ArrayBuffer or view, not a copy of it.
func bytesOf(v goja.Value) ([]byte, bool) {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil, false
	}
	switch o.ExportType() {
	case typeBytes:
		if buf, ok := o.Get("buffer").(*goja.Object); ok && buf.ExportType() == typeBuffer {
			if ab, ok := buf.Export().(goja.ArrayBuffer); ok && ab.Detached() {
				return []byte{}, true // goja would point into what is gone
			}
		}
		b, ok := o.Export().([]byte)
		return b, ok
	case typeBuffer:
		b, ok := o.Export().(goja.ArrayBuffer)
		if !ok {
			return nil, false
		}
		return b.Bytes(), true
	}
	if c := o.ClassName(); c != "Object" && c != "DataView" && c != "Array" || c == "Array" && o.ExportType().Elem().Kind() == reflect.Interface {
		return nil, false
	}
	buf, ok := o.Get("buffer").(*goja.Object)
	if !ok || buf.ExportType() != typeBuffer {
		return nil, false
	}
	ab, ok := buf.Export().(goja.ArrayBuffer)
	if !ok {
		return nil, false
	}
	off, n := number(o.Get("byteOffset")), number(o.Get("byteLength"))
	data := ab.Bytes()
	if off < 0 || n < 0 || off > len(data) || n > len(data)-off {
		return nil, false
	}
	return data[off : off+n], true
}

func number(v goja.Value) int {
	if v == nil {
		return 0
	}
	if _, ok := v.(*goja.Symbol); ok {
		return 0
	}
	return int(v.ToInteger())
}

// bytesArg returns the bytes of a BufferSource argument or throws a TypeError.
func (p *platform) bytesArg(v goja.Value) []byte {
	b, ok := bytesOf(v)
	if !ok {
		p.throwType("expected an ArrayBuffer or a view of one")
	}
	return b
}

// copyArg is bytesArg for bytes that are kept or leave the goroutine.
func (p *platform) copyArg(v goja.Value) []byte {
	return append([]byte{}, p.bytesArg(v)...)
}

// newBytes makes a Uint8Array that owns b.
func (p *platform) newBytes(b []byte) goja.Value {
	if b == nil {
		b = []byte{}
	}
	v, err := p.vm.New(p.uint8Array, p.vm.ToValue(p.vm.NewArrayBuffer(b)))
	if err != nil {
		panic(err)
	}
	return v
}

// newBuffer makes an ArrayBuffer that owns b.
func (p *platform) newBuffer(b []byte) goja.Value {
	if b == nil {
		b = []byte{}
	}
	return p.vm.ToValue(p.vm.NewArrayBuffer(b))
}

// textArg is a string argument as UTF-8; lone surrogates become U+FFFD.
func textArg(v goja.Value) string { return v.String() }

// stringArg is an argument converted to a string as JavaScript does: a symbol has none.
func (p *platform) stringArg(v goja.Value) string {
	if _, ok := v.(*goja.Symbol); ok {
		p.throwType("Cannot convert a Symbol value to a string")
	}
	return v.String()
}
