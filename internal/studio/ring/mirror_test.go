package ring

import (
	"encoding/json"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// change makes one random change of a graph.
func change(t *rapid.T, g *value.Graph, e *value.Editor) {
	var nodes []*value.Node
	var walk func(value.Elem)
	seen := map[value.Ref]bool{}
	walk = func(el value.Elem) {
		r, ok := el.(value.Ref)
		if !ok || seen[r] {
			return
		}
		seen[r] = true
		n := g.Node(r)
		nodes = append(nodes, n)
		each(n, walk)
	}
	walk(g.Root())
	if len(nodes) == 0 {
		n := e.NewNode(value.KindObject)
		e.Add(n)
		e.SetRoot(n.ID)
		return
	}
	n := nodes[rapid.IntRange(0, len(nodes)-1).Draw(t, "node")]
	elem := func() value.Elem {
		switch rapid.IntRange(0, 9).Draw(t, "elem") {
		case 0, 1:
			c := e.NewNode(value.KindObject)
			c.Put("x", float64(rapid.IntRange(0, 2).Draw(t, "x")))
			e.Add(c)
			return c.ID
		case 2:
			c := e.NewNode(value.KindArray)
			c.Items = []value.Elem{1.0}
			e.Add(c)
			return c.ID
		case 3:
			c := e.NewNode(value.KindMap)
			c.Put("k", 1.0)
			e.Add(c)
			return c.ID
		case 4:
			return nodes[rapid.IntRange(0, len(nodes)-1).Draw(t, "shared")].ID
		}
		return float64(rapid.IntRange(0, 2).Draw(t, "leaf"))
	}
	key := rapid.SampledFrom([]string{"a", "b", "c", "1", "2", "$d", "a/b"}).Draw(t, "key")
	switch n.Kind {
	case value.KindArray:
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			if len(n.Items) > 0 {
				e.SetIndex(n, rapid.IntRange(0, len(n.Items)-1).Draw(t, "i"), elem())
			}
		case 1:
			at := rapid.IntRange(0, len(n.Items)).Draw(t, "at")
			e.Splice(n, at, rapid.IntRange(0, len(n.Items)-at).Draw(t, "del"), []value.Elem{elem()})
		case 2:
			e.Splice(n, len(n.Items), 0, []value.Elem{value.Hole{}, elem()})
		}
	case value.KindMap:
		e.Set(n, key, elem())
	default:
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			e.Delete(n, key)
		default:
			e.Set(n, key, elem())
		}
	}
}

func TestMirrorTellsEveryChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := value.NewGraph()
		m := newMirror(value.NewGraph())
		tree := inspect.Tag(g.Value())
		for range rapid.IntRange(1, 12).Draw(t, "turns") {
			e := g.Edit()
			for range rapid.IntRange(1, 3).Draw(t, "changes") {
				change(t, g, e)
			}
			patch, _, err := e.Patch()
			if err != nil {
				t.Fatal(err)
			}
			if patch == nil {
				continue
			}
			ops, err := m.apply(patch)
			if err != nil {
				t.Fatal(err)
			}
			want := inspect.Tag(g.Value())
			got, err := inspect.Apply(tree, ops)
			if err != nil || !inspect.Equal(got, want) {
				o, _ := json.Marshal(ops)
				a, _ := json.Marshal(inspect.Tagged{Tree: tree})
				b, _ := json.Marshal(inspect.Tagged{Tree: want})
				t.Fatalf("%s\nthen %s\nby %s (%v)", a, b, o, err)
			}
			tree = want
		}
	})
}

// BenchmarkMirror changes one of 10,000 objects.
func BenchmarkMirror(b *testing.B) {
	o := &value.Object{}
	for i := range 10_000 {
		c := &value.Object{}
		c.Set("n", 0.0)
		o.Keys, o.Vals = append(o.Keys, "k"+strconv.Itoa(i)), append(o.Vals, c)
	}
	g := value.GraphOf(o)
	m := newMirror(value.GraphOf(o))
	member, _ := g.Node(g.Root().(value.Ref)).Get("k5000")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e := g.Edit()
		e.Set(g.Node(member.(value.Ref)), "n", float64(i+1))
		p, _, err := e.Patch()
		if err != nil {
			b.Fatal(err)
		}
		if ops, err := m.apply(p); err != nil || len(ops) != 1 {
			b.Fatal(ops, err)
		}
	}
}
