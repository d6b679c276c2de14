package isolate_test

import (
	"runtime"
	"testing"

	"github.com/rivetdev/rivet/internal/isolate"
)

// TestCostOfIsolates bounds what an isolate and an actor weigh; with -v it prints
// the figures of docs/decisions/0001-isolates.md.
func TestCostOfIsolates(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const n = 20
	w := load(t, def(counter), func(o *isolate.Options) { o.Size = n })
	w.start("x", "first")
	before := heap()
	for i := range n - 1 {
		w.start("x", string(rune('a'+i)))
	}
	each := (heap() - before) / (n - 1)
	w1 := load(t, def(counter), oneIsolate)
	w1.start("x", "first")
	// What else the heap holds comes and goes by chance: the cheapest round tells.
	const rounds, many = 5, 200
	one := uint64(1 << 62)
	for round := range rounds {
		before = heap()
		for i := range many {
			w1.start("x", string(rune('a'+i%26)), string(rune('a'+i/26)), string(rune('a'+round)))
		}
		if after := heap(); after > before {
			one = min(one, (after-before)/many)
		}
	}
	t.Logf("an isolate with an actor: %d KB; an actor in an isolate: %d bytes", each>>10, one)
	if each > 1700<<10 || one > 14<<10 { // half as much again as when this was written
		t.Errorf("an isolate weighs %d KB, want at most 1700; an actor %d bytes, want at most 14 KB", each>>10, one)
	}
}
