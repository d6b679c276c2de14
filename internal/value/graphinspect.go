package value

// ValueOf is an element of g as a Value; see [Graph.Value].
func (g *Graph) ValueOf(e Elem) Value { return g.value(e, map[Ref]Value{}) }

// Shared reports whether more than one place refers to n.
func (n *Node) Shared() bool { return n.refs > 1 }

// Touched lists the nodes that a patch changes or makes, in its order and
// perhaps twice; root: it replaces the state as a whole.
func Touched(patch []byte) (nodes []Ref, root bool, err error) {
	r := &reader{b: patch}
	r.header(formatPatch)
	for r.err == nil && len(r.b) > 0 {
		switch op := int(r.byte()); op {
		case opRoot:
			r.elem()
			root = true
		case opNode:
			nodes = append(nodes, r.node().ID)
		default:
			nodes = append(nodes, Ref(r.uvarint()))
			r.skip(op)
		}
	}
	return nodes, root, r.err
}

// skip reads what an operation says beside its node.
func (r *reader) skip(op int) {
	switch op {
	case opSet:
		r.bytes()
		r.elem()
	case opDelete, opBytes:
		r.bytes()
	case opMapSet:
		r.elem()
		r.elem()
	case opSetAdd, opMapDelete:
		r.elem()
	case opClear:
	case opIndex:
		r.uvarint()
		r.items1()
	case opSplice:
		r.uvarint()
		r.uvarint()
		r.elems()
	case opTime:
		r.float()
	case opRange:
		r.uvarint()
		r.bytes()
	case opProto:
		r.byte()
	case opShare:
		r.uvarint()
		r.uvarint()
	default:
		r.fail("unknown operation %d", op)
	}
}
