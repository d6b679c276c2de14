package track

import (
	"math"
	"math/big"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// Assign makes the state next as if a script had changed what differs from
// old, which must be Value's. Objects and arrays that stay in their place keep
// their identity; a state with shared references is replaced as a whole.
func (t *Tracker) Assign(old, next value.Value) error {
	a := assigner{t: t}
	if a.shares(old, map[any]bool{}) || a.shares(next, map[any]bool{}) {
		return t.SetRoot(jsvalue.FromValue(t.r.vm, next))
	}
	root, isObject := t.root.(*goja.Object)
	var err error
	if ex := t.r.vm.Try(func() {
		if !isObject || !a.merge(root, old, next) {
			err = t.SetRoot(jsvalue.FromValue(t.r.vm, next))
		}
	}); ex != nil {
		return ex
	}
	return err
}

type assigner struct{ t *Tracker }

// shares reports whether an object is met twice.
func (a *assigner) shares(v value.Value, seen map[any]bool) bool {
	switch v.(type) {
	case *value.Object, *value.Array, *value.Map, *value.Set, *value.Error, *value.RegExp, *value.Bytes:
		if seen[v] {
			return true
		}
		seen[v] = true
	}
	found := false
	children(v, func(c value.Value) { found = found || a.shares(c, seen) })
	return found
}

func children(v value.Value, f func(value.Value)) {
	switch v := v.(type) {
	case *value.Object:
		for _, c := range v.Vals {
			f(c)
		}
	case *value.Array:
		for _, c := range v.Items {
			f(c)
		}
	case *value.Set:
		for _, c := range v.Items {
			f(c)
		}
	case *value.Map:
		for _, e := range v.Entries {
			f(e[0])
			f(e[1])
		}
	case *value.Error:
		if v.Fields != nil {
			f(v.Fields)
		}
	}
}

// merge makes next of an object or array that is old; false: it must be replaced.
func (a *assigner) merge(o *goja.Object, old, next value.Value) bool {
	switch next := next.(type) {
	case *value.Object:
		old, ok := old.(*value.Object)
		if !ok || old.NullProto != next.NullProto {
			return false
		}
		a.mergeObject(o, old, next)
		return true
	case *value.Array:
		old, ok := old.(*value.Array)
		if !ok || hasHole(old) || hasHole(next) {
			return false
		}
		for i, v := range next.Items {
			if i >= len(old.Items) {
				must(goja.Undefined(), o.Set(itoa(i), a.make(v)))
			} else {
				a.put(o, itoa(i), old.Items[i], v)
			}
		}
		if len(next.Items) < len(old.Items) {
			must(goja.Undefined(), o.Set("length", len(next.Items)))
		}
		return true
	}
	return false
}

func hasHole(v *value.Array) bool {
	for _, it := range v.Items {
		if it == (value.Hole{}) {
			return true
		}
	}
	return false
}

// mergeObject keeps next's order of keys: from the first on that is new or
// stands elsewhere, they are taken out and put in again.
func (a *assigner) mergeObject(o *goja.Object, old, next *value.Object) {
	where := make(map[string]int, len(old.Keys))
	for i, k := range old.Keys {
		where[k] = i
	}
	kept := make(map[string]bool, len(next.Keys))
	last, open := -1, true
	for _, k := range next.Keys {
		i, known := where[k]
		if _, index := value.ArrayIndex(k); index {
			kept[k] = known // such keys order themselves
		} else if open && known && i > last {
			kept[k], last = true, i
		} else {
			open = false
		}
	}
	for _, k := range old.Keys {
		if !kept[k] {
			must(goja.Undefined(), o.Delete(k))
		}
	}
	for i, k := range next.Keys {
		if kept[k] {
			a.put(o, k, old.Vals[where[k]], next.Vals[i])
		}
	}
	for i, k := range next.Keys {
		if !kept[k] {
			jsvalue.Define(a.t.r.vm, o, k, a.make(next.Vals[i]))
		}
	}
}

// put makes a member next that is old.
func (a *assigner) put(o *goja.Object, key string, old, next value.Value) {
	if same(old, next) {
		return
	}
	if child, ok := o.Get(key).(*goja.Object); ok && a.merge(child, old, next) {
		return
	}
	jsvalue.Define(a.t.r.vm, o, key, a.make(next))
}

func (a *assigner) make(v value.Value) goja.Value { return jsvalue.FromValue(a.t.r.vm, v) }

// same reports whether two values without shared references are alike.
func same(a, b value.Value) bool {
	switch a := a.(type) {
	case *value.Object:
		b, ok := b.(*value.Object)
		if !ok || a.NullProto != b.NullProto || len(a.Keys) != len(b.Keys) {
			return false
		}
		for i, k := range a.Keys {
			if k != b.Keys[i] || !same(a.Vals[i], b.Vals[i]) {
				return false
			}
		}
		return true
	case *value.Array:
		b, ok := b.(*value.Array)
		return ok && sameItems(a.Items, b.Items)
	case *value.Set:
		b, ok := b.(*value.Set)
		return ok && sameItems(a.Items, b.Items)
	case *value.Map:
		b, ok := b.(*value.Map)
		if !ok || len(a.Entries) != len(b.Entries) {
			return false
		}
		for i := range a.Entries {
			if !sameItems(a.Entries[i][:], b.Entries[i][:]) {
				return false
			}
		}
		return true
	case *value.RegExp:
		b, ok := b.(*value.RegExp)
		return ok && *a == *b
	case *value.Bytes:
		b, ok := b.(*value.Bytes)
		return ok && a.Kind == b.Kind && string(a.Data) == string(b.Data)
	case *value.Error:
		b, ok := b.(*value.Error)
		return ok && a.Name == b.Name && a.Message == b.Message && a.Stack == b.Stack &&
			(a.Fields == nil) == (b.Fields == nil) && (a.Fields == nil || same(a.Fields, b.Fields))
	case value.Date:
		b, ok := b.(value.Date)
		return ok && math.Float64bits(float64(a)) == math.Float64bits(float64(b))
	}
	switch b.(type) {
	case nil, value.Undefined, value.Hole, bool, float64, string, *big.Int:
		return value.SameElem(a, b)
	}
	return false
}

func sameItems(a, b []value.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !same(a[i], b[i]) {
			return false
		}
	}
	return true
}
