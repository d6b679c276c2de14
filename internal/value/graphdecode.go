package value

import (
	"encoding/binary"
	"math"
	"math/big"
)

// DecodeGraph reads a snapshot and applies patches to it, oldest first.
func DecodeGraph(snapshot []byte, patches ...[]byte) (*Graph, error) {
	g := NewGraph()
	r := &reader{b: snapshot}
	r.header(formatSnapshot)
	next := Ref(r.uvarint())
	root := r.elem()
	for range r.count(3) {
		n := r.node()
		if r.err != nil {
			return nil, r.err
		}
		if g.nodes[n.ID] != nil || n.ID >= next {
			return nil, corrupt("node %d twice or out of range", n.ID)
		}
		g.addNode(n)
	}
	if r.err != nil {
		return nil, r.err
	}
	if len(r.b) > 0 {
		return nil, corrupt("%d bytes after the end", len(r.b))
	}
	g.setRoot(root)
	g.next = max(g.next, next)
	if len(g.missing) > 0 {
		return nil, corrupt("reference to a node that isn't there")
	}
	g.Collect()
	for _, p := range patches {
		if err := g.Apply(p); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Compact is the snapshot of what snapshot and patches come to.
func Compact(snapshot []byte, patches [][]byte) ([]byte, error) {
	g, err := DecodeGraph(snapshot, patches...)
	if err != nil {
		return nil, err
	}
	return g.Encode(), nil
}

// Apply applies one patch. After an error g is of no further use.
func (g *Graph) Apply(patch []byte) error {
	r := &reader{b: patch}
	r.header(formatPatch)
	for r.err == nil && len(r.b) > 0 {
		g.applyOp(r)
	}
	if r.err != nil {
		return r.err
	}
	if len(g.missing) > 0 {
		return corrupt("reference to a node that isn't there")
	}
	g.Collect()
	return nil
}

func (g *Graph) applyOp(r *reader) {
	op := int(r.byte())
	switch op {
	case opRoot:
		if e := r.elem(); r.err == nil {
			g.setRoot(e)
		}
		return
	case opNode:
		n := r.node()
		if r.err == nil && g.nodes[n.ID] != nil {
			r.fail("node %d exists", n.ID)
		}
		if r.err == nil {
			g.addNode(n)
		}
		return
	}
	n := g.nodes[Ref(r.uvarint())]
	if n == nil {
		r.fail("change of a node that isn't there")
		return
	}
	g.applyTo(r, op, n)
}

func (g *Graph) applyTo(r *reader, op int, n *Node) {
	object := n.Kind == KindObject || n.Kind == KindError
	keyed := n.Kind == KindMap || n.Kind == KindSet
	ok := false
	switch op {
	case opSet:
		k, v := r.string(), r.elem()
		if ok = object; ok && r.err == nil {
			g.setMember(n, k, v)
		}
	case opDelete:
		k := r.string()
		ok = object && g.deleteMember(n, k)
	case opMapSet:
		k, v := r.elem(), r.elem()
		if ok = n.Kind == KindMap; ok && r.err == nil {
			g.setMember(n, k, v)
		}
	case opSetAdd:
		k := r.elem()
		if ok = n.Kind == KindSet; ok && r.err == nil {
			g.setMember(n, k, k)
		}
	case opMapDelete:
		k := r.elem()
		ok = keyed && r.err == nil && g.deleteMember(n, k)
	case opClear:
		if ok = keyed || object; ok {
			g.clear(n)
		}
	case opIndex:
		i, v := r.uvarint(), r.items1()
		if ok = n.Kind == KindArray && i < uint64(len(n.Items)); ok && r.err == nil {
			g.setIndex(n, int(i), v)
		}
	case opSplice:
		at, del, items := r.uvarint(), r.uvarint(), r.elems()
		l := uint64(len(n.Items))
		ok = n.Kind == KindArray && at <= l && del <= l-at && l+uint64(len(items)) <= MaxArray
		if ok && r.err == nil {
			g.splice(n, int(at), int(del), items)
		}
	case opTime:
		at := r.float()
		switch n.Kind {
		case KindDate:
			n.Time, ok = at, true
		case KindRegExp:
			n.RegExp.LastIndex, ok = lastIndex(at), true
		}
	case opBytes:
		data := r.bytes()
		if ok = n.Kind == KindBytes; ok {
			g.size += len(data) - len(n.Bytes.Data)
			n.Bytes.Data = append([]byte(nil), data...)
		}
	case opRange:
		at, data := r.uvarint(), r.bytes()
		l := uint64(len(n.Bytes.Data))
		if ok = n.Kind == KindBytes && at <= l && uint64(len(data)) <= l-at; ok {
			fresh := append([]byte(nil), n.Bytes.Data...)
			copy(fresh[at:], data)
			n.Bytes.Data = fresh
		}
	case opShare:
		if ok = n.Kind == KindBytes; ok {
			r.share(n)
			g.next = max(g.next, n.Block+1)
		}
	case opProto:
		n.NullProto, ok = r.byte() == 1, n.Kind == KindObject
	}
	if !ok {
		r.fail("operation %d doesn't fit node %d", op, n.ID)
	}
}

// share reads which memory bytes are a view of.
func (r *reader) share(n *Node) {
	block, at := r.uvarint(), r.uvarint()
	if block == 0 || block >= 1<<53 || at > maxBlock {
		r.fail("bad view")
		return
	}
	n.Block, n.Bytes.Offset = Ref(block), int(at)
}

// maxBlock bounds what bytes of a few bytes may ask for as the memory around them.
const maxBlock = 256 << 20

// lastIndex is at as a RegExp's last index; what can't be one is 0.
func lastIndex(at float64) int {
	if at > 0 && at <= 1<<53 {
		return int(at)
	}
	return 0
}

// reader reads the stored format; after the first error it returns zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = corrupt(format, args...)
	}
	r.b = nil
}

