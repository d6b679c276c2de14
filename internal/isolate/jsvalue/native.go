package jsvalue

import "github.com/dop251/goja"

// Native is a built-in function of the engine as Go has it. Unlike what
// goja.AssertFunction gives, a call of it is no entry of its own: what it
// throws is a panic, and when it returns to a promise job that called it
// directly (p.then(JSON.parse)), the jobs behind that one aren't run within it.
func Native(f goja.Value) (call func(goja.FunctionCall) goja.Value, ok bool) {
	o, isObject := f.(*goja.Object)
	if !isObject {
		return nil, false
	}
	if call, ok = o.Export().(func(goja.FunctionCall) goja.Value); ok {
		return call, true
	}
	entry, ok := goja.AssertFunction(o)
	return func(c goja.FunctionCall) goja.Value {
		v, err := entry(c.This, c.Arguments...)
		if err != nil {
			panic(err)
		}
		return v
	}, ok
}
