package track

import (
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// pathOf is where at stands in the state as scripts have it now, by the
// shortest way; "" for the root or if it isn't there.
func (t *Tracker) pathOf(at *node) string {
	type step struct {
		n    *node
		path string
	}
	root, ok := t.root.(*goja.Object)
	if !ok {
		return ""
	}
	first := t.node(root)
	if first == nil {
		return ""
	}
	seen := map[*node]bool{first: true}
	for queue := []step{{first, ""}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		if s.n == at {
			return s.path
		}
		s.n.each(func(key string, v goja.Value) {
			o, ok := v.(*goja.Object)
			if !ok {
				return
			}
			if n := t.node(o); n != nil && !seen[n] {
				seen[n] = true
				queue = append(queue, step{n, s.path + jsvalue.Segment(key)})
			}
		})
	}
	return ""
}

// each calls f for what n holds.
func (n *node) each(f func(key string, v goja.Value)) {
	switch n.kind {
	case value.KindArray:
		for i := range int(n.target.Get("length").ToInteger()) {
			f(itoa(i), n.target.Get(itoa(i)))
		}
	case value.KindObject:
		for _, k := range n.target.Keys() {
			f(k, n.target.Get(k))
		}
	case value.KindError:
		for _, k := range jsvalue.ErrorFields(n.target) {
			f(k, n.target.Get(k))
		}
	case value.KindMap, value.KindSet:
		jsvalue.Entries(n.t.r.vm, n.target, func(k, v goja.Value) {
			name := "value"
			if s, ok := k.(goja.String); ok {
				name = s.String()
			}
			f("key", k)
			f(name, v)
		})
	}
}
