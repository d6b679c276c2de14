package web

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

// sources holds the parts of the platform that are written in JavaScript.
//
//go:embed js
var sources embed.FS

// platform is the web platform of one runtime. All of it belongs to the
// isolate's goroutine, but for the timers, which have a lock of their own.
type platform struct {
	h          Host
	vm         *goja.Runtime
	global     *goja.Object
	modules    map[string]*goja.Object
	timers     timers
	console    consoleState
	store      storeHook
	scripted   goja.Callable // makes of a function of Go's one that a script calls
	depth      int           // built-in functions that call back, on the stack now
	uint8Array *goja.Object  // the intrinsic constructor
	started    int64         // Host.Now at Install, in nanoseconds
}

// symPlatform keeps a runtime's platform on its global object.
var symPlatform = goja.NewSymbol("rivet.web")

// Install puts the web platform on the global object of h's runtime. It is
// called once, before any other code runs there. It defines little: what is
// heavy defines itself when it is first read.
func Install(h Host) error {
	vm := h.Runtime()
	p := &platform{
		h: h, vm: vm, global: vm.GlobalObject(),
		modules: map[string]*goja.Object{},
		started: h.Now().UnixNano(),
	}
	p.store = newStoreHook(h)
	p.console.init()
	holder := vm.ToValue(&platformRef{p})
	if err := p.global.DefineDataPropertySymbol(symPlatform, holder, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE); err != nil {
		return fmt.Errorf("install web platform: %w", err)
	}
	err := p.protect(func() {
		p.uint8Array = p.global.Get("Uint8Array").ToObject(vm)
		scripted, err := vm.RunString("(f) => () => { f() }")
		must(err)
		p.scripted, _ = goja.AssertFunction(scripted)
		p.installSymbols()
		p.installTimers()
		p.installGuards()
		p.installDepth()
		p.installNatives()
		p.installLazy()
	})
	if err != nil {
		return fmt.Errorf("install web platform: %w", err)
	}
	return nil
}

// platformRef hides the platform from reflection by scripts.
type platformRef struct{ p *platform }

// platformOf finds the platform that Install put into vm.
func platformOf(vm *goja.Runtime) (*platform, error) {
	if v := vm.GlobalObject().GetSymbol(symPlatform); v != nil {
		if ref, ok := v.Export().(*platformRef); ok {
			return ref.p, nil
		}
	}
	return nil, fmt.Errorf("web: not installed in this runtime")
}

