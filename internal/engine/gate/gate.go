// Package gate holds back what an actor says until what it knows is on disk.
//
// Each batch handed to the store is issued a number; what the actor says is
// held behind the last number issued; [Gate.Durable] reports what the store has
// written. Held items leave in the order in which they came, never before their
// batch and all earlier ones. A Gate belongs to its actor: it takes no locks
// and starts nothing.
package gate

// Gate orders items of type E behind commits. The zero Gate is not usable; see New.
type Gate[E any] struct {
	release func(E)
	issued  uint64
	durable uint64
	held    []item[E]
	head    int
}

type item[E any] struct {
	seq uint64
	e   E
}

// New makes an open gate that gives what may leave to release.
func New[E any](release func(E)) *Gate[E] {
	return &Gate[E]{release: release}
}

// Issue numbers a batch that is handed to the store: 1, 2, 3 …
func (g *Gate[E]) Issue() uint64 {
	g.issued++
	return g.issued
}

// Issued is the number of the last batch that was handed to the store.
func (g *Gate[E]) Issued() uint64 { return g.issued }

// Reached reports whether batch seq is durable.
func (g *Gate[E]) Reached(seq uint64) bool { return seq <= g.durable }

// Hold lets e leave once every batch issued so far is durable: at once if they are.
func (g *Gate[E]) Hold(e E) {
	if g.durable == g.issued && g.head == len(g.held) {
		g.release(e)
		return
	}
	g.held = append(g.held, item[E]{g.issued, e})
}

// Durable says that batch seq and all before it are durable. Numbers that were
// reported before, or higher ones reported first, are no mistake.
func (g *Gate[E]) Durable(seq uint64) {
	if seq <= g.durable {
		return
	}
	g.durable = seq
	for g.head < len(g.held) && g.held[g.head].seq <= g.durable {
		e := g.held[g.head].e
		g.held[g.head] = item[E]{}
		g.head++
		g.release(e)
	}
	if g.head == len(g.held) {
		g.held, g.head = g.held[:0], 0
	}
}

// Drained reports whether every issued batch is durable and nothing is held.
func (g *Gate[E]) Drained() bool { return g.durable >= g.issued && g.head == len(g.held) }

// Drop empties the gate after a failed commit and returns, in order, what was
// held. Batches issued so far count as done: what comes later starts afresh.
func (g *Gate[E]) Drop() []E {
	dropped := make([]E, 0, len(g.held)-g.head)
	for _, it := range g.held[g.head:] {
		dropped = append(dropped, it.e)
	}
	g.held, g.head = nil, 0
	g.durable = g.issued
	return dropped
}
