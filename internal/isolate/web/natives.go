package web

import (
	"fmt"
	"runtime"
	"strconv"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

// installNatives puts a TypeError before the built-in functions that trip over
// arguments which a program may well have: an entry without a value, a
// primitive where an entry should be, a proxy without a target.
func (p *platform) installNatives() {
	p.shieldMap()
	p.shield(p.global.Get("Object").ToObject(p.vm), "fromEntries", func(c goja.FunctionCall) {
		p.checkEntries(c.Argument(0))
		if o, ok := c.Argument(0).(*goja.Object); ok {
			c.Arguments[0] = p.wholeEntries(o)
		}
	})
	p.shield(p.proto("Function"), "toString", nil)
}

// shield turns what the engine trips over in a method into a TypeError; check
// may refuse its arguments.
func (p *platform) shield(o *goja.Object, name string, check func(goja.FunctionCall)) {
	orig, ok := jsvalue.Native(o.Get(name))
	if !ok {
		return
	}
	p.replace(o, name, func(c goja.FunctionCall) goja.Value {
		if check != nil {
			check(c)
		}
		defer p.stumble(name)
		var v goja.Value
		if ex := p.vm.Try(func() { v = orig(c) }); ex != nil { // so that goja's stacks are in order
			panic(ex)
		}
		return v
	})
}

// stumble, deferred, makes a failure of the engine within a function an error
// that scripts can catch; goja must have put its stacks in order by then.
func (p *platform) stumble(name string) {
	x := recover()
	if x == nil {
		return
	}
	if _, broken := x.(runtime.Error); broken {
		x = p.newError("TypeError", fmt.Sprintf("%s can't work with these arguments", name))
	}
	panic(x)
}

// shieldMap replaces Map by a constructor that checks what it is given.
func (p *platform) shieldMap() {
	orig := p.global.Get("Map").ToObject(p.vm)
	construct, _ := goja.AssertConstructor(orig)
	o := p.vm.ToValue(func(c goja.ConstructorCall) *goja.Object {
		if len(c.Arguments) > 0 {
			p.checkEntries(c.Arguments[0])
			defer p.stumble("Map")
		}
		m, err := construct(c.NewTarget, c.Arguments...)
		if err != nil {
			panic(err)
		}
		return m
	}).ToObject(p.vm)
	p.standFor(orig, o, "Map")
	p.setGlobal("Map", o)
}

// standFor makes o, a constructor, look and inherit like orig.
func (p *platform) standFor(orig, o *goja.Object, name string) {
	must(o.SetPrototype(orig))
	proto := orig.Get("prototype").ToObject(p.vm)
	must(o.DefineDataProperty("prototype", proto, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	must(o.DefineDataProperty("name", p.vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	must(o.DefineDataProperty("length", orig.Get("length"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	must(proto.DefineDataProperty("constructor", o, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

// checkEntries throws a TypeError if v is an array with something in it that
// is no entry.
func (p *platform) checkEntries(v goja.Value) {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Array" {
		return
	}
	for i := range int(lengthOf(o)) {
		item := o.Get(strconv.Itoa(i))
		if _, ok := item.(*goja.Object); ok {
			continue
		}
		if item == nil {
			item = goja.Undefined()
		}
		p.throwType("Iterator value %s is not an entry object", shown(item))
	}
}

func shown(v goja.Value) string {
	if s, ok := v.(*goja.Symbol); ok {
		return "Symbol(" + s.String() + ")"
	}
	return v.String()
}

// wholeEntries is o, or where an entry of this array lacks its key or value, a
// copy with undefined in their place.
func (p *platform) wholeEntries(o *goja.Object) goja.Value {
	if o.ClassName() != "Array" {
		return o
	}
	var whole []any
	for i := range int(lengthOf(o)) {
		e := o.Get(strconv.Itoa(i)).ToObject(p.vm)
		k, v := e.Get("0"), e.Get("1")
		if whole == nil && (k == nil || v == nil) {
			for j := range i {
				whole = append(whole, o.Get(strconv.Itoa(j)))
			}
		}
		if k == nil || v == nil || whole != nil {
			whole = append(whole, p.vm.NewArray(orUndefined(k), orUndefined(v)))
		}
	}
	if whole == nil {
		return o
	}
	return p.vm.NewArray(whole...)
}

func orUndefined(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}
