package gate

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestOpenGateReleasesAtOnce(t *testing.T) {
	var out []int
	g := New(func(e int) { out = append(out, e) })
	g.Hold(1)
	if !slices.Equal(out, []int{1}) {
		t.Fatalf("released %v, want [1]: nothing was issued", out)
	}
}

func TestNothingLeavesBeforeItsBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type said struct {
			n      int
			behind uint64
		}
		var issued, durable uint64
		var out []int
		next := 0
		g := New(func(e said) {
			if e.behind > durable {
				t.Fatalf("%d left behind batch %d while only %d is durable", e.n, e.behind, durable)
			}
			out = append(out, e.n)
		})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "op") {
			case 0:
				issued = g.Issue()
			case 1:
				g.Hold(said{next, issued})
				next++
			case 2:
				if durable < issued {
					durable += rapid.Uint64Range(1, issued-durable).Draw(t, "durable")
					g.Durable(durable)
				}
			}
		}
		durable = issued
		g.Durable(durable)
		if !g.Drained() {
			t.Fatal("not drained though all is durable")
		}
		if len(out) != next || !slices.IsSorted(out) {
			t.Fatalf("released %v, want 0..%d in order", out, next-1)
		}
	})
}

func TestDropReturnsWhatWasHeldAndOpens(t *testing.T) {
	var out []string
	g := New(func(e string) { out = append(out, e) })
	g.Issue()
	g.Hold("a")
	g.Hold("b")
	if got := g.Drop(); !slices.Equal(got, []string{"a", "b"}) {
		t.Fatalf("Drop() = %v, want [a b]", got)
	}
	g.Hold("c")
	if !slices.Equal(out, []string{"c"}) {
		t.Fatalf("released %v, want [c]", out)
	}
}

func BenchmarkHoldRelease(b *testing.B) {
	g := New(func(int) {})
	b.ReportAllocs()
	for b.Loop() {
		seq := g.Issue()
		g.Hold(1)
		g.Durable(seq)
	}
}

func TestHoldReleaseDoesNotAllocate(t *testing.T) {
	g := New(func(int) {})
	g.Issue()
	g.Hold(1)
	g.Durable(1)
	if n := testing.AllocsPerRun(100, func() {
		seq := g.Issue()
		g.Hold(1)
		g.Durable(seq)
	}); n != 0 {
		t.Errorf("%v allocations a turn, want 0", n)
	}
}
