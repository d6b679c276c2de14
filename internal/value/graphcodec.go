package value

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
)

// The stored format, version 1. A snapshot is: version, 'S', next id, root
// element, number of nodes, nodes by ascending id (id, kind, content). A patch
// is: version, 'P', operations. Integers are LEB128, strings have their length
// first; the golden files in testdata fix every detail.
const (
	formatVersion  = 1
	formatSnapshot = 'S'
	formatPatch    = 'P'

	opRoot = iota - 2
	opNode
	opSet
	opDelete
	opIndex
	opSplice
	opMapSet
	opMapDelete
	opClear
	opSetAdd
	opTime
	opBytes
	opRange
	opProto
	opShare
)

// kindMore marks a node's kind: an object without a prototype, a RegExp with a
// last index, bytes that share their memory.
const kindMore = 0x80

// Tags of elements; from tagSmall on, the tag is the number itself.
const (
	tagNull = iota
	tagUndefined
	tagFalse
	tagTrue
	tagFloat
	tagInt
	tagString
	tagBigPos
	tagBigNeg
	tagHoles // a run of holes
	tagRef
	tagSmall  = 32
	smallInts = 256 - tagSmall
)

func appendUvarint(b []byte, n uint64) []byte { return binary.AppendUvarint(b, n) }

func appendString(b []byte, s string) []byte {
	return append(appendUvarint(b, uint64(len(s))), s...)
}

func appendFloat(b []byte, f float64) []byte {
	if f != f {
		f = math.NaN() // one NaN, so that the same state has the same bytes
	}
	return binary.BigEndian.AppendUint64(b, math.Float64bits(f))
}

func appendElem(b []byte, e Elem) []byte {
	switch e := e.(type) {
	case nil:
		return append(b, tagNull)
	case Undefined:
		return append(b, tagUndefined)
	case bool:
		if e {
			return append(b, tagTrue)
		}
		return append(b, tagFalse)
	case float64:
		i := int64(e)
		if float64(i) != e || i == 0 && math.Signbit(e) || i > 1<<53 || i < -1<<53 {
			return appendFloat(append(b, tagFloat), e)
		}
		if i >= 0 && i < smallInts {
			return append(b, byte(tagSmall+i))
		}
		return binary.AppendVarint(append(b, tagInt), i)
	case string:
		return appendString(append(b, tagString), e)
	case *big.Int:
		tag := byte(tagBigPos)
		if e.Sign() < 0 {
			tag = tagBigNeg
		}
		return appendString(append(b, tag), string(e.Bytes()))
	case Hole:
		return append(b, tagHoles, 1)
	case Ref:
		return appendUvarint(append(b, tagRef), uint64(e))
	}
	panic("value: not an element")
}

func appendElems(b []byte, items []Elem) []byte {
	b = appendUvarint(b, uint64(len(items)))
	for i := 0; i < len(items); i++ {
		if _, ok := items[i].(Hole); !ok {
			b = appendElem(b, items[i])
			continue
		}
		run := 1
		for i+1 < len(items) && items[i+1] == (Hole{}) {
			run++
			i++
		}
		b = appendUvarint(append(b, tagHoles), uint64(run))
	}
	return b
}

func appendNode(b []byte, n *Node) []byte {
	kind := byte(n.Kind)
	if n.NullProto || n.RegExp.LastIndex != 0 || n.Block != 0 {
		kind |= kindMore
	}
	b = append(b, kind)
	switch n.Kind {
	case KindObject, KindError, KindMap, KindSet:
		b = appendUvarint(b, uint64(n.Count()))
		n.Each(func(k, v Elem) bool {
			if n.Kind == KindObject || n.Kind == KindError {
				b = appendString(b, k.(string))
			} else {
				b = appendElem(b, k)
			}
			if n.Kind != KindSet {
				b = appendElem(b, v)
			}
			return true
		})
	case KindArray:
		b = appendElems(b, n.Items)
	case KindDate:
		b = appendFloat(b, n.Time)
	case KindRegExp:
		b = appendString(appendString(b, n.RegExp.Source), n.RegExp.Flags)
		if n.RegExp.LastIndex != 0 {
			b = appendUvarint(b, uint64(n.RegExp.LastIndex))
		}
	case KindBytes:
		if n.Block != 0 {
			b = appendUvarint(appendUvarint(b, uint64(n.Block)), uint64(n.Bytes.Offset))
		}
		b = append(b, byte(n.Bytes.Kind))
		b = append(appendUvarint(b, uint64(len(n.Bytes.Data))), n.Bytes.Data...)
	}
	return b
}

// Encode is the snapshot of g: the same state with the same ids has the same
// bytes. Nodes that the root doesn't reach are left out.
func (g *Graph) Encode() []byte {
	seen := map[Ref]*Node{}
	var ids, stack []Ref
	visit := func(r Ref) {
		if n := g.nodes[r]; n != nil && seen[r] == nil {
			seen[r] = n
			ids, stack = append(ids, r), append(stack, r)
		}
	}
	if r, ok := g.root.(Ref); ok {
		visit(r)
	}
	for len(stack) > 0 {
		n := seen[stack[len(stack)-1]]
		stack = stack[:len(stack)-1]
		n.eachRef(visit)
	}
	slices.Sort(ids)
	b := append(make([]byte, 0, g.size+64), formatVersion, formatSnapshot)
	b = appendElem(appendUvarint(b, uint64(g.next)), g.root)
	b = appendUvarint(b, uint64(len(ids)))
	for _, id := range ids {
		b = appendNode(appendUvarint(b, uint64(id)), seen[id])
	}
	return b
}
