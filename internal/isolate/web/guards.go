package web

import (
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

// maxAlloc bounds, in bytes or elements, what one native call may allocate.
const maxAlloc = 256 << 20

// installGuards puts a RangeError before native calls that would allocate
// without bound: no interrupt reaches them once they run.
func (p *platform) installGuards() {
	str := p.proto("String")
	p.guard(str, "repeat", func(c goja.FunctionCall) bool {
		if n, l := c.Argument(0).ToFloat(), float64(stringLength(c.This)); n*l > maxAlloc {
			return n*l < 1e300 // Infinity keeps its own error
		}
		return false
	})
	for _, name := range []string{"padStart", "padEnd"} {
		p.guard(str, name, func(c goja.FunctionCall) bool { return c.Argument(0).ToFloat() > maxAlloc })
	}
	arr := p.proto("Array")
	long := func(c goja.FunctionCall) bool { return lengthOf(c.This) > maxAlloc/8 }
	for _, name := range []string{"fill", "toSorted", "toReversed", "toSpliced", "with"} {
		p.guard(arr, name, long)
	}
	p.guard(p.global.Get("Array").ToObject(p.vm), "from", func(c goja.FunctionCall) bool {
		o, ok := c.Argument(0).(*goja.Object)
		return ok && o.GetSymbol(goja.SymIterator) == nil && lengthOf(o) > maxAlloc/8
	})
	p.guard(arr, "concat", func(c goja.FunctionCall) bool {
		n := lengthOf(c.This)
		for _, a := range c.Arguments {
			n += max(lengthOf(a), 1)
		}
		return n > maxAlloc/8
	})
	p.guard(arr, "join", long)
	p.guard(str, "concat", func(c goja.FunctionCall) bool {
		n := stringLength(c.This)
		for _, a := range c.Arguments {
			n += stringLength(a)
		}
		return n > maxAlloc
	})
	p.guard(str, "split", func(c goja.FunctionCall) bool {
		return stringLength(c.This) > maxAlloc/8
	})
	p.guardBuffers()
}

func (p *platform) proto(class string) *goja.Object {
	return p.global.Get(class).ToObject(p.vm).Get("prototype").ToObject(p.vm)
}

// guard wraps a method: if tooBig says so, it throws instead.
func (p *platform) guard(o *goja.Object, name string, tooBig func(goja.FunctionCall) bool) {
	orig, ok := jsvalue.Native(o.Get(name))
	if !ok {
		return
	}
	must(o.DefineDataProperty(name, p.fn(name, func(c goja.FunctionCall) goja.Value {
		if tooBig(c) {
			p.throwRange("Invalid size: %s would need more than 256 MiB", name)
		}
		return orig(c)
	}), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

// guarded are the constructors whose first argument is a size, with the size of an element.
var guarded = []struct {
	name string
	size float64
}{
	{"ArrayBuffer", 1}, {"Uint8Array", 1}, {"Int8Array", 1}, {"Uint8ClampedArray", 1},
	{"Uint16Array", 2}, {"Int16Array", 2}, {"Uint32Array", 4}, {"Int32Array", 4},
	{"Float32Array", 4}, {"Float64Array", 8}, {"BigInt64Array", 8}, {"BigUint64Array", 8},
}

// guardBuffers replaces the constructors of buffers by ones that check the size
// and inherit everything else. Like the lazy globals, they are made when first read.
func (p *platform) guardBuffers() {
	for _, g := range guarded {
		orig := p.global.Get(g.name).ToObject(p.vm)
		getter := p.vm.ToValue(func(goja.FunctionCall) goja.Value {
			v := p.guardedConstructor(g.name, orig, g.size)
			p.setGlobal(g.name, v)
			return v
		})
		setter := p.vm.ToValue(func(c goja.FunctionCall) goja.Value {
			p.setGlobal(g.name, c.Argument(0))
			return goja.Undefined()
		})
		must(p.global.DefineAccessorProperty(g.name, getter, setter, goja.FLAG_TRUE, goja.FLAG_FALSE))
	}
}

func (p *platform) guardedConstructor(name string, orig *goja.Object, size float64) *goja.Object {
	construct, _ := goja.AssertConstructor(orig)
	o := p.vm.ToValue(func(c goja.ConstructorCall) *goja.Object {
		if a, ok := c.Argument(0).(*goja.Object); ok {
			if name != "ArrayBuffer" && !isBinary(a) && a.GetSymbol(goja.SymIterator) == nil && lengthOf(a)*size > maxAlloc {
				p.throwRange("Invalid typed array length")
			}
		} else if _, isSym := c.Argument(0).(*goja.Symbol); !isSym && c.Argument(0).ToFloat()*size > maxAlloc {
			p.throwRange("Array buffer allocation failed: more than 256 MiB")
		}
		v, err := construct(c.NewTarget, c.Arguments...)
		if err != nil {
			panic(err)
		}
		return v
	}).ToObject(p.vm)
	p.standFor(orig, o, name)
	return o
}

// lengthOf reads an array-like's length without failing.
func lengthOf(v goja.Value) float64 {
	o, ok := v.(*goja.Object)
	if !ok {
		return 0
	}
	if l := o.Get("length"); l != nil {
		if _, sym := l.(*goja.Symbol); !sym {
			return l.ToFloat()
		}
	}
	return 0
}

// stringLength is the length of what a string method is called on.
func stringLength(v goja.Value) int {
	if s, ok := v.(goja.String); ok {
		return s.Length()
	}
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return 0
	}
	if _, ok := v.(*goja.Symbol); ok {
		return 0
	}
	return len(v.String())
}
