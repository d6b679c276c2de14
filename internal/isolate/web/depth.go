package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

const (
	// maxReentry is how deep JavaScript may be entered from built-in functions
	// that call back: each level costs Go stack, and undoing them is slow.
	maxReentry = 500
	// maxNesting is how deep JSON and nested arrays as text may be.
	maxNesting = 1000
)

// ErrTooDeep is what a runtime is interrupted with when built-in functions call
// back too deep. No script can catch it, like any other stack overflow.
var ErrTooDeep = errors.New("stack overflow through built-in functions")

// installDepth bounds recursion that goja itself does not count, or only late:
// through callbacks of built-ins, generators, JSON and joins.
func (p *platform) installDepth() {
	arr := p.proto("Array")
	for _, name := range []string{
		"map", "forEach", "filter", "some", "every", "find", "findIndex", "findLast", "findLastIndex",
		"reduce", "reduceRight", "flatMap", "sort",
	} {
		p.bound(arr, name, func(c goja.FunctionCall) { p.checkLength(name, c.This) })
	}
	str := p.proto("String")
	p.bound(str, "replace", nil)
	p.bound(str, "replaceAll", p.checkReplaceAll)
	p.bound(p.global.Get("Array").ToObject(p.vm), "from", nil)
	p.bound(p.global.Get("Reflect").ToObject(p.vm), "apply", nil)
	p.bound(p.global.Get("Reflect").ToObject(p.vm), "construct", nil)
	p.boundGenerators()
	p.boundJoin(arr)
	p.boundJSON()
}

// reenter counts a level of f, which may call back into JavaScript.
func (p *platform) reenter(f func() goja.Value) goja.Value {
	if p.depth >= maxReentry {
		p.vm.Interrupt(ErrTooDeep)
		return goja.Undefined()
	}
	v, thrown := p.attempt(f)
	if thrown != nil {
		panic(thrown) // anew: to undo panics within each other takes a time that grows with their square
	}
	return v
}

func (p *platform) attempt(f func() goja.Value) (v goja.Value, thrown any) {
	p.depth++
	defer func() {
		p.depth--
		thrown = recover()
	}()
	return f(), nil
}

// bound makes a method count as a level; check may refuse its arguments.
func (p *platform) bound(o *goja.Object, name string, check func(goja.FunctionCall)) {
	orig, ok := jsvalue.Native(o.Get(name))
	if !ok {
		return
	}
	p.replace(o, name, func(c goja.FunctionCall) goja.Value {
		if check != nil {
			check(c)
		}
		return p.reenter(func() goja.Value { return orig(c) })
	})
}

// replace puts f in the place of a built-in method, with its name and length.
func (p *platform) replace(o *goja.Object, name string, f func(goja.FunctionCall) goja.Value) {
	fn := p.fn(name, f).ToObject(p.vm)
	if old, ok := o.Get(name).(*goja.Object); ok {
		must(fn.DefineDataProperty("length", old.Get("length"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	}
	must(o.DefineDataProperty(name, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

func (p *platform) checkLength(name string, v goja.Value) {
	if o, ok := v.(*goja.Object); ok && o.ClassName() == "Array" && lengthOf(o) > maxAlloc/8 {
		p.throwRange("Invalid size: %s would need more than 256 MiB", name)
	}
}

// boundGenerators counts a running generator: goja doesn't, and a generator
// that delegates to itself would take the whole process down.
func (p *platform) boundGenerators() {
	v, err := p.vm.RunString(`Object.getPrototypeOf(function*(){}).prototype`)
	must(err)
	proto := v.ToObject(p.vm)
	for _, name := range []string{"next", "return", "throw"} {
		p.bound(proto, name, nil)
	}
}

// boundJoin bounds arrays in arrays as text: "" + [[[…]]].
func (p *platform) boundJoin(arr *goja.Object) {
	orig, _ := jsvalue.Native(arr.Get("join"))
	depth := 0
	rise := func() { depth-- }
	p.replace(arr, "join", func(c goja.FunctionCall) goja.Value {
		if depth >= maxNesting {
			p.throwRange("Invalid nesting: join of arrays nested deeper than %d", maxNesting)
		}
		if sep, ok := c.Argument(0).(goja.String); ok {
			if n := lengthOf(c.This) * float64(sep.Length()); n > maxAlloc {
				p.throwRange("Invalid size: join would need more than 256 MiB")
			}
		}
		depth++
		defer rise()
		return orig(c)
	})
}

// boundJSON bounds the nesting of JSON: goja's parser and writer recurse, the
// latter looks for cycles in a time that grows with the square of the depth.
func (p *platform) boundJSON() {
	json := p.global.Get("JSON").ToObject(p.vm)
	p.bound(json, "parse", func(c goja.FunctionCall) {
		if s, ok := c.Argument(0).(goja.String); ok && s.Length() > maxNesting && nesting(s.String()) > maxNesting {
			p.throwRange("Invalid nesting: JSON nested deeper than %d", maxNesting)
		}
	})
	orig, _ := jsvalue.Native(json.Get("stringify"))
	p.replace(json, "stringify", func(c goja.FunctionCall) goja.Value {
		return p.reenter(func() goja.Value {
			if p.spine(c.Argument(0)) > maxNesting {
				p.throwRange("Invalid nesting: JSON nested deeper than %d", maxNesting)
			}
			return orig(c)
		})
	})
}

// spine is how deep a value is nested along its first and last members: lists
// and trees that went wrong are that deep there. It ends soon for most values.
func (p *platform) spine(v goja.Value) int {
	deepest := 0
	for _, last := range []bool{false, true} {
		depth := 0
		for o, ok := v.(*goja.Object); ok && depth <= maxNesting; depth++ {
			v := p.outer(o, last)
			o, ok = v.(*goja.Object)
		}
		deepest = max(deepest, depth)
	}
	return deepest
}

// outer is the last (or first) object among the plain members of o; nil: none.
func (p *platform) outer(o *goja.Object, last bool) goja.Value {
	switch o.ClassName() {
	case "Array":
		n := int(lengthOf(o))
		if n == 0 {
			return nil
		}
		if !last {
			n = 1
		}
		return o.Get(strconv.Itoa(n - 1))
	case "Object":
		keys := o.Keys()
		for i := range keys {
			if last {
				i = len(keys) - 1 - i
			}
			if v, ok := o.Get(keys[i]).(*goja.Object); ok {
				return v
			}
		}
	}
	return nil
}

// nesting is how deep brackets are nested in JSON text.
func nesting(text string) int {
	depth, deepest := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return deepest
}

// checkReplaceAll refuses what would grow a string beyond all bounds.
func (p *platform) checkReplaceAll(c goja.FunctionCall) {
	this, ok := c.This.(goja.String)
	by, isText := c.Argument(1).(goja.String)
	if !ok || !isText || float64(this.Length())*float64(by.Length()) <= maxAlloc {
		return
	}
	if what, ok := c.Argument(0).(goja.String); ok {
		n := strings.Count(this.String(), what.String())
		if float64(n)*float64(by.Length()) > maxAlloc {
			p.throwRange("Invalid size: replaceAll would need more than 256 MiB")
		}
	}
}
