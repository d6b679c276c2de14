package jsvalue

import (
	"strings"

	"github.com/dop251/goja"
)

// Key is the name of an own member; wide is set when the name has a lone
// surrogate, which goja's Go API can't express.
type Key struct {
	Name string
	wide goja.Value
}

// Get is the member of o called k.
func (k Key) Get(vm *goja.Runtime, o *goja.Object) goja.Value {
	if k.wide == nil {
		return o.Get(k.Name)
	}
	f, _ := goja.AssertFunction(vm.GlobalObject().Get("Reflect").ToObject(vm).Get("get"))
	v, err := f(goja.Undefined(), o, k.wide)
	if err != nil {
		panic(err)
	}
	return v
}

// Wide reports whether the name has a lone surrogate.
func (k Key) Wide() bool { return k.wide != nil }

// Keys are o's own enumerable string keys in order.
func Keys(vm *goja.Runtime, o *goja.Object) []Key {
	names := o.Keys()
	keys := make([]Key, len(names))
	for i, n := range names {
		keys[i].Name = n
		if strings.Contains(n, "\uFFFD") {
			return wideKeys(vm, o)
		}
	}
	return keys
}

func wideKeys(vm *goja.Runtime, o *goja.Object) []Key {
	f, _ := goja.AssertFunction(vm.GlobalObject().Get("Object").ToObject(vm).Get("keys"))
	v, err := f(goja.Undefined(), o)
	if err != nil {
		panic(err)
	}
	var names []goja.Value
	if err := vm.ExportTo(v, &names); err != nil {
		panic(err)
	}
	keys := make([]Key, len(names))
	for i, n := range names {
		s := n.(goja.String)
		keys[i].Name = String(s)
		if keys[i].Name != s.String() {
			keys[i].wide = n
		}
	}
	return keys
}

// Entries calls f for the entries of a Map, or with the item twice for those
// of a Set, by the intrinsic forEach.
func Entries(vm *goja.Runtime, o *goja.Object, f func(k, v goja.Value)) {
	proto := o
	for p := o.Prototype(); p != nil; p = p.Prototype() {
		if p.Prototype() == nil {
			break
		}
		proto = p
	}
	each, ok := goja.AssertFunction(proto.Get("forEach"))
	if !ok {
		panic(vm.NewTypeError("forEach is not a function"))
	}
	_, err := each(o, vm.ToValue(func(c goja.FunctionCall) goja.Value {
		f(c.Argument(1), c.Argument(0))
		return goja.Undefined()
	}))
	if err != nil {
		panic(err)
	}
}

// ClassName is the name of o's constructor, "Object" if it has none.
func ClassName(o *goja.Object) string {
	if c, ok := o.Get("constructor").(*goja.Object); ok {
		if n, ok := c.Get("name").(goja.String); ok && n.Length() > 0 {
			return n.String()
		}
	}
	return o.ClassName()
}
