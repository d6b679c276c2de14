package jsvalue

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// Options choose how ToValue treats what isn't data.
type Options struct {
	// State makes functions, symbols, promises and the like errors
	// (invalid_state_type, naming the path) and ignores toJSON. Otherwise
	// they vanish as with JSON.stringify and toJSON is honoured.
	State bool
	// Root begins the paths in errors; "": "state".
	Root string
	// OnClassInstance is told the class of each instance that becomes a plain object.
	OnClassInstance func(name string)
}

// ToValue takes a snapshot of v. Objects met twice are one pointer.
func ToValue(vm *goja.Runtime, v goja.Value, o Options) (value.Value, error) {
	if leaf, ok := Leaf(v); ok {
		return leaf, nil
	}
	c := converter{vm: vm, opts: o}
	var out value.Value
	var err error
	if ex := vm.Try(func() { out, err = c.convert(v, "") }); ex != nil {
		return nil, ex
	}
	if err != nil {
		return nil, err
	}
	if out == vanished {
		return value.Undefined{}, nil
	}
	return out, nil
}

// vanished stands for a function or symbol in message mode.
var vanished value.Value = new(struct{ byte })

type converter struct {
	vm   *goja.Runtime
	opts Options
	seen map[*goja.Object]value.Value
	mem  map[*goja.Object]*value.Bytes // the first of each ArrayBuffer
	path []string                      // segments in the form in which they are printed
}

func (c *converter) invalid(what string) error {
	root := c.opts.Root
	if root == "" {
		root = "state"
	}
	return errs.New(errs.InvalidStateType, "%s%s is %s, which can't be stored", root, strings.Join(c.path, ""), what).
		WithHint("Keep it in vars, or store plain data instead.")
}

// Segment is a member name as it is printed in a path: .name, [0] or ["odd name"].
func Segment(key string) string {
	if _, ok := value.ArrayIndex(key); ok {
		return "[" + key + "]"
	}
	for i, r := range key {
		if r != '_' && r != '$' && (r|0x20 < 'a' || r|0x20 > 'z') && (i == 0 || r < '0' || r > '9') {
			return "[" + strconv.Quote(key) + "]"
		}
	}
	if key == "" {
		return `[""]`
	}
	return "." + key
}

func (c *converter) child(v goja.Value, key string) (value.Value, error) {
	if leaf, ok := Leaf(v); ok {
		return leaf, nil
	}
	c.path = append(c.path, Segment(key))
	out, err := c.convert(v, key)
	if err == nil {
		c.path = c.path[:len(c.path)-1]
	}
	return out, err
}

func (c *converter) convert(v goja.Value, key string) (value.Value, error) {
	if leaf, ok := Leaf(v); ok {
		return leaf, nil
	}
	obj, ok := v.(*goja.Object)
	if !ok {
		if c.opts.State {
			return nil, c.invalid("a symbol")
		}
		return vanished, nil
	}
	if out, ok := c.seen[obj]; ok {
		return out, nil
	}
	if len(c.path) > value.MaxDepth {
		return nil, fmt.Errorf("value is nested deeper than %d", value.MaxDepth)
	}
	class := ClassOf(c.vm, obj)
	if class == Proxy {
		class = Plain
		if t := Unwrap(obj); t == nil {
			return nil, fmt.Errorf("value contains a revoked proxy")
		} else if t.ClassName() == "Array" {
			class = Array
		} else if ClassOf(c.vm, t) == Function {
			class = Function
		}
	}
	if !c.opts.State && class != Date && class != Bytes && class != Function {
		if f, ok := goja.AssertFunction(obj.Get("toJSON")); ok {
			r, err := f(obj, c.vm.ToValue(key))
			if err != nil {
				return nil, err
			}
			if o, ok := r.(*goja.Object); !ok || o != obj {
				return c.convertPlain(r, key)
			}
		}
	}
	return c.object(obj, class)
}

// convertPlain converts what toJSON returned, whose own toJSON isn't called.
func (c *converter) convertPlain(v goja.Value, key string) (value.Value, error) {
	obj, ok := v.(*goja.Object)
	if !ok {
		return c.convert(v, key)
	}
	if out, ok := c.seen[obj]; ok {
		return out, nil
	}
	class := ClassOf(c.vm, obj)
	if class == Proxy {
		if class = Plain; IsArray(obj) {
			class = Array
		}
	}
	return c.object(obj, class)
}

func (c *converter) remember(o *goja.Object, v value.Value) {
	if c.seen == nil {
		c.seen = map[*goja.Object]value.Value{}
	}
	c.seen[o] = v
}

