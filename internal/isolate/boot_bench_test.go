package isolate_test

import (
	"runtime"
	"testing"

	"github.com/rivetdev/rivet/internal/isolate"
)

// TestCostOfIsolates prints what an isolate and an actor weigh, for
// docs/decisions/0001-isolates.md; run it with -v.
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
	before = heap()
	const many = 500
	for i := range many {
		w1.start("x", string(rune('a'+i%26)), string(rune('a'+i/26)))
	}
	t.Logf("an isolate with an actor: %d KB; an actor in an isolate: %d KB", each>>10, (heap()-before)/many>>10)
}
