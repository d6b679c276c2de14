package track

import (
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

// makeListProto makes the prototype of the arrays of a state: the mutators that
// take several values take all of them, or none if one can't be stored. Other
// arrays keep their prototype and its speed.
func (r *Realm) makeListProto() {
	r.listProto = r.vm.CreateObject(r.arrayProto)
	r.wholesale("push", func(n *node, args []goja.Value) (first int) { return n.length() })
	r.wholesale("unshift", func(*node, []goja.Value) int { return 0 })
	r.wholesale("splice", func(n *node, args []goja.Value) int {
		if len(args) == 0 {
			return 0
		}
		at := args[0].ToNumber().ToInteger()
		if at < 0 {
			at = max(0, at+int64(n.length()))
		}
		return int(min(at, int64(n.length()))) - 2
	})
}

// wholesale wraps the array's method name; first is the index of its first
// argument in the array, negative for those that aren't elements.
func (r *Realm) wholesale(name string, first func(*node, []goja.Value) int) {
	old := r.arrayProto.Get(name).ToObject(r.vm)
	native, _ := jsvalue.Native(old)
	skip := 0
	if name == "splice" {
		skip = 2
	}
	fn := r.vm.ToValue(func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > skip+1 {
			if this, ok := c.This.(*goja.Object); ok {
				if n := r.nodes[this]; n != nil {
					at := first(n, c.Arguments)
					for i := skip; i < len(c.Arguments); i++ {
						c.Arguments[i] = n.t.adopt(c.Arguments[i], n, itoa(at+i))
					}
				}
			}
		}
		return native(c)
	}).ToObject(r.vm)
	for _, k := range []string{"name", "length"} {
		_ = fn.DefineDataProperty(k, old.Get(k), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	_ = r.listProto.DefineDataProperty(name, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

func (n *node) length() int { return int(n.target.Get("length").ToInteger()) }
