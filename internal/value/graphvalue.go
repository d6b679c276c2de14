package value

import "fmt"

// Value is the state as a Value; nodes become shared pointers (a Date, which
// has no identity as a Value, becomes equal dates).
func (g *Graph) Value() Value {
	done := make(map[Ref]Value, len(g.nodes))
	return g.value(g.root, done)
}

func (g *Graph) value(e Elem, done map[Ref]Value) Value {
	r, ok := e.(Ref)
	if !ok {
		return e
	}
	if v, ok := done[r]; ok {
		return v
	}
	n := g.nodes[r]
	switch n.Kind {
	case KindDate:
		return Date(n.Time)
	case KindRegExp:
		done[r] = &RegExp{Source: n.RegExp.Source, Flags: n.RegExp.Flags, LastIndex: n.RegExp.LastIndex}
	case KindBytes:
		b := &Bytes{Kind: n.Bytes.Kind, Data: n.Bytes.Data}
		if n.Block != 0 {
			b.Of, b.Offset = g.block(n.Block, done), n.Bytes.Offset
		}
		done[r] = b
	case KindArray:
		a := &Array{Items: make([]Value, len(n.Items))}
		done[r] = a
		for i, e := range n.Items {
			a.Items[i] = g.value(e, done)
		}
	case KindMap:
		m := &Map{Entries: make([][2]Value, 0, n.Count())}
		done[r] = m
		n.Each(func(k, v Elem) bool {
			m.Entries = append(m.Entries, [2]Value{g.value(k, done), g.value(v, done)})
			return true
		})
	case KindSet:
		s := &Set{Items: make([]Value, 0, n.Count())}
		done[r] = s
		n.Each(func(k, _ Elem) bool {
			s.Items = append(s.Items, g.value(k, done))
			return true
		})
	case KindError:
		x := &Error{}
		done[r] = x
		n.Each(func(k, v Elem) bool {
			s, _ := v.(string)
			switch k {
			case "name":
				x.Name = s
			case "message":
				x.Message = s
			case "stack":
				x.Stack = s
			default:
				if x.Fields == nil {
					x.Fields = &Object{}
				}
				x.Fields.Keys = append(x.Fields.Keys, k.(string))
				x.Fields.Vals = append(x.Fields.Vals, g.value(v, done))
			}
			return true
		})
	default:
		o := &Object{NullProto: n.NullProto, Keys: make([]string, 0, n.Count()), Vals: make([]Value, 0, n.Count())}
		done[r] = o
		n.Each(func(k, v Elem) bool {
			o.Keys = append(o.Keys, k.(string))
			o.Vals = append(o.Vals, g.value(v, done))
			return true
		})
	}
	return done[r]
}

// block is the memory of that name; its key is no id of a node.
func (g *Graph) block(name Ref, done map[Ref]Value) *Block {
	b, _ := done[name|1<<63].(*Block)
	if b == nil {
		b = &Block{Size: g.BlockSize(name)}
		done[name|1<<63] = b
	}
	return b
}

// BlockSize is how long the memory of that name is, as far as views reach.
func (g *Graph) BlockSize(name Ref) int {
	size := 0
	for _, n := range g.nodes {
		if n.Block == name {
			size = max(size, n.Bytes.Offset+len(n.Bytes.Data))
		}
	}
	return size
}

// GraphOf is v as a state. Ids are given in the order in which nodes are met.
func GraphOf(v Value) *Graph {
	g := NewGraph()
	e := g.Edit()
	e.SetRoot(e.elemOf(v, map[any]Ref{}))
	g.Collect()
	return g
}

func (e *Editor) elemOf(v Value, ids map[any]Ref) Elem {
	switch v.(type) {
	case *Array, *Object, *Map, *Set, *Error, *RegExp, *Bytes:
		if id, ok := ids[v]; ok {
			return id
		}
	case Date:
	default:
		return v
	}
	n := e.NewNode(KindObject)
	if _, ok := v.(Date); !ok {
		ids[v] = n.ID
	}
	switch v := v.(type) {
	case Date:
		n.Kind, n.Time = KindDate, float64(v)
	case *RegExp:
		n.Kind, n.RegExp = KindRegExp, *v
	case *Bytes:
		n.Kind, n.Bytes = KindBytes, *v
		if n.Bytes.Of = nil; v.Of != nil {
			if ids[v.Of] == 0 {
				ids[v.Of] = e.g.NewID()
			}
			n.Block = ids[v.Of]
		}
	case *Array:
		n.Kind, n.Items = KindArray, make([]Elem, len(v.Items))
		for i, it := range v.Items {
			n.Items[i] = e.elemOf(it, ids)
		}
	case *Object:
		n.NullProto = v.NullProto
		for i, k := range v.Keys {
			n.Put(k, e.elemOf(v.Vals[i], ids))
		}
	case *Map:
		n.Kind = KindMap
		for _, kv := range v.Entries {
			n.Put(e.elemOf(kv[0], ids), e.elemOf(kv[1], ids))
		}
	case *Set:
		n.Kind = KindSet
		for _, it := range v.Items {
			k := e.elemOf(it, ids)
			n.Put(k, k)
		}
	case *Error:
		n.Kind = KindError
		n.Put("name", v.Name)
		n.Put("message", v.Message)
		n.Put("stack", v.Stack)
		if v.Fields != nil {
			for i, k := range v.Fields.Keys {
				n.Put(k, e.elemOf(v.Fields.Vals[i], ids))
			}
		}
	default:
		panic(fmt.Sprintf("value: %T is no Value", v))
	}
	e.g.addNode(n)
	return n.ID
}
