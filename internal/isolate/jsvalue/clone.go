package jsvalue

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/errs"
)

// Clone is a deep copy of v as structuredClone makes it: tracked state gives
// plain objects, a function or symbol is an error.
func Clone(vm *goja.Runtime, v goja.Value) (goja.Value, error) {
	if _, ok := Leaf(v); ok {
		return v, nil
	}
	c, err := ToValue(vm, v, Options{State: true, Root: "value"})
	if err != nil {
		return nil, err
	}
	return FromValue(vm, c), nil
}

// StructuredClone is the global structuredClone. What it can't clone throws an
// error called DataCloneError (a DOMException, if the runtime has that class).
func StructuredClone(vm *goja.Runtime) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		if len(call.Arguments) == 0 {
			panic(vm.NewTypeError("structuredClone needs an argument"))
		}
		out, err := Clone(vm, call.Arguments[0])
		if err == nil {
			return out
		}
		var ex *goja.Exception
		if errors.As(err, &ex) {
			panic(ex.Value())
		}
		msg := vm.ToValue(errs.As(err).Msg)
		if c := vm.GlobalObject().Get("DOMException"); c != nil {
			if o, err := vm.New(c, msg, vm.ToValue("DataCloneError")); err == nil {
				panic(o)
			}
		}
		panic(NewError(vm, "DataCloneError", msg.String(), ""))
	}
}
