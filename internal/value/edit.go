package value

// Editor changes a Graph and writes down each change, so that Patch applied
// to a Graph as it was before gives the Graph as it is now. References to
// nodes that Add has yet to make are permitted until Patch.
type Editor struct {
	g   *Graph
	buf []byte
}

// Edit begins a patch of g.
func (g *Graph) Edit() *Editor { return &Editor{g: g} }

// Patch ends the edit: nil if nothing changed, and the nodes that are gone.
func (e *Editor) Patch() (patch []byte, freed []Ref, err error) {
	if len(e.buf) == 0 {
		return nil, nil, nil
	}
	if len(e.g.missing) > 0 {
		return nil, nil, corrupt("reference to a node that was never made")
	}
	return e.buf, e.g.Collect(), nil
}

func (e *Editor) op(op byte, n *Node) {
	if e.buf == nil {
		e.buf = append(make([]byte, 0, 64), formatVersion, formatPatch)
	}
	e.buf = append(e.buf, op)
	if n != nil {
		e.buf = appendUvarint(e.buf, uint64(n.ID))
	}
}

// SetRoot replaces the state as a whole.
func (e *Editor) SetRoot(v Elem) {
	e.op(opRoot, nil)
	e.buf = appendElem(e.buf, v)
	e.g.setRoot(v)
}

// NewNode is an empty node with an identity of g, to be filled by Put and
// Append and handed to Add.
func (e *Editor) NewNode(kind NodeKind) *Node { return &Node{ID: e.g.NewID(), Kind: kind} }

// Put adds a member to a node that isn't part of a graph yet.
func (n *Node) Put(key, val Elem) {
	if i := n.members.find(key); i >= 0 {
		n.members.vals[i] = val
	} else {
		n.members.add(key, val)
	}
}

// Add makes a filled node part of the state.
func (e *Editor) Add(n *Node) {
	e.op(opNode, n)
	e.buf = appendNode(e.buf, n)
	e.g.addNode(n)
}

// Set puts a member of an object, error or map, or an item of a set.
func (e *Editor) Set(n *Node, key, val Elem) {
	switch n.Kind {
	case KindMap:
		e.op(opMapSet, n)
		e.buf = appendElem(appendElem(e.buf, key), val)
	case KindSet:
		e.op(opSetAdd, n)
		e.buf = appendElem(e.buf, key)
	default:
		e.op(opSet, n)
		e.buf = appendElem(appendString(e.buf, key.(string)), val)
	}
	e.g.setMember(n, key, val)
}

// Delete removes a member or item; it does nothing if there is none.
func (e *Editor) Delete(n *Node, key Elem) {
	if n.members.find(key) < 0 {
		return
	}
	if n.Kind == KindMap || n.Kind == KindSet {
		e.op(opMapDelete, n)
		e.buf = appendElem(e.buf, key)
	} else {
		e.op(opDelete, n)
		e.buf = appendString(e.buf, key.(string))
	}
	e.g.deleteMember(n, key)
}

// Clear removes all members or items.
func (e *Editor) Clear(n *Node) {
	if n.members.len() == 0 {
		return
	}
	e.op(opClear, n)
	e.g.clear(n)
}

// SetIndex replaces an element of an array.
func (e *Editor) SetIndex(n *Node, i int, v Elem) {
	e.op(opIndex, n)
	e.buf = appendElem(appendUvarint(e.buf, uint64(i)), v)
	e.g.setIndex(n, i, v)
}

// Splice removes del elements of an array from at on and puts items there.
func (e *Editor) Splice(n *Node, at, del int, items []Elem) {
	if del == 0 && len(items) == 0 {
		return
	}
	e.op(opSplice, n)
	e.buf = appendUvarint(appendUvarint(e.buf, uint64(at)), uint64(del))
	e.buf = appendElems(e.buf, items)
	e.g.splice(n, at, del, items)
}

// SetTime replaces the time of a date.
func (e *Editor) SetTime(n *Node, ms float64) {
	e.op(opTime, n)
	e.buf = appendFloat(e.buf, ms)
	n.Time = ms
}

// Share says that n is a view, from at on, of the memory called block, as other
// bytes are.
func (e *Editor) Share(n *Node, block Ref, at int) {
	e.op(opShare, n)
	e.buf = appendUvarint(appendUvarint(e.buf, uint64(block)), uint64(at))
	n.Block, n.Bytes.Offset = block, at
	e.g.next = max(e.g.next, block+1)
}

// SetLastIndex replaces the last index of a RegExp.
func (e *Editor) SetLastIndex(n *Node, at int) {
	e.op(opTime, n)
	e.buf = appendFloat(e.buf, float64(at))
	n.RegExp.LastIndex = at
}

// SetBytes replaces the content of a node of bytes; only the range that
// differs is written.
func (e *Editor) SetBytes(n *Node, data []byte) {
	old := n.Bytes.Data
	if len(old) != len(data) {
		e.op(opBytes, n)
		e.buf = append(appendUvarint(e.buf, uint64(len(data))), data...)
		e.g.size += len(data) - len(old)
		n.Bytes.Data = append([]byte(nil), data...)
		return
	}
	lo, hi := 0, len(data)
	for lo < hi && old[lo] == data[lo] {
		lo++
	}
	for hi > lo && old[hi-1] == data[hi-1] {
		hi--
	}
	if lo == hi {
		return
	}
	e.op(opRange, n)
	e.buf = appendUvarint(appendUvarint(e.buf, uint64(lo)), uint64(hi-lo))
	e.buf = append(e.buf, data[lo:hi]...)
	fresh := append([]byte(nil), old...)
	copy(fresh[lo:hi], data[lo:hi])
	n.Bytes.Data = fresh
}

// SetNullProto says whether an object has a prototype.
func (e *Editor) SetNullProto(n *Node, null bool) {
	e.op(opProto, n)
	b := byte(0)
	if null {
		b = 1
	}
	e.buf = append(e.buf, b)
	n.NullProto = null
}
