package value

// Collect drops the nodes that the root no longer reaches and returns their
// ids. It looks only at nodes that lost a reference since the last call and
// at what these hold: counting finds trees, a trial deletion finds cycles.
func (g *Graph) Collect() []Ref {
	if len(g.suspect) == 0 {
		return nil
	}
	var freed []Ref
	var dead []*Node
	for id, n := range g.suspect {
		if n.refs <= 0 && g.nodes[id] == n {
			dead = append(dead, n)
		}
	}
	for len(dead) > 0 {
		n := dead[len(dead)-1]
		dead = dead[:len(dead)-1]
		if g.nodes[n.ID] != n {
			continue
		}
		freed = append(freed, n.ID)
		g.forget(n)
		n.eachRef(func(r Ref) {
			c := g.nodes[r]
			if c == nil {
				return
			}
			if c.refs--; c.refs <= 0 {
				dead = append(dead, c)
			} else {
				g.suspect[r] = c
			}
		})
	}
	return append(freed, g.collectCycles()...)
}

// forget takes n out of g; references that it holds are the caller's affair.
func (g *Graph) forget(n *Node) {
	delete(g.nodes, n.ID)
	delete(g.suspect, n.ID)
	g.size -= n.ownSize()
	for _, e := range n.Items {
		g.size -= elemSize(e)
	}
	n.members.each(func(k, v Elem) bool {
		g.size -= elemSize(k)
		if n.Kind != KindSet {
			g.size -= elemSize(v)
		}
		return true
	})
}

// collectCycles takes what the suspects reach, subtracts the references that
// these nodes hold among themselves, and keeps what is then still referred to.
func (g *Graph) collectCycles() []Ref {
	inner := map[Ref]int{}
	var order, stack []*Node
	visit := func(n *Node) {
		if _, ok := inner[n.ID]; !ok {
			inner[n.ID] = 0
			stack = append(stack, n)
			order = append(order, n)
		}
	}
	for id, n := range g.suspect {
		if n.holds() && g.nodes[id] == n {
			visit(n)
		}
	}
	clear(g.suspect)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n.eachRef(func(r Ref) {
			if c := g.nodes[r]; c != nil {
				visit(c)
				inner[r]++
			}
		})
	}
	live := map[Ref]bool{}
	keep := func(n *Node) {
		if !live[n.ID] {
			live[n.ID] = true
			stack = append(stack, n)
		}
	}
	for _, n := range order {
		if n.refs > inner[n.ID] {
			keep(n)
		}
	}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n.eachRef(func(r Ref) {
			if c := g.nodes[r]; c != nil {
				keep(c)
			}
		})
	}
	if len(live) == len(order) {
		return nil
	}
	var freed []Ref
	for _, n := range order {
		if !live[n.ID] {
			n.eachRef(func(r Ref) {
				if live[r] {
					g.nodes[r].refs--
				}
			})
			freed = append(freed, n.ID)
			g.forget(n)
		}
	}
	return freed
}

// holds reports whether n refers to anything, without which it is in no cycle.
func (n *Node) holds() bool {
	any := false
	n.eachRef(func(Ref) { any = true })
	return any
}
