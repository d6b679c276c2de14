package track

import (
	"bytes"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// block is an ArrayBuffer that belongs to the state, with the nodes that are
// views of it. Views of one block are stored with its name and their place in
// it, so that they are views of one again when they are loaded.
type block struct {
	name  value.Ref // 0 while there was but one view
	nodes []*node
}

// copied is where the state has its copy of a part of a script's ArrayBuffer.
type copied struct {
	buf    *goja.Object
	lo, hi int // the part
}

// joined enters a node of bytes in its block.
func (t *Tracker) joined(n *node) {
	n.buf, n.at = jsvalue.Memory(n.target)
	b := t.blocks[n.buf]
	if b == nil {
		b = &block{}
		t.blocks[n.buf] = b
	}
	b.nodes = append(b.nodes, n)
	if first := b.nodes[0]; len(b.nodes) == 2 && b.name == 0 && first.id != 0 {
		first.mark() // it was stored as if alone
	}
}

// left takes it out.
func (t *Tracker) left(n *node) {
	b := t.blocks[n.buf]
	if b == nil {
		return
	}
	for i, other := range b.nodes {
		if other == n {
			b.nodes = append(b.nodes[:i], b.nodes[i+1:]...)
			break
		}
	}
	if len(b.nodes) == 0 {
		delete(t.blocks, n.buf)
	}
}

// small is up to which size a script's ArrayBuffer is copied whole though only
// a part of it is given to the state: other views may follow.
const small = 64 << 10

// copyMemory copies what the sources of a survey are views of, each memory once.
func (s *survey) copyMemory() {
	t := s.t
	parts := map[*goja.Object]copied{}
	for _, f := range s.list.all {
		if f.class != jsvalue.Bytes || f.ours || f.n != nil {
			continue
		}
		buf, at := jsvalue.Memory(f.from)
		if t.blocks[buf] != nil || t.copies[buf].holds(at, at+len(f.data.live)) {
			continue
		}
		part, seen := parts[buf]
		if !seen {
			part = copied{lo: at, hi: at + len(f.data.live)}
			if _, all := jsvalue.BytesOf(t.r.vm, buf); len(all) <= small {
				part.lo, part.hi = 0, len(all)
			}
		}
		part.lo, part.hi = min(part.lo, at), max(part.hi, at+len(f.data.live))
		parts[buf] = part
	}
	for buf, part := range parts {
		_, all := jsvalue.BytesOf(t.r.vm, buf)
		part.lo -= part.lo % 8 // what was aligned stays so
		part.buf = jsvalue.NewBytes(t.r.vm, value.ArrayBuffer, bytes.Clone(all[part.lo:part.hi]))
		if t.copies == nil {
			t.copies = map[*goja.Object]copied{}
		}
		t.copies[buf] = part
	}
}

func (c copied) holds(from, to int) bool { return c.buf != nil && c.lo <= from && to <= c.hi }

// view is what stands for f, which is bytes, in the state: over the state's own
// memory if that is what the script made a view of, else over the copy of its.
func (f *source) view(t *Tracker) *goja.Object {
	kind, _ := jsvalue.BytesOf(t.r.vm, f.from)
	buf, at := jsvalue.Memory(f.from)
	if t.blocks[buf] != nil {
		f.still = true
		return jsvalue.NewView(t.r.vm, kind, buf, at, len(f.data.live))
	}
	c := t.copies[buf]
	if kind == value.ArrayBuffer && (c.lo != 0 || c.hi != len(f.data.live)) {
		return jsvalue.NewBytes(t.r.vm, kind, bytes.Clone(f.data.live)) // only part of it is in the state: a copy of its own
	}
	return jsvalue.NewView(t.r.vm, kind, c.buf, at-c.lo, len(f.data.live))
}

// memoryOf is the memory called name of the state that is being loaded.
func (t *Tracker) memoryOf(name value.Ref) *goja.Object {
	if t.loading[name] == nil {
		if t.loading == nil {
			t.loading = map[value.Ref]*goja.Object{}
		}
		buf := jsvalue.NewBytes(t.r.vm, value.ArrayBuffer, make([]byte, t.g.BlockSize(name)))
		t.loading[name] = buf
		t.blocks[buf] = &block{name: name}
	}
	return t.loading[name]
}

// loadBytes makes the bytes of a stored node.
func (t *Tracker) loadBytes(m *value.Node) *goja.Object {
	vm := t.r.vm
	if m.Block == 0 {
		return jsvalue.NewBytes(vm, m.Bytes.Kind, bytes.Clone(m.Bytes.Data))
	}
	o := jsvalue.NewView(vm, m.Bytes.Kind, t.memoryOf(m.Block), m.Bytes.Offset, len(m.Bytes.Data))
	_, live := jsvalue.BytesOf(vm, o)
	copy(live, m.Bytes.Data)
	return o
}

// share is the block that a node of bytes is stored as a view of, 0: none.
func (n *node) share() value.Ref {
	b := n.t.blocks[n.buf]
	if b == nil {
		return 0
	}
	if b.name == 0 && len(b.nodes) > 1 {
		b.name = n.t.g.NewID()
	}
	return b.name
}
