package isolate

import (
	"testing"

	"github.com/dop251/goja"
)

// BenchmarkAsyncContext is what knowing whose code runs costs an await.
func BenchmarkAsyncContext(b *testing.B) {
	for name, set := range map[string]func(*goja.Runtime){
		"without": func(*goja.Runtime) {},
		"with": func(vm *goja.Runtime) {
			r := &isolate{}
			r.tracker.iso = r
			vm.SetAsyncContextTracker(&r.tracker)
		},
	} {
		b.Run(name, func(b *testing.B) {
			vm := goja.New()
			set(vm)
			v, err := vm.RunString(`(async () => { await null; await null; return 1 })`)
			if err != nil {
				b.Fatal(err)
			}
			f, _ := goja.AssertFunction(v)
			for b.Loop() {
				if _, err := f(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
