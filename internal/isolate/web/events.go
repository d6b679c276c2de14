package web

import "github.com/dop251/goja"

// eventsNative is what events.js needs of Go.
func (p *platform) eventsNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"now":    func(goja.FunctionCall) goja.Value { return p.vm.ToValue(float64(p.sinceStart()) / 1e6) },
		"report": p.reportError,
	})
}
