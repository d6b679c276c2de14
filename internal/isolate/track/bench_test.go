package track

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/value"
)

func filled(b testing.TB, messages int) *world {
	w := newWorld(b)
	text := strings.Repeat("x", 180)
	if _, err := w.vm.RunString(fmt.Sprintf(`c.state = {count: 0, messages: []};
		for (let i = 0; i < %d; i++) c.state.messages.push({id: i, text: %q});`, messages, text)); err != nil {
		b.Fatal(err)
	}
	p, err := w.t.Flush()
	if err != nil || w.image.Apply(p) != nil {
		b.Fatal(err)
	}
	w.t.Seal()
	return w
}

func (w *world) function(tb testing.TB, src string) goja.Callable {
	v, err := w.vm.RunString("(" + src + ")")
	if err != nil {
		tb.Fatal(err)
	}
	f, _ := goja.AssertFunction(v)
	return f
}

func benchTurn(b *testing.B, messages int, src string) {
	w := filled(b, messages)
	f := w.function(b, src)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := f(goja.Undefined()); err != nil {
			b.Fatal(err)
		}
		p, err := w.t.Flush()
		if err != nil {
			b.Fatal(err)
		}
		w.t.Seal()
		n = len(p)
	}
	b.ReportMetric(float64(n), "patch-B")
}

func BenchmarkCount1KB(b *testing.B) { benchTurn(b, 5, "() => { c.state.count += 1 }") }
func BenchmarkCount1MB(b *testing.B) { benchTurn(b, 5000, "() => { c.state.count += 1 }") }
func BenchmarkPush1KB(b *testing.B) {
	benchTurn(b, 5, "() => { c.state.messages.push({id: 1, text: 'hello'}); c.state.messages.pop; }")
}
func BenchmarkPushPop1MB(b *testing.B) {
	benchTurn(b, 5000, "() => { c.state.messages.pop(); c.state.messages.push({id: 1, text: 'hello'}) }")
}
func BenchmarkShift1MB(b *testing.B) {
	benchTurn(b, 5000, "() => { c.state.messages.push(c.state.messages.shift()) }")
}
func BenchmarkReadLoop1MB(b *testing.B) {
	benchTurn(b, 5000, "() => { let n = 0; for (const m of c.state.messages) n += m.id; return n }")
}

// BenchmarkPlainReadLoop is ReadLoop1MB without tracking, for comparison.
func BenchmarkPlainReadLoop(b *testing.B) {
	w := newWorld(b)
	f := w.function(b, `() => { let n = 0; for (const m of plain) n += m.id; return n }`)
	if _, err := w.vm.RunString("var plain = []; for (let i = 0; i < 5000; i++) plain.push({id: i, text: 'x'})"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = f(goja.Undefined())
	}
}

func BenchmarkNoop(b *testing.B) { benchTurn(b, 5000, "() => {}") }

func benchLoad(b *testing.B, messages int) {
	w := filled(b, messages)
	snap := w.image.Encode()
	b.SetBytes(int64(len(snap)))
	b.ReportAllocs()
	for b.Loop() {
		g, err := value.DecodeGraph(snap)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.t.Load(g); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad1KB(b *testing.B) { benchLoad(b, 5) }
func BenchmarkLoad1MB(b *testing.B) { benchLoad(b, 5000) }

// TestPushPatchIsSmall holds the promise that a patch is as large as the change.
func TestPushPatchIsSmall(t *testing.T) {
	w := filled(t, 5000)
	if w.t.Size() < 900_000 {
		t.Fatalf("state of %d bytes is no test", w.t.Size())
	}
	p := w.turn(t, "c.state.messages.push({id: 1, text: 'hello', at: new Date(5)})")
	if len(p) == 0 || len(p) > 200 {
		t.Errorf("patch of %d bytes", len(p))
	}
	for src, limit := range map[string]int{
		"c.state.messages.shift()":         60,
		"c.state.messages.splice(10, 3)":   60,
		"c.state.messages.unshift({id:1})": 60,
		"c.state.count = c.state.count":    0,
	} {
		if p := w.turn(t, src); len(p) > limit {
			t.Errorf("%s: patch of %d bytes", src, len(p))
		}
	}
}