func (c *converter) object(obj *goja.Object, class Class) (value.Value, error) {
	switch class {
	case Plain:
		return c.plain(obj)
	case Array:
		return c.array(obj)
	case Date:
		return value.Date(TimeOf(obj)), nil
	case Boxed:
		if c.opts.State {
			return nil, c.invalid("a boxed primitive")
		}
		if obj.ClassName() == "String" {
			return text(obj.ToString()), nil
		}
		leaf, _ := Leaf(c.vm.ToValue(obj.Export()))
		return leaf, nil
	case RegExp:
		r := &value.RegExp{Source: text(obj.Get("source")), Flags: text(obj.Get("flags"))}
		c.remember(obj, r)
		return r, nil
	case Bytes:
		kind, data := BytesOf(c.vm, obj)
		b := &value.Bytes{Kind: kind, Data: append([]byte{}, data...)}
		c.shared(obj, b)
		c.remember(obj, b)
		return b, nil
	case Map:
		m := &value.Map{}
		c.remember(obj, m)
		var err error
		Entries(c.vm, obj, func(k, v goja.Value) {
			if err != nil {
				return
			}
			var e [2]value.Value
			if e[0], err = c.entry(k, "key"); err == nil {
				if e[1], err = c.entry(v, label(k)); err == nil {
					m.Entries = append(m.Entries, e)
				}
			}
		})
		return m, err
	case Set:
		s := &value.Set{}
		c.remember(obj, s)
		var err error
		Entries(c.vm, obj, func(k, _ goja.Value) {
			if err == nil {
				var it value.Value
				if it, err = c.entry(k, label(k)); err == nil {
					s.Items = append(s.Items, it)
				}
			}
		})
		return s, err
	case Error:
		return c.errorObject(obj)
	case Function:
		if c.opts.State {
			return nil, c.invalid("a function")
		}
		return vanished, nil
	}
	if c.opts.State {
		return nil, c.invalid(Named(obj))
	}
	o := &value.Object{}
	c.remember(obj, o)
	return o, nil
}

// shared notes which memory b, which is obj, has in common with others.
func (c *converter) shared(obj *goja.Object, b *value.Bytes) {
	buf, at := Memory(obj)
	first := c.mem[buf]
	if first == nil {
		if c.mem == nil {
			c.mem = map[*goja.Object]*value.Bytes{}
		}
		b.Offset = at
		c.mem[buf] = b
		return
	}
	if first.Of == nil {
		first.Of = &value.Block{}
	}
	b.Of, b.Offset = first.Of, at
	first.Of.Size = max(first.Of.Size, first.Offset+len(first.Data), at+len(b.Data))
}

func (c *converter) entry(v goja.Value, key string) (value.Value, error) {
	out, err := c.child(v, key)
	if out == vanished {
		out = value.Undefined{}
	}
	return out, err
}

func label(k goja.Value) string {
	if s, ok := k.(goja.String); ok {
		return s.String()
	}
	return "entry"
}

func text(v goja.Value) string {
	if s, ok := v.(goja.String); ok {
		return String(s)
	}
	if v == nil {
		return ""
	}
	return v.String()
}

func (c *converter) plain(obj *goja.Object) (value.Value, error) {
	proto := obj.Prototype()
	if c.opts.State && proto != nil && proto.Prototype() != nil {
		if o := Unwrap(obj); o != nil && IsHost(o) {
			return nil, c.invalid(Named(o))
		}
	}
	keys := Keys(c.vm, obj)
	o := &value.Object{Keys: make([]string, 0, len(keys)), Vals: make([]value.Value, 0, len(keys))}
	c.remember(obj, o)
	o.NullProto = proto == nil
	if c.opts.OnClassInstance != nil && proto != nil && proto.Prototype() != nil {
		c.opts.OnClassInstance(ClassName(obj))
	}
	for _, k := range keys {
		v, err := c.child(k.Get(c.vm, obj), k.Name)
		if err != nil {
			return nil, err
		}
		if v == vanished {
			continue
		}
		o.Keys = append(o.Keys, k.Name)
		o.Vals = append(o.Vals, v)
	}
	return o, nil
}

func (c *converter) array(obj *goja.Object) (value.Value, error) {
	n := obj.Get("length").ToInteger()
	if n > value.MaxArray {
		return nil, errs.New(errs.InvalidRequest, "array of %d elements is too long", n)
	}
	a := &value.Array{}
	c.remember(obj, a)
	a.Items = make([]value.Value, 0, min(n, 1<<16))
	for i := range int(n) {
		k := strconv.Itoa(i)
		v := obj.Get(k)
		if v == nil {
			a.Items = append(a.Items, value.Hole{})
			continue
		}
		it, err := c.child(v, k)
		if err != nil {
			return nil, err
		}
		if it == vanished {
			it = value.Undefined{}
		}
		a.Items = append(a.Items, it)
	}
	return a, nil
}

func (c *converter) errorObject(obj *goja.Object) (value.Value, error) {
	e := &value.Error{Name: text(obj.Get("name")), Message: text(obj.Get("message")), Stack: text(obj.Get("stack"))}
	c.remember(obj, e)
	for _, k := range ErrorFields(obj) {
		v, err := c.child(obj.Get(k), k)
		if err != nil {
			return nil, err
		}
		if v == vanished {
			continue
		}
		if e.Fields == nil {
			e.Fields = &value.Object{}
		}
		e.Fields.Set(k, v)
	}
	return e, nil
}

// ErrorFields are the own members of an error other than name, message and
// stack: the enumerable ones, and cause and errors, which aren't.
func ErrorFields(obj *goja.Object) []string {
	var out []string
	for _, k := range obj.GetOwnPropertyNames() {
		if k == "cause" || k == "errors" {
			out = append(out, k)
		}
	}
	for _, k := range obj.Keys() {
		switch k {
		case "name", "message", "stack", "cause", "errors":
		default:
			out = append(out, k)
		}
	}
	return out
}
