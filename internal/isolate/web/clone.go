package web

import (
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

// structuredClone copies a value; buffers and ports in options.transfer move.
func (p *platform) structuredClone(c goja.FunctionCall) goja.Value {
	if len(c.Arguments) == 0 {
		p.throwType("structuredClone: 1 argument required")
	}
	clone, ok := goja.AssertFunction(p.vm.ToValue(jsvalue.StructuredClone(p.vm)))
	if !ok {
		p.throwType("structuredClone is not available")
	}
	v, err := clone(goja.Undefined(), c.Arguments...)
	if err != nil {
		panic(err)
	}
	if o, ok := c.Argument(1).(*goja.Object); ok {
		p.detach(o.Get("transfer"))
	}
	return v
}

// detach empties the buffers of a transfer list, as if they had moved.
func (p *platform) detach(list goja.Value) {
	if list == nil || goja.IsUndefined(list) || goja.IsNull(list) {
		return
	}
	p.vm.ForOf(list, func(v goja.Value) bool {
		if o, ok := v.(*goja.Object); ok {
			if b, ok := o.Export().(goja.ArrayBuffer); ok {
				b.Detach()
			}
		}
		return true
	})
}
