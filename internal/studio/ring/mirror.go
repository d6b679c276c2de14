package ring

import (
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// mirror is a state that follows an actor's patches and tells each as a patch
// of the tagged form, at the cost of what changed. A state with shared
// references is compared as a whole.
type mirror struct {
	g       *value.Graph
	parents map[value.Ref]value.Ref // of nodes but the root; entries may be of nodes that are gone
	tree    value.Value             // of a state with shared references, as of the last patch
	shared  bool
}

func newMirror(g *value.Graph) *mirror {
	m := &mirror{g: g}
	m.rebuild()
	if m.shared {
		m.tree = inspect.Tag(g.Value())
	}
	return m
}

// rebuild finds all parents anew, and whether a reference is shared.
func (m *mirror) rebuild() {
	m.parents, m.shared = make(map[value.Ref]value.Ref, m.g.Len()), false
	if r, ok := m.g.Root().(value.Ref); ok {
		m.adopt(r)
	}
}

// adopt notes the children of a node, and theirs.
func (m *mirror) adopt(id value.Ref) {
	n := m.g.Node(id)
	if n.Shared() {
		m.shared = true
		return
	}
	each(n, func(e value.Elem) {
		if c, ok := e.(value.Ref); ok && !m.shared {
			m.parents[c] = id
			m.adopt(c)
		}
	})
}

func each(n *value.Node, f func(value.Elem)) {
	for _, e := range n.Items {
		f(e)
	}
	if n.Kind == value.KindArray || n.Kind == value.KindBytes || n.Kind == value.KindDate || n.Kind == value.KindRegExp {
		return
	}
	n.Each(func(k, v value.Elem) bool {
		f(k)
		if n.Kind != value.KindSet {
			f(v)
		}
		return true
	})
}

// was is what a node held before a patch.
type was struct {
	id    value.Ref
	plain bool
	keys  []string
	items []value.Elem // of an array, or the values of keys
	depth int
}

// apply follows one patch and tells it in the tagged form.
func (m *mirror) apply(patch []byte) (inspect.Patch, error) {
	ids, root, err := value.Touched(patch)
	if err != nil {
		return nil, err
	}
	if m.shared {
		return m.compare(patch)
	}
	var old []was
	seen := map[value.Ref]bool{}
	for _, id := range ids {
		if n := m.g.Node(id); n != nil && !seen[id] {
			seen[id] = true
			old = append(old, m.remember(n))
		}
	}
	if err := m.g.Apply(patch); err != nil {
		return nil, err
	}
	for _, id := range ids {
		m.link(id)
	}
	if len(m.parents) > 2*m.g.Len()+100 {
		m.rebuild()
	}
	if root && !m.shared {
		m.rebuild()
	}
	if root || m.shared {
		tree := inspect.Tag(m.g.Value())
		if m.shared {
			m.tree = tree
		}
		return inspect.Patch{{Op: "replace", Path: "", Value: tree}}, nil
	}
	return m.tell(old), nil
}

// compare tells a patch of a state with shared references.
func (m *mirror) compare(patch []byte) (inspect.Patch, error) {
	if err := m.g.Apply(patch); err != nil {
		return nil, err
	}
	tree := inspect.Tag(m.g.Value())
	p := inspect.Diff(m.tree, tree)
	m.tree = tree
	if m.rebuild(); !m.shared {
		m.tree = nil
	}
	return p, nil
}

func (m *mirror) remember(n *value.Node) was {
	w := was{id: n.ID, plain: plain(n)}
	switch {
	case !w.plain:
	case n.Kind == value.KindArray:
		w.items = append([]value.Elem(nil), n.Items...)
	default:
		n.Each(func(k, v value.Elem) bool {
			w.keys, w.items = append(w.keys, k.(string)), append(w.items, v)
			return true
		})
	}
	return w
}

// plain reports whether a node's tagged form is a JSON object or array whose
// members are its own.
func plain(n *value.Node) bool {
	ok := true
	switch n.Kind {
	case value.KindArray:
		for _, e := range n.Items {
			ok = ok && e != value.Elem(value.Hole{})
		}
	case value.KindObject:
		ok = !n.NullProto
		n.Each(func(k, _ value.Elem) bool {
			ok = !strings.HasPrefix(k.(string), "$")
			return ok
		})
	default:
		return false
	}
	return ok
}

// link notes the children of a node that was touched, which may be new.
func (m *mirror) link(id value.Ref) {
	n := m.g.Node(id)
	if n == nil {
		return
	}
	if n.Shared() {
		m.shared = true
		return
	}
	each(n, func(e value.Elem) {
		c, ok := e.(value.Ref)
		if !ok || m.shared {
			return
		}
		if m.g.Node(c).Shared() {
			m.shared = true
			return
		}
		m.parents[c] = id
	})
}

// tell tells what became of the nodes that changed, those nearer to the root first.
func (m *mirror) tell(old []was) inspect.Patch {
	var live []was
	for _, w := range old {
		if m.g.Node(w.id) != nil {
			w.depth = m.depth(w.id)
			live = append(live, w)
		}
	}
	for i := 1; i < len(live); i++ { // they are few
		for j := i; j > 0 && live[j-1].depth > live[j].depth; j-- {
			live[j-1], live[j] = live[j], live[j-1]
		}
	}
	t := teller{m: m, whole: map[value.Ref]bool{}}
	for _, w := range live {
		t.node(w)
	}
	return t.out
}

func (m *mirror) depth(id value.Ref) int {
	d := 0
	for p, ok := m.parents[id]; ok; p, ok = m.parents[p] {
		d++
	}
	return d
}

type teller struct {
	m     *mirror
	out   inspect.Patch
	whole map[value.Ref]bool // nodes that were told with all that is in them
}

func (t *teller) node(w was) {
	if t.toldWith(w.id) {
		return
	}
	path, ok := t.m.path(w.id)
	if !ok {
		return
	}
	n := t.m.g.Node(w.id)
	switch {
	case !w.plain || !plain(n):
		t.add("replace", path, w.id)
	case n.Kind == value.KindArray:
		t.array(path, w.items, n.Items)
	default:
		t.object(path, w, n)
	}
}

// toldWith reports whether a node lies in one that was told whole.
func (t *teller) toldWith(id value.Ref) bool {
	for ok := true; ok; id, ok = t.m.parents[id] {
		if t.whole[id] {
			return true
		}
	}
	return false
}

func (t *teller) add(op, path string, e value.Elem) {
	o := inspect.Op{Op: op, Path: path}
	if op != "remove" {
		o.Value = inspect.Tag(t.m.g.ValueOf(e))
		if r, ok := e.(value.Ref); ok {
			t.whole[r] = true
		}
	}
	t.out = append(t.out, o)
}

func (t *teller) array(path string, a, b []value.Elem) {
	lo, n, k := 0, len(a), len(b)
	for lo < n && lo < k && value.SameElem(a[lo], b[lo]) {
		lo++
	}
	for n > lo && k > lo && value.SameElem(a[n-1], b[k-1]) {
		n, k = n-1, k-1
	}
	for ; lo < n && lo < k; lo++ {
		if !value.SameElem(a[lo], b[lo]) {
			t.add("replace", path+"/"+strconv.Itoa(lo), b[lo])
		}
	}
	for i := n - 1; i >= lo; i-- {
		t.add("remove", path+"/"+strconv.Itoa(i), nil)
	}
	for i := lo; i < k; i++ {
		t.add("add", path+"/"+strconv.Itoa(i), b[i])
	}
}

func (t *teller) object(path string, w was, n *value.Node) {
	where := make(map[string]int, len(w.keys))
	for i, k := range w.keys {
		where[k] = i
	}
	type member struct {
		key string
		val value.Elem
	}
	var put []member
	kept := map[string]bool{}
	last, open := -1, true
	n.Each(func(key, v value.Elem) bool {
		k := key.(string)
		i, known := where[k]
		_, index := value.ArrayIndex(k)
		switch {
		case index && known, !index && open && known && i > last:
			if kept[k] = true; !index {
				last = i
			}
			if !value.SameElem(w.items[i], v) {
				put = append(put, member{k, v})
			}
		default:
			open = open && index
			put = append(put, member{k, v})
		}
		return true
	})
	for _, k := range w.keys {
		if !kept[k] {
			t.add("remove", path+"/"+inspect.EscapePointer(k), nil)
		}
	}
	for _, p := range put {
		op := "add"
		if kept[p.key] {
			op = "replace"
		}
		t.add(op, path+"/"+inspect.EscapePointer(p.key), p.val)
	}
}

// path is where a node stands in the tagged form.
func (m *mirror) path(id value.Ref) (string, bool) {
	var parts []string
	for m.g.Root() != value.Elem(id) {
		p, ok := m.parents[id]
		if !ok || m.g.Node(p) == nil {
			return "", false
		}
		part, ok := within(m.g.Node(p), id)
		if !ok {
			return "", false
		}
		parts = append(parts, part)
		id = p
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	return b.String(), true
}

// within is where a node holds another, as a pointer.
func within(n *value.Node, id value.Ref) (string, bool) {
	if n.Kind == value.KindArray {
		at, hole := -1, false
		for _, e := range n.Items {
			isHole := e == value.Elem(value.Hole{})
			if !isHole || !hole {
				at++
			}
			hole = isHole
			if e == value.Elem(id) {
				return "/" + strconv.Itoa(at), true
			}
		}
		return "", false
	}
	isPlain, i, found := plain(n), -1, ""
	n.Each(func(k, v value.Elem) bool {
		i++
		switch {
		case n.Kind == value.KindMap && k == value.Elem(id):
			found = "/$map/" + strconv.Itoa(i) + "/0"
		case n.Kind == value.KindSet && k == value.Elem(id):
			found = "/$set/" + strconv.Itoa(i)
		case v != value.Elem(id):
		case n.Kind == value.KindMap:
			found = "/$map/" + strconv.Itoa(i) + "/1"
		case n.Kind == value.KindError:
			found = errorField(n, k.(string))
		case isPlain:
			found = "/" + inspect.EscapePointer(k.(string))
		default:
			found = "/$obj/" + strconv.Itoa(i) + "/1"
		}
		return found == ""
	})
	return found, found != ""
}

// errorField is where an error's own field stands: the fields are an object.
func errorField(n *value.Node, key string) string {
	i, at, dollar := 0, 0, false
	n.Each(func(k, _ value.Elem) bool {
		s := k.(string)
		if s == "name" || s == "message" || s == "stack" {
			return true
		}
		if s == key {
			at = i
		}
		dollar = dollar || strings.HasPrefix(s, "$")
		i++
		return true
	})
	if dollar {
		return "/$err/fields/$obj/" + strconv.Itoa(at) + "/1"
	}
	return "/$err/fields/" + inspect.EscapePointer(key)
}