// installSymbols defines the well-known symbols that goja lacks; the helpers
// that esbuild emits and the streams depend on them.
func (p *platform) installSymbols() {
	sym := p.global.Get("Symbol").ToObject(p.vm)
	for _, name := range []string{"asyncIterator", "dispose", "asyncDispose"} {
		if v := sym.Get(name); v == nil || goja.IsUndefined(v) {
			must(sym.DefineDataProperty(name, goja.NewSymbol("Symbol."+name), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
		}
	}
}

// installLazy defines an accessor for each name of [lazyGlobals]. The first
// read loads the name's module and turns the accessor into a plain property.
func (p *platform) installLazy() {
	for i := range lazyGlobals {
		g := &lazyGlobals[i]
		for _, name := range g.names {
			getter := p.vm.ToValue(func(goja.FunctionCall) goja.Value { return p.define(g, name) })
			setter := p.vm.ToValue(func(call goja.FunctionCall) goja.Value {
				p.setGlobal(name, call.Argument(0))
				return goja.Undefined()
			})
			must(p.global.DefineAccessorProperty(name, getter, setter, goja.FLAG_TRUE, goja.FLAG_FALSE))
		}
	}
	p.setGlobal("global", p.global)
	p.setGlobal("self", p.global)
}

// define replaces the accessor of name by its value.
func (p *platform) define(g *lazyGlobal, name string) goja.Value {
	v := g.load(p, name)
	p.setGlobal(name, v)
	return v
}

// setGlobal defines a global as the web platform's own: writable, not enumerable.
func (p *platform) setGlobal(name string, v goja.Value) {
	must(p.global.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

// require loads a JavaScript module of ours once per runtime.
func (p *platform) require(name string) *goja.Object {
	if m := p.modules[name]; m != nil {
		return m
	}
	fn, ok := goja.AssertFunction(p.run(program(name)))
	if !ok {
		panic(p.vm.NewTypeError("web: module " + name + " is no function"))
	}
	module := p.vm.NewObject()
	exports := p.vm.NewObject()
	must(module.Set("exports", exports))
	p.modules[name] = exports // circular requires see what is there already
	native := goja.Value(goja.Undefined())
	if n := natives[name]; n != nil {
		native = n(p)
	}
	require := p.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		return p.require(call.Argument(0).String())
	})
	if _, err := fn(goja.Undefined(), native, require, exports, module); err != nil {
		delete(p.modules, name)
		panic(err)
	}
	if o, ok := module.Get("exports").(*goja.Object); ok {
		exports = o
		p.modules[name] = o
	}
	if !dataModules[name] {
		p.markClasses(exports)
	}
	return exports
}

// dataModules are those whose classes are data, or bases of the user's own.
var dataModules = map[string]bool{"node/events": true, "node/emitter": true, "node/buffer": true, "node/url": true, "node/assert": true, "node/util": true}

// markClasses tells apart the instances of a module's classes from data: most
// have all they are in private fields, and would be stored as {}.
func (p *platform) markClasses(exports *goja.Object) {
	for _, name := range exports.Keys() {
		if c, ok := exports.Get(name).(*goja.Object); ok {
			if proto, ok := c.Get("prototype").(*goja.Object); ok && jsvalue.ClassOf(p.vm, c) == jsvalue.Function {
				jsvalue.MarkHost(proto)
			}
		}
	}
}

// run runs a compiled program; an exception rises as a panic for goja.
func (p *platform) run(prg *goja.Program) goja.Value {
	v, err := p.vm.RunProgram(prg)
	if err != nil {
		panic(err)
	}
	return v
}

// member reads a member of a module.
func (p *platform) member(module, name string) goja.Value {
	if v := p.require(module).Get(name); v != nil {
		return v
	}
	return goja.Undefined()
}

// call calls an exported function of a module; exceptions rise as panics for goja.
func (p *platform) call(module, name string, args ...goja.Value) goja.Value {
	fn, ok := goja.AssertFunction(p.member(module, name))
	if !ok {
		panic(p.vm.NewTypeError("web: no function " + module + "." + name))
	}
	v, err := fn(goja.Undefined(), args...)
	if err != nil {
		panic(err)
	}
	return v
}

// programs holds each module compiled once per process.
var programs sync.Map // name → func() *goja.Program

// program compiles a module of ours, or returns what an earlier call compiled.
func program(name string) *goja.Program {
	f, ok := programs.Load(name)
	if !ok {
		f, _ = programs.LoadOrStore(name, sync.OnceValue(func() *goja.Program {
			src, err := sources.ReadFile("js/" + name + ".js")
			if err != nil {
				panic("web: no module " + name)
			}
			head := "(function (native, require, exports, module) {"
			if !strings.HasPrefix(name, "vendor/") {
				head += `"use strict";`
			}
			return goja.MustCompile("rivet:web/"+name+".js", head+string(src)+"\n})", false)
		}))
	}
	return f.(func() *goja.Program)()
}

// fn makes a function with a proper name.
func (p *platform) fn(name string, f func(goja.FunctionCall) goja.Value) *goja.Object {
	o := p.vm.ToValue(f).ToObject(p.vm)
	must(o.DefineDataProperty("name", p.vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	return o
}

// object makes an object of named functions.
func (p *platform) object(fns map[string]func(goja.FunctionCall) goja.Value) *goja.Object {
	o := p.vm.NewObject()
	for name, f := range fns {
		must(o.Set(name, p.fn(name, f)))
	}
	return o
}

// must turns an error of defining a property into a panic that goja catches.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// throwDOM throws a DOMException.
func (p *platform) throwDOM(name, msg string) {
	panic(p.domException(name, msg))
}

// domException makes a DOMException.
func (p *platform) domException(name, msg string) goja.Value {
	v, err := p.vm.New(p.member("events", "DOMException"), p.vm.ToValue(msg), p.vm.ToValue(name))
	if err != nil {
		panic(err)
	}
	return v
}

// throwType throws a TypeError.
func (p *platform) throwType(format string, args ...any) {
	panic(p.vm.NewTypeError(fmt.Sprintf(format, args...)))
}

// throwRange throws a RangeError.
func (p *platform) throwRange(format string, args ...any) {
	panic(p.newError("RangeError", fmt.Sprintf(format, args...)))
}

// newError makes an error of a global class.
func (p *platform) newError(class, msg string) goja.Value {
	v, err := p.vm.New(p.global.Get(class), p.vm.ToValue(msg))
	if err != nil {
		return p.vm.NewTypeError(msg)
	}
	return v
}
