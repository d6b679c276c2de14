package isolate

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// goja leaves its stacks as they were when an interrupt or a stack overflow
// passes through an async function: from then on it takes every call for a
// nested one, and promise jobs never run again. repair puts a runtime that is
// on nobody's stack back into the state of one that was just made.
//
// It reaches private fields by name. Should a release of goja rename one, or
// mend this, the probe after it says so: the isolate is discarded then, which
// is right too, only dearer for its other actors.
type repairer struct {
	vm    reflect.Value // goja's inner struct
	idle  map[string]reflect.Value
	probe goja.Callable
	ran   bool
}

// idleFields are those of goja's vm that differ while a script runs.
var idleFields = []string{"prg", "pc", "sp", "sb", "args", "stash", "privEnv", "callStack", "iterStack",
	"refStack", "tryStack", "newTarget", "result", "curAsyncRunner"}

// newRepairer remembers an idle runtime. Without a probe it can repair nothing.
func newRepairer(vm *goja.Runtime) *repairer {
	p := &repairer{idle: map[string]reflect.Value{}}
	inner := reflect.ValueOf(vm).Elem().FieldByName("vm")
	if inner.Kind() != reflect.Pointer || inner.IsNil() {
		return p
	}
	p.vm = inner.Elem()
	for _, name := range idleFields {
		f := p.field(name)
		if !f.IsValid() {
			p.vm = reflect.Value{}
			return p
		}
		saved := reflect.New(f.Type()).Elem()
		if f.Kind() != reflect.Slice {
			saved.Set(f)
		}
		p.idle[name] = saved
	}
	f, err := vm.RunString(`(done) => (async () => { await null; done(); })()`)
	if err == nil {
		p.probe, _ = goja.AssertFunction(f)
	}
	return p
}

func (p *repairer) field(name string) reflect.Value {
	f := p.vm.FieldByName(name)
	if !f.IsValid() {
		return f
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

// repair reports whether the runtime works again.
func (p *repairer) repair(vm *goja.Runtime) bool {
	if !p.vm.IsValid() || p.probe == nil {
		return false
	}
	vm.ClearInterrupt()
	for name, v := range p.idle {
		p.field(name).Set(v)
	}
	p.ran = false
	_, err := p.probe(goja.Undefined(), vm.ToValue(func(goja.FunctionCall) goja.Value {
		p.ran = true
		return goja.Undefined()
	}))
	return err == nil && p.ran
}