func (r *reader) header(kind byte) {
	v, k := r.byte(), r.byte()
	if r.err == nil && v != formatVersion {
		r.fail("format version %d, this program reads %d", v, formatVersion)
	} else if k != kind {
		r.fail("want a %q", kind)
	}
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail("unexpected end")
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) uvarint() uint64 {
	n, l := binary.Uvarint(r.b)
	if l <= 0 {
		r.fail("unexpected end")
		return 0
	}
	r.b = r.b[l:]
	return n
}

// count is a number of things that take at least size bytes each.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.b)/size) {
		r.fail("count exceeds the input")
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte {
	n := r.count(1)
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) string() string { return string(r.bytes()) }

func (r *reader) float() float64 {
	if len(r.b) < 8 {
		r.fail("unexpected end")
		return 0
	}
	f := math.Float64frombits(binary.BigEndian.Uint64(r.b))
	r.b = r.b[8:]
	return f
}

func (r *reader) elem() Elem {
	e := r.items1()
	if e == (Hole{}) {
		r.fail("a hole outside an array")
		return nil
	}
	return e
}

// items1 is an element that may be one hole.
func (r *reader) items1() Elem {
	e, run := r.tagged()
	if run > 1 {
		r.fail("a run of holes as one element")
	}
	return e
}

func (r *reader) tagged() (e Elem, run uint64) {
	switch tag := r.byte(); tag {
	case tagNull:
		return nil, 1
	case tagUndefined:
		return Undefined{}, 1
	case tagFalse, tagTrue:
		return tag == tagTrue, 1
	case tagFloat:
		return r.float(), 1
	case tagInt:
		i, l := binary.Varint(r.b)
		if l <= 0 {
			r.fail("unexpected end")
			return nil, 1
		}
		r.b = r.b[l:]
		return float64(i), 1
	case tagString:
		return r.string(), 1
	case tagBigPos:
		return new(big.Int).SetBytes(r.bytes()), 1
	case tagBigNeg:
		n := new(big.Int).SetBytes(r.bytes())
		return n.Neg(n), 1
	case tagHoles:
		return Hole{}, r.uvarint()
	case tagRef:
		return Ref(r.uvarint()), 1
	default:
		if tag < tagSmall {
			r.fail("unknown tag %d", tag)
		}
		return float64(int(tag) - tagSmall), 1
	}
}

func (r *reader) elems() []Elem {
	total := r.uvarint()
	if total > MaxArray {
		r.fail("array of %d elements", total)
		return nil
	}
	items := make([]Elem, 0, min(total, uint64(len(r.b))))
	for uint64(len(items)) < total && r.err == nil {
		e, run := r.tagged()
		if run == 0 || run > total-uint64(len(items)) {
			r.fail("bad run of holes")
			return nil
		}
		for range run {
			items = append(items, e)
		}
	}
	return items
}

func (r *reader) node() *Node {
	n := &Node{ID: Ref(r.uvarint())}
	kind := r.byte()
	more := kind&kindMore != 0
	n.Kind = NodeKind(kind &^ kindMore)
	n.NullProto = more && n.Kind == KindObject
	if n.ID == 0 || n.ID >= 1<<53 || more && n.Kind != KindObject && n.Kind != KindRegExp && n.Kind != KindBytes {
		r.fail("bad node")
		return n
	}
	switch n.Kind {
	case KindObject, KindError:
		for range r.count(2) {
			k := r.string()
			n.Put(k, r.elem())
		}
	case KindMap:
		for range r.count(2) {
			k := r.elem()
			n.Put(k, r.elem())
		}
	case KindSet:
		for range r.count(1) {
			k := r.elem()
			n.Put(k, k)
		}
	case KindArray:
		n.Items = r.elems()
	case KindDate:
		n.Time = r.float()
	case KindRegExp:
		n.RegExp = RegExp{Source: r.string(), Flags: r.string()}
		if more {
			n.RegExp.LastIndex = lastIndex(float64(r.uvarint()))
		}
	case KindBytes:
		if more {
			r.share(n)
		}
		n.Bytes.Kind = BytesKind(r.byte())
		n.Bytes.Data = append([]byte{}, r.bytes()...)
		if n.Bytes.Kind > Buffer || len(n.Bytes.Data)%n.Bytes.Kind.Width() != 0 {
			r.fail("bad bytes")
		}
	default:
		r.fail("unknown kind of node %d", n.Kind)
	}
	return n
}
