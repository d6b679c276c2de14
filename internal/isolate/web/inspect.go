package web

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
)

// InspectOptions choose how [Inspect] prints.
type InspectOptions struct {
	Depth  int
	Styled bool // with style marks; see Parts
}

// Inspect is v as Node's util.inspect prints it, by the formatter of console.log,
// in a runtime that [Install] was called on. It may run code of the user's
// (custom inspection); what that throws is the error.
func Inspect(vm *goja.Runtime, v goja.Value, o InspectOptions) (string, error) {
	p, err := platformOf(vm)
	if err != nil {
		return "", err
	}
	var out string
	err = p.protect(func() {
		opts := vm.NewObject()
		must(opts.Set("depth", o.Depth))
		must(opts.Set("marks", o.Styled))
		out = p.call("inspect", "inspect", v, opts).String()
	})
	return out, err
}

// markStyles are the styles by the letter of their mark (js/inspect.js).
var markStyles = map[byte]string{
	'n': "number", 's': "string", 'b': "boolean", 'u': "undefined", 'l': "null", 'i': "bigint",
	'y': "symbol", 'd': "date", 'r': "regexp", 'p': "special", 'k': "name",
}

// Parts takes marked text apart. A mark is \x0e, a letter, the text and \x0f.
func Parts(text string) (parts []actor.LinePart) {
	add := func(s, t string) {
		if t != "" {
			parts = append(parts, actor.LinePart{Style: s, Text: t})
		}
	}
	for text != "" {
		from := strings.IndexByte(text, 0x0e)
		if from < 0 || from+2 > len(text) {
			break
		}
		to := strings.IndexByte(text[from:], 0x0f)
		if to < 2 {
			break
		}
		add("", text[:from])
		add(markStyles[text[from+1]], text[from+2:from+to])
		text = text[from+to+1:]
	}
	add("", text)
	return parts
}

// Stacker is a Host that leads from goja's stacks to the user's sources.
type Stacker interface{ Stack(stack string) string }

// inspectNative is what the formatter can't see by itself: promise(p) is a
// promise's state and result, stack(s) a stack as people read it.
func (p *platform) inspectNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{"promise": p.promiseState, "stack": func(c goja.FunctionCall) goja.Value {
		h, ok := p.h.(Stacker)
		if !ok {
			return c.Argument(0)
		}
		return p.vm.ToValue(h.Stack(c.Argument(0).String()))
	}})
}

func (p *platform) promiseState(c goja.FunctionCall) goja.Value {
	o, ok := c.Argument(0).(*goja.Object)
	if !ok {
		return p.vm.NewArray()
	}
	if o.ExportType() != reflect.TypeFor[*goja.Promise]() { // Export of others would run getters
		return p.vm.NewArray()
	}
	x, ok := o.Export().(*goja.Promise)
	if !ok {
		return p.vm.NewArray()
	}
	switch x.State() {
	case goja.PromiseStateFulfilled:
		return p.vm.NewArray("fulfilled", x.Result())
	case goja.PromiseStateRejected:
		return p.vm.NewArray("rejected", x.Result())
	}
	return p.vm.NewArray("pending")
}
