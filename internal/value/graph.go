package value

import (
	"errors"
	"fmt"
	"math"
	"math/big"
)

// Elem is what a node holds in one place: a leaf (nil, Undefined, bool,
// float64, string, *big.Int, in an array also Hole) or a Ref to another node.
type Elem = any

// Ref names a node of a Graph.
type Ref uint64

// NodeKind is what a node of a Graph is.
type NodeKind uint8

// The kinds of nodes. Their numbers are part of the stored format.
const (
	KindObject NodeKind = 1 + iota
	KindArray
	KindMap
	KindSet
	KindDate
	KindRegExp
	KindError // an object whose members are name, message, stack and the rest
	KindBytes
)

// MaxArray is how long an array in a state may be, holes counted: more could
// not be stored within any sensible limit, but would be cheap to ask for.
const MaxArray = 1 << 24

// ErrCorrupt says that stored bytes are not a snapshot or patch of a state,
// or not one that fits the state it is applied to.
var ErrCorrupt = errors.New("corrupt state")

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

// Node is one object of a state, with identity. Read it freely; only an
// [Editor] or [Graph.Apply] may change it.
type Node struct {
	ID        Ref
	Kind      NodeKind
	NullProto bool // KindObject

	// Items of an array.
	Items []Elem

	Time   float64 // KindDate
	RegExp RegExp  // KindRegExp
	Bytes  Bytes   // KindBytes; Of is nil
	Block  Ref     // KindBytes: names the memory that it shares with others, 0: its own

	members table // of an object, error, map or set
	refs    int   // places that refer to this node, the root included
}

// Graph is the state of an actor as nodes with stable identities, so that
// shared references and cycles are exact and a patch is as small as the
// change. A Graph belongs to one goroutine.
type Graph struct {
	root    Elem
	nodes   map[Ref]*Node
	next    Ref
	size    int
	missing map[Ref]int   // references to nodes that a patch has yet to make
	suspect map[Ref]*Node // nodes that lost a reference since the last collect
}

// NewGraph is a state that is undefined.
func NewGraph() *Graph {
	return &Graph{root: Undefined{}, nodes: map[Ref]*Node{}, next: 1, missing: map[Ref]int{}, suspect: map[Ref]*Node{}}
}

// Root is the state itself.
func (g *Graph) Root() Elem { return g.root }

// Node is the node called id, nil if there is none.
func (g *Graph) Node(id Ref) *Node { return g.nodes[id] }

// Len is the number of nodes.
func (g *Graph) Len() int { return len(g.nodes) }

// Size is about the number of bytes that Encode returns, known without encoding.
func (g *Graph) Size() int { return g.size + 16 }

// NewID reserves the identity of a node to come.
func (g *Graph) NewID() Ref {
	id := g.next
	g.next++
	return id
}

// Get is the member of an object, error or map (a set: the item itself) under key.
func (n *Node) Get(key Elem) (Elem, bool) {
	i := n.members.find(key)
	if i < 0 {
		return nil, false
	}
	return n.members.vals[i], true
}

// Count is the number of members.
func (n *Node) Count() int { return n.members.len() }

// Each calls f for the members in order, until it returns false. The keys of
// objects and errors are strings.
func (n *Node) Each(f func(key, val Elem) bool) {
	if n.Kind == KindObject {
		n.members.sortIndexKeys()
	}
	n.members.each(f)
}

// eachRef calls f for every reference that n holds.
func (n *Node) eachRef(f func(Ref)) {
	switch n.Kind {
	case KindArray:
		for _, e := range n.Items {
			if r, ok := e.(Ref); ok {
				f(r)
			}
		}
	case KindObject, KindError, KindMap, KindSet:
		n.members.each(func(k, v Elem) bool {
			if r, ok := k.(Ref); ok {
				f(r)
			}
			if r, ok := v.(Ref); ok && n.Kind != KindSet {
				f(r)
			}
			return true
		})
	}
}

// hold and drop keep the count of references to the node that e names, and
// the size of the state: the place that e is put into, or taken from.
func (g *Graph) hold(e Elem) Elem {
	g.size += elemSize(e)
	if r, ok := e.(Ref); ok {
		if n := g.nodes[r]; n != nil {
			n.refs++
		} else {
			g.missing[r]++
		}
	}
	return e
}

func (g *Graph) drop(e Elem) {
	g.size -= elemSize(e)
	r, ok := e.(Ref)
	if !ok {
		return
	}
	if n := g.nodes[r]; n != nil {
		n.refs--
		g.suspect[r] = n
	} else if g.missing[r]--; g.missing[r] <= 0 {
		delete(g.missing, r)
	}
}

// elemSize is the encoded size of e, within a byte or two.
func elemSize(e Elem) int {
	switch e := e.(type) {
	case string:
		return len(e) + 2
	case float64:
		if i := int64(e); float64(i) == e {
			switch {
			case i >= 0 && i < smallInts:
				return 1
			case i > -1<<13 && i < 1<<13:
				return 3
			case i > -1<<27 && i < 1<<27:
				return 5
			}
		}
		return 9
	case *big.Int:
		return e.BitLen()/8 + 3
	case Ref:
		return 3
	}
	return 1
}

const nodeOverhead = 5

func (n *Node) ownSize() int {
	return nodeOverhead + len(n.Bytes.Data) + len(n.RegExp.Source) + len(n.RegExp.Flags)
}

func (g *Graph) setRoot(e Elem) {
	old := g.root
	g.root = g.hold(e)
	g.drop(old)
}

// addNode makes n, whose content is complete, part of g.
func (g *Graph) addNode(n *Node) {
	g.nodes[n.ID] = n
	g.next = max(g.next, n.ID+1, n.Block+1)
	n.refs = g.missing[n.ID]
	delete(g.missing, n.ID)
	g.suspect[n.ID] = n
	g.size += n.ownSize()
	for _, e := range n.Items {
		g.hold(e)
	}
	n.members.each(func(k, v Elem) bool {
		g.hold(k)
		if n.Kind != KindSet {
			g.hold(v)
		}
		return true
	})
}

func (g *Graph) setMember(n *Node, key, val Elem) {
	if i := n.members.find(key); i >= 0 {
		if n.Kind != KindSet {
			old := n.members.vals[i]
			n.members.vals[i] = g.hold(val)
			g.drop(old)
		}
		return
	}
	g.hold(key)
	if n.Kind != KindSet {
		g.hold(val)
	} else {
		val = key
	}
	n.members.add(key, val)
}

func (g *Graph) deleteMember(n *Node, key Elem) bool {
	k, v, ok := n.members.remove(key)
	if !ok {
		return false
	}
	g.drop(k)
	if n.Kind != KindSet {
		g.drop(v)
	}
	return true
}

func (g *Graph) clear(n *Node) {
	old := n.members
	n.members = table{}
	old.each(func(k, v Elem) bool {
		g.drop(k)
		if n.Kind != KindSet {
			g.drop(v)
		}
		return true
	})
}

func (g *Graph) setIndex(n *Node, i int, e Elem) {
	old := n.Items[i]
	n.Items[i] = g.hold(e)
	g.drop(old)
}

func (g *Graph) splice(n *Node, at, del int, items []Elem) {
	for _, e := range items {
		g.hold(e)
	}
	for _, e := range n.Items[at : at+del] {
		g.drop(e)
	}
	if at+del == len(n.Items) {
		clear(n.Items[at:])
		n.Items = append(n.Items[:at], items...)
		return
	}
	tail := append([]Elem(nil), n.Items[at+del:]...)
	n.Items = append(append(n.Items[:at], items...), tail...)
}

// SameElem reports whether a and b are the same leaf (as Object.is has it) or node.
func SameElem(a, b Elem) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (math.Float64bits(a) == math.Float64bits(b) || a != a && b != b)
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	}
	if _, ok := b.(*big.Int); ok {
		return false
	}
	return a == b
}
